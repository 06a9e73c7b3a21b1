/**
 * The page behind a scan link, for the person whose account it is: the code, what becomes of it, and nothing else. It follows the login of
 * the account wherever that runs; where the machine that showed the code goes away, a new code of another machine takes its place.
 */
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as RcMap from "effect/RcMap"
import * as Stream from "effect/Stream"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import { HttpFailed, isLoginError, type LoginError, StoreFailed } from "../../errors/LoginError.ts"
import { type Bilingual, inBoth } from "../../Language.ts"
import type { SignInEvent } from "../../LoginEvent.ts"
import * as Page from "../../page/Page.ts"
import { Session } from "../../Session.ts"
import { type LoginFailed, type LoginStep } from "../Account.ts"
import * as Homes from "../Homes.ts"
import { Links } from "./links.ts"

const answer = (status: number, said: Bilingual) =>
  HttpServerResponse.text(`${inBoth(said)}\n`, {
    status,
    headers: { "referrer-policy": "no-referrer", "cache-control": "no-store" }
  })

const gone = answer(404, {
  en: "this link is over, or it has served: ask for a new one",
  zh: "此链接已失效或已使用：请索取新的链接"
})
// Not 404: a page that is open would take that for its end.
const later = answer(503, {
  en: "the fleet cannot do it just now: try again in a moment",
  zh: "服务暂时无法完成：请稍后重试"
})

/** The last words on a page whose code is for nothing. */
const over: Page.LastWord = {
  message: { en: "this link is over, or it has served", zh: "此链接已失效或已使用" },
  cure: { en: "ask for a new one, if somebody still has to scan", zh: "如仍需扫码，请索取新的链接" }
}
const forgotten: Page.LastWord = {
  message: { en: "this account is not kept signed in here any more", zh: "此账号已从服务中移除" },
  cure: {
    en: "nobody has to scan; whoever gave you this page knows why",
    zh: "无需扫码；如有疑问，请询问提供此页面的人"
  }
}

export const layer = HttpRouter.use(
  Effect.fnUntraced(function* (router) {
    const links = yield* Links
    const accountOf = yield* Homes.accounts

    /** The login of an account from now on, begun again where it was broken off, as long as the link is good. */
    const events = (link: string, profile: string): Stream.Stream<SignInEvent, LoginError | Page.LastWord> => {
      let isDone = false
      const login = Effect.gen(function* () {
        const isGood = yield* Effect.match(links.open(link), {
          onSuccess: (found) => found === profile,
          // The database is away: the link may be good still.
          onFailure: () => undefined
        })
        if (isGood === undefined) return Stream.empty
        if (!isGood) return yield* Effect.fail(over)
        return (yield* accountOf(profile)).login()
      })
      const steps = Stream.unwrap(login).pipe(
        Stream.tap(({ _tag }) => Effect.sync(() => void (isDone ||= _tag === "SignedIn"))),
        Stream.mapEffect(eventOf),
        Stream.catch((error) =>
          "_tag" in error && !isLoginError(error) && !isOwn(error)
            ? Stream.empty
            : Stream.fail(lastWordOf(profile, error))
        ),
        // The machine that it ran on has interrupted it.
        Stream.catchCause((cause) =>
          cause.reasons.every(({ _tag }) => _tag === "Interrupt") ? Stream.empty : Stream.failCause(cause)
        )
      )
      return steps.pipe(
        Stream.concat(
          Stream.suspend(() =>
            isDone
              ? Stream.empty
              : Stream.concat(Stream.drain(Stream.fromEffect(Effect.sleep("500 millis"))), events(link, profile))
          )
        )
      )
    }

    /** A page for each link that somebody looks at, and for a minute after. */
    const pages = yield* RcMap.make({
      idleTimeToLive: "1 minute",
      lookup: Effect.fnUntraced(function* (link: string) {
        const profile = yield* links.open(link)
        if (profile === undefined) return undefined
        const page = yield* Page.make({ base: `/scan/${link}/`, events: events(link, profile) })
        let hasFailed = false
        yield* Stream.runForEach(page.states, ({ phase }) =>
          Effect.sync(() => void (hasFailed = phase === "failed"))
        ).pipe(Effect.forkScoped)
        return { page, hasFailed: () => hasFailed }
      })
    })

    yield* router.add(
      "*",
      "/scan/:link/*",
      Effect.gen(function* () {
        const { link = "", "*": place = "" } = yield* HttpRouter.params
        // What failed is kept, too.
        const page = Effect.tapError(RcMap.get(pages, link), () => RcMap.invalidate(pages, link))
        let found = yield* page
        // Whoever comes back to a page that failed wants another code.
        if (place === "" && found?.hasFailed() === true) {
          yield* RcMap.invalidate(pages, link)
          found = yield* page
        }
        if (found === undefined) {
          yield* RcMap.invalidate(pages, link)
          return gone
        }
        return yield* found.page.handler
      }).pipe(Effect.catchTag("VaultFailed", () => Effect.succeed(later)))
    )
  })
)

const eventOf = (step: LoginStep): Effect.Effect<SignInEvent> =>
  step._tag === "SignedIn"
    ? // What a page shows of a session is whose it is.
      Effect.map(DateTime.now, (obtainedAt) => ({
        _tag: "LoggedIn",
        session: new Session({ site: "fleet", uin: 0, nickname: step.nickname, obtainedAt, cookies: [] })
      }))
    : Effect.succeed(step)

/** What ends a login for good; all else is between the machines, and passes. */
const isOwn = (error: { readonly _tag: string }): error is Exclude<LoginFailed, LoginError> =>
  error._tag === "NoAccount" ||
  error._tag === "NoEgress" ||
  error._tag === "OtherAccount" ||
  error._tag === "VaultFailed"

const lastWordOf = (path: string, error: LoginFailed | Page.LastWord): LoginError | Page.LastWord => {
  if (!("_tag" in error) || isLoginError(error)) return error
  switch (error._tag) {
    case "NoAccount":
      return forgotten
    case "NoEgress":
      return new HttpFailed({ step: "QrCode", host: "ssl.ptlogin2.qq.com", reason: "proxy", code: "ERR_PROXY_UNKNOWN" })
    case "OtherAccount":
      return new StoreFailed({ step: "SessionStore", path, reason: "this profile belongs to another account" })
    default:
      return new StoreFailed({ step: "SessionStore", path, reason: "the store failed", detail: error._tag })
  }
}
