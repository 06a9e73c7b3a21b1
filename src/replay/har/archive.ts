/**
 * What of HTTP Archive 1.2 is read, and which of it is a login.
 */
import * as Schema from "effect/Schema"

export const Headers = Schema.Array(Schema.Struct({ name: Schema.String, value: Schema.String }))

// Some tools write null for what there is not.
const optional = <S extends Schema.Top>(schema: S) => Schema.optional(Schema.NullOr(schema))
const Fields = Schema.Array(Schema.Struct({ name: Schema.String, value: optional(Schema.String) }))

export const Archive = Schema.Struct({
  log: Schema.Struct({
    entries: Schema.Array(
      Schema.Struct({
        startedDateTime: optional(Schema.String),
        request: Schema.Struct({
          method: Schema.String,
          url: Schema.String,
          headers: Headers,
          postData: optional(
            Schema.Struct({
              mimeType: optional(Schema.String),
              text: optional(Schema.String),
              params: optional(Fields)
            })
          )
        }),
        response: Schema.Struct({
          status: Schema.Int,
          headers: Headers,
          content: Schema.Struct({
            text: optional(Schema.String),
            encoding: optional(Schema.String)
          })
        })
      })
    )
  })
})

export type Entry = (typeof Archive.Type)["log"]["entries"][number]
