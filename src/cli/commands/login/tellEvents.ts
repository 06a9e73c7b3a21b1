/**
 * Tells of what happens on the way to a session: people first, then programs.
 */
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import type { LoginEventLine, SignInEvent } from "../../../LoginEvent.ts"
import { toLine } from "../../../LoginEvent.ts"
import type { Surroundings } from "../../inputs/Surroundings.ts"
import type { Values } from "../../line/Command.ts"
import { usage } from "../../process/CommandFailed.ts"
import { protocolOf } from "../../terminal/inlineImage.ts"
import * as QrFile from "../../terminal/qrFile.ts"
import type { Place } from "../../terminal/showCode.ts"
import * as LiveCode from "./liveCode.ts"
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
  const live = yield* LiveCode.make(options)
  const page = places.has("page")
    ? yield* (yield* load(import("../../terminal/qrPage.ts"))).open(flags["page-listen"], streams)
    : undefined

  const shown = Effect.fnUntraced(function* (code: LiveCode.Code) {
    const latest = yield* live.show(code)
    if (onQr === undefined || latest.file !== undefined) return latest
    // Who sends it to a person needs it in some form.
    const { framed } = yield* load(import("../../terminal/showCode.ts"))
    return { ...latest, file: options.file.write(framed(code.png)) }
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
      live.tell(event)
      print(toLine(event))
    })
  }
  return { tell, newCode: page?.newCode ?? Effect.never }
})

const noImages = usage(
  { en: "this terminal does not say that it shows pictures", zh: "此终端没有表明可以显示图片" },
  {
    en: "use --qr terminal, or kitty, Ghostty, iTerm2, WezTerm or mintty, and neither tmux nor screen",
    zh: "请用 --qr terminal，或换用 kitty、Ghostty、iTerm2、WezTerm、mintty，且不在 tmux 或 screen 中"
  }
)

const load = <A>(module: Promise<A>) => Effect.promise(() => module)

/** A file that is named is wanted, whatever else is; where nothing is said, the terminal decides. */
const placesOf = (flags: Flags): ReadonlySet<Place> =>
  new Set<Place>([
    ...(flags.qr ?? (flags["qr-file"] === undefined && flags["page-listen"] === undefined ? ["auto" as const] : [])),
    ...(flags["qr-file"] === undefined ? [] : ["file" as const]),
    ...(flags["page-listen"] === undefined ? [] : ["page" as const])
  ])
