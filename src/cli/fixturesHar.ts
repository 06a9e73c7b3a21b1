/**
 * `webqq-login fixtures import-har FILE --out DIR` and `export-har NAME`.
 */
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Fs from "node:fs"
import * as Har from "../replay/Har.ts"
import * as Scrub from "../replay/Scrub.ts"
import * as Verify from "../replay/Verify.ts"
import { codeOf, usage } from "./failure.ts"
import type { Flags } from "./fixturesCommand.ts"
import { printable } from "./output.ts"
import * as Render from "./render.ts"
import type { Surroundings } from "./report.ts"
import * as ScenarioFolder from "./scenarioFolder.ts"
import * as SiteFile from "./siteFile.ts"

/** Prints a scenario as HAR 1.2. */
export const exportHar = Effect.fnUntraced(function* (
  { rest: [name = ""] }: Pick<Flags, "rest">,
  around: Surroundings
) {
  const scenario = yield* ScenarioFolder.load(name, around.language)
  around.output.stdout(`${JSON.stringify(Har.toHar(scenario), null, 2)}\n`)
})

/** Makes a scenario of what a browser saved. */
export const importHar = Effect.fnUntraced(function* (
  flags: Pick<Flags, "rest" | "out" | "site">,
  around: Surroundings
) {
  const { language, output } = around
  const [file = ""] = flags.rest
  const folder = yield* ScenarioFolder.free(flags.out, language)
  const site = yield* SiteFile.resolve(flags.site ?? "qzone", language)
  const json = yield* Effect.try({
    try: (): unknown => JSON.parse(Fs.readFileSync(file, "utf8")),
    catch: (cause) =>
      usage(
        {
          en: `cannot read ${file} as JSON (${cause instanceof SyntaxError ? "no JSON" : codeOf(cause)})`,
          zh: `无法读取 JSON 文件 ${file}（${cause instanceof SyntaxError ? "不是 JSON" : codeOf(cause)}）`
        },
        { en: "name a HAR file that a browser has saved", zh: "请指定浏览器保存的 HAR 文件" },
        language
      )
  })
  const { captures, startedAt } = yield* Effect.mapError(Har.fromHar(json), ({ cure, reason }) =>
    usage({ en: `${file}: ${reason}`, zh: `${file}: ${reason}` }, { en: cure, zh: cure }, language)
  )
  const clock = startedAt ?? DateTime.formatIso(yield* DateTime.now)
  const scrubbed = yield* Scrub.scrub(captures, {
    title: `a login at ${site.name}, from a browser`,
    clock,
    site: site.name,
    tool: "webqq-login fixtures import-har",
    date: clock.slice(0, 10),
    outcome: Har.outcomeOf(captures, site.name)
  }).pipe(Effect.mapError((error) => ScenarioFolder.refused(error, language)))
  yield* ScenarioFolder.write(folder, scrubbed, language)
  for (const { rule, text } of yield* Verify.verify(folder)) {
    // A browser asks otherwise than we do.
    if (rule !== "outcome") output.line(Render.note({ en: printable(text), zh: printable(text) }, language))
  }
  output.line(
    {
      en: `made ${folder}, without its secrets; look through it before you give it away`,
      zh: `已生成 ${folder}（敏感信息已去除）；分享前请再检查一遍`
    }[language]
  )
})
