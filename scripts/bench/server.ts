/**
 * The server of the bench, a process of its own: plain node:http with the answers of fixtures/webqq made ready in advance,
 * for any number of logins at once. It checks nothing but whose poll it is: the replay engine, which compares every field,
 * would be slower than what is measured.
 */
import { readFileSync } from "node:fs"
import http from "node:http"
import https from "node:https"
import type { AddressInfo, Server } from "node:net"
import { atDistance } from "./distance.ts"
import { selfSigned } from "../../test/support/certificate.ts"

/** What the bench asks for: `polls` until a code is confirmed, the last but one of them scanned; 0 for never. */
export interface Plan {
  readonly polls: number
}

/** What the server saw since the last plan. Times are milliseconds of the system's monotonic clock. */
export interface Seen {
  readonly requests: number
  readonly connections: number
  readonly afterConfirm: number
  readonly confirmedAt: number
}

export interface Ready {
  /** `far` is TLS from a distance. */
  readonly ports: { readonly plain: number; readonly tls: number; readonly far: number }
  readonly authority: string
}

interface Exchange {
  readonly id: string
  readonly response: {
    readonly status: number
    readonly headers: ReadonlyArray<readonly [string, string]>
    readonly body?: { readonly text?: string; readonly json?: unknown; readonly file?: string }
  }
}

const folder = new URL("../../fixtures/webqq/", import.meta.url)
const scenario = JSON.parse(readFileSync(new URL("scenario.json", folder), "utf8")) as { exchanges: Array<Exchange> }

const answers = new Map(
  scenario.exchanges.map(({ id, response: { body, headers, status } }) => {
    const bytes =
      body?.file === undefined
        ? Buffer.from(body?.text ?? (body?.json === undefined ? "" : JSON.stringify(body.json)))
        : readFileSync(new URL(body.file, folder))
    return [id, { status, headers: [...headers.flat(), "Content-Length", String(bytes.length)], bytes }] as const
  })
)

let plan: Plan = { polls: 4 }
const nothing: Seen = { requests: 0, connections: 0, afterConfirm: 0, confirmedAt: 0 }
let seen = { ...nothing }
let logins = 0
const polls = new Map<string, number>()

// Every login gets a qrsig of its own, of the same length, that ends in its number.
const digits = 8
const numbered = (header: string) =>
  header.replace(/^(qrsig=[^;]*)[^;]{8}(?=;)/, (_, start: string) => start + String(++logins).padStart(digits, "0"))

// Whoever keeps a session asks this of QQ Music, which takes it for good.
const check = "/rsc/fcgi-bin/fcg_get_profile_homepage.fcg"
answers.set("check", { status: 200, headers: ["Content-Length", "10"], bytes: Buffer.from(`{"code":0}`) })

const decide = (url: string, cookie: string): string => {
  if (url.startsWith(check)) return "check"
  if (url.startsWith("/ptqrshow")) return "ptqrshow"
  if (url.startsWith("/ptqrlogin")) {
    const whose = /qrsig=([^;]*)/.exec(cookie)?.[1]?.slice(-digits) ?? ""
    const count = (polls.get(whose) ?? 0) + 1
    polls.set(whose, count)
    if (plan.polls === 0 || count < plan.polls - 1) return "poll-waiting"
    return count < plan.polls ? "poll-scanned" : "poll-confirmed"
  }
  seen.afterConfirm++
  if (url.startsWith("/check_sig")) return "check-sig"
  return url.startsWith("/api/") ? "getvfwebqq" : "login2"
}

const serve: http.RequestListener = (request, response) => {
  seen.requests++
  const id = decide(request.url ?? "", request.headers.cookie ?? "")
  const { bytes, headers, status } = answers.get(id)!
  request.resume()
  response.sendDate = false
  if (id === "poll-confirmed") seen.confirmedAt = Number(process.hrtime.bigint()) / 1e6
  response.writeHead(status, headers.map(id === "ptqrshow" ? numbered : String)).end(bytes)
}

const listen = (server: Server) =>
  new Promise<number>((resolve) => {
    server.on("connection", () => seen.connections++)
    server.listen({ port: 0, host: "127.0.0.1", backlog: 2048 }, () => resolve((server.address() as AddressInfo).port))
  })

const hosts = ["ssl.ptlogin2.qq.com", "ptlogin2.web2.qq.com", "s.web2.qq.com", "d1.web2.qq.com", "c6.y.qq.com"]
const { cert, key } = selfSigned(hosts)
// Idle connections stay open, so that no program meets a reset.
const options = { keepAliveTimeout: 0 }
const plain = await listen(http.createServer(options, serve))
const tls = await listen(https.createServer({ ...options, cert, key }, serve))
const far = await listen(atDistance(30, tls))

process.on("message", (next: Plan) => {
  process.send?.(seen)
  plan = next
  seen = { ...nothing }
  polls.clear()
})
process.on("disconnect", () => process.exit())
process.send?.({ ports: { plain, tls, far }, authority: cert } satisfies Ready)
