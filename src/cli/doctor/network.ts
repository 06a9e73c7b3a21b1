/**
 * What can be seen of the way to the servers: the proxy, names, TLS, and by their clock whether ours is right. One request is sent, for
 * no code and without a cookie; each look has a few seconds.
 */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as HttpClient from "effect/http/HttpClient"
import { exitCodes, type LoginError, said } from "../../errors/LoginError.ts"
import * as CookieJar from "../../http/CookieJar.ts"
import * as QqHttp from "../../http/QqHttp.ts"
import * as LoginConfig from "../../LoginConfig.ts"
import * as Site from "../../Site.ts"
import { proxyVariables } from "../inputs/earlyConnection.ts"
import { client } from "../inputs/network.ts"
import type { Surroundings } from "../inputs/Surroundings.ts"
import { ofCommands } from "../../errors/ExitCode.ts"
import { type CommandFailed, codeOf } from "../process/CommandFailed.ts"
import type { Finding } from "./Finding.ts"

const host = "ssl.ptlogin2.qq.com"
const address = `https://${host}/`

const patience = Duration.seconds(5)

export const look = Effect.fnUntraced(function* (around: Surroundings) {
  const { found, looksNamesUp } = yield* proxyOf(around)
  const [name, answers] = yield* Effect.all([looksNamesUp ? Effect.succeed(namesElsewhere) : dns, server(around)], {
    concurrency: "unbounded"
  })
  return [found, name, ...answers]
})

/** Which proxy leads there, by whom; its user and password are never told. */
const proxyOf = Effect.fnUntraced(function* ({ env, proxy }: Surroundings) {
  const variables = proxyVariables.filter((name) => env[name])
  if (proxy === "none" || (proxy === undefined && variables.length === 0)) {
    const message = { en: "none is set", zh: "未设置" }
    return { found: { check: "proxy", state: "well", message } satisfies Finding, looksNamesUp: false }
  }
  const { fromEnvironment, isProxy, shown } = yield* Effect.promise(() => import("../network/proxy.ts"))
  const used = proxy ?? fromEnvironment(address)
  const by = proxy === undefined ? variables.join(", ") : "--proxy"
  if (used === "") {
    const message = { en: `none for ${host} (${by}, NO_PROXY)`, zh: `${host} 不经过代理（${by}、NO_PROXY）` }
    return { found: { check: "proxy", state: "well", message } satisfies Finding, looksNamesUp: false }
  }
  if (!isProxy(used)) {
    const found: Finding = {
      check: "proxy",
      state: "fault",
      message: { en: `what ${by} names is no proxy`, zh: `${by} 给出的不是代理地址` },
      cure: {
        en: "write it as http://HOST:PORT or socks5://HOST:PORT, or unset it",
        zh: "请写成 http://HOST:PORT 或 socks5://HOST:PORT，或取消设置"
      },
      exitCode: ofCommands.usage
    }
    return { found, looksNamesUp: false }
  }
  const message = { en: `${shown(used)} (${by})`, zh: `${shown(used)}（${by}）` }
  const looksNamesUp = !/^socks[45]:/.test(used)
  return { found: { check: "proxy", state: "well", message } satisfies Finding, looksNamesUp }
})

const namesElsewhere: Finding = {
  check: "dns",
  state: "well",
  message: { en: "the proxy looks names up", zh: "由代理解析域名" }
}

const dns: Effect.Effect<Finding> = Effect.tryPromise({
  try: () => process.getBuiltinModule("node:dns").promises.lookup(host, { all: true }),
  catch: codeOf
}).pipe(
  Effect.timeoutOrElse({ duration: patience, orElse: () => Effect.fail("ETIMEOUT") }),
  Effect.match({
    onSuccess: (found): Finding => {
      const addresses = found.map(({ address }) => address).join(", ")
      return {
        check: "dns",
        state: "well",
        message: { en: `${host} is ${addresses}`, zh: `${host} 解析为 ${addresses}` }
      }
    },
    onFailure: (code): Finding => ({
      check: "dns",
      state: "fault",
      message: { en: `${host} was not found (${code})`, zh: `未能解析 ${host}（${code}）` },
      cure: {
        en: "check the network and its DNS server; behind a proxy, name it with HTTPS_PROXY",
        zh: "请检查网络和 DNS 服务器；如需代理，请设置 HTTPS_PROXY"
      },
      exitCode: exitCodes.HttpFailed
    })
  })
)

/** What comes of asking it, and what its clock says. */
const server = Effect.fnUntraced(function* (around: Surroundings) {
  let date: string | undefined
  let arrived = 0
  const watched = Layer.effect(
    HttpClient.HttpClient,
    Effect.map(HttpClient.HttpClient, (client) =>
      HttpClient.tap(client, ({ headers }) =>
        Effect.map(Clock.currentTimeMillis, (now) => {
          arrived = now
          date = headers["date"]
        })
      )
    )
  )
  const request = {
    step: "QrCode",
    method: "GET",
    url: Redacted.make(address),
    headers: {},
    maxBytes: 2 ** 16
  } as const
  const asking = Effect.flatMap(QqHttp.make, ({ send }) => send(request)).pipe(
    Effect.provideService(CookieJar.CookieJar, CookieJar.make({ domains: Site.qzone.cookieDomains })),
    Effect.provide(Layer.provide(watched, client(around))),
    Effect.updateService(LoginConfig.LoginConfig, (config) => ({ ...config, requestTimeout: patience }))
  )
  const result: Result.Result<unknown, LoginError | CommandFailed> = yield* Effect.result(asking)
  return [answered(result), clock(date, arrived)]
})

const answered = (result: Result.Result<unknown, LoginError | CommandFailed>): Finding => {
  const error = Result.getFailure(result)
  // A page that it refuses has come by TLS all the same.
  if (Option.isNone(error) || error.value._tag === "AccessDenied") {
    return {
      check: "server",
      state: "well",
      message: { en: `${host} answers, by a certificate that is trusted`, zh: `${host} 有应答，证书可信` }
    }
  }
  if (error.value._tag === "CommandFailed") {
    return { check: "server", state: "fault", ...error.value.said, exitCode: error.value.exitCode }
  }
  return { check: "server", state: "fault", ...said(error.value), exitCode: exitCodes.HttpFailed }
}

/** Seconds that do no harm. */
const tolerated = 120

const clock = (date: string | undefined, arrived: number): Finding => {
  const there = Date.parse(date ?? "")
  if (Number.isNaN(there)) {
    return {
      check: "clock",
      state: "note",
      message: { en: "not known: no server has told its time", zh: "未知：没有服务器告知时间" },
      cure: { en: "compare it with another one", zh: "请与其他时钟核对" }
    }
  }
  const off = Math.round((arrived - there) / 1000)
  const seconds = Math.abs(off)
  if (seconds <= tolerated) {
    return {
      check: "clock",
      state: "well",
      message: { en: `differs from the server's by ${seconds} s`, zh: `与服务器相差 ${seconds} 秒` }
    }
  }
  return {
    check: "clock",
    state: "fault",
    message:
      off > 0
        ? { en: `is ${seconds} s ahead of the server's`, zh: `比服务器快 ${seconds} 秒` }
        : { en: `is ${seconds} s behind the server's`, zh: `比服务器慢 ${seconds} 秒` },
    cure: {
      en: "set it (timedatectl set-ntp true): cookies and certificates end by it",
      zh: "请校准时钟（timedatectl set-ntp true）：cookie 和证书的有效期依赖它"
    },
    exitCode: ofCommands.unexpected
  }
}
