/**
 * Logins that somebody scans for: what becomes of them where the account is paused, or forgotten and made anew, in the middle of it.
 */
import { afterAll, assert, describe, it, vi } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import * as SqlClient from "effect/sql/SqlClient"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Account, type Status, Vault } from "webqq-login/fleet"
import * as FleetServer from "../support/fleetServer.ts"
import { inFleet, pass } from "../support/inFleet.ts"
import { servedFleet } from "../support/servedFleet.ts"

/** A fleet of `alice`, whose code is shown and not scanned yet; `end` yields how her login ends. */
const withCode = <A, E, R>(
  body: (scanning: {
    readonly server: ReturnType<typeof FleetServer.make>
    readonly vault: Vault.Vault["Service"]
    readonly sql: SqlClient.SqlClient
    readonly account: ReturnType<Effect.Success<typeof Account.Account.client>>
    readonly end: Effect.Effect<string>
  }) => Effect.Effect<A, E, R>
) =>
  Effect.suspend(() => {
    const server = FleetServer.make()
    server.state.poll = "waiting"
    return inFleet(
      Effect.gen(function* () {
        const vault = yield* Vault.Vault
        yield* vault.add("alice", "qzone")
        const account = (yield* Account.Account.client)("alice")
        const watching = yield* Effect.forkChild(
          Effect.match(Stream.runDrain(account.login()), {
            onSuccess: () => "signed in",
            onFailure: (error) => (error as { readonly _tag: string })._tag
          })
        )
        yield* pass("3 seconds")
        const end = Effect.andThen(pass("8 seconds"), Fiber.join(watching))
        return yield* body({ server, vault, sql: yield* SqlClient.SqlClient, account, end })
      }),
      server
    )
  })

describe("an account that somebody signs in to", () => {
  it.effect("stays paused where it was paused meanwhile, with its new session", () =>
    withCode(({ account, end, server, vault }) =>
      Effect.gen(function* () {
        yield* account.pause()
        server.state.poll = "confirmed"
        assert.strictEqual(yield* end, "signed in")
        const { session, status } = yield* vault.read("alice")
        assert.deepInclude(status, { state: "paused" })
        assert.isUndefined(status.nextAt)
        assert.strictEqual(session?.uin, 10_001)
        assert.deepInclude(yield* account.resume(), { state: "good" })
      })
    )
  )

  it.effect("is not asked for a code any more once it is forgotten", () =>
    withCode(({ account, end, server }) =>
      Effect.gen(function* () {
        yield* account.forget()
        yield* pass("1 second")
        server.asked.length = 0
        assert.strictEqual(yield* end, "NoAccount")
        assert.lengthOf(server.asked, 0)
      })
    )
  )

  it.effect("is not asked for a code any more once another machine forgot it, whoever looks at that code", () =>
    withCode(({ end, server, vault }) =>
      Effect.gen(function* () {
        yield* vault.remove(yield* vault.status("alice"))
        yield* pass("3 seconds")
        server.asked.length = 0
        assert.strictEqual(yield* end, "NoAccount")
        assert.lengthOf(server.asked, 0)
      })
    )
  )

  it.effect("is asked for a code still where its database is away for a while", () =>
    withCode(({ end, server, sql }) =>
      Effect.gen(function* () {
        yield* sql`ALTER TABLE fleet_accounts RENAME TO away`
        yield* pass("30 seconds")
        yield* sql`ALTER TABLE away RENAME TO fleet_accounts`
        server.state.poll = "confirmed"
        assert.strictEqual(yield* end, "signed in")
      })
    )
  )

  /** A database that takes the next thing of this kind, and does not say so. */
  const silentOnce = (sql: SqlClient.SqlClient, isMeant: (answer: unknown) => boolean) => {
    const transaction = sql.withTransaction
    let isOver = false
    vi.spyOn(sql, "withTransaction").mockImplementation((effect) =>
      Effect.flatMap(transaction(effect), (answer) => {
        if (isOver || !isMeant(answer)) return Effect.succeed(answer)
        isOver = true
        return Effect.never
      })
    )
  }

  it.effect("is signed in where the database took that and did not say so in time", () =>
    withCode(({ end, server, sql, vault }) =>
      Effect.gen(function* () {
        silentOnce(sql, (answer) => (answer as Partial<Status.Status> | undefined)?.state === "good")
        server.state.poll = "confirmed"
        yield* pass("30 seconds")
        assert.strictEqual(yield* end, "signed in")
        assert.deepInclude(yield* vault.status("alice"), { state: "good" })
      })
    )
  )

  it.effect("is forgotten where the database took that and did not say so in time, and nobody looks at its code", () =>
    withCode(({ account, end, sql }) =>
      Effect.gen(function* () {
        silentOnce(sql, () => true)
        const forgetting = yield* Effect.forkChild(account.forget())
        yield* pass("30 seconds")
        yield* Fiber.join(forgetting)
        assert.strictEqual(yield* end, "NoAccount")
        assert.strictEqual((yield* Effect.flip(account.forget()))._tag, "NoAccount")
      })
    )
  )

  it.effect("is another one where another machine forgot it and made it anew: the code is not for that", () =>
    withCode(({ end, server, vault }) =>
      Effect.gen(function* () {
        yield* vault.remove(yield* vault.status("alice"))
        const anew = yield* vault.add("alice", "qzone")
        server.state.poll = "confirmed"
        assert.strictEqual(yield* end, "NotNow")
        assert.deepStrictEqual(yield* vault.status("alice"), anew)
      })
    )
  )
})

describe("a page that stays open", () => {
  const home = mkdtempSync(join(tmpdir(), "webqq-fleet-"))
  afterAll(() => rmSync(home, { recursive: true }))

  /** A page of `alice` that shows a code, and how it is asked. */
  const withPage = async (
    server: ReturnType<typeof FleetServer.make>,
    body: (page: {
      readonly link: string
      readonly ask: (method: string, path: string, body?: string) => Promise<string>
      /** What the page was told up to this. */
      readonly until: (phase: string) => Promise<string>
    }) => Promise<void>
  ) => {
    server.state.poll = "waiting"
    const fleet = await servedFleet(home, server)
    const token = readFileSync(join(home, "secrets.token"), "utf8").trim()
    const base = `http://127.0.0.1:${fleet.port}`
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" }
    const ask = async (method: string, path: string, body?: string) => {
      const response = await fetch(`${base}${path}`, { method, headers, body: body ?? null })
      assert.isTrue(response.ok, `${method} ${path} ${response.status}`)
      return response.text()
    }
    await ask("PUT", "/accounts/alice", `{"site":"qzone"}`)
    const { link } = JSON.parse(await ask("POST", "/accounts/alice/link")) as { readonly link: string }
    const reader = (await fetch(`${link}events`)).body!.pipeThrough(new TextDecoderStream()).getReader()
    let text = ""
    const until = async (phase: string) => {
      while (!text.includes(`"phase":"${phase}"`)) {
        const { done, value } = await reader.read()
        if (done) break
        text += value
      }
      assert.include(text, `"phase":"${phase}"`)
      return text
    }
    await until("waiting")
    await body({ link, ask, until })
    assert.isUndefined(await fleet.stop())
  }

  it("shows no other code once its link has served elsewhere", async () => {
    const server = FleetServer.make()
    await withPage(server, async ({ ask, link, until }) => {
      // As another machine does where somebody scanned there.
      const { DatabaseSync } = process.getBuiltinModule("node:sqlite")
      const other = new DatabaseSync(join(home, "fleet.db"))
      other.exec("UPDATE fleet_accounts SET scans = scans + 1")
      other.close()
      const shown = server.asked.filter(({ path }) => path === "ptqrshow").length
      server.state.poll = "confirmed"
      await until("failed")
      assert.strictEqual(server.asked.filter(({ path }) => path === "ptqrshow").length, shown)
      assert.strictEqual((await fetch(link)).status, 404)
      assert.include(await until("failed"), "此链接已失效或已使用")
      await ask("DELETE", "/accounts/alice")
    })
  }, 20_000)

  it("says that its account was forgotten, and shows no code any more", async () => {
    await withPage(FleetServer.make(), async ({ ask, link, until }) => {
      await ask("DELETE", "/accounts/alice")
      const told = await until("failed")
      const last = JSON.parse(told.slice(told.lastIndexOf("data: ") + 6)) as Record<string, unknown>
      assert.notProperty(last, "picture")
      assert.deepStrictEqual(last["message"], {
        en: "this account is not kept signed in here any more",
        zh: "此账号已从服务中移除"
      })
      assert.strictEqual((await fetch(link)).status, 404)
    })
  }, 20_000)

  it("is not said to be over where the database is away", async () => {
    await withPage(FleetServer.make(), async ({ ask }) => {
      await ask("PUT", "/accounts/bob", `{"site":"qzone"}`)
      const { link } = JSON.parse(await ask("POST", "/accounts/bob/link")) as { readonly link: string }
      const { DatabaseSync } = process.getBuiltinModule("node:sqlite")
      const database = new DatabaseSync(join(home, "fleet.db"))
      const rename = (from: string, to: string) => database.exec(`ALTER TABLE ${from} RENAME TO ${to}`)
      rename("fleet_accounts", "away")
      const answer = await fetch(link)
      assert.strictEqual(answer.status, 503)
      assert.include(await answer.text(), "服务暂时无法完成")
      rename("away", "fleet_accounts")
      database.close()
      assert.strictEqual((await fetch(link)).status, 200)
      await ask("DELETE", "/accounts/alice")
    })
  }, 20_000)
})
