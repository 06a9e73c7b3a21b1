/**
 * The command `webqq-login`: reads the command line, then loads and runs the command that it names.
 */
import * as Language from "../Language.ts"
import { commands } from "./commands/table.ts"
import { parse } from "./line/parse.ts"
import { endAtOnce } from "./process/signals.ts"
import * as Streams from "./terminal/streams.ts"

// Without a reader of stdout a command has failed; without one of stderr it goes on.
process.stdout.on("error", () => (process.exitCode = 1))
process.stderr.on("error", () => {})

const parsed = parse(commands, process.argv.slice(2))
const language = parsed.language ?? Language.fromEnv(process.env)
const streams = Streams.make(process, language, process.env)

switch (parsed._tag) {
  case "Help": {
    const { render } = await import("./line/help.ts")
    streams.print(render(commands, parsed.found, language).split("\n"))
    break
  }
  case "Version": {
    const { default: manifest } = await import("../../package.json", { with: { type: "json" } })
    streams.print([manifest.version])
    break
  }
  case "Mistake": {
    const { advice } = await import("./terminal/advice.ts")
    streams.tell(...advice(parsed.mistake))
    process.exitCode = 2
    break
  }
  case "Run": {
    endAtOnce()
    const early = parsed.command.asksForCode && (await import("./inputs/earlyConnection.ts"))
    early?.openFor(parsed.command, parsed.values, process.env)
    const { runAsMain } = await import("./process/mainProgram.ts")
    const { toExitCode } = await import("./process/toExitCode.ts")
    await early?.goOn()
    const program = await parsed.load()
    await early?.goOn()
    const { proxy } = parsed.values as { readonly proxy?: string }
    const around = { streams, language, env: process.env, ...(proxy === undefined ? {} : { proxy }) }
    const json = parsed.values["json"] === true
    runAsMain(toExitCode(program.run(parsed.values as never, around), json, around), json, around)
  }
}
