/**
 * What the guide says of running a fleet for long: its unit files and manifests are read by what reads them elsewhere, their command lines by
 * the command; sessions are moved from Redis, and a backup is made, restored, and refused with another key, as it stands there.
 */
import { afterAll, assert, describe, it, vi } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { execFile, execFileSync, spawnSync } from "node:child_process"
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { format, promisify } from "node:util"
import { inject } from "vitest"
import { Keyring } from "webqq-login/fleet"
import * as SessionStore from "webqq-login/SessionStore"
import { commands } from "../../src/cli/commands/table.ts"
import { parse } from "../../src/cli/line/parse.ts"
import { serve } from "../../src/fleet/node/serve.ts"
import { cacheOf } from "../support/compileCache.ts"
import { fencesOf, guides, root, writePrograms } from "../support/documents.ts"
import * as FleetServer from "../support/fleetServer.ts"
import * as redisServer from "../support/redisServer.ts"
import { servedFleet } from "../support/servedFleet.ts"

const folder = mkdtempSync(join(tmpdir(), "webqq-fleet-"))
mkdirSync(`${root}.tmp`, { recursive: true })
// In this folder, where a program finds the library by its name.
const programs = mkdtempSync(`${root}.tmp/fleet-`)
afterAll(() => {
  for (const each of [folder, programs]) rmSync(each, { recursive: true })
})

/** The block of the guide that has this line. Both languages hold the same ones. */
const block = (line: string) => fencesOf(guides[0]!).find(({ code }) => code.includes(line))!.code

const accepted = (words: ReadonlyArray<string>) => {
  const parsed = parse(commands, words)
  assert.strictEqual(parsed._tag, "Run", JSON.stringify(parsed))
}

/** Is this program here? Elsewhere the test says that it was skipped. */
const has = (program: string, ...args: ReadonlyArray<string>) => spawnSync(program, args).status === 0
const yaml = "import json, sys, yaml; print(json.dumps(yaml.safe_load(sys.stdin)))"
const readYaml = (text: string): unknown =>
  JSON.parse(execFileSync("python3", ["-c", yaml], { input: text, encoding: "utf8" }))

describe("what runs a fleet", () => {
  it("the unit of systemd starts what the command takes", () => {
    const [, line = ""] =
      /^ExecStart=\/usr\/bin\/env webqq-login (.*)$/m.exec(block("webqq-login fleet serve\nUser=")) ?? []
    accepted(line.split(" "))
  })

  it.skipIf(!has("systemd-analyze", "--version"))("the unit of systemd is one", () => {
    const unit = join(folder, "webqq-fleet.service")
    writeFileSync(unit, block("webqq-login fleet serve\nUser=").replace("User=webqq", "User=root"))
    const { status, stderr } = spawnSync("systemd-analyze", ["verify", "--man=no", unit], { encoding: "utf8" })
    assert.deepStrictEqual([status, stderr.split("\n").filter((line) => line.includes("webqq-fleet"))], [0, []])
  })

  it.skipIf(!has("python3", "-c", "import yaml"))(
    "the service of Compose is one, and starts what the command takes",
    () => {
      const { services, volumes } = readYaml(block("services:")) as {
        readonly services: { readonly fleet: Readonly<Record<string, unknown>> }
        readonly volumes: Readonly<Record<string, unknown>>
      }
      const { command, volumes: mounted } = services.fleet
      accepted(String(command).split(" "))
      const places = (mounted as ReadonlyArray<string>).map((each) => each.split(":"))
      assert.deepStrictEqual(places, [["fleet", "/state"]])
      assert.deepStrictEqual(Object.keys(volumes), ["fleet"])
      assert.include(readFileSync("Dockerfile", "utf8"), "XDG_STATE_HOME=/state")
    }
  )

  it.skipIf(!has("python3", "-c", "import yaml"))(
    "the container of Kubernetes is one, starts what the command takes, and mounts what that reads",
    () => {
      const { args, env, readinessProbe, volumeMounts } = readYaml(block("readinessProbe:")) as {
        readonly args: ReadonlyArray<string>
        readonly env: ReadonlyArray<{ readonly name: string }>
        readonly readinessProbe: { readonly httpGet: { readonly path: string; readonly port: number } }
        readonly volumeMounts: ReadonlyArray<{ readonly mountPath: string }>
      }
      accepted(args.map((word) => word.replace("$(POD_IP)", "10.0.0.5")))
      assert.deepStrictEqual(
        env.map(({ name }) => name),
        ["POD_IP", "WEBQQ_FLEET_DATABASE"]
      )
      assert.deepStrictEqual(
        volumeMounts.map(({ mountPath }) => mountPath),
        ["/secrets"]
      )
      const files = args.filter((word) => word.startsWith("/secrets/"))
      assert.sameMembers(files, ["/secrets/fleet.key", "/secrets/secrets.token", "/secrets/read.token"])
      assert.deepStrictEqual(readinessProbe.httpGet, { path: "/health", port: 7070 })
    }
  )
})

describe("what a fleet holds", () => {
  const command = (home: string, port: number, ...line: ReadonlyArray<string>) =>
    promisify(execFile)(process.execPath, [inject("command"), ...line], {
      env: {
        HOME: home,
        NO_PROXY: "127.0.0.1",
        LC_ALL: "C",
        WEBQQ_FLEET: `http://127.0.0.1:${port}`,
        NODE_COMPILE_CACHE: cacheOf(inject("command"))
      }
    })

  it.skipIf(!has("sqlite3", "--version"))(
    "comes from files, is backed up while it runs, is restored with its key, and does not open with another",
    async () => {
      const home = join(folder, "home")
      mkdirSync(home)
      const state = join(home, ".local/state/webqq-login")
      const own = join(state, "fleet")
      const save = SessionStore.SessionStore.use((store) => store.save(FleetServer.sessionFor(10_001), "alice"))
      const fleet = await servedFleet(own, FleetServer.make())
      await Effect.runPromise(Effect.provide(save, SessionStore.layerFile({ directory: join(state, "sessions") })))
      const { stderr } = await command(home, fleet.port, "fleet", "add", "--from-store")
      assert.include(stderr, "added alice with its session")

      const [, line = ""] = /`(sqlite3 fleet\.db [^`]+)`/.exec(readFileSync("GUIDE.md", "utf8")) ?? []
      execFileSync("sh", ["-c", line], { cwd: own })
      await command(home, fleet.port, "fleet", "forget", "alice")
      assert.isUndefined(await fleet.stop())

      copyFileSync(join(own, "copy.db"), join(own, "fleet.db"))
      for (const beside of ["-wal", "-shm"]) rmSync(join(own, `fleet.db${beside}`), { force: true })
      const again = await servedFleet(own, FleetServer.make())
      const { stdout } = await command(home, again.port, "fleet", "status", "alice", "--json")
      assert.deepInclude(JSON.parse(stdout), { profile: "alice", site: "qzone", state: "good" })
      const token = readFileSync(join(own, "secrets.token"), "utf8").trim()
      const url = `http://127.0.0.1:${again.port}/accounts/alice/cookies?url=https://user.qzone.qq.com/`
      const cookies = await fetch(url, { headers: { authorization: `Bearer ${token}` } })
      assert.include(await cookies.text(), "CANARY-p_skey-0")
      assert.isUndefined(await again.stop())

      writeFileSync(join(own, "fleet.key"), Redacted.value(await Effect.runPromise(Keyring.newKey)), { mode: 0o600 })
      const listen = { host: "127.0.0.1", port: again.port }
      const settings = { folder: own, listen, tokenFiles: {}, pace: {}, tell: () => {} }
      assert.deepInclude(await serve(settings, new AbortController().signal), { exitCode: 9 })
    }
  )

  it.effect.skipIf(!redisServer.isInstalled)(`comes from Redis${redisServer.orSkipped}`, () =>
    Effect.gen(function* () {
      const path = yield* redisServer.socket
      const { layer, send, texts } = yield* redisServer.inRedis(path, "webqq-login:session:")
      const accounts: ReadonlyArray<readonly [profile: string, uin: number]> = [
        ["alice", 10_001],
        ["bob", 10_002],
        ["taken", 10_003]
      ]
      yield* SessionStore.SessionStore.use((store) =>
        Effect.forEach(accounts, ([profile, uin]) => store.save(FleetServer.sessionFor(uin), profile))
      ).pipe(Effect.provide(layer))
      yield* texts.put("broken", "{")
      yield* send("SET", "something:else", "of another program")
      const before = yield* texts.get("alice")

      const own = join(folder, "from-redis")
      const fleet = yield* Effect.promise(() => servedFleet(own, FleetServer.make()))
      const token = join(own, "secrets.token")
      const ask = (path: string, more: RequestInit = {}) =>
        Effect.promise(() =>
          fetch(`http://127.0.0.1:${fleet.port}/accounts/${path}`, {
            ...more,
            headers: {
              authorization: `Bearer ${readFileSync(token, "utf8").trim()}`,
              "content-type": "application/json"
            }
          }).then((response) => response.json() as Promise<Record<string, unknown>>)
        )
      yield* ask("taken", { method: "PUT", body: `{"site":"qzone"}` })

      const [program, ...others] = writePrograms(programs, ["ts fleet"])
      assert.lengthOf(others, 0)
      vi.stubEnv("WEBQQ_FLEET", `http://127.0.0.1:${fleet.port}`)
      vi.stubEnv("WEBQQ_FLEET_TOKEN_FILE", token)
      vi.stubEnv("REDIS_URL", `unix://${path}`)
      const printed: Array<string> = []
      const log = vi.spyOn(console, "log").mockImplementation((...values) => void printed.push(format(...values)))
      yield* Effect.promise(() => import(program!.file)).pipe(
        Effect.ensuring(
          Effect.sync(() => {
            log.mockRestore()
            vi.unstubAllEnvs()
          })
        )
      )
      assert.deepStrictEqual(printed, ["alice 200", "bob 200", "taken 409", "unreadable: webqq-login:session:broken"])

      const { accounts: listed } = yield* ask("")
      const states = (listed as ReadonlyArray<{ profile: string; state: string }>).map((each) => [
        each.profile,
        each.state
      ])
      assert.deepStrictEqual(states, [
        ["alice", "good"],
        ["bob", "good"],
        ["taken", "scan"]
      ])
      const { cookie } = yield* ask("bob/cookies?url=https://user.qzone.qq.com/")
      assert.include(cookie, "p_skey=CANARY-p_skey-0")
      assert.include(cookie, "uin=o10002")
      assert.strictEqual(yield* texts.get("alice"), before)
      assert.isUndefined(yield* Effect.promise(fleet.stop))
    }).pipe(Effect.scoped)
  )
})
