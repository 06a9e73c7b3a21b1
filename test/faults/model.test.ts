import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Logger from "effect/Logger"
import * as HttpClient from "effect/http/HttpClient"
import * as Login from "webqq-login/Login"
import * as LoginConfig from "webqq-login/LoginConfig"
import { isLoginError } from "webqq-login/LoginError"
import { Scenario } from "webqq-login/replay"
import * as SessionStore from "webqq-login/SessionStore"
import * as SignIn from "webqq-login/SignIn"
import * as Site from "webqq-login/Site"
import { follow, type Limits } from "../support/loginModel.ts"
import { dice, simulate } from "../support/simulate.ts"
import { wildServer } from "../support/wildServer.ts"

const hour = 3_600_000
const jumps = [-hour, hour, 72 * hour]

const limitsOf = (random: () => number): Limits => {
  const one = <A>(...of: ReadonlyArray<A>): A => of[Math.floor(random() * of.length)]!
  return {
    pollInterval: one(2000, 2000, 500, 10_000),
    jitter: one(0.1, 0, 0.5),
    codeLife: one(180_000, 180_000, 60_000, 15_000),
    maxRefresh: one(0, 1, 2, 5),
    timeout: one(600_000, 600_000, 120_000, 20_000),
    requestTimeout: 10_000,
    retries: one(3, 3, 0, 1),
    maxFaults: one(6, 2, 0)
  }
}

const saved = Effect.runSync(Scenario.load("music-still-good")).saved!

const programs = {
  webqq: Login.login(Site.webqq),
  music: Login.login(Site.music),
  kept: SignIn.signIn(Site.music, { known: saved, save: false, scan: false }).pipe(
    Effect.provide(SessionStore.layerMemory)
  )
} as const

/** One login against one server, both as the seed has it; `jumping` sets the wall clock in the midst of it. */
const play = (seed: number, jumping: boolean, site: keyof typeof programs) => {
  const random = dice(seed)
  const limits = limitsOf(random)
  let server: ReturnType<typeof wildServer> | undefined
  const ended = simulate(
    (world) => {
      server = wildServer(
        world,
        () => {
          if (jumping && random() < 0.1) world.offset += jumps[Math.floor(random() * jumps.length)]!
          return random()
        },
        site
      )
      return programs[site].pipe(
        Effect.provideService(HttpClient.HttpClient, server.client),
        Effect.provideService(LoginConfig.LoginConfig, LoginConfig.make(limits)),
        Effect.provide(Logger.layer([]))
      )
    },
    { seed, startAt: site === "kept" ? DateTime.formatIso(saved.obtainedAt) : "2018-11-20T08:30:00Z" }
  )
  const { exit } = ended
  const error = Exit.isFailure(exit) ? Cause.squash(exit.cause) : undefined
  const tag = error === undefined ? "LoggedIn" : isLoginError(error) ? error._tag : `a defect: ${String(error)}`
  return { ...ended, tag, limits, asked: server!.asked, most: server!.most() }
}

describe("a login against any server", () => {
  it.each([
    ["", 1200, false, "webqq"],
    [", also where the wall clock is set in the midst of it", 500, true, "webqq"],
    [", also through graph.qq.com", 700, false, "music"],
    [", also where a kept session is checked and refreshed, and nobody may be asked to scan", 500, false, "kept"]
  ] as const)("ends as the model says, at the time it says, with one request at a time%s", (_, runs, jumping, site) => {
    const tags = new Map<string, number>()
    for (let seed = 1; seed <= runs; seed++) {
      const { asked, elapsed, left, limits, most, negativeSleeps, tag } = play(seed, jumping, site)
      const end = ((): ReturnType<typeof follow> => {
        try {
          return follow(asked, limits, site)
        } catch (cause) {
          throw new Error(`seed ${seed}: ended with ${tag} at ${elapsed}; ${JSON.stringify({ limits, asked })}`, {
            cause
          })
        }
      })()
      assert.strictEqual(tag, end.tag, `seed ${seed}`)
      assert.closeTo(elapsed, end.at, 0.001, `seed ${seed}`)
      assert.deepEqual({ most, negativeSleeps, left }, { most: 1, negativeSleeps: 0, left: 0 }, `seed ${seed}`)
      tags.set(tag, (tags.get(tag) ?? 0) + 1)
    }
    // Every way to end has been gone.
    const ends = {
      webqq:
        "AccessDenied ApiRefused BadCallback BadJson BadQrCode HttpFailed LoggedIn LoginRejected LoginTimeout QrExpired QrRefused RedirectMissing RedirectUntrusted",
      music:
        "AccessDenied ApiRefused AuthorizeRefused BadCallback BadJson BadQrCode HttpFailed LoggedIn LoginRejected LoginTimeout QrExpired QrRefused RedirectMissing RedirectUntrusted",
      kept: "AccessDenied CheckUnclear HttpFailed LoggedIn ScanNeeded"
    }
    assert.strictEqual([...tags.keys()].sort().join(" "), ends[site])
  })
})
