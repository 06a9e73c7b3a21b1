/**
 * Where accounts live. Any machine may have one, but that an egress may be the address of machines themselves: these hold it, and its
 * accounts live on them and nowhere else, since risk control looks at the address. Each egress that is held has a group of shards
 * of the cluster, by a number that it keeps for ever.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import { Account, idOf } from "./Account.ts"
import { NoEgress, type VaultFailed } from "./Status.ts"
import { Vault } from "./Vault.ts"

/** An egress that machines hold. */
export interface Home {
  readonly number: number
  /** Whether one of these machines is there just now. */
  readonly isThere: boolean
}

/** Those that are held, by their names. One machine alone holds none: all of its accounts live on it. */
export const Homes = Context.Reference<Effect.Effect<ReadonlyMap<string, Home>, VaultFailed>>(
  "webqq-login/fleet/Homes",
  { defaultValue: () => Effect.succeed(new Map()) }
)

/**
 * Finds accounts where they live. What asks no server, `anywhere`, can be done by any machine: an account can be forgotten whose machines
 * are gone for good.
 */
export const accounts = Effect.gen(function* () {
  const homes = yield* Homes
  const vault = yield* Vault
  const accountOf = yield* Account.client
  return Effect.fnUntraced(function* (profile: string, anywhere = false) {
    const held = yield* homes
    // Nobody asks the database for what is the same for all.
    const egress = held.size === 0 ? undefined : (yield* vault.status(profile)).egress
    const home = egress === undefined ? undefined : held.get(egress)
    if (egress === undefined || home === undefined) return accountOf(profile)
    if (home.isThere) return accountOf(idOf(profile, home.number))
    return anywhere ? accountOf(profile) : yield* new NoEgress({ profile, egress })
  })
})
