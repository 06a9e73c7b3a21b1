/**
 * Nothing that is printed can steer a terminal or forge a line: every error, event, report, table, summary and prompt, with
 * hostile text in every field that can hold any, and in every word of the command line.
 */
import { afterAll, assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Fs from "node:fs"
import * as Os from "node:os"
import * as Path from "node:path"
import * as LoginError from "webqq-login/LoginError"
import { SignInEvent, toLine } from "webqq-login/LoginEvent"
import type { SessionStore } from "webqq-login/SessionStore"
import { usage } from "../../src/cli/process/CommandFailed.ts"
import { tellFailure } from "../../src/cli/process/tellFailure.ts"
import { commands } from "../../src/cli/commands/table.ts"
import { advice } from "../../src/cli/terminal/advice.ts"
import { parse } from "../../src/cli/line/parse.ts"
import { wordsOf } from "../../src/cli/terminal/eventWords.ts"
import { summary } from "../../src/cli/terminal/sessionSummary.ts"
import { table } from "../../src/cli/terminal/table.ts"
import { withSessions } from "../cli/inProcess.ts"
import { screen } from "../cli/screen.ts"
import { cookie, cookies, qzone, sessionOf } from "../support/savedSessions.ts"
import { command, file } from "../cli/child.ts"

/** Moves the cursor, sets a title, goes on in a new line as if we spoke, turns the reading round; without a blank, for lines. */
const hostile = "x\u001b]0;PWNED\u0007\u001b[2J\r\nerror:forged\u2028\u009b2K\u202e\u0000y"

/** What a terminal would act upon, and a line that begins as one of ours. */
const check = (text: string, where: string) => {
  const left = text.replaceAll("\n", "")
  assert.notMatch(left, /[\p{Cc}\p{Cs}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/u, where)
  assert.notMatch(text, /^(error:forged|\{"_tag":"forged)/m, where)
}

const languages = ["en", "zh"] as const

/** Values of a field: hostile ones where it takes any text, and each of its literals where it takes no other. */
const valuesOf = (field: any): ReadonlyArray<unknown> => {
  const schema = field.schema ?? field
  const literals: ReadonlyArray<unknown> = schema.literals ?? schema.members?.map((member: any) => member.literal) ?? []
  const complaint = { path: [hostile, 0, "a"], problem: "unknown key", expected: { en: hostile, zh: hostile } }
  const candidates = [
    hostile,
    7,
    true,
    DateTime.makeUnsafe(0),
    new Uint8Array([1]),
    [complaint],
    [hostile],
    { bytes: 1, sha256: hostile },
    qzone,
    ...literals
  ]
  return candidates.filter((candidate) => Schema.is(schema)(candidate))
}

/** One object for each literal of each field, all other fields as hostile as they can be. */
const objectsOf = (fields: Readonly<Record<string, any>>): ReadonlyArray<Record<string, unknown>> => {
  const choices = Object.entries(fields)
    .filter(([name]) => name !== "_tag")
    .map(([name, field]) => [name, valuesOf(field)] as const)
  const first = Object.fromEntries(choices.flatMap(([name, [value]]) => (value === undefined ? [] : [[name, value]])))
  return choices.flatMap(([name, values]) => values.map((value) => ({ ...first, [name]: value })))
}

const errors = LoginError.LoginError.members.flatMap((member: any) =>
  objectsOf(member.fields).map((fields) => new member(fields) as LoginError.LoginError)
)

/** One that no file, store or server could bring, since what a site may be called is checked when it is read. */
const evilSession = () =>
  Object.assign(
    sessionOf({ site: "evil", uin: 1, nickname: hostile, obtainedAt: "2018-11-20T08:30:00.000Z", cookies: [] }),
    { site: hostile }
  )

describe("what is printed", () => {
  it("of every error, in words and as JSON", () => {
    assert.isAbove(errors.length, 100)
    for (const error of [
      ...errors,
      usage({ en: hostile, zh: hostile }, { en: hostile, zh: hostile }, [{ en: hostile, zh: hostile }])
    ]) {
      for (const language of languages) {
        const { both, streams } = screen({ isTTY: true }, {}, language)
        tellFailure(Cause.fail(error as never), true, { streams, language, env: { WEBQQ_DEBUG: "1" } })
        check(both(), error._tag)
      }
    }
  })

  it("of a fault of our own, with its stack", () => {
    const fault = Object.assign(new Error(hostile), { name: hostile })
    fault.stack = `${fault.stack}\n    at ${hostile} (file:///a?${hostile})`
    const { both, streams } = screen({ isTTY: true })
    tellFailure(Cause.die(fault), true, { streams, language: "en", env: { WEBQQ_DEBUG: "1" } })
    check(both(), "fault")
  })

  it("of every event, as a state, a line and JSON", () => {
    const evil = sessionOf({
      site: "evil",
      uin: 1,
      nickname: hostile,
      obtainedAt: "2018-11-20T08:30:00.000Z",
      cookies: []
    })
    const plain = SignInEvent.members.flatMap((member: any) =>
      objectsOf(member.fields).map((fields): any => ({ _tag: member.fields._tag.schema.literal, ...fields }))
    )
    const reasons = errors.flatMap((reason) => [
      { _tag: "SessionRefused", profile: hostile, reason },
      { _tag: "RenewalRefused", profile: hostile, reason },
      ...(reason._tag === "StoreFailed" ? [{ _tag: "NotSaved", why: "unreachable", reason }] : [])
    ])
    const events = [...plain, ...reasons, { _tag: "LoggedIn", session: evil }].filter(
      (event) => event._tag !== "QrShown" && !(event._tag.endsWith("Refused") && event.reason === undefined)
    )
    assert.isAbove(events.length, 200)
    for (const event of events) {
      if (event._tag === "NotSaved" && event.reason === undefined) continue
      for (const language of languages) {
        const { both, streams } = screen({}, {}, language)
        streams.status(wordsOf(event))
        streams.tell(wordsOf(event))
        streams.json(toLine(event))
        check(both(), event._tag)
      }
    }
  })

  it("of a session, a table and a prompt", () => {
    const evil = evilSession()
    const { both, streams } = screen({ isTTY: true, columns: 80, rows: 24 }, { TERM: "dumb" })
    streams.print(summary(evil, "en", true))
    streams.print(
      table([
        [hostile, "a"],
        ["b", hostile]
      ])
    )
    streams.status({ en: hostile, zh: hostile })
    check(both(), "summary")
  })

  it("of every mistake in the command line", () => {
    const words = commands.flatMap(({ commands = [], name }) => [
      [name],
      ...commands.map((below) => [name, below.name])
    ])
    for (const path of [[], ...words]) {
      for (const rest of [
        [hostile],
        [`--${hostile}`],
        ["--site", hostile],
        [`--site=${hostile}`],
        [`--lang=${hostile}`],
        ["--port", hostile]
      ]) {
        const parsed = parse(commands, [...path, ...rest])
        if (parsed._tag !== "Mistake") continue
        for (const language of languages) {
          const { both, streams } = screen({}, {}, language)
          streams.tell(...advice(parsed.mistake))
          check(both(), [...path, ...rest].join(" "))
        }
      }
    }
  })
})

describe("what the commands print", () => {
  // What a session may be called is checked when it is read: of it only the nickname can still be anything.
  const evil = sessionOf({
    site: "evil",
    uin: 987654321,
    nickname: hostile,
    gtk: 1,
    bkn: 2,
    obtainedAt: "2018-11-20T08:30:00.000Z",
    cookies: [cookie("skey", "@a", "qq.com")]
  })
  const strange = sessionOf({
    site: "qzone",
    uin: 123456789,
    nickname: hostile,
    gtk: 1,
    bkn: 2,
    obtainedAt: "2018-11-20T08:30:00.000Z",
    cookies
  })

  const folder = Fs.mkdtempSync(Path.join(Os.tmpdir(), "webqq-test-"))
  afterAll(() => Fs.rmSync(folder, { recursive: true }))
  const site = Path.join(folder, "site.json")
  Fs.writeFileSync(site, JSON.stringify({ name: hostile, [hostile]: hostile, appid: hostile }))

  const lines: ReadonlyArray<string> = [
    "status",
    "status --offline",
    "status --json",
    "cookies --profile evil --offline",
    "token skey --profile evil --offline",
    "token nickname --profile strange --offline",
    "token site --profile evil --offline",
    "token nickname --profile strange --json --offline",
    `token ${hostile} --profile strange --offline`,
    "renew --profile evil",
    `import ./${hostile}`,
    `import ${folder}`,
    `export ./${hostile}/a`,
    `export ./a --passphrase-file ./${hostile} --offline`,
    `login --site ./${hostile} --replay qzone`,
    `login --site ${site} --replay qzone`,
    `login --replay ./${hostile}`,
    `login --replay ${hostile}`,
    `login --replay qzone --qr-file ./${hostile}/a`,
    `record --out ./${hostile}`,
    `fixtures list ${hostile}`,
    `fixtures verify ./${hostile}`,
    `fixtures serve ${hostile}`,
    `fixtures serve webqq --pause ${hostile}`,
    `fixtures import-har ./${hostile} --out ${folder}/har`
  ]
  it.effect.each(lines.flatMap((line, index) => languages.map((language) => [index, language, line] as const)))(
    "of line %d in %s",
    ([, language, line]) =>
      Effect.gen(function* () {
        const { run } = yield* withSessions({ evil, strange })
        const { code, stderr, stdout } = yield* run(line, { language })
        check(stdout, `${line}: stdout`)
        check(stderr, `${line}: stderr`)
        assert.isNumber(code)
      })
  )

  it.effect("of a session that cannot be read, wherever it says it is", () =>
    Effect.gen(function* () {
      const { run } = yield* withSessions({ strange })
      const broken = errors.filter((error) => error._tag === "StoreFailed")
      const list = Effect.succeed({ saved: [], broken } as any)
      const { stderr, stdout } = yield* run("status --json", {
        store: { list, where: hostile } as Partial<SessionStore["Service"]>
      })
      check(stderr + stdout, "status")
    })
  )

  it.effect("says in words that a value is none for a terminal, and gives it to whoever insists", () =>
    Effect.gen(function* () {
      const { run } = yield* withSessions({ strange })
      const refused = yield* run("token nickname --offline")
      assert.deepEqual([refused.code, refused.stdout], [2, ""])
      assert.match(refused.stderr, /a terminal would act upon\n→ use --json.*--raw/)
      assert.strictEqual((yield* run("token nickname --raw --offline")).stdout, `${hostile}\n`)
      assert.strictEqual((yield* run("token nickname --json --offline")).lines()[0].value, hostile)
    })
  )

  it("of a replay that went otherwise, whatever the scenario calls its fields", async () => {
    const scenario = JSON.parse(Fs.readFileSync(file("fixtures/qzone/scenario.json"), "utf8"))
    const [first] = scenario.exchanges
    first.request.query[hostile] = hostile
    first.response.body = { text: "" }
    const place = Path.join(folder, "odd")
    Fs.mkdirSync(place)
    Fs.writeFileSync(Path.join(place, "scenario.json"), JSON.stringify(scenario))
    const { code, stderr, stdout } = await command(`login --replay ${place}`)
    check(stderr + stdout, "replay")
    assert.match(stderr, /differs from "ptqrshow"/)
    assert.notStrictEqual(code, 0)
  })
})
