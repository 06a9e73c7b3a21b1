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
import type { Place } from "../../terminal/showCode.ts"
import type { login } from "./login.ts"

type Flags = Pick<Values<typeof login>, "qr" | "qr-file" | "json" | "page-listen">

/** Calls its function with each event, in order. `newCode` ends when somebody asks for one on the page, where one may. */
export const teller = Effect.fnUntraced(function* (flags: Flags, around: Surroundings) {
  const { env, streams } = around
  const path = flags["qr-file"]
  const places = placesOf(flags)
  const options = { places, streams, file: yield* QrFile.make(path), env }
  const print = (line: typeof LoginEventLine.Encoded) => {
    if (flags.json === true) streams.json(line)
  }
  // The first request is under way while this is loaded.
  const showing = import("../../terminal/showCode.ts")
  const page = places.has("page")
    ? yield* (yield* Effect.promise(() => import("../../terminal/qrPage.ts"))).open(flags["page-listen"], streams)
    : undefined
  const tell = (event: SignInEvent): Effect.Effect<void> => {
    page?.tell(event)
    if (event._tag === "QrShown") {
      const { attempt, expiresAt, png } = event
      const more = page === undefined ? {} : { page: page.address }
      return Effect.promise(() => showing).pipe(
        Effect.flatMap(({ show }) => show(png, attempt, options)),
        Effect.map((shown) =>
          print({ _tag: "QrShown", attempt, ...shown, ...more, expiresAt: DateTime.formatIso(expiresAt) })
        )
      )
    }
    return Effect.sync(() => {
      streams.status(wordsOf(event))
      if (!passing.has(event._tag)) streams.settle()
      print(toLine(event))
    })
  }
  return { tell, newCode: page?.newCode ?? Effect.never }
})

/** A file that is named is wanted, whatever else is; where nothing is said, the terminal decides. */
const placesOf = (flags: Flags): ReadonlySet<Place> =>
  new Set<Place>([
    ...(flags.qr ?? (flags["qr-file"] === undefined && flags["page-listen"] === undefined ? ["auto" as const] : [])),
    ...(flags["qr-file"] === undefined ? [] : ["file" as const]),
    ...(flags["page-listen"] === undefined ? [] : ["page" as const])
  ])

/** States whose line is overwritten by the next. */
const passing: ReadonlySet<SignInEvent["_tag"]> = new Set(["Waiting", "Scanned", "ScanWithdrawn"])
