/**
 * A session file that anybody may have planted, beside a good one: no command ends with a fault of its own, and the good one is still told of.
 */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fs from "node:fs"
import { join } from "node:path"
import { SessionStore } from "webqq-login/SessionStore"
import { withSessions } from "../cli/inProcess.ts"
import { qzone } from "../support/savedSessions.ts"
import { inFolder } from "../support/sessionStores.ts"

type Json = Record<string, any>

/** The text of a good session, changed. */
const changed = (change: (file: Json) => unknown) => (good: string) => {
  const file = JSON.parse(good)
  change(file)
  return JSON.stringify(file)
}
const ofSession = (fields: Json) => changed((file) => Object.assign(file.session, fields))
const ofCookie = (fields: Json) => changed((file) => Object.assign(file.session.cookies[0], fields))

const deep = (open: string, close: string) => `{"schema":1,"x":${open.repeat(100_000)}1${close.repeat(100_000)}}`

const plants: ReadonlyArray<readonly [what: string, text: (good: string) => string | Uint8Array]> = [
  ["empty", () => ""],
  ["nothing but NUL", () => new Uint8Array(4 * 2 ** 20)],
  ["larger than any", () => new Uint8Array(5 * 2 ** 20)],
  ["UTF-16", (good) => Buffer.from(`\ufeff${good}`, "utf16le")],
  ["deep in lists", () => deep("[", "]")],
  ["deep in objects", () => deep('{"a":', "}")],
  ["a number", () => "1e999"],
  ["of the prototype", (good) => good.replace("{", '{"__proto__":{"schema":1},')],
  ["of two profiles", (good) => good.replace("{", '{"profile":"other",')],
  ["of a version that is no number", changed((file) => (file.schema = {}))],
  ["of the year 275760", ofSession({ obtainedAt: "+275760-09-13T00:00:00.000Z" })],
  ["of the year -271821", ofSession({ obtainedAt: "-271821-04-20T00:00:00.000Z" })],
  ["of no day", ofSession({ obtainedAt: "2026-02-30T25:61:00.000Z" })],
  ["saved in the year 275760", changed((file) => (file.savedAt = "+275760-09-13T00:00:00.000Z"))],
  ["of a number beyond all", ofSession({ uin: 1e300 })],
  ["of a number below all", ofSession({ uin: -5, gtk: -1e300, bkn: 0.1 })],
  ["of a site called __proto__", ofSession({ site: "__proto__" })],
  ["of a site called constructor", ofSession({ site: "constructor" })],
  ["of no site", ofSession({ site: "" })],
  ["of a nickname of half a letter", ofSession({ nickname: "\ud800" })],
  ["of a nickname of a megabyte", ofSession({ nickname: "x".repeat(2 ** 20) })],
  [
    "of 20,000 cookies",
    changed(({ session }) => (session.cookies = Array.from({ length: 20_000 }, () => session.cookies[0])))
  ],
  ["of cookies that are none", ofSession({ cookies: { length: 5 } })],
  ["of a cookie without a name", ofCookie({ name: "" })],
  ["of a cookie called a b", ofCookie({ name: "a b" })],
  ["of a cookie called constructor", ofCookie({ name: "constructor" })],
  ["of a cookie with a line end", ofCookie({ value: "a\nb" })],
  ["of a cookie in Chinese", ofCookie({ value: "日本" })],
  ["of a cookie that is over in the year 275760", ofCookie({ expires: "+275760-09-13T00:00:00.000Z" })],
  ["of a cookie for a bank", ofCookie({ domain: "bank.com" })]
]

const lines = [
  "status --offline",
  "status --json --offline",
  "cookies --site qzone",
  "token uin --site qzone",
  "renew --profile bad",
  "login --profile bad --no-scan",
  "logout --profile bad"
]

describe("a session", () => {
  it.effect.each(plants)("that is %s takes nothing away from the others", ([, text]) =>
    Effect.gen(function* () {
      const { directory, layer } = yield* inFolder
      const store = yield* Effect.provide(SessionStore, layer)
      yield* store.save(qzone, "good")
      const bad = join(directory, "bad.json")
      const good = Fs.readFileSync(join(directory, "good.json"), "utf8").replace(
        '"profile": "good"',
        '"profile": "bad"'
      )
      const { run } = yield* withSessions({})
      for (const line of lines) {
        Fs.writeFileSync(bad, text(good), { mode: 0o600 })
        const { code, stderr, stdout } = yield* run(line, {
          store,
          answers: Array.from({ length: 9 }, () => ({ status: 403 }))
        })
        assert.notInclude(stderr, "unexpected fault", line)
        assert.notStrictEqual(code, 1, line)
        if (line.startsWith("status")) assert.include(stdout, "good", line)
      }
      assert.strictEqual((yield* store.load("good")).session.uin, qzone.uin)
    })
  )
})
