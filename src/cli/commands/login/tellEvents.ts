/**
 * Tells of what happens on the way to a session: people first, then programs.
 */
import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Scope from "effect/Scope"
import type { LoginEventLine, QrShown, SignInEvent } from "../../../LoginEvent.ts"
import { toLine } from "../../../LoginEvent.ts"
import type { Surroundings } from "../../inputs/Surroundings.ts"
import type { Values } from "../../line/Command.ts"
import { usage } from "../../process/CommandFailed.ts"
import { onSuspend } from "../../process/suspend.ts"
import { ending, passing, withLeft, wordsOf } from "../../terminal/eventWords.ts"
import { protocolOf } from "../../terminal/inlineImage.ts"
import * as QrFile from "../../terminal/qrFile.ts"
import type { Place, Shown } from "../../terminal/showCode.ts"
import type { login } from "./login.ts"

type Flags = Pick<Values<typeof login>, "qr" | "qr-file" | "json" | "page-listen" | "force" | "on-qr">

/** Calls its function with each event, in order. `newCode` ends when somebody asks for one on the page, where one may. */
export const teller = Effect.fnUntraced(function* (flags: Flags, around: Surroundings) {
  const { env, streams } = around
  const path = flags["qr-file"]
  const places = placesOf(flags)
  if (places.has("image") && (streams.terminal() === undefined || protocolOf(env) === undefined)) return yield* noImages
  const options = { places, streams, file: yield* QrFile.make(path, flags.force === true), env }
  const onQr = flags["on-qr"] && (yield* (yield* load(import("../../process/onQr.ts"))).open(flags["on-qr"], around))
  const print = (line: typeof LoginEventLine.Encoded) => {
    if (flags.json === true) streams.json(line)
    onQr?.tell(line)
  }
  // The first request is under way while this is loaded.
  const showing = import("../../terminal/showCode.ts")
  const page = places.has("page")
    ? yield* (yield* load(import("../../terminal/qrPage.ts"))).open(flags["page-listen"], streams)
    : undefined
  const scope = yield* Effect.scope
  let code: Code | undefined
  let following = false

  /** A code that can still be scanned, and the time that it has left. */
  const shown = Effect.fnUntraced(function* ({ attempt, expiresAt, png }: QrShown) {
    const { framed, redraw, show } = yield* load(showing)
    const clock = yield* Clock.Clock
    let latest: Shown = {}
    code = {
      left: () => DateTime.toEpochMillis(expiresAt) - clock.currentTimeMillisUnsafe(),
      redraw: () => void (latest = redraw(png, attempt, latest, options))
    }
    // Before anything is to be seen that would have to be drawn anew.
    if (streams.terminal() !== undefined && !following) {
      following = true
      yield* Effect.provideService(followTerminal, Scope.Scope, scope)
      yield* Effect.forkIn(everySecond(streams.refresh), scope)
    }
    latest = yield* show(png, attempt, options)
    // Who sends it to a person needs it in some form.
    if (onQr !== undefined && latest.file === undefined) {
      latest = { ...latest, file: options.file.write(framed(png)) }
    }
    return latest
  })
  const followTerminal = Effect.gen(function* () {
    const redraw = () => {
      try {
        code?.redraw()
      } catch {
        // A file that cannot be written now was not asked for: the code comes back with the next size that it fits.
      }
    }
    const leave = () => {
      streams.withdraw()
      streams.clear()
    }
    yield* Effect.acquireRelease(
      Effect.sync(() => streams.onResize(redraw)),
      (stop) => Effect.sync(stop)
    )
    yield* onSuspend(leave, () => {
      redraw()
      streams.refresh()
    })
    yield* Effect.addFinalizer(() => Effect.sync(streams.withdraw))
  })

  const tell = (event: SignInEvent): Effect.Effect<void> => {
    page?.tell(event)
    if (event._tag === "QrShown") {
      const { attempt, expiresAt } = event
      const more = page === undefined ? {} : { page: page.address }
      return Effect.map(shown(event), (shown) =>
        print({ _tag: "QrShown", attempt, ...shown, ...more, expiresAt: DateTime.formatIso(expiresAt) })
      )
    }
    return Effect.sync(() => {
      const words = wordsOf(event)
      const isPassing = passing.has(event._tag)
      if (ending.has(event._tag)) {
        // Above a new one people would scan the dead one.
        streams.withdraw()
        code = undefined
      }
      const left = isPassing && streams.terminal() !== undefined ? code?.left : undefined
      streams.status(left === undefined ? words : () => withLeft(words, left()))
      if (!isPassing) streams.settle()
      print(toLine(event))
    })
  }
  return { tell, newCode: page?.newCode ?? Effect.never }
})

interface Code {
  readonly left: () => number
  readonly redraw: () => void
}

const noImages = usage(
  { en: "this terminal does not say that it shows pictures", zh: "此终端没有表明可以显示图片" },
  {
    en: "use --qr terminal, or kitty, Ghostty, iTerm2, WezTerm or mintty, and neither tmux nor screen",
    zh: "请用 --qr terminal，或换用 kitty、Ghostty、iTerm2、WezTerm、mintty，且不在 tmux 或 screen 中"
  }
)

const load = <A>(module: Promise<A>) => Effect.promise(() => module)

const everySecond = (act: () => void) => Effect.forever(Effect.andThen(Effect.sleep("1 second"), Effect.sync(act)))

/** A file that is named is wanted, whatever else is; where nothing is said, the terminal decides. */
const placesOf = (flags: Flags): ReadonlySet<Place> =>
  new Set<Place>([
    ...(flags.qr ?? (flags["qr-file"] === undefined && flags["page-listen"] === undefined ? ["auto" as const] : [])),
    ...(flags["qr-file"] === undefined ? [] : ["file" as const]),
    ...(flags["page-listen"] === undefined ? [] : ["page" as const])
  ])
