import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as HttpClient from "effect/http/HttpClient"
import { spawn, spawnSync } from "node:child_process"
import * as Fs from "node:fs"
import * as Os from "node:os"
import * as Net from "node:net"
import * as Path from "node:path"
import { PassThrough } from "node:stream"
import { setTimeout as sleep } from "node:timers/promises"
import * as Facade from "webqq-login/Facade"
import { ReplayServer, Scenario, Verify } from "webqq-login/replay"
import { parse } from "../../src/cli/line/parse.ts"
import { commands } from "../../src/cli/commands/table.ts"
import type { Surroundings } from "../../src/cli/inputs/Surroundings.ts"
import { toExitCode } from "../../src/cli/process/toExitCode.ts"
import { chance, resecret } from "../support/resecret.ts"
import { command, file } from "./child.ts"
import { screen } from "./screen.ts"

/** Runs a line, words separated by spaces, inside of this process. */
const run = Effect.fnUntraced(function* (line: string, more: Partial<Surroundings> = {}) {
  const parsed = parse(commands, line.split(" "))
  if (parsed._tag === "Mistake") {
    const { cure, message } = parsed.mistake
    return { code: 2, stdout: "", stderr: `error: ${message.en}\n→ ${cure.en}\n` }
  }
  if (parsed._tag !== "Run") throw new Error(JSON.stringify(parsed))
  const program = yield* Effect.promise(parsed.load)
  const language = parsed.language ?? more.language ?? "en"
  const { streams, stderr, stdout } = screen({ isTTY: false }, {}, language)
  const around: Surroundings = { streams, env: {}, ...more, language }
  const code = yield* toExitCode(program.run(parsed.values as never, around), parsed.values["json"] === true, around)
  return { code, stdout: stdout(), stderr: stderr() }
})

const temporary = Effect.acquireRelease(
  Effect.sync(() => Fs.mkdtempSync(Path.join(Os.tmpdir(), "webqq-test-"))),
  (folder) => Effect.sync(() => Fs.rmSync(folder, { recursive: true }))
)

const textOf = (name: string) => Fs.readFileSync(file(`fixtures/${name}/scenario.json`), "utf8")

describe("webqq-login fixtures", () => {
  it.live("lists every scenario with its source, and the share of each kind", () =>
    Effect.gen(function* () {
      const { code, stderr, stdout } = yield* run("fixtures list")
      const names = yield* Scenario.list
      assert.strictEqual(code, 0)
      for (const name of names) assert.match(stdout, new RegExp(`^${name} `, "m"))
      assert.match(
        stderr,
        new RegExp(`^${names.length} scenarios, \\d+ exchanges: recorded \\d+ %, transcribed \\d+ %, synthetic \\d+ %`)
      )
      const chinese = yield* run("fixtures list webqq --lang zh")
      assert.match(chinese.stdout, /^名称 +站点 +步数 +来源 +结果 +标题\nwebqq +webqq +8 +转录 +会话 /)
      assert.match(chinese.stderr, /^1 个场景，7 次交互：录制 0 %、转录 \d+ %、合成 \d+ %\n$/)
      const json = (yield* run("fixtures list webqq --json")).stdout
      assert.deepInclude(JSON.parse(json), { name: "webqq", steps: 8, provenance: "transcribed", outcome: "session" })
    })
  )

  it.live("verifies all of them, and fails on one that is not fit with a line that says what to do", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const folder = Path.join(yield* temporary, "broken")
        Fs.mkdirSync(folder)
        Fs.cpSync(file("fixtures/qr"), Path.join(folder, "../qr"), { recursive: true })
        Fs.writeFileSync(Path.join(folder, "scenario.json"), textOf("webqq").replace(`"1269884978"`, `"1"`))
        const { code, stderr, stdout } = yield* run(`fixtures verify webqq ${folder}`)
        assert.strictEqual(code, 1)
        assert.include(stdout, "broken: hashes: poll-waiting.request.query.ptqrtoken: write 1269884978")
        assert.include(stderr, "1 of 2 scenarios are fit")
        assert.strictEqual((yield* run("fixtures verify webqq qzone")).code, 0)
        // Retries that a recording has in it are none of this run.
        const retried = yield* run("fixtures verify gateway-502-then-ok")
        assert.deepInclude(retried, { code: 0, stderr: "1 of 1 scenarios are fit\n" })
        const chinese = yield* run(`fixtures verify ${folder}`, { language: "zh" })
        assert.include(chinese.stdout, "hashes: poll-waiting.request.query.ptqrtoken：请写")
      })
    )
  )

  it.live("writes a scenario in its canonical form", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const folder = Path.join(yield* temporary, "wide")
        Fs.mkdirSync(folder)
        Fs.cpSync(file("fixtures/qr"), Path.join(folder, "../qr"), { recursive: true })
        const { clock, ...rest } = JSON.parse(textOf("webqq"))
        Fs.writeFileSync(Path.join(folder, "scenario.json"), JSON.stringify({ ...rest, clock }))
        assert.strictEqual((yield* run(`fixtures format ${folder}`)).code, 0)
        assert.strictEqual(Fs.readFileSync(Path.join(folder, "scenario.json"), "utf8"), textOf("webqq"))
      })
    )
  )

  it.live("tells two scenarios apart by meaning, and finds nothing between one and itself with other secrets", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const { code, stderr, stdout } = yield* run("fixtures diff webqq-2015 webqq")
        assert.deepStrictEqual([code, stderr], [1, "error: webqq-2015 and webqq differ\n→ each line says in what\n"])
        assert.include(stdout, "- poll-expired\n")
        assert.include(stdout, `  + query ptqrtoken: "(computed)"\n`)
        assert.include(
          stdout,
          "  ~ request: GET http://s.web2.qq.com/api/getvfwebqq → GET https://s.web2.qq.com/api/getvfwebqq\n"
        )
        const chinese = yield* run("fixtures diff webqq qzone --lang zh")
        assert.match(chinese.stdout, /^整个场景\n {2}~ site: webqq → qzone\n/)
        assert.notMatch(chinese.stdout, /as recorded|scenario/)
        assert.deepInclude(yield* run("fixtures diff qzone qzone"), { code: 0, stdout: "", stderr: "" })
        const folder = yield* temporary
        yield* run(`fixtures export-har qzone`)
        const scrubbed = yield* imported("qzone", Path.join(folder, "again"))
        const { stdout: again } = yield* run(`fixtures diff qzone ${scrubbed}`)
        assert.notMatch(again, /answer's cookie|^[+-]/m)
      })
    )
  )

  const imported = Effect.fnUntraced(function* (name: string, out: string) {
    const har = `${out}.har`
    Fs.writeFileSync(har, (yield* run(`fixtures export-har ${name}`)).stdout)
    const { code, stderr } = yield* run(`fixtures import-har ${har} --site ${name} --out ${out}`)
    assert.strictEqual(code, 0, stderr)
    return out
  })

  it.live("takes what a browser saved, and what it gave itself: the answers are the same but for the secrets", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const folder = yield* temporary
        for (const name of ["webqq", "qzone", "music"]) {
          const out = yield* imported(name, Path.join(folder, name))
          const [before, after] = [yield* Scenario.load(name), yield* Scenario.load(out)]
          const shape = ({ exchanges }: Scenario.Scenario) =>
            exchanges.map(({ response, times }) => [
              times,
              response.status,
              response.headers.map(([key, value]) => [key, value.length]),
              response.headers.some(([, value]) => value === "image/png") || response.body.length
            ])
          assert.deepStrictEqual(shape(after), shape(before))
          assert.deepStrictEqual(yield* Verify.verify(out), [])
        }
      })
    )
  )

  it.live.each([
    [
      "without cookies",
      (text: string) => text.replaceAll("Set-Cookie", "X-Removed"),
      /no answer of the login in this file sets a cookie.*\n→ export it again with sensitive data/
    ],
    [
      "of another page",
      (text: string) => text.replaceAll(/https?:\/\/[\w.]+\//g, "https://a.example/x/y?"),
      /no request of a login/
    ],
    ["that is something else", () => `{"log":1}`, /no HAR 1.2 file/],
    ["that is no JSON", () => "<html>", /cannot read .* as JSON/]
  ] as const)("refuses a HAR file %s, and says why", ([, change, says]) =>
    Effect.scoped(
      Effect.gen(function* () {
        const folder = yield* temporary
        const har = Path.join(folder, "a.har")
        Fs.writeFileSync(har, change((yield* run("fixtures export-har webqq")).stdout))
        const { code, stderr } = yield* run(`fixtures import-har ${har} --out ${folder}/new`)
        assert.strictEqual(code, 2)
        assert.match(stderr, says)
        assert.isFalse(Fs.existsSync(`${folder}/new`))
      })
    )
  )

  /** Imports what `export-har` gives of a scenario, changed. */
  const importing = Effect.fnUntraced(function* (name: string, flags: string, change: (text: string) => string) {
    const folder = yield* temporary
    const har = Path.join(folder, "a.har")
    Fs.writeFileSync(har, change((yield* run(`fixtures export-har ${name}`)).stdout))
    const result = yield* run(`fixtures import-har ${har} --out ${folder}/new ${flags}`.trim(), {
      language: flags.includes("zh") ? "zh" : "en"
    })
    return { ...result, written: Fs.existsSync(`${folder}/new`), folder: `${folder}/new` }
  })

  it.live.each([
    [
      "may hold a secret yet",
      (text: string) => text.replaceAll("ptqrtoken=", "x1=tKv6mZq83LwXr0NhYp2BsJd7UcFe4GaQi9oVxM&ptqrtoken="),
      /poll-waiting\.request\.query\.x1 looks like a secret: nothing was written/
    ],
    [
      "has a cookie from before in a corner",
      (text: string) =>
        text
          .replaceAll(/("name": "cookie",\s*"value": ")/g, "$1pvid=Kvmzqwxr; ")
          .replaceAll("ptqrtoken=", "x1=Kvmzqwxr&ptqrtoken="),
      /a cookie from before the login stands elsewhere, too: nothing was written/
    ],
    [
      "is no scenario",
      (text: string) => text.replaceAll(`"method": "GET"`, `"method": "PURGE"`),
      /no scenario came of it: nothing was written\. .*method/
    ]
  ] as const)("keeps nothing of what %s", ([, change, says]) =>
    Effect.scoped(
      Effect.gen(function* () {
        const { code, stderr, stdout, written } = yield* importing("qzone", "", change)
        assert.deepStrictEqual([code, stdout, written], [9, "", false])
        assert.match(stderr, says)
        assert.notInclude(stderr, "made ")
      })
    )
  )

  it.live("reads off the site, and refuses another one that is named", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const vip = yield* importing("vip", "", (text) => `\ufeff${text}`)
        assert.strictEqual((yield* Scenario.load(vip.folder)).site, "vip")
        assert.notInclude(vip.stderr, "note:")
        const other = yield* importing("vip", "--site qzone", (text) => text)
        assert.deepStrictEqual([other.code, other.written], [2, false])
        assert.include(other.stderr, "this is a login at vip, not at qzone\n→ leave --site out, or write --site vip")
        const chinese = yield* importing("vip", "--lang zh", () => "{}")
        assert.include(chinese.stderr, "这不是 HAR 1.2 文件\n→ 请用浏览器的网络工具保存")
      })
    )
  )

  it.live.each([
    ["fixtures", /fixtures is only half of a command\n→ the commands are: list, verify, format, serve, diff/],
    ["fixtures lst", /unknown command "fixtures lst"\n→ did you mean list\?/],
    ["fixtures diff webqq", /SCENARIO is missing/],
    ["fixtures diff webqq qzone vip", /unexpected argument "vip"/],
    ["fixtures format", /SCENARIO is missing/],
    ["fixtures serve", /SCENARIO is missing/],
    ["fixtures serve webqq --pause nowhere", /webqq has no nowhere\n→ pause at one of ptqrshow, poll-waiting/],
    ["fixtures list --port 80", /unknown flag "--port"\n→ see webqq-login fixtures list --help/],
    ["fixtures serve webqq --json", /unknown flag "--json"\n→ see webqq-login fixtures serve --help/],
    ["fixtures list no-such", /no scenario of the \d+ has this name.*\n.*fixtures list names them all/],
    ["fixtures list qzoe", /did you mean qzone\?/],
    ["login --replay qzoe", /^error: cannot replay qzoe: no scenario.*\n→ did you mean qzone\?/],
    ["fixtures import-har x.har", /--out is missing/]
  ] as const)("says what is wrong with %s", ([line, says]) =>
    Effect.gen(function* () {
      const { code, stderr, stdout } = yield* run(line)
      assert.deepStrictEqual([code, stdout], [2, ""])
      assert.match(stderr, says)
    })
  )
})

const python = spawnSync("python3", ["--version"]).status === 0

describe("webqq-login fixtures serve", () => {
  it.skipIf(!python).each([
    ["--strictness exact", 0, `scenario "webqq" was played as written`],
    ["--any-pace", 0, `scenario "webqq" was played to its end, as the server took it`],
    ["--strictness loose", 0, "poll-too-fast: the client polls every"],
    ["--strictness server", 1, "- poll-too-fast: the client polls every"]
  ] as const)(
    "serves a client in Python, which shares no code with us and ends with the same five values (%s)",
    async (flags, exitCode, says) => {
      let asked = false
      let said = ""
      const { code, stderr, stdout } = await command(`fixtures serve webqq ${flags}`, {
        watch: (server, out) => {
          const origin = /^http:\S+\n/.exec(out)?.[0].trim()
          if (origin === undefined || asked) return
          asked = true
          const client = spawn("python3", [file("test/support/client.py"), origin])
          client.stdout.on("data", (data) => (said += String(data)))
          client.stderr.on("data", (data) => (said += String(data)))
          client.on("close", () => server.kill("SIGINT"))
        }
      })
      const { clientid, psessionid, ptwebqq, uin, vfwebqq } = JSON.parse(textOf("webqq")).outcome.session
      assert.deepInclude(JSON.parse(said), { clientid, psessionid, ptwebqq, uin, vfwebqq })
      assert.match(stdout, /^http:\/\/127\.0\.0\.1:\d+\n$/)
      assert.strictEqual(code, exitCode, stderr)
      assert.include(stderr, says)
      // It is told while it happens, too.
      assert.match(stderr, /^python: GET https:\/\/ssl\.ptlogin2\.qq\.com\/ptqrshow → 200 ptqrshow$/m)
      assert.match(stderr, /^python: POST https:\/\/d1\.web2\.qq\.com\/channel\/login2 → 200 login2$/m)
    }
  )

  it("waits before the state that it is told, and for the key; at the end it fails, since the rest was never asked for", async () => {
    let answered = 0
    const { code, stderr } = await command("fixtures serve webqq --pause ptqrshow", {
      watch: (server, out, err) => {
        const origin = /^http:\S+\n/.exec(out)?.[0].trim()
        if (origin === undefined || answered > 0) return
        if (err.includes("ptqrshow waits: press Enter")) {
          answered = 1
          server.stdin?.write("\n")
        } else if (!err.includes("waits") && answered === 0) {
          answered = -1
          const query = "appid=501004106&e=2&l=M&s=3&d=72&v=4&t=0.1&daid=164&pt_3rd_aid=0"
          const client = spawn("curl", [
            "-sA",
            "Mozilla/5.0 x",
            `${origin}/__/a/https/ssl.ptlogin2.qq.com/ptqrshow?${query}`,
            "-o",
            "/dev/null"
          ])
          client.on("close", () => server.kill("SIGTERM"))
        }
      }
    })
    assert.include(stderr, "ptqrshow waits: press Enter")
    assert.match(
      stderr,
      /error: scenario "webqq" was not played as written[^]*never requested[^]*"login2"[^]*\n→ correct/
    )
    assert.notInclude(stderr, "interrupted")
    assert.strictEqual(code, 1)
  })

  /** The server inside of this process; `wait` until its words match. */
  const serving = Effect.fnUntraced(function* (line: string, more: Partial<Surroundings> = {}) {
    const parsed = parse(commands, line.split(" "))
    if (parsed._tag !== "Run") throw new Error(JSON.stringify(parsed))
    const program = yield* Effect.promise(parsed.load)
    const { both, streams } = screen({ isTTY: false })
    const around: Surroundings = { streams, language: "en", env: {}, ...more }
    const fiber = yield* Effect.forkScoped(toExitCode(program.run(parsed.values as never, around), false, around))
    const wait = async (text: RegExp) => {
      for (let n = 0; n < 500 && !text.test(both()); n++) await sleep(4)
      return text.exec(both())?.[0] ?? assert.fail(both())
    }
    const origin = yield* Effect.promise(() => wait(/http:\/\/127\.0\.0\.1:\d+/))
    const query = "appid=501004106&e=2&l=M&s=3&d=72&v=4&t=0.1&daid=164&pt_3rd_aid=0"
    const ask = (name: string) =>
      fetch(`${origin}/__/${name}/https/ssl.ptlogin2.qq.com/ptqrshow?${query}`, {
        headers: { "user-agent": "Mozilla/5.0 x" }
      })
    return { fiber, wait, ask, both }
  })

  it.live("one key is for one answer, and a key before any waits is for none; without any more keys it says so", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const input = new PassThrough()
        const { ask, both, fiber, wait } = yield* serving("fixtures serve webqq --pause ptqrshow", {
          input: input as never
        })
        const states: Array<string> = []
        yield* Effect.promise(async () => {
          input.write("\n")
          await sleep(5)
          const first = ask("a").then(({ status }) => states.push(`a ${status}`))
          await wait(/waits/)
          const second = ask("b").then(({ status }) => states.push(`b ${status}`))
          await wait(/waits[^]*waits/)
          assert.deepStrictEqual(states, [])
          input.write("\n")
          await first
          await sleep(20)
          assert.deepStrictEqual(states, ["a 200"])
          second.catch(() => "no answer")
          input.end()
        })
        assert.strictEqual(yield* Fiber.join(fiber), 2)
        assert.match(both(), /nobody can press Enter: stdin is closed\n→ leave --pause out/)
      })
    )
  )

  it.live("takes as long as it is told for an answer", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const { ask } = yield* serving("fixtures serve webqq --speed 2")
        const begun = performance.now()
        assert.strictEqual((yield* Effect.promise(() => ask("a"))).status, 200)
        assert.isAtLeast(performance.now() - begun, 95)
      })
    )
  )

  it.live("tells a port that is taken from one that is not for everybody", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const server = Net.createServer()
        yield* Effect.acquireRelease(
          Effect.promise(() => new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))),
          () => Effect.sync(() => server.close())
        )
        const { port } = server.address() as Net.AddressInfo
        const taken = yield* run(`fixtures serve webqq --port ${port}`)
        assert.deepStrictEqual([taken.code, taken.stdout], [2, ""])
        assert.match(taken.stderr, new RegExp(`port ${port} is taken\n→ choose another one`))
        const low = Net.createServer()
        const refused = yield* Effect.promise(
          () => new Promise((resolve) => low.on("error", resolve).listen(1, "127.0.0.1", () => resolve(undefined)))
        )
        low.close()
        if ((refused as NodeJS.ErrnoException | undefined)?.code !== "EACCES") return
        assert.match((yield* run("fixtures serve webqq --port 1")).stderr, /\(EACCES\)\n→ choose one above 1023/)
      })
    )
  )
})

describe("webqq-login record", () => {
  /** A server that plays a scenario with other secrets, and a client that goes there. */
  const server = Effect.fnUntraced(function* (name: string, seed: number) {
    const { json, secrets } = resecret(textOf(name), chance(seed))
    const scenario = yield* Scenario.decode(json, { name, folder: file(`fixtures/${name}`) })
    const { origin } = yield* ReplayServer.make(scenario)
    const rewritten = Effect.map(HttpClient.HttpClient, ReplayServer.rewrite(origin))
    return { secrets, httpClient: Layer.provide(Layer.effect(HttpClient.HttpClient, rewritten), Facade.httpClient) }
  })

  it.live("writes a login down without its secrets, fit and ready to be replayed", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const out = Path.join(yield* temporary, "my-login")
        const { httpClient, secrets } = yield* server("qzone", 1)
        const { code, stderr } = yield* run(
          `record --out ${out} --site qzone --qr none --poll-interval 1ms --title mine`,
          { httpClient }
        )
        assert.strictEqual(code, 0, stderr)
        assert.include(stderr, `recorded ${out}, without its secrets`)
        const text = Fs.readFileSync(`${out}/scenario.json`, "utf8")
        for (const { name, value } of secrets) assert.notInclude(text, value, name)
        assert.deepInclude(JSON.parse(text).provenance, { kind: "recorded", tool: "webqq-login record" })
        assert.deepStrictEqual(yield* Verify.verify(out), [])
      })
    )
  )

  it.live("writes down a login that fails, and ends as that login", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const out = Path.join(yield* temporary, "no-login")
        const { httpClient } = yield* server("refused", 2)
        const { code } = yield* run(`record --out ${out} --site webqq --qr none --poll-interval 1ms`, { httpClient })
        assert.strictEqual(code, 5)
        const { outcome } = yield* Scenario.load(out)
        assert.deepInclude(outcome, { error: "QrRefused", step: "ScanStatus" })
      })
    )
  )

  it.live("asks for nothing and writes nothing where the folder is missing, taken, or has a bad name", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const folder = yield* temporary
        for (const line of ["record", `record --out ${folder}`, `record --out ${folder}/No_Name`]) {
          const { code, stderr } = yield* run(line)
          assert.strictEqual(code, 2)
          assert.match(stderr, /--out is missing|exists already|small letters/)
        }
        assert.deepStrictEqual(Fs.readdirSync(folder), [])
      })
    )
  )
})
