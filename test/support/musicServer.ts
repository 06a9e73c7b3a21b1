/**
 * QQ Music in memory, as far as one account's key goes: ptlogin2, graph.qq.com, and a login server whose keys live three days and are
 * refreshed only while they live.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import type * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import { type Answer, picture, ptuiCB } from "./answers.ts"

const days = 86_400_000
const ptsigx = "https://ssl.ptlogin2.graph.qq.com/check_sig?ptsigx=CANARY-ticket"
const set = (...lines: ReadonlyArray<string>) => lines.map((line) => ["set-cookie", line] as const)

export const make = ({ forbidden = false } = {}) => {
  const asked: Array<{ readonly path: string; readonly at: number }> = []
  const state = { refusesRefresh: false, busy: false }
  let keys = 0
  let diesAt = 0
  const issue = (now: number) => {
    diesAt = now + 3 * days
    keys++
    return {
      code: 0,
      data: {
        musicid: 123456789,
        musickey: `CANARY-key-${keys}`,
        keyExpiresIn: 259_200,
        refresh_key: "CANARY-refresh",
        openid: "CANARY-openid",
        access_token: "CANARY-access",
        refresh_token: "CANARY-token"
      }
    }
  }
  const holds = (key: unknown, now: number) => key === `CANARY-key-${keys}` && now < diesAt
  const musicu = (body: string, now: number): unknown => {
    const { comm, req } = JSON.parse(body)
    if (req.method === "QQLogin") return req.param.code === "CANARY-code" ? issue(now) : { code: 104_400 }
    const fits = req.param.refresh_key === "CANARY-refresh" && comm.authst === req.param.musickey
    return fits && holds(req.param.musickey, now) && !state.refusesRefresh ? issue(now) : { code: 1000 }
  }
  const respond = (path: string, url: URL, request: HttpClientRequest.HttpClientRequest, now: number): Answer => {
    const body = request.body._tag === "Uint8Array" ? new TextDecoder().decode(request.body.body) : ""
    const cookies = request.headers["cookie"] ?? ""
    switch (path) {
      case "ptqrshow":
        return picture("CANARY-qrsig")
      case "ptqrlogin":
        return ptuiCB("0", ptsigx, "登录成功！", "椰子")
      case "check_sig":
        return {
          status: 302,
          headers: set(
            "p_uin=o0123456789;Path=/;Domain=graph.qq.com;",
            forbidden
              ? "p_skey_forbid=1;Path=/;Domain=graph.qq.com;"
              : "p_skey=CANARY-p_skey;Path=/;Domain=graph.qq.com;Secure;",
            "pt_oauth_token=CANARY-oauth;Path=/;Domain=graph.qq.com;Secure;HttpOnly;"
          )
        }
      case "authorize": {
        const form = new URLSearchParams(body)
        const fits = /pt_oauth_token=CANARY-oauth/.test(cookies) && (form.get("g_tk") === "5381") === forbidden
        const uri = form.get("redirect_uri")
        return {
          status: 302,
          headers: [["location", fits ? `${uri}&code=CANARY-code&state=state` : "https://graph.qq.com/oauth2.0/show"]]
        }
      }
      case "musicu.fcg":
        return { body: JSON.stringify({ code: 0, req: musicu(body, now) }) }
      case "fcg_get_profile_homepage.fcg": {
        if (state.busy) return { status: 200, body: "<html>" }
        const key = /qm_keyst=([^;]*)/.exec(cookies)?.[1]
        return { body: `{"code":${holds(key, now) && url.searchParams.get("loginUin") === "123456789" ? 0 : 1000}}` }
      }
      default:
        throw new Error(`nobody should ask for ${path}`)
    }
  }
  const client = HttpClient.make((request, url) =>
    Effect.map(Clock.currentTimeMillis, (now) => {
      const path = url.pathname.split("/").at(-1)!
      asked.push({ path, at: now })
      const { body, headers = [], status = 200 } = respond(path, url, request, now)
      const fields = new Headers(headers.map(([name, value]): [string, string] => [name, value]))
      const content = typeof body === "string" ? body : body?.slice()
      return HttpClientResponse.fromWeb(request, new Response(content ?? null, { status, headers: fields }))
    })
  )
  return { client, asked, state }
}
