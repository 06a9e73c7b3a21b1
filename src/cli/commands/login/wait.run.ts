/**
 * `webqq-login login wait`: what happens in a login in the background, and how it ended, with the exit code of that.
 */
import type * as Cause from "effect/Cause"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Queue from "effect/Queue"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as Client from "../../../agent/Client.ts"
import type { Line } from "../../../agent/LoginRecord.ts"
import * as Place from "../../../agent/Place.ts"
import { exitCodes } from "../../../errors/LoginError.ts"
import { SignInEvent } from "../../../LoginEvent.ts"
import * as Session from "../../../Session.ts"
import { SessionStore } from "../../../store/SessionStore.ts"
import * as Sessions from "../../inputs/sessions.ts"
import type { Surroundings } from "../../inputs/Surroundings.ts"
import type { Values } from "../../line/Command.ts"
import { CommandFailed } from "../../process/CommandFailed.ts"
import { wordsOf } from "../../terminal/eventWords.ts"
import { hidden, summary } from "../../terminal/sessionSummary.ts"
import { failureOf, placesOf, tellCode, tellSaid, unknown } from "./backgroundEnd.ts"
import * as LiveCode from "./liveCode.ts"
import type { wait as command } from "./start.ts"

type Flags = Values<typeof command>

export const run = Effect.fnUntraced(function* (flags: Flags, around: Surroundings) {
  const { streams } = around
  const home = yield* Place.home
  const { timeout } = flags
  const asks = timeout === 0
  // Who only asks is gone before the code is dead.
  const live = asks ? undefined : yield* LiveCode.make(placesOf(around, Place.qrFile(Place.of(home, flags.id))))
  // In order, since a code takes a moment to be shown.
  const said = yield* Queue.unbounded<Effect.Effect<void>, Cause.Done>()
  const telling = yield* Effect.forkScoped(Stream.runForEach(Stream.fromQueue(said), (tell) => tell))
  const next = (tell: Effect.Effect<void>) => void Queue.offerUnsafe(said, tell)
  const listening = Client.listen(
    home,
    flags.id,
    asks ? "ask" : "follow",
    (line) => next(tellLine(line, flags, around, live)),
    (line) => next(Effect.sync(() => tellSaid(streams)(line)))
  )
  const told =
    timeout === undefined || asks
      ? yield* listening
      : Option.getOrElse(yield* Effect.timeoutOption(listening, Duration.millis(timeout)), () => goesOn)
  yield* Queue.end(said)
  yield* Fiber.join(telling)
  if (told === undefined) return yield* unknown(flags.id)
  if (told._tag === "GoesOn") return yield* notYet
  const session =
    told.session === undefined
      ? told.profile === undefined
        ? undefined
        : yield* Sessions.withStore(
            SessionStore.use((store) => store.load(told.profile!)),
            around
          ).pipe(Effect.map((saved) => saved.session))
      : yield* Effect.orDie(Session.fromJson(told.session))
  if (session !== undefined) {
    if (flags.json === true) streams.json({ _tag: "LoggedIn", session: Session.toJson(session) })
    else {
      streams.tell(wordsOf({ _tag: "LoggedIn", session }))
      streams.print(summary(session, around.language, flags["show-secrets"] === true))
      if (flags["show-secrets"] !== true) streams.tell(hidden)
    }
  }
  if (told.failed !== undefined) return yield* failureOf(told.failed)
  if (session === undefined) return yield* takenBefore
})

const goesOn: Client.Told = { _tag: "GoesOn" }

const decode = Schema.decodeUnknownOption(SignInEvent)

const tellLine = (
  line: Line,
  { json }: Flags,
  around: Surroundings,
  live: Effect.Success<ReturnType<typeof LiveCode.make>> | undefined
): Effect.Effect<void> => {
  const { streams } = around
  if (json === true) return Effect.sync(() => streams.json(line))
  if (line._tag === "QrShown") return tellCode(line, around, live)
  return Effect.sync(() => {
    const event = decode(line)
    if (Option.isNone(event) || event.value._tag === "QrShown") return
    if (live !== undefined) live.tell(event.value)
    else streams.tell(wordsOf(event.value))
  })
}

const notYet = new CommandFailed({
  said: {
    message: { en: "this login has not ended yet", zh: "该登录尚未结束" },
    cure: { en: "scan the code and confirm; then ask again", zh: "请扫码并确认，然后再次询问" }
  },
  exitCode: exitCodes.LoginTimeout,
  tag: "NotYet"
})

const takenBefore = new CommandFailed({
  said: {
    message: {
      en: "it ended well; its session was not saved, and was given to whoever waited first",
      zh: "登录成功；会话没有保存，已交给最先等待的一方"
    },
    cure: { en: "log in with --profile to keep it", zh: "请使用 --profile 登录以保存会话" }
  },
  exitCode: exitCodes.NoSession
})
