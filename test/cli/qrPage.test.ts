import { assert, describe, it } from "@effect/vitest"
import * as Http from "node:http"
import { command } from "./child.ts"

/** Reads the states that a page is told, to the end. */
const states = (address: string) =>
  new Promise<ReadonlyArray<{ readonly phase: string }>>((resolve, reject) => {
    Http.get(new URL("events", address), { agent: false }, (response) => {
      let text = ""
      response.setEncoding("utf8")
      response.on("data", (part: string) => (text += part))
      response.on("close", () =>
        resolve(
          text
            .split("\n\n")
            .filter((part) => part.startsWith("data: "))
            .map((part) => JSON.parse(part.slice(6)) as { phase: string })
        )
      )
    }).on("error", reject)
  })

const addressIn = (text: string) => /on this page: (\S+)/.exec(text)?.[1]

describe.concurrent("login --qr page", () => {
  it.each([
    ["qzone", 0, "done"],
    ["refused", 5, "failed"]
  ])("of %s says where the page is, and the page says how it ended", async (scenario, exitCode, end) => {
    let told: ReturnType<typeof states> | undefined
    const { code, lines, stderr } = await command(`login --replay ${scenario} --speed 10 --qr page --json`, {
      watch: (_, __, stderr) => {
        const address = addressIn(stderr)
        if (address !== undefined) told ??= states(address)
      }
    })
    assert.strictEqual(code, exitCode)
    const phases = (await told)?.map(({ phase }) => phase) ?? []
    assert.include(phases, "waiting")
    assert.strictEqual(phases.at(-1), end)
    const shown = lines.find(({ _tag }) => _tag === "QrShown")
    assert.deepInclude<object | undefined>(shown, { page: addressIn(stderr) })
    assert.notInclude(stderr, "▀")
  })

  it("says where it cannot listen, before a code is asked for", async () => {
    const { code, stderr, stdout } = await command("login --replay qzone --page-listen 203.0.113.1:1 --json")
    assert.deepEqual([code, stdout], [2, ""])
    assert.match(stderr, /the page cannot listen on 203\.0\.113\.1:1 \(EADDRNOTAVAIL\)\n→ choose another address/)
  })

  it("refuses a place beside none", async () => {
    const { code, stderr } = await command("login --replay qzone --qr none --qr page")
    assert.strictEqual(code, 2)
    assert.include(stderr, "--qr none and a code in another place (page) contradict each other")
  })
})
