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

/** Keys without the one that seals now: whoever took them could not open a session any more, and nobody could who holds only these. */
export class KeyMissing extends Schema.TaggedError<KeyMissing>()("KeyMissing", { key: Schema.String }) {}

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
    /** All keys, as a key file. */
    readonly text: () => Redacted.Redacted
    /** Takes these keys in the place of those before, when the key file was changed. The one that seals now has to be among them. */
    readonly replace: (keys: Redacted.Redacted) => Effect.Effect<void, BadKeys | KeyMissing>
    /** Takes the keys that are in the key file now, where one is asked for that is not here: another machine may have it already. */
    readonly look: Effect.Effect<void>
  }
>()("webqq-login/fleet/Keyring") {}

const keyBytes = 32
const ivBytes = 12
const tagBytes = 16

/** A new key, as a line of a key file. */
export const newKey: Effect.Effect<Redacted.Redacted> = Effect.sync(() =>
  Redacted.make(randomBytes(keyBytes).toString("base64"))
)

/**
 * A key file is a key a line, in base64; the first seals, and all open. `again` reads it once more, where it may change while the fleet runs: it
 * is asked for no more than once in two seconds.
 */
export const make = (
  keys: Redacted.Redacted,
  again?: Effect.Effect<Redacted.Redacted, unknown>
): Effect.Effect<Keyring["Service"], BadKeys> =>
  Effect.gen(function* () {
    let ring = yield* parse(keys)
    const replace = Effect.fnUntraced(function* (keys: Redacted.Redacted) {
      const parsed = yield* parse(keys)
      const [{ name }] = ring
      if (!parsed.some((key) => key.name === name)) return yield* new KeyMissing({ key: name })
      ring = parsed
    })
    const look =
      again === undefined
        ? Effect.void
        : yield* Effect.cachedWithTTL(Effect.ignore(Effect.flatMap(again, replace)), "2 seconds")
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
        const find = () => ring.find((key) => key.name === name)
        const withKey = (found: Key | undefined) =>
          found === undefined
            ? Effect.fail(new NotOpened({ reason: "its key is not in the key file", key: name }))
            : opened(found, profile, Buffer.from(text, "base64url"))
        const found = find()
        return found === undefined ? Effect.flatMap(look, () => withKey(find())) : withKey(found)
      },
      derive: (purpose) =>
        ring.map(({ key }) => new Uint8Array(hkdfSync("sha256", key, "webqq-login/fleet", purpose, keyBytes))),
      text: () => Redacted.make(ring.map(({ key }) => `${key.export().toString("base64")}\n`).join("")),
      replace,
      look
    })
  })

const opened = ({ key, name }: Key, profile: string, bytes: Buffer) =>
  Effect.try({
    try: () => {
      const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, ivBytes), { authTagLength: tagBytes })
      decipher.setAAD(associated(profile)).setAuthTag(bytes.subarray(-tagBytes))
      return Buffer.concat([decipher.update(bytes.subarray(ivBytes, -tagBytes)), decipher.final()]).toString()
    },
    catch: () => new NotOpened({ reason: "it was changed, or sealed for another account", key: name })
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
