/**
 * The pulse of a fleet: on one machine at a time, it asks the database who is due and the accounts to do what is due, so many at once
 * and so many a second. Nothing is queued: whoever was not asked is due still.
 */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import * as Random from "effect/Random"
import type * as Layer from "effect/Layer"
import type { Sharding } from "effect/cluster/Sharding"
import * as Singleton from "effect/cluster/Singleton"
import { inBoth } from "../Language.ts"
import * as Breaker from "./Breaker.ts"
import { FleetConfig } from "./FleetConfig.ts"
import * as Homes from "./Homes.ts"
import type { NoEgress } from "./Status.ts"
import { longest, troubled } from "./timetable.ts"
import { Vault } from "./Vault.ts"

const asked = Metric.counter("webqq_fleet_asked", { description: "accounts that were asked to do what is due" })
const failed = Metric.counter("webqq_fleet_failed", { description: "of these, accounts of which nothing good came" })
const inFlight = Metric.gauge("webqq_fleet_in_flight", { description: "accounts that are being asked" })
const degraded = Metric.gauge("webqq_fleet_degraded", {
  description: "1 where most accounts fail and the pace is a tenth"
})

const notAsked = { en: "an account could not be asked", zh: "有账号暂时无法处理" }
const missed = {
  en: "the pacemaker could not ask who is due; it goes on",
  zh: "调度器暂时无法查询到期账号，将继续尝试"
}

/** Longer than any sign-in that nobody has to scan for. */
const patience = Duration.minutes(12)
/** How often it is looked whether somebody who could answer is there still. */
const lookMillis = 5000
/** How long an account is left alone that could not be reached, so that it does not stand in the way of others. */
const skipMillis = 15_000
const purgeEveryMillis = 3_600_000
/** Those whose turn comes within this go together: what is read and sent for ten at once costs a machine less than ten times one. */
const beatMillis = 50

/** By the clock that nobody sets: where the time of day is set back by an hour, an hour would pass before anyone is asked. */
const uptime = Effect.map(Clock.monotonicTimeNanos, (nanos) => Number(nanos) / 1e6)

const run = Effect.gen(function* () {
  const vault = yield* Vault
  const config = yield* FleetConfig
  const homes = yield* Homes.Homes
  const accountOf = yield* Homes.accounts
  const busy = new Set<string>()
  const skipped = new Map<string, number>()
  let breaker = Breaker.closed
  let waiting: Array<string> = []
  let areMore = false
  let allowance = 1
  let last = yield* uptime
  let purgedAt = last
  let missing: ReadonlyArray<string> = []
  // Whatever was missing when a machine ended may be there now.
  yield* Effect.ignore(vault.wake())
  yield* Effect.ignore(vault.recall(longest(config)))

  const count = Effect.fnUntraced(function* (isFailed: boolean) {
    if (isFailed) yield* Metric.update(failed, 1)
    const before = breaker.open
    breaker = Breaker.next(breaker, isFailed, yield* uptime)
    if (breaker.open === before) return
    yield* Metric.update(degraded, breaker.open ? 1 : 0)
    const at = yield* Clock.currentTimeMillis
    const share = `${Breaker.failuresOf(breaker)} of ${breaker.last.length}`
    yield* breaker.open
      ? vault.note("degraded", share, { id: `degraded/${at}`, type: "degraded", profile: "", site: "" })
      : vault.note("restored", share)
  })

  /** An account that lives nowhere just now says so in its row. */
  const waits = Effect.fnUntraced(function* (profile: string, error: NoEgress) {
    const seen = yield* vault.status(profile)
    yield* vault.change(seen, troubled(config, seen, error, yield* Random.next, breaker.open))
  })

  /** Fails once nobody holds its egress any more: what was sent to nobody would wait for somebody, and keep a place of others. */
  const abandoned = (profile: string) =>
    accountOf(profile).pipe(
      Effect.catchTags({ VaultFailed: () => Effect.void, NoAccount: () => Effect.void }),
      Effect.delay(lookMillis),
      Effect.forever
    )

  const ask = Effect.fnUntraced(
    function* (profile: string) {
      yield* Metric.update(asked, 1)
      const account = yield* accountOf(profile)
      const answer = account.ensure({ how: "due", quiet: breaker.open }).pipe(Effect.timeout(patience))
      const status = yield* (yield* homes).size === 0 ? answer : Effect.raceFirst(answer, abandoned(profile))
      // Where its egress is not there, nobody was asked: that says nothing of an address.
      if (status.lastError !== "NoEgress") yield* count(status.failures > 0 || status.state === "scan")
    },
    (effect, profile) =>
      effect.pipe(
        Effect.catchTag("NoEgress", (error) => waits(profile, error)),
        Effect.catchCause((cause) =>
          Effect.andThen(
            Effect.logDebug(inBoth(notAsked), cause),
            Effect.map(uptime, (now) => void skipped.set(profile, now + skipMillis))
          )
        ),
        Effect.ensuring(Effect.sync(() => void busy.delete(profile)))
      )
  )

  const beat = Effect.gen(function* () {
    const now = yield* uptime
    const rate = config.rate * Breaker.pace(breaker)
    allowance = Math.min(Math.max(1, rate), allowance + ((now - last) * rate) / 1000)
    last = now
    for (const [profile, until] of skipped) if (until <= now) skipped.delete(profile)
    if (now - purgedAt >= purgeEveryMillis) {
      purgedAt = now
      yield* vault.forgetEvents(Duration.toMillis(config.keepEvents))
      yield* vault.recall(longest(config))
    }
    const before = missing
    missing = Array.from(yield* homes).flatMap(([name, { isThere }]) => (isThere ? [] : [name]))
    for (const name of before) if (!missing.includes(name)) yield* vault.wake(name)
    const free = Math.min(Math.floor(allowance), config.concurrency - busy.size)
    if (free > 0) {
      // Those of a second are asked for at once: an account that is done when its turn comes says so.
      if (waiting.length < free) {
        const wanted = Math.max(free, Math.ceil(rate)) + busy.size + skipped.size
        const due = yield* vault.due(wanted)
        if (due.length > 0) yield* vault.sound
        waiting = due.filter((profile) => !busy.has(profile) && !skipped.has(profile))
        areMore = due.length === wanted
      }
      for (const profile of waiting.splice(0, free)) {
        busy.add(profile)
        allowance--
        yield* Effect.forkScoped(ask(profile))
      }
      yield* Metric.update(inFlight, busy.size)
      if (waiting.length === 0 && !areMore) return yield* Effect.sleep("1 second")
    }
    yield* Effect.sleep(Math.max(beatMillis, Math.min(1000, ((1 - allowance) / rate) * 1000)))
  })

  // A singleton that fails stays away until the machines change: whatever happens, it goes on.
  let isTold = false
  return yield* beat.pipe(
    Effect.tap(() => Effect.sync(() => void (isTold = false))),
    Effect.catchCause((cause) => {
      const tell = isTold ? Effect.void : Effect.logWarning(inBoth(missed), cause)
      isTold = true
      return Effect.andThen(tell, Effect.sleep("1 second"))
    }),
    Effect.forever
  )
})

export const layer: Layer.Layer<never, never, Sharding | Vault> = Singleton.make("webqq-login/fleet/pacemaker", run)
