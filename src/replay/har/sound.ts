/**
 * Whether what a HAR file has of a login can be one: all of it, of one code after the other, with the values that were really sent.
 */
import * as Result from "effect/Result"
import { hash33 } from "../../protocol/Hash.ts"
import { parse, type PtuiCallback } from "../../protocol/PtuiCallback.ts"
import { formPairs } from "../data.ts"
import { pairOf, setCookieOf } from "../record/secrets.ts"
import { BadHar } from "./BadHar.ts"
import type { Mended, Step } from "./mend.ts"

const nameOf = ({ url }: Step) => new URL(url).pathname.split("/").at(-1) ?? ""
const is = (name: string) => (step: Step) => nameOf(step) === name
const isPicture = is("ptqrshow")
const isPoll = is("ptqrlogin")
const isRedirect = is("check_sig")

const parameter = ({ url }: Step, wanted: string) =>
  formPairs(new URL(url).search.slice(1)).find(([name]) => name === wanted)?.[1]

const callbackOf = ({ responseBody }: Step) => Result.getOrUndefined(parse(Buffer.from(responseBody).toString("utf8")))

/** Whether a callback says where check_sig is; the first description of the protocol has it in another argument, and with another code. */
export const isConfirmed = ({ message, url }: PtuiCallback) => /\/check_sig\?/.test(`${url} ${message}`)

/** Whether a poll is the last one: neither waiting nor scanned, and no code that is over. */
const isLast = (step: Step) => {
  const callback = callbackOf(step)
  return callback !== undefined && (isConfirmed(callback) || !["65", "66", "67"].includes(callback.code))
}

const setBy = ({ responseHeaders }: Step) =>
  responseHeaders.flatMap(([name, line]) => (name.toLowerCase() === "set-cookie" ? [setCookieOf(line)] : []))

const bad = (why: ConstructorParameters<typeof BadHar>[0]) => Result.fail(new BadHar(why))

/** What tools write in the place of a value. */
const taken = /^\W{0,8}(?:redacted|removed|hidden|masked|filtered|sanitized|scrubbed|anonymi[sz]ed|x{4,64})\W{0,8}$/i
const stars = (text: string) => /^\W+$/.test(text) && /\*|\.{3}|…/.test(text)

// What is written in the place of a value is a word.
const longest = 64

const decoded = (text: string) =>
  text.replaceAll(/%[0-7][0-9a-f]/gi, (code) => String.fromCharCode(Number.parseInt(code.slice(1), 16)))

const redacted = (step: Step): string | undefined =>
  [...setBy(step), ...formPairs(new URL(step.url).search.slice(1))].find(
    ([, value]) => value.length <= longest && (taken.test(decoded(value)) || stars(decoded(value)))
  )?.[0]

/** An answer that says something in its body, whenever all goes well. */
const speaks = /^(?:ptqrlogin|pt4_auth|getvfwebqq|login2|get_online_buddies2|musicu\.fcg)$/

/**
 * The steps of the one login in it; what came before its code, and codes that nobody polled, are left out, and a qrsig that was sent and not written down is put where
 * its hash says that it was. Fails with what cannot be mended.
 */
export const sound = (all: ReadonlyArray<Step>, mended: Set<Mended>): Result.Result<ReadonlyArray<Step>, BadHar> => {
  const ours = all.find((step) => redacted(step) !== undefined)
  if (ours !== undefined)
    // Where the whole line was taken out, its name went with it.
    return bad({ reason: "redacted", entry: ours.place, name: (redacted(ours) || "Set-Cookie").slice(0, longest) })
  if (!all.some((step) => setBy(step).length > 0)) return bad({ reason: "no cookies" })
  if (!all.some(isPicture)) return bad({ reason: "no picture" })
  const empty = all.find((step) => step.status === 200 && step.isBodyMissing && speaks.test(nameOf(step)))
  const polls = all.filter(isPoll)
  const silent = empty ?? (polls.every(({ responseBody }) => responseBody.length === 0) ? polls[0] : undefined)
  if (silent !== undefined) return bad({ reason: "no bodies", entry: silent.place, name: nameOf(silent) })
  return Result.flatMap(ofOneLogin(all, mended), (steps) => {
    const confirmed = steps.findIndex((step) => {
      const callback = isPoll(step) ? callbackOf(step) : undefined
      return callback !== undefined && isConfirmed(callback)
    })
    const redirect = steps.findIndex(isRedirect)
    const [poll, check] = [steps[confirmed], steps[redirect]]
    if (check !== undefined && (confirmed < 0 || redirect < confirmed))
      return bad({ reason: "no confirmation", entry: check.place })
    if (poll !== undefined && check === undefined) return bad({ reason: "no check_sig", entry: poll.place })
    if (check !== undefined && check.status < 300) return bad({ reason: "merged redirect", entry: check.place })
    return Result.succeed(steps)
  })
}

const ofOneLogin = (all: ReadonlyArray<Step>, mended: Set<Mended>): Result.Result<ReadonlyArray<Step>, BadHar> => {
  const steps: Array<Step> = []
  const seen = new Map<string, string>()
  let qrsig: string | undefined
  let ended = false
  let polled = true
  for (const step of all) {
    if (isPicture(step)) {
      if (ended) return bad({ reason: "two logins", entry: step.place })
      if (!polled) {
        mended.add("unused code")
        steps.splice(steps.findLastIndex(isPicture), 1)
      }
      const set = setBy(step).find(([name]) => name === "qrsig")?.[1]
      qrsig = set ?? qrsig
      if (qrsig !== undefined) seen.set(String(hash33(qrsig)), qrsig)
      // One that is refused in words is no code.
      polled = set === undefined
      steps.push(step)
      continue
    }
    if (!isPoll(step)) {
      // A renewal that was tried, or an older login: no other client can begin there.
      if (steps.length === 0) mended.add("begun before")
      else steps.push(step)
      continue
    }
    if (ended) return bad({ reason: "two logins", entry: step.place })
    const token = parameter(step, "ptqrtoken")
    if (token !== undefined && (qrsig === undefined || seen.get(token) !== qrsig)) {
      return bad({ reason: seen.has(token) ? "two logins" : "another qrsig", entry: step.place })
    }
    polled = true
    ended = isLast(step)
    steps.push(token === undefined || qrsig === undefined ? step : withQrsig(step, qrsig, mended))
  }
  return Result.succeed(steps)
}

/** The server takes no poll without it, and its hash was sent: so it was, too. */
const withQrsig = (step: Step, qrsig: string, mended: Set<Mended>): Step => {
  const isCookie = ([name]: readonly [string, string]) => name.toLowerCase() === "cookie"
  const sent = step.requestHeaders.filter(isCookie).flatMap(([, line]) => line.split(";").map(pairOf))
  if (sent.some(([name, value]) => name === "qrsig" && value === qrsig)) return step
  mended.add("sent qrsig")
  const others = sent.filter(([name]) => name !== "qrsig" && name !== "").map((pair) => pair.join("="))
  return {
    ...step,
    requestHeaders: [
      ...step.requestHeaders.filter((header) => !isCookie(header)),
      ["cookie", [...others, `qrsig=${qrsig}`].join("; ")]
    ]
  }
}
