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

// Node starts a file sooner that is no module of its own, and such a file cannot wait outside of a function.
const run = async () => {
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
      const { command, values } = parsed
      const threads = command.apart && (await import("./process/apart.ts"))
      const early = command.asksForCode && (await import("./inputs/earlyConnection.ts"))
      if (threads?.part === undefined) early?.openFor(command, values, process.env)
      const { runAsMain } = await import("./process/mainProgram.ts")
      const { toExitCode } = await import("./process/toExitCode.ts")
      await early?.goOn()

      const { proxy } = values as { readonly proxy?: string }
      const entry = import.meta.url
      const around = { streams, language, env: process.env, entry, ...(proxy === undefined ? {} : { proxy }) }
      const json = values["json"] === true
      if (threads?.isMain === true && command.apart === "all") {
        runAsMain(threads.runCommand(json, around), json, around)
        break
      }
      const program = await parsed.load()
      await early?.goOn()
      if (threads?.part !== undefined) await threads.answer(program.part!(threads.part.input as never))
      else runAsMain(toExitCode(program.run(values as never, around), json, around), json, around)
      threads?.onInterrupt()
    }
  }
}

void run()
