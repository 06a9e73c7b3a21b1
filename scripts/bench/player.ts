/**
 * One build's engine with a scenario of many exchanges, in a process of its own: milliseconds a mismatch. Started by
 * scripts/bench/engines.ts: `node player.ts ROOT FOLDER`.
 */
import { fromBuild } from "./fromBuild.ts"

const [, , root = "", folder = ""] = process.argv
const from = fromBuild(root)
const Effect = await from("effect/Effect")
const { Engine, Scenario } = await from("webqq-login/replay")

const engine = Engine.make(await Effect.runPromise(Scenario.load(folder)))
const ask = (query: string) =>
  engine.handle({
    method: "GET",
    url: `https://ssl.ptlogin2.qq.com/ptqrlogin?${query}`,
    headers: [["user-agent", "Mozilla/5.0 x"]],
    body: new Uint8Array()
  })

const times = 100
for (let time = 0; time < 20; time++) ask(`warm=${time}`)
const start = performance.now()
for (let time = 0; time < times; time++) {
  if (ask(`ptqrtoken=${time}`)._tag !== "Mismatch") throw new Error("no mismatch")
}
console.log(JSON.stringify({ mismatch: (performance.now() - start) / times }))
