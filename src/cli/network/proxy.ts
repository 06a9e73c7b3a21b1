/**
 * Proxies, as curl and others take them: `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY`, in capitals or not, or the one
 * of `--proxy`. Loaded only where one is set.
 *
 * What fails between here and the proxy, and what the proxy itself refuses, is told apart from what fails behind it: its code
 * begins with `ERR_PROXY_`.
 */
import { Agent, type AgentConnectOpts } from "agent-base"
import { HttpProxyAgent } from "http-proxy-agent"
import { HttpsProxyAgent } from "https-proxy-agent"
import * as DiagnosticsChannel from "node:diagnostics_channel"
import * as Http from "node:http"
import * as Https from "node:https"
import type { Socket } from "node:net"
import type { Duplex } from "node:stream"
import { getProxyForUrl } from "proxy-from-env"
import { SocksProxyAgent } from "socks-proxy-agent"
import { isWhole } from "../line/networkFlags.ts"

/** What proxies are spoken to with. `socks5h` lets the proxy look names up, and so do all of them here but `socks5` and `socks4`. */
export const schemes: ReadonlyArray<string> = ["http", "https", "socks5", "socks5h", "socks4", "socks4a", "socks"]

/** The proxy in the words of a person, without user and password. */
export const shown = (proxy: string): string => {
  const { host, protocol } = new URL(proxy)
  return `${protocol}//${host}`
}

/** Whether the text is the address of a proxy that can be spoken to. */
export const isProxy = (text: string): boolean => {
  if (!isWhole(text)) return false
  const { hostname, protocol } = new URL(text)
  return hostname !== "" && schemes.includes(protocol.slice(0, -1))
}

/**
 * The proxy for an address, by the environment; an empty text where there is none. As with curl, one that is named without a scheme is
 * spoken to by http, whatever it is to fetch, and a name in `NO_PROXY` stands for all below it.
 */
export const fromEnvironment = (url: string): string => {
  const proxy = getProxyForUrl(url)
  const { hostname } = new URL(url)
  const { env } = process
  const without = (env["no_proxy"] || env["NO_PROXY"] || "").toLowerCase().split(/[,\s]/)
  if (without.some((name) => name !== "" && hostname.endsWith(`.${name}`))) return ""
  const isNamedSo = ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"].some((name) => env[name] === proxy)
  return isNamedSo ? proxy : proxy.replace(/^https:/, "http:")
}

const pool = { keepAlive: true, maxSockets: 1024, maxFreeSockets: 1024 }

/**
 * One agent for http and https: each request goes by the proxy that `proxyFor` names for its address, or without one. Where `tells` says so,
 * the error of a proxy that fails holds its address, as `shown`.
 */
export const agent = (proxyFor: (url: string) => string, { tells = false } = {}): Https.Agent =>
  // Node looks at nothing of an agent for https but what every agent has.
  new Chooser(proxyFor, tells) as Http.Agent as Https.Agent

class Chooser extends Agent {
  readonly #proxyFor: (url: string) => string
  readonly #tells: boolean
  readonly #direct = { http: new Http.Agent(pool), https: new Https.Agent(pool) }
  readonly #agents = new Map<string, Http.Agent>()

  constructor(proxyFor: (url: string) => string, tells: boolean) {
    super(pool)
    this.#proxyFor = proxyFor
    this.#tells = tells
  }

  override connect(_: Http.ClientRequest, { host = "", port, secureEndpoint }: AgentConnectOpts): Http.Agent {
    const scheme = secureEndpoint ? "https" : "http"
    const proxy = this.#proxyFor(`${scheme}://${host}:${port}/`)
    if (proxy === "") return this.#direct[scheme]
    const key = `${scheme} ${proxy}`
    const known = this.#agents.get(key)
    if (known !== undefined) return known
    const made = make(proxy, secureEndpoint, this.#tells ? { proxy: shown(proxy) } : {})
    this.#agents.set(key, made)
    return made
  }

  override destroy(): void {
    for (const agent of [this.#direct.http, this.#direct.https, ...this.#agents.values()]) agent.destroy()
    super.destroy()
  }
}

/** What the error of a proxy holds beside its code. */
interface Told {
  readonly proxy?: string
}

const make = (proxy: string, secure: boolean, told: Told): Http.Agent => {
  if (new URL(proxy).protocol.startsWith("socks")) return Object.assign(new Socks(proxy, pool), { told })
  return Object.assign(secure ? new Tunnel(proxy, pool) : new Plain(proxy, pool), { told })
}

class Plain extends HttpProxyAgent<string> {
  told: Told = {}

  override connect(...how: Parameters<HttpProxyAgent<string>["connect"]>) {
    return inTheWay(super.connect(...how), this.told)
  }
}

/** Behind CONNECT there is no answer of a proxy any more: one that refuses must not be taken for Tencent's server. */
class Tunnel extends HttpsProxyAgent<string> {
  told: Told = {}

  override async connect(request: Http.ClientRequest, options: Parameters<HttpsProxyAgent<string>["connect"]>[1]) {
    let status = 0
    request.once("proxyConnect", ({ statusCode = 0 }: { readonly statusCode?: number }) => (status = statusCode))
    const socket = await inTheWay(
      bounded(() => super.connect(request, options)),
      this.told
    )
    if (status === 200) return socket
    socket.destroy()
    throw failure(`HTTP_${status}`, this.told)
  }
}

/** Bytes of the longest answer to CONNECT. */
const longest = 64 * 1024

/**
 * The agent keeps all that comes before the end of the proxy's answer, and looks through it anew with each piece: an answer without an end
 * would cost the square of its length. The agent shows its connection to nobody before that, but Node does.
 */
const bounded = <A>(connect: () => Promise<A>): Promise<A> => {
  let socket: Socket | undefined
  const made = (message: unknown) => void (socket ??= (message as { readonly socket: Socket }).socket)
  DiagnosticsChannel.subscribe("net.client.socket", made)
  const connected = connect()
  DiagnosticsChannel.unsubscribe("net.client.socket", made)
  const look = () => {
    if (socket !== undefined && socket.bytesRead > longest)
      socket.destroy(Object.assign(new Error(), { code: "TOO_LONG" }))
  }
  socket?.on("readable", look)
  return connected.finally(() => socket?.off("readable", look))
}

class Socks extends SocksProxyAgent {
  told: Told = {}

  constructor(...how: ConstructorParameters<typeof SocksProxyAgent>) {
    super(...how)
    // The package dials what stands in the address, and an IPv6 address stands there in brackets.
    this.proxy.host = (this.proxy.host ?? "").replace(/^\[(.*)\]$/u, "$1")
  }

  override connect(request: Http.ClientRequest, options: AgentConnectOpts) {
    return inTheWay(super.connect(request, options), this.told, options.host)
  }
}

const inTheWay = async <A extends Duplex>(connected: Promise<A>, told: Told, target?: string): Promise<A> => {
  try {
    return await connected
  } catch (cause) {
    // Of the text, which may hold the proxy's address with its password, only the system's word is kept.
    const { code, hostname, message } = cause as NodeJS.ErrnoException & { readonly hostname?: string }
    // By socks5 and socks4 the name of the server is looked up here, before the proxy hears of it.
    if (hostname !== undefined && hostname === target) throw Object.assign(new Error(), { code })
    throw failure(code ?? /\bE[A-Z]{3,20}\b/.exec(message.slice(0, 200))?.[0] ?? "FAILED", told)
  }
}

const failure = (code: string, told: Told) => Object.assign(new Error(), { code: `ERR_PROXY_${code}`, ...told })
