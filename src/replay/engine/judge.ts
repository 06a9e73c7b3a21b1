/**
 * A request against what the server is known to have asked for: what it would have refused, and what is merely not as recorded.
 */
import { gtk, hash33, time33 } from "../../protocol/Hash.ts"
import type { Demand, Demands, FormMatcher, Request } from "../format/ScenarioFile.ts"
import { memberFields, membersOf, recordedOf, valuesOf } from "./fields.ts"
import { type Difference, differences, fits, otherTypes } from "./requestDiff.ts"
import type { ReadRequest } from "./wireRequest.ts"

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

// Whoever asks has found the exchange by its address and method.
const differing = (recorded: Request, got: ReadRequest): ReadonlyArray<Difference> =>
  differences(recorded, got).filter(({ field }) => field !== "url" && field !== "method")

/** Each of these is a reason to refuse. Without any demands, every difference is one too many. */
export const refusals = (
  recorded: Request,
  demands: Demands | undefined,
  got: ReadRequest
): ReadonlyArray<Difference> =>
  demands === undefined
    ? differing(recorded, got)
    : [...demandsOn(demands.required, recorded, got, false), ...demandsOn(demands.checked, recorded, got, true)]

/** Each of these is another than the source sent, and no reason to refuse. */
export const noticed = (
  recorded: Request,
  demands: Demands | undefined,
  got: ReadRequest
): ReadonlyArray<Difference> => {
  if (demands === undefined) return []
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
  return [
    ...differing(recorded, got).filter(
      ({ field }) => !isNamed(field) && membersOf(field, recordedOf(recorded, field) ?? "") === undefined
    ),
    ...inside.filter(({ field }) => !isNamed(field)),
    // A server that looks at a value takes it in either spelling.
    ...otherTypes(recorded, got).filter(({ field }) => isNamed(field) || field.startsWith("form."))
  ]
}
