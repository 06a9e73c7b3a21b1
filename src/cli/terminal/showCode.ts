/**
 * Brings a QR code before the user's eyes: in the terminal where it can be read there, else in a file.
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import type { Bilingual } from "../../Language.ts"
import type { QrMatrix } from "../../qr/QrMatrix.ts"
import { readText } from "../../qr/QrReader.ts"
import { fromPng } from "../../qr/QrPicture.ts"
import { toPng } from "../../qr/QrPng.ts"
import { dimensions, render } from "../../qr/QrTerminal.ts"
import { note } from "./advice.ts"
import { draw as drawImage, protocolOf } from "./inlineImage.ts"
import type { QrFile } from "./qrFile.ts"
import type { Picture, Streams } from "./streams.ts"
import type * as Viewer from "./viewer.ts"

/** Where a code may appear: what `--qr` takes. */
export type Place = "auto" | "terminal" | "image" | "file" | "open" | "page" | "url" | "none"

export interface Options {
  readonly places: ReadonlySet<Place>
  readonly streams: Streams
  readonly file: QrFile
  /** Looked at for `NO_COLOR`, `TERM`, and what terminals tell of themselves. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** Opens a picture, in place of the system's viewer. */
  readonly view?: typeof Viewer.view
}

/** What became of a code: the text in it, if it can be read, and the file it is in, if it is in one. */
export interface Shown {
  readonly url?: string
  readonly file?: string
}

/**
 * Shows the picture that the server sent as code number `attempt`, and reads what is in it after it is shown. Dies of `CommandFailed`
 * where a file cannot be written.
 */
export const show = Effect.fnUntraced(function* (png: Uint8Array, attempt: number, options: Options) {
  const { places, streams } = options
  const matrix = matrixOf(png)
  const drawn = draw(matrix, attempt, options)
  let path: string | undefined
  if (typeof drawn === "object" && drawn.why !== undefined) streams.tell(drawn.why)
  if (places.has("file") || places.has("open") || typeof drawn === "object") {
    path = write(png, matrix, options)
    const first = places.has("open") ? inWindow : openIt
    if (drawn !== true) streams.tell(attempt === 1 ? first : scanAgain(attempt))
    if (places.has("open")) yield* open(path, options)
  } else if (drawn !== true && attempt > 1) streams.tell(scanAgain(attempt))

  const url = matrix === undefined ? undefined : yield* textIn(matrix)
  if (url === undefined && !places.has("none")) {
    streams.tell(unchecked)
    // What the eye sees is what was sent, but no phone may be able to read it: the file can be looked at otherwise.
    path ??= write(png, matrix, options)
  }
  if (url !== undefined && (places.has("url") || path !== undefined)) {
    streams.insist({ en: `the code says ${url}`, zh: `二维码的内容：${url}` })
  }
  return { ...(url === undefined ? {} : { url }), ...(path === undefined ? {} : { file: path }) } satisfies Shown
})

/** Shows a code again that was `shown` before, on a terminal that has changed since: larger, smaller, or in use by others meanwhile. */
export const redraw = (png: Uint8Array, attempt: number, shown: Shown, options: Options): Shown => {
  const matrix = matrixOf(png)
  options.streams.withdraw()
  const drawn = draw(matrix, attempt, options)
  if (typeof drawn !== "object" || shown.file !== undefined) return shown
  if (drawn.why !== undefined) options.streams.tell(drawn.why)
  return { ...shown, file: write(png, matrix, options) }
}

/** The picture of a code as it can be scanned: drawn anew with its white frame, where it was understood. */
export const framed = (png: Uint8Array): Uint8Array => {
  const matrix = matrixOf(png)
  return matrix === undefined ? png : toPng(matrix)
}

const matrixOf = (png: Uint8Array) => Option.getOrUndefined(Result.getSuccess(fromPng(png)))

const write = (png: Uint8Array, matrix: QrMatrix | undefined, { file, streams }: Options): string => {
  const path = file.write(matrix === undefined ? png : toPng(matrix))
  streams.insist({ en: `QR code: ${path}`, zh: `二维码：${path}` })
  return path
}

/** Opens the picture for somebody who sits at this machine; where that fails, its path has been told. */
const open = (path: string, { streams, view }: Options) =>
  Effect.promise(async () => {
    const opener = view ?? (await import("./viewer.ts")).view
    await opener(path, (why) =>
      streams.tell(
        note({
          en: `no window shows it (${why}): open the picture yourself, or use --qr terminal or --qr page`,
          zh: `无法打开窗口（${why}）：请自行打开图片，或使用 --qr terminal 或 --qr page`
        })
      )
    )
  })

/** Draws it where a terminal is wanted; or says why there is none that can show it, if somebody looks at one. */
const draw = (
  matrix: QrMatrix | undefined,
  attempt: number,
  options: Options
): true | { readonly why: Bilingual | undefined } | undefined => {
  const { places, streams } = options
  if (!["auto", "terminal", "image"].some((place) => places.has(place as Place))) return undefined
  const picture = pictureOf(matrix, options)
  if (picture !== undefined && "text" in picture) {
    // One above another, people scan the upper one.
    streams.withdraw()
    streams.draw(picture, attempt === 1 ? scan : scanAgain(attempt))
    return true
  }
  return { why: picture }
}

/** The text in a code: of one that has just been drawn at once, of any other by the general decoder. */
const textIn = (matrix: QrMatrix): Effect.Effect<string | undefined> => {
  const text = readText(matrix)
  return Option.isSome(text)
    ? Effect.succeed(text.value)
    : Effect.map(
        Effect.promise(() => import("../../qr/QrDecoder.ts")),
        ({ payload }) => Option.getOrUndefined(payload(matrix))
      )
}

/** The code as text; or why there is none; or nothing where nobody looks at a terminal anyway. */
const pictureOf = (
  matrix: QrMatrix | undefined,
  { env, places, streams }: Options
): Picture | Bilingual | undefined => {
  const terminal = streams.terminal()
  const asked = places.has("terminal") || places.has("image")
  if (env["TERM"] === "dumb") return instead({ en: "the terminal cannot draw", zh: "终端无法绘制二维码" })
  if (!asked && terminal === undefined) return undefined
  if (!asked && env["NO_COLOR"]) return instead({ en: "NO_COLOR is set", zh: "已设置 NO_COLOR" })
  // A picture that is not understood may lack its white frame: no phone reads that on a dark screen.
  if (matrix === undefined) return instead({ en: "its picture was not understood", zh: "无法识别服务器给出的图片" })
  // The line with the state must fit below it.
  const room = terminal === undefined ? {} : { columns: terminal.columns, rows: terminal.rows - 2 }
  const protocol = places.has("image") ? protocolOf(env) : undefined
  if (protocol !== undefined && terminal !== undefined) {
    const image = drawImage(toPng(matrix), protocol, { columns: terminal.columns, rows: terminal.rows - 2 })
    if (image !== undefined) return image
  }
  for (const quiet of frames) {
    const text = render(matrix, { ...room, quiet })
    if (Option.isSome(text)) return { text: text.value, ...dimensions(matrix, "blocks", quiet) }
  }
  const { columns, rows } = dimensions(matrix, "blocks", frames[1])
  return instead({
    en: `the terminal is too small for it (${columns} × ${rows + 2} needed)`,
    zh: `终端太小（需要 ${columns} × ${rows + 2}）`
  })
}

/** Light modules around a code: what the standard asks for, and what the server's own picture has. */
const frames = [4, 2] as const

const instead = ({ en, zh }: Bilingual): Bilingual => ({
  en: `the QR code is in a file: ${en}`,
  zh: `二维码已写入文件：${zh}`
})
const unchecked: Bilingual = {
  en: "note: the code could not be checked: a phone may not be able to read it",
  zh: "提示：无法校验此二维码，手机可能无法识别"
}
const scan: Bilingual = { en: "scan this code with QQ on the phone", zh: "请用手机 QQ 扫描上面的二维码" }
const openIt: Bilingual = {
  en: "open it on another screen and scan it with QQ's camera: QQ refuses pictures from the album",
  zh: "请在另一块屏幕上打开该文件，并用手机 QQ 的相机扫描：QQ 会拒绝相册中的图片"
}
const inWindow: Bilingual = {
  en: "scan the code in the window that opens with QQ on the phone",
  zh: "请用手机 QQ 扫描打开的窗口中的二维码"
}
const scanAgain = (attempt: number): Bilingual => ({
  en: `scan the new code (number ${attempt})`,
  zh: `请扫描新的二维码（第 ${attempt} 个）`
})
