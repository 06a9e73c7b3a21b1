/**
 * `webqq-login fixtures` from a checkout: `npx tsx scripts/fixtures.ts verify`, `… serve webqq`.
 */
process.argv.splice(2, 0, "fixtures")
await import("../src/cli/main.ts")

export {}
