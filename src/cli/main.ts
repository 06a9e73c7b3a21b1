/**
 * The command `webqq-login`: reads the command line, then loads and runs the command that it names.
 */
import { existsSync } from "node:fs"
import * as Language from "../Language.ts"
import { commands } from "./commands/table.ts"
import { wayOf } from "./line/networkFlags.ts"
import { parse } from "./line/parse.ts"
import { endAtOnce } from "./process/signals.ts"
import * as Stdout from "./process/stdout.ts"
import { advice } from "./terminal/advice.ts"
import * as Streams from "./terminal/streams.ts"

const parsed = parse(commands, process.argv.slice(2))
const language = parsed.language ?? Language.fromEnv(process.env)
const given: Readonly<Record<string, unknown>> = parsed._tag === "Run" ? parsed.values : {}
// Without a reader of stderr a command goes on.
const { stderr } = process
stderr.on("error", () => {})
const stdout = Stdout.open((said) => {
  streams.settle()
  streams.insist(...advice(said))
})
const streams = Streams.make({ stdout, stderr }, language, process.env, given["quiet"] === true)

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
      streams.insist(...advice(parsed.mistake))
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

      // As it was started itself, where it is the file that was built: with the code that is kept of it (scripts/launcher.cjs).
      const launcher = new URL("cli.cjs", import.meta.url)
      const entry = existsSync(launcher) ? launcher.href : import.meta.url
      const around = {
        streams,
        language,
        env: process.env,
        entry,
        verbose: values["verbose"] === true,
        ...wayOf(values)
      }
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
