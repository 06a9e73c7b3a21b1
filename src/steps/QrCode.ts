/**
 * Step 1, ptqrshow: a QR picture, and the cookie `qrsig` that ties the polls to it.
 */
import * as Clock from "effect/Clock"
import * as Option from "effect/Option"
import * as Random from "effect/Random"
import type * as Redacted from "effect/Redacted"
import { CookieJar } from "../http/CookieJar.ts"
import { BadQrCode, HttpFailed } from "../errors/LoginError.ts"
import { withoutQueries } from "../errors/plainText.ts"
import * as Endpoints from "../protocol/Endpoints.ts"
import { parseQrRefusal } from "../protocol/PtuiCallback.ts"
import { QqHttp, retryTransient } from "../http/QqHttp.ts"
import { pageOf } from "../protocol/WebPage.ts"
import type { Site } from "../Site.ts"
import { traced } from "./traced.ts"

/** A code to be scanned: the PNG as the server sent it, and the secret that whoever polls must have. */
export interface QrCode {
  readonly png: Uint8Array
  readonly qrsig: Redacted.Redacted
}

/** Asks for a code. Fails with `BadQrCode` where the answer is no PNG picture or its cookie is missing. */
export const fetch = traced("QrCode.fetch")(function* (site: Site) {
  const http = yield* QqHttp
  const jar = yield* CookieJar
  // That of an expired code must not pass for the one of the new code.
  yield* jar.store(pollAddress, ["qrsig=; Path=/; Domain=ptlogin2.qq.com; Max-Age=0"])
  const request = Endpoints.ptqrshow(site, { random: yield* Random.next, now: yield* Clock.currentTimeMillis })
  const answer = yield* retryTransient(http.send(request))
  const { bytes, status } = answer
  if (status !== 200) {
    return yield* new HttpFailed({ step: "QrCode", host: "ssl.ptlogin2.qq.com", reason: "status", status })
  }
  if (!isPng(bytes)) return yield* noPicture(answer.text)
  const qrsig = yield* jar.find("qrsig", pollAddress)
  if (Option.isNone(qrsig)) return yield* new BadQrCode({ step: "QrCode", reason: "the cookie qrsig is missing" })
  return { png: bytes, qrsig: qrsig.value } satisfies QrCode
})

const noPicture = (text: string) => {
  const refusal = parseQrRefusal(text)
  if (refusal !== undefined) {
    return new BadQrCode({
      step: "QrCode",
      reason: "refused",
      code: String(refusal.code),
      serverMessage: withoutQueries(refusal.message)
    })
  }
  if (text.trim() === "") return new BadQrCode({ step: "QrCode", reason: "the body is empty" })
  return words.test(text)
    ? new BadQrCode({ step: "QrCode", reason: "refused", serverMessage: withoutQueries(text) })
    : new BadQrCode({ step: "QrCode", reason: "the body is not a PNG picture", ...pageOf(text) })
}

/** A sentence, and no page, code or picture: one report has it that ptqrshow refuses so, too (S). */
const words = /^(?=[^]*[ \p{Script=Han}])[^<>{}()\p{Cc}\ufffd]{1,500}\r?\n?$/u

const pollAddress = "https://ssl.ptlogin2.qq.com/ptqrlogin"
const signature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]
const isPng = (bytes: Uint8Array) => signature.every((byte, i) => bytes[i] === byte)
