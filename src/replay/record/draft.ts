/**
 * Captures as the exchanges of a scenario, still with their secrets: what to compare of a request, what to keep of an answer.
 */
import { isDeepStrictEqual } from "node:util"
import { formPairs, leavesOf, parseJson } from "../data.ts"
import type { Capture } from "./Recorder.ts"
import type { Outcome, ScenarioFile } from "../format/ScenarioFile.ts"
import { isSecretField, pairOf, setCookieOf } from "./secrets.ts"

type Exchange = ScenarioFile["exchanges"][number]
type Request = Exchange["request"]
export type Body = NonNullable<Exchange["response"]["body"]>

/** What a draft takes from outside. */
export interface Made {
  /** The value that takes the place of `value` where it is called `name`. */
  readonly inPlace: (name: string, value: string) => string
  /** A text without what can be found in it wherever it stands. */
  readonly text: (text: string) => string
  readonly body: (capture: Capture) => Body | undefined
}
type InPlace = Made["inPlace"]

/** A JSON value with its known fields replaced, also where they are short. */
export const jsonInPlace = (json: unknown, inPlace: InPlace): unknown => {
  if (Array.isArray(json)) return json.map((item) => jsonInPlace(item, inPlace))
  if (typeof json !== "object" || json === null) return json
  return Object.fromEntries(
    Object.entries(json).map(([name, value]) => {
      const isText = typeof value === "string"
      if ((!isText && typeof value !== "number") || !isSecretField(name, String(value)))
        return [name, jsonInPlace(value, inPlace)]
      const made = inPlace(name, String(value))
      return [name, isText ? made : Number(made)]
    })
  )
}

const fieldInPlace = (name: string, value: string, inPlace: InPlace) =>
  isSecretField(name, value) ? inPlace(name, value) : value

// They follow from the connection or from the body, or change with every run.
const noise = new Set([
  "connection",
  "content-encoding",
  "content-length",
  "date",
  "keep-alive",
  "last-modified",
  "transfer-encoding",
  "x-replay-mismatch"
])

// Numbers by which a server finds a request in its logs, and where it came from: they mean nothing to a client, and may mean
// somebody to the server.
const logged = /uuid|trace|request-id|log-id|correlation|client-?ip|real-?ip|remote-?addr|forwarded|^via$/i

/** What a client may send differently each time (PROTOCOL.md, steps 1, 2 and 4, session checks, authorize). */
const varying = (name: string, value: string) => {
  if (/^(?:t|rd)$/.test(name) && /^(?:0?\.|\d(?:\.\d+)?e-)\d+$/.test(value)) return { re: "[0-9.e-]+" }
  if (name === "action" && /^0-0-\d+$/.test(value)) return { re: "0-0-\\d+" }
  if (name === "auth_time" && /^\d{13}$/.test(value)) return { re: "\\d{13}" }
  if (name === "ui" && /^[\dA-Fa-f-]{36}$/.test(value)) return { re: "[\\dA-Fa-f-]{36}" }
  return value
}

const headers = ({ requestHeaders }: Capture): NonNullable<Request["headers"]> => {
  const sent = new Map(requestHeaders.map(([name, value]) => [name.toLowerCase(), value]))
  const of = (name: string) => {
    const value = sent.get(name)
    return value === undefined ? {} : { [name]: value }
  }
  const agent = sent.get("user-agent")
  return {
    referer: sent.get("referer") ?? { absent: true },
    ...of("origin"),
    ...((sent.get("content-type") ?? "").startsWith("application/x-www-form-urlencoded")
      ? { "content-type": { re: "application/x-www-form-urlencoded(;.*)?" } }
      : of("content-type")),
    ...(agent === undefined
      ? {}
      : { "user-agent": agent.startsWith("Mozilla/5.0 ") ? { re: "Mozilla/5\\.0 .*" } : agent }),
    ...(sent.has("traceparent") ? {} : { traceparent: { absent: true } }),
    ...(sent.has("b3") ? {} : { b3: { absent: true } })
  }
}

const form = ({ requestBody, requestHeaders }: Capture, inPlace: InPlace): Pick<Request, "form"> => {
  const type = requestHeaders.find(([name]) => name.toLowerCase() === "content-type")?.[1] ?? ""
  if (requestBody.length === 0 || !type.startsWith("application/x-www-form-urlencoded")) return {}
  const fields = formPairs(Buffer.from(requestBody).toString("utf8"))
  return {
    form: Object.fromEntries(
      Array.from(fields, ([name, value]) => [
        name,
        (/^[{[]/.test(value) ? asJson(value, inPlace) : undefined) ?? varying(name, fieldInPlace(name, value, inPlace))
      ])
    )
  }
}

const json = ({ requestBody, requestHeaders }: Capture, inPlace: InPlace): Pick<Request, "json"> => {
  const type = requestHeaders.find(([name]) => name.toLowerCase() === "content-type")?.[1] ?? ""
  const body = /^application\/json\b/i.test(type) ? parseJson(Buffer.from(requestBody).toString("utf8")) : undefined
  const leaves = leavesOf(body?.value)
  if (leaves.length === 0) return {}
  return {
    json: Object.fromEntries(
      leaves.map(([path, leaf]) => {
        const made = jsonInPlace({ [path.slice(path.lastIndexOf(".") + 1)]: leaf }, inPlace) as Record<string, unknown>
        const [value] = Object.values(made)
        return [path, typeof value === "string" ? value : { json: value as never }]
      })
    )
  }
}

const asJson = (value: string, inPlace: InPlace) => {
  const json = parseJson(value)
  return json === undefined ? undefined : { json: jsonInPlace(json.value, inPlace) as never }
}

const request = (capture: Capture, known: ReadonlySet<string>, inPlace: InPlace): Request => {
  const url = new URL(capture.url)
  const address = `${url.origin}${url.pathname}`
  const cookies = capture.requestHeaders
    .filter(([name]) => name.toLowerCase() === "cookie")
    .flatMap(([, line]) => line.split(";").map(pairOf))
  const sent = new Set(cookies.map(([name]) => name))
  // A jar that sends too much is as wrong as one that sends too little.
  const kept = [...known].filter((name) => !sent.has(name)).map((name) => [name, { absent: true }] as const)
  return {
    method: capture.method as Request["method"],
    url: address,
    query: Object.fromEntries(
      Array.from(
        formPairs(url.search.slice(1)),
        ([name, value]) => [name, varying(name, fieldInPlace(name, value, inPlace))] as const
      )
    ),
    headers: headers(capture),
    ...(sent.size + kept.length === 0
      ? {}
      : {
          cookies: Object.fromEntries([
            ...kept,
            ...cookies.map(([name, value]) => [name, inPlace(name, value)] as const)
          ])
        }),
    ...form(capture, inPlace),
    ...json(capture, inPlace)
  }
}

const states: Readonly<Record<string, string>> = {
  0: "confirmed",
  65: "expired",
  66: "waiting",
  67: "scanned",
  68: "refused"
}

const idOf = ({ responseBody }: Capture, url: string): string => {
  const name = new URL(url).pathname.split("/").findLast((part) => part !== "") ?? "root"
  const code = /^\s*ptuiCB\s*\(\s*'(\d+)'/.exec(Buffer.from(responseBody).toString("latin1"))?.[1]
  if (name === "ptqrlogin") return `poll-${states[code ?? ""] ?? "other"}`
  const clean = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-|-$/g, "")
  return clean === "" ? "request" : clean
}

/** Every exchange in order; equal neighbours are not yet one. */
export const exchanges = (captures: ReadonlyArray<Capture>, { body, inPlace, text }: Made): ReadonlyArray<Exchange> => {
  const known = new Set<string>()
  return captures.map((capture, index) => {
    const made = body(capture)
    const state = idOf(capture, capture.url)
    const isNone = index < captures.length - 1 && (capture.status >= 400 || state === "poll-other")
    const exchange: Exchange = {
      // Of an address without secrets: an id is a name, and not looked through.
      id: idOf(capture, text(capture.url)),
      // Whether a client shows another code, or asks again where an answer is none, is its own affair.
      ...(state === "poll-expired" || isNone ? { mayEnd: true as const } : {}),
      request: request(capture, known, inPlace),
      response: {
        status: capture.status,
        headers: capture.responseHeaders
          .filter(([name]) => !noise.has(name.toLowerCase()) && !logged.test(name))
          .map(([name, value]) => [name, name.toLowerCase() === "set-cookie" ? cookieLine(value, inPlace) : value]),
        ...(made === undefined ? {} : { body: made })
      }
    }
    for (const [name, value] of capture.responseHeaders) {
      if (name.toLowerCase() !== "set-cookie") continue
      const [cookie, content] = setCookieOf(value)
      if (content !== "" && cookie !== "") known.add(cookie)
    }
    return exchange
  })
}

const cookieLine = (line: string, inPlace: InPlace) => {
  const [name, value] = setCookieOf(line)
  const [pair = ""] = line.split(";", 1)
  const from = line.indexOf(value, pair.indexOf("=") + 1)
  return line.slice(0, from) + inPlace(name, value) + line.slice(from + value.length)
}

/** Equal neighbours as one exchange that comes several times, each with an id of its own. */
export const merge = (all: ReadonlyArray<Exchange>): ReadonlyArray<Exchange> => {
  const merged: Array<Exchange> = []
  for (const exchange of all) {
    const last = merged.at(-1)
    const same =
      last !== undefined && isDeepStrictEqual([last.request, last.response], [exchange.request, exchange.response])
    if (same) merged[merged.length - 1] = { ...last, times: (last.times ?? 1) + 1 }
    else merged.push(exchange)
  }
  const counts = new Map<string, number>()
  return merged.map(({ id, mayEnd, request, response, times }) => {
    const count = (counts.get(id) ?? 0) + 1
    counts.set(id, count)
    // Keys stand in the order of the schema.
    return {
      id: count === 1 ? id : `${id}-${count}`,
      ...(times === undefined ? {} : { times }),
      ...(mayEnd === undefined ? {} : { mayEnd }),
      request,
      response
    }
  })
}

/** Marks the polls that the client's own clock ended: how many there were depends on how long each answer took. */
export const opened = (all: ReadonlyArray<Exchange>, outcome: Outcome): ReadonlyArray<Exchange> => {
  const outOfTime = "error" in outcome && (outcome.error === "LoginTimeout" || outcome.error === "QrExpired")
  return all.map((exchange, index) => {
    const next = all[index + 1]
    const ended = next === undefined ? outOfTime : next.request.url.endsWith("/ptqrshow")
    if (!ended || !/^poll-(?:waiting|scanned)/.test(exchange.id)) return exchange
    const { id, times, ...rest } = exchange
    return { id, ...(times === undefined ? {} : { times }), open: true, ...rest }
  })
}
