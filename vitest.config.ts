import { fileURLToPath } from "node:url"
import { defineConfig } from "vitest/config"

const src = (path: string) => fileURLToPath(new URL(`./src/${path}`, import.meta.url))

const shared = [
  "test/{protocol,qr,steps,regressions}/**/*.test.ts",
  "test/{CookieFormat,CookieJar,KeepSignedIn,Login,LoginError,QqHttp,SessionFile,SignIn,fixtures,scenarios,security}.test.ts",
  "test/replay/{Engine,Scenario,ScenarioFile,MemoryReplay,Har,ScenarioDiff,Scrub,Verify,Conformance}.test.ts",
  "test/SessionStore.test.ts",
  "test/faults/{clock,model}.test.ts",
  "test/cli/{command,completions,render,qrOutput,sites}.test.ts"
]

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
      {
        extends: true,
        test: {
          name: "alone",
          include: ["test/**/*.test.ts"],
          exclude: shared,
          setupFiles: ["test/setup.ts"]
        }
      },
      // These touch nothing that is one for the whole process, so they need not each load everything anew.
      {
        extends: true,
        test: { name: "together", include: shared, setupFiles: ["test/setup.ts"], isolate: false }
      }
    ]
  }
})
