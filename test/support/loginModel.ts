/**
 * The login, and what is asked about a kept session, as a state machine, written from PROTOCOL.md and the limits alone: given what the servers answered, it says what
 * had to be asked when, and how it had to end.
 */
import type { Asked } from "./wildServer.ts"

/** Durations in milliseconds. */
export interface Limits {
  readonly pollInterval: number
  readonly jitter: number
  readonly codeLife: number
  readonly maxRefresh: number
  readonly timeout: number
  readonly requestTimeout: number
  readonly retries: number
  readonly maxFaults: number
}

export interface End {
  readonly tag: string
  readonly at: number
}

/** The next request: what for, and how long after the last answer. */
interface Next {
  readonly path: string
  readonly soonest: number
  readonly latest: number
}

/** QQ Music's check. */
const homePage = "fcg_get_profile_homepage.fcg"

const passing = new Set(["reset", "dns", "408", "429", "502", "late"])
const isPassing = (path: string, kind: string) =>
  passing.has(kind) || (kind === "404" && ["getvfwebqq", "login2", homePage].includes(path))

/** The error for an answer that ends the login. */
const endOf = (path: string, kind: string): string => {
  if (kind === "403") return "AccessDenied"
  if (kind === "refused") return "ApiRefused"
  if (path === "check_sig" && /^(page|404)$/.test(kind)) return "RedirectMissing"
  if (path === "authorize" && /^(page|login page)$/.test(kind)) return "AuthorizeRefused"
  if (kind === "elsewhere") return "RedirectUntrusted"
  if (path === homePage && kind === "page") return "CheckUnclear"
  if (kind === "page" || kind === "no cookie") {
    return path === "ptqrshow" ? "BadQrCode" : path === "ptqrlogin" ? "BadCallback" : "BadJson"
  }
  return "HttpFailed"
}

/** A refresh that is refused, whatever with, leads on to a scan, which nobody is asked for here. */
const endOfKept = (path: string, kind: string): string => {
  const end = endOf(path, kind)
  return path === "musicu.fcg" && end !== "HttpFailed" ? "ScanNeeded" : end
}

/** What comes after what, at each kind of site; after the last there is a session. `kept` is one of QQ Music's that is in hand. */
const routes = {
  kept: {},
  webqq: { ptqrshow: "ptqrlogin", check_sig: "getvfwebqq", getvfwebqq: "login2" },
  music: { ptqrshow: "ptqrlogin", check_sig: "authorize", authorize: "musicu.fcg" }
} as const

/** Of these status and headers say all, and nobody reads the body. */
const unread = new Set(["check_sig", "authorize"])

/** Follows the requests; throws where one is not what had to come, or came too early or too late. */
export const follow = (asked: ReadonlyArray<Asked>, limits: Limits, site: keyof typeof routes = "webqq"): End => {
  const after: Readonly<Record<string, string | undefined>> = routes[site]
  const isKept = site === "kept"
  let next: Next = { path: isKept ? homePage : "ptqrshow", soonest: 0, latest: 0 }
  let answered = 0
  let codes = 0
  let tries = 0
  let firstTry = 0
  let faults = 0
  let reached = false
  let polled = 0
  let stillborn = 0
  let scanned = false
  let codeEnd = Infinity
  let position = 0

  const at = (path: string) => ({ path, soonest: 0, latest: 0 })
  const spread = (path: string, wait: number, least: number, most: number, retryAfter: number): Next => ({
    path,
    soonest: Math.max(wait * least, retryAfter * 1000),
    latest: Math.max(wait * most, retryAfter * 1000 * most)
  })
  const poll = (retryAfter = 0) => {
    const interval = limits.pollInterval / (scanned ? 2 : 1)
    const wait = faults === 0 ? interval : Math.min(interval * 2 ** faults, 30_000)
    return spread("ptqrlogin", wait, 1, 1 + limits.jitter, retryAfter)
  }
  /** How the login ends with this code; undefined where there is one more, which is asked for at once. */
  const expire = (atOnce = false): string | undefined => {
    answered = codeEnd
    codeEnd = Infinity
    next = at("ptqrshow")
    if (!reached && faults > 0) return "HttpFailed"
    stillborn = atOnce ? stillborn + 1 : 0
    if (stillborn > 1) return "QrExpired"
    return codes <= limits.maxRefresh ? undefined : "QrExpired"
  }

  for (;;) {
    const request = asked[position]
    const polls = next.path === "ptqrlogin"
    const isIt = request?.path === next.path && request.at <= (polls ? codeEnd : Infinity)
    if (!isIt) {
      // Nothing came: then a limit must have been reached before it had to come.
      const limit = Math.min(limits.timeout, codeEnd)
      if (answered + next.latest < limit - 1) {
        throw new Error(
          `${next.path} was due ${next.latest} ms after ${answered}, and came ${request?.path} at ${request?.at}`
        )
      }
      if (limits.timeout <= codeEnd) return finish("LoginTimeout", limits.timeout)
      const end = expire()
      if (end !== undefined) return finish(end, answered)
      continue
    }
    const waited = request.at - answered
    if (waited < next.soonest - 0.001 || waited > next.latest + 0.001) {
      throw new Error(`${next.path} came after ${waited} ms, not ${next.soonest} to ${next.latest}`)
    }
    position++
    const { path } = request
    // A body that stalls is never there; of check_sig's nobody reads it.
    const delay = request.kind === "stall" && !unread.has(path) ? Infinity : request.delay
    const isLate = delay > limits.requestTimeout
    const retryAfter = isLate ? 0 : (request.retryAfter ?? 0)
    answered = request.at + Math.min(delay, limits.requestTimeout)
    if (answered > limits.timeout && limits.timeout <= codeEnd) return finish("LoginTimeout", limits.timeout)
    if (answered > codeEnd) {
      const end = expire()
      if (end !== undefined) return finish(end, answered)
      continue
    }
    const kind = isLate ? "late" : request.kind

    if (path === "ptqrlogin") {
      polled++
      // A page that comes in between costs no scan.
      if (scanned && endOf(path, kind) === "BadCallback") {
        if (++faults > limits.maxFaults) return finish("BadCallback", answered)
        next = poll()
        continue
      }
      if (isPassing(path, kind)) {
        if (++faults > limits.maxFaults || answered + retryAfter * 1000 >= codeEnd)
          return finish("HttpFailed", answered)
        next = poll(retryAfter)
        continue
      }
      faults = 0
      reached = true
      if (kind === "66" || kind === "67") {
        scanned = kind === "67"
        next = poll()
        continue
      }
      if (kind === "65") {
        codeEnd = answered
        const end = expire(polled === 1)
        if (end !== undefined) return finish(end, answered)
        continue
      }
      codeEnd = Infinity
      if (kind === "0" || kind === "66 with URL") {
        next = at("check_sig")
        tries = 0
        continue
      }
      const ends: Record<string, string> = {
        "68": "QrRefused",
        "10009": "LoginRejected",
        "0 without URL": "RedirectMissing",
        "0 elsewhere": "RedirectUntrusted"
      }
      return finish(ends[kind] ?? endOf(path, kind), answered)
    }

    if (isPassing(path, kind)) {
      if (tries++ === 0) firstTry = request.at
      const tooLong = answered - firstTry + retryAfter * 1000 > limits.timeout
      if (tries > limits.retries || tooLong) return finish("HttpFailed", answered)
      const wait = spread(path, 500 * 2 ** (tries - 1), 0.8, 1.2, 0)
      next = {
        path,
        soonest: Math.max(wait.soonest, retryAfter * 1000),
        latest: Math.max(wait.latest, retryAfter * 1000)
      }
      continue
    }
    const isGood = kind === "good" || (unread.has(path) && (kind === "huge" || kind === "stall"))
    if (kind === "dead") {
      tries = 0
      next = at("musicu.fcg")
      continue
    }
    if (!isGood) return finish((isKept ? endOfKept : endOf)(path, kind), answered)
    tries = 0
    const following = after[path]
    if (following === undefined) return finish("LoggedIn", answered)
    next = at(following)
    if (path === "ptqrshow") {
      codes++
      codeEnd = answered + limits.codeLife
      faults = 0
      polled = 0
      reached = false
      scanned = false
      next = poll()
    }
  }

  function finish(tag: string, when: number): End {
    if (position < asked.length)
      throw new Error(`after ${tag} at ${when} came ${asked[position]?.path} at ${asked[position]?.at}`)
    return { tag, at: when }
  }
}
