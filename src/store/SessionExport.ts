/**
 * One session in one file that may travel: encrypted with a passphrase, and checked before anything of it is believed.
 *
 * The file is text of three lines, so that it can be pasted as well as copied: a header that says how it was sealed, the
 * sealed session in base64, and the SHA-256 of the two lines before. The checksum tells a damaged file from a wrong
 * passphrase; what protects the session is AES-256-GCM, which covers the header, too.
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Crypto from "node:crypto"
import type { Language } from "../Language.ts"
import type { Said } from "../errors/advice.ts"
import type { Advice } from "../errors/LoginError.ts"
import type { Session } from "../Session.ts"
import { formatOf, KeptSession } from "./keptSession.ts"

/** What a file holds: a session, and the profile under which it was kept. */
export interface Contents {
  readonly profile: string
  readonly session: Session
}

/** 2^17: 128 MiB and about half a second a guess (the OWASP Password Storage Cheat Sheet's first choice for scrypt). */
const defaultCost = 17

/**
 * The file cannot be opened. `reason` says why: it is no such file, was sealed by a newer version, was cut off or changed on
 * its way, or this is not its passphrase.
 */
export class SessionFileError extends Schema.TaggedError<SessionFileError>()("SessionFileError", {
  reason: Schema.Literals(["not a session file", "newer version", "damaged", "wrong passphrase"])
}) {
  override get message(): string {
    return describe(this).message
  }
}

const algorithm = "aes-256-gcm"
const keyBytes = 32
const saltBytes = 16
const ivBytes = 12
const tagBytes = 16

const Base64 = (length: number) =>
  Schema.Uint8ArrayFromBase64.check(Schema.makeFilter((bytes) => bytes.length === length))

// Bounds, since the header is read before it can be trusted: at most 256 MiB of memory and a second or two.
const Header = Schema.fromJsonString(
  Schema.Struct({
    format: Schema.Literals(["webqq-session/1", "webqq-session/2"]),
    kdf: Schema.Literal("scrypt"),
    N: Schema.Literals(Array.from({ length: 18 }, (_, index) => 2 ** (index + 1))),
    r: Schema.Literal(8),
    p: Schema.Literal(1),
    salt: Base64(saltBytes),
    cipher: Schema.Literal(algorithm),
    iv: Base64(ivBytes)
  })
)
type Header = typeof Header.Type
const encodeHeader = Schema.encodeSync(Header)
const decodeHeader = Schema.decodeEffect(Header)

const Payload = Schema.fromJsonString(Schema.Struct({ profile: Schema.String, session: KeptSession }))
const encodePayload = Schema.encodeSync(Payload)
const decodePayload = Schema.decodeEffect(Payload, { onExcessProperty: "error" })

/**
 * Encrypts a session. Yields the text of the file. One that holds cookies of another site than its own could not be opened again, and is a
 * defect.
 *
 * @param passphrase any text; two Unicode spellings of the same characters are one passphrase
 * @param cost log2 of scrypt's N, 1 to 18: each step doubles time and memory
 */
export const seal = Effect.fn("SessionExport.seal")(function* (
  contents: Contents,
  passphrase: string,
  cost: number = defaultCost
) {
  const header: Header = {
    format: `webqq-session/${formatOf(contents.session)}`,
    kdf: "scrypt",
    N: 2 ** cost,
    r: 8,
    p: 1,
    salt: Crypto.randomBytes(saltBytes),
    cipher: algorithm,
    iv: Crypto.randomBytes(ivBytes)
  }
  const first = encodeHeader(header)
  const cipher = Crypto.createCipheriv(algorithm, yield* derive(passphrase, header), header.iv)
  cipher.setAAD(Buffer.from(first))
  const sealed = Buffer.concat([cipher.update(encodePayload(contents)), cipher.final(), cipher.getAuthTag()])
  const body = `${first}\n${sealed.toString("base64")}\n`
  return body + checksum(body)
})

/** Whether a text is a whole session file that this version knows: what can be said without the passphrase. */
export const check = (text: string): Effect.Effect<void, SessionFileError> => Effect.asVoid(read(text))

const read = Effect.fnUntraced(function* (text: string) {
  const [first = "", second = "", sum = "", ...more] = text.trim().split(/\r?\n/)
  const format = /^\{"format":"webqq-session\/(\d+)"/.exec(first)?.[1]
  if (format === undefined) return yield* new SessionFileError({ reason: "not a session file" })
  if (format !== "1" && format !== "2") return yield* new SessionFileError({ reason: "newer version" })
  if (more.length > 0 || sum !== checksum(`${first}\n${second}\n`)) return yield* damaged
  const header = yield* Effect.mapError(decodeHeader(first), () => damaged)
  const sealed = Buffer.from(second, "base64")
  // The decoder skips what is no base64: the same bytes have one spelling here, so that no change goes unnoticed.
  if (sealed.toString("base64") !== second || sealed.length <= tagBytes) return yield* damaged
  return { first, header, sealed }
})

const damaged = new SessionFileError({ reason: "damaged" })

/** Checks and decrypts the text of a file; white space around it does not matter. */
export const open = Effect.fn("SessionExport.open")(function* (text: string, passphrase: string) {
  const { first, header, sealed } = yield* read(text)
  const key = yield* derive(passphrase, header)
  const payload = yield* Effect.try({
    try: () => {
      const decipher = Crypto.createDecipheriv(algorithm, key, header.iv, { authTagLength: tagBytes })
      decipher.setAAD(Buffer.from(first)).setAuthTag(sealed.subarray(-tagBytes))
      return Buffer.concat([decipher.update(sealed.subarray(0, -tagBytes)), decipher.final()]).toString()
    },
    catch: () => new SessionFileError({ reason: "wrong passphrase" })
  })
  return yield* Effect.mapError(decodePayload(payload), () => damaged)
})

// In a thread of its own, so that nothing else in the process waits.
const derive = (passphrase: string, { N, p, r, salt }: Header): Effect.Effect<Buffer> =>
  Effect.callback((resume) => {
    const limit = 256 * N * r + 2 ** 20
    Crypto.scrypt(passphrase.normalize("NFC"), salt, keyBytes, { N, r, p, maxmem: limit }, (error, key) =>
      resume(error === null ? Effect.succeed(key) : Effect.die(error))
    )
  })

const checksum = (text: string) => Crypto.createHash("sha256").update(text).digest("hex")

/** What is wrong with a file and what to do about it, in the language asked for. */
export const describe = ({ reason }: SessionFileError, language: Language = "en"): Advice => {
  const { cure, message } = said({ reason })
  return { message: message[language], cure: cure[language] }
}

/** The same in both languages. */
export const said = ({ reason }: Pick<SessionFileError, "reason">): Said => {
  switch (reason) {
    case "not a session file":
      return {
        message: { en: "this is not an exported session", zh: "这不是导出的会话文件" },
        cure: { en: "name a file that webqq-login export has written", zh: "请指定由 webqq-login export 写出的文件" }
      }
    case "newer version":
      return {
        message: { en: "this session was exported by a newer version", zh: "该会话由较新的版本导出" },
        cure: { en: "use that version of webqq-login here, too", zh: "请在此处也使用该版本的 webqq-login" }
      }
    case "damaged":
      return {
        message: { en: "the exported session is damaged or cut off", zh: "导出的会话文件已损坏或不完整" },
        cure: { en: "copy it again from where it was exported", zh: "请从导出的机器重新复制" }
      }
    case "wrong passphrase":
      return {
        message: { en: "this is not the passphrase of the exported session", zh: "口令与导出的会话不符" },
        cure: { en: "try again with the one that it was exported with", zh: "请使用导出时的口令重试" }
      }
  }
}
