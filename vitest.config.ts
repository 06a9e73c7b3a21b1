import { fileURLToPath } from "node:url"
import { defineConfig } from "vitest/config"

const src = (path: string) => fileURLToPath(new URL(`./src/${path}`, import.meta.url))

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
    include: ["test/**/*.test.ts"],
    setupFiles: ["test/setup.ts"],
    // For tests that hang: a busy machine must not fail one that is merely slow.
    testTimeout: 60_000
  }
})
