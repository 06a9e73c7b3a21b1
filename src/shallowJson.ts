/**
 * JSON that is nested no deeper than a program can walk through: whoever follows the depth of others' JSON by calling itself runs out of stack.
 */
import * as Schema from "effect/Schema"
import { expected } from "./Language.ts"

/** JSON of at most so many levels; it is looked through level by level. */
export const shallowJson = (levels: number) =>
  Schema.Json.check(
    Schema.makeFilter(
      (json) => {
        let level: ReadonlyArray<Schema.Json> = [json]
        for (let depth = 0; depth < levels && level.length > 0; depth++)
          level = level.flatMap((value) => (typeof value === "object" && value !== null ? Object.values(value) : []))
        return level.length === 0
      },
      expected({ en: `JSON of at most ${levels} levels`, zh: `最多 ${levels} 层的 JSON` })
    )
  )
