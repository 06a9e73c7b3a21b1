import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import { spawn } from "node:child_process"
import * as Fs from "node:fs"
import * as Net from "node:net"
import * as Os from "node:os"
import * as Path from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import type { Language } from "webqq-login/Language"
import * as Scenario from "../../src/replay/Scenario.ts"
import { parse } from "../../src/cli/line/parse.ts"
import { commands } from "../../src/cli/commands/table.ts"
import { toExitCode } from "../../src/cli/process/toExitCode.ts"
import { watched } from "../support/systemCalls.ts"
import { file } from "./child.ts"
import { screen } from "./screen.ts"

const temporary = Effect.acquireRelease(
  Effect.sync(() => Fs.mkdtempSync(Path.join(Os.tmpdir(), "webqq-test-"))),
  (folder) => Effect.sync(() => Fs.rmSync(folder, { recursive: true }))
)

interface Answer {
  readonly id: string
  readonly times?: number
  readonly response: { readonly status: number; headers: Array<[string, string]>; body?: any }
}

const read = (name: string): ReadonlyArray<Answer> =>
  JSON.parse(Fs.readFileSync(file(`fixtures/${name}/scenario.json`), "utf8")).exchanges

const bytesOf = ({ body }: Answer["response"]): Uint8Array =>
  body?.bytes instanceof Uint8Array
    ? body.bytes
    : body?.file === undefined
      ? Buffer.from(body?.text ?? (body === undefined ? "" : JSON.stringify(body.json)))
      : Fs.readFileSync(file(`fixtures/webqq/${body.file}`))

/** Records a login at a server that answers with these, whatever it is asked, and that `onRequest` hears of. */
const record = Effect.fnUntraced(function* (
  line: string,
  exchanges: ReadonlyArray<Answer>,
  {
    language = "en",
    onRequest = () => Effect.void
  }: { language?: Language; onRequest?: () => Effect.Effect<void> } = {}
) {
  const parsed = parse(commands, `record --qr none --poll-interval 1ms ${line}`.split(" "))
  if (parsed._tag !== "Run") throw new Error(JSON.stringify(parsed))
  let asked = 0
  const answers = exchanges.flatMap(({ response, times = 1 }) => Array.from({ length: times }, () => response))
  const client = HttpClient.make((request) =>
    Effect.gen(function* () {
      yield* onRequest()
      const answer = answers[asked++] ?? { status: 404, headers: [] }
      return HttpClientResponse.fromWeb(request, new Response(Uint8Array.from(bytesOf(answer)), answer))
    })
  )
  const { streams, stderr } = screen({ isTTY: false }, {}, language)
  const httpClient = Layer.succeed(HttpClient.HttpClient, client)
  const { run } = yield* Effect.promise(parsed.load)
  const around = { streams, language, env: {}, httpClient }
  const code = yield* toExitCode(run(parsed.values as never, around), false, around)
  return { code, stderr: stderr(), asked }
})

const change = (exchanges: ReadonlyArray<Answer>, id: string, edit: (answer: Answer["response"]) => void) => {
  edit(exchanges.find((exchange) => exchange.id.startsWith(id))!.response)
  return exchanges
}

describe("webqq-login record", () => {
  it.live("takes no folder that it has not made, whatever is there, and asks for nothing", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const folder = yield* temporary
        Fs.mkdirSync(`${folder}/empty`)
        Fs.mkdirSync(`${folder}/full`)
        Fs.writeFileSync(`${folder}/full/kept`, "kept")
        Fs.writeFileSync(`${folder}/file`, "kept")
        Fs.symlinkSync(`${folder}/nowhere`, `${folder}/link`)
        const before = Fs.readdirSync(folder, { recursive: true })
        for (const name of ["empty", "full", "file", "link"]) {
          const { asked, code, stderr } = yield* record(`--site qzone --out ${folder}/${name}`, read("qzone"))
          assert.deepStrictEqual([code, asked], [2, 0])
          assert.include(stderr, "exists already")
        }
        assert.deepStrictEqual(Fs.readdirSync(folder, { recursive: true }), before)
      })
    )
  )

  it.live("finds out that a folder cannot be made before anybody scans", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const folder = yield* temporary
        Fs.writeFileSync(`${folder}/file`, "")
        for (const out of [`${folder}/file/a`, `${folder}/file/a/b`, "/proc/a/b"]) {
          const { asked, code, stderr } = yield* record(`--site qzone --out ${out}`, read("qzone"))
          assert.deepStrictEqual([code, asked], [9, 0])
          assert.match(stderr, /cannot write .* \(E[A-Z]+\)/)
        }
        assert.deepStrictEqual(Fs.readdirSync(folder), ["file"])
      })
    )
  )

  it.live("makes the folders above, and leaves none of them where the login ends before it is written down", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const folder = yield* temporary
        const { code } = yield* record(`--site qzone --out ${folder}/a/b/c`, read("qzone"))
        assert.strictEqual(code, 0)
        assert.deepStrictEqual(Fs.readdirSync(`${folder}/a/b/c`), ["qr-s3e2.png", "scenario.json"])
        Fs.rmSync(`${folder}/a`, { recursive: true })
        const stopped = yield* Effect.forkChild(
          record(`--site qzone --out ${folder}/a/b/c`, read("qzone"), { onRequest: () => Effect.never })
        )
        while (!Fs.existsSync(`${folder}/a/b/c`)) yield* Effect.sleep(1)
        yield* Fiber.interrupt(stopped)
        assert.deepStrictEqual(Fs.readdirSync(folder), [])
      })
    )
  )

  it.live("is on the disk before it says so: its folders, every file, and scenario.json last", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const folder = yield* temporary
        const { calls, result } = yield* watched(record(`--site qzone --out ${folder}/a/b`, read("qzone")))
        assert.strictEqual(result.code, 0)
        assert.deepStrictEqual(calls, [
          "sync a folder",
          "sync a folder",
          "sync a file",
          "sync a folder",
          "sync a file",
          "rename to scenario.json",
          "sync a folder"
        ])
      })
    )
  )

  it.live("says that it is the first proof of a site that lives, while no fixture was recorded at one", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const folder = yield* temporary
        const { code, stderr } = yield* record(`--site qzone --out ${folder}/a`, read("qzone"))
        assert.strictEqual(code, 0)
        assert.match(
          stderr,
          /^note: this version knows of no recorded login at qzone: yours is the first proof that it works$/m
        )
        for (const scenario of yield* Effect.flatMap(Scenario.list, (names) => Effect.forEach(names, Scenario.load))) {
          assert.notStrictEqual(scenario.provenance.kind, "recorded", scenario.name)
        }
      })
    )
  )

  it.live("takes away what it has written of half a recording, and nothing else", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const out = `${yield* temporary}/a`
        const onRequest = () => Effect.sync(() => Fs.mkdirSync(`${out}/scenario.json/x`, { recursive: true }))
        const { code, stderr } = yield* record(`--site qzone --out ${out}`, read("qzone"), { onRequest })
        assert.strictEqual(code, 9)
        assert.include(stderr, "cannot write")
        assert.deepStrictEqual(Fs.readdirSync(out), ["scenario.json"])
      })
    )
  )

  const unknown = () =>
    change(read("webqq"), "login2", ({ body }) => (body.json.result.ticket = "Zq81mPx0Wd72LrTyAa92KdQq0pLmX7"))

  it.live("writes nothing where a value looks like a secret, and does not say it", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const folder = yield* temporary
        for (const [language, says] of [
          ["en", "login2.response.body.json.result.ticket looks like a secret: nothing was written"],
          ["zh", "login2.response.body.json.result.ticket 看起来是敏感信息：没有写出任何内容"]
        ] as const) {
          const { code, stderr } = yield* record(`--site webqq --out ${folder}/a`, unknown(), { language })
          assert.strictEqual(code, 9)
          assert.include(stderr, says)
          assert.notMatch(stderr, /Zq81|recorded|已录制/)
        }
        assert.deepStrictEqual(Fs.readdirSync(folder), [])
      })
    )
  )

  it.live("says in the reader's language what it cannot look into", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const folder = yield* temporary
        const zipped = change(read("qzone"), "check-sig", ({ headers }) => headers.push(["Content-Encoding", "zstd"]))
        const { code, stderr } = yield* record(`--site qzone --out ${folder}/a`, zipped, { language: "zh" })
        assert.strictEqual(code, 9)
        assert.match(stderr, /exchanges\.\d\.response\.body 的编码为 zstd，无法检查其内容/)
        assert.deepStrictEqual(Fs.readdirSync(folder), [])
      })
    )
  )

  it.live("fails where the recording does not replay, says so once, and in lines that can be read", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const out = `${yield* temporary}/a`
        const gbk = change(read("qzone"), "poll-confirmed", ({ body }) => {
          const [before = "", after = ""] = body.text.split(/'[^']*'\)/)
          body.bytes = Buffer.concat([
            Buffer.from(`${before}'`),
            Buffer.from([0xd0, 0xa1, 0xc3, 0xf7]),
            Buffer.from(`')${after}`)
          ])
        })
        const { code, stderr } = yield* record(`--site qzone --out ${out}`, gbk)
        assert.strictEqual(code, 1)
        assert.strictEqual(stderr.match(/does not replay/g)?.length, 1)
        assert.include(stderr, `\n→ webqq-login fixtures verify ${out}`)
        assert.notInclude(stderr, "\ufffd")
      })
    )
  )

  it.live("tells what verify finds in it, once each", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const out = `${yield* temporary}/a`
        const named = change(read("qzone"), "poll-confirmed", ({ headers }) => {
          headers.push([
            "Set-Cookie",
            `ptnick_987654320=${Buffer.from("王小二").toString("hex")};Path=/;Domain=qq.com;`
          ])
        })
        const { code, stderr } = yield* record(`--site qzone --out ${out}`, named)
        assert.strictEqual(code, 0)
        assert.match(stderr, /^note: poll-confirmed\.response cookie ptnick_\d+: its name is ptnick_\d+$/m)
      })
    )
  )

  it.live("leaves nothing behind where Ctrl-C ends it", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const folder = yield* temporary
        const code = yield* Effect.callback<number | null>((resume) => {
          // Takes the first connection, and never says a word.
          const server = Net.createServer((socket) => void socket.on("error", () => {})).listen(0, "127.0.0.1", () => {
            const flags = ["--require", file("test/support/lead.cjs"), file("scripts/record.ts")]
            const args = ["--site", "qzone", "--qr", "none", "--out", `${folder}/a/b`]
            const env = { LEAD_PORT: String((server.address() as Net.AddressInfo).port), TMPDIR: folder }
            const child = spawn(process.execPath, [...flags, ...args], { env, stdio: "ignore" })
            server.once("connection", async () => {
              // The connection is opened while the command is being loaded.
              for (let n = 0; n < 2000 && !Fs.existsSync(`${folder}/a/b`); n++) await sleep(5)
              child.kill("SIGINT")
            })
            child.on("close", (code) => {
              server.close()
              resume(Effect.succeed(code))
            })
          })
        })
        assert.strictEqual(code, 130)
        assert.deepStrictEqual(Fs.readdirSync(folder), [])
      })
    )
  )
})
