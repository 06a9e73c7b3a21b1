/**
 * Signals while the command works on what others gave, or waits for a file that does not come: it ends all the same.
 */
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { spawn, spawnSync } from "node:child_process"
import { once } from "node:events"
import * as Fs from "node:fs"
import * as Os from "node:os"
import * as Path from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { inject } from "vitest"
import { cacheOf } from "../support/compileCache.ts"
import { file } from "../cli/child.ts"

let all = ""
const at = (name: string, folder = all) => Path.join(folder, name)

/** A folder of its own for a test, with all that is asked about. */
const place = () => {
  const folder = Fs.mkdtempSync(at("place-"))
  Fs.mkdirSync(at("long", folder))
  for (const name of ["long.har", "long/scenario.json", "exported"])
    if (Fs.existsSync(at(name))) Fs.linkSync(at(name), at(name, folder))
  for (const name of ["fifo", "pass"]) spawnSync("mkfifo", [at(name, folder)])
  return folder
}

beforeAll(() => {
  all = Fs.mkdtempSync(Path.join(Os.tmpdir(), "webqq-test-"))
  // Both take half a minute and more.
  const scenario = JSON.parse(Fs.readFileSync(file("fixtures/qzone/scenario.json"), "utf8"))
  const exchanges = Array.from({ length: 12_000 }, (_, index) => ({ ...scenario.exchanges[1], id: `poll-${index}` }))
  Fs.mkdirSync(at("long"))
  Fs.writeFileSync(at("long/scenario.json"), JSON.stringify({ ...scenario, exchanges }))
  const entry = {
    startedDateTime: "2026-01-01T00:00:00.000Z",
    time: 1,
    request: {
      method: "GET",
      url: "https://ssl.ptlogin2.qq.com/ptqrshow?appid=549000912",
      httpVersion: "HTTP/1.1",
      headers: [],
      queryString: [],
      cookies: [],
      headersSize: -1,
      bodySize: 0
    },
    response: {
      status: 200,
      statusText: "OK",
      httpVersion: "HTTP/1.1",
      headers: [{ name: "Set-Cookie", value: "qrsig=abcdefghijklmnop;Path=/;Domain=ptlogin2.qq.com" }],
      cookies: [],
      content: { size: 0, mimeType: "text/plain", text: "uin='".repeat(5_000_000) },
      redirectURL: "",
      headersSize: -1,
      bodySize: -1
    },
    cache: {},
    timings: { send: 0, wait: 1, receive: 0 }
  }
  Fs.writeFileSync(at("long.har"), JSON.stringify({ log: { version: "1.2", creator: {}, entries: [entry] } }))
})
afterAll(() => Fs.rmSync(all, { recursive: true }))

const started = (line: string, folder: string, ...flags: ReadonlyArray<string>) => {
  const child = spawn(process.execPath, [...flags, inject("command"), ...line.split(" ")], {
    cwd: folder,
    env: { XDG_CACHE_HOME: cacheOf(inject("command")), XDG_STATE_HOME: at("state", folder), TMPDIR: folder },
    stdio: ["pipe", "pipe", "pipe"]
  })
  let said = ""
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (data) => (said += String(data)))
  return { child, ended: once(child, "close"), said: () => said }
}

/** Waits until a command has said to the system that it hears of the last of these, which it does before it does anything else. */
const listens = async (pid: number | undefined) => {
  const isCaught = () => {
    const [, last = "0"] = /^SigCgt:.*(\w)$/m.exec(Fs.readFileSync(`/proc/${pid}/status`, "utf8")) ?? []
    return (parseInt(last, 16) & 4) !== 0
  }
  if (process.platform === "linux") while (!isCaught()) await sleep(20)
  // By then it is at work.
  await sleep(process.platform === "linux" ? 500 : 1500)
}

const signals = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"] as const

const lines: ReadonlyArray<readonly [line: string, from: number]> = [
  ["fixtures verify ./long", 0],
  ["fixtures format ./long", 1],
  ["fixtures import-har long.har --out made/long", 2],
  ["import fifo", 3],
  ["login --fresh --no-save --site ./fifo", 0],
  ["login --replay qzone --site ./fifo", 1],
  ["import exported --passphrase-file pass", 2]
]

describe.skipIf(process.platform === "win32").concurrent("a signal", () => {
  beforeAll(async () => {
    // What is asked for a passphrase, so that the file with it is waited for.
    await started("login --replay qzone --speed 100 --profile a", all).ended
    const env = { XDG_STATE_HOME: at("state"), WEBQQ_PASSPHRASE: "long enough" }
    await once(
      spawn(process.execPath, [inject("command"), "export", "exported", "--offline"], {
        cwd: all,
        env,
        stdio: "ignore"
      }),
      "close"
    )
    assert.isTrue(Fs.existsSync(at("exported")))
  })

  it.each(lines)("ends %s, whichever it is, and leaves nothing", async (line, from) => {
    const folder = place()
    const before = Fs.readdirSync(folder)
    const { child, ended, said } = started(line, folder)
    await listens(child.pid)
    assert.strictEqual(said(), "")
    child.kill(signals[from])
    const [code] = await ended
    assert.strictEqual(code, 130, said())
    // On a busy machine the signal may come before there is anything to leave in order.
    assert.include(["", "error: interrupted\n→ start again\n"], said())
    assert.deepEqual(Fs.readdirSync(folder), before)
  })

  it("ends it where it comes while code is loaded, and nothing has heard it yet", async () => {
    // Sent as soon as it is listened for: before Node tells of it, the command has been loaded.
    const sends = `process.on("newListener", function send(name) {
      if (name !== "SIGTERM") return
      process.off("newListener", send)
      queueMicrotask(() => process.kill(process.pid, name))
    })`
    const flags = ["--import", `data:text/javascript,${encodeURIComponent(sends)}`]
    const { ended, said } = started("import fifo", place(), ...flags)
    assert.strictEqual((await ended)[0], 130, said())
  })

  it("that comes twice ends it without waiting for anything", async () => {
    const { child, ended } = started("fixtures verify ./long", place())
    await listens(child.pid)
    child.kill("SIGINT")
    child.kill("SIGTERM")
    assert.strictEqual((await ended)[0], 130)
  })
})

describe.concurrent("a scenario that it takes long to read", () => {
  // What plays one hears no signal while it is read.
  it.each(["login --replay ./long", "fixtures serve ./long", "fixtures conform ./long -- true"])(
    "is not played: %s",
    async (line) => {
      const { ended, said } = started(line, place())
      assert.strictEqual((await ended)[0], 2)
      assert.include(said(), "it has more than 4 MiB")
    }
  )
})

describe.skipIf(process.platform === "win32").concurrent("a file of a scenario that is none", () => {
  it.each(["fifo", "/dev/zero", "."])("is refused: %s", async (name) => {
    const scenario = JSON.parse(Fs.readFileSync(file("fixtures/qzone/scenario.json"), "utf8"))
    const folder = place()
    const odd = at("odd", folder)
    Fs.mkdirSync(odd)
    Fs.symlinkSync(Path.resolve(folder, name), Path.join(odd, "body"))
    scenario.exchanges[0].response.body = { file: "body", bytes: 1, sha256: "0".repeat(64) }
    Fs.writeFileSync(Path.join(odd, "scenario.json"), JSON.stringify(scenario))
    const { ended, said } = started("login --replay ./odd", folder)
    assert.strictEqual((await ended)[0], 2)
    assert.match(said(), /"body" (cannot be read|is a link out of)/)
  })

  it("is refused in the place of the scenario itself", async () => {
    const folder = place()
    Fs.mkdirSync(at("pipe", folder))
    spawnSync("mkfifo", [at("pipe/scenario.json", folder)])
    const { ended, said } = started("login --replay ./pipe", folder)
    assert.strictEqual((await ended)[0], 2)
    assert.include(said(), "cannot be read (it is a pipe)")
  })
})
