/**
 * Everything that reads what comes from outside, a kind each: what it is given, and the texts that come of it, which have to be fit for a
 * terminal. A reader may refuse, in words that can be shown; what it throws or dies of is a fault.
 */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { complaintsOf, wrongAt } from "../../src/errors/Complaint.ts"
import { plainText, withoutQueries } from "../../src/errors/plainText.ts"
import * as CookieJar from "../../src/http/CookieJar.ts"
import { refusal } from "../../src/loopback/guard.ts"
import * as Envelope from "../../src/protocol/Envelope.ts"
import * as PtuiCallback from "../../src/protocol/PtuiCallback.ts"
import { payload } from "../../src/qr/QrDecoder.ts"
import { fromPng } from "../../src/qr/QrPicture.ts"
import * as Har from "../../src/replay/har/Har.ts"
import * as Scrub from "../../src/replay/record/Scrub.ts"
import * as Scenario from "../../src/replay/Scenario.ts"
import * as Site from "../../src/Site.ts"
import * as CookieFormat from "../../src/store/CookieFormat.ts"
import * as KeptText from "../../src/store/keptText.ts"
import * as SessionExport from "../../src/store/SessionExport.ts"
import { chunk, headerOf, pngOf } from "../../test/qr/samples.ts"
import { played } from "./played.ts"

type Texts = ReadonlyArray<string>

/** Runs to its end; a defect is a fault, an error is none. */
const settle = async <A, E>(effect: Effect.Effect<A, E>): Promise<A | undefined> => {
  const exit = await Effect.runPromiseExit(effect)
  if (Exit.isSuccess(exit)) return exit.value
  if (Cause.hasDies(exit.cause)) throw new Error(Cause.pretty(exit.cause))
  return undefined
}

/** What a browser may send in a cookie, though no terminal should see it. */
const directions = /[\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu
const undirected = (texts: Texts): Texts => texts.map((text) => text.replaceAll(directions, ""))

const envelope = Envelope.decode(Schema.Struct({ uin: Schema.Int, psessionid: Schema.NonEmptyString }))
const site = Schema.decodeUnknownResult(Schema.fromJsonString(Site.Site), { errors: "all", onExcessProperty: "error" })

export const readers = {
  "JSON of an answer": (body: string): Texts => {
    const answer = envelope(body)
    return answer._tag === "Refused" ? [plainText(withoutQueries(answer.errmsg))] : []
  },
  callbacks: (body: string): Texts => {
    const call = PtuiCallback.parse(body)
    return Result.isSuccess(call) ? [plainText(call.success.nickname), plainText(call.success.message)] : []
  },
  cookies: async (lines: ReadonlyArray<string>): Promise<Texts> => {
    const kept =
      (await settle(
        Effect.gen(function* () {
          const jar = CookieJar.make({ domains: ["qq.com"] })
          yield* jar.store("https://user.qzone.qq.com/", lines)
          yield* jar.header("https://user.qzone.qq.com/")
          return yield* jar.all
        })
      )) ?? []
    // Lines and their fields are separated by what is a control character.
    const file = CookieFormat.netscape(kept).split(/[\n\t]/u)
    return undirected([CookieFormat.header(kept), CookieFormat.curl(kept, "https://qq.com/"), ...file])
  },
  "saved sessions": async (given: string): Promise<Texts> => {
    const saved = KeptText.decode("file", "p", given)
    if (Result.isFailure(saved)) return [plainText(saved.failure.message)]
    const { cookies } = saved.success.session
    const sent = await settle(
      Effect.flatMap(CookieFormat.valid(cookies), (all) => CookieFormat.sentTo(all, "https://qq.com/"))
    )
    return undirected([CookieFormat.header(sent ?? [])])
  },
  "exported sessions": async (given: string): Promise<Texts> => {
    await settle(SessionExport.check(given))
    return []
  },
  HARs: async (value: unknown): Promise<Texts> => {
    const made = await settle(
      Effect.gen(function* () {
        const { captures } = yield* Har.fromHar(value)
        return yield* Scrub.scrub(captures, {
          title: "t",
          clock: "2026-01-01T00:00:00.000Z",
          site: "qzone",
          tool: "fuzz",
          date: "2026-01-01",
          outcome: Har.outcomeOf(captures, "qzone")
        })
      })
    )
    if (made !== undefined) JSON.parse(made.text)
    return []
  },
  scenarios: async (value: unknown): Promise<Texts> => {
    const scenario = await settle(Scenario.decode(value))
    return scenario === undefined ? [] : played(scenario).map(plainText)
  },
  sites: (given: string): Texts => {
    const read = site(given)
    return Result.isFailure(read) ? complaintsOf(read.failure).flatMap((one) => Object.values(wrongAt(one))) : []
  },
  headers: (pairs: ReadonlyArray<readonly [name: string, value: string]>): Texts => [
    refusal({ method: "GET", url: "/", rawHeaders: pairs.flat() }, "http") ?? ""
  ],
  pictures: (chunks: ReadonlyArray<readonly [type: string, body: Uint8Array]>): Texts => {
    const png = fromPng(pngOf(headerOf(29, 29), ...chunks.map(([type, body]) => chunk(type, body))))
    if (Result.isSuccess(png)) payload(png.success)
    return []
  }
}

export type Name = keyof typeof readers

/** What the reader of a kind is given. */
export type Given<N extends Name> = Parameters<(typeof readers)[N]>[0]

/** Reads a value of the kind, and throws where a terminal would act upon what came of it. */
export const read = async <N extends Name>(name: N, value: Given<N>): Promise<void> => {
  // The reader and its value are of one kind, which the table cannot say of both at once.
  const reader = readers[name] as (value: Given<N>) => Texts | Promise<Texts>
  for (const text of await reader(value)) {
    if (control.test(text)) throw new Error(`it gives ${JSON.stringify(text.slice(0, 200))}`)
  }
}

const control = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/u
