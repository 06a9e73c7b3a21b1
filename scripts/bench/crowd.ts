/**
 * Many logins at once in one process, of one side: what they cost, what they hold while they wait, or how they poll. Started by
 * scripts/bench/crowds.ts: `node crowd.ts WHAT COUNT INTERVAL ROOT|PLAIN`.
 */
import { isAbsolute } from "node:path"
import { monitorEventLoopDelay } from "node:perf_hooks"
import { fromBuild } from "./fromBuild.ts"
import { login, type Http } from "./plain/login.ts"

/**
 * Runs `count` logins that begin evenly spread over one interval, as those of many users do; `onWaiting` is called once a
 * login, when its first poll is answered.
 */
type Run = (count: number, interval: number, onWaiting?: () => void) => Promise<unknown>

/** Those of a build, with one client, and so one set of connections, for all: as a service would have it. */
const built = async (root: string): Promise<Run> => {
  const from = fromBuild(root)
  const Effect = await from("effect/Effect")
  const Duration = await from("effect/Duration")
  const ManagedRuntime = await from("effect/ManagedRuntime")
  const Facade = await from("webqq-login/Facade")
  const Login = await from("webqq-login/Login")
  const LoginConfig = await from("webqq-login/LoginConfig")
  const Site = await from("webqq-login/Site")
  const runtime = ManagedRuntime.make(Facade.httpClient)
  return (count, interval, onWaiting = () => {}) => {
    const one = Effect.suspend(() => {
      let waiting = false
      return Login.login(Site.webqq, {
        onEvent: ({ _tag }) =>
          Effect.sync(() => {
            if (_tag === "Waiting" && !waiting) onWaiting()
            waiting ||= _tag === "Waiting"
          })
      })
    })
    const configured = Effect.provideService(one, LoginConfig.LoginConfig, {
      ...LoginConfig.defaults,
      pollInterval: Duration.millis(interval)
    })
    const all = Effect.forEach(
      Array.from({ length: count }, (_, index) => (index / count) * interval),
      (start) => Effect.delay(configured, start),
      { concurrency: "unbounded", discard: true }
    )
    return runtime.runPromise(all)
  }
}

/** Those of a program in plain/. */
const plain = async (name: string): Promise<Run> => {
  const { make } = (await import(`./plain/${name}.ts`)) as { readonly make: () => Http }
  return (count, interval, onWaiting = () => {}) =>
    Promise.all(
      Array.from({ length: count }, async (_, index) => {
        await sleep((index / count) * interval)
        let waiting = false
        const onState = () => {
          if (!waiting) onWaiting()
          waiting = true
        }
        await login(make(), { interval, onState })
      })
    )
}

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

const [, , what, count = "", interval = "", side = ""] = process.argv
const [many, every] = [Number(count), Number(interval)]
const run = await (isAbsolute(side) ? built(side) : plain(side))

// Compiled code first, so that no side is measured while it is still interpreted.
for (let round = 0; round < 3; round++) await run(100, 5)

/** Begins all of them, and returns when each has had the answer to its first poll. */
const allWait = () =>
  new Promise<void>((resolve) => {
    let waiting = 0
    void run(many, every, () => {
      if (++waiting === many) resolve()
    })
  })

/** CPU seconds since. */
const cpuSince = (before: NodeJS.CpuUsage) => {
  const { system, user } = process.cpuUsage(before)
  return (user + system) / 1e6
}

const parts: Readonly<Record<string, () => Promise<unknown>>> = {
  cpu: async () => {
    globalThis.gc?.()
    const before = process.cpuUsage()
    await run(many, every)
    return { cpu: cpuSince(before) }
  },
  memory: async () => {
    const before = await held()
    await allWait()
    // The last answers are read to their end; the next poll is far away.
    await sleep(500)
    const after = await held()
    return { heap: (after.heap - before.heap) / many, rss: (after.rss - before.rss) / many }
  },
  polling: async () => {
    void run(many, every)
    // Not when all wait: one that cannot keep up might never say so.
    await sleep(every * 2 + 2000)
    await say("steady")
    await told()
    const resolution = 1
    const delay = monitorEventLoopDelay({ resolution })
    delay.enable()
    const before = process.cpuUsage()
    const start = performance.now()
    await sleep(8000)
    const cpu = cpuSince(before)
    delay.disable()
    return { cpu, seconds: (performance.now() - start) / 1e3, lag: delay.percentile(99) / 1e6 - resolution }
  }
}

await say("warm")
await told()
await say(await parts[what ?? ""]?.())
process.exit()
