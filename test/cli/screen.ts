import * as Output from "../../src/cli/terminal/output.ts"

/** An output whose words are kept: what was written to stderr, to stdout, and to both in order. */
export const screen = (
  terminal: { readonly isTTY?: boolean; readonly columns?: number; readonly rows?: number } = {},
  env: Readonly<Record<string, string>> = {}
) => {
  const written: Array<readonly [stream: "stdout" | "stderr", text: string]> = []
  const sink = (stream: "stdout" | "stderr") => ({ ...terminal, write: (text: string) => written.push([stream, text]) })
  const of = (wanted?: string) => () =>
    written.flatMap(([stream, text]) => (wanted === undefined || stream === wanted ? [text] : [])).join("")
  return {
    output: Output.make({ stdout: sink("stdout"), stderr: sink("stderr") }, env),
    stdout: of("stdout"),
    stderr: of("stderr"),
    both: of()
  }
}
