import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { Scenario } from "webqq-login/replay"
import { known } from "../../../src/replay/demands/known.ts"
import * as Verify from "../../../src/replay/verify/Verify.ts"
import { get, shopFile } from "../../support/scenarios.ts"

const qq = "https://ptlogin2.qq.com"
const asking = (id: string, url: string, query: Readonly<Record<string, string>> = {}) =>
  get(id, url, "", { request: { method: "GET", url, query } })

describe("what is known of an address of Tencent's", () => {
  it.each(["constructor", "toString", "__proto__", "__defineGetter__", "hasOwnProperty"])(
    "is nothing, where its last part is called %s, as every object has it",
    (name) => assert.deepStrictEqual(known(shopFile([asking("e", `${qq}/${name}`)])), {})
  )

  it("is no more than a scenario may say, whatever check_sig was asked with", () => {
    const names = ["", "a\nb", ...Array.from({ length: 40 }, (_, n) => `k${n}`)]
    const file = shopFile([asking("e", `${qq}/check_sig`, Object.fromEntries(names.map((name) => [name, "1"])))])
    const newest = Effect.runSync(Scenario.decode(JSON.parse(Verify.newest(file as never))))
    assert.deepStrictEqual(
      Object.keys(newest.demands[0]?.required ?? {}),
      Array.from({ length: 32 }, (_, n) => `query.k${n}`)
    )
  })

  it("is told of each without looking through those of all others", () => {
    const lookedAt = (count: number) => {
      let looked = 0
      const exchanges = Array.from({ length: count }, (_, n) => {
        const { request, ...rest } = asking(`e${n}`, `${qq}/${n}/check_sig`, { uin: "1" })
        return {
          ...rest,
          get request() {
            looked++
            return request
          }
        }
      })
      assert.lengthOf(known(shopFile(exchanges)).demands ?? [], count)
      return looked
    }
    assert.isAtMost(lookedAt(400), lookedAt(100) * 4 + 10)
  })
})
