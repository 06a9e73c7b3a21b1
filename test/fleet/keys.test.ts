/**
 * Keys that change while the fleet works: a session in hand is not lost with it, and no key that is in use ever is.
 */
import { afterAll, assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Redacted from "effect/Redacted"
import * as HttpClient from "effect/http/HttpClient"
import { createHash } from "node:crypto"
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Account, Keyring, Vault, Webhooks } from "webqq-login/fleet"
import { toJson } from "webqq-login/Session"
import * as FleetServer from "../support/fleetServer.ts"
import { inFleet, key, pass } from "../support/inFleet.ts"
import { servedFleet } from "../support/servedFleet.ts"

const file = (...fills: ReadonlyArray<number>) => Redacted.make(fills.map(key).join("\n"))

it.effect("a session that is renewed while all are sealed anew is kept", () => {
  const server = FleetServer.make(() => ({ check: "dead", renewal: "new" }))
  const asked = Deferred.makeUnsafe<void>()
  const answer = Deferred.makeUnsafe<void>()
  const client = HttpClient.transform(server.client, (effect, { url }) =>
    url.includes("pt4_auth")
      ? Effect.andThen(Effect.andThen(Deferred.succeed(asked, undefined), Deferred.await(answer)), effect)
      : effect
  )
  return inFleet(
    Effect.gen(function* () {
      const vault = yield* Vault.Vault
      const keyring = yield* Keyring.Keyring
      yield* vault.add("alice", "qzone", FleetServer.sessionFor(10_001))
      const alice = (yield* Account.Account.client)("alice")
      const renewing = yield* Effect.forkChild(alice.ensure({ how: "check", quiet: false }))
      yield* Deferred.await(asked)
      yield* keyring.replace(file(2, 1))
      assert.strictEqual(yield* vault.reseal, 1)
      yield* Deferred.succeed(answer, undefined)
      yield* pass("1 second")
      assert.deepInclude(yield* Fiber.join(renewing), { state: "good", failures: 0 })
      const { session } = yield* vault.read("alice")
      const renewed = session?.cookies.find(({ name }) => name === "p_skey")
      assert.strictEqual(Redacted.value(renewed!.value), "CANARY-p_skey-1")
    }),
    { ...server, client }
  )
})

describe("keys that are to take the place of others", () => {
  it.effect("are refused where the one that seals is not among them", () =>
    Effect.gen(function* () {
      const keyring = yield* Keyring.make(file(1))
      const sealed = keyring.seal("alice", "text")
      assert.deepInclude(yield* Effect.flip(keyring.replace(file(2))), { _tag: "KeyMissing", key: keyring.current() })
      assert.strictEqual(yield* keyring.open("alice", sealed), "text")
      yield* keyring.replace(file(2, 1))
      assert.strictEqual(yield* keyring.open("alice", sealed), "text")
      assert.strictEqual(Redacted.value(keyring.text()).trim(), Redacted.value(file(2, 1)))
    })
  )

  it.effect("are looked for in the key file as soon as something is sealed with one of them", () =>
    Effect.gen(function* () {
      let now = file(1)
      let looks = 0
      const here = yield* Keyring.make(
        file(1),
        Effect.sync(() => {
          looks++
          return now
        })
      )
      const there = yield* Keyring.make(file(2, 1))
      const sealed = there.seal("alice", "text")
      // It is not in the file yet, which is not read for each that asks.
      for (let i = 0; i < 9; i++) assert.strictEqual((yield* Effect.flip(here.open("alice", sealed)))._tag, "NotOpened")
      assert.strictEqual(looks, 1)
      now = file(2, 1)
      yield* pass("3 seconds")
      assert.strictEqual(yield* here.open("alice", sealed), "text")
      assert.strictEqual(here.current(), there.current())
      // One that was left out by mistake is not taken away.
      now = file(3)
      yield* pass("3 seconds")
      assert.strictEqual((yield* Effect.flip(here.open("alice", "00000000.AAAA")))._tag, "NotOpened")
      assert.strictEqual(yield* here.open("alice", sealed), "text")
    })
  )
})

it.effect("what webhooks are signed with outlives new keys", () =>
  Effect.gen(function* () {
    const keyring = yield* Keyring.make(file(1))
    const before = Webhooks.secretOf(keyring)
    yield* keyring.replace(file(2, 1))
    assert.deepStrictEqual(Webhooks.secretOf(keyring), before)
    assert.notDeepEqual(Webhooks.secretOf(yield* Keyring.make(file(2))), before)
  })
)

describe("a key file that is not as it was when a new key is asked for", () => {
  const home = mkdtempSync(join(tmpdir(), "webqq-fleet-"))
  afterAll(() => rmSync(home, { recursive: true }))

  it("gets back the keys that are in use; one that is no key file is left as it is", async () => {
    const path = join(home, "fleet.key")
    const lines = () => readFileSync(path, "utf8").trim().split("\n")
    const fleet = await servedFleet(home, FleetServer.make())
    const token = readFileSync(join(home, "secrets.token"), "utf8").trim()
    const ask = async (method: string, path: string, body?: string) => {
      const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" }
      const response = await fetch(`http://127.0.0.1:${fleet.port}${path}`, { method, headers, body: body ?? null })
      return { status: response.status, text: await response.text() }
    }
    const session = toJson(FleetServer.sessionFor(10_001))
    await ask("PUT", "/accounts/alice", JSON.stringify({ site: "qzone", session }))
    const [first = ""] = lines()
    rmSync(path)
    assert.deepInclude(JSON.parse((await ask("POST", "/keys/rotate")).text), { resealed: 1 })
    assert.deepStrictEqual([lines().length, lines()[1]], [2, first])
    writeFileSync(path, `${key(9)}\n`)
    assert.strictEqual((await ask("POST", "/keys/rotate")).status, 200)
    assert.deepStrictEqual([lines().length, lines().includes(first), lines().includes(key(9))], [4, true, true])
    // One that somebody has put in front is taken, so that the file need not be one that can be written.
    const [before, ours] = [lines(), key(8)]
    writeFileSync(path, [ours, ...before].join("\n"))
    chmodSync(path, 0o400)
    assert.strictEqual((await ask("POST", "/keys/rotate")).status, 200)
    assert.deepStrictEqual(lines(), [ours, ...before])
    // Several at once, of which none may undo another.
    const several = await Promise.all(Array.from({ length: 5 }, () => ask("POST", "/keys/rotate")))
    assert.deepStrictEqual(
      several.map(({ status }) => status),
      [200, 200, 200, 200, 200]
    )
    assert.lengthOf(lines(), 10)
    // What webhooks are signed with is made of the oldest.
    assert.strictEqual(lines().at(-1), first)
    const { key: last } = JSON.parse((await ask("POST", "/keys/rotate")).text) as { readonly key: string }
    const nameOf = (line: string) => createHash("sha256").update(Buffer.from(line, "base64")).digest("hex").slice(0, 8)
    assert.strictEqual(nameOf(lines()[0]!), last)
    writeFileSync(path, "no key\n")
    const { status, text } = await ask("POST", "/keys/rotate")
    assert.deepInclude(JSON.parse(text), { _tag: "VaultFailed", reason: "key file" })
    assert.strictEqual(status, 503)
    assert.deepStrictEqual(lines(), ["no key"])
    const cookies = await ask("GET", "/accounts/alice/cookies?url=https://user.qzone.qq.com/")
    assert.strictEqual(cookies.status, 200, cookies.text)
    assert.isUndefined(await fleet.stop())
  })
})
