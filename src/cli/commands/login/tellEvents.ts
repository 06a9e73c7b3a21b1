/**
 * Tells of what happens on the way to a session: people first, then programs.
 */
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import type { LoginEventLine, SignInEvent } from "../../../LoginEvent.ts"
import { toLine } from "../../../LoginEvent.ts"
import type { Surroundings } from "../../inputs/Surroundings.ts"
import type { Values } from "../../line/Command.ts"
import { wordsOf } from "../../terminal/eventWords.ts"
import * as QrFile from "../../terminal/qrFile.ts"
import type { login } from "./login.ts"

type Flags = Pick<Values<typeof login>, "qr" | "qr-file" | "json">

/** What is called with each event, in order. */
export const teller = Effect.fnUntraced(function* (flags: Flags, { env, streams }: Surroundings) {
  const path = flags["qr-file"]
  const mode = flags.qr ?? (path === undefined ? "auto" : "file")
  const options = {
    mode,
    streams,
    file: yield* QrFile.make(path),
    fileWanted: path !== undefined,
    env
  }
  const print = (line: typeof LoginEventLine.Encoded) => {
    if (flags.json === true) streams.json(line)
  }
  // The first request is under way while this is loaded.
  const showing = import("../../terminal/showCode.ts")
  return (event: SignInEvent): Effect.Effect<void> => {
    if (event._tag === "QrShown") {
      const { attempt, expiresAt, png } = event
      return Effect.promise(() => showing).pipe(
        Effect.flatMap(({ show }) => show(png, attempt, options)),
        Effect.map((shown) => print({ _tag: "QrShown", attempt, ...shown, expiresAt: DateTime.formatIso(expiresAt) }))
      )
    }
    return Effect.sync(() => {
      streams.status(wordsOf(event))
      if (!passing.has(event._tag)) streams.settle()
      print(toLine(event))
    })
  }
})

/** States whose line is overwritten by the next. */
const passing: ReadonlySet<SignInEvent["_tag"]> = new Set(["Waiting", "Scanned", "ScanWithdrawn"])
