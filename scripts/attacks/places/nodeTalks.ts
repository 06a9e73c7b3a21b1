/**
 * Node tells much of itself to whoever asks for it: no secret of a login is in it. Left out is what tells of requests as they are
 * (`NODE_DEBUG=http`, `net`, `https`): whoever asks for that has asked for the secrets in them.
 */
import * as Effect from "effect/Effect"
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import * as Scenario from "../../../src/replay/Scenario.ts"
import { newSearch, search, secretsOf } from "../../../test/support/canaries.ts"
import { briefly, start, withFolder } from "./running.ts"

const debug = "tls,stream,module,fs,timer,worker,dns,diagnostics"

export const run = (entry: string): Promise<ReadonlyArray<string>> =>
  withFolder(async (folder) => {
    const wrong: Array<string> = []
    const found = newSearch()
    for (const name of ["webqq", "qzone", "music"]) {
      const secrets = secretsOf(await Effect.runPromise(Scenario.load(name)))
      const flags = ["--trace-uncaught", "--trace-warnings", "--trace-exit", "--cpu-prof", "--heap-prof"]
      const folders = ["--cpu-prof-dir", "--heap-prof-dir"].map((flag) => `${flag}=${folder}`)
      const env = { NODE_DEBUG: debug, TMPDIR: folder, XDG_STATE_HOME: folder }
      const ended = await start(entry, `login --replay ${name} --speed 100`, env, [...flags, ...folders]).ended
      if (ended.code !== 0) wrong.push(`${name}: ${briefly(ended)}`)
      if (!ended.stderr.includes("STREAM ")) wrong.push(`${name}: Node told nothing`)
      const profiles = readdirSync(folder).filter((file) => file.endsWith("profile"))
      if (profiles.length < 2) wrong.push(`${name}: there are no profiles`)
      const files = Object.fromEntries(profiles.map((file) => [file, readFileSync(join(folder, file), "utf8")]))
      search(found, name, secrets, { ...ended, code: "", ...files } as Record<string, string>)
    }
    return [...wrong, ...found.hits]
  })
