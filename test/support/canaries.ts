/**
 * The secrets of a scenario, every way of writing them down, and every place where one might be seen.
 */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Logger from "effect/Logger"
import * as Metric from "effect/Metric"
import * as References from "effect/References"
import * as Tracer from "effect/Tracer"
import { format, inspect } from "node:util"
import type { Scenario } from "../../src/replay/Scenario.ts"
import { toJson } from "../../src/Session.ts"

const values = (lines: ReadonlyArray<string>, pattern: RegExp) =>
  lines.flatMap((line) => [...line.matchAll(pattern)].map((found) => found[1] ?? ""))

/**
 * Cookie values, login tickets with their whole addresses, tokens, and what is computed from them, longest first. Left out is
 * what is no secret: the number of the user, and values of seven characters at the most.
 */
export const secretsOf = ({ exchanges, outcome, saved }: Scenario): ReadonlyArray<string> => {
  const headers = exchanges.flatMap(({ response }) => response.headers)
  const cookies = headers.filter(([name]) => /^set-cookie$/i.test(name)).map(([, value]) => value)
  const locations = headers.filter(([name]) => /^location$/i.test(name)).map(([, value]) => value)
  const bodies = exchanges.map(({ response }) => Buffer.from(response.body).toString("utf8"))
  const queries = exchanges.flatMap(({ request }) => Object.entries(request.query ?? {}))
  const kept = saved === undefined ? undefined : toJson(saved)
  const session = "session" in outcome ? outcome.session : {}
  const found = [
    ...values(cookies, /^[^=]+=([^;]*)/g),
    ...values(bodies, /(https?:[^']*check_sig[^']*)/g),
    ...values(bodies, /ptsigx=([^&']*)/g),
    ...values(
      bodies,
      /"(?:vfwebqq|psessionid|musickey|refresh_key|openid|unionid|access_token|refresh_token)":"([^"]*)"/g
    ),
    ...values(locations, /[?&]code=([^&]+)/g),
    ...queries.map(([name, value]) => (/^(ptqrtoken|auth_token|ptwebqq)$/.test(name) ? value : "")),
    ...(kept?.cookies ?? []).map(({ value }) => value),
    ...[kept, session].flatMap((from) => [
      from?.ptwebqq,
      from?.vfwebqq,
      from?.psessionid,
      from?.musickey,
      from?.refreshKey,
      from?.openid,
      from?.unionid,
      from?.accessToken,
      from?.refreshToken,
      from?.code
    ])
  ]
  const isSecret = (value: unknown): value is string =>
    typeof value === "string" && value.length > 7 && !/^o?0*123456789$/.test(value)
  return [...new Set(found.filter(isSecret))].sort((a, b) => b.length - a.length)
}

const bytewise = (text: string) => Buffer.from(text).toString("hex").replaceAll(/../g, "%$&")

/** The middle of a text's base64 at each of the three places where it may begin in a longer text. */
const inBase64 = (text: string) =>
  [0, 1, 2].map((before) => {
    const bytes = Buffer.concat([Buffer.alloc(before), Buffer.from(text)])
    return bytes
      .subarray(0, bytes.length - (bytes.length % 3))
      .toString("base64")
      .slice(before === 0 ? 0 : 4)
  })

export const encodings: Readonly<Record<string, (text: string) => ReadonlyArray<string>>> = {
  raw: (text) => [text],
  percent: (text) => [encodeURIComponent(text)],
  "percent, lower case": (text) => [encodeURIComponent(text).replaceAll(/%../g, (found) => found.toLowerCase())],
  "percent, every byte": (text) => [bytewise(text), bytewise(text).toUpperCase()],
  form: (text) => [new URLSearchParams([["", text]]).toString().slice(1)],
  JSON: (text) => [JSON.stringify(text).slice(1, -1), JSON.stringify(text).slice(1, -1).replaceAll("/", "\\/")],
  base64: inBase64,
  base64url: (text) => inBase64(text).map((found) => found.replaceAll("+", "-").replaceAll("/", "_")),
  hex: (text) => [Buffer.from(text).toString("hex"), Buffer.from(text).toString("hex").toUpperCase()]
}

/** How much was looked through: secrets × encodings × sinks, added up over all runs. */
export interface Search {
  checks: number
  readonly hits: Array<string>
}

export const newSearch = (): Search => ({ checks: 0, hits: [] })

/** Looks for the secrets in texts, each under the name of the place where it was seen. */
export const search = (into: Search, where: string, secrets: ReadonlyArray<string>, sinks: Record<string, string>) => {
  for (const secret of secrets) {
    for (const [encoding, encode] of Object.entries(encodings)) {
      const forms = encode(secret)
      for (const [sink, text] of Object.entries(sinks)) {
        into.checks++
        if (forms.some((form) => text.includes(form))) into.hits.push(`${where}: ${secret} (${encoding}) in ${sink}`)
      }
    }
  }
}

/** What a value, an error or a defect shows of itself to whoever prints it. */
const shown = <A, E>(exit: Exit.Exit<A, E>): Record<string, string> => {
  const result: unknown = Exit.isSuccess(exit) ? exit.value : Cause.squash(exit.cause)
  return {
    "Cause.pretty": Exit.isFailure(exit) ? Cause.pretty(exit.cause) : "",
    "JSON.stringify": `${JSON.stringify(result)} ${JSON.stringify(exit)}`,
    "util.inspect": `${inspect(result, { depth: 99, showHidden: true })} ${inspect(exit, { depth: 99 })}`,
    "error.stack": result instanceof Error ? `${result.stack} ${result.message} ${String(result)}` : String(result)
  }
}

/** Keeps what is written to stdout, stderr and the console of this process until `stop` is called. */
const listen = () => {
  const heard = { stdout: "", stderr: "", console: "" }
  const undo = (["stdout", "stderr"] as const).map((name) => {
    const stream = process[name]
    const write = stream.write
    stream.write = (chunk: string | Uint8Array) => {
      heard[name] += typeof chunk === "string" ? chunk : Buffer.from(chunk).toString()
      return true
    }
    return () => void (stream.write = write)
  })
  // The test runner's console does not write to these streams.
  for (const name of ["debug", "error", "info", "log", "trace", "warn"] as const) {
    const method = console[name]
    console[name] = (...values: ReadonlyArray<unknown>) => void (heard.console += `${format(...values)}\n`)
    undo.push(() => void (console[name] = method))
  }
  return { heard, stop: () => undo.forEach((restore) => restore()) }
}

/** Runs a program with every log level on and every span kept; returns how it ended, and all that can be seen of it. */
export const watch = <A, E, R>(program: Effect.Effect<A, E, R>) =>
  Effect.acquireUseRelease(
    Effect.sync(listen),
    ({ heard }) => seen(program, heard),
    ({ stop }) => Effect.sync(stop)
  )

const seen = <A, E, R>(program: Effect.Effect<A, E, R>, heard: Readonly<Record<string, string>>) =>
  Effect.gen(function* () {
    const logs: Array<string> = []
    const spans: Array<string> = []
    const logger = Logger.make((options) => {
      logs.push(
        inspect(options.message, { depth: 9 }),
        Logger.formatJson.log(options),
        Logger.formatLogFmt.log(options)
      )
    })
    const tracer = Tracer.make({
      span: (options) => {
        const span = new Tracer.NativeSpan(options)
        const end = span.end.bind(span)
        span.end = (time: bigint, exit: Exit.Exit<unknown, unknown>) => {
          end(time, exit)
          const { attributes, events, links, name } = span
          spans.push(inspect({ name, attributes, events, links, exit }, { depth: 99 }))
        }
        return span
      }
    })
    const exit = yield* Effect.exit(program).pipe(
      Effect.provide(Logger.layer([logger])),
      Effect.provideService(References.MinimumLogLevel, "All"),
      Metric.enableRuntimeMetrics,
      Effect.withTracer(tracer)
    )
    const sinks: Readonly<Record<string, string>> = {
      ...shown(exit),
      ...heard,
      logs: logs.join("\n"),
      spans: spans.join("\n"),
      metrics: `${yield* Metric.dump} ${JSON.stringify(yield* Metric.snapshot, (_, value) => (typeof value === "bigint" ? String(value) : value))}`
    }
    return { exit, sinks }
  })
