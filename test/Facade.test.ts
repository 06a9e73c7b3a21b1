import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import https from "node:https"
import type { AddressInfo } from "node:net"
import * as CookieJar from "webqq-login/CookieJar"
import * as Facade from "webqq-login/Facade"
import * as QqHttp from "webqq-login/QqHttp"
import { selfSigned } from "./support/certificate.ts"

describe("Facade.httpClient", () => {
  it.live("asks no server whose certificate nobody vouches for", () =>
    Effect.gen(function* () {
      let asked = 0
      const server = yield* Effect.acquireRelease(
        Effect.callback<https.Server>((resume) => {
          const listening = https.createServer(selfSigned(["localhost"]), (_, response) => {
            asked++
            response.end()
          })
          listening.listen(0, "127.0.0.1", () => resume(Effect.succeed(listening)))
        }),
        (listening) => Effect.sync(() => listening.close())
      )
      const http = yield* QqHttp.make
      const url = Redacted.make(`https://localhost:${(server.address() as AddressInfo).port}/ptqrshow`)
      const error = yield* Effect.flip(http.send({ step: "QrCode", method: "GET", url, headers: {}, maxBytes: 1 }))
      assert.deepInclude({ ...error }, { _tag: "HttpFailed", reason: "tls" })
      assert.strictEqual(asked, 0)
    }).pipe(
      Effect.provideService(CookieJar.CookieJar, CookieJar.make({ domains: ["qq.com"] })),
      Effect.provide(Facade.httpClient)
    )
  )
})
