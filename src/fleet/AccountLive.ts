/**
 * What an account does: it is checked when it is due, renewed where the check says dead or its end is near, and scanned for where only
 * that can help. Each turn reads its row, asks the server, and writes the row once.
 */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Equal from "effect/Equal"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as PubSub from "effect/PubSub"
import * as Random from "effect/Random"
import * as Result from "effect/Result"
import * as Semaphore from "effect/Semaphore"
import * as Stream from "effect/Stream"
import * as Entity from "effect/cluster/Entity"
import { Sharding } from "effect/cluster/Sharding"
import * as HttpClient from "effect/http/HttpClient"
import * as Rpc from "effect/rpc/Rpc"
import { inBoth } from "../Language.ts"
import * as Login from "../Login.ts"
import type { LoginEvent, SignInEvent } from "../LoginEvent.ts"
import type { Session } from "../Session.ts"
import * as SessionStore from "../store/SessionStore.ts"
import * as SignIn from "../SignIn.ts"
import * as Site from "../Site.ts"
import { Account, type How, type LoginFailed, type LoginStep, NotNow, OtherAccount, readId } from "./Account.ts"
import { Egress } from "./Egress.ts"
import { FleetConfig } from "./FleetConfig.ts"
import { Homes } from "./Homes.ts"
import { NoAccount, NoEgress, type Status, type Superseded, type VaultFailed } from "./Status.ts"
import * as Traces from "./Traces.ts"
import { afterFailure, afterGood, afterTurn } from "./timetable.ts"
import { type Change, Vault } from "./Vault.ts"

/** A step of a login, or its end. */
type Told = { readonly step: LoginStep } | { readonly end: Result.Result<void, LoginFailed> }

const make = Effect.gen(function* () {
  const address = yield* Entity.CurrentAddress
  const sharding = yield* Sharding
  const vault = yield* Vault
  const config = yield* FleetConfig
  const direct = yield* HttpClient.HttpClient
  const egress = yield* Egress
  const homes = yield* Homes
  const scope = yield* Effect.scope
  const turnOf = yield* Traces.turns
  const { egress: home, profile } = readId(address.entityId)
  // One thing at a time: what is asked for queues by itself, and a login, which takes minutes, holds this.
  const turn = Semaphore.makeUnsafe(1)
  const starting = Semaphore.makeUnsafe(1)
  let login: PubSub.PubSub<Told> | undefined
  let running: Fiber.Fiber<void> | undefined

  const notNow = (reason: NotNow["reason"]) => Effect.fail(new NotNow({ profile, reason }))
  /** Another machine may have it by now, or its egress has come to be held by machines, and it lives with these. */
  const orMoving = Effect.fnUntraced(function* ({ egress = "" }: Status) {
    const isHere = sharding.hasShardId(address.shardId) && (yield* homes).get(egress)?.number === home
    return isHere ? undefined : yield* notNow("moving")
  })
  const clientOf = ({ egress: name }: Status) => {
    const client = name === undefined ? direct : egress(name)
    return client === undefined ? Effect.fail(new NoEgress({ profile, egress: name! })) : Effect.succeed(client)
  }
  /** Of one of somebody's own, the session knows. */
  const siteOf = ({ site }: Status, session: Session | undefined) => {
    const found = Site.find(site) ?? session?.ownSite
    return found === undefined ? Effect.die(new Error(`no site is called ${site}`)) : Effect.succeed(found)
  }
  // Written by somebody else meanwhile: what that one wrote is newer.
  const orAsItIs = <E>(written: Effect.Effect<Status, E | Superseded>) =>
    Effect.catchIf(
      written,
      (error): error is Extract<E | Superseded, Superseded> => (error as { _tag: string })._tag === "Superseded",
      () => vault.status(profile)
    ) as Effect.Effect<Status, Exclude<E, Superseded> | NoAccount | VaultFailed>

  const ensure = Effect.fnUntraced(function* (how: How, quiet: boolean) {
    const seen = yield* vault.read(profile).pipe(
      Effect.catchIf(
        (error) => error._tag === "VaultFailed" && error.reason === "sealed",
        () => Effect.undefined
      )
    )
    // What does not open is no reason to ask for it every second.
    if (seen === undefined) return yield* unreadable
    const { due, session, status } = seen
    if (session === undefined || status.state === "paused" || (how === "due" && !due)) return status
    yield* orMoving(status)
    yield* vault.sound
    const asked = yield* turn.withPermitsIfAvailable(1)(Effect.result(signIn(how, status, session)))
    if (Option.isNone(asked)) return yield* notNow("signing in")
    const at = { now: yield* Clock.currentTimeMillis, chance: yield* Random.next }
    return yield* orAsItIs(vault.change(status, afterTurn(config, status, session, asked.value, at, quiet)))
  })

  const unreadable = Effect.gen(function* () {
    const seen = yield* vault.status(profile)
    const failures = seen.failures + 1
    const wait = afterFailure(config, failures, undefined, yield* Random.next)
    const state = seen.state === "paused" || seen.state === "scan" ? seen.state : ("failing" as const)
    return yield* orAsItIs(vault.change(seen, { state, wait, failures, lastError: "NotOpened" }))
  })

  /** The session that works now, and what the ladder said on the way. */
  const signIn = Effect.fnUntraced(
    function* (how: How, status: Status, session: Session) {
      const client = yield* Effect.mapError(clientOf(status), (error) => ({ error, refusal: "" }))
      const site = yield* siteOf(status, session)
      let refusal = ""
      const onEvent = (event: SignInEvent) =>
        Effect.sync(() => {
          if (event._tag === "SessionRefused" || event._tag === "RenewalRefused") refusal = event.reason._tag
        })
      const options = { known: session, save: false, scan: false, onEvent } as const
      const signedIn =
        how === "renew"
          ? Effect.catchIf(
              SignIn.renew(site, session),
              ({ _tag }) => _tag !== "HttpFailed" && _tag !== "LoginTimeout",
              () => SignIn.signIn(site, { ...options, renewAfter: Duration.infinity })
            )
          : SignIn.signIn(site, options)
      return yield* signedIn.pipe(
        Effect.provideService(HttpClient.HttpClient, client),
        Effect.mapError((error) => ({ error, refusal }))
      )
    },
    // A fault in this program must not be asked for again and again.
    Effect.catchDefect((defect) =>
      Effect.andThen(
        Effect.logError(inBoth(unexpected(kindOf(defect)))),
        Effect.fail({ error: undefined, refusal: "" })
      )
    )
  )

  /** Begins a login, or joins the one that is under way. */
  const joined = starting.withPermit(
    Effect.gen(function* () {
      if (login !== undefined) return login
      const status = yield* vault.status(profile)
      const scans = yield* vault.scans(profile)
      const site = Site.find(status.site) ?? (yield* siteOf(status, (yield* vault.read(profile)).session))
      yield* orMoving(status)
      yield* vault.sound
      const client = yield* clientOf(status)
      const hub = yield* PubSub.unbounded<Told>({ replay: Number.MAX_SAFE_INTEGER })
      const onEvent = (event: LoginEvent) =>
        // Only that it is kept makes it done.
        event._tag === "LoggedIn" ? Effect.void : Effect.asVoid(PubSub.publish(hub, { step: event }))
      const run = turn.withPermit(
        Login.login(site, { onEvent }).pipe(
          Effect.provideService(HttpClient.HttpClient, client),
          Effect.raceFirst(over(scans)),
          Effect.tap((session) => keep(session, scans)),
          Effect.tap(({ nickname = "" }) => PubSub.publish(hub, { step: { _tag: "SignedIn", nickname } }))
        )
      )
      login = hub
      running = yield* turnOf("Account.login", { profile })(Effect.asVoid(run)).pipe(
        Effect.result,
        Effect.flatMap((end) => PubSub.publish(hub, { end })),
        Effect.asVoid,
        Effect.ensuring(Effect.sync(() => void (login = undefined))),
        Effect.forkIn(scope)
      )
      return hub
    })
  )

  /**
   * Fails when nobody has to scan any more: the account was forgotten where this one is not known, or its links have ended. A code that is
   * shown on then would be scanned for nothing.
   */
  const over = (scans: number): Effect.Effect<never, NoAccount | NotNow> =>
    Effect.sleep("2 seconds").pipe(
      Effect.andThen(vault.scans(profile)),
      Effect.catchTag("VaultFailed", () => Effect.succeed(scans)),
      Effect.flatMap((now) => (now === scans ? over(scans) : notNow("changed meanwhile")))
    )

  /**
   * A session that somebody has just scanned is not given up because the row was written meanwhile; but it is none of an account that was made
   * anew under this name, or whose links have ended.
   */
  const keep = (session: Session, scans: number) =>
    Effect.gen(function* () {
      const { session: before, status: seen } = yield* vault.read(profile).pipe(
        // A session that does not open is over: this one takes its place.
        Effect.catchIf(
          (error) => error._tag === "VaultFailed" && error.reason === "sealed",
          () => Effect.map(vault.status(profile), (status) => ({ status, session: undefined }))
        )
      )
      if ((yield* vault.scans(profile)) !== scans) {
        // Where the database took it and did not say so in time, it was asked again, and finds what it wrote itself.
        const isKept = before?.uin === session.uin && Equal.equals(before.obtainedAt, session.obtainedAt)
        return isKept ? seen : yield* notNow("changed meanwhile")
      }
      if (before !== undefined && before.uin !== session.uin) return yield* new OtherAccount({ profile })
      const kept = { session, checked: true, endsLinks: true, event: ["signed-in", ""] } as const
      if (seen.state === "paused") return yield* vault.change(seen, { ...paused, ...kept })
      const wait = afterGood(config, session, yield* Clock.currentTimeMillis, yield* Random.next)
      const tell = seen.state === "good" || seen.obtainedAt === undefined ? undefined : "recovered"
      return yield* vault.change(seen, { ...kept, state: "good", wait, tell })
    }).pipe(
      Effect.retry({ times: 5, while: ({ _tag }) => _tag === "Superseded" }),
      Effect.catchTag("Superseded", () => notNow("changed meanwhile"))
    )

  const paused: Change = { state: "paused", wait: undefined, event: ["paused", ""] }
  const pause = Effect.gen(function* () {
    const seen = yield* vault.status(profile)
    return seen.state === "paused" ? seen : yield* orAsItIs(vault.change(seen, paused))
  })
  const resume = Effect.gen(function* () {
    const seen = yield* vault.status(profile)
    if (seen.state !== "paused") return seen
    // Whoever has a session is due at once.
    const has = seen.obtainedAt !== undefined
    const resumed: Change = { state: has ? "good" : "scan", wait: has ? 0 : undefined, event: ["resumed", ""] }
    return yield* orAsItIs(vault.change(seen, resumed))
  })

  const forget = Effect.suspend(() => {
    // Asked again since the database did not say in time that it took it, it is gone.
    let isAsked = false
    const remove = Effect.gen(function* () {
      const seen = yield* vault.status(profile)
      isAsked = true
      yield* vault.remove(seen)
    })
    return remove.pipe(
      Effect.retry({ times: 5, while: ({ _tag }) => _tag === "Superseded" }),
      Effect.catchIf(
        ({ _tag }) => _tag === "NoAccount" && isAsked,
        () => Effect.void
      ),
      Effect.catchTag("Superseded", () => notNow("changed meanwhile")),
      Effect.andThen(endLogin)
    )
  })
  const endLogin = Effect.gen(function* () {
    if (login === undefined || running === undefined) return
    // Whoever looks at its code is told, and nobody can scan that any more.
    yield* PubSub.publish(login, { end: Result.fail(new NoAccount({ profile })) })
    yield* Fiber.interrupt(running)
  })

  return Account.of({
    ensure: ({ payload: { how, quiet } }) => turnOf("Account.ensure", { profile, how })(ensure(how, quiet)),
    login: () =>
      Rpc.fork(
        Stream.unwrap(Effect.map(joined, Stream.fromPubSub)).pipe(
          Stream.mapEffect((told) =>
            "end" in told
              ? Effect.as(Effect.fromResult(told.end), undefined)
              : Effect.succeed<LoginStep | undefined>(told.step)
          ),
          Stream.takeWhile((step): step is LoginStep => step !== undefined)
        )
      ),
    pause: () => pause,
    resume: () => resume,
    forget: () => forget
  })
})

const unexpected = (kind: string) => ({ en: `unexpected fault (${kind})`, zh: `意外故障（${kind}）` })

/** The text of a defect may hold anything. */
const kindOf = (defect: unknown) => (defect instanceof Error ? defect.name : typeof defect)

/** Accounts that nobody asks are put away after a minute. */
export const layer = Account.toLayer(make, { maxIdleTime: "1 minute" }).pipe(Layer.provide(SessionStore.layerMemory))
