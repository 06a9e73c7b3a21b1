import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { spawn } from "node:child_process"
import { once } from "node:events"
import * as Fs from "node:fs"
import * as Https from "node:https"
import type * as Net from "node:net"
import * as Os from "node:os"
import * as Path from "node:path"
import { inject } from "vitest"
import { selfSigned } from "../support/certificate.ts"
import { cacheOf } from "../support/compileCache.ts"
import { file } from "./child.ts"

const { cert, key } = selfSigned(["ssl.ptlogin2.qq.com"])
let folder = ""
let connections = 0
const requests: Array<string> = []
// Answers with what is no picture, which ends the login.
const server = Https.createServer({ cert, key }, (request, response) => {
  requests.push(String(request.headers.host))
  response.end("no picture")
}).on("secureConnection", () => connections++)

beforeAll(async () => {
  folder = Fs.mkdtempSync(Path.join(Os.tmpdir(), "webqq-test-"))
  Fs.writeFileSync(Path.join(folder, "ca.pem"), cert)
  await once(server.listen(0, "127.0.0.1"), "listening")
})
afterAll(() => {
  server.close()
  Fs.rmSync(folder, { recursive: true })
})

const run = async (line: string, env: Readonly<Record<string, string>> = {}) => {
  const dials = Path.join(folder, "dials")
  Fs.rmSync(dials, { force: true })
  connections = 0
  requests.splice(0)
  const flags = ["--require", file("test/support/dials.cjs"), inject("command"), ...line.split(" ")]
  const child = spawn(process.execPath, flags, {
    env: {
      XDG_CACHE_HOME: cacheOf(inject("command")),
      NODE_EXTRA_CA_CERTS: Path.join(folder, "ca.pem"),
      XDG_STATE_HOME: Path.join(folder, "state"),
      DIALS: dials,
      LEAD_PORT: String((server.address() as Net.AddressInfo).port),
      ...env
    },
    stdio: "ignore"
  })
  const [code] = (await once(child, "exit")) as [number]
  const dialled = Fs.existsSync(dials) ? Fs.readFileSync(dials, "utf8").trimEnd().split("\n") : []
  return { code, dialled }
}

const there = "ssl.ptlogin2.qq.com:443"

describe("the connection that is opened early", () => {
  it("is not opened where a profile may have a proxy of its own, which it would go past", async () => {
    const ways = Path.join(folder, "other/webqq-login/ways")
    Fs.mkdirSync(ways, { recursive: true })
    Fs.writeFileSync(Path.join(ways, "me.json"), `{"proxy":"http://127.0.0.1:9"}`)
    const { code, dialled } = await run("login --site qzone --fresh --profile me", {
      XDG_STATE_HOME: Path.join(folder, "other"),
      WEBQQ_RETRIES: "0"
    })
    assert.deepEqual([code, dialled], [6, []])
  })

  it.each(["login --site qzone --fresh --no-save", "login --site qzone", "record --site qzone --out OUT/made"])(
    "is the one that %s asks for its code over, and the only one",
    async (line) => {
      const { code, dialled } = await run(line.replace("OUT", folder))
      assert.deepEqual([code, dialled, connections, requests], [7, [there], 1, ["ssl.ptlogin2.qq.com"]])
      Fs.rmSync(Path.join(folder, "made"), { recursive: true, force: true })
    }
  )

  it.each([
    "login --replay qzone --speed 100",
    "login --site qzone --fresh --help",
    "login --site qzone --fresh --bogus",
    "login --site ./no-such-file.json --replay qzone",
    "login --fresh",
    "record --out OUT/made",
    "status",
    "sites"
  ])("is not opened for %s", async (line) => {
    assert.deepEqual((await run(line)).dialled, [])
  })

  it("is not opened where a session may be kept, which is asked about first", async () => {
    const sessions = Path.join(folder, "kept", "webqq-login", "sessions")
    Fs.mkdirSync(sessions, { recursive: true, mode: 0o700 })
    // Nothing is kept after all: it is opened late.
    const { code, dialled } = await run("login --site qzone", { XDG_STATE_HOME: Path.join(folder, "kept") })
    assert.deepEqual([code, dialled, connections], [7, [there], 1])
  })

  it.each(["HTTPS_PROXY", "http_proxy", "ALL_PROXY"])("is not opened where %s names a proxy", async (name) => {
    const proxy = "http://127.0.0.1:1"
    const { code, dialled } = await run("login --site qzone --fresh --no-save --timeout 1s", { [name]: proxy })
    assert.notStrictEqual(code, 0)
    // For http alone a proxy may be named, and https goes straight to its server: but late.
    if (name !== "http_proxy") assert.deepEqual(dialled, [])
  })

  it("that breaks before it is needed is made anew", async () => {
    // Nobody listens there: the early one fails at once, and so do all others.
    const { code, dialled } = await run("login --site qzone --fresh --no-save --timeout 1s", { LEAD_PORT: "1" })
    assert.notStrictEqual(code, 0)
    assert.isAbove(dialled.length, 1)
  })
})
