/**
 * A backend in rows with versions, of a database of one's own: a text is replaced only where its row still has the version that was
 * read, whoever else writes there. What was lost to another writer is read again and decided anew.
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { StoreFailed } from "../errors/LoginError.ts"
import { type Backend, namesOf, notesInMemory } from "./Backend.ts"

/** What a database of one's own has to offer. `Version` is whatever tells one writing of a row from another. */
export interface Rows<Version> {
  /** For messages: what the place is called. */
  readonly where: string
  readonly read: (
    profile: string
  ) => Effect.Effect<{ readonly text: string; readonly version: Version } | undefined, StoreFailed>
  /**
   * Writes the text in one step where the row still has this version (`undefined`: where there is none), and gives it another. False
   * where it has not.
   */
  readonly write: (profile: string, text: string, version: Version | undefined) => Effect.Effect<boolean, StoreFailed>
  /** False where there was nothing. */
  readonly remove: (profile: string) => Effect.Effect<boolean, StoreFailed>
  /** The profiles of all rows, in any order. */
  readonly profiles: Effect.Effect<ReadonlyArray<string>, StoreFailed>
}

export const make = <Version>(rows: Rows<Version>): Backend => {
  const read = (name: string) => Effect.map(rows.read(name), (row) => row?.text)
  return {
    where: rows.where,
    pathOf: (name) => `${rows.where}/${name}`,
    ready: Effect.asVoid(rows.profiles),
    read,
    names: Effect.map(rows.profiles, (profiles) => namesOf(profiles, "")),
    writtenAt: () => Effect.succeed(new Map()),
    scan: Effect.fnUntraced(function* (names, see) {
      for (const name of names) {
        const text = yield* Effect.result(read(name))
        if (Result.isFailure(text) && !see(name, Result.fail(text.failure))) return
        if (Result.isSuccess(text) && text.success !== undefined && !see(name, Result.succeed(text.success))) return
      }
    }),
    update: Effect.fnUntraced(function* <E>(
      name: string,
      change: (text: string | undefined) => Result.Result<string, E>
    ) {
      for (;;) {
        const before = yield* rows.read(name)
        const after = yield* Effect.fromResult(change(before?.text))
        if (yield* rows.write(name, after, before?.version)) return
      }
    }),
    remove: rows.remove,
    notes: notesInMemory()
  }
}
