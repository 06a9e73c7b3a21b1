/**
 * Web QQ's servers in memory, as far as one account's sessions go: they answer by path, for as long as a test wants.
 */
import * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientError from "effect/http/HttpClientError"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import { type Answer, picture, ptuiCB } from "./answers.ts"

export interface Behaviour {
  /** What get_online_buddies2 says of a session. */
  check: Answer
  /** What pt4_auth says. */
  renewal: Answer
  /** What a poll says. */
  poll: Answer
  /** Whose session login2 opens. */
  uin: number
  /** Every request waits for it. */
  gate?: Deferred.Deferred<void> | undefined
  /** Every request fails with this code of node's network errors. */
  down?: string | undefined
}

export const good: Answer = { body: `{"result":[{"client_type":1,"status":"online","uin":3017767504}],"retcode":0}` }
export const refused: Answer = { body: `{"retcode":100001,"errmsg":"SERVER-SAYS"}` }
export const auth = (code: string, url = ""): Answer => ({ body: `ptui_auth_CB('${code}','${url}');` })
export const checkSig = "https://ptlogin2.web2.qq.com/check_sig?ptsigx=CANARY-ticket"
const accepts = auth("2", checkSig)

/** Cookies of ptlogin2 that come with a confirmed poll; every secret of this server contains `CANARY`. */
const confirmed: Answer = {
  ...ptuiCB("0", checkSig, "登录成功！", "椰子"),
  headers: [
    ["set-cookie", "ptwebqq=CANARY-ptwebqq;Path=/;Domain=qq.com;"],
    ["set-cookie", "superuin=o0123456789;Path=/;Domain=ptlogin2.qq.com;"],
    ["set-cookie", "supertoken=CANARY-1234567890;Path=/;Domain=ptlogin2.qq.com;"]
  ]
}

export const make = (behaviour: Partial<Behaviour> = {}) => {
  const state: Behaviour = { check: good, renewal: accepts, poll: confirmed, uin: 123456789, ...behaviour }
  const asked: Array<{ readonly path: string; readonly url: string; readonly at: number; readonly cookie: string }> = []
  let sessions = 0
  const respond = (path: string): Answer => {
    switch (path) {
      case "ptqrshow":
        return picture("CANARY-qrsig")
      case "ptqrlogin":
        return state.poll
      case "get_online_buddies2":
        return state.check
      case "pt4_auth":
        return state.renewal
      case "check_sig":
        sessions++
        return { status: 302, headers: [["set-cookie", `p_skey=CANARY-p_skey-${sessions};Path=/;Domain=web2.qq.com;`]] }
      case "getvfwebqq":
        return { body: `{"retcode":0,"result":{"vfwebqq":"CANARY-vfwebqq-${sessions}"}}` }
      case "login2":
        return { body: `{"retcode":0,"result":{"uin":${state.uin},"psessionid":"CANARY-psessionid-${sessions}"}}` }
      default:
        throw new Error(`nobody should ask for ${path}`)
    }
  }
  const client = HttpClient.make((request, url) =>
    Effect.gen(function* () {
      const path = url.pathname.split("/").at(-1)!
      asked.push({
        path,
        url: url.href,
        at: yield* Clock.currentTimeMillis,
        cookie: request.headers["cookie"] ?? ""
      })
      if (state.gate !== undefined) yield* Deferred.await(state.gate)
      if (state.down !== undefined) {
        const cause = Object.assign(new Error(state.down), { code: state.down })
        return yield* new HttpClientError.HttpClientError({
          reason: new HttpClientError.TransportError({ request, cause })
        })
      }
      const { body, headers = [], status = 200 } = respond(path)
      const fields = new Headers(headers.map(([name, value]): [string, string] => [name, value]))
      const content = typeof body === "string" ? body : body?.slice()
      return HttpClientResponse.fromWeb(request, new Response(content ?? null, { status, headers: fields }))
    })
  )
  return {
    client,
    state,
    asked,
    /** What it says to whoever asks for a path, for servers that have sockets. */
    respond,
    /** What was asked for since the last time. */
    paths: () => asked.splice(0).map(({ path }) => path)
  }
}
