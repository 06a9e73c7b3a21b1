/**
 * Links for the person who must scan: they open the page of one account for a day, and nothing else. They are signed with a secret that
 * is derived from the keys of the fleet, and end as soon as one of them has served.
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { createHmac } from "node:crypto"
import { Keyring } from "../Keyring.ts"
import type { NoAccount, VaultFailed } from "../Status.ts"
import { Vault } from "../Vault.ts"
import { isSame } from "./tokens.ts"

export class Links extends Context.Service<
  Links,
  {
    /** The address of the page for this account. */
    readonly linkTo: (profile: string) => Effect.Effect<string, NoAccount | VaultFailed>
    /** The account of a link; nothing where it is forged, over, or has served. */
    readonly open: (link: string) => Effect.Effect<string | undefined, VaultFailed>
  }
>()("webqq-login/fleet/Links") {}

const lifeSeconds = 86_400

/** `base` is the address under which people reach this fleet, without a slash at its end. */
export const layer = (base: string): Layer.Layer<Links, never, Keyring | Vault> =>
  Layer.effect(
    Links,
    Effect.gen(function* () {
      const keyring = yield* Keyring
      const vault = yield* Vault
      const sign = (key: Uint8Array, text: string) =>
        createHmac("sha256", key).update(text).digest().subarray(0, 24).toString("base64url")
      const scansOf = (profile: string) => Effect.map(vault.scans(profile), (scans) => scans.toString(36))
      return Links.of({
        linkTo: Effect.fnUntraced(function* (profile) {
          const until = Math.floor((yield* Clock.currentTimeMillis) / 1000) + lifeSeconds
          const text = `${profile}~${until.toString(36)}~${yield* scansOf(profile)}`
          return `${base}/scan/${text}~${sign(keyring.derive("scan link")[0]!, text)}/`
        }),
        open: Effect.fnUntraced(function* (link) {
          const [, text = "", profile = "", until = "", scans = "", signature = ""] =
            /^(([A-Za-z0-9._-]{1,64})~([0-9a-z]{1,9})~([0-9a-z]{1,9}))~([A-Za-z0-9_-]{32})$/.exec(link) ?? []
          const isOurs = keyring.derive("scan link").some((key) => isSame(sign(key, text), signature))
          if (!isOurs || Number.parseInt(until, 36) * 1000 <= (yield* Clock.currentTimeMillis)) return undefined
          const now = yield* Effect.catchTag(scansOf(profile), "NoAccount", () => Effect.undefined)
          return now === scans ? profile : undefined
        })
      })
    })
  )
