import { afterAll, assert, it } from "@effect/vitest"
import { execFile } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { inject } from "vitest"
import { cacheOf } from "../support/compileCache.ts"
import { commandsOf, fencesOf, guides } from "../support/documents.ts"
import * as FleetServer from "../support/fleetServer.ts"
import { servedFleet } from "../support/servedFleet.ts"

const home = mkdtempSync(join(tmpdir(), "webqq-fleet-"))
afterAll(() => rmSync(home, { recursive: true }))

it("the three steps of the guide lead from nothing to cookies", async () => {
  const [fence, ...others] = fencesOf(guides[0]!).filter(({ language }) => language === "sh fleet")
  assert.lengthOf(others, 0)
  const [first, ...steps] = commandsOf(fence!)
  // It takes no flag: in this process it has other servers to ask, and another port.
  assert.strictEqual(first, "webqq-login fleet serve")
  const folder = join(home, ".local/state/webqq-login/fleet")
  const fleet = await servedFleet(folder, FleetServer.make())
  const script = `set -e
    webqq-login() { node '${inject("command")}' "$@"; }
    curl() { command curl -sS "\${@//7070/${fleet.port}}"; }
    ${steps.join("\n")}`
  const env = {
    PATH: process.env["PATH"],
    HOME: home,
    NO_PROXY: "127.0.0.1",
    LC_ALL: "C",
    WEBQQ_FLEET: `http://127.0.0.1:${fleet.port}`,
    XDG_CACHE_HOME: cacheOf(inject("command"))
  }
  const { failed, stderr, stdout } = await new Promise<{ failed: unknown; stdout: string; stderr: string }>((resolve) =>
    execFile("bash", ["-c", script], { env }, (failed, stdout, stderr) => resolve({ failed, stdout, stderr }))
  )
  assert.isUndefined(await fleet.stop())
  assert.isNull(failed, stderr)
  assert.include(stderr, "signed in as 椰子")
  const [link = "", cookies = ""] = stdout.split("\n")
  assert.match(link, new RegExp(`^http://127\\.0\\.0\\.1:${fleet.port}/scan/alice~`))
  assert.include(JSON.parse(cookies).cookie, "p_skey=CANARY-p_skey-1")
  assert.notInclude(stderr + link, readFileSync(join(folder, "secrets.token"), "utf8").trim())
})
