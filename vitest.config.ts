import { fileURLToPath } from "node:url"
import { defineConfig } from "vitest/config"
import manifest from "./package.json" with { type: "json" }

const isModule = (target: unknown): target is { readonly default: string } =>
  typeof target === "object" && target !== null && "default" in target

const src = (path: string) => fileURLToPath(new URL(`./src/${path}`, import.meta.url))

// What loads modules anew, and what loads nock, which changes the network of the whole process, also when it has nothing to do: the
// sockets of other tests went through it, and one of them was never told that it was closed.
const alone = ["test/store/processLock.test.ts"]
const nock = [
  "test/docs.test.ts",
  "test/faults/matrix.test.ts",
  "test/http/exchange.nock.test.ts",
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
    alias: Object.entries<unknown>(manifest.exports).flatMap(([name, target]) =>
      isModule(target)
        ? {
            find: new RegExp(`^webqq-login${name.slice(1).replace("*", "(.+)")}$`),
            replacement: src(target.default.replace(/^\.\/dist\/|\.js$/g, "").replace("*", "$1") + ".ts")
          }
        : []
    )
  },
  test: {
    // For tests that hang: a busy machine must not fail one that is merely slow.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    // Once for all projects.
    globalSetup: "test/support/bundle.ts",
    // Most of what tests make is garbage at once, and two workers leave no core to collect it on (measured: 7 % less).
    execArgv: ["--single-threaded-gc", "--max-semi-space-size=32", "--min-semi-space-size=16"],
    // The commands that tests start compile their modules once for all of them.
    env: { NODE_COMPILE_CACHE: fileURLToPath(new URL("./node_modules/.cache/compile", import.meta.url)) },
    projects: [
      project("alone", alone),
      // These need not each load everything anew.
      project("nock", nock, { isolate: false }),
      project("together", ["test/**/*.test.ts"], { isolate: false, exclude: [...alone, ...nock] })
    ]
  }
})
