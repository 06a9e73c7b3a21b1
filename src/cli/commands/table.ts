/**
 * All commands, in the order of the help.
 */
import type { Command } from "../line/Command.ts"
import { completions } from "./about/completions.ts"
import { doctor } from "./about/doctor.ts"
import { sites } from "./about/sites.ts"
import { fixtures } from "./fixtures/fixtures.ts"
import { fleet } from "./fleet/fleet.ts"
import { login } from "./login/login.ts"
import { record } from "./login/record.ts"
import { cookies } from "./scripts/cookies.ts"
import { request } from "./scripts/request.ts"
import { token } from "./scripts/token.ts"
import { keep } from "./sessions/keep.ts"
import { logout } from "./sessions/logout.ts"
import { renew } from "./sessions/renew.ts"
import { status } from "./sessions/status.ts"
import { exportSession } from "./transfer/export.ts"
import { importSession } from "./transfer/import.ts"

export const commands: ReadonlyArray<Command> = [
  login,
  status,
  renew,
  keep,
  logout,
  cookies,
  token,
  request,
  exportSession,
  importSession,
  sites,
  doctor,
  completions,
  record,
  fixtures,
  fleet
]
