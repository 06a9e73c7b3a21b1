/**
 * Reads rows of accounts: by itself, or `together` with all that are asked for in the same turn of the loop, in one statement. What an account
 * costs its machine is for the most part what is sent for it, and the pacemaker asks for many at once.
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Request from "effect/Request"
import * as RequestResolver from "effect/RequestResolver"
import type * as SqlClient from "effect/sql/SqlClient"
import { NoAccount, type VaultFailed } from "../Status.ts"
import { answered } from "./answered.ts"
import { nowIn } from "./now.ts"
import type { Row } from "./rows.ts"

class Wanted extends Request.Class<{ readonly profile: string }, Row, NoAccount | VaultFailed> {}

/** More than most machines are asked for at once; each number of them is a statement of its own, which stays prepared. */
const mostTogether = 100

export const make = (sql: SqlClient.SqlClient) => {
  const now = nowIn(sql)
  /** Yields what finds a row, or why there is none. */
  const rowsOf = Effect.fnUntraced(function* (profiles: ReadonlySet<string>) {
    const rows = yield* answered(sql<Row>`
      SELECT *, CASE WHEN next_at <= ${yield* now} THEN 1 ELSE 0 END AS due
      FROM fleet_accounts WHERE ${sql.in("profile", Array.from(profiles))}`)
    const found = new Map(rows.map((row) => [row.profile, row]))
    return (profile: string) => {
      const row = found.get(profile)
      return row === undefined ? Effect.fail(new NoAccount({ profile })) : Effect.succeed(row)
    }
  })
  const resolver = RequestResolver.make<Wanted>((entries) =>
    Effect.flatMap(rowsOf(new Set(entries.map(({ request }) => request.profile))), (rowOf) =>
      Effect.forEach(entries, (entry) => Request.completeEffect(entry, rowOf(entry.request.profile)), { discard: true })
    )
  ).pipe(RequestResolver.batchN(mostTogether))
  const one = (profile: string) => Effect.flatMap(rowsOf(new Set([profile])), (rowOf) => rowOf(profile))
  return {
    one,
    // What is read together is read in what surrounds the first who asks, and a transaction is nobody else's.
    together: (profile: string) =>
      Effect.flatMap(Effect.serviceOption(sql.transactionService), (transaction) =>
        Option.isSome(transaction) ? one(profile) : Effect.request(new Wanted({ profile }), resolver)
      )
  }
}
