/**
 * Tencent's servers for many accounts of Qzone, over TLS under their own names. They count what each account is asked for and by which
 * machine: what a fleet did is read here, and not in what it says of itself.
 */
import https from "node:https"
import { setTimeout as sleep } from "node:timers/promises"
import { type SessionJson } from "../../src/Session.ts"
import { picture, ptuiCB } from "../../test/support/answers.ts"
import { selfSigned } from "../../test/support/certificate.ts"
import { cookie } from "../../test/support/savedSessions.ts"

export const hosts = ["h5.qzone.qq.com", "ssl.ptlogin2.qq.com", "ptlogin2.qzone.qq.com", "ptlogin2.qq.com"]

export interface Asked {
  readonly path: string
  readonly uin: number
  /** The address of the machine, and when it asked. */
  readonly by: string
  readonly at: number
}

/** How long an answer takes, in milliseconds. */
const delays: Readonly<Record<string, number>> = { pt4_auth: 150, check_sig: 50, cgi_userinfo_get_all: 50 }

/** A session of the round `round`. */
export const sessionOf = (uin: number, round = 0): SessionJson => ({
  site: "qzone",
  uin,
  nickname: "椰子",
  gtk: 1,
  bkn: 2,
  obtainedAt: new Date().toISOString(),
  cookies: [
    cookie("uin", `o${uin}`, "qq.com"),
    cookie("skey", "CANARY-skey", "qq.com"),
    cookie("p_uin", `o${uin}`, "qzone.qq.com"),
    cookie("p_skey", `${round}-0-${uin}`, "qzone.qq.com"),
    cookie("superuin", `o${uin}`, "ptlogin2.qq.com"),
    cookie("supertoken", `CANARY-${uin}`, "ptlogin2.qq.com")
  ]
})

export const make = async (address: string) => {
  const state = { round: 0, scannedBy: 0 }
  let asked: Array<Asked> = []
  let issued = new Map<number, Set<string>>()
  let strange = 0
  let serial = 0

  const answer = (
    path: string,
    url: URL,
    cookies: string
  ): { uin: number; status: number; headers: Array<string>; body: string | Uint8Array } => {
    const uinOf = (pattern: RegExp) => Number(pattern.exec(cookies)?.[1] ?? NaN)
    const plain = (uin: number, body: string) => ({ uin, status: 200, headers: [], body })
    switch (path) {
      case "cgi_userinfo_get_all": {
        const lives = Number(/p_skey=(\d+)-/.exec(cookies)?.[1] ?? -1) >= state.round
        return plain(uinOf(/(?:^|; )uin=o0*(\d+)/), JSON.stringify({ code: lives ? 0 : -3000, data: {} }))
      }
      case "pt4_auth": {
        const uin = uinOf(/superuin=o0*(\d+)/)
        const next = `https://ptlogin2.qzone.qq.com/check_sig?ptsigx=CANARY-ticket&uin=${uin}`
        return plain(uin, `ptui_auth_CB('2','${next}');`)
      }
      case "check_sig": {
        const uin = Number(url.searchParams.get("uin"))
        const key = `${state.round}-${++serial}-${uin}`
        issued.set(uin, (issued.get(uin) ?? new Set()).add(key))
        const domain = "Path=/;Domain=qzone.qq.com;"
        const lines = [
          `p_skey=${key};${domain}`,
          `p_uin=o${uin};${domain}`,
          `uin=o${uin};Path=/;Domain=qq.com;`,
          `skey=CANARY-skey;Path=/;Domain=qq.com;`
        ]
        return { uin, status: 302, headers: lines.flatMap((line) => ["Set-Cookie", line]), body: "" }
      }
      case "ptqrshow": {
        const { body = "", headers = [] } = picture(`CANARY-qrsig-${++serial}`)
        return { uin: NaN, status: 200, headers: headers.flat(), body }
      }
      case "ptqrlogin": {
        if (state.scannedBy === 0) return plain(NaN, String(ptuiCB("66", "", "二维码未失效。").body))
        const uin = state.scannedBy
        const next = `https://ptlogin2.qzone.qq.com/check_sig?ptsigx=CANARY-ticket&uin=${uin}`
        const domain = "Path=/;Domain=ptlogin2.qq.com;"
        return {
          uin,
          status: 200,
          headers: [`superuin=o${uin};${domain}`, `supertoken=CANARY-${uin};${domain}`].flatMap((line) => [
            "Set-Cookie",
            line
          ]),
          body: String(ptuiCB("0", next, "登录成功！", "椰子").body)
        }
      }
      default:
        strange++
        return { uin: NaN, status: 404, headers: [], body: "" }
    }
  }

  const { cert, key } = selfSigned(hosts)
  const server = https.createServer({ cert, key, keepAliveTimeout: 0 }, (request, response) => {
    const url = new URL(request.url ?? "/", "https://qq.com")
    const path = url.pathname.split("/").at(-1) ?? ""
    const { body, headers, status, uin } = answer(path, url, request.headers.cookie ?? "")
    asked.push({ path, uin, by: request.socket.remoteAddress ?? "", at: Date.now() })
    request.resume()
    void sleep(delays[path] ?? 0).then(() => response.writeHead(status, headers).end(body))
  })
  await new Promise<void>((resolve) => server.listen({ port: 443, host: address, backlog: 2048 }, resolve))

  return {
    authority: cert,
    /** From now on, whatever was issued before is dead. */
    nextRound: () => {
      state.round++
      asked = []
      issued = new Map()
    },
    /** Who scans whatever code is shown; nobody where it is 0. */
    scannedBy: (uin: number) => void (state.scannedBy = uin),
    asked: (): ReadonlyArray<Asked> => asked,
    issued: (uin: number): ReadonlySet<string> => issued.get(uin) ?? new Set(),
    strange: () => strange,
    close: () => {
      server.close()
      server.closeAllConnections()
    }
  }
}

export type Tencent = Awaited<ReturnType<typeof make>>
