/**
 * Runs a single step as the pipeline does: with a jar and the prepared client over answers from memory.
 */
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as CookieJar from "webqq-login/CookieJar"
import * as LoginConfig from "webqq-login/LoginConfig"
import * as QqHttp from "webqq-login/QqHttp"
import { runVirtual } from "webqq-login/replay"
import { type Answer, answering } from "./answers.ts"

export const startAt = "2018-11-20T08:00:00Z"

export const inLogin = (answers: ReadonlyArray<Answer>, config: Partial<LoginConfig.LoginConfig> = {}) => {
  const { asked, client, held } = answering(answers)
  const jar = CookieJar.make({ domains: ["qq.com"] })
  const provided = <A, E, R>(step: Effect.Effect<A, E, R>) =>
    step.pipe(
      Effect.provideServiceEffect(QqHttp.QqHttp, QqHttp.make),
      Effect.provideService(CookieJar.CookieJar, jar),
      Effect.provideService(LoginConfig.LoginConfig, { ...LoginConfig.defaults, jitter: 0, ...config })
    )
  return {
    asked,
    jar,
    /** On the clock of the test. */
    run: <A, E, R>(step: Effect.Effect<A, E, R>) =>
      provided(step).pipe(Effect.provideService(HttpClient.HttpClient, client)),
    /** In virtual time that passes by itself. */
    runVirtual: <A, E, R>(step: Effect.Effect<A, E, R>) =>
      runVirtual(provided(step), { startAt, held }).pipe(Effect.provideService(HttpClient.HttpClient, client)),
    /** When the requests left, in seconds after the start. */
    times: () => asked.map(({ at }) => (at - Date.parse(startAt)) / 1000)
  }
}
