import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { withoutQueries } from "../../src/errors/plainText.ts"
import * as Har from "../../src/replay/har/Har.ts"
import * as Scrub from "../../src/replay/record/Scrub.ts"
import * as Site from "../../src/Site.ts"

// None of these looks at a clock: what was wrong took longer than any test may.
describe("a text that is made for it takes no longer than another one", () => {
  it.each(["http:", "https://h", "http:http:?", "?http:"])("server text of repeats of %s", (part) => {
    assert.isAtMost(withoutQueries(part.repeat(200_000)).length, 4096)
  })

  it("an address loses its query wherever it stands, also where it is cut", () => {
    const ticket = "https://ssl.ptlogin2.qq.com/check_sig?ptsigx=secret"
    assert.strictEqual(
      withoutQueries(`HTTP:x ${ticket} and '${ticket}'`),
      ["HTTP:x https://ssl.ptlogin2.qq.com/check_sig?…", "and 'https://ssl.ptlogin2.qq.com/check_sig?…'"].join(" ")
    )
    for (let cut = 0; cut < 60; cut++) {
      assert.notInclude(withoutQueries(`${"x".repeat(4096 - cut)} ${ticket}`), "secret")
    }
  })
})

const shown = `https://ssl.ptlogin2.qq.com/ptqrshow?appid=${Site.qzone.appid}`

/** A login in which a server says that. */
const saying = (text: string) => ({
  log: {
    entries: [
      {
        request: {
          method: "GET",
          url: shown,
          headers: [],
          postData: { text, mimeType: "application/x-www-form-urlencoded" }
        },
        response: { status: 200, headers: [{ name: "Set-Cookie", value: "qrsig=Stand-In-qrsig" }], content: { text } }
      }
    ]
  }
})

const about = {
  title: "a login",
  clock: "2026-01-01T00:00:00.000Z",
  site: "qzone",
  tool: "a test",
  date: "2026-01-01",
  outcome: { session: { site: "qzone" } }
}

describe("is recorded", () => {
  it.effect.each([
    ["a value of backslashes that does not end", `uin='${"\\".repeat(500_000)}`],
    ["values that do not end", "uin='\\".repeat(100_000)],
    ["quoted texts that do not end", `ptuiCB(${"'\\".repeat(200_000)}`],
    ["JSON that is nested 200,000 times", "[".repeat(200_000) + "]".repeat(200_000)],
    ["objects in objects", `${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}`],
    ["JSON in a form", `a=${encodeURIComponent("[".repeat(100_000) + "]".repeat(100_000))}`]
  ] as const)("%s", ([, text]) =>
    Effect.gen(function* () {
      const { captures } = yield* Har.fromHar(saying(text))
      const { text: made } = yield* Scrub.scrub(captures, about)
      assert.isTrue(JSON.parse(made).exchanges.length === 1)
    })
  )
})
