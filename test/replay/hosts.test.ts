import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { Scenario } from "webqq-login/replay"
import { hostsOf } from "../../src/replay/hosts.ts"
import { get, shop } from "../support/scenarios.ts"

describe("the hosts of a scenario", () => {
  it.effect("are those that are asked, in order, and those that its addresses name, however they are encoded", () =>
    Effect.gen(function* () {
      const scenario = shop([
        get("a", "https://api.shop.example/a", `{"next":"https:\\/\\/json.shop.example\\/"}`),
        {
          ...get("b", "http://b.example/b", ""),
          response: {
            status: 302,
            headers: [
              ["Location", "https://login.example/?u=http%3A%2F%2Fonce.example%2F&v=http%253A%252F%252Ftwice.example"]
            ],
            body: { text: "" }
          }
        }
      ])
      assert.deepStrictEqual(hostsOf(scenario), [
        "api.shop.example",
        "b.example",
        "json.shop.example",
        "login.example",
        "once.example",
        "twice.example"
      ])
      assert.includeMembers([...hostsOf(yield* Scenario.load("qzone"))], ["ssl.ptlogin2.qq.com", "qzs.qzone.qq.com"])
    })
  )
})
