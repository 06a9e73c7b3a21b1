import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { readdirSync, readFileSync } from "node:fs"
import * as Scenario from "../src/replay/Scenario.ts"
import { known } from "../src/replay/demands/known.ts"
import { ScenarioFile } from "../src/replay/format/ScenarioFile.ts"
import * as Verify from "../src/replay/verify/Verify.ts"
import * as Site from "../src/Site.ts"

const root = new URL("../fixtures/", import.meta.url)
const names = Effect.runSync(Scenario.list)
const textOf = (name: string) => readFileSync(new URL(`${name}/scenario.json`, root), "utf8")
const fileOf = (name: string) => JSON.parse(textOf(name)) as typeof ScenarioFile.Encoded

const required = [
  "webqq webqq-2018 webqq-2017-04 webqq-2015 ptwebqq-absent scan-withdrawn expired-then-renewed expired-for-good expired-at-once rejected-ours second-factor qr-refused-in-words poll-empty-after-scan refused",
  "denied-403 unknown-code success-without-url check-sig-200 hostile-redirect location-404-trap nickname-escapes",
  "seven-arguments vfwebqq-100000 login2-100001 login2-103 retcode-0-error html-for-json dead-node-404-then-ok",
  "gateway-502-then-ok qzone qzone-h5 qun vip music game cookies-absent session-still-good renewed-silently",
  "renewal-refused-then-scan rejected-wait rejected-network rejected-heal poll-captcha check-sig-captcha poll-half-after-scan",
  "code-gone-at-once qzone-check-502 qzone-signed-out-then-renewed qzone-h5-dead-then-renewed music-authorize-captcha",
  "qzone-expired-then-renewed qzone-scan-withdrawn qzone-refused qzone-denied-403 qzone-rejected-network qzone-hostile-redirect",
  "qzone-check-sig-captcha"
].flatMap((line) => line.split(" "))

describe("the fixtures as a set", () => {
  it("hold every scenario that the harness promises", () => {
    assert.deepStrictEqual(
      required.filter((name) => !names.includes(name)),
      []
    )
  })

  it("log in at every site that comes with the library", () => {
    const sites = new Set(names.map(fileOf).flatMap(({ outcome, site }) => ("session" in outcome ? site : [])))
    assert.deepStrictEqual(
      Site.all.map(({ name }) => name).filter((name) => !sites.has(name)),
      []
    )
  })

  it("are called in both languages", () => {
    const titles = names.map((name) => [name, fileOf(name).titleZh ?? ""] as const)
    assert.deepStrictEqual(
      titles.filter(([, zh]) => !/[\u4e00-\u9fff]/.test(zh)),
      []
    )
    assert.strictEqual(new Set(titles.map(([, zh]) => zh)).size, names.length)
  })

  it("hold as many logins of Qzone that begin with a code as the README says", () => {
    const files = names.map(fileOf).filter(({ saved, site }) => site === "qzone" && saved === undefined)
    const words = ["seven", "eight", "nine", "ten", "eleven", "twelve"]
    assert.include(readFileSync(new URL("README.md", root), "utf8"), `of Qzone, ${words[files.length - 7]} are played`)
  })

  it("are listed in the README, one row a folder, and no folder is empty", () => {
    const readme = readFileSync(new URL("README.md", root), "utf8")
    const rows = Array.from(readme.matchAll(/^\| `([a-z0-9-]+)` \|/gm), ([, name]) => name)
    assert.deepStrictEqual(rows.toSorted(), names.slice())
    const folders = readdirSync(root, { withFileTypes: true }).filter((entry) => entry.isDirectory())
    assert.deepStrictEqual(folders.map(({ name }) => name).toSorted(), [...names, "qr"].toSorted())
  })
})

describe("what the fixtures say of the servers", () => {
  it("other clients may leave it where a code is over, and where an answer is none", () => {
    const isEnough = ({ request, response: { body, status } }: (typeof ScenarioFile.Encoded)["exchanges"][number]) => {
      const text = body !== undefined && "text" in body ? body.text : ""
      return status >= 400 || (request.url.endsWith("/ptqrlogin") && !/^ptuiCB ?\((?!'65').*\)/s.test(text))
    }
    const forgotten = names.flatMap((name) => {
      const { exchanges, saved } = fileOf(name)
      const before = saved === undefined ? exchanges.slice(0, -1) : []
      return before.flatMap((one) => (isEnough(one) && one.mayEnd === undefined ? `${name} ${one.id}` : []))
    })
    assert.deepStrictEqual(forgotten, [])
  })

  it.each(names)("%s says all that is known, and nothing else", (name) => {
    const file = fileOf(name)
    const { demands, equal, format, optional } = file
    assert.strictEqual(format, "webqq-fixture/2")
    const plain = Schema.decodeUnknownSync(ScenarioFile)({ ...file, demands: [], equal: [], optional: [] })
    const told = JSON.parse(JSON.stringify(known(plain)))
    assert.deepStrictEqual(
      { demands, equal, optional },
      { demands: undefined, equal: undefined, optional: undefined, ...told }
    )
  })

  it("a file of the first format, which says nothing, is played by what is known", () => {
    const { demands: _, equal: __, optional: ___, titleZh, exchanges, ...rest } = fileOf("qzone")
    const plain = exchanges.map((exchange) => ({ ...exchange, from: undefined }))
    const old = JSON.parse(JSON.stringify({ ...rest, format: "webqq-fixture/1", exchanges: plain }))
    const load = (json: unknown) =>
      Effect.runSync(Scenario.decode(json, { name: "qzone", folder: new URL("qzone", root).pathname }))
    assert.deepStrictEqual<unknown>({ ...load(old), titleZh }, load(fileOf("qzone")))
  })
})

describe("verify", () => {
  it.effect.each(names)("has nothing to say against %s", (name) =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* Verify.verify(name), [])
      assert.strictEqual(fileOf(name).$schema, "../scenario.schema.json")
    })
  )
})
