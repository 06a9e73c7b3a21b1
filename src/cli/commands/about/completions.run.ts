/**
 * `webqq-login completions`: what a shell completes.
 */
import * as Effect from "effect/Effect"
import type { Surroundings } from "../../inputs/Surroundings.ts"
import type { Values } from "../../line/Command.ts"
import { bash } from "../../line/completions/bash.ts"
import { fish } from "../../line/completions/fish.ts"
import { powershell } from "../../line/completions/powershell.ts"
import { zsh } from "../../line/completions/zsh.ts"
import { commands } from "../table.ts"
import type { completions as command } from "./completions.ts"

const scripts = { bash, zsh, fish, powershell }

export const run = ({ shell }: Values<typeof command>, { language, streams }: Surroundings) =>
  Effect.sync(() => streams.print(scripts[shell](commands, language).split("\n")))
