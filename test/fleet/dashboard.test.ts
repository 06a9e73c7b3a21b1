import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { toJson } from "webqq-login/Session"
import { script } from "../../src/fleet/dashboard/script.ts"
import * as FleetServer from "../support/fleetServer.ts"
import { servedFleet } from "../support/servedFleet.ts"

const folder = join(mkdtempSync(join(tmpdir(), "webqq-fleet-")), "fleet")
const server = FleetServer.make()
let fleet: Awaited<ReturnType<typeof servedFleet>>
const token = (scope: "read" | "secrets") => readFileSync(join(folder, `${scope}.token`), "utf8").trim()

const ask = (path: string, options: RequestInit & { readonly token?: string } = {}) =>
  fetch(`http://127.0.0.1:${fleet.port}${path}`, {
    redirect: "manual",
    ...options,
    headers: options.token === undefined ? {} : { authorization: `Bearer ${options.token}` }
  })

beforeAll(async () => {
  fleet = await servedFleet(folder, server)
  for (const [profile, uin] of [["alice", 10_001] as const, ["bob", 10_002] as const]) {
    const response = await fetch(`http://127.0.0.1:${fleet.port}/accounts/${profile}`, {
      method: "PUT",
      headers: { authorization: `Bearer ${token("secrets")}`, "content-type": "application/json" },
      body: JSON.stringify({ site: "qzone", session: toJson(FleetServer.sessionFor(uin)) })
    })
    assert.strictEqual(response.status, 200)
  }
})
afterAll(async () => {
  assert.isUndefined(await fleet.stop())
  rmSync(join(folder, ".."), { recursive: true })
})

describe("the dashboard", () => {
  it("is shown without a token, in the reader's language, and holds nothing of the fleet", async () => {
    assert.isTrue(fleet.said.some((line) => line.endsWith(`http://127.0.0.1:${fleet.port}/dashboard/`)))
    assert.strictEqual((await ask("/dashboard")).headers.get("location"), "/dashboard/")
    const page = await fetch(`http://127.0.0.1:${fleet.port}/dashboard/`, { headers: { "accept-language": "zh-CN" } })
    const text = await page.text()
    assert.include(text, `lang="zh-CN"`)
    assert.notMatch(text, /alice|CANARY/)
    for (const [, name = ""] of text.matchAll(/(?:href|src)="([^"]+)"/g)) {
      assert.strictEqual((await ask(`/dashboard/${name}`)).status, 200, name)
    }
    assert.strictEqual((await ask("/dashboard/other.js")).status, 404)
    assert.strictEqual((await ask("/dashboards")).status, 401)
  })

  it("runs nothing but its own script, and asks nobody else", async () => {
    for (const name of ["", "script.js", "style.css", "icon.svg"]) {
      const { headers } = await ask(`/dashboard/${name}`)
      const policy = headers.get("content-security-policy") ?? ""
      assert.match(policy, /^default-src 'none'; /)
      assert.include(policy, "script-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'")
      assert.notInclude(policy, "unsafe")
      assert.strictEqual(headers.get("referrer-policy"), "no-referrer")
      assert.strictEqual(headers.get("cache-control"), "no-store")
    }
    assert.notMatch(script, /innerHTML|insertAdjacent|document\.write|eval\(|localStorage|document\.cookie/)
  })

  it("is told by whoever may read what fails, and which accounts that are", async () => {
    server.state.behaviourOf = (uin) => (uin === 10_002 ? { check: "denied", renewal: "down" } : {})
    const ensured = await fetch(`http://127.0.0.1:${fleet.port}/accounts/bob/ensure`, {
      method: "POST",
      headers: { authorization: `Bearer ${token("secrets")}`, "content-type": "application/json" },
      body: `{"how":"check"}`
    })
    const { lastError } = (await ensured.json()) as { readonly lastError: string }
    const read = async (path: string) => (await ask(path, { token: token("read") })).json() as Promise<any>
    assert.deepStrictEqual((await read("/counts")).lastErrors, { [lastError]: 1 })
    const namesOf = async (query: string) =>
      (await read(`/accounts?${query}`)).accounts.map((account: { profile: string }) => account.profile)
    assert.deepStrictEqual(await namesOf(`error=${lastError}`), ["bob"])
    assert.deepStrictEqual(await namesOf("error=Nothing"), [])
    assert.strictEqual((await ask("/accounts?due=perhaps", { token: token("read") })).status, 400)
  })
})
