/**
 * Sends a hundred requests at once to a port of this machine, and prints how the first of them fails: message and cure.
 */
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { describe } from "../../src/errors/LoginError.ts"
import * as CookieJar from "../../src/http/CookieJar.ts"
import * as QqHttp from "../../src/http/QqHttp.ts"
import * as Transport from "../../src/http/Transport.ts"

const request = {
  step: "QrCode",
  method: "GET",
  url: Redacted.make(`http://127.0.0.1:${process.argv[2]}/`),
  headers: {},
  maxBytes: 1024
} as const

const failing = Effect.gen(function* () {
  const { send } = yield* QqHttp.make
  return yield* Effect.raceAllFirst(Array.from({ length: 100 }, () => Effect.flip(send(request))))
})

void Effect.runPromise(
  Effect.gen(function* () {
    const { cure, message } = describe(yield* failing)
    console.log(message)
    console.log(cure)
  }).pipe(
    Effect.provideService(CookieJar.CookieJar, CookieJar.make({ domains: [] })),
    Effect.provide(Transport.layer())
  )
)
