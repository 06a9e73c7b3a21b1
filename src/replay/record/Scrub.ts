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
import { unescape } from "./encodings.ts"
import * as Draft from "./draft.ts"
import * as Replacings from "./replacing.ts"
import type { Replacing } from "./replacing.ts"
import { type Change, changed, changedExchange, changedOutcome } from "./places.ts"
import { replaceFields } from "./fields.ts"
import { discover, isSecretField, nicknameIn } from "./secrets.ts"
import * as QrEncoder from "../../qr/QrEncoder.ts"
import { toPng } from "../../qr/QrPng.ts"
import type { Bilingual } from "../../Language.ts"
import type { SessionJson } from "../../Session.ts"
import { formPairs, parseJson } from "../data.ts"
import { known } from "../demands/known.ts"
import type { Capture } from "./Recorder.ts"
import type { Config, Outcome, ScenarioFile } from "../format/ScenarioFile.ts"

/** Nothing was written. `place` is where in the scenario, `secret` the name of what was found there: never its value. */
export class ScrubFailed extends Schema.TaggedError<ScrubFailed>()("ScrubFailed", {
  reason: Schema.Literals(["leak", "encoding", "binary", "too many secrets", "no exchanges"]),
  place: Schema.String,
  secret: Schema.String
}) {
  override get message(): string {
    return said(this).en
  }
}

/** What is wrong, and that nothing was written. */
export const said = ({ place, reason, secret }: Pick<ScrubFailed, "reason" | "place" | "secret">): Bilingual => {
  switch (reason) {
    case "leak":
      return {
        en: `${place} still holds ${secret}: nothing was written`,
        zh: `${place} 仍含 ${secret}：没有写出任何内容`
      }
    case "encoding":
      return {
        en: `${place} is encoded as ${secret}, which cannot be looked into: nothing was written`,
        zh: `${place} 的编码为 ${secret}，无法检查其内容：没有写出任何内容`
      }
    case "binary":
      return {
        en: `${place} is neither text nor a picture, and cannot be looked into: nothing was written`,
        zh: `${place} 既不是文本也不是图片，无法检查其内容：没有写出任何内容`
      }
    case "too many secrets":
      return {
        en: "there are more secrets, or longer ones, than a login has: nothing was written. Record one login only",
        zh: "敏感信息比一次登录所有的更多或更长：没有写出任何内容。请只录制一次登录"
      }
    case "no exchanges":
      return {
        en: "there is nothing to write: no request was answered",
        zh: "没有可写的内容：没有任何请求得到响应"
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
  /** The limits that were in force. */
  readonly config?: Config | undefined
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
    if (captures.length === 0) return yield* failed("no exchanges", "recording", "nothing")
    const plain = yield* Effect.forEach(captures, unzip)
    const session = "session" in about.outcome ? about.outcome.session : undefined
    const replacing = Replacings.make(discover(plain, [about.saved, session]))
    if (replacing === undefined) return yield* failed("too many secrets", "recording", "secrets")

    const pictures = new Map<string, Uint8Array>()
    const bodies = new Map<Capture, Draft.Body>()
    for (const [index, capture] of plain.entries()) {
      const body = bodyOf(capture, replacing, pictures)
      if (body === "binary") return yield* failed("binary", bodyAt(index), "anything")
      if (body !== undefined) bodies.set(capture, body)
    }
    const made = { inPlace: replacing.value, text: replacing.text, body: (capture: Capture) => bodies.get(capture) }
    const rewrite: Change = ({ text }) => replacing.text(text)
    const exchanges = Draft.exchanges(plain, made)
    const recorded: ScenarioFile = {
      $schema: "../scenario.schema.json",
      format: "webqq-fixture/2",
      title: about.title,
      provenance: { kind: "recorded", tool: about.tool, date: about.date },
      clock: about.clock,
      site: about.site,
      ...(about.config === undefined ? {} : { config: about.config }),
      ...(about.saved === undefined
        ? {}
        : { saved: changed(inPlace(about.saved, replacing), rewrite, "saved") as never }),
      exchanges: Draft.opened(
        Draft.merge(exchanges.map((exchange, index) => changedExchange(exchange, rewrite, `exchanges.${index}`))),
        about.outcome
      ),
      outcome: changedOutcome(outcomeOf(about.outcome, replacing), rewrite)
    }
    // Words of ours, and values out of exchanges that are looked through below.
    const { demands, equal, optional } = known(recorded)
    const { exchanges: kept, outcome, ...head } = recorded
    const file: ScenarioFile = {
      ...head,
      ...(equal === undefined ? {} : { equal }),
      ...(demands === undefined ? {} : { demands }),
      exchanges: kept,
      ...(optional === undefined ? {} : { optional }),
      outcome
    }
    let leak: ScrubFailed | undefined
    const look: Change = ({ place, text }) => {
      const secret = leak === undefined ? replacing.leak(text) : undefined
      if (secret !== undefined) leak = failed("leak", replacing.text(place), secret)
      return text
    }
    look({ place: "title", text: file.title })
    if (file.saved !== undefined) changed(file.saved, look, "saved")
    file.exchanges.forEach((exchange, index) => changedExchange(exchange, look, `exchanges.${index}`))
    changedOutcome(file.outcome, look)
    if (leak !== undefined) return yield* leak
    const files = Array.from(pictures, ([name, bytes]) => ({ name, bytes }))
    return { text: `${JSON.stringify(file, null, 2)}\n`, files }
  })

const failed = (reason: ScrubFailed["reason"], place: string, secret: string) =>
  new ScrubFailed({ reason, place, secret })

const bodyAt = (index: number) => `exchanges.${index}.response.body`

// A few bytes may unfold to gigabytes.
const limit = { maxOutputLength: 4 * 1024 * 1024 }

const decoders: ReadonlyMap<string, (bytes: Uint8Array) => Uint8Array> = new Map([
  ["gzip", (bytes: Uint8Array) => gunzipSync(bytes, limit)],
  ["x-gzip", (bytes) => gunzipSync(bytes, limit)],
  ["deflate", (bytes) => inflateSync(bytes, limit)],
  ["br", (bytes) => brotliDecompressSync(bytes, limit)],
  ["identity", (bytes) => bytes]
])

const unzip = (capture: Capture, index: number): Effect.Effect<Capture, ScrubFailed> => {
  const header = capture.responseHeaders.find(([name]) => name.toLowerCase() === "content-encoding")
  const encoding = header?.[1].trim().toLowerCase() ?? "identity"
  return Effect.try({
    try: () => ({ ...capture, responseBody: decoders.get(encoding)!(capture.responseBody) }),
    catch: () => failed("encoding", bodyAt(index), encoding.replaceAll(/[^a-z, -]/g, "?"))
  })
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })

// What is no UTF-8, a name in GBK for one, means nothing to the login, and is not kept: two bytes a sign, the second of them may be a letter.
const textOf = (bytes: Uint8Array): string => {
  try {
    return utf8.decode(bytes)
  } catch {
    return Buffer.from(bytes)
      .toString("latin1")
      .replaceAll(/[\x80-\xff][\x40-\x7e\x80-\xff]?/g, "\ufffd")
  }
}

const bodyOf = (
  { responseBody: bytes, responseHeaders, url }: Capture,
  { text: replace, value: inPlace }: Replacing,
  pictures: Map<string, Uint8Array>
): Draft.Body | "binary" | undefined => {
  if (bytes.length === 0) return undefined
  const type = responseHeaders.find(([name]) => name.toLowerCase() === "content-type")?.[1] ?? ""
  if (isPng(bytes) || /^\s*image\//i.test(type))
    return picture(new Map(formPairs(new URL(url).search.slice(1)).toReversed()), pictures)
  const text = textOf(bytes)
  // oxlint-disable-next-line no-control-regex -- which no text holds
  if (/[\0-\x08\x0e-\x1a\x1c-\x1f]/.test(text)) return "binary"
  const json = canonicalJson(text)
  if (json !== undefined) return { json: Draft.jsonInPlace(json.value, inPlace) as never }
  const nickname = nicknameIn(text)
  const named =
    nickname === undefined
      ? text
      : text.slice(0, nickname.start) +
        quoted(inPlace("nickname", unescape(text.slice(nickname.start, nickname.end)))) +
        text.slice(nickname.end)
  return {
    text: replaceFields(named, (name, written) => {
      const value = unescape(written)
      // What is found wherever it stands is replaced as it is written.
      if (!isSecretField(name, value) || replace(written) !== written) return written
      const made = inPlace(name, value)
      return made === value ? written : JSON.stringify(made).slice(1, -1)
    })
  }
}

const isPng = (bytes: Uint8Array) => Buffer.from(bytes.subarray(1, 4)).toString("latin1") === "PNG"

const quoted = (text: string) =>
  text.replaceAll(/['\\\p{Cc}]/gu, (char) =>
    char < " " ? `\\x${char.charCodeAt(0).toString(16).padStart(2, "0")}` : `\\${char}`
  )

const canonicalJson = (text: string): { readonly value: unknown } | undefined => {
  const json = parseJson(text)
  return typeof json?.value === "object" && JSON.stringify(json.value) === text ? json : undefined
}

// A recorded picture holds a live login in its pixels, where no search for text finds it.
const picture = (query: ReadonlyMap<string, string>, pictures: Map<string, Uint8Array>): Draft.Body => {
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

/** A session with its cookies and its known fields replaced. */
const inPlace = <A extends { readonly cookies?: ReadonlyArray<{ readonly name: string; readonly value: string }> }>(
  { cookies, ...fields }: A,
  { value }: Replacing
): A => {
  const replaced = cookies?.map((cookie) => ({ ...cookie, value: value(cookie.name, cookie.value) }))
  return {
    ...(Draft.jsonInPlace(fields, value) as object),
    ...(replaced === undefined ? {} : { cookies: replaced })
  } as unknown as A
}

const outcomeOf = (outcome: Outcome, replacing: Replacing): Outcome => {
  if ("error" in outcome) return outcome
  // Each where it stands: that is the order of the schema.
  const hashed = Object.entries(inPlace(outcome.session, replacing)).map(([name, value]) =>
    name === "gtk" || name === "bkn" ? [name, Number(replacing.value(name, String(value)))] : [name, value]
  )
  return { ...outcome, session: Object.fromEntries(hashed) }
}
