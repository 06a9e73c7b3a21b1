/**
 * The proxy and the browser of a profile: kept by the login that was given them, and used by all that comes later.
 */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { execFileSync, spawn } from "node:child_process"
import { once } from "node:events"
import * as Fs from "node:fs"
import * as Os from "node:os"
import * as Path from "node:path"
import { inject } from "vitest"
import { Authority, ReplayServer, Scenario } from "webqq-login/replay"
import { cacheOf } from "../../support/compileCache.ts"
import { siteStory } from "../../support/siteStory.ts"

const canary = "CANARY-proxy-word"
const agent = "Mozilla/5.0 (CANARY; one of my own)"

/** Tencent's servers behind a proxy, which is the only way to them; and what runs lines of the command beside it. */
const world = Effect.gen(function* () {
  const story = siteStory(yield* Scenario.load("qzone"))
  const authority = yield* Authority.make
  const server = yield* ReplayServer.make(story, { tls: { authority } })
  const folder = yield* Effect.acquireRelease(
    Effect.sync(() => Fs.mkdtempSync(Path.join(Os.tmpdir(), "webqq-ways-"))),
    (path) => Effect.sync(() => Fs.rmSync(path, { recursive: true }))
  )
  Fs.writeFileSync(Path.join(folder, "ca.pem"), authority.certificate)
  const state = Path.join(folder, "state")
  const run = (line: ReadonlyArray<string>, env: Readonly<Record<string, string>> = {}) =>
    Effect.promise(async () => {
      const child = spawn(process.execPath, [inject("command"), ...line], {
        env: {
          XDG_CACHE_HOME: cacheOf(inject("command")),
          NODE_EXTRA_CA_CERTS: Path.join(folder, "ca.pem"),
          XDG_STATE_HOME: state,
          TMPDIR: folder,
          ...env
        },
        stdio: ["ignore", "pipe", "pipe"]
      })
      let said = ""
      child.stdout.on("data", (data) => (said += String(data)))
      child.stderr.on("data", (data) => (said += String(data)))
      const [code] = (await once(child, "close")) as [number]
      return { code, said }
    })
  const { port } = new URL(server.origin)
  return { run, state, proxy: `http://me:${canary}@127.0.0.1:${port}` }
})

/** What nobody answers is not asked again, seconds later. */
const atOnce = { WEBQQ_RETRIES: "0" }

const login = ["login", "--site", "qzone", "--profile", "me", "--qr", "none", "--poll-interval", "1ms"]

describe("the way of a profile", () => {
  it.live("is kept by its login, 0600, and gone with its session; nobody is told its password", () =>
    Effect.gen(function* () {
      const { proxy, run, state } = yield* world
      const first = yield* run([...login, "--proxy", proxy, "--user-agent", agent])
      assert.strictEqual(first.code, 0, first.said)
      const file = Path.join(state, "webqq-login/ways/me.json")
      assert.strictEqual(Fs.statSync(file).mode & 0o777, 0o600)
      assert.strictEqual(Fs.statSync(Path.dirname(file)).mode & 0o777, 0o700)

      // Nothing is named, and there is no other way to the servers: the name of none of them is known.
      const status = yield* run(["status", "--json"])
      assert.include(status.said, `"good":true`)
      const busy = yield* run(login)
      assert.strictEqual(busy.code, 6)
      assert.include(busy.said, `this went by the proxy ${proxy.replace(/me:.*@/, "")}`)
      const again = yield* run(login)
      assert.strictEqual(again.code, 0, again.said)

      // The line comes before what is kept.
      const direct = yield* run(["status", "--json", "--proxy", "none"], { HTTPS_PROXY: proxy, ...atOnce })
      assert.include(direct.said, `"good":null`)
      const other = yield* run(["renew", "--profile", "me", "--proxy", "http://127.0.0.1:9"], atOnce)
      assert.include(other.said, "this went by the proxy http://127.0.0.1:9")

      const shown = yield* run(["doctor", "--proxy", proxy])
      assert.strictEqual((yield* run(["logout", "--profile", "me"])).code, 0)
      assert.isFalse(Fs.existsSync(file))
      for (const { said } of [first, status, busy, again, direct, other, shown]) assert.notInclude(said, canary)
    }).pipe(Effect.scoped)
  )

  it.live("that cannot be read ends what would go another one", () =>
    Effect.gen(function* () {
      const { run, state } = yield* world
      const ways = Path.join(state, "webqq-login/ways")
      Fs.mkdirSync(ways, { recursive: true })
      for (const text of ["{", `{"proxy":"ftp://x"}`, `{"userAgent":"a\\r\\nb"}`]) {
        Fs.writeFileSync(Path.join(ways, "me.json"), text)
        const { code, said } = yield* run(login)
        assert.strictEqual(code, 2, text)
        assert.include(said, "it is not known by which proxy this profile goes")
      }
    }).pipe(Effect.scoped)
  )

  it.live("that lies there as no file of its owner's is not taken, and no other way instead", () =>
    Effect.gen(function* () {
      const { run, state } = yield* world
      const ways = Path.join(state, "webqq-login/ways")
      const file = Path.join(ways, "me.json")
      const planted = Path.join(state, "planted")
      const lie: ReadonlyArray<() => void> = [
        () => Fs.symlinkSync(planted, file),
        () => Fs.symlinkSync(Path.join(state, "nowhere"), file),
        () => execFileSync("mkfifo", [file]),
        () => Fs.mkdirSync(file),
        () => {
          Fs.rmdirSync(ways)
          Fs.writeFileSync(ways, "")
        },
        () => {
          Fs.rmdirSync(ways)
          Fs.symlinkSync("ways", ways)
        },
        // Others are only made by root.
        ...(process.geteuid?.() === 0
          ? [
              () => {
                Fs.copyFileSync(planted, file)
                Fs.chownSync(file, 1000, 1000)
              },
              () => {
                Fs.copyFileSync(planted, file)
                Fs.chownSync(ways, 1000, 1000)
              }
            ]
          : [])
      ]
      for (const make of lie) {
        Fs.mkdirSync(ways, { recursive: true })
        Fs.writeFileSync(planted, `{"proxy":"http://127.0.0.1:9"}`)
        make()
        const { code, said } = yield* run(login)
        assert.strictEqual(code, 2, String(make))
        assert.include(said, "it is not known by which proxy this profile goes")
        Fs.rmSync(ways, { recursive: true })
      }
    }).pipe(Effect.scoped)
  )
})
