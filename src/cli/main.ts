/**
 * The command `webqq-login`: reads the command line, then loads and runs the command that it names.
 */
import * as Language from "../Language.ts"
import { parse } from "./line/parse.ts"
import { commands } from "./line/commands.ts"
import { programs } from "./commands/programs.ts"
import * as Output from "./terminal/output.ts"

// Without a reader of stdout a command has failed; without one of stderr it goes on.
process.stdout.on("error", () => (process.exitCode = 1))
process.stderr.on("error", () => {})

const output = Output.make(process, process.env)
const parsed = parse(commands, process.argv.slice(2))
const language = parsed.language ?? Language.fromEnv(process.env)

switch (parsed._tag) {
  case "Help": {
    const { render } = await import("./line/help.ts")
    output.stdout(render(commands, parsed.command, language))
    break
  }
  case "Version": {
    const { default: manifest } = await import("../../package.json", { with: { type: "json" } })
    output.stdout(`${manifest.version}\n`)
    break
  }
  case "Mistake": {
    const { advice } = await import("./terminal/render.ts")
    const { cure, message } = parsed.mistake
    output.line(advice({ message: message[language], cure: cure[language] }, language))
    process.exitCode = 2
    break
  }
  case "Run": {
    const [{ run }, program] = await Promise.all([import("./terminal/run.ts"), programs[parsed.command.name]!()])
    const around = { output, language, env: process.env }
    run(program.run(parsed.values as never, around), parsed.values["json"] === true, around)
  }
}
