import type { Language } from "webqq-login/Language"
import * as Streams from "../../src/cli/terminal/streams.ts"

/** Streams whose words are kept: what was written to stderr, to stdout, and to both in order. */
export const screen = (
  terminal: { readonly isTTY?: boolean; readonly columns?: number; readonly rows?: number } = {},
  env: Readonly<Record<string, string>> = {},
  language: Language = "en",
  quiet = false
) => {
  const written: Array<readonly [stream: "stdout" | "stderr", text: string]> = []
  const sink = (stream: "stdout" | "stderr") => ({
    ...terminal,
    write: (text: string | Uint8Array) => written.push([stream, Buffer.from(text).toString()])
  })
  const of = (wanted?: string) => () =>
    written.flatMap(([stream, text]) => (wanted === undefined || stream === wanted ? [text] : [])).join("")
  return {
    streams: Streams.make({ stdout: sink("stdout"), stderr: sink("stderr") }, language, env, quiet),
    stdout: of("stdout"),
    stderr: of("stderr"),
    both: of()
  }
}
