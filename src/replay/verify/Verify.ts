/**
 * Whether a scenario is fit to be kept: by its schema and its files, by the rules that the fixtures go by, and by playing it.
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Fs from "node:fs"
import * as Path from "node:path"
import type { Bilingual } from "../../Language.ts"
import * as Notice from "../../Notice.ts"
import * as Site from "../../Site.ts"
import * as OwnLogin from "../OwnLogin.ts"
import * as Engine from "../engine/Engine.ts"
import type { Strictness } from "../engine/Engine.ts"
import * as MemoryReplay from "../MemoryReplay.ts"
import { saidOf } from "../problems/problemWords.ts"
import * as Scenario from "../Scenario.ts"
import { type Outcome, ScenarioFile } from "../format/ScenarioFile.ts"
import { isTencents, siteOf } from "../siteOf.ts"
import { known } from "../demands/known.ts"
import { accounts } from "./accounts.ts"
import { demands } from "./demands.ts"
import { hashes } from "./hashes.ts"
import { provenance } from "./provenance.ts"
import { redirect } from "./redirect.ts"
import { requests } from "./requests.ts"
import { saved } from "./saved.ts"
import { secretsLeft } from "./secretsLeft.ts"

/** One complaint: which rule, and a sentence that names the place and says what to do; `text` is the English one. */
export interface Finding {
  readonly rule: keyof typeof rules | "schema" | "form" | "files" | "site" | "outcome" | "defect"
  readonly text: string
  readonly zh: string
}

const finding = (rule: Finding["rule"], { en, zh }: Bilingual): Finding => ({ rule, text: en, zh })

/** The rules beyond schema, canonical form and outcome, by name. They speak of Tencent's hosts only. */
const rules = {
  provenance,
  requests,
  hashes,
  accounts,
  saved,
  redirect,
  demands,
  "stand-ins": secretsLeft
} as const

const own = new Set(["provenance", "demands", "stand-ins"])

/** What has to be in a scenario by which a client is compared letter by letter. */
const exactly = new Set(["requests"])

/** How closely this program's own login is compared; `exact` where it is left out. */
export interface Options {
  readonly strictness?: Strictness
}

/** Names of all rules. */
export const ruleNames: ReadonlyArray<Finding["rule"]> = [
  "schema",
  "form",
  "files",
  "site",
  ...(Object.keys(rules) as Array<keyof typeof rules>),
  "outcome",
  "defect"
]

/**
 * Every complaint about a scenario, named or in a folder; none means that it is fit. A scenario of other hosts than Tencent's is
 * neither played nor measured by the rules of that protocol. One that other clients or browsers have recorded is fit as the server took it
 * (`server`), if it is. What this program cannot look through is a complaint, too.
 */
export const verify = (
  nameOrFolder: string,
  { strictness = "exact" }: Options = {}
): Effect.Effect<ReadonlyArray<Finding>> =>
  Effect.catchDefect(findingsOf(nameOrFolder, strictness), (defect) =>
    Effect.succeed<ReadonlyArray<Finding>>([unreadable(defect)])
  )

const unreadable = (defect: unknown): Finding => {
  const kind = defect instanceof Error ? defect.name : typeof defect
  return finding("defect", {
    en: `this cannot be looked through (${kind}), a fault in this program: look for a newer version`,
    zh: `无法检查此场景（${kind}），这是本程序的故障：请查找新版本`
  })
}

const findingsOf = Effect.fnUntraced(function* (
  nameOrFolder: string,
  strictness: Strictness
): Effect.fn.Return<ReadonlyArray<Finding>> {
  const scenario = yield* Effect.result(Scenario.load(nameOrFolder))
  if (scenario._tag === "Failure") return [finding("schema", Scenario.said(scenario.failure))]
  const folder = /[/\\]/.test(nameOrFolder) ? nameOrFolder : yield* Effect.orDie(Scenario.find(nameOrFolder))
  const text = Fs.readFileSync(Path.join(folder, "scenario.json"), "utf8")
  const { findings, form } = yield* judged(scenario.success, text, strictness)
  return [...form, ...strays(folder, normal(JSON.parse(text))), ...findings]
})

/**
 * The same of one that is not written yet, `files` being what is to lie beside it; and the end that this program's own login comes to with
 * it, where it knows the site.
 */
export const draft = (
  text: string,
  files: ReadonlyMap<string, Uint8Array>,
  { strictness = "exact" }: Options = {}
): Effect.Effect<{ readonly findings: ReadonlyArray<Finding>; readonly end: Outcome | undefined }> =>
  Effect.suspend(() => Scenario.decode(JSON.parse(text), { files })).pipe(
    Effect.flatMap((scenario) => judged(scenario, text, strictness)),
    Effect.map(({ end, findings, form }) => ({ findings: [...form, ...findings], end })),
    Effect.catch((error) => Effect.succeed({ findings: [finding("schema", Scenario.said(error))], end: undefined })),
    Effect.catchDefect((defect) => Effect.succeed({ findings: [unreadable(defect)], end: undefined }))
  )

const judged = Effect.fnUntraced(function* (scenario: Scenario.Scenario, text: string, strictness: Strictness) {
  const file = normal(JSON.parse(text))
  const form = text === canonical(file) ? [] : [finding("form", formFix)]
  const known = Site.find(file.site)
  const site = known ?? siteOf(file.exchanges.map(({ request }) => request.query ?? {}))
  const tencents = known !== undefined || file.exchanges.some(({ request }) => isTencents(request.url))
  // One of somebody's own has an appid of its own, too, and cannot be played here.
  const named = known === undefined && site !== undefined ? [finding("site", siteFix(file.site, site.name))] : []
  // A wrong name must not hide what else is wrong.
  const meant = site === undefined ? file : { ...file, site: site.name }
  const broken = Object.entries(rules).flatMap(([name, rule]) =>
    (tencents || own.has(name)) && (strictness === "exact" || !exactly.has(name))
      ? rule(meant).map((words) => finding(name as keyof typeof rules, words))
      : []
  )
  const { end, findings } =
    site === undefined ? { end: undefined, findings: [] } : yield* plays({ ...scenario, site: site.name }, strictness)
  return { form, findings: [...named, ...broken, ...findings], end }
})

const siteFix = (name: string, meant: string): Bilingual => ({
  en: `no site is called "${name}": did you mean "${meant}", whose appid it asks with?`,
  zh: `没有名为 "${name}" 的站点：是否为 "${meant}"？请求中用的是它的 appid`
})

/** What lies in the folder and belongs to nothing: a raw recording, with its secrets, would be given away unnoticed. */
const strays = (folder: string, { exchanges, optional = [] }: typeof ScenarioFile.Encoded): ReadonlyArray<Finding> => {
  const bodies = [...exchanges, ...optional].flatMap(({ response: { body } }) =>
    body !== undefined && "file" in body ? body.file : []
  )
  const used = new Set(["scenario.json", ...bodies.map((file) => Path.normalize(file))])
  return Fs.readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map(({ name, parentPath }) => Path.relative(folder, Path.join(parentPath, name)))
    .filter((file) => !used.has(file))
    .map((file) =>
      finding("files", {
        en: `${file}: no exchange refers to it; take it out of the folder`,
        zh: `${file}：没有任何交互用到它；请移出文件夹`
      })
    )
}

/** What of a scenario looks like somebody's secret, a complaint each: to be asked before one is written. */
export const secrets = (file: typeof ScenarioFile.Encoded): ReadonlyArray<Bilingual> => secretsLeft(file)

/** The one way to write a scenario: keys in the order of the schema, two spaces deep, a line end. */
export const canonical = (file: typeof ScenarioFile.Encoded): string => `${JSON.stringify(normal(file), null, 2)}\n`

/**
 * A scenario as the newest format has it, in its canonical form: one of the first format gets what is known of what Tencent's servers asked
 * for. What a newer one says of that stays as it is.
 */
export const newest = (file: typeof ScenarioFile.Encoded): string => {
  if (file.format !== "webqq-fixture/1") return canonical(file)
  const read = Schema.decodeUnknownSync(ScenarioFile)(file)
  return canonical({ ...file, format: "webqq-fixture/2", ...known(read) } as typeof ScenarioFile.Encoded)
}

// Through the schema and back: that puts the keys in its order.
const normal = (json: unknown) =>
  Schema.encodeSync(ScenarioFile)(Schema.decodeUnknownSync(ScenarioFile, { onExcessProperty: "error" })(json))

const formFix: Bilingual = {
  en: "scenario.json is not in its canonical form: keys in the order of scenario.schema.json, two spaces deep, a line end; webqq-login fixtures format writes it so",
  zh: "scenario.json 的写法不规范：键应按 scenario.schema.json 的顺序，缩进两个空格，末尾换行；webqq-login fixtures format 可写成这样"
}

const plays = Effect.fnUntraced(function* (scenario: Scenario.Scenario, strictness: Strictness) {
  const engine = Engine.make(scenario, { strictness })
  // Its waits are virtual, and nobody waits: whoever listens to what is real would be told of retries that are none.
  const played = yield* OwnLogin.play(scenario).pipe(
    Effect.provide(MemoryReplay.layer(engine)),
    Effect.provideService(Notice.Listener, undefined)
  )
  const findings = [
    ...engine.verify().map((problem) => finding("outcome", saidOf(problem))),
    ...OwnLogin.differences(scenario.outcome, played).map(({ en, zh }) =>
      finding("outcome", {
        en: `${en}; correct the outcome, or the exchange that leads to it`,
        zh: `${zh}；请修正 outcome，或导致它的交互`
      })
    )
  ]
  return { findings, end: OwnLogin.outcomeOf(played) }
})
