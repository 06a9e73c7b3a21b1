/**
 * Asks how a login in the background stands: its process, or what that has written down. One whose process is gone is buried by whoever
 * comes across it: its code and its socket are removed, and its record says that it ended.
 */
import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { connect, type Socket } from "node:net"
import type { StoreFailed } from "../errors/LoginError.ts"
import { ofCommands } from "../errors/ExitCode.ts"
import { inBoth } from "../Language.ts"
import type { FailedLine } from "../LoginEvent.ts"
import type { SessionJson } from "../Session.ts"
import { withLock } from "../store/folderBackend.ts"
import { fromCause, storeFailed } from "../store/storeFailed.ts"
import type { Ended, Line, LoginRecord } from "./LoginRecord.ts"
import * as Records from "./LoginRecord.ts"
import * as Place from "./Place.ts"
import type { Answer, Said, Wish } from "./wire.ts"

/** What is known of a login: it goes on; or it has ended, with its session where that is kept nowhere, or with what it failed with. */
export type Told =
  | { readonly _tag: "GoesOn" }
  | ({ readonly _tag: "Ended"; readonly session?: SessionJson; readonly failed?: typeof FailedLine.Encoded } & Ended)

/**
 * Tells `onLine` what happened since the last code, and `onSaid` what people are to hear beside; unless it is only asked, also what comes
 * from now on. Yields nothing where nobody knows such a login.
 */
export const listen = Effect.fnUntraced(function* (
  home: string,
  id: string,
  wish: Wish,
  onLine: (line: Exclude<Line, { readonly _tag: "Failed" }>) => void,
  onSaid: (said: Said) => void = () => {}
): Effect.fn.Return<Told | undefined, StoreFailed> {
  const place = Place.of(home, id)
  let failed: typeof FailedLine.Encoded | undefined
  let heard = false
  const tell = (line: LoginRecord["lines"][number]) => {
    heard = true
    if (line._tag === "Failed") failed = line
    else if (line._tag !== "LoggedIn") onLine(line)
  }
  const told = yield* speak(place, wish, tell, onSaid)
  if (told?._tag === "Now") return { _tag: "GoesOn" }
  if (told !== undefined) return { ...told, ...(failed === undefined ? {} : { failed }) }
  const record = yield* settle(place)
  if (record?.ended === undefined) return undefined
  const again = heard ? record.lines.filter(({ _tag }) => _tag === "Failed") : record.lines
  again.forEach(tell)
  return { _tag: "Ended", ...record.ended, ...(failed === undefined ? {} : { failed }) }
}, Place.ofLogins)

/** Seconds that a process has for its first word. */
const patience = 10

type Last = Exclude<Answer, { readonly _tag: "Line" | "Said" }>

/** The last that its process says; nothing where there is none, or where it ends without a last word. */
const speak = (
  place: Place.Place,
  wish: Wish,
  onLine: (line: LoginRecord["lines"][number]) => void,
  onSaid: (said: Said) => void
) =>
  Effect.flatMap(knock(place), (socket) =>
    socket === undefined
      ? Effect.undefined
      : Effect.callback<Last | undefined, StoreFailed>((resume) => {
          let text = ""
          let last: Last | undefined
          socket.setEncoding("utf8").setTimeout(patience * 1000)
          socket.on("timeout", () =>
            resume(Effect.fail(storeFailed(place.folder, { reason: "no answer", seconds: patience })))
          )
          socket.on("data", (more) => {
            const lines = `${text}${String(more)}`.split("\n")
            text = lines.pop() ?? ""
            for (const line of lines) {
              const answer = JSON.parse(line) as Answer
              if (answer._tag === "Line") onLine(answer.line)
              else if (answer._tag === "Said") onSaid(answer)
              else last = answer
              // From here on it speaks when something happens.
              if (answer._tag === "Now") socket.setTimeout(0)
            }
            if (last?._tag === "Ended" || (last?._tag === "Now" && wish === "ask")) socket.end()
          })
          socket.on("error", () => socket.destroy())
          socket.on("close", () => resume(Effect.succeed(last?._tag === "Now" && wish !== "ask" ? undefined : last)))
          socket.write(`${wish}\n`)
          return Effect.sync(() => socket.destroy())
        })
  )

/** A connection to the process that carries the login on; nothing where that is gone. */
const knock = (place: Place.Place): Effect.Effect<Socket | undefined, StoreFailed> =>
  Place.socketName(place).pipe(
    Effect.flatMap(({ close, name }) =>
      Effect.callback<Socket | undefined, StoreFailed>((resume) => {
        const socket = connect(name)
        socket.once("connect", () => {
          close()
          socket.removeAllListeners("error")
          resume(Effect.succeed(socket))
        })
        socket.once("error", (cause: NodeJS.ErrnoException) => {
          close()
          const gone = cause.code === "ECONNREFUSED" || cause.code === "ENOENT"
          resume(gone ? Effect.undefined : Effect.fail(fromCause(place.folder, cause)))
        })
        return Effect.sync(() => socket.destroy())
      })
    ),
    // Its folder is not there.
    Effect.catch((error) => (error.reason === "the place cannot be made" ? Effect.undefined : Effect.fail(error)))
  )

/** The record of a login whose process is gone, with an end. Without one that can be read, nothing stays of it. */
const settle = Effect.fnUntraced(function* (
  place: Place.Place
): Effect.fn.Return<LoginRecord | undefined, StoreFailed> {
  const record = yield* Records.read(place)
  if (Option.isNone(record)) return yield* Effect.as(Records.clear(place), undefined)
  if (record.value.ended !== undefined) return record.value
  const { lines } = record.value
  // It was killed after the session was kept, or the login failed, and before it could write that down.
  const kept = lines.findLast((line) => line._tag === "Saved" || line._tag === "SessionStillGood")
  const failed = lines.find((line) => line._tag === "Failed")
  const buried: LoginRecord =
    kept !== undefined && failed === undefined
      ? Records.withEnd(record.value, { exitCode: 0, profile: kept.profile })
      : Records.withEnd(
          { ...record.value, lines: failed === undefined ? [...lines, died] : lines },
          { exitCode: failed?.exitCode ?? died.exitCode }
        )
  yield* Records.clear(place, buried)
  return buried
})

const died: typeof FailedLine.Encoded = {
  _tag: "Failed",
  error: {
    _tag: "Interrupted",
    message: inBoth({ en: "the process of this login was ended", zh: "该登录的进程已被终止" }),
    cure: inBoth({ en: "start again", zh: "请重新开始" })
  },
  exitCode: ofCommands.interrupted
}

/** How long it is told how a login ended. */
const remembered = 24 * 3_600_000

/** The record of a login that goes on; one that does not is buried, and after a day removed. */
const lookAt = Effect.fnUntraced(function* (place: Place.Place, now: number) {
  const before = Option.getOrUndefined(yield* Records.read(place))
  const living = before?.ended === undefined ? yield* knock(place) : undefined
  living?.destroy()
  if (living !== undefined) return before
  const record = yield* settle(place)
  const startedAt = record === undefined ? Option.none() : DateTime.make(record.startedAt)
  if (Option.isSome(startedAt) && now - startedAt.value.epochMilliseconds > remembered) yield* Records.clear(place)
  return undefined
})

/**
 * The login about the same that goes on already, or a new one, for which `start` has a process listen at its place. Two that ask at once
 * get the same. What dead ones have left is swept away.
 */
export const findOrStart = <E>(
  home: string,
  about: string,
  start: (place: Place.Place) => Effect.Effect<void, E>
): Effect.Effect<{ readonly id: string; readonly record: LoginRecord | undefined }, E | StoreFailed> =>
  withLock(
    home,
    Effect.gen(function* () {
      const now = yield* Clock.currentTimeMillis
      for (const id of yield* Records.ids(home)) {
        // What is left of one that cannot be read or removed is no reason to begin no other.
        const found = yield* Effect.option(lookAt(Place.of(home, id), now))
        if (Option.isSome(found) && found.value?.about === about) return { id, record: found.value }
      }
      const place = Place.of(home, Place.newId())
      yield* Place.prepare(place.folder)
      yield* Effect.tapError(start(place), () => Effect.ignore(Records.clear(place)))
      return { id: place.id, record: undefined }
    })
  ).pipe(Place.ofLogins)
