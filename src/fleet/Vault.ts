/**
 * The accounts of a fleet in a database: a row each, the session sealed in it. The row is the truth; nothing else is remembered. Every
 * write names the version of the row that it was made from, and fails with `Superseded` where that is not there any more: a machine
 * that was frozen, or that lost an account to another, cannot overwrite what happened meanwhile.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Random from "effect/Random"
import * as SqlClient from "effect/sql/SqlClient"
import * as Session from "../Session.ts"
import { answered } from "./database/answered.ts"
import * as Events from "./database/events.ts"
import { nowIn } from "./database/now.ts"
import * as Reading from "./database/reading.ts"
import { type CountRow, type Counts, countsOf, escaped, type Row, statusOf } from "./database/rows.ts"
import * as Soundness from "./database/soundness.ts"
import { Keyring } from "./Keyring.ts"
import { type News, Outbox } from "./Outbox.ts"
import {
  AlreadyThere,
  type EventTag,
  type FleetEvent,
  type NoAccount,
  type State,
  type Status,
  Superseded,
  VaultFailed
} from "./Status.ts"

/** An account with its session, if it has one. `scans` counts what a scan link is good for: it grows when a link has served. */
export interface Account {
  readonly status: Status
  /** Whether it is due by the database's own clock. */
  readonly due: boolean
  readonly scans: number
  readonly session: Session.Session | undefined
}

/** What becomes of an account. What is left out stays as it is. */
export interface Change {
  readonly state: State
  /** Milliseconds from now until it is looked at again; nothing where only a person can go on. */
  readonly wait: number | undefined
  readonly failures?: number
  readonly lastError?: string | undefined
  readonly session?: Session.Session
  /** Whether its session was found good just now. */
  readonly checked?: boolean
  /** Whether links that were given out for it end with this. */
  readonly endsLinks?: boolean
  readonly event?: readonly [tag: EventTag, detail: string] | undefined
  readonly tell?: News["type"] | undefined
}

export interface Query {
  readonly state?: State | undefined
  readonly site?: string | undefined
  /** Only those that are due. */
  readonly due?: boolean
  /** Only those with this last error. */
  readonly error?: string | undefined
  /** A part of the profile. */
  readonly search?: string | undefined
  /** The last profile of the page before. */
  readonly after?: string | undefined
  readonly limit: number
}

export class Vault extends Context.Service<
  Vault,
  {
    readonly read: (profile: string) => Effect.Effect<Account, NoAccount | VaultFailed>
    /** Without opening the session. */
    readonly status: (profile: string) => Effect.Effect<Status, NoAccount | VaultFailed>
    /** How many of its links have served. */
    readonly scans: (profile: string) => Effect.Effect<number, NoAccount | VaultFailed>
    /** In the order of their profiles. */
    readonly list: (query: Query) => Effect.Effect<ReadonlyArray<Status>, VaultFailed>
    readonly counts: Effect.Effect<Counts, VaultFailed>
    /** Profiles that are due by the database's own clock, the longest first. */
    readonly due: (limit: number) => Effect.Effect<ReadonlyArray<string>, VaultFailed>
    /** Makes those due that wait for an egress: for this one, or for any. */
    readonly wake: (egress?: string) => Effect.Effect<void, VaultFailed>
    /** Makes those due that are to wait for longer than this: a clock was set back since. */
    readonly recall: (millis: number) => Effect.Effect<void, VaultFailed>
    /** A new account: due at once where it comes with a session, and waiting for a scan where it does not. */
    readonly add: (
      profile: string,
      site: string,
      session?: Session.Session,
      egress?: string
    ) => Effect.Effect<Status, AlreadyThere | VaultFailed>
    /** One statement for the account, with its event and what is told of it in the same transaction. */
    readonly change: (seen: Status, change: Change) => Effect.Effect<Status, Superseded | VaultFailed>
    /** Forgets an account and its session; what happened to it stays among the events. */
    readonly remove: (seen: Status) => Effect.Effect<void, Superseded | VaultFailed>
    /** Something that happened to the fleet as a whole. */
    readonly note: (tag: EventTag, detail: string, tell?: News) => Effect.Effect<void, VaultFailed>
    /** The number of the newest event; 0 where there is none. */
    readonly lastEvent: Effect.Effect<number, VaultFailed>
    /** What happened after the event of that number, in order, and not before all of it is there to be seen. */
    readonly events: (after: number, limit: number) => Effect.Effect<ReadonlyArray<FleetEvent>, VaultFailed>
    readonly forgetEvents: (olderThanMillis: number) => Effect.Effect<void, VaultFailed>
    /** Seals with the newest key what is sealed with another; yields how many accounts that were. */
    readonly reseal: Effect.Effect<number, VaultFailed>
    /** Fails where nothing can be written just now: nobody should be signed in whose session could not be kept. */
    readonly sound: Effect.Effect<void, VaultFailed>
    /** Fails where an account is sealed with a key that is not here: the fleet must not start with the wrong keys. */
    readonly ready: Effect.Effect<void, VaultFailed>
  }
>()("webqq-login/fleet/Vault") {}

/** `node` is what this machine is called in the rows that it changes. */
export const layer = (node: string): Layer.Layer<Vault, never, SqlClient.SqlClient | Keyring> =>
  Layer.effect(
    Vault,
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const keyring = yield* Keyring
      const outbox = yield* Outbox
      const now = nowIn(sql)
      const events = Events.make(sql)
      const sound = yield* Soundness.make(sql, node)
      const columns = sql.literal(
        "profile, site, state, next_at, failures, last_error, version, scans, obtained_at, checked_at, node, egress"
      )

      const openRow = Effect.fnUntraced(function* (row: Row) {
        const known = { status: statusOf(row), due: row.due === 1, scans: row.scans }
        if (row.sealed === null) return { ...known, session: undefined } satisfies Account
        const text = yield* Effect.mapError(keyring.open(row.profile, row.sealed), ({ reason }) => notOpened(reason))
        const session = yield* Effect.mapError(
          Effect.flatMap(
            Effect.try({ try: (): unknown => JSON.parse(text), catch: () => notOpened("it holds no session") }),
            Session.fromJson
          ),
          () => notOpened("it holds no session")
        )
        return { ...known, session } satisfies Account
      })
      const sealedOf = (profile: string, session: Session.Session) =>
        keyring.seal(profile, JSON.stringify(Session.toJson(session)))

      const { one, together } = Reading.make(sql)

      return Vault.of({
        sound,
        read: (profile) => Effect.flatMap(together(profile), openRow),
        status: (profile) => Effect.map(one(profile), statusOf),
        scans: (profile) => Effect.map(one(profile), ({ scans }) => scans),
        list: Effect.fnUntraced(function* ({ after = "", due = false, error, limit, search = "", site, state }) {
          const rows = yield* answered(sql<Row>`
            SELECT ${columns} FROM fleet_accounts WHERE ${sql.and([
              sql`profile > ${after}`,
              ...(state === undefined ? [] : [sql`state = ${state}`]),
              ...(site === undefined ? [] : [sql`site = ${site}`]),
              ...(error === undefined ? [] : [sql`last_error = ${error}`]),
              ...(due ? [sql`next_at <= ${yield* now}`] : []),
              ...(search === "" ? [] : [sql`lower(profile) LIKE ${`%${escaped(search.toLowerCase())}%`} ESCAPE '!'`])
            ])} ORDER BY profile LIMIT ${limit}`)
          return rows.map(statusOf)
        }),
        counts: Effect.gen(function* () {
          const at = yield* now
          const rows = yield* answered(sql<CountRow>`
            SELECT state, last_error, count(*) AS n, coalesce(sum(CASE WHEN next_at <= ${at} THEN 1 ELSE 0 END), 0) AS due
            FROM fleet_accounts GROUP BY state, last_error`)
          return countsOf(rows)
        }),
        due: Effect.fnUntraced(function* (limit) {
          const rows = yield* answered(sql<Pick<Row, "profile">>`
            SELECT profile FROM fleet_accounts WHERE next_at <= ${yield* now} ORDER BY next_at LIMIT ${limit}`)
          return rows.map(({ profile }) => profile)
        }),
        wake: Effect.fnUntraced(function* (egress) {
          yield* answered(sql`
            UPDATE fleet_accounts SET next_at = ${yield* now} WHERE ${sql.and([
              sql`last_error = 'NoEgress' AND next_at IS NOT NULL`,
              ...(egress === undefined ? [] : [sql`egress = ${egress}`])
            ])}`)
        }),
        recall: Effect.fnUntraced(function* (millis) {
          const at = yield* now
          yield* answered(sql`UPDATE fleet_accounts SET next_at = ${at} WHERE next_at > ${at} + ${millis}`)
        }),
        add: Effect.fnUntraced(function* (profile, site, session, egress) {
          const at = yield* now
          // Links of an account of that name that was forgotten open nothing.
          const scans = yield* Random.nextIntBetween(0, 2 ** 30)
          // Nor does a machine that stood still meanwhile write what it has of that account into this one.
          const version = yield* Random.nextIntBetween(1, 2 ** 48)
          const write = Effect.gen(function* () {
            const [row] = yield* sql<Row>`
              INSERT INTO fleet_accounts (profile, site, scans, version, state, next_at, obtained_at, node, sealed, egress)
              VALUES (
                ${profile}, ${site}, ${scans}, ${version}, ${session === undefined ? "scan" : "good"},
                ${session === undefined ? null : at}, ${session?.obtainedAt.epochMilliseconds ?? null},
                ${node}, ${session === undefined ? null : sealedOf(profile, session)}, ${egress ?? null}
              ) ON CONFLICT (profile) DO NOTHING RETURNING ${columns}`
            if (row === undefined) {
              // Where the database was silent this is asked again, and it may have been written the first time.
              const [own] = yield* sql<Row>`
                SELECT ${columns} FROM fleet_accounts WHERE profile = ${profile} AND scans = ${scans}`
              return own === undefined ? yield* new AlreadyThere({ profile }) : statusOf(own)
            }
            yield* events.insert(profile, "added", site)
            return statusOf(row)
          })
          return yield* answered(sql.withTransaction(write))
        }),
        change: Effect.fnUntraced(function* (seen, change) {
          const { profile, site, version } = seen
          const { endsLinks = false, failures = 0, session } = change
          // Sealed once, whatever becomes of the transaction.
          const sealed = session === undefined ? undefined : sealedOf(profile, session)
          const at = yield* now
          const update = sql<Row>`
            UPDATE fleet_accounts SET
              state = ${change.state},
              next_at = ${change.wait === undefined ? null : sql`${at} + ${Math.round(change.wait)}`},
              failures = ${failures}, last_error = ${change.lastError ?? null}, node = ${node},
              version = version + 1
              ${endsLinks ? sql`, scans = scans + 1` : sql``}
              ${change.checked === true ? sql`, checked_at = ${at}` : sql``}
              ${sealed === undefined ? sql`` : sql`, sealed = ${sealed}, obtained_at = ${session!.obtainedAt.epochMilliseconds}`}
            WHERE profile = ${profile} AND version = ${version} RETURNING ${columns}`
          const { event, tell } = change
          const joined =
            event === undefined ? update : events.together?.(update, at, { profile, tag: event[0], detail: event[1] })
          const write = Effect.gen(function* () {
            const [row] = yield* joined ?? update
            if (row === undefined) return yield* new Superseded({ profile })
            if (joined === undefined) yield* events.insert(profile, ...event!)
            if (tell !== undefined) {
              yield* outbox.offer({ id: `${profile}/${version + 1}/${tell}`, type: tell, profile, site })
            }
            return statusOf(row)
          })
          return yield* answered(joined !== undefined && tell === undefined ? write : sql.withTransaction(write))
        }),
        remove: Effect.fnUntraced(function* ({ profile, version }) {
          const write = Effect.gen(function* () {
            const rows = yield* sql`
              DELETE FROM fleet_accounts WHERE profile = ${profile} AND version = ${version} RETURNING profile`
            if (rows.length === 0) return yield* new Superseded({ profile })
            yield* events.insert(profile, "forgotten", "")
          })
          return yield* answered(sql.withTransaction(write))
        }),
        note: (tag, detail, tell) =>
          answered(
            sql.withTransaction(
              Effect.andThen(events.insert("", tag, detail), tell === undefined ? Effect.void : outbox.offer(tell))
            )
          ),
        events: events.after,
        lastEvent: events.last,
        forgetEvents: events.forget,
        reseal: Effect.gen(function* () {
          let count = 0
          let after = ""
          for (;;) {
            const rows = yield* answered(sql<Row>`
              SELECT * FROM fleet_accounts
              WHERE profile > ${after} AND sealed NOT LIKE ${`${keyring.current()}.%`} ORDER BY profile LIMIT 100`)
            for (const { profile, sealed, version } of rows) {
              after = profile
              // What does not open is over, and no reason to leave the others with the old key.
              const text = yield* Effect.orElseSucceed(keyring.open(profile, sealed!), () => undefined)
              if (text === undefined) continue
              // Where somebody else was faster, the new key has been used already. It is the same session, and so the same version: whoever
              // is renewing it just now has a newer one in hand, which must not be refused.
              const written = yield* answered(sql`
                UPDATE fleet_accounts SET sealed = ${keyring.seal(profile, text)}
                WHERE profile = ${profile} AND version = ${Number(version)} RETURNING profile`)
              count += written.length
            }
            if (rows.length < 100) return count
          }
        }),
        ready: Effect.gen(function* () {
          const names = keyring.names().map((name) => sql`sealed NOT LIKE ${`${name}.%`}`)
          const [row] = yield* answered(sql<Row>`SELECT * FROM fleet_accounts WHERE ${sql.and(names)} LIMIT 1`)
          if (row !== undefined) yield* openRow(row)
        })
      })
    })
  )

const notOpened = (detail: string) => new VaultFailed({ reason: "sealed", detail })
