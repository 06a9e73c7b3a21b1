/**
 * `login start`, in the process that carries the login on: the same as `login --json`, but that whoever asks at its socket is told.
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Carrier from "../../../agent/Carrier.ts"
import type { LoginRecord } from "../../../agent/LoginRecord.ts"
import * as Place from "../../../agent/Place.ts"
import * as Notice from "../../../Notice.ts"
import type { Values } from "../../line/Command.ts"
import { wayOf } from "../../line/networkFlags.ts"
import type { Surroundings } from "../../inputs/Surroundings.ts"
import { failedLine } from "../../process/tellFailure.ts"
import { isVerbose } from "../../process/toExitCode.ts"
import { isNote } from "../../terminal/advice.ts"
import { listener } from "../../terminal/noticeWords.ts"
import type { Line } from "../../terminal/streams.ts"
import { run as login } from "./login.run.ts"
import type { start } from "./start.ts"

/** What it is told by the process that starts it: on no command line, where others can see a proxy's password. */
export interface Order extends Pick<LoginRecord, "about" | "startedAt"> {
  readonly place: Place.Place
  readonly flags: Values<typeof start>
}

/** In its environment: it is to wait for an order. */
export const variable = "WEBQQ_CARRIES"

export const isCarrier = ({ env }: Surroundings): boolean => env[variable] === "1" && process.send !== undefined

/** Carries on a login that it is told of, unless whoever started it is gone before it has heard that somebody listens. */
export const carry = Effect.fnUntraced(function* (around: Surroundings) {
  const order = (yield* heard) as Order | undefined
  if (order === undefined) return
  const { flags, place } = order
  const { site } = flags
  const carrier = yield* Carrier.open(place, { ...order, ...(site === undefined ? {} : { site }) })
  process.send!("listening", () => {})
  if ((yield* heard) === undefined) return yield* Carrier.forget(place)
  process.disconnect()

  const { page, ...others } = withPage(flags)
  const { [variable]: _, ...env } = around.env
  const say = (line: Line) => carrier.say({ line })
  const quiet: Surroundings = {
    ...around,
    ...wayOf(flags),
    env,
    streams: {
      ...around.streams,
      // What is said of the code says whoever shows it.
      tell: (...lines) => lines.filter((line) => typeof line === "string" || isNote(line)).forEach(say),
      insist: () => {},
      status: () => {},
      remark: (line) => carrier.say({ passing: true, ...(line === undefined ? {} : { line }) }),
      draw: () => {},
      json: carrier.tell as never
    }
  }
  yield* Effect.uninterruptibleMask((restore) =>
    Effect.gen(function* () {
      const exit = yield* login({ ...others, ...page, json: true, "qr-file": Place.qrFile(place) }, quiet).pipe(
        Effect.scoped,
        Effect.provideService(Notice.Listener, listener(quiet.streams, isVerbose(around))),
        Effect.raceFirst(Effect.andThen(carrier.cancelled, Effect.interrupt)),
        restore,
        Effect.exit
      )
      const failed = Exit.isFailure(exit) ? failedLine(exit.cause, around.language) : undefined
      if (failed !== undefined) carrier.tell(failed)
      yield* carrier.end(failed?.exitCode ?? 0)
    })
  )
})

const withPage = ({ qr, ...flags }: Order["flags"]) => ({
  ...flags,
  page: qr === undefined ? {} : ({ qr: ["file", "page"] } as const)
})

/** The next thing that is said; nothing where nobody is there any more to say it. */
const heard = Effect.callback<unknown>((resume) => {
  const onMessage = (message: unknown) => {
    process.off("disconnect", onGone)
    resume(Effect.succeed(message))
  }
  const onGone = () => {
    process.off("message", onMessage)
    resume(Effect.undefined)
  }
  if (!process.connected) return onGone()
  process.once("message", onMessage).once("disconnect", onGone)
  return undefined
})
