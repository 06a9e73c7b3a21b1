import { assert, describe, it } from "@effect/vitest"
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

/** A line, with a folder of its own in the place of `OUT`, and a server that answers with what is no picture, which ends the login. */
const run = async (
  line: string,
  { env = {}, kept = () => {} }: { env?: Readonly<Record<string, string>>; kept?: (state: string) => void } = {}
) => {
  const folder = Fs.mkdtempSync(Path.join(Os.tmpdir(), "webqq-test-"))
  const [authority, dials, state] = ["ca.pem", "dials", "state"].map((name) => Path.join(folder, name))
  Fs.writeFileSync(authority!, cert)
  kept(state!)
  let connections = 0
  const requests: Array<string> = []
  const server = Https.createServer({ cert, key }, (request, response) => {
    requests.push(String(request.headers.host))
    response.end("no picture")
  }).on("secureConnection", () => connections++)
  await once(server.listen(0, "127.0.0.1"), "listening")
  const flags = ["--require", file("test/support/dials.cjs"), inject("command")]
  const child = spawn(process.execPath, [...flags, ...line.replace("OUT", folder).split(" ")], {
    env: {
      XDG_CACHE_HOME: cacheOf(inject("command")),
      NODE_EXTRA_CA_CERTS: authority,
      XDG_STATE_HOME: state,
      DIALS: dials,
      LEAD_PORT: String((server.address() as Net.AddressInfo).port),
      ...env
    },
    stdio: "ignore"
  })
  const [code] = (await once(child, "exit")) as [number]
  const dialled = Fs.existsSync(dials!) ? Fs.readFileSync(dials!, "utf8").trimEnd().split("\n") : []
  server.close()
  Fs.rmSync(folder, { recursive: true })
  return { code, dialled, connections, requests }
}

const there = "ssl.ptlogin2.qq.com:443"

describe.concurrent("the connection that is opened early", () => {
  it("is not opened where a profile may have a proxy of its own, which it would go past", async () => {
    const { code, dialled } = await run("login --site qzone --fresh --profile me", {
      env: { WEBQQ_RETRIES: "0" },
      kept: (state) => {
        const ways = Path.join(state, "webqq-login/ways")
        Fs.mkdirSync(ways, { recursive: true })
        Fs.writeFileSync(Path.join(ways, "me.json"), `{"proxy":"http://127.0.0.1:9"}`)
      }
    })
    assert.deepEqual([code, dialled], [6, []])
  })

  it.each(["login --site qzone --fresh --no-save", "login --site qzone", "record --site qzone --out OUT/made"])(
    "is the one that %s asks for its code over, and the only one",
    async (line) => {
      const { code, connections, dialled, requests } = await run(line)
      assert.deepEqual([code, dialled, connections, requests], [7, [there], 1, ["ssl.ptlogin2.qq.com"]])
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
    // Nothing is kept after all: it is opened late.
    const { code, connections, dialled } = await run("login --site qzone", {
      kept: (state) => Fs.mkdirSync(Path.join(state, "webqq-login", "sessions"), { recursive: true, mode: 0o700 })
    })
    assert.deepEqual([code, dialled, connections], [7, [there], 1])
  })

  it.each(["HTTPS_PROXY", "http_proxy", "ALL_PROXY"])("is not opened where %s names a proxy", async (name) => {
    const proxy = "http://127.0.0.1:1"
    const { code, dialled } = await run("login --site qzone --fresh --no-save", {
      env: { [name]: proxy, WEBQQ_RETRIES: "0" }
    })
    assert.notStrictEqual(code, 0)
    // For http alone a proxy may be named, and https goes straight to its server: but late.
    if (name !== "http_proxy") assert.deepEqual(dialled, [])
  })

  it("that breaks before it is needed is made anew", async () => {
    // Nobody listens there: the early one fails at once, and so do all others.
    const { code, dialled } = await run("login --site qzone --fresh --no-save", {
      env: { LEAD_PORT: "1", WEBQQ_RETRIES: "0" }
    })
    assert.notStrictEqual(code, 0)
    assert.isAbove(dialled.length, 1)
  })
})
