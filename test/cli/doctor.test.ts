import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { TestClock } from "effect/testing"
import * as Fs from "node:fs"
import { promises as dns } from "node:dns"
import * as Os from "node:os"
import * as Path from "node:path"
import { beforeEach, onTestFinished, vi } from "vitest"
import type { Answer } from "../support/answers.ts"
import { command } from "./child.ts"
import { type Options, withSessions } from "./inProcess.ts"

const now = "Tue, 20 Nov 2018 08:30:00 GMT"

/** What is found where the server answers so, by what was looked at. */
const look = (answer: Answer, options: Options = {}) =>
  Effect.gen(function* () {
    yield* TestClock.setTime(Date.parse(now))
    const { run } = yield* withSessions({})
    const result = yield* run("doctor --json", { ...options, answers: [answer] })
    const found = new Map(result.lines().map((line) => [line.check ?? line._tag, line]))
    return { ...result, found }
  })

const at = (date: string): Answer => ({ headers: [["date", date]] })

beforeEach(() => {
  const lookup = vi.spyOn(dns, "lookup").mockResolvedValue([{ address: "192.0.2.1", family: 4 }] as never)
  for (const name of ["https_proxy", "http_proxy", "all_proxy", "no_proxy"]) {
    vi.stubEnv(name, "")
    vi.stubEnv(name.toUpperCase(), "")
  }
  return () => {
    vi.unstubAllEnvs()
    lookup.mockRestore()
  }
})

describe("doctor", () => {
  it.effect.each([
    ["well", 0, at(now)],
    ["well where the server refuses the page", 0, { ...at(now), status: 403 }],
    ["told of a clock two minutes off", 0, at("Tue, 20 Nov 2018 08:32:00 GMT")]
  ] as const)("ends with 0 where all is %s", ([, code, answer]) =>
    Effect.gen(function* () {
      const result = yield* look(answer)
      assert.strictEqual(result.code, code)
      assert.deepEqual(
        ["proxy", "dns", "server", "clock", "sessions", "node"].map((check) => result.found.get(check)?.state),
        ["well", "well", "well", "well", "well", "well"]
      )
      assert.strictEqual(result.asked.length, 1)
      assert.isUndefined(result.asked[0]?.headers["cookie"])
    })
  )

  it.effect.each([
    ["behind", "Tue, 20 Nov 2018 09:30:00 GMT", /is 3600 s behind/],
    ["ahead of", "Tue, 20 Nov 2018 08:27:00 GMT", /is 180 s ahead/]
  ] as const)("tells of a clock %s the server's, and what to do", ([, date, words]) =>
    Effect.gen(function* () {
      const { code, found } = yield* look(at(date))
      assert.strictEqual(code, 1)
      assert.match(found.get("clock").message, words)
      assert.match(found.get("clock").cure, /set it/)
    })
  )

  it.effect.each([
    ["a certificate that nobody vouches for", { fails: "SELF_SIGNED_CERT_IN_CHAIN" }, /tls/, /certificates/],
    ["no way there", { fails: "ECONNREFUSED" }, /ECONNREFUSED/, /./],
    ["a proxy that wants a password", { fails: "ERR_PROXY_HTTP_407" }, /proxy/, /password/],
    ["trouble there", { status: 502 }, /502/, /./]
  ] as const)("tells of %s, and what to do", ([, answer, words, cure]) =>
    Effect.gen(function* () {
      const { code, found } = yield* look(answer)
      assert.strictEqual(code, 6)
      assert.match(found.get("server").message, words)
      assert.match(found.get("server").cure, cure)
      assert.strictEqual(found.get("clock").state, "note")
    })
  )

  it.effect("tells of a name that is not found, in Chinese too", () =>
    Effect.gen(function* () {
      vi.mocked(dns.lookup).mockRejectedValue(Object.assign(new Error(), { code: "ENOTFOUND" }))
      const { code, found } = yield* look(at(now), { language: "zh" })
      assert.strictEqual(code, 6)
      assert.match(found.get("dns").message, /未能解析.*ENOTFOUND/)
      assert.match(found.get("dns").cure, /请检查网络/)
    })
  )

  it.effect("names the proxy that is used, and the variable, but neither user nor password; it looks names up", () =>
    Effect.gen(function* () {
      const proxy = "http://somebody:CANARY-word@proxy.example:3128"
      vi.stubEnv("HTTPS_PROXY", proxy)
      const { code, found, stderr, stdout } = yield* look(at(now), { env: { HTTPS_PROXY: proxy } })
      assert.strictEqual(code, 0)
      assert.include(found.get("proxy").message, "http://proxy.example:3128 (HTTPS_PROXY)")
      assert.notMatch(stdout + stderr, /CANARY|somebody/)
      assert.deepEqual(vi.mocked(dns.lookup).mock.calls, [])
    })
  )

  it.each(["/dev/null", "/proc/nohome"])(
    "tells of a home where nothing can be, %s, and does not fail",
    async (home) => {
      const env = { HOME: home, XDG_CACHE_HOME: "" }
      const result = await command(["doctor", "--json", "--proxy", "http://127.0.0.1:9"], { env })
      assert.strictEqual(result.code, 9)
      assert.match(result.stdout, /"check":"folder","state":"fault"/)
      assert.match(result.stdout, /"check":"cache","state":"note"/)
    }
  )

  it("tells of the cache that Node uses, and of none where it was switched off", async () => {
    const run = (env: Readonly<Record<string, string>> = {}) =>
      command(["doctor", "--json", "--proxy", "http://127.0.0.1:9"], { env })
    assert.match((await run()).stdout, /"check":"cache","state":"well"/)
    const off = await run({ NODE_DISABLE_COMPILE_CACHE: "1" })
    assert.match(off.stdout, /"check":"cache","state":"note","message":"[^"]*NODE_DISABLE_COMPILE_CACHE/)
  })

  it("tells of folders that cannot be used and sessions that cannot be read, and changes nothing", async () => {
    const root = Fs.mkdtempSync(Path.join(Os.tmpdir(), "webqq-doctor-"))
    onTestFinished(() => Fs.rmSync(root, { recursive: true }))
    const run = (state: string) =>
      command(["doctor", "--json", "--proxy", "http://127.0.0.1:9"], { env: { XDG_STATE_HOME: state } })
    const states = ({ lines }: Awaited<ReturnType<typeof run>>) =>
      (lines as ReadonlyArray<unknown> as ReadonlyArray<{ check: string; state: string; message: string }>).filter(
        ({ check }) => check === "folder" || check === "sessions"
      )
    assert.deepInclude(states(await run(Path.join(root, "new")))[0], { check: "folder", state: "well" })
    assert.deepEqual(Fs.readdirSync(root), [])

    const sessions = Path.join(root, "old/webqq-login/sessions")
    Fs.mkdirSync(sessions, { recursive: true, mode: 0o755 })
    Fs.writeFileSync(Path.join(sessions, "half.json"), `{"format":`)
    const [folder, , broken] = states(await run(Path.join(root, "old")))
    assert.deepInclude(folder, { check: "folder", state: "note" })
    assert.deepInclude(broken, { check: "sessions", state: "fault" })
    assert.match(broken?.message ?? "", /half\.json/)

    Fs.symlinkSync(sessions, Path.join(root, "link"))
    Fs.mkdirSync(Path.join(root, "third/webqq-login"), { recursive: true })
    Fs.symlinkSync(sessions, Path.join(root, "third/webqq-login/sessions"))
    const linked = await run(Path.join(root, "third"))
    assert.deepInclude(states(linked)[0], { check: "folder", state: "fault" })
    assert.strictEqual(linked.code, 9)
  })
})
