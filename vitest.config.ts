import { fileURLToPath } from "node:url"
import { defineConfig } from "vitest/config"

const src = (path: string) => fileURLToPath(new URL(`./src/${path}`, import.meta.url))

// What loads modules anew, and what leads its requests through nock, which changes the network of the whole process.
const alone = ["test/internal/*.test.ts"]
const nock = [
  "test/faults/matrix.test.ts",
  "test/scenarios.wire.test.ts",
  "test/replay/{NockReplay,runVirtual,transports}.test.ts"
]

const project = (name: string, include: Array<string>, options: object = {}) => ({
  extends: true as const,
  test: { name, include, setupFiles: ["test/setup.ts"], ...options }
})

export default defineConfig({
  resolve: {
    // Tests and the code blocks of the documents import the package by its public names.
    alias: [
      { find: /^webqq-login$/, replacement: src("index.ts") },
      { find: /^webqq-login\/replay$/, replacement: src("replay/index.ts") },
      { find: /^webqq-login\/replay\/nock$/, replacement: src("replay/NockReplay.ts") },
      { find: /^webqq-login\/(.+)$/, replacement: src("$1.ts") }
    ]
  },
  test: {
    // For tests that hang: a busy machine must not fail one that is merely slow.
    testTimeout: 60_000,
    maxWorkers: 2,
    // The commands that tests start compile their modules once for all of them.
    env: { NODE_COMPILE_CACHE: fileURLToPath(new URL("./node_modules/.cache/compile", import.meta.url)) },
    projects: [
      project("alone", alone),
      // These need not each load everything anew.
      project("nock", nock, { isolate: false }),
      project("together", ["test/**/*.test.ts"], {
        isolate: false,
        exclude: [...alone, ...nock],
        globalSetup: "test/support/bundle.ts"
      })
    ]
  }
})
