/**
 * `webqq-login fixtures`: what can be done with scenarios but playing them.
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Fs from "node:fs"
import * as Path from "node:path"
import { canonical, type Finding, verify as verifyOne } from "../replay/Verify.ts"
import * as Scenario from "../replay/Scenario.ts"
import type { ScenarioFile } from "../replay/ScenarioFile.ts"
import { CommandFailed, exitCodes, usage } from "./failure.ts"
import type { actions, Flags } from "./fixturesCommand.ts"
import { jsonLine, printable } from "./output.ts"
import { perform } from "./perform.ts"
import * as Render from "./render.ts"
import type { Surroundings } from "./report.ts"
import * as ScenarioFolder from "./scenarioFolder.ts"

export const run = (flags: Flags, around: Surroundings): Effect.Effect<number> =>
  perform(
    Effect.suspend(() => {
      const { least, most } = counts[flags.argument]
      const { length } = flags.rest
      const strange = Object.keys(takenBy).find(
        (name) => isGiven(flags, name) && !takenBy[name]?.includes(flags.argument)
      )
      if (strange !== undefined) return wrongFlag(flags.argument, strange, around)
      return length < least || length > most ? wrongCount(flags.argument, around) : act(flags, around)
    }),
    flags.json === true,
    around
  )

/** How many names each action takes. */
const counts: Readonly<Record<Action, { readonly least: number; readonly most: number }>> = {
  list: { least: 0, most: Infinity },
  verify: { least: 0, most: Infinity },
  format: { least: 1, most: Infinity },
  serve: { least: 1, most: 1 },
  diff: { least: 2, most: 2 },
  "import-har": { least: 1, most: 1 },
  "export-har": { least: 1, most: 1 }
}

type Action = (typeof actions)[number]

/** Which actions take each flag. */
const takenBy: Readonly<Record<string, ReadonlyArray<Action>>> = {
  out: ["import-har"],
  site: ["import-har"],
  port: ["serve"],
  speed: ["serve"],
  pause: ["serve"],
  json: ["list", "verify"]
}

const isGiven = (flags: Flags, name: string) => (flags as Readonly<Record<string, unknown>>)[name] !== undefined

const wrongFlag = (action: Action, flag: string, { language }: Surroundings) => {
  const takers = takenBy[flag] ?? []
  return Effect.fail(
    usage(
      { en: `fixtures ${action} does not take --${flag}`, zh: `fixtures ${action} 不接受 --${flag}` },
      { en: `leave it out; it is for ${takers.join(" and ")}`, zh: `请去掉该选项；它用于 ${takers.join("、")}` },
      language
    )
  )
}

const wrongCount = (action: keyof typeof counts, { language }: Surroundings) => {
  const { least } = counts[action]
  return Effect.fail(
    usage(
      { en: `fixtures ${action} takes another number of names`, zh: `fixtures ${action} 的名称数量不对` },
      {
        en: `name ${least === 1 ? "one" : "two"}; webqq-login fixtures list tells all`,
        zh: `请给出 ${least} 个名称；webqq-login fixtures list 列出全部`
      },
      language
    )
  )
}

const act = (flags: Flags, around: Surroundings) => {
  switch (flags.argument) {
    case "list":
      return list(flags, around)
    case "verify":
      return verify(flags, around)
    case "format":
      return format(flags, around)
    case "diff":
      return Effect.flatMap(
        Effect.promise(() => import("./fixturesDiff.ts")),
        ({ diff }) => diff(flags, around)
      )
    case "serve":
      return Effect.flatMap(
        Effect.promise(() => import("./fixturesServe.ts")),
        ({ serve }) => serve(flags, around)
      )
    case "import-har":
      return Effect.flatMap(
        Effect.promise(() => import("./fixturesHar.ts")),
        ({ importHar }) => importHar(flags, around)
      )
    case "export-har":
      return Effect.flatMap(
        Effect.promise(() => import("./fixturesHar.ts")),
        ({ exportHar }) => exportHar(flags, around)
      )
  }
}

const named = (flags: Flags, { language }: Surroundings) =>
  flags.rest.length > 0
    ? Effect.succeed(flags.rest)
    : Effect.mapError(Scenario.list, (error) => ScenarioFolder.unusable(error, language))

const kinds = ["recorded", "transcribed", "synthetic"] as const

const list = Effect.fnUntraced(function* (flags: Flags, around: Surroundings) {
  const { language, output } = around
  const scenarios = yield* Effect.forEach(yield* named(flags, around), (name) => ScenarioFolder.load(name, language))
  const rows = scenarios.map(({ clock, exchanges, name, outcome, provenance, site, title }) => ({
    name,
    site,
    steps: exchanges.reduce((sum, { times }) => sum + times, 0),
    provenance: provenance.kind,
    ...Object.fromEntries(kinds.map((kind) => [kind, exchanges.filter((one) => one.provenance.kind === kind).length])),
    clock,
    outcome: "error" in outcome ? outcome.error : "session",
    title
  }))
  if (flags.json === true) return output.stdout(rows.map(jsonLine).join(""))
  const columns = ["name", "site", "steps", "provenance", "outcome", "title"] as const
  output.stdout(Render.table([columns, ...rows.map((row) => columns.map((column) => String(row[column])))]))
  const all = scenarios.flatMap(({ exchanges }) => exchanges)
  const shares = kinds.map((kind) => {
    const count = all.filter(({ provenance }) => provenance.kind === kind).length
    return `${kind} ${Math.round((100 * count) / all.length)} %`
  })
  output.line(
    {
      en: `${scenarios.length} scenarios, ${all.length} exchanges: ${shares.join(", ")}`,
      zh: `${scenarios.length} 个场景，${all.length} 次交互：${shares.join("、")}`
    }[language]
  )
})

const verify = Effect.fnUntraced(function* (flags: Flags, around: Surroundings) {
  const { language, output } = around
  let unfit = 0
  const names = yield* named(flags, around)
  for (const name of names) {
    const findings = yield* verifyOne(name)
    if (findings.length > 0) unfit++
    if (flags.json === true) output.stdout(jsonLine({ name, findings }))
    else
      for (const { rule, text } of findings) {
        const told = { en: rule, zh: `${rule}（${inChinese[rule]}）` }[language]
        output.stdout(`${printable(name)}: ${told}: ${lines(text)}\n`)
      }
  }
  const fit = names.length - unfit
  const sum = { en: `${fit} of ${names.length} scenarios are fit`, zh: `${names.length} 个场景中 ${fit} 个合格` }
  if (unfit === 0) return output.line(sum[language])
  return yield* new CommandFailed({
    message: sum[language],
    cure: {
      en: "each line says what to do; fixtures/README.md has the rules",
      zh: "每行说明了修改方法；规则见 fixtures/README.md"
    }[language],
    exitCode: exitCodes.unexpected
  })
})

// What follows on each line names places in a file, as they are.
const inChinese: Readonly<Record<Finding["rule"], string>> = {
  schema: "文件不符合场景格式",
  form: "写法不规范，请运行 webqq-login fixtures format",
  files: "文件夹中有多余的文件，请移走",
  site: "没有这个站点，请修正 site",
  provenance: "来源说明不合要求",
  requests: "请求缺少必要的匹配项",
  hashes: "派生值不正确，请按提示重写",
  accounts: "账号信息前后不一致",
  saved: "已保存的会话与场景不一致",
  redirect: "check_sig 的地址与回调中的不同",
  "stand-ins": "疑似真实的敏感信息，请换成替代值",
  outcome: "重放的结果与 outcome 不符",
  defect: "程序无法检查此场景，请报告"
}

const lines = (text: string) => text.split("\n").map(printable).join("\n  ")

const decode = Schema.decodeUnknownEffect(Schema.fromJsonString(Schema.Unknown))

const format = Effect.fnUntraced(function* (flags: Flags, around: Surroundings) {
  for (const name of flags.rest) {
    const scenario = yield* ScenarioFolder.load(name, around.language)
    const folder = /[/\\]/.test(name) ? name : yield* Effect.orDie(Scenario.find(scenario.name))
    const file = Path.join(folder, "scenario.json")
    const json = yield* Effect.orDie(decode(Fs.readFileSync(file, "utf8")))
    Fs.writeFileSync(file, canonical(json as typeof ScenarioFile.Encoded))
  }
})
