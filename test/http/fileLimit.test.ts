/**
 * A process that may not open as many files as it has logins.
 */
import { assert, describe, it } from "@effect/vitest"
import { spawn } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { createServer } from "node:net"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { oneFile } from "../../scripts/bundle.ts"

describe.skipIf(process.platform === "win32")("a low limit of open files", () => {
  it(
    "has its name and its cure, and ends nothing but the request that was too much",
    { timeout: 120_000 },
    async () => {
      const folder = mkdtempSync(join(tmpdir(), "webqq-test-"))
      // Never answers: whatever is open stays open.
      const server = createServer()
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
      try {
        const program = join(folder, "program.cjs")
        await oneFile(fileURLToPath(new URL("../support/manyRequests.ts", import.meta.url)), program)
        const { port } = server.address() as AddressInfo
        const child = spawn("sh", ["-c", `ulimit -n 60; exec "$0" "$1" "$2"`, process.execPath, program, String(port)])
        let said = ""
        child.stdout.on("data", (chunk: Buffer) => (said += chunk.toString()))
        child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()))
        const code = await new Promise((resolve) => child.once("close", resolve))
        assert.deepEqual(
          [said.trim().split("\n"), code],
          [
            [
              `QrCode: no usable answer from 127.0.0.1:${port} (too many open files: EMFILE)`,
              "allow the process more open files (ulimit -n), or fewer connections (maxSockets of Transport.layer)"
            ],
            0
          ]
        )
      } finally {
        server.close()
        rmSync(folder, { recursive: true })
      }
    }
  )
})
