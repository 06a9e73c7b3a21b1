/**
 * A real redis-server of the test's own: on a Unix socket, without persistence, ended with the scope.
 */
import * as NodeRedis from "@effect/platform-node/NodeRedis"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redis from "effect/persistence/Redis"
import { spawn, spawnSync } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as SessionStore from "../../src/store/SessionStore.ts"
import type { Texts } from "./sessionStores.ts"

export const isInstalled = spawnSync("redis-server", ["--version"]).status === 0

/** For the name of a test, so that the report says why it was left out. */
export const orSkipped = isInstalled ? "" : " (skipped: redis-server is not installed)"

const start = (folder: string, socket: string) =>
  Effect.callback<ReturnType<typeof spawn>, Error>((resume) => {
    const options = ["--port", "0", "--unixsocket", socket, "--save", "", "--appendonly", "no", "--dir", folder]
    const server = spawn("redis-server", options, { stdio: ["ignore", "pipe", "inherit"] })
    let said = ""
    server.stdout.on("data", (chunk: Buffer) => {
      said += chunk.toString()
      if (said.includes("eady to accept connections")) resume(Effect.succeed(server))
    })
    server.once("exit", () => resume(Effect.die(new Error(`redis-server ended: ${said}`))))
  })

/** Starts a server and returns the path of its socket. */
export const socket = Effect.gen(function* () {
  const folder = yield* Effect.acquireRelease(
    Effect.sync(() => mkdtempSync(join(tmpdir(), "webqq-login-redis-"))),
    (folder) => Effect.sync(() => rmSync(folder, { recursive: true, force: true }))
  )
  const path = join(folder, "redis.sock")
  yield* Effect.acquireRelease(start(folder, path), (server) =>
    Effect.callback<void>((resume) => {
      server.once("exit", () => resume(Effect.void))
      server.kill("SIGKILL")
    })
  )
  return path
})

/** A connection of its own to the server behind `path`, as another machine would have. */
const connection = (path: string) => Layer.fresh(NodeRedis.layer({ socket: { path, tls: false } }))

/** Builds a store in the server behind `path`, under a prefix of its own. */
export const inRedis = (path: string, prefix: string) =>
  Effect.map(Layer.build(connection(path)), (context) => {
    const provided = Layer.succeedContext(context)
    const send = (command: string, ...args: ReadonlyArray<string>) =>
      Redis.Redis.use((redis) => redis.send<string | null>(command, ...args)).pipe(Effect.provide(provided))
    const texts: Texts = {
      put: (profile, text) => send("SET", `${prefix}${profile}`, text),
      get: (profile) => Effect.map(send("GET", `${prefix}${profile}`), (text) => text ?? undefined)
    }
    return { layer: SessionStore.layerRedis({ prefix }).pipe(Layer.provide(provided)), texts, send }
  })
