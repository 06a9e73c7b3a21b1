/**
 * The session that was saved last, found among ten thousand by looking at names and times first: a text is opened only where it may
 * be the one, and decoded only where its first lines say so.
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { StoreFailed } from "../errors/LoginError.ts"
import type { Backend } from "./Backend.ts"
import * as keptText from "./keptText.ts"

/** The newest, if there is one; else what cannot be read and might have been it. */
export interface Newest {
  readonly saved: keptText.Saved | undefined
  readonly unreadable: ReadonlyArray<StoreFailed>
}

/**
 * The session of a site, or of any site, that was saved last. What says that it was saved in the future was saved under a clock that went
 * wrong: it comes after all others, or it would be the newest for as long as that clock was ahead.
 */
export const find = Effect.fnUntraced(function* (backend: Backend, site: string | undefined, now: number) {
  const { names } = yield* backend.names
  const isElsewhere = (name: string) => site !== undefined && saysOtherSite(name, site)
  const likely = yield* among(
    backend,
    names.filter((name) => !isElsewhere(name)),
    site,
    now
  )
  if (likely.saved !== undefined) return likely
  // A profile may be called after another site than it holds a session of.
  const other = yield* among(backend, names.filter(isElsewhere), site, now)
  return { saved: other.saved, unreadable: [...likely.unreadable, ...other.unreadable] } satisfies Newest
})

const among = Effect.fnUntraced(function* (
  backend: Backend,
  names: ReadonlyArray<string>,
  site: string | undefined,
  now: number
) {
  const believed = (savedAt: number) => (savedAt <= now + skew ? savedAt : savedAt - allTimes)
  const millis = ({ savedAt }: keptText.Saved) => believed(savedAt.epochMilliseconds)
  const times = yield* backend.writtenAt(names)
  const writtenAt = (name: string) => times.get(name) ?? Infinity
  let best: keptText.Saved | undefined
  const unreadable: Array<StoreFailed> = []
  const isBehind = (savedAt: number, name: string) =>
    best !== undefined && (savedAt - millis(best) || compare(best.profile, name)) < 0
  yield* backend.scan(
    names.toSorted((a, b) => writtenAt(b) - writtenAt(a) || compare(a, b)),
    (name, text) => {
      // Nothing was saved after it was written: all that is left is older than what was found.
      if (best !== undefined && writtenAt(name) + coarseness < millis(best)) return false
      const seen = Result.isSuccess(text) ? keptText.glance(text.success) : undefined
      if (seen !== undefined && ((site ?? seen.site) !== seen.site || isBehind(believed(seen.savedAt), name)))
        return true
      const decoded = Result.flatMap(text, (text) => keptText.decode(backend.pathOf(name), name, text))
      if (Result.isFailure(decoded)) {
        if (seen !== undefined || site === undefined || isDefaultProfileOf(site, name)) unreadable.push(decoded.failure)
        return true
      }
      const saved = decoded.success
      if ((site ?? saved.session.site) === saved.session.site && !isBehind(millis(saved), name)) best = saved
      return true
    }
  )
  return { saved: best, unreadable } satisfies Newest
})

/** File systems keep times as coarse as that, and the kernel's own clock may lag a little behind. */
const coarseness = 2000

/** Machines that share a store have clocks that are so far apart at the most. */
const skew = 3_600_000

/** More than lies between any two times that a date can have. */
const allTimes = 2e16

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)

const isDefaultProfileOf = (site: string, name: string) =>
  name.startsWith(`${site}-`) && /^\d+$/.test(name.slice(site.length + 1))

/** Numbers of accounts have five digits at least: `work-2` says nothing. */
const saysOtherSite = (name: string, site: string) => {
  const said = /^(.+)-\d{5,}$/.exec(name)?.[1]
  return said !== undefined && said !== site
}
