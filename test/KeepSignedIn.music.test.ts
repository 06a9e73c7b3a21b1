import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as HttpClient from "effect/http/HttpClient"
import * as KeepSignedIn from "webqq-login/KeepSignedIn"
import * as LoginConfig from "webqq-login/LoginConfig"
import { toLine, type SignInEvent } from "webqq-login/LoginEvent"
import { runVirtual } from "webqq-login/replay"
import type { Session } from "webqq-login/Session"
import * as SessionStore from "webqq-login/SessionStore"
import * as Site from "webqq-login/Site"
import { watch } from "./support/canaries.ts"
import { startAt } from "./support/inLogin.ts"
import * as MusicServer from "./support/musicServer.ts"

const keyOf = ({ musickey }: Session) => (musickey === undefined ? undefined : Redacted.value(musickey))

/** A service that is signed in to QQ Music, on a clock that runs as fast as it can. */
const living = <A, E>(
  server: ReturnType<typeof MusicServer.make>,
  story: (keep: KeepSignedIn.KeepSignedIn["Service"]) => Effect.Effect<A, E>
) => {
  const events: Array<SignInEvent> = []
  let scans = 0
  const service = KeepSignedIn.layer(Site.music, {
    onScanNeeded: () => Effect.sync(() => void scans++),
    onEvent: (event) => Effect.sync(() => void events.push(event))
  })
  const hours = (path: string) =>
    server.asked.filter((asked) => asked.path === path).map(({ at }) => (at - Date.parse(startAt)) / 3_600_000)
  return runVirtual(KeepSignedIn.KeepSignedIn.pipe(Effect.flatMap(story), Effect.provide(service)), {
    startAt,
    step: "1 hour"
  }).pipe(
    Effect.map((value) => ({ value, events, scans, hours })),
    Effect.provide(SessionStore.layerMemory),
    Effect.provideService(LoginConfig.LoginConfig, LoginConfig.make({ jitter: 0, retries: 0 })),
    Effect.provideService(HttpClient.HttpClient, server.client)
  )
}

describe("KeepSignedIn at QQ Music", () => {
  it.live.each([false, true])(
    "lives for ten days on one scan, its key renewed before each three are over (p_skey withheld: %s)",
    (forbidden) =>
      Effect.gen(function* () {
        const { events, hours, scans, value } = yield* living(MusicServer.make({ forbidden }), (keep) =>
          Effect.gen(function* () {
            const keys = [keyOf(yield* keep.session)]
            for (let day = 0; day < 10; day++) {
              yield* Effect.sleep("1 day")
              keys.push(keyOf(yield* keep.session))
            }
            return keys
          })
        )
        assert.strictEqual(scans, 1)
        assert.strictEqual(hours("ptqrshow").length, 1)
        assert.deepStrictEqual(
          [...new Set(value)],
          [1, 2, 3, 4, 5].map((n) => `CANARY-key-${n}`)
        )
        assert.deepStrictEqual(hours("musicu.fcg").slice(1).map(Math.round), [48, 96, 144, 192])
        assert.isAbove(hours("fcg_get_profile_homepage.fcg").length, 400)
        assert.notInclude(
          events.map(({ _tag }) => _tag),
          "SessionRefused"
        )
      })
  )

  it.live(
    "does not ask for a refresh that was refused again and again, goes on while the key lives, and then has somebody scan",
    () =>
      Effect.gen(function* () {
        const server = MusicServer.make()
        server.state.refusesRefresh = true
        const { events, hours, scans } = yield* living(server, (keep) =>
          Effect.gen(function* () {
            yield* Effect.sleep("71 hours")
            yield* keep.session
            yield* Effect.sleep("2 hours")
            return keyOf(yield* keep.session)
          })
        )
        assert.strictEqual(scans, 2)
        // QQLogin, the refresh in time, the one when the key was dead, and QQLogin.
        assert.deepStrictEqual(hours("musicu.fcg").map(Math.round), [0, 48, 72, 72])
        assert.deepStrictEqual(
          events.filter(({ _tag }) => /Refused/.test(_tag)).map(({ _tag }) => _tag),
          ["RenewalRefused", "SessionRefused", "RenewalRefused"]
        )
      })
  )

  it.live("is in no log, span, error or event, but for the session itself", () =>
    Effect.gen(function* () {
      const server = MusicServer.make()
      const { exit, sinks } = yield* watch(
        living(server, (keep) =>
          Effect.gen(function* () {
            yield* Effect.sleep("50 hours")
            server.state.busy = true
            yield* Effect.sleep("1 hour")
            yield* Effect.exit(keep.recheck)
          })
        )
      )
      assert.strictEqual(exit._tag, "Success")
      for (const [sink, text] of Object.entries(sinks)) assert.notMatch(text, /CANARY/, sink)
      if (exit._tag === "Failure") return
      for (const event of exit.value.events) {
        if (event._tag === "QrShown") continue
        assert.strictEqual(/CANARY/.test(JSON.stringify(toLine(event))), event._tag === "LoggedIn", event._tag)
      }
    })
  )
})
