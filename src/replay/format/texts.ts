/**
 * Kinds of text that the parts of the format share.
 */
import * as Schema from "effect/Schema"

// The flag u lets the patterns into the generated JSON Schema.
export const pattern = (regExp: RegExp, expected: string) => Schema.String.check(Schema.isPattern(regExp, { expected }))

export const checked = (expected: string, problem: (input: string) => string | undefined) =>
  Schema.String.check(
    Schema.makeFilter(
      (input) => {
        const wanted = problem(input)
        return wanted === undefined ? undefined : `Expected ${wanted}`
      },
      { expected }
    )
  )

export const Name = pattern(/^[a-z0-9][a-z0-9-]*$/u, "a short name: lower-case letters, digits and -")
