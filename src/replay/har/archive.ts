/**
 * What of HTTP Archive 1.2 is read.
 */
import * as Schema from "effect/Schema"

// Some tools write null for what there is not.
const optional = <S extends Schema.Top>(schema: S) => Schema.optional(Schema.NullOr(schema))

const Pairs = Schema.Array(Schema.Struct({ name: Schema.String, value: optional(Schema.String) }))
export type Pairs = typeof Pairs.Type

const Cookies = Schema.Array(
  Schema.Struct({
    name: Schema.String,
    value: optional(Schema.String),
    path: optional(Schema.String),
    domain: optional(Schema.String),
    expires: optional(Schema.Unknown),
    httpOnly: optional(Schema.Boolean),
    secure: optional(Schema.Boolean)
  })
)
export type Cookies = typeof Cookies.Type

/** Entries are read one by one: one of another page that is broken is no harm. */
export const Archive = Schema.Struct({ log: Schema.Struct({ entries: Schema.Array(Schema.Unknown) }) })

/** As much of an entry as says whether it belongs to a login. */
export const Address = Schema.Struct({ request: Schema.Struct({ method: Schema.String, url: Schema.String }) })

/** An entry that does. */
export const Entry = Schema.Struct({
  startedDateTime: optional(Schema.String),
  request: Schema.Struct({
    method: Schema.String,
    url: Schema.String,
    headers: Pairs,
    queryString: optional(Pairs),
    cookies: optional(Cookies),
    postData: optional(
      Schema.Struct({ mimeType: optional(Schema.String), text: optional(Schema.String), params: optional(Pairs) })
    )
  }),
  response: optional(
    Schema.Struct({
      // Some write it as a text.
      status: Schema.Union([Schema.Int, Schema.String]),
      headers: Pairs,
      cookies: optional(Cookies),
      content: optional(
        Schema.Struct({
          size: optional(Schema.Finite),
          text: optional(Schema.String),
          encoding: optional(Schema.String),
          /** Where Playwright has put the body, beside the archive. */
          _file: optional(Schema.String)
        })
      )
    })
  )
})
export type Entry = typeof Entry.Type
