/**
 * Servers that answer a login with anything: any code, any fault, at any speed, as dice fall.
 */
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientError from "effect/http/HttpClientError"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import { type Answer, picture, ptuiCB } from "./answers.ts"
import type { World } from "./simulate.ts"

export type Path =
  | "ptqrshow"
  | "ptqrlogin"
  | "check_sig"
  | "getvfwebqq"
  | "login2"
  | "authorize"
  | "musicu.fcg"
  | "fcg_get_profile_homepage.fcg"

/** What a server made of one request. */
export interface Reply {
  readonly kind: string
  /** Milliseconds until it is there; `Infinity` for never. */
  readonly delay: number
  /** Seconds that the client is asked to stay away. */
  readonly retryAfter?: number
}

export interface Asked extends Reply {
  readonly path: string
  /** Milliseconds since the start. */
  readonly at: number
}

type Weights = Readonly<Record<string, number>>

const trouble: Weights = {
  reset: 4,
  dns: 1,
  tls: 0.3,
  "403": 0.3,
  "404": 0.3,
  "408": 1,
  "429": 2,
  "502": 4,
  huge: 0.3,
  stall: 1
}
const api: Weights = { ...trouble, good: 40, refused: 2, page: 2 }

const weights: Readonly<Record<Path, Weights>> = {
  ptqrshow: { ...trouble, good: 60, page: 1, "no cookie": 1 },
  ptqrlogin: {
    ...trouble,
    "66": 50,
    "67": 30,
    "65": 3,
    "68": 1,
    "0": 6,
    "0 without URL": 0.5,
    "0 elsewhere": 0.5,
    "66 with URL": 1,
    "10009": 0.5,
    page: 0.5
  },
  check_sig: { ...trouble, good: 40, page: 2 },
  getvfwebqq: api,
  login2: api,
  authorize: { ...trouble, good: 40, page: 2, "login page": 1, elsewhere: 0.5 },
  "musicu.fcg": api,
  "fcg_get_profile_homepage.fcg": { ...trouble, good: 10, dead: 40, page: 3 }
}

/** Of these, nobody reads the body. */
const unread = new Set(["check_sig", "authorize"])

const pick = (random: number, from: Weights): string => {
  const sum = Object.values(from).reduce((a, b) => a + b)
  let left = random * sum
  for (const [name, weight] of Object.entries(from)) if ((left -= weight) < 0) return name
  return "good"
}

const checkSig = "https://ptlogin2.web2.qq.com/check_sig?ptsigx=ticket"
const graphs = "https://ssl.ptlogin2.graph.qq.com/check_sig?ptsigx=ticket"
const to = (location: string): Answer => ({ status: 302, headers: [["location", location]] })
const contentOf = (site: string): Readonly<Record<string, Answer>> =>
  site === "webqq" ? content : { ...content, ...ofMusic }
const content: Readonly<Record<string, Answer>> = {
  "ptqrshow good": picture("a-qrsig"),
  "ptqrshow no cookie": { ...picture(""), headers: [] },
  "ptqrlogin 0": ptuiCB("0", checkSig, "登录成功！", "椰子"),
  "ptqrlogin 0 without URL": ptuiCB("0"),
  "ptqrlogin 0 elsewhere": ptuiCB("0", "https://evil.example/check_sig"),
  "ptqrlogin 66 with URL": ptuiCB("66", checkSig),
  "check_sig good": { status: 302 },
  "getvfwebqq good": { body: `{"retcode":0,"result":{"vfwebqq":"v"}}` },
  "login2 good": { body: `{"retcode":0,"result":{"uin":123456789,"psessionid":"p"}}` },
  "getvfwebqq refused": { body: `{"retcode":100000}` },
  "login2 refused": { body: `{"retcode":103}` }
}

const ofMusic: Readonly<Record<string, Answer>> = {
  "ptqrlogin 0": ptuiCB("0", graphs, "登录成功！", "椰子"),
  "ptqrlogin 66 with URL": ptuiCB("66", graphs),
  "check_sig good": {
    status: 302,
    headers: [
      ["set-cookie", "p_uin=o0123456789; Path=/; Domain=graph.qq.com"],
      ["set-cookie", "p_skey=P; Path=/; Domain=graph.qq.com"]
    ]
  },
  "authorize good": to(
    "https://y.qq.com/portal/wx_redirect.html?login_type=1&surl=https://y.qq.com/&code=C&state=state"
  ),
  "authorize login page": to("https://graph.qq.com/oauth2.0/show?which=Login"),
  "authorize elsewhere": to("https://evil.example/?code=C"),
  "musicu.fcg good": { body: `{"code":0,"req":{"code":0,"data":{"musicid":123456789,"musickey":"K"}}}` },
  "musicu.fcg refused": { body: `{"code":0,"req":{"code":104400}}` },
  "fcg_get_profile_homepage.fcg good": { body: `{"code":0}` },
  "fcg_get_profile_homepage.fcg dead": { body: `{"code":1000}` }
}

const answerOf = (site: string, path: string, { kind, retryAfter }: Reply): Answer => {
  const known = contentOf(site)
  // What would be good, but for a body that is too long, or never comes.
  const good = unread.has(path) ? known[`${path} good`] : undefined
  if (good !== undefined && kind === "huge")
    return { ...good, headers: [...(good.headers ?? []), ["content-length", "99999999"]] }
  if (good !== undefined && kind === "stall") return good
  return known[`${path} ${kind}`] ?? otherwise(path, { kind, retryAfter })
}

const otherwise = (
  path: string,
  { kind, retryAfter }: Pick<Reply, "kind"> & { readonly retryAfter: number | undefined }
): Answer =>
  kind === "page"
    ? { body: "<html></html>" }
    : kind === "huge"
      ? { status: 200, headers: [["content-length", "99999999"]] }
      : kind === "stall"
        ? { status: 200 }
        : path === "ptqrlogin" && /^(6[5-8]|10009)$/.test(kind)
          ? ptuiCB(kind)
          : { status: Number(kind), headers: retryAfter === undefined ? [] : [["retry-after", String(retryAfter)]] }

const codes: Readonly<Record<string, string>> = { reset: "ECONNRESET", dns: "ENOTFOUND", tls: "CERT_HAS_EXPIRED" }

/** A server that answers as the dice fall; `asked` fills with what it was asked, and `most` tells how much at once. */
export const wildServer = (world: World, random: () => number, site = "webqq") => {
  const asked: Array<Asked> = []
  let inFlight = 0
  let most = 0
  const decide = (path: Path): Reply => {
    const kind = pick(random(), weights[path])
    const slow = random()
    // Most answers are quick, some come just in time, some never.
    const delay =
      slow < 0.9 ? random() * 400 : slow < 0.97 ? random() * 9900 : slow < 0.985 ? 10_001 + random() * 5000 : Infinity
    const retryAfter = kind === "429" || (kind === "502" && random() < 0.3) ? Math.floor(random() ** 3 * 90) : undefined
    return { kind, delay, ...(retryAfter === undefined ? {} : { retryAfter }) }
  }
  const client = HttpClient.make((request, url) =>
    Effect.suspend(() => {
      const path = url.pathname.split("/").at(-1) as Path
      const reply = decide(path)
      asked.push({ ...reply, path, at: world.now() })
      most = Math.max(most, ++inFlight)
      const wait = reply.delay === Infinity ? Effect.never : Effect.sleep(reply.delay)
      const code = codes[reply.kind]
      const respond = Effect.suspend(() => {
        if (code !== undefined) {
          const cause = Object.assign(new Error(code), { code })
          return Effect.fail(
            new HttpClientError.HttpClientError({ reason: new HttpClientError.TransportError({ request, cause }) })
          )
        }
        const { body = "", headers = [], status = 200 } = answerOf(site, path, reply)
        const fields = headers.map(([name, value]): [string, string] => [name, value])
        const response = HttpClientResponse.fromWeb(request, new Response(null, { status, headers: fields }))
        // A body that is there at once: a real one would need the event loop.
        const stream = reply.kind === "stall" ? Stream.never : Stream.succeed(Buffer.from(body))
        return Effect.succeed(Object.defineProperty(response, "stream", { value: stream }))
      })
      return Effect.andThen(wait, respond).pipe(Effect.ensuring(Effect.sync(() => void inFlight--)))
    })
  )
  return { client, asked, most: () => most }
}
