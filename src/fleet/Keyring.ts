/**
 * The keys of a fleet. Rows are sealed with the first of them and opened with any, so that keys can be replaced while the fleet runs.
 * A sealed text says which key it needs, `<key>.<base64url>`; it opens for the account that it was sealed for and for no other
 * (AES-256-GCM, the account as associated data). This protects dumps, replicas and backups, not a machine that holds the key.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createSecretKey,
  hkdfSync,
  type KeyObject,
  randomBytes
} from "node:crypto"
import type { Bilingual } from "../Language.ts"

/** A sealed text that does not open: its key is not here, or it was changed, or moved here from another account. */
export class NotOpened extends Schema.TaggedError<NotOpened>()("NotOpened", {
  reason: Schema.Literals(["its key is not in the key file", "it was changed, or sealed for another account"]),
  key: Schema.String
}) {}

/** A text that is no key file. */
export class BadKeys extends Schema.TaggedError<BadKeys>()("BadKeys", { line: Schema.Int }) {
  override get message(): string {
    return said(this).en
  }
}

export const said = ({ line }: BadKeys): Bilingual => ({
  en: `line ${line} of the key file is no key: 32 bytes in base64 are expected on each line, the newest key first`,
  zh: `密钥文件第 ${line} 行不是密钥：每行应为 32 字节的 base64，最新的密钥在最前`
})

export class Keyring extends Context.Service<
  Keyring,
  {
    /** The name of the key that seals now: the first hexadecimal digits of its hash. */
    readonly current: () => string
    /** The names of all keys. */
    readonly names: () => ReadonlyArray<string>
    readonly seal: (profile: string, text: string) => string
    readonly open: (profile: string, sealed: string) => Effect.Effect<string, NotOpened>
    /** Secrets for another purpose, one of each key, the newest first: what is signed or sent with them says nothing of the keys. */
    readonly derive: (purpose: string) => ReadonlyArray<Uint8Array>
    /** Takes these keys in the place of those before, when the key file was changed. */
    readonly replace: (keys: Redacted.Redacted) => Effect.Effect<void, BadKeys>
  }
>()("webqq-login/fleet/Keyring") {}

const keyBytes = 32
const ivBytes = 12
const tagBytes = 16

/** A new key, as a line of a key file. */
export const newKey: Effect.Effect<Redacted.Redacted> = Effect.sync(() =>
  Redacted.make(randomBytes(keyBytes).toString("base64"))
)

/** A key file is a key a line, in base64; the first seals, and all open. */
export const make = (keys: Redacted.Redacted): Effect.Effect<Keyring["Service"], BadKeys> =>
  Effect.map(parse(keys), (parsed) => {
    let ring = parsed
    return Keyring.of({
      current: () => ring[0].name,
      names: () => ring.map(({ name }) => name),
      seal: (profile, text) => {
        const { key, name } = ring[0]
        const iv = randomBytes(ivBytes)
        const cipher = createCipheriv("aes-256-gcm", key, iv).setAAD(associated(profile))
        const sealed = Buffer.concat([iv, cipher.update(text, "utf8"), cipher.final(), cipher.getAuthTag()])
        return `${name}.${sealed.toString("base64url")}`
      },
      open: (profile, sealed) => {
        const [name = "", text = ""] = sealed.split(".", 2)
        const found = ring.find((key) => key.name === name)
        if (found === undefined) {
          return Effect.fail(new NotOpened({ reason: "its key is not in the key file", key: name }))
        }
        const bytes = Buffer.from(text, "base64url")
        return Effect.try({
          try: () => {
            const decipher = createDecipheriv("aes-256-gcm", found.key, bytes.subarray(0, ivBytes), {
              authTagLength: tagBytes
            })
            decipher.setAAD(associated(profile)).setAuthTag(bytes.subarray(-tagBytes))
            return Buffer.concat([decipher.update(bytes.subarray(ivBytes, -tagBytes)), decipher.final()]).toString()
          },
          catch: () => new NotOpened({ reason: "it was changed, or sealed for another account", key: name })
        })
      },
      derive: (purpose) =>
        ring.map(({ key }) => new Uint8Array(hkdfSync("sha256", key, "webqq-login/fleet", purpose, keyBytes))),
      replace: (keys) => Effect.map(parse(keys), (parsed) => void (ring = parsed))
    })
  })

interface Key {
  readonly name: string
  /** Made once: from bytes, it would be made anew for each text. */
  readonly key: KeyObject
}

const parse = Effect.fnUntraced(function* (keys: Redacted.Redacted) {
  const lines = Redacted.value(keys)
    .split("\n")
    .map((line) => line.trim())
  const parsed: Array<Key> = []
  for (const [at, line] of lines.entries()) {
    if (line === "") continue
    const bytes = Buffer.from(line, "base64")
    if (bytes.length !== keyBytes || bytes.toString("base64") !== line) return yield* new BadKeys({ line: at + 1 })
    const name = createHash("sha256").update(bytes).digest("hex").slice(0, 8)
    parsed.push({ name, key: createSecretKey(bytes) })
  }
  const [first, ...others] = parsed
  if (first === undefined) return yield* new BadKeys({ line: 1 })
  return [first, ...others] as const
})

const associated = (profile: string) => Buffer.from(`webqq-login/fleet session of ${profile}`)
