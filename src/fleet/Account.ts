/**
 * An account as an entity of the cluster: it lives on one machine at a time, and does one thing at a time. What it answers is a status
 * and never a secret, since the wire between machines is no place for one: whoever needs cookies reads the vault with its own key.
 */
import * as Schema from "effect/Schema"
import * as ClusterSchema from "effect/cluster/ClusterSchema"
import * as Entity from "effect/cluster/Entity"
import * as Rpc from "effect/rpc/Rpc"
import { LoginError } from "../errors/LoginError.ts"
import { NoAccount, NoEgress, Status, VaultFailed } from "./Status.ts"

/** It cannot be done just now, and may be in a moment: the account is moving to another machine, or somebody is signing in to it. */
export class NotNow extends Schema.TaggedError<NotNow>()(
  "NotNow",
  { profile: Schema.String, reason: Schema.Literals(["moving", "signing in", "changed meanwhile"]) },
  { httpApiStatus: 503 }
) {}

/** Another account than the one that the profile holds scanned the code. Its session was dropped. */
export class OtherAccount extends Schema.TaggedError<OtherAccount>()(
  "OtherAccount",
  { profile: Schema.String },
  { httpApiStatus: 409 }
) {}

/**
 * How far a login is: as the events of a login, but that the last one names who signed in, and holds no session.
 */
export const LoginStep = Schema.Union([
  Schema.TaggedStruct("QrShown", {
    attempt: Schema.Int,
    png: Schema.Uint8ArrayFromBase64,
    expiresAt: Schema.DateTimeUtcFromString
  }),
  Schema.TaggedStruct("Waiting", {}),
  Schema.TaggedStruct("Scanned", {}),
  Schema.TaggedStruct("ScanWithdrawn", {}),
  Schema.TaggedStruct("Expired", { attempt: Schema.Int }),
  Schema.TaggedStruct("Confirmed", { nickname: Schema.String }),
  Schema.TaggedStruct("SignedIn", { nickname: Schema.String })
])
export type LoginStep = typeof LoginStep.Type

/**
 * What an account is asked for: to do what is due, if anything is; to be checked now, and renewed where that says dead; or to be renewed
 * now.
 */
export const How = Schema.Literals(["due", "check", "renew"])
export type How = typeof How.Type

export const failed = Schema.Union([NoAccount, NoEgress, VaultFailed, NotNow])
export type Failed = typeof failed.Type

export const loginFailed = Schema.Union([NoAccount, NoEgress, VaultFailed, NotNow, OtherAccount, LoginError])
export type LoginFailed = typeof loginFailed.Type

/** What an account is called in the cluster: by its profile, and by the number of its egress where machines hold that. */
export const idOf = (profile: string, egress?: number): string =>
  egress === undefined ? profile : `${profile}@${egress}`

/** The profile in such a name, and the number. */
export const readId = (id: string): { readonly profile: string; readonly egress: number | undefined } => {
  const [profile = "", egress] = id.split("@")
  return { profile, egress: egress === undefined ? undefined : Number(egress) }
}

/** The shards among which it is: those of all machines, or of the machines that hold its egress. */
export const groupOf = (id: string): string => {
  const { egress } = readId(id)
  return egress === undefined ? "default" : `egress-${String(egress).padStart(2, "0")}`
}

export const Account = Entity.make("Account", [
  // Whoever asked may go away, and the answer of the server must be kept all the same. `quiet`: nobody is told of failures, since
  // all of the fleet has them.
  Rpc.make("ensure", { payload: { how: How, quiet: Schema.Boolean }, success: Status, error: failed }).annotate(
    ClusterSchema.Uninterruptible,
    true
  ),
  // All who watch see the same login from its beginning. One that nobody watches ends. It ends at once where its machine is told to
  // stop, and whoever asks again gets a new code from another.
  Rpc.make("login", { success: LoginStep, error: loginFailed, stream: true }).annotate(
    ClusterSchema.InterruptOnTermination,
    true
  ),
  Rpc.make("pause", { success: Status, error: failed }),
  Rpc.make("resume", { success: Status, error: failed }),
  Rpc.make("forget", { error: failed })
]).annotate(ClusterSchema.ShardGroup, groupOf)
