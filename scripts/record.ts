/**
 * `webqq-login record` from a checkout: `npm run -s record -- --out my-login --site qzone`.
 */
process.argv.splice(2, 0, "record")
await import("../src/cli/main.ts")

export {}
