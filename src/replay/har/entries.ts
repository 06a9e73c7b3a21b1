/**
 * The requests of a login in a HAR file, in the order in which they were sent; what else a browser loads has no place in a scenario.
 */
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type { Site } from "../../Site.ts"
import { isTencents } from "../siteOf.ts"
import { Address, Archive, Entry, type Pairs } from "./archive.ts"
import { BadHar } from "./BadHar.ts"

/** An entry with an answer; `place` is where it stands in the file, counted from 1. */
export interface Answered {
  readonly place: number
  readonly startedAt: number
  readonly request: Entry["request"]
  readonly response: NonNullable<Entry["response"]> & { readonly status: number }
}

export interface Found {
  readonly entries: ReadonlyArray<Answered>
  /** Whether the file had them in another order than their times. */
  readonly sorted: boolean
}

const decodeArchive = Schema.decodeUnknownOption(Archive)
const decodeAddress = Schema.decodeUnknownOption(Address)
const decodeEntry = Schema.decodeUnknownOption(Entry)

/** PROTOCOL.md, steps 1 to 5, renewal, authorize, QQ Music. */
const steps = /\/(?:ptqrshow|ptqrlogin|check_sig|getvfwebqq|login2|pt4_auth|get_online_buddies2)$/

const isStep = (method: string, { hostname, pathname }: URL): boolean => {
  const posted = method.toUpperCase() === "POST"
  if (hostname === "graph.qq.com") return pathname === "/oauth2.0/authorize" && posted
  if (pathname.endsWith("/musicu.fcg")) return posted
  return steps.test(pathname) && method.toUpperCase() !== "OPTIONS"
}

// QQ Music's page asks for everything at this one address, and says in the body for what.
const isElse = ({ request }: Answered): boolean =>
  /\/musicu\.fcg(?:\?|$)/.test(request.url) && !/^$|LoginServer"/.test(request.postData?.text ?? "")

/** Browsers take 256 KiB of headers; servers send some thirty. */
const most = { letters: 256 * 1024, lines: 1000 }

const isTooMuch = (headers: Pairs): boolean => {
  const letters = headers.reduce((sum, { name, value }) => sum + name.length + (value?.length ?? 0), 0)
  const lines = headers.reduce((sum, { value }) => sum + (value ?? "").split("\n").length, 0)
  return letters > most.letters || lines > most.lines
}

/** Of other hosts than Tencent's and those of the `site` nothing is taken. */
export const find = (json: unknown, site: Site | undefined): Result.Result<Found, BadHar> => {
  const archive = decodeArchive(json)
  if (Option.isNone(archive)) return bad({ reason: "no HAR 1.2 file" })
  const entries: Array<Answered> = []
  for (const [index, one] of archive.value.log.entries.entries()) {
    const address = decodeAddress(one)
    const url = Option.isNone(address) ? null : URL.parse(address.value.request.url)
    if (Option.isNone(address) || url === null || !/^https?:$/.test(url.protocol)) continue
    if (!isStep(address.value.request.method, url)) continue
    if (!isTencents(url.href) && site?.redirectHosts.includes(url.hostname) !== true) continue
    const entry = Option.getOrUndefined(decodeEntry(one))
    if (entry === undefined) return bad({ reason: "broken entry", entry: index + 1 })
    // What was given up has no answer.
    const status = Number(entry.response?.status ?? 0)
    if (!entry.response || !(status >= 200 && status < 600)) continue
    const { request, response, startedDateTime } = entry
    if (isTooMuch(request.headers) || isTooMuch(response.headers)) return bad({ reason: "too many headers" })
    const startedAt = Date.parse(startedDateTime ?? "")
    const answered = { place: index + 1, startedAt, request, response: { ...response, status } }
    if (!isElse(answered)) entries.push(answered)
  }
  if (entries.length === 0) return bad({ reason: "no login" })
  // Where one has no time, the order of the file is the best there is.
  const inOrder = entries.some(({ startedAt }) => Number.isNaN(startedAt))
    ? entries
    : entries.toSorted((a, b) => a.startedAt - b.startedAt)
  return Result.succeed({ entries: inOrder, sorted: inOrder.some((entry, at) => entry !== entries[at]) })
}

const bad = (why: ConstructorParameters<typeof BadHar>[0]) => Result.fail(new BadHar(why))
