/**
 * Servers that show a certificate which is not theirs, or speak what nobody should speak any more: no request reaches them.
 */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as HttpClient from "effect/http/HttpClient"
import { generateKeyPairSync } from "node:crypto"
import * as http from "node:http"
import * as https from "node:https"
import * as CookieJar from "webqq-login/CookieJar"
import * as QqHttp from "webqq-login/QqHttp"
import * as Transport from "webqq-login/Transport"
import { certificate } from "../../src/replay/tls/x509.ts"
import { selfSigned } from "../support/certificate.ts"
import { listening } from "../support/listening.ts"

const pair = (commonName: string) => ({ commonName, ...generateKeyPairSync("ec", { namedCurve: "P-256" }) })
const [from, to] = [Date.UTC(2000), Date.UTC(2049, 11, 31)]
const [authority, other] = [pair("authority"), pair("other")]
const ca = certificate({ subject: authority, issuer: authority, from, to })

/** What a server shows: signed by the authority that is trusted, unless told otherwise. */
const shown = ({
  issuer = authority,
  names = ["localhost"],
  until = to
}: {
  readonly names?: ReadonlyArray<string>
  readonly issuer?: ReturnType<typeof pair>
  readonly until?: number
}) => {
  const subject = pair("server")
  return {
    cert: certificate({ subject, issuer, names, from, to: until }),
    key: subject.privateKey.export({ type: "pkcs8", format: "pem" }).toString()
  }
}

const oldest = { minVersion: "TLSv1", ciphers: "ALL:@SECLEVEL=0" } as const

const servers: ReadonlyArray<readonly [what: string, options: https.ServerOptions, isGood?: true]> = [
  ["a good one, which proves that the others are refused for what they are", shown({}), true],
  ["another host's", shown({ names: ["other.example"] })],
  ["a wildcard's of another domain", shown({ names: ["*.example"] })],
  ["a wildcard for everything", shown({ names: ["*"] })],
  ["an address's", shown({ names: ["127.0.0.1"] })],
  ["one that is over", shown({ until: Date.UTC(2001) })],
  ["that of an authority that nobody trusts", shown({ issuer: other })],
  ["one that only it vouches for", selfSigned(["localhost"])],
  ["none, with a cipher that asks for none", { ciphers: "aNULL:@SECLEVEL=0", maxVersion: "TLSv1.2" }],
  ["a good one, by TLS 1.0", { ...shown({}), ...oldest, maxVersion: "TLSv1" }],
  ["a good one, by TLS 1.1", { ...shown({}), ...oldest, maxVersion: "TLSv1.1" }]
]

describe("a server with a certificate that is", () => {
  it.live.each(servers)("%s", ([, options, isGood]) =>
    Effect.gen(function* () {
      let asked = 0
      const { port } = yield* listening(
        https.createServer(options, (_, response) => {
          asked++
          response.end("reached")
        })
      )
      const agents = { http: new http.Agent(), https: new https.Agent({ ca }) }
      const jar = CookieJar.make({ domains: ["localhost"] })
      const client = yield* Transport.make({ agents })
      const qq = yield* QqHttp.make.pipe(
        Effect.provideService(CookieJar.CookieJar, jar),
        Effect.provideService(HttpClient.HttpClient, client)
      )
      const result = yield* Effect.result(
        qq.send({
          step: "QrCode",
          method: "GET",
          url: Redacted.make(`https://localhost:${port}/ptqrshow`),
          headers: {},
          maxBytes: 100
        })
      )
      agents.https.destroy()
      assert.strictEqual(asked, isGood === true ? 1 : 0)
      if (isGood === true) return assert.strictEqual(result._tag, "Success")
      assert.deepInclude(result._tag === "Failure" ? { ...result.failure } : {}, { _tag: "HttpFailed", reason: "tls" })
    }).pipe(Effect.scoped)
  )
})
