/**
 * Plays one of the clients, or one that somebody has broken, against an engine, in time of its own.
 */
import * as Result from "effect/Result"
import { CookieJar } from "tough-cookie"
import { parse } from "../../src/protocol/PtuiCallback.ts"
import { gtk, hash33 } from "../../src/protocol/Hash.ts"
import type * as Engine from "../../src/replay/engine/Engine.ts"
import type { Ask, Client } from "./clients.ts"

/** Cookies as a client keeps them. */
export interface Jar {
  readonly store: (url: string, lines: ReadonlyArray<string>) => void
  /** Those for a request, by name. */
  readonly of: (url: string) => ReadonlyMap<string, string>
}

/** A jar as RFC 6265 has it, in loose mode as browsers do. */
export const rightJar = (): Jar => {
  const jar = new CookieJar(undefined, { rejectPublicSuffixes: false, looseMode: true })
  return {
    store: (url, lines) => {
      for (const line of lines)
        jar.setCookieSync(line.replace(/Expires=[^;]*(?:20[0-9]{2})[^;]*;/i, ""), url, { ignoreError: true })
    },
    of: (url) => new Map(jar.getCookiesSync(url).map(({ key, value }) => [key, value]))
  }
}

/** A jar that knows names only. */
export const flatJar = (): Jar => {
  const jar = new Map<string, string>()
  return {
    store: (_, lines) => {
      for (const line of lines) {
        const [, name = "", value = ""] = /^([^=]*)=([^;]*)/.exec(line) ?? []
        if (value === "") jar.delete(name)
        else jar.set(name, value)
      }
    },
    of: () => jar
  }
}

/** What of a client is changed. */
export interface Changes {
  readonly jar?: () => Jar
  /** Milliseconds between two polls. */
  readonly interval?: number
  /** Of all lines of one answer, those that reach the jar. */
  readonly lines?: (lines: ReadonlyArray<string>, url: string) => ReadonlyArray<string>
  /** A request as it is sent in the end. */
  readonly request?: (request: Engine.WireRequest) => Engine.WireRequest
  /** Which hash the token is. */
  readonly hash?: (qrsig: string) => number
  /** Which of the codes so far the token is computed from. */
  readonly tokenOf?: (qrsigs: ReadonlyArray<string>) => string
  /** How often it polls once more after an answer that is final. */
  readonly pollsOn?: number
  /** How many pictures it asks for at once, in place of one. */
  readonly pictures?: number
  readonly address?: (url: string) => string
  /** Leaves requests out. */
  readonly skips?: (path: string) => boolean
  readonly follows?: "with cookies" | "without cookies"
}

const locationOf = ({ headers }: Engine.Answer) => headers.find(([name]) => name.toLowerCase() === "location")?.[1]

/** Sends what the client sends, for as long as it is answered as it waits for; `answers` are what came, in order. */
export const play = (engine: Engine.Engine, client: Client, changes: Changes = {}) => {
  const { address = (url) => url, hash = hash33, interval = 2000, pollsOn = 0, skips = () => false } = changes
  const { lines: kept = (lines) => lines, request: change = (request) => request } = changes
  const jar = (changes.jar ?? rightJar)()
  const qrsigs: Array<string> = []
  const answers: Array<Engine.Answer | Engine.Mismatch> = []
  const values = new Map<string, string>()
  let now = 0

  const fill = (text: string, cookies: ReadonlyMap<string, string>) =>
    text.replaceAll(/\{(\w+)\}/g, (whole, name: string) => {
      const qrsig = cookies.get("qrsig") ?? ""
      if (name === "gtk") return String(gtk(cookies.get("p_skey") ?? ""))
      if (name === "token") return String(hash(changes.tokenOf?.(qrsigs) ?? qrsig))
      return values.get(name) ?? cookies.get(name) ?? (name === "ptwebqq" || name === "pt_login_sig" ? "" : whole)
    })

  const send = (ask: Ask): Engine.Answer | undefined => {
    const { cookies: names, headers = {}, query, r, url: base } = ask
    const url = new URL(base)
    if (skips(url.pathname)) return undefined
    const isLogin = url.hostname.endsWith("ptlogin2.qq.com")
    const own = Object.entries(client.own ?? {}).filter(([name]) => isLogin || name !== "qrsig")
    const known = new Map([...own, ...jar.of(url.href)])
    const flat = changes.jar !== undefined
    const sent = [...known].filter(([name]) => flat || names === undefined || names.includes(name))
    for (const [name, value] of Object.entries(query ?? {})) url.searchParams.set(name, fill(value, known))
    const json = r === undefined ? undefined : fill(JSON.stringify(r), known)
    const boundary = "----------231799298308255895402048"
    const type = ask.multipart
      ? `multipart/form-data; boundary=${boundary}`
      : ask.json === undefined
        ? "application/x-www-form-urlencoded"
        : "application/json"
    const form = Object.entries(ask.form ?? {}).map(([name, value]) => [name, fill(value, known)])
    const isPost = json !== undefined || form.length > 0 || ask.json !== undefined
    const body =
      json === undefined
        ? ask.json === undefined
          ? new URLSearchParams(form).toString()
          : fill(JSON.stringify(ask.json), known)
        : ask.multipart
          ? `--${boundary}\r\nContent-Disposition: form-data; name="r"\r\n\r\n${json}\r\n--${boundary}--\r\n`
          : new URLSearchParams({ r: json }).toString()
    const wire = change({
      method: isPost ? "POST" : "GET",
      url: address(url.href),
      headers: [
        ...Object.entries({
          ...headers,
          ...(!isPost || "content-type" in headers ? {} : { "content-type": type })
        }),
        ...(sent.length === 0 ? [] : [["cookie", sent.map(([name, value]) => `${name}=${value}`).join("; ")] as const])
      ],
      body: Buffer.from(body)
    })
    const answer = engine.handle(wire, now)
    answers.push(answer)
    if (answer._tag === "Mismatch") return undefined
    const lines = answer.headers.filter(([name]) => name.toLowerCase() === "set-cookie").map(([, line]) => line)
    jar.store(url.href, kept(lines, url.href))
    const qrsig = lines.flatMap((line) => /^qrsig=([^;]+)/.exec(line)?.[1] ?? [])[0]
    if (qrsig !== undefined) qrsigs.push(qrsig)
    return answer
  }

  const textOf = ({ body }: Engine.Answer) => Buffer.from(body).toString("utf8")

  /** Polls one code to its end: the address of check_sig, or nothing. */
  const pollToTheEnd = (): { readonly code: string; readonly url: string } | undefined => {
    for (let left = pollsOn; ;) {
      now += interval
      const answer = send(client.poll)
      if (answer === undefined) return undefined
      const { code, message, url } = Result.getOrThrow(parse(textOf(answer)))
      const target = url === "" && /^https?:/.test(message) ? message : url
      if (target === "" && (code === "66" || code === "67")) continue
      if (left-- <= 0) return { code, url: target }
    }
  }

  const login = (): void => {
    for (const ask of client.before) if (send(ask) === undefined) return
    let end: ReturnType<typeof pollToTheEnd>
    do {
      for (let left = changes.pictures ?? 1; left > 0; left--) if (send(client.show) === undefined) return
      end = pollToTheEnd()
    } while (end?.code === "65" && client.givesUp === undefined)
    if (end === undefined || end.url === "") return
    const check = send({ ...client.check, url: client.builds?.(end.url) ?? end.url })
    const location = check === undefined ? undefined : locationOf(check)
    const follows = changes.follows ?? (client.follows ? "with cookies" : undefined)
    if (follows !== undefined && location !== undefined) {
      // As HTTP libraries do it: with the headers of the first request.
      send({ ...client.check, url: location, ...(follows === "with cookies" ? {} : { cookies: [] }) })
    }
    for (const ask of client.after) {
      const answer = send(ask)
      if (answer === undefined) {
        if (skips(new URL(ask.url).pathname)) continue
        return
      }
      const code = /[?&]code=(\w+)/.exec(locationOf(answer) ?? "")?.[1]
      if (code !== undefined) values.set("code", code)
      if (answer.status !== 200) continue
      const { result = {} } = JSON.parse(textOf(answer)) as { readonly result?: Readonly<Record<string, string>> }
      if (ask.url.endsWith("/getvfwebqq")) values.set("vfwebqq", result["vfwebqq"] ?? "")
      if (ask.url.endsWith("/login2")) values.set("psessionid", result["psessionid"] ?? "")
    }
  }

  login()
  return answers
}
