/**
 * `webqq-login fixtures` from a checkout: `npm run -s fixtures -- verify`, `… serve webqq`.
 */
process.argv.splice(2, 0, "fixtures")
await import("../src/cli/main.ts")

export {}
