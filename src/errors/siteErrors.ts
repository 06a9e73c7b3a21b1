/**
 * What can go wrong with a kept session, and behind graph.qq.com. They are among the errors of `LoginError`.
 */
import * as Schema from "effect/Schema"
import { pageFault } from "./answerFaults.ts"
import * as Said from "./siteAdvice.ts"
import { Step } from "./Step.ts"

/** A kept session is over: its site answers with a way to the login page (a redirect), or with 401. */
export class SignedOut extends Schema.TaggedError<SignedOut>()("SignedOut", {
  step: Step,
  host: Schema.String,
  status: Schema.Int
}) {
  override get message(): string {
    return Said.signedOut(this).message.en
  }
}

/**
 * A kept session is of another account than it says: its site answers for that of the number `uin`, or new cookies that it was renewed for
 * are that account's.
 */
export class AccountMismatch extends Schema.TaggedError<AccountMismatch>()("AccountMismatch", {
  step: Step,
  host: Schema.String,
  uin: Schema.Int
}) {
  override get message(): string {
    return Said.accountMismatch(this).message.en
  }
}

/**
 * Whether a kept session is good could not be told: its site asks to come back later (`later`: a rate limit), or gave an answer that nobody
 * knows (`unknown`). The session may be good, so nobody is asked to scan because of that. `code` is the answer's own, where it has one.
 */
export class CheckUnclear extends Schema.TaggedError<CheckUnclear>()("CheckUnclear", {
  step: Step,
  host: Schema.String,
  kind: Schema.Literals(["later", "unknown"]),
  status: Schema.Int,
  code: Schema.optionalKey(Schema.String),
  serverMessage: Schema.String,
  ...pageFault
}) {
  override get message(): string {
    return Said.checkUnclear(this).message.en
  }
}

/**
 * graph.qq.com gave no code after a good login. It showed the login page (`login page`), said why not (`refused`, with its `code` and
 * `serverMessage`), showed a page in place of the redirect (`risk control`; `page` where its words say more), or redirected without a code
 * (`no code`). Or the network's own login page answered (`captive portal`).
 */
export class AuthorizeRefused extends Schema.TaggedError<AuthorizeRefused>()("AuthorizeRefused", {
  step: Step,
  host: Schema.String,
  kind: Schema.Literals(["login page", "refused", "risk control", "captive portal", "no code"]),
  code: Schema.optionalKey(Schema.String),
  serverMessage: Schema.String,
  ...pageFault
}) {
  override get message(): string {
    return Said.authorizeRefused(this).message.en
  }
}

/**
 * Only a scan can help, and this sign-in was told not to ask for one. `profile` is that of the kept session which neither works nor can be
 * renewed, and empty where there is none.
 */
export class ScanNeeded extends Schema.TaggedError<ScanNeeded>()("ScanNeeded", {
  step: Step,
  site: Schema.String,
  profile: Schema.String
}) {
  override get message(): string {
    return Said.scanNeeded(this).message.en
  }
}

/** There is no saved session that works under this profile; `profile` is empty where none was named. */
export class NoSession extends Schema.TaggedError<NoSession>()("NoSession", { step: Step, profile: Schema.String }) {
  override get message(): string {
    return Said.noSession(this).message.en
  }
}
