/**
 * `webqq-login login` from a checkout: `npm run -s login -- --help`, or `npx tsx scripts/login.ts --help`.
 */
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number)
if (major < 22 || (major === 22 && minor < 20)) {
  console.error(
    `webqq-login needs Node 22.20 or newer, this is ${process.versions.node} / 需要 Node 22.20 或更新的版本`
  )
  process.exitCode = 1
} else {
  process.argv.splice(2, 0, "login")
  await import("../src/cli/main.ts")
}

export {}
