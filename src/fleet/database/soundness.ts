/**
 * Whether the database takes what is written: it is tried, since one that is full, or whose disk is gone, still answers what it is asked.
 * Nobody is signed in whose session could not be kept.
 */
import * as Effect from "effect/Effect"
import type * as SqlClient from "effect/sql/SqlClient"
import { type Bilingual, inBoth } from "../../Language.ts"
import { VaultFailed } from "../Status.ts"
import { told } from "./answered.ts"
import { nowIn } from "./now.ts"

const reasons: Readonly<Record<string, Bilingual>> = {
  Locked: { en: "another program holds it", zh: "被其他程序占用" },
  Damaged: { en: "its file is damaged, or no database", zh: "文件已损坏，或不是数据库" },
  CannotOpen: { en: "its file cannot be opened", zh: "文件无法打开" },
  DiskFull: { en: "its disk is full", zh: "磁盘已满" },
  DiskFailed: { en: "its disk fails", zh: "磁盘故障" },
  ReadOnly: { en: "it may only be read", zh: "只能读取" },
  FileGone: {
    en: "its file is not where it was: bring it back, or end this and start it again when it is there",
    zh: "数据库文件已不在原处：请恢复文件，或结束本服务，待文件恢复后再启动"
  }
}

/** What is said of a fault of a database, by its kind. */
export const reasonOf = (detail: string): Bilingual => reasons[detail] ?? { en: detail, zh: detail }

const unsound = (detail: string): Bilingual => {
  const { en, zh } = reasonOf(detail)
  return {
    en: `the database takes nothing; nobody is signed in until it does: ${en}`,
    zh: `数据库无法写入，恢复之前不会登录或续期任何账号：${zh}`
  }
}
const soundAgain = { en: "the database takes what is written again", zh: "数据库已恢复写入" }

/** Says so when it changes; a row of this machine's own, so that it waits for no other. */
export const make = (sql: SqlClient.SqlClient, node: string) => {
  let isSound = true
  const write = Effect.gen(function* () {
    const at = yield* nowIn(sql)
    yield* sql`
      INSERT INTO fleet_probes (node, at) VALUES (${node}, ${at})
      ON CONFLICT (node) DO UPDATE SET at = ${at}`
  })
  const probe = told(sql.withTransaction(write)).pipe(
    Effect.timeoutOrElse({
      duration: "5 seconds",
      orElse: () => Effect.fail(new VaultFailed({ reason: "database", detail: "Timeout" }))
    }),
    Effect.tapError(({ detail }) => {
      const isNew = isSound
      isSound = false
      return isNew ? Effect.logWarning(inBoth(unsound(detail))) : Effect.void
    }),
    Effect.tap(() => {
      const isNew = !isSound
      isSound = true
      return isNew ? Effect.logWarning(inBoth(soundAgain)) : Effect.void
    })
  )
  // Whoever asks for the health of a fleet needs no token, and must not keep its database busy.
  return Effect.cachedWithTTL(probe, "2 seconds")
}
