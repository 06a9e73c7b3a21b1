/**
 * From what a `Recorder` saw to a scenario that anybody may read. Every secret becomes a stand-in of the same length and alphabet,
 * the same one wherever it appears and however it is encoded; numbers that were computed from secrets are computed anew; the picture
 * is swapped for another code. Where anything is left, nothing comes out: it fails instead.
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { createHash } from "node:crypto"
import { brotliDecompressSync, gunzipSync, inflateSync } from "node:zlib"
import { unescape } from "../internal/scrub/encodings.ts"
import * as Draft from "../internal/scrub/draft.ts"
import * as Replacings from "../internal/scrub/replacing.ts"
import type { Replacing } from "../internal/scrub/replacing.ts"
import { discover, nicknameLiteral } from "../internal/scrub/secrets.ts"
import * as QrEncoder from "../qr/QrEncoder.ts"
import { toPng } from "../qr/QrPng.ts"
import type { SessionJson } from "../Session.ts"
import type { Capture } from "./Recorder.ts"
import type { Outcome, ScenarioFile } from "./ScenarioFile.ts"

/** Nothing was written. `place` is where in the scenario, `secret` the name of what was found there: never its value. */
export class ScrubFailed extends Schema.TaggedError<ScrubFailed>()("ScrubFailed", {
  reason: Schema.Literals(["leak", "encoding", "too many secrets", "no exchanges"]),
  place: Schema.String,
  secret: Schema.String
}) {
  override get message(): string {
    switch (this.reason) {
      case "leak":
        return `${this.place} still holds ${this.secret}: nothing was written. Report the name of that field, not its value`
      case "encoding":
        return `${this.place} is encoded as ${this.secret}, which cannot be looked into: nothing was written`
      case "too many secrets":
        return "there are more secrets of one kind than stand-ins: nothing was written. Record one login only"
      case "no exchanges":
        return "there is nothing to write: no request was answered"
    }
  }
}

/** What a scenario holds beside its exchanges. */
export interface About {
  readonly title: string
  /** When the login began: an ISO instant in UTC. */
  readonly clock: string
  /** Name of the site. */
  readonly site: string
  /** What recorded it, and on which day (`2026-03-04`). */
  readonly tool: string
  readonly date: string
  readonly outcome: Outcome
  /** The session that the login began with. */
  readonly saved?: SessionJson | undefined
}

export interface Scrubbed {
  /** Content of `scenario.json`, in its canonical form. */
  readonly text: string
  /** What lies beside it. */
  readonly files: ReadonlyArray<{ readonly name: string; readonly bytes: Uint8Array }>
}

/** Captures of one login → a scenario without secrets. Pure, and the same for the same login. */
export const scrub = (captures: ReadonlyArray<Capture>, about: About): Effect.Effect<Scrubbed, ScrubFailed> =>
  Effect.gen(function* () {
    if (captures.length === 0) return yield* failed("no exchanges", "the recording", "nothing")
    const plain = yield* Effect.forEach(captures, unzip)
    const replacing = Replacings.make(discover(plain, about.saved))
    if (replacing === undefined) return yield* failed("too many secrets", "the recording", "secrets")

    const pictures = new Map<string, Uint8Array>()
    const drafts = Draft.exchanges(plain, replacing.value, (capture) => bodyOf(capture, replacing, pictures))
    const walk = walker(replacing)
    const exchanges = Draft.merge(
      drafts.map((exchange) => {
        const { body } = exchange.response
        // A hash is no secret, and must stay what it is.
        const isFile = body !== undefined && "file" in body
        const walked = walk(exchange)
        return isFile ? { ...walked, response: { ...walked.response, body } } : walked
      })
    )
    const file: ScenarioFile = {
      $schema: "../scenario.schema.json",
      format: "webqq-fixture/1",
      title: about.title,
      provenance: { kind: "recorded", tool: about.tool, date: about.date },
      clock: about.clock,
      site: about.site,
      ...(about.saved === undefined ? {} : { saved: walk(cookiesOf(about.saved, replacing)) as never }),
      exchanges,
      outcome: walk(outcomeOf(about.outcome, replacing))
    }
    for (const [place, text] of leaves(file, "")) {
      const secret = replacing.leak(text)
      if (secret !== undefined) return yield* failed("leak", replacing.text(place), secret)
    }
    const files = Array.from(pictures, ([name, bytes]) => ({ name, bytes }))
    return { text: `${JSON.stringify(file, null, 2)}\n`, files }
  })

const failed = (reason: ScrubFailed["reason"], place: string, secret: string) =>
  new ScrubFailed({ reason, place, secret })

const decoders: Readonly<Record<string, (bytes: Uint8Array) => Uint8Array>> = {
  gzip: (bytes) => gunzipSync(bytes),
  "x-gzip": (bytes) => gunzipSync(bytes),
  deflate: (bytes) => inflateSync(bytes),
  br: (bytes) => brotliDecompressSync(bytes),
  identity: (bytes) => bytes
}

const unzip = (capture: Capture, index: number): Effect.Effect<Capture, ScrubFailed> => {
  const header = capture.responseHeaders.find(([name]) => name.toLowerCase() === "content-encoding")
  const encoding = header?.[1].trim().toLowerCase() ?? "identity"
  return Effect.try({
    try: () => ({ ...capture, responseBody: decoders[encoding]!(capture.responseBody) }),
    catch: () => failed("encoding", `the body of answer ${index + 1}`, encoding.replaceAll(/[^a-z, -]/g, "?"))
  })
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })

const bodyOf = (
  capture: Capture,
  { text: replace, value }: Replacing,
  pictures: Map<string, Uint8Array>
): Draft.Body | undefined => {
  const { responseBody: bytes, url } = capture
  if (bytes.length === 0) return undefined
  if (isPng(bytes)) return picture(new URL(url).searchParams, pictures)
  try {
    const text = utf8.decode(bytes)
    const json = canonicalJson(text)
    if (json !== undefined) return { json: fieldsOf(json.value, value) as never }
    return {
      text: text.replace(
        nicknameLiteral,
        (_, before: string, literal: string) => `${before}${quoted(value("nickname", unescape(literal)))}'`
      )
    }
  } catch {
    const scrubbed = replace(Buffer.from(bytes).toString("latin1"))
    return { base64: Buffer.from(scrubbed, "latin1").toString("base64") }
  }
}

const isPng = (bytes: Uint8Array) => Buffer.from(bytes.subarray(1, 4)).toString("latin1") === "PNG"

const quoted = (text: string) => text.replaceAll(/['\\]/g, "\\$&")

const canonicalJson = (text: string): { readonly value: unknown } | undefined => {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === "object" && JSON.stringify(value) === text ? { value } : undefined
  } catch {
    return undefined
  }
}

/** Fields known by their names, also where they are short. */
const fieldsOf = (json: unknown, value: Replacing["value"]): unknown => {
  if (Array.isArray(json)) return json.map((item) => fieldsOf(item, value))
  if (typeof json !== "object" || json === null) return json
  return Object.fromEntries(
    Object.entries(json).map(([name, field]) => [
      name,
      /^nick(name)?$/i.test(name) && typeof field === "string" ? value("nickname", field) : fieldsOf(field, value)
    ])
  )
}

// A recorded picture holds a live login in its pixels, where no search for text finds it.
const picture = (query: URLSearchParams, pictures: Map<string, Uint8Array>): Draft.Body => {
  const size = (name: string, otherwise: number) => {
    const number = Number(query.get(name) ?? otherwise)
    return Number.isInteger(number) && number >= 0 && number <= 16 ? number : otherwise
  }
  const [scale, quiet] = [Math.max(1, size("s", 3)), size("e", 2)]
  const name = `qr-s${scale}e${quiet}.png`
  const code = QrEncoder.fromText("http://txz.qq.com/p?k=Stand-In*StandIn&f=501004106", { ecc: "medium", version: 4 })
  const bytes = pictures.get(name) ?? toPng(Result.getOrThrow(code), { scale, quiet })
  pictures.set(name, bytes)
  return { file: name, bytes: bytes.length, sha256: createHash("sha256").update(bytes).digest("hex") }
}

const cookiesOf = <A extends { readonly cookies?: ReadonlyArray<{ readonly name: string; readonly value: string }> }>(
  holder: A,
  { value }: Replacing
): A =>
  holder.cookies === undefined
    ? holder
    : { ...holder, cookies: holder.cookies.map((cookie) => ({ ...cookie, value: value(cookie.name, cookie.value) })) }

const outcomeOf = (outcome: Outcome, replacing: Replacing): Outcome => {
  if ("error" in outcome) return outcome
  const { gtk, bkn, nickname, ...session } = cookiesOf(outcome.session, replacing)
  const number = (name: string, value: number | undefined) =>
    value === undefined ? {} : { [name]: Number(replacing.value(name, String(value))) }
  const named = nickname === undefined ? {} : { nickname: replacing.value("nickname", nickname) }
  const { site, uin, cookies, ...tokens } = session
  return {
    ...outcome,
    session: {
      ...(site === undefined ? {} : { site }),
      ...(uin === undefined ? {} : { uin }),
      ...named,
      ...tokens,
      ...number("gtk", gtk),
      ...number("bkn", bkn),
      ...(cookies === undefined ? {} : { cookies })
    }
  }
}

/** Every text, number and key of a JSON value with its secrets replaced. */
const walker = ({ text }: Replacing) => {
  const walk = (value: unknown): unknown => {
    if (typeof value === "string") return text(value)
    if (typeof value === "number") {
      const made = text(String(value))
      return made === String(value) ? value : Number(made)
    }
    if (Array.isArray(value)) return value.map(walk)
    if (typeof value !== "object" || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [text(key), walk(inner)]))
  }
  return walk as <A>(value: A) => A
}

/** Every text of the file with its place. */
const leaves = function* (value: unknown, place: string): Generator<readonly [place: string, text: string]> {
  if (typeof value === "object" && value !== null) {
    for (const [key, inner] of Object.entries(value)) {
      const at = place === "" ? key : `${place}.${key}`
      if (/(?:^|\.)body\.(?:sha256|bytes)$/.test(at)) continue
      yield [at, key]
      yield* leaves(inner, at)
    }
  } else if (typeof value === "string" || typeof value === "number") yield [place, String(value)]
}
