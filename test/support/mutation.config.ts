import base from "../../vitest.config.ts"

/**
 * The tests that `npm run mutate` runs. Stryker's own `testFiles` would do for all but the mutants in code that runs while a
 * module loads: it never turns those on for a chosen set of files (10.1.1), and counts every one as survived.
 */
export default {
  ...base,
  test: {
    ...base.test,
    include: [
      "test/protocol/*.test.ts",
      "test/steps/*.test.ts",
      "test/CookieJar.test.ts",
      "test/replay/Engine.test.ts",
      "test/scenarios.test.ts"
    ],
    env: { MUTATING: "1" }
  }
}
