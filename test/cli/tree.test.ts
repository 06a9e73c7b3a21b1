/**
 * What a line can say beyond what today's commands need: flags that count each time, letters with values, somebody else's
 * command behind `--`, and a command that does something itself and has others below it.
 */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { bash } from "../../src/cli/line/completions/bash.ts"
import { fish } from "../../src/cli/line/completions/fish.ts"
import { zsh } from "../../src/cli/line/completions/zsh.ts"
import type { Command, Flag, Program, Values } from "../../src/cli/line/Command.ts"
import { find } from "../../src/cli/line/find.ts"
import { render } from "../../src/cli/line/help.ts"
import { parse } from "../../src/cli/line/parse.ts"
import { address, choice, duration, text } from "../../src/cli/line/values.ts"

const said = (text: string) => ({ en: text, zh: text })
const load = (): Promise<Program> => Promise.resolve({ run: () => Effect.void })
const json: Flag = { summary: said("as JSON") }

const request = {
  name: "request",
  summary: said("ask"),
  operands: { url: { summary: said("where"), value: address } },
  flags: {
    header: { summary: said("a header"), short: "H", many: true, value: text("LINE") },
    method: { summary: said("how"), short: "X", value: choice("METHOD", ["GET", "POST"]) },
    data: { summary: said("what"), short: "d", many: true, value: text("DATA") },
    json
  },
  examples: [],
  load
} as const satisfies Command

const start = { name: "start", summary: said("begin"), flags: { json }, examples: [], load } as const satisfies Command
const wait = {
  name: "wait",
  summary: said("go on"),
  operands: { id: { summary: said("which"), value: text("ID") } },
  flags: { timeout: { summary: said("how long"), value: duration } },
  examples: [],
  load
} as const satisfies Command
const login = {
  name: "login",
  summary: said("log in"),
  flags: { site: { summary: said("where"), value: text("NAME") }, json },
  examples: [],
  load,
  commands: [start, wait]
} as const satisfies Command

const keep = {
  name: "keep",
  summary: said("keep signed in"),
  operands: { profiles: { summary: said("whom"), value: text("PROFILE"), optional: true, many: true } },
  behind: { summary: said("told of everything"), metavar: "COMMAND …" },
  flags: { json },
  examples: [],
  load
} as const satisfies Command

const commands: ReadonlyArray<Command> = [request, login, keep]

const read = (...words: ReadonlyArray<string>) => {
  const parsed = parse(commands, words)
  if (parsed._tag === "Mistake") return `${parsed.mistake.message.en} / ${parsed.mistake.cure.en}`
  return parsed._tag === "Run" ? [parsed.path.join(" "), parsed.values] : parsed._tag
}

const url = "https://a.example/"

describe("a line", () => {
  it("gathers what is given several times, in order, with letters and without", () => {
    const words = ["-H", "a: 1", "--header=b: 2", "-Hc: 3", url, "-d", "x=1", "-X", "POST", "--data", "-"]
    assert.deepEqual(read("request", ...words), [
      "request",
      { header: ["a: 1", "b: 2", "c: 3"], data: ["x=1", "-"], method: "POST", url }
    ])
    assert.deepEqual(read("request", "-XPOST", "-XGET", url), ["request", { method: "GET", url }])
  })

  it("takes a value that looks like a flag only where it stands in the same word", () => {
    assert.strictEqual(read("request", url, "-d", "-x"), "-d needs a value / expected a text that is not empty")
    assert.deepEqual(read("request", url, "--data=-x", "-d-y"), ["request", { data: ["-x", "-y"], url }])
    assert.strictEqual(read("request", url, "-X", "PST"), `-X: bad value "PST" / did you mean POST?`)
  })

  it("goes down from a command that does something itself to those below it", () => {
    assert.deepEqual(read("login"), ["login", {}])
    assert.deepEqual(read("login", "--site", "start"), ["login", { site: "start" }])
    assert.deepEqual(read("login", "start", "--json"), ["login start", { json: true }])
    assert.deepEqual(read("--json", "login", "start"), ["login start", { json: true }])
    assert.deepEqual(read("login", "--lang", "zh", "wait", "7", "--timeout", "2s"), [
      "login wait",
      { lang: "zh", id: "7", timeout: 2000 }
    ])
    assert.strictEqual(read("login", "strat"), `unexpected argument "strat" / did you mean start?`)
    assert.strictEqual(
      read("login", "start", "--site", "x"),
      `unknown flag "--site" / see webqq-login login start --help`
    )
    assert.strictEqual(read("login", "wait"), "ID is missing / expected a text that is not empty")
  })

  it("leaves somebody else's command behind -- alone", () => {
    assert.deepEqual(read("keep", "a", "--json", "--", "notify", "--json", "-h", "--", "b"), [
      "keep",
      { profiles: ["a"], json: true, behind: ["notify", "--json", "-h", "--", "b"] }
    ])
    assert.deepEqual(read("keep"), ["keep", { behind: [] }])
    assert.deepEqual(read("request", "--", url), ["request", { url }])
    assert.deepEqual(read("--", "login", "start"), ["login start", {}])
  })

  it("yields what the types say", () => {
    const values: Values<typeof keep> = { behind: ["x"], profiles: ["a"] }
    const more: Values<typeof request> = { url, header: ["a"], method: "GET", json: true }
    // @ts-expect-error one header is no list of them
    const wrong: Values<typeof request> = { url, header: "a" }
    assert.isDefined([values, more, wrong])
  })
})

describe("the help of it", () => {
  it("shows what can be called, and how often", () => {
    const help = render(commands, find(commands, ["login"]).found, "en")
    assert.include(help, "Usage: webqq-login login [flags]\n\nUsage: webqq-login login <command> [flags]")
    assert.match(help, /^Commands:\n {2}start {2}begin\n {2}wait {3}go on$/m)
    const other = render(commands, find(commands, ["keep"]).found, "en")
    assert.include(other, "Usage: webqq-login keep [PROFILE …] [flags] -- COMMAND …")
    assert.match(render(commands, find(commands, ["request"]).found, "en"), /^ {2}--header, -H LINE … {2}a header$/m)
  })
})

describe("completions of it", () => {
  it("offer what is below a command beside its own flags, and letters with their values", () => {
    const script = bash(commands)
    assert.include(script, `"login") words="start wait --site --json --lang --verbose --quiet --help -h --version -V"`)
    assert.include(script, `"request --method"|"request -X") words="GET POST"`)
    assert.include(zsh(commands, "en"), `'*-H[a header]:LINE: '`)
    assert.include(zsh(commands, "en"), `start) _webqq_login_login_start;;`)
    assert.include(
      fish(commands, "en"),
      `complete -c webqq-login -n '__fish_seen_subcommand_from login; and not __fish_seen_subcommand_from start wait' -a start -d 'begin'`
    )
  })
})
