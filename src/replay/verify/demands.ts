/**
 * That what a scenario says of the server fits what it has recorded: demands on addresses that it has, which its own requests meet.
 */
import type { Demand, Request } from "../format/ScenarioFile.ts"
import { recordedOf } from "../engine/fields.ts"
import { fits } from "../engine/requestDiff.ts"
import { lineOf } from "../problems/problemWords.ts"
import type { Bilingual } from "../../Language.ts"
import { gtk, hash33, time33 } from "../../protocol/Hash.ts"
import { must, type Rule } from "./rule.ts"

const hashes = { hash33, time33, g_tk: gtk } as const

/** What is wrong with a recorded value, if it is a text. */
const unmet = ({ is }: Demand, field: string, request: Request): Bilingual | undefined => {
  const recorded = recordedOf(request, field)
  if (is === undefined || typeof recorded !== "string") return undefined
  const source = typeof is === "object" && "hash" in is ? recordedOf(request, is.of) : ""
  if (typeof source !== "string") return undefined
  const expected = typeof is === "object" && "hash" in is ? String(hashes[is.hash](source)) : is
  return fits(expected, [recorded]) ? undefined : lineOf({ field, expected, listed: true, got: [recorded] })
}

export const demands: Rule = (file) => {
  const all = [...file.exchanges, ...(file.optional ?? [])]
  const urls = all.map(({ request }) => request.url)
  const byUrl = Map.groupBy(all, ({ request }) => request.url)
  return [
    ...(file.demands ?? []).flatMap(({ checked = {}, echoed = [], required = {}, url }) => {
      const place = `demands of ${url}`
      const here = byUrl.get(url) ?? []
      const named = [...Object.entries(required), ...Object.entries(checked)]
      return [
        ...must(here.length > 0, place, {
          en: "no exchange asks there; take them out, or correct the address",
          zh: "没有任何交互请求该地址；请删除或改正"
        }),
        ...named.flatMap(([field, demand]) => [
          ...must(
            demand.is !== undefined || here.some(({ request }) => recordedOf(request, field) !== undefined),
            `${place}, ${field}`,
            {
              en: 'no exchange has recorded it; say what it has to be with "is", or take it out',
              zh: '没有任何交互录制了它；请用 "is" 说明，或删除'
            }
          ),
          ...here.flatMap(({ id, request }) => {
            const text = unmet(demand, field, request)
            return must(text === undefined, `${id}.request`, {
              en: `not as its own demand has it: ${text?.en}`,
              zh: `与其 demands 不符：${text?.zh}`
            })
          })
        ]),
        ...echoed.flatMap((field) =>
          must(
            here.some(({ request }) => typeof recordedOf(request, field) === "string"),
            `${place}, echoed ${field}`,
            { en: "no exchange has recorded a text there; take it out", zh: "没有任何交互在此录制了文本；请删除" }
          )
        )
      ]
    }),
    ...(file.equal ?? []).flatMap(({ addresses }) =>
      must(
        addresses.some((address) => urls.some((url) => url.startsWith(address))),
        `equal ${addresses.join(", ")}`,
        { en: "no exchange asks there; take it out", zh: "没有任何交互请求这些地址；请删除" }
      )
    )
  ]
}
