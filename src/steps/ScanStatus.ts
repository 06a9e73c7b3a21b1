/**
 * Step 2, ptqrlogin, asked once: what became of the code. The outcome is a value, not an error: the loop that asks again is
 * `AwaitConfirmation`.
 */
import * as Clock from "effect/Clock"
import * as Random from "effect/Random"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import { withoutQueries } from "../errors/plainText.ts"
import type { CallbackFault } from "../errors/answerFaults.ts"
import { BadCallback, HttpFailed } from "../errors/LoginError.ts"
import * as Endpoints from "../protocol/Endpoints.ts"
import { isCutOff, type PtuiCallback, parse } from "../protocol/PtuiCallback.ts"
import { QqHttp } from "../http/QqHttp.ts"
import { kindOf } from "../protocol/WebPage.ts"
import type { Site } from "../Site.ts"
import { linkIn } from "./Rejection.ts"
import { traced } from "./traced.ts"

/**
 * - `Waiting` (66): nobody has scanned it. It may follow `Scanned`: the user cancelled on the phone.
 * - `Scanned` (67): the phone asks its owner.
 * - `Expired` (65), `Refused` (68): this code is over.
 * - `Confirmed` (0): `url` is where to go on; it holds a one-time ticket. Empty where the server sent none.
 * - `Rejected`: any other code, with what the server said, and the address of Tencent's that it links to.
 */
export type ScanStatus =
  | { readonly _tag: "Waiting" }
  | { readonly _tag: "Scanned" }
  | { readonly _tag: "Expired" }
  | { readonly _tag: "Refused" }
  | { readonly _tag: "Confirmed"; readonly url: Redacted.Redacted; readonly nickname: string }
  | { readonly _tag: "Rejected"; readonly code: string; readonly message: string; readonly link?: string }

/** What is still open: asking again makes sense. */
export const waiting: ScanStatus = { _tag: "Waiting" }

/**
 * Decides by the code first. The seed document prints 66 for three states, so for 66 a URL means confirmed and 认证中 means
 * scanned (PROTOCOL.md, step 2).
 */
export const classify = (callback: PtuiCallback): ScanStatus => {
  switch (callback.code) {
    case "0":
      return confirmed(callback)
    case "65":
      return { _tag: "Expired" }
    case "66":
      if (urlOf(callback) !== "") return confirmed(callback)
      return callback.message.includes("认证中") ? { _tag: "Scanned" } : waiting
    case "67":
      return { _tag: "Scanned" }
    case "68":
      return { _tag: "Refused" }
    default: {
      const link = linkIn(callback.message)
      const message = withoutQueries(callback.message)
      return { _tag: "Rejected", code: callback.code, message, ...(link === undefined ? {} : { link }) }
    }
  }
}

const confirmed = (callback: PtuiCallback): ScanStatus => ({
  _tag: "Confirmed",
  url: Redacted.make(urlOf(callback), { label: "check_sig" }),
  nickname: callback.nickname
})

// The third argument on the wire; the fifth in the seed's sample.
const urlOf = ({ message, url }: PtuiCallback): string => {
  if (url !== "") return url
  return /^https?:\/\//.test(message) ? message : ""
}

/** Asks once. Fails with `BadCallback` where the answer is no `ptuiCB(…)`, `AccessDenied` (403) or `HttpFailed`. */
export const poll = traced("ScanStatus.poll")(function* (site: Site, qrsig: Redacted.Redacted) {
  const http = yield* QqHttp
  const variation = { random: yield* Random.next, now: yield* Clock.currentTimeMillis }
  const { status, text } = yield* http.send(Endpoints.ptqrlogin(site, qrsig, variation))
  if (status !== 200) {
    return yield* new HttpFailed({ step: "ScanStatus", host: "ssl.ptlogin2.qq.com", reason: "status", status })
  }
  const callback = parse(text)
  if (Result.isSuccess(callback)) return classify(callback.success)
  return yield* new BadCallback({ step: "ScanStatus", ...(lost(text) ?? callback.failure) })
})

/** Of an answer of which some or all is missing, as bad networks make them (S), or that is a page of somebody else. */
const lost = (text: string): CallbackFault | undefined => {
  if (text.trim() === "") return { reason: "empty" }
  const page = kindOf(text)
  if (page !== undefined) return { reason: "a page", page }
  return isCutOff(text) ? { reason: "cut off", at: text.length } : undefined
}
