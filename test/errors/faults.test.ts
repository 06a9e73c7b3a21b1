import { assert, describe, it } from "@effect/vitest"
import * as Faults from "../../src/errors/answerFaults.ts"
import * as StoreFaults from "../../src/errors/storeFaults.ts"
import type { Bilingual } from "../../src/Language.ts"

/** Every piece of data that a fault may carry. */
const data = {
  at: 12,
  limit: 7,
  least: 5,
  count: 3,
  expected: "ptuiCB",
  page: "captcha",
  host: "evil.example",
  complaints: [{ path: ["session", "uin"], problem: "missing" }],
  code: "EACCES",
  serverMessage: "the server's own words",
  detail: "the library's own words",
  owner: 1,
  user: 2,
  format: 9,
  profile: "work",
  site: "qzone",
  seconds: 10
} as const

/** Where it is no web page. */
const without = <F extends { readonly page: unknown }>({ page: _page, ...fault }: F) => fault

const each = <R extends string, Said>(reasons: ReadonlyArray<R>, words: (fault: { reason: R } & typeof data) => Said) =>
  reasons.map((reason) => [reason, words({ ...data, reason })] as const)

const answers: ReadonlyArray<readonly [reason: string, words: Bilingual]> = [
  ...each(Faults.callbackFault.reason.literals, Faults.ofCallback),
  ...each(Faults.jsonFault.reason.literals, (fault) => Faults.ofJson(without(fault))),
  ...each(Faults.qrCodeFault.reason.literals, (fault) => Faults.ofQrCode(without(fault))),
  ...each(Faults.addressFault.reason.literals, Faults.ofAddress),
  ...each(Faults.networkFault.reason.literals, Faults.ofNetwork)
]
const stores = each(StoreFaults.storeFault.reason.literals, StoreFaults.ofStore)

const assertSaid = ({ en, zh }: Bilingual) => {
  assert.notMatch(en, /\p{Script=Han}|undefined|null|NaN/u)
  assert.notMatch(zh, /undefined|null|NaN/u)
  assert.isNotEmpty(en)
  assert.isNotEmpty(zh)
}

describe("a fault", () => {
  it.each(answers)("of an answer is said in both languages: %s", (reason, words) => {
    assertSaid(words)
    // These letters are a name, in Chinese too.
    if (reason !== "tls") assert.match(words.zh, /\p{Script=Han}/u)
  })

  it.each(stores)("of a store is said in both languages, with its cure: %s", (reason, { cure, reason: words }) => {
    assertSaid(words)
    assertSaid(cure)
    assert.match(cure.zh, /\p{Script=Han}/u)
    // What others have written is not translated.
    const own = reason === "system error" || reason === "the store failed"
    assert.strictEqual(/\p{Script=Han}/u.test(words.zh), !own)
  })

  it("holds its data, and says it", () => {
    const told = [...answers, ...stores.map(([reason, said]) => [reason, said.reason] as const)]
    const text = JSON.stringify(told.map(([, words]) => words))
    for (const value of [
      "at 12",
      "3 arguments, not 5 to 7",
      "ptuiCB",
      "session.uin",
      "(EACCES)",
      "user 1",
      "format 9"
    ]) {
      assert.include(text, value)
    }
    assert.strictEqual(new Set(told.map(([, { en }]) => en)).size, told.length - 1, "two are said like another one")
  })

  it("lets nothing of others move the cursor", () => {
    const { reason } = StoreFaults.ofStore({ reason: "the store failed", detail: "a\u001b[2J\nb\u202e" })
    assert.deepStrictEqual(reason, { en: "a\ufffd[2J b\ufffd", zh: "a\ufffd[2J b\ufffd" })
  })
})
