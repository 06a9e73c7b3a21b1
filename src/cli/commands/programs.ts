/**
 * The code behind every command: loaded when the command is called, and not before.
 */
import type * as Effect from "effect/Effect"
import type { Surroundings } from "../terminal/report.ts"

/** What a command does. Its values are those that its entry in the table yields. */
export interface Program {
  readonly run: (values: never, around: Surroundings) => Effect.Effect<number>
}

/** By the name of the command. */
export const programs: Readonly<Record<string, () => Promise<Program>>> = {
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
  fixtures: () => import("./fixtures/fixtures.ts")
}
