/**
 * The library alone, in a process of its own: many sessions in memory, signed in to with `SignIn`, so many at once. It is told what to do, and
 * says what that took of CPU.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as Facade from "webqq-login/Facade"
import * as Session from "webqq-login/Session"
import * as SessionStore from "webqq-login/SessionStore"
import * as SignIn from "webqq-login/SignIn"
import * as Site from "webqq-login/Site"
import type { SessionJson } from "../../src/Session.ts"

const runtime = ManagedRuntime.make(Layer.merge(Facade.httpClient, SessionStore.layerMemory))
let sessions: ReadonlyArray<Session.Session> = []

const signInAll = (atOnce: number) =>
  Effect.forEach(sessions, (known) => SignIn.signIn(Site.qzone, { known, save: false, scan: false }), {
    concurrency: atOnce
  })

process.on(
  "message",
  async (message: { readonly sessions: ReadonlyArray<SessionJson> } | { readonly atOnce: number }) => {
    if ("sessions" in message) {
      sessions = await runtime.runPromise(Effect.forEach(message.sessions, (session) => Session.fromJson(session)))
      process.send!({ cpu: 0 })
      return
    }
    const before = process.cpuUsage()
    sessions = await runtime.runPromise(signInAll(message.atOnce))
    const { system, user } = process.cpuUsage(before)
    process.send!({ cpu: (system + user) / 1e6 })
  }
)
