/**
 * Every scenario once more, with other secrets: played over sockets, recorded, scrubbed, checked, and replayed to the same end, while
 * every secret is looked for in every encoding, in all that came of it. Ends with 1 where one is found, or anything differs.
 *
 *     npm run recordings
 */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scenario from "../src/replay/Scenario.ts"
import * as Verify from "../src/replay/verify/Verify.ts"
import { watch } from "../test/support/canaries.ts"
import { recordAgain, textOf } from "../test/support/recordAgain.ts"
import { encodings } from "../test/support/resecret.ts"

const names = Effect.runSync(Scenario.list)
const wrong: Array<string> = []
const found: Array<string> = []
const sinksSeen = new Set<string>()
let secretsSeen = 0
let looks = 0

/** The events, and the tag of the error where there is one. */
const endOf = (outcome: object) => {
  const { error = "", events } = outcome as { readonly error?: string; readonly events?: unknown }
  return JSON.stringify([error, events])
}

const one = Effect.fnUntraced(function* (name: string, seed: number) {
  const { exit, sinks } = yield* watch(recordAgain(name, seed))
  if (Exit.isFailure(exit)) return void wrong.push(`${name}: ${Cause.pretty(exit.cause)}`)
  const { folder, scrubbed, secrets } = exit.value
  wrong.push(...(yield* Verify.verify(folder)).map(({ rule, text }) => `${name}: ${rule}: ${text}`))
  const { outcome } = yield* Scenario.load(folder)
  const before = JSON.parse(textOf(name)).outcome
  if (endOf(outcome) !== endOf(before)) wrong.push(`${name}: ends with ${endOf(outcome)}, not ${endOf(before)}`)

  // What is in memory is another matter: the number of the user is no secret there, and spans hold the result.
  const seen: Record<string, string | undefined> = {}
  for (const sink of ["logs", "metrics", "stdout", "stderr", "console"]) seen[sink] = sinks[sink]
  seen["scenario.json"] = scrubbed.text
  for (const { bytes } of scrubbed.files) seen["pictures"] = Buffer.from(bytes).toString("latin1")
  secretsSeen += secrets.length
  for (const [sink, text = ""] of Object.entries(seen)) {
    sinksSeen.add(sink)
    const lower = text.toLowerCase()
    for (const { name: secret, value } of secrets) {
      for (const [encoding, encode] of Object.entries(encodings)) {
        const hidden = encode(value).toLowerCase()
        looks++
        // Five letters are found anywhere.
        if (hidden.length >= 6 && lower.includes(hidden)) found.push(`${name}: ${secret}, ${encoding}, in ${sink}`)
      }
    }
  }
})

await Effect.runPromise(Effect.forEach(names, (name, index) => Effect.scoped(one(name, index + 1)), { discard: true }))
console.log(
  `${names.length} scenarios recorded with other secrets: ${wrong.length === 0 ? "all are fit and end alike" : `${wrong.length} complaints`}`
)
console.log(
  `${secretsSeen} secrets × ${Object.keys(encodings).length} encodings × up to ${sinksSeen.size} sinks ` +
    `(${[...sinksSeen].join(", ")}) = ${looks.toLocaleString("en")} looks, ${found.length} found`
)
for (const line of [...wrong, ...found]) console.log(`WRONG  ${line}`)
process.exitCode = wrong.length + found.length === 0 ? 0 : 1
