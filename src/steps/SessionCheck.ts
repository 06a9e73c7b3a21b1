/**
 * Before anybody is asked to scan: is a kept session still worth something? Web QQ's server is asked, with a call that changes
 * nothing. The other sites have no such call in common, so there only the cookies are looked at; `Renewal` asks the server.
 */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { callApi } from "./callApi.ts"
import { LoginConfig } from "../LoginConfig.ts"
import { CookieMissing } from "../errors/LoginError.ts"
import * as Endpoints from "../protocol/Endpoints.ts"
import { decode } from "../protocol/Envelope.ts"
import type { Session } from "../Session.ts"
import type { Site } from "../Site.ts"
import * as GtkBkn from "./GtkBkn.ts"

/**
 * Succeeds where the session, whose cookies are in the jar, is good. Fails with `ApiRefused` (any retcode but 0), `CookieMissing`
 * (gone, or past its time), `BadJson`, `AccessDenied`; and with `HttpFailed` where the network does not let us know.
 */
export const check = Effect.fn("SessionCheck.check")(function* (site: Site, session: Session) {
  yield* site.tokens ? askServer(site, session) : lookAtCookies(site, session)
})

// An empty token is refused like one that has expired.
const askServer = Effect.fnUntraced(function* (site: Site, session: Session) {
  const { psessionid = none, vfwebqq = none } = session
  const variation = { random: yield* Random.next, now: yield* Clock.currentTimeMillis }
  yield* callApi(Endpoints.getOnlineBuddies2(site, vfwebqq, psessionid, variation), decodeResult)
})

const none = Redacted.make("")

// Who is online is nobody's business here.
const decodeResult = decode(Schema.Unknown)

const lookAtCookies = Effect.fnUntraced(function* (site: Site, session: Session) {
  const missing = (name: string) => new CookieMissing({ step: "Check", name, host: site.target })
  yield* Effect.mapError(GtkBkn.read(site), ({ name }) => missing(name))
  // The servers give these cookies no expiry: their age is all that is known of them.
  const { renewAfter } = yield* LoginConfig
  const age = (yield* Clock.currentTimeMillis) - session.obtainedAt.epochMilliseconds
  if (age >= Duration.toMillis(renewAfter)) return yield* missing("p_skey")
})
