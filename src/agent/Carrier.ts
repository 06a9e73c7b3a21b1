/**
 * The process that carries a login on in the background: it tells whoever asks at its socket, writes down what happens, and is gone
 * when the session is kept, or was handed to somebody.
 */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { createServer, type Socket } from "node:net"
import type { StoreFailed } from "../errors/LoginError.ts"
import type { LoginEventLine } from "../LoginEvent.ts"
import type { SessionJson } from "../Session.ts"
import { fromCause } from "../store/storeFailed.ts"
import type { Ended } from "./LoginRecord.ts"
import * as LoginRecord from "./LoginRecord.ts"
import * as Place from "./Place.ts"
import { isWish, type Said, toText, type Wish, wishLimit } from "./wire.ts"

export interface Carrier {
  /** Something that happened, in the form of `login --json`. */
  readonly tell: (line: typeof LoginEventLine.Encoded) => void
  /** What people are to hear, also those who come later: the last lines, and what the login waits for at present. */
  readonly say: (said: Omit<Said, "_tag">) => void
  /** Until somebody wants the login to end. */
  readonly cancelled: Effect.Effect<void>
  /** The last word. A session that is kept nowhere else is held until somebody takes it, or wants the end, or for ten minutes. */
  readonly end: (exitCode: number) => Effect.Effect<void>
}

const patience = "10 minutes"

/** Lines for people that are kept for those who come later. */
const mostSaid = 20

/** Listens at the login's socket, with a record of it, until the scope closes. */
export const open = Effect.fnUntraced(function* (
  place: Place.Place,
  about: Pick<LoginRecord.LoginRecord, "about" | "site" | "startedAt">
): Effect.fn.Return<Carrier, StoreFailed, Scope.Scope> {
  const cancelled = yield* Deferred.make<void>()
  const taken = yield* Deferred.make<void>()
  const followers = new Map<Socket, Wish>()
  let record: LoginRecord.LoginRecord = { id: place.id, ...about, lines: [] }
  let said: ReadonlyArray<Said> = []
  let waitsFor: Said = { _tag: "Said", passing: true }
  let profile: string | undefined
  let session: SessionJson | undefined
  let ended: Ended | undefined
  let written: Promise<unknown> = Promise.resolve()

  // One after the other. A disk that is full is no reason to end: who asks at the socket is told all the same.
  const writeDown = () => {
    const now = record
    written = written.then(() => LoginRecord.write(place, now)).catch(() => undefined)
  }
  const tellEnd = (socket: Socket, wish: Wish, end: Ended) => {
    if (session === undefined || wish === "watch" || wish === "cancel") {
      return void socket.end(toText({ _tag: "Ended", ...end }))
    }
    socket.end(toText({ _tag: "Ended", ...end, session }), () => {
      session = undefined
      Deferred.doneUnsafe(taken, Effect.void)
    })
  }
  const answer = (socket: Socket, wish: string) => {
    if (!isWish(wish)) return void socket.destroy()
    if (wish === "cancel") Deferred.doneUnsafe(cancelled, Effect.void)
    for (const line of said) socket.write(toText(line))
    for (const line of record.lines) socket.write(toText({ _tag: "Line", line }))
    socket.write(toText(waitsFor))
    if (ended !== undefined) tellEnd(socket, wish, ended)
    else if (wish === "ask") socket.end(toText({ _tag: "Now" }))
    else {
      socket.write(toText({ _tag: "Now" }))
      followers.set(socket, wish)
    }
  }
  const shut = yield* serve(place, (socket) => {
    let wish = ""
    socket.setEncoding("utf8")
    socket.on("error", () => socket.destroy()).on("close", () => followers.delete(socket))
    socket.on("data", (text) => {
      wish += String(text)
      if (wish.endsWith("\n")) {
        socket.removeAllListeners("data").resume()
        answer(socket, wish.trimEnd())
      } else if (wish.length > wishLimit) socket.destroy()
    })
  })
  writeDown()
  yield* Effect.promise(() => written)

  return {
    tell: (line) => {
      if (line._tag === "LoggedIn") return void (session = line.session)
      if (line._tag === "Saved" || line._tag === "SessionStillGood") profile = line.profile
      if (line._tag === "NotSaved") profile = undefined
      record = { ...record, lines: [...(line._tag === "QrShown" ? [] : record.lines), line] }
      writeDown()
      for (const socket of followers.keys()) socket.write(toText({ _tag: "Line", line }))
    },
    say: (words) => {
      const line: Said = { _tag: "Said", ...words }
      if (line.passing === true) waitsFor = line
      else said = [...said, line].slice(-mostSaid)
      for (const socket of followers.keys()) socket.write(toText(line))
    },
    cancelled: Deferred.await(cancelled),
    end: (exitCode) =>
      Effect.gen(function* () {
        const end = { exitCode, ...(profile === undefined ? {} : { profile }) }
        if (profile !== undefined) session = undefined
        ended = end
        const tellAll = () => {
          for (const [socket, wish] of followers) tellEnd(socket, wish, end)
          followers.clear()
        }
        if (session !== undefined) {
          tellAll()
          yield* Effect.raceFirst(Deferred.await(taken), Deferred.await(cancelled)).pipe(
            Effect.timeoutOption(patience),
            Effect.interruptible,
            Effect.exit
          )
        }
        // Who comes after the socket is gone finds it written down.
        record = LoginRecord.withEnd(record, end)
        writeDown()
        yield* Effect.promise(() => written)
        shut()
        tellAll()
      }).pipe(Effect.uninterruptible)
  }
})

/** Leaves nothing of a login that nobody knows of. */
export const forget = (place: Place.Place): Effect.Effect<void> => Effect.ignore(LoginRecord.clear(place))

/** Nobody but this user gets to the socket: its folder is closed, and so is the socket itself. */
const serve = (place: Place.Place, onConnection: (socket: Socket) => void) =>
  Effect.acquireRelease(
    Effect.flatMap(Place.socketName(place), ({ close, name }) =>
      Effect.callback<() => void, StoreFailed>((resume) => {
        const server = createServer(onConnection)
        server.once("error", (cause) => {
          close()
          resume(Effect.fail(fromCause(place.folder, cause)))
        })
        // Closed to others from its first moment on, whatever the folder is.
        const before = process.umask(0o177)
        server.listen(name, () =>
          resume(
            Effect.succeed(() => {
              if (!server.listening) return
              // It takes the name away at once; who is connected stays so.
              server.close()
              close()
            })
          )
        )
        process.umask(before)
      })
    ),
    (close) => Effect.sync(close)
  )
