/**
 * The command `webqq-login`: reads the command line, then loads and runs the command that it names.
 */
import type * as Effect from "effect/Effect"
import * as Language from "../Language.ts"
import { parse } from "./command.ts"
import { commands } from "./commands.ts"
import * as Output from "./output.ts"
import type { Surroundings } from "./report.ts"

/** What a command does. Its values are those that its entry in the table yields. */
interface Program {
  readonly run: (values: never, around: Surroundings) => Effect.Effect<number>
}

const programs: Readonly<Record<string, () => Promise<Program>>> = {
  login: () => import("./login.ts"),
  status: () => import("./status.ts"),
  renew: () => import("./renew.ts"),
  logout: () => import("./logout.ts"),
  cookies: () => import("./cookies.ts"),
  token: () => import("./token.ts"),
  export: () => import("./export.ts"),
  import: () => import("./import.ts"),
  sites: () => import("./sites.ts"),
  completions: () => import("./completions.ts"),
  record: () => import("./record.ts"),
  fixtures: () => import("./fixtures.ts")
}

// Without a reader of stdout a command has failed; without one of stderr it goes on.
process.stdout.on("error", () => (process.exitCode = 1))
process.stderr.on("error", () => {})

const output = Output.make(process, process.env)
const parsed = parse(commands, process.argv.slice(2))
const language = parsed.language ?? Language.fromEnv(process.env)

switch (parsed._tag) {
  case "Help": {
    const { render } = await import("./help.ts")
    output.stdout(render(commands, parsed.command, language))
    break
  }
  case "Version": {
    const { default: manifest } = await import("../../package.json", { with: { type: "json" } })
    output.stdout(`${manifest.version}\n`)
    break
  }
  case "Mistake": {
    const { advice } = await import("./render.ts")
    const { cure, message } = parsed.mistake
    output.line(advice({ message: message[language], cure: cure[language] }, language))
    process.exitCode = 2
    break
  }
  case "Run": {
    const [{ run }, program] = await Promise.all([import("./run.ts"), programs[parsed.command.name]!()])
    const around = { output, language, env: process.env }
    run(program.run(parsed.values as never, around), parsed.values["json"] === true, around)
  }
}
