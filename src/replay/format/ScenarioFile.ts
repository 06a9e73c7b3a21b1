/**
 * The format of `fixtures/<name>/scenario.json`: one login, or one conversation with any other API, told as the requests
 * that a correct client sends and the answers that the server gave. Keys stand in the order of this file.
 */
import * as Schema from "effect/Schema"
import { expected } from "../../Language.ts"
import { KeptSession } from "../../store/keptSession.ts"
import { Demands, Equals } from "./Demands.ts"
import { Exchange } from "./Exchange.ts"
import { Config, Outcome } from "./Outcome.ts"
import { Provenance } from "./Provenance.ts"
import { Name, pattern, shouldBe } from "./texts.ts"

export { Demand, Demands, Equal } from "./Demands.ts"
export { Body, Exchange, Request, Response } from "./Exchange.ts"
export { FormMatcher, Matcher } from "./Matcher.ts"
export { Config, Outcome } from "./Outcome.ts"
export { Provenance } from "./Provenance.ts"

const differentIds = (id: string) =>
  shouldBe({ en: `exchanges with different ids ("${id}" is used twice)`, zh: `id 互不相同的交互（"${id}" 用了两次）` })

const Exchanges = Schema.Array(Exchange).check(
  Schema.isMinLength(1),
  Schema.makeFilter((exchanges) => {
    const seen = new Set<string>()
    const twice = exchanges.find(({ id }) => seen.size === seen.add(id).size)
    return twice === undefined ? undefined : differentIds(twice.id)
  })
)

/** What the first format did not know. */
const newer = (
  file: object & { readonly exchanges: ReadonlyArray<object & { readonly request: object }> }
): string | undefined =>
  ["titleZh", "equal", "demands", "optional"].find((key) => key in file) ??
  ["mayEnd", "from"].find((key) => file.exchanges.some((exchange) => key in exchange)) ??
  (file.exchanges.some(({ request }) => "json" in request) ? "json" : undefined)

/**
 * The whole file. `clock` is the instant at which the login starts, in UTC: cookies expire by it. `saved` is the session of an
 * earlier login that this one may go on with, in its plain form. `titleZh` is the title in Chinese. `config` says which limits the client had.
 *
 * From format 2 on it tells what the server asked for (`demands`, and `equal` addresses) apart from what the client sent, and holds
 * exchanges that may come at any place, any number of times, or never (`optional`; their `times` means nothing). Of an address of which it says
 * nothing, every part of a request counts as required.
 */
export const ScenarioFile = Schema.Struct({
  $schema: Schema.optionalKey(Schema.String),
  format: Schema.Literals(["webqq-fixture/1", "webqq-fixture/2"]),
  title: Schema.NonEmptyString,
  titleZh: Schema.optionalKey(Schema.NonEmptyString),
  provenance: Provenance,
  clock: pattern(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,3})?Z$/u, {
    en: "an instant such as 2017-04-03T12:33:15Z",
    zh: "时刻，如 2017-04-03T12:33:15Z"
  }).check(
    Schema.makeFilter(
      (text) => !Number.isNaN(Date.parse(text)),
      expected({ en: "an instant that exists", zh: "存在的时刻" })
    )
  ),
  site: Name,
  config: Schema.optionalKey(Config),
  saved: Schema.optionalKey(KeptSession),
  equal: Schema.optionalKey(Equals),
  demands: Schema.optionalKey(Schema.Array(Demands)),
  exchanges: Exchanges,
  optional: Schema.optionalKey(Schema.Array(Exchange)),
  outcome: Outcome
})
  .check(
    Schema.makeFilter((file) => {
      const key = file.format === "webqq-fixture/1" ? newer(file) : undefined
      if (key !== undefined) {
        return shouldBe({
          en: `"format": "webqq-fixture/2", which knows "${key}"`,
          zh: `"format": "webqq-fixture/2"（其中才有 "${key}"）`
        })
      }
      const ids = new Set(file.exchanges.map(({ id }) => id))
      const twice = (file.optional ?? []).find(({ id }) => ids.size === ids.add(id).size)
      return twice === undefined ? undefined : differentIds(twice.id)
    })
  )
  .annotate({ title: "webqq-login fixture, formats 1 and 2" })
export type ScenarioFile = typeof ScenarioFile.Type

/** The same format as a JSON Schema (draft 2020-12), for editors: `fixtures/scenario.schema.json`, with a line end. */
export const jsonSchemaText = (): string => {
  const { definitions, schema } = Schema.toJsonSchemaDocument(ScenarioFile, { onExcessProperty: "error" })
  const document = { $schema: "https://json-schema.org/draft/2020-12/schema", ...schema, $defs: definitions }
  return `${JSON.stringify(document, null, 2)}\n`
}
