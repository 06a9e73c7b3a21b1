/**
 * Files that strangers gave and a person names on the line: read, or refused in words with exit code 2 or 9; nothing is made of half of one.
 */
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fs from "node:fs"
import * as Os from "node:os"
import * as Path from "node:path"
import * as Site from "webqq-login/Site"
import { withSessions } from "../cli/inProcess.ts"

let folder = ""
const at = (name: string) => Path.join(folder, name)
beforeAll(() => void (folder = Fs.mkdtempSync(Path.join(Os.tmpdir(), "webqq-test-"))))
afterAll(() => Fs.rmSync(folder, { recursive: true }))

const nested = (open: string, close: string, times = 100_000) => open.repeat(times) + close.repeat(times)

const entry = (answer: object = {}, request: object = {}) => ({
  request: {
    method: "GET",
    url: `https://ssl.ptlogin2.qq.com/ptqrshow?appid=${Site.qzone.appid}`,
    headers: [],
    ...request
  },
  response: {
    status: 200,
    headers: [{ name: "Set-Cookie", value: "qrsig=Stand-In-qrsig;Path=/;Domain=ptlogin2.qq.com" }],
    content: { text: "" },
    ...answer
  }
})
const archive = (...entries: ReadonlyArray<object>) => JSON.stringify({ log: { entries } })
const cookies = (count: number) =>
  Array.from({ length: count }, (_, n) => ({ name: "Set-Cookie", value: `c${n}=v${n}` }))

const hars: ReadonlyArray<readonly [what: string, text: string | Uint8Array]> = [
  ["empty", ""],
  ["a mark and nothing else", "\ufeff"],
  ["UTF-16", Buffer.from(archive(entry()), "utf16le")],
  ["no text", new Uint8Array([0xff, 0xfe, 0xc0, 0x80])],
  ["deep itself", nested("[", "]")],
  ["deep beside what is wanted", archive(entry()).replace("{", `{"x":${nested("[", "]")},`)],
  ["deep in objects", nested('{"log":', "}").replace(":}", ":1}")],
  ["of no entries", archive()],
  ["of an entry that is none", archive({})],
  ["of a prototype", archive(entry()).replace("{", '{"__proto__":{"log":1},')],
  ["of a status that is none", archive(entry({ status: 1e300 }))],
  ["of an address that is none", archive(entry({}, { url: "https://[" }))],
  [
    "of 2,000 polls",
    archive(
      entry(),
      ...Array.from({ length: 2000 }, () =>
        entry({ content: { text: "ptuiCB('66','0','','0','', '')" } }, { url: "https://ssl.ptlogin2.qq.com/ptqrlogin" })
      )
    )
  ],
  ["of 5,000 cookies", archive(entry({ headers: [...entry().response.headers, ...cookies(5000)] }))],
  ["of an answer of 4 MB", archive(entry({ content: { text: "x".repeat(4_000_000) } }))],
  ["of half letters", archive(entry({ content: { text: "\ud800\udc00\ud800" } }))],
  ["of base64 that is none", archive(entry({ content: { text: "%%%", encoding: "base64" } }))],
  [
    "of headers that steer",
    archive(entry({ headers: [...entry().response.headers, { name: "X-\u001b[2J", value: "a\r\nb: c" }] }))
  ]
]

const site = JSON.stringify({ name: "mine" })
const sites: ReadonlyArray<readonly [what: string, text: string | Uint8Array]> = [
  ["empty", ""],
  ["ESC in every place", JSON.stringify({ name: "\u001b[2J", "\u001b[2J": "\u001b[2J", appid: "\u001b" })],
  ["deep", nested("[", "]")],
  ["deep in a place", site.replace("}", `,"appid":${nested("[", "]")}}`)],
  ["of 3 MB", site.replace("}", `,"x":"${"x".repeat(3_000_000)}"}`)],
  ["of keys that nobody knows", JSON.stringify({ name: "mine", constructor: 1, __proto__: 2 })],
  ["of a prototype", site.replace("{", '{"__proto__":{"appid":"1"},')],
  ["no text", new Uint8Array([0xff, 0xfe])]
]

const run = Effect.fnUntraced(function* (line: string) {
  const { run } = yield* withSessions({})
  const result = yield* run(line)
  assert.notInclude(result.stderr, "unexpected fault")
  assert.notMatch(result.stderr.replaceAll("\n", ""), /\p{Cc}/u)
  return result
})

describe("a HAR", () => {
  it.effect.each(hars)("that is %s is read, or refused in words, and nothing else is left", ([, text]) =>
    Effect.gen(function* () {
      Fs.writeFileSync(at("a.har"), text)
      const { code, stderr } = yield* run(`fixtures import-har ${at("a.har")} --site qzone --out ${at("made")}`)
      assert.include([0, 2, 9], code, stderr)
      assert.strictEqual(Fs.existsSync(at("made")), code === 0)
      Fs.rmSync(at("made"), { recursive: true, force: true })
    })
  )
})

describe("a site", () => {
  it.effect.each(sites)("that is %s is refused in words", ([, text]) =>
    Effect.gen(function* () {
      Fs.writeFileSync(at("site.json"), text)
      const { code, stderr } = yield* run(`login --site ${at("site.json")} --no-save --qr none`)
      assert.strictEqual(code, 2, stderr)
      assert.isBelow(stderr.length, 20_000)
    })
  )
})
