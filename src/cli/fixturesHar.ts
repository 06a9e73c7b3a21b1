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

/** Makes a scenario of what a browser saved. What is no scenario in the end, or may hold a secret yet, is not kept. */
export const importHar = Effect.fnUntraced(function* (
  flags: Pick<Flags, "rest" | "out" | "site">,
  around: Surroundings
) {
  const { language, output } = around
  const [file = ""] = flags.rest
  const folder = yield* ScenarioFolder.free(flags.out, language)
  const named = flags.site === undefined ? undefined : yield* SiteFile.resolve(flags.site, language)
  const json = yield* Effect.try({
    try: (): unknown => JSON.parse(Fs.readFileSync(file, "utf8").replace(/^\ufeff/, "")),
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
  const imported = yield* Effect.mapError(Har.fromHar(json, named), ({ cure, reason }) =>
    usage(
      { en: `${file}: ${reason}`, zh: `${file}：${inChinese[reason] ?? reason}` },
      { en: cure, zh: inChinese[cure] ?? cure },
      language
    )
  )
  const { captures, foreign, startedAt } = imported
  const site = named ?? imported.site ?? (yield* SiteFile.resolve("qzone", language))
  const say = (en: string, zh: string) => output.line(Render.note({ en, zh }, language))
  if (named !== undefined && imported.site !== undefined && imported.site.appid !== named.appid)
    say(`this looks like a login at ${imported.site.name}`, `这看起来是 ${imported.site.name} 的登录`)
  const clock = startedAt ?? DateTime.formatIso(yield* DateTime.now)
  const scrubbed = yield* Scrub.scrub(captures, {
    title: `a login at ${site.name}, from a browser`,
    clock,
    site: site.name,
    tool: "webqq-login fixtures import-har",
    date: clock.slice(0, 10),
    outcome: Har.outcomeOf(captures, site.name)
  }).pipe(Effect.mapError((error) => ScenarioFolder.refused(error, language)))
  const text = Har.withoutAbsentCookies(scrubbed.text)
  if (foreign.some((value) => value.length >= 8 && text.includes(value))) {
    const message = {
      en: "a cookie from before the login stands elsewhere, too: nothing was written",
      zh: "登录之前的 cookie 也出现在别处：没有写出任何内容"
    }
    return yield* ScenarioFolder.unclean(message, language)
  }
  yield* ScenarioFolder.write(folder, { ...scrubbed, text }, language)
  const findings = yield* Verify.verify(folder)
  const grave = findings.find(({ rule }) => rule === "schema" || rule === "defect")
  if (grave !== undefined) {
    Fs.rmSync(folder, { recursive: true, force: true })
    const told = printable(grave.text.replaceAll("\n", " "))
    const message = {
      en: `no scenario came of it: nothing was written. ${told}`,
      zh: `无法生成场景：没有写出任何内容。${told}`
    }
    return yield* ScenarioFolder.unclean(message, language)
  }
  output.line(
    {
      en: `made ${folder}, without its secrets; look through it before you give it away`,
      zh: `已生成 ${folder}（敏感信息已去除）；分享前请再检查一遍`
    }[language]
  )
  if (findings.length > 0)
    say(
      "a browser asks otherwise than this program, whose own login does not end with it as it says: webqq-login fixtures verify tells why",
      "浏览器的请求与本程序不同，本程序无法按它完整登录：webqq-login fixtures verify 给出原因"
    )
})

// The reasons of BadHar, which are English for programs.
const inChinese: Readonly<Record<string, string>> = {
  "this is no HAR 1.2 file": "这不是 HAR 1.2 文件",
  "save one with the network tools of a browser": "请用浏览器的网络工具保存",
  "no request of a login with a QR code is in this file": "文件中没有扫码登录的请求",
  "record from before the code appears": "请在二维码出现之前开始记录",
  "no answer of the login in this file sets a cookie: browsers leave them out by default":
    "登录的响应中没有任何 Set-Cookie：浏览器默认不导出它们",
  "export it again with sensitive data (in Chrome: settings of the developer tools, network, allow to generate HAR with sensitive data)":
    "请重新导出并包含敏感数据（Chrome：开发者工具设置 → 网络 → 允许生成包含敏感数据的 HAR）"
}
