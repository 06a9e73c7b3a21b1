/**
 * A request against what the server is known to have asked for: what it would have refused, and what is merely not as recorded.
 */
import { gtk, hash33, time33 } from "../../protocol/Hash.ts"
import type { Demand, Demands, FormMatcher, Request } from "../format/ScenarioFile.ts"
import { memberFields, membersOf, recordedOf, valuesOf } from "./fields.ts"
import { type Difference, differences, fits, otherTypes } from "./requestDiff.ts"
import type { ReadRequest } from "./wireRequest.ts"

export interface Judgement {
  /** Each of these is a reason to refuse. */
  readonly refused: ReadonlyArray<Difference>
  /** Each of these is another than the source sent, and no more. */
  readonly noticed: ReadonlyArray<Difference>
}

const hashes = { hash33, time33, g_tk: gtk } as const

/** What a demand asks for in this very request. */
const asked = (demand: Demand, field: string, recorded: Request, got: ReadRequest): FormMatcher => {
  const { is = recordedOf(recorded, field) ?? ({ any: true } as const) } = demand
  if (typeof is === "string" || !("hash" in is)) return is
  return String(hashes[is.hash](valuesOf(got, is.of)?.[0] ?? ""))
}

const demandsOn = (
  list: Readonly<Record<string, Demand>> | undefined,
  recorded: Request,
  got: ReadRequest,
  mayBeMissing: boolean
): ReadonlyArray<Difference> =>
  Object.entries(list ?? {}).flatMap(([field, demand]) => {
    const values = valuesOf(got, field)
    if (values === undefined && mayBeMissing) return []
    const expected = asked(demand, field, recorded, got)
    // Of what is sent twice, servers read the first.
    const first = (values ?? []).slice(0, 1)
    return fits(expected, first) ? [] : [{ field, expected, listed: true, got: first }]
  })

/** Address and method are not looked at: whoever asks has found the exchange by them. Without any demands, every difference is one too many. */
export const judge = (recorded: Request, demands: Demands | undefined, got: ReadRequest): Judgement => {
  const all = differences(recorded, got).filter(({ field }) => field !== "url" && field !== "method")
  if (demands === undefined) return { refused: all, noticed: [] }
  const { checked = {}, required = {} } = demands
  const echoed: ReadonlyArray<string> = demands.echoed ?? []
  const isNamed = (field: string) =>
    Object.hasOwn(required, field) || Object.hasOwn(checked, field) || echoed.includes(field)
  const inside = Object.entries(recorded.form ?? {}).flatMap(([name, matcher]) => {
    const field = `form.${name}`
    const members = membersOf(field, matcher)
    if (members === undefined) return []
    const extra = memberFields(got, field).filter((one) => !Object.hasOwn(members, one))
    return [
      ...Object.entries(members).flatMap(([one, expected]) => {
        const values = valuesOf(got, one) ?? []
        return fits(expected, values) ? [] : [{ field: one, expected, listed: true, got: values }]
      }),
      ...extra.map((one) => ({
        field: one,
        expected: { absent: true } as const,
        listed: false,
        got: valuesOf(got, one) ?? []
      }))
    ]
  })
  const types = otherTypes(recorded, got)
  return {
    refused: [...demandsOn(required, recorded, got, false), ...demandsOn(checked, recorded, got, true)],
    noticed: [
      ...all.filter(
        ({ field }) => !isNamed(field) && membersOf(field, recordedOf(recorded, field) ?? "") === undefined
      ),
      ...inside.filter(({ field }) => !isNamed(field)),
      // A server that looks at a value takes it in either spelling.
      ...types.filter(({ field }) => isNamed(field) || field.startsWith("form."))
    ]
  }
}
