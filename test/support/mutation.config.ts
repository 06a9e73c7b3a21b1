import base from "../../vitest.config.ts"

/**
 * The tests that `npm run mutate` runs. Stryker's own `testFiles` would do for all but the mutants in code that runs while a
 * module loads: it never turns those on for a chosen set of files (10.1.1), and counts every one as survived.
 */
// Its tests run in threads, which take no flags of V8, and none of them starts the command.
const { execArgv: __, globalSetup: ___, projects: _, ...test } = base.test ?? {}

export default {
  ...base,
  test: {
    ...test,
    setupFiles: ["test/setup.ts"],
    include: [
      "test/protocol/*.test.ts",
      "test/steps/*.test.ts",
      "test/http/CookieJar.test.ts",
      "test/replay/{engine/*,ReplayServer}.test.ts",
      "test/clients/*.test.ts",
      "test/scenarios.test.ts"
    ],
    env: { MUTATING: "1" }
  }
}
