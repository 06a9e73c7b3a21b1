/**
 * `npm run demo`: the whole login without a network. A server on this machine gives the answers that were recorded, the
 * command shows the code, follows the states, and prints the five values. They are stand-ins, so nothing is hidden.
 * Flags may be added: `npm run demo -- --lang zh --replay scan-withdrawn`.
 */
console.error(`Offline: recorded answers stand in for qq.com, and a recorded hand holds the phone.
离线演示：由录制的响应代替 qq.com，扫码与确认也是录制的。
`)

process.argv.splice(2, 0, ..."--replay webqq --speed 2 --qr terminal --show-secrets".split(" "))
await import("./login.ts")

export {}
