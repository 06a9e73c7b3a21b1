/**
 * Many at once on one folder of sessions: processes of the command, and threads and stores of one process.
 */
import * as Effect from "effect/Effect"
import { readdirSync } from "node:fs"
import { join } from "node:path"
import { Worker } from "node:worker_threads"
import * as SessionStore from "../../../src/store/SessionStore.ts"
import { aSession, counted } from "../../../test/support/sessionStores.ts"
import { briefly, start, withFolder } from "./running.ts"

const many = 40

export const run = (entry: string): Promise<ReadonlyArray<string>> =>
  withFolder(async (folder) => {
    const wrong: Array<string> = []
    const env = { XDG_STATE_HOME: folder, TMPDIR: folder }
    const login = "login --fresh --replay webqq --speed 10 --profile p"
    const all = async (lines: ReadonlyArray<string>, codes: ReadonlyArray<number>) => {
      for (const ended of await Promise.all(lines.map((line) => start(entry, line, env).ended))) {
        if (!codes.includes(ended.code ?? -1)) wrong.push(briefly(ended))
      }
    }
    const look = async (when: string, count: number) => {
      const { stdout } = await start(entry, "status --offline --json", env).ended
      const sessions = stdout.split("\n").filter((line) => line.includes(`"_tag":"SavedSession"`))
      if (sessions.length !== count || sessions.some((line) => !line.includes(`"profile":"p"`))) {
        wrong.push(`${when}: ${sessions.length} sessions and not ${count}: ${stdout.slice(0, 200)}`)
      }
      const left = readdirSync(join(folder, "webqq-login", "sessions")).filter((name) => name.endsWith("tmp"))
      if (left.length > 0) wrong.push(`${when}: it left ${left}`)
    }
    await all(
      Array.from({ length: many }, () => login),
      [0]
    )
    await look("after as many logins", 1)
    // Whoever forgets may come when nothing is there.
    const mixed = [login, "logout --profile p", "status --offline", "token uin --profile p"]
    await all(
      Array.from({ length: many }, (_, n) => mixed[n % mixed.length]!),
      [0, 4]
    )
    await start(entry, login, env).ended
    await look("after logins, logouts and looks", 1)
    return wrong
  })

const threads = 4
const each = 75

export const runThreads = (): Promise<ReadonlyArray<string>> =>
  withFolder(async (folder) => {
    const directory = join(folder, "sessions")
    const inStore = <A, E>(use: (store: SessionStore.SessionStore["Service"]) => Effect.Effect<A, E>) =>
      Effect.runPromise(
        Effect.provide(SessionStore.SessionStore.use(use), SessionStore.layerFile({ directory }), { local: true })
      )
    // The first of them make the folder and its lock, all at the same time.
    await Promise.all(Array.from({ length: 2 }, (_, n) => inStore((store) => store.save(aSession(), `first${n}`))))
    await inStore((store) => store.save(aSession(), "p"))
    const program = new URL("../../../test/support/storeProgram.ts", import.meta.url)
    const modify = () =>
      inStore((store) =>
        Effect.forEach(Array.from({ length: each }), () => store.modify("p", counted), { discard: true })
      )
    const ended = Array.from({ length: threads }, () => {
      const thread = new Worker(program, { argv: ["modify", directory, String(each)] })
      return new Promise<number>((resolve, reject) => thread.on("exit", resolve).on("error", reject))
    })
    const codes = await Promise.all([...ended, modify(), modify()])
    const { gtk } = (await inStore((store) => store.load("p"))).session
    const expected = each * (threads + 2)
    return gtk === expected ? [] : [`${gtk} of ${expected} changes were kept (${codes.slice(0, threads)})`]
  })
