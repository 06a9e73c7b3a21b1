/**
 * Many logins at once in one process, ours or the floor's: prints the CPU time that they took, or the memory that they hold
 * while they wait. Started by scripts/bench.ts.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as Facade from "../../src/Facade.ts"
import * as Login from "../../src/Login.ts"
import * as LoginConfig from "../../src/LoginConfig.ts"
import * as Site from "../../src/Site.ts"
import * as Floor from "./floor.ts"

/**
 * Runs `count` logins that begin evenly spread over one interval, as those of many users do; `onWaiting` is called once a
 * login, when its first poll is answered.
 */
type Run = (count: number, interval: number, onWaiting?: () => void) => Promise<unknown>

// One client, and so one set of connections, for everything: as a service would have it, and as the floor has it.
const runtime = ManagedRuntime.make(Facade.httpClient)

const ours: Run = (count, interval, onWaiting = () => {}) => {
  const onEvent: Login.Options["onEvent"] = ({ _tag }) => Effect.sync(() => void (_tag === "Waiting" && onWaiting()))
  const login = Effect.provideService(Login.login(Site.webqq, { onEvent }), LoginConfig.LoginConfig, {
    ...LoginConfig.defaults,
    pollInterval: Duration.millis(interval)
  })
  const all = Effect.forEach(
    Array.from({ length: count }, (_, index) => (index / count) * interval),
    (start) => Effect.delay(login, start),
    { concurrency: "unbounded", discard: true }
  )
  return runtime.runPromise(all)
}

const floor: Run = (count, interval, onWaiting = () => {}) =>
  Promise.all(
    Array.from({ length: count }, async (_, index) => {
      await sleep((index / count) * interval)
      let waiting = false
      const onState = () => {
        if (!waiting) onWaiting()
        waiting = true
      }
      await Floor.login({ interval, onState })
    })
  )

const sleep = (millis: number) => new Promise((resolve) => setTimeout(resolve, millis))
const told = () => new Promise((resolve) => process.once("message", resolve))
const say = (message: unknown) => new Promise((resolve) => process.send?.(message, resolve))

const held = async () => {
  for (let round = 0; round < 4; round++) {
    globalThis.gc?.()
    await sleep(50)
  }
  const { external, heapUsed, rss } = process.memoryUsage()
  return { heap: heapUsed + external, rss }
}

const [, , who, what, count = "1000", interval = "100"] = process.argv
const run = who === "ours" ? ours : floor

// Compiled code first, so that neither side is measured while it is still interpreted.
for (let round = 0; round < 3; round++) await run(100, 5)

if (what === "cpu") {
  await say("warm")
  await told()
  globalThis.gc?.()
  const before = process.cpuUsage()
  const start = performance.now()
  await run(Number(count), Number(interval))
  const { system, user } = process.cpuUsage(before)
  await say({ cpu: (user + system) / 1e6, seconds: (performance.now() - start) / 1e3 })
} else {
  const before = await held()
  await say("warm")
  await told()
  await new Promise<void>((resolve) => {
    let waiting = 0
    void run(Number(count), Number(interval), () => {
      if (++waiting === Number(count)) resolve()
    })
  })
  // The last answers are read to their end; the next poll is far away.
  await sleep(500)
  const after = await held()
  await say({
    heap: (after.heap - before.heap) / Number(count),
    rss: (after.rss - before.rss) / Number(count)
  })
}
process.exit()
