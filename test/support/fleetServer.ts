/**
 * Qzone's servers in memory for many accounts: each request is answered, and counted, by the account whose cookies it carries.
 */
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientError from "effect/http/HttpClientError"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import type { Session } from "webqq-login/Session"
import { type Answer, picture, ptuiCB } from "./answers.ts"
import { cookie, sessionOf } from "./savedSessions.ts"

/** What becomes of an account that is asked for. */
export interface Behaviour {
  readonly check?: "good" | "dead" | "denied" | "down"
  readonly renewal?: "new" | "refused" | "down"
}

const address = "https://ptlogin2.qzone.qq.com/check_sig?ptsigx=CANARY-ticket"

/** A session of this account, with all that a renewal needs. Every secret of it contains `CANARY`. */
export const sessionFor = (uin: number, obtainedAt = "2026-11-20T08:00:00.000Z"): Session =>
  sessionOf({
    site: "qzone",
    uin,
    nickname: "椰子",
    gtk: 1,
    bkn: 2,
    obtainedAt,
    cookies: [
      cookie("uin", `o${uin}`, "qq.com"),
      cookie("skey", "CANARY-skey", "qq.com"),
      cookie("p_uin", `o${uin}`, "qzone.qq.com"),
      cookie("p_skey", "CANARY-p_skey-0", "qzone.qq.com"),
      cookie("superuin", `o${uin}`, "ptlogin2.qq.com"),
      cookie("supertoken", `CANARY-${uin}`, "ptlogin2.qq.com")
    ]
  })

export const make = (behaviourOf: (uin: number) => Behaviour = () => ({})) => {
  const state = {
    behaviourOf,
    scanned: 10_001,
    poll: "confirmed" as "confirmed" | "waiting" | "refused",
    /** Whether it takes what it is asked for, and says nothing. */
    isSilent: false,
    /** A picture that can be scanned, in the place of one that nobody looks at. */
    code: undefined as Uint8Array | undefined
  }
  const asked: Array<{ readonly path: string; readonly uin: number }> = []
  let renewals = 0

  const respond = (path: string, uin: number): Answer | undefined => {
    const { check = "good", renewal = "refused" } = state.behaviourOf(uin)
    switch (path) {
      case "cgi_userinfo_get_all":
        if (check === "down") return undefined
        if (check === "denied") return { status: 403 }
        return { body: JSON.stringify({ code: check === "good" ? 0 : -3000, data: {} }) }
      case "pt4_auth":
        if (renewal === "down") return undefined
        return { body: renewal === "new" ? `ptui_auth_CB('2','${address}&uin=${uin}');` : `ptui_auth_CB('1','');` }
      case "check_sig": {
        const domain = "Path=/;Domain=qzone.qq.com;"
        renewals++
        return {
          status: 302,
          headers: [
            ["set-cookie", `p_skey=CANARY-p_skey-${renewals};${domain}`],
            ["set-cookie", `p_uin=o${uin};${domain}`],
            ["set-cookie", `skey=CANARY-skey-${renewals};Path=/;Domain=qq.com;`],
            ["set-cookie", `uin=o${uin};Path=/;Domain=qq.com;`]
          ]
        }
      }
      case "ptqrshow":
        return { ...picture("CANARY-qrsig"), ...(state.code === undefined ? {} : { body: state.code }) }
      case "ptqrlogin":
        if (state.poll === "waiting") return ptuiCB("66", "", "二维码未失效。")
        if (state.poll === "refused") return ptuiCB("68", "", "已拒绝登录")
        return {
          ...ptuiCB("0", `${address}&uin=${state.scanned}`, "登录成功！", "椰子"),
          headers: [
            ["set-cookie", `superuin=o${state.scanned};Path=/;Domain=ptlogin2.qq.com;`],
            ["set-cookie", `supertoken=CANARY-${state.scanned};Path=/;Domain=ptlogin2.qq.com;`]
          ]
        }
      default:
        throw new Error(`nobody should ask for ${path}`)
    }
  }

  /** What a request to this address is answered, given the cookies that it carries; nothing where the server is down. */
  const answer = (url: URL, cookies: string): Answer | undefined => {
    const path = url.pathname.split("/").at(-1)!
    const uin = Number(url.searchParams.get("uin") ?? /(?:p_|super|; |^)uin=o0*(\d+)/.exec(cookies)?.[1] ?? 0)
    asked.push({ path, uin })
    return respond(path, uin)
  }

  const client = HttpClient.make((request, url) =>
    Effect.suspend(() => {
      const answered = answer(url, request.headers["cookie"] ?? "")
      if (state.isSilent) return Effect.never
      if (answered === undefined) {
        const cause = Object.assign(new Error("ECONNREFUSED"), { code: "ECONNREFUSED" })
        return Effect.fail(
          new HttpClientError.HttpClientError({ reason: new HttpClientError.TransportError({ request, cause }) })
        )
      }
      const { body, headers = [], status = 200 } = answered
      const fields = new Headers(headers.map(([name, value]): [string, string] => [name, value]))
      const content = typeof body === "string" ? body : body?.slice()
      return Effect.succeed(
        HttpClientResponse.fromWeb(request, new Response(content ?? null, { status, headers: fields }))
      )
    })
  )
  return {
    client,
    answer,
    state,
    asked,
    /** What an account was asked for since the last time. */
    paths: (uin: number) => {
      const found = asked.filter((one) => one.uin === uin).map(({ path }) => path)
      asked.splice(0, asked.length, ...asked.filter((one) => one.uin !== uin))
      return found
    }
  }
}
