/**
 * What the tests of the session store run in other processes: `node storeProgram.ts <task> <folder> [count] [turns]`.
 */
import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import { execFileSync } from "node:child_process"
import { readdirSync, writeFileSync, writeSync } from "node:fs"
import { join } from "node:path"
import { setImmediate } from "node:timers/promises"
import * as SessionStore from "../../src/store/SessionStore.ts"
import { aSession, counted } from "./sessionStores.ts"

const [task = "", folder = "", count = "1", turns = "0"] = process.argv.slice(2)

const inStore = <A, E>(directory: string, use: (store: SessionStore.SessionStore["Service"]) => Effect.Effect<A, E>) =>
  Effect.provide(SessionStore.SessionStore.use(use), SessionStore.layerFile({ directory }), { local: true })

const turnsOfTheLoop = (count: number) =>
  Effect.promise(async () => {
    for (let turn = 0; turn < count; turn++) await setImmediate()
  })

const tasks: Record<string, Effect.Effect<unknown, unknown>> = {
  /** Counts a session up, several fibers at once. */
  modify: inStore(folder, (store) =>
    Effect.forEach(Array.from({ length: Number(count) }), () => store.modify("p", counted), {
      concurrency: 5,
      discard: true
    })
  ),

  /**
   * Saves in many folders at once, says after each save what is kept by now, and kills itself without a chance to clean up as
   * many turns of the event loop after the third round as it is told. Sessions differ in size and savers rest between their
   * saves, each as long as no other, so that they are at different points.
   */
  saveAndDie: Effect.gen(function* () {
    const started = yield* Latch.make()
    let waiting = Number(count)
    const saving = (i: number) =>
      inStore(join(folder, String(i)), (store) =>
        Effect.gen(function* () {
          for (let gtk = 1; ; gtk++) {
            yield* turnsOfTheLoop(i)
            yield* store.save(aSession({ gtk, nickname: "x".repeat(i * 1000) }), "p")
            writeSync(1, `${i} ${gtk}\n`)
            if (gtk === 3 && --waiting === 0) yield* started.open
          }
        })
      )
    for (let i = 0; i < Number(count); i++) yield* Effect.forkChild(saving(i))
    yield* started.await
    yield* turnsOfTheLoop(Number(turns))
    process.kill(process.pid, "SIGKILL")
    return yield* Effect.never
  }),

  /** Saves on a file system of two pages that is filled up, and then made read-only. */
  fullDisk: Effect.gen(function* () {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=32k", "tmpfs", folder])
    const reason = (session: Parameters<typeof aSession>[0]) =>
      inStore(join(folder, "sessions"), (store) =>
        Effect.match(store.save(aSession(session), "p"), {
          onFailure: (error) => error.message,
          onSuccess: () => "kept"
        })
      )
    const ready = inStore(join(folder, "sessions"), (store) =>
      Effect.match(store.ready, { onFailure: (error) => error.message, onSuccess: () => "ready" })
    )
    const kept = inStore(join(folder, "sessions"), (store) => Effect.map(store.load("p"), ({ session }) => session.uin))
    const said = [yield* reason({ uin: 1 })]
    const told = [yield* ready]
    try {
      writeFileSync(join(folder, "fill"), Buffer.alloc(1024 * 1024))
    } catch {
      // That is the aim.
    }
    said.push(yield* reason({ uin: 2 }))
    told.push(yield* ready)
    execFileSync("mount", ["-o", "remount,bind,ro", folder])
    said.push(yield* reason({ uin: 3 }))
    const files = readdirSync(join(folder, "sessions"))
    process.stdout.write(JSON.stringify({ said, told, uin: yield* kept, files }))
  })
}

void Effect.runPromise(tasks[task] ?? Effect.die(`no task is called ${task}`))
