/**
 * A saved session for a script: one that is known to be dead is not handed out. It is checked, and renewed without a word where that
 * works; where nobody can tell, it is handed out with a line that says so.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type { Bilingual } from "../../Language.ts"
import * as LoginConfig from "../../LoginConfig.ts"
import { type LoginError, said, type StoreFailed } from "../../errors/LoginError.ts"
import type { SignInEvent } from "../../LoginEvent.ts"
import * as Notice from "../../Notice.ts"
import type { Session } from "../../Session.ts"
import * as SignIn from "../../SignIn.ts"
import type { CommandFailed } from "../process/CommandFailed.ts"
import { note } from "../terminal/advice.ts"
import type { Picked } from "./sessions.ts"
import * as Sessions from "./sessions.ts"
import type { Surroundings } from "./Surroundings.ts"
import * as Ways from "./ways.ts"

/** What a server said so long ago is not asked again. */
const within = Duration.minutes(5)

/** Somebody waits for a word, and gets it anyway where no answer comes. */
const patience = { requestTimeout: Duration.seconds(5), retries: 1 }

/**
 * Runs `use` with the session that the flags mean, and the way of its profile. Fails with `ScanNeeded` where it is dead and cannot be renewed. A new one that cannot be
 * kept is used all the same, and told afterwards.
 */
export const use = Effect.fnUntraced(function* <A, E, R>(
  flags: Sessions.Which & { readonly offline?: true },
  around: Surroundings,
  use: (picked: Picked, way: Surroundings) => Effect.Effect<A, E, R>
) {
  const picked = yield* Sessions.pick(flags)
  const way = yield* Ways.ofProfile(around, picked.profile)
  const { notSaved, session } =
    flags.offline === true || (yield* SignIn.wasGood(picked, within))
      ? { notSaved: undefined, session: picked.session }
      : yield* revived(picked, way)
  const used = yield* use({ ...picked, session }, way)
  if (notSaved !== undefined) return yield* notSaved
  return used
})

const revived = Effect.fnUntraced(function* (picked: Picked, around: Surroundings) {
  const { profile, site } = picked
  const unsure = ({ en, zh }: Bilingual) => {
    const line = {
      en: `whether ${profile} still works is not known: ${en}`,
      zh: `无法判断 ${profile} 是否仍可用：${zh}`
    }
    return Effect.sync(() => around.streams.tell(note(line)))
  }
  if (site === undefined) {
    yield* unsure({ en: "its site is described in a file of yours", zh: "其站点由你自己的文件描述" })
    return { notSaved: undefined, session: picked.session }
  }
  let dead = false
  let notSaved: StoreFailed | undefined
  const onEvent = (event: SignInEvent) =>
    Effect.sync(() => {
      if (event._tag === "SessionRefused") dead = true
      // Where another one was saved meanwhile, there is one that works.
      if (event._tag === "NotSaved" && event.why !== "superseded") notSaved = event.reason
    })
  const signIn = Effect.flatMap(LoginConfig.LoginConfig, (config) =>
    Effect.provideService(SignIn.signIn(site, { profile, scan: false, onEvent }), LoginConfig.LoginConfig, {
      ...config,
      requestTimeout: Duration.min(config.requestTimeout, patience.requestTimeout),
      retries: Math.min(config.retries, patience.retries)
    })
  )
  // Where nobody looks on, one line is enough, and it comes at the end.
  const isWatched = around.streams.terminal() !== undefined || around.verbose === true
  const quiet = isWatched ? signIn : Effect.provideService(signIn, Notice.Listener, undefined)
  const session = yield* Effect.catch(Sessions.online(quiet, around), (error): Effect.Effect<Session, Failure> => {
    const isUnclear = !dead && error._tag !== "CommandFailed" && unclear.has(error._tag)
    return isUnclear ? Effect.as(unsure(said(error).message), picked.session) : Effect.fail(error)
  })
  if (site.check === undefined) {
    yield* unsure({
      en: "its site has no call that tells; it is not old",
      zh: "该站点没有可供查询的接口；会话时间不长"
    })
  }
  return { notSaved, session }
})

type Failure = LoginError | CommandFailed

/** What tells nothing of a session. */
const unclear: ReadonlySet<LoginError["_tag"]> = new Set(["HttpFailed", "AccessDenied", "CheckUnclear", "LoginTimeout"])
