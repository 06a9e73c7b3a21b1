/**
 * Sees by a connection that breaks that another machine is gone. The engine sees it when it is asked for its health the next time, and where
 * the machine that asks is the one that is gone, when its last heartbeat is old. Whoever was connected asks it at once, as often as the
 * engine would, and says that it is gone where it does not answer; once, so that the health check of the engine has the last word.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Queue from "effect/Queue"
import * as Schedule from "effect/Schedule"
import * as Stream from "effect/Stream"
import type { RunnerAddress } from "effect/cluster/RunnerAddress"
import { RunnerHealth } from "effect/cluster/RunnerHealth"
import { RpcClientProtocol } from "effect/cluster/Runners"
import { RunnerStorage } from "effect/cluster/RunnerStorage"
import { Sharding } from "effect/cluster/Sharding"
import { ConnectionHooks } from "effect/rpc/RpcClient"

/** Machines to which a connection broke. */
class Broken extends Context.Service<Broken, Queue.Queue<RunnerAddress>>()("webqq-login/fleet/Broken") {}

/** Less than what an idle connection is kept for. */
const connectedEvery = "1 minute"

const queue = Layer.effect(Broken, Queue.unbounded<RunnerAddress>())

/** The protocol between machines, which tells of its connections that break. */
export const protocol = Layer.effect(
  RpcClientProtocol,
  Effect.gen(function* () {
    const inner = yield* RpcClientProtocol
    const broken = yield* Broken
    return RpcClientProtocol.of({
      ...inner,
      make: (address) =>
        Effect.suspend(() => {
          let isOpen = false
          return Effect.provideService(inner.make(address), ConnectionHooks, {
            onConnect: Effect.sync(() => void (isOpen = true)),
            // It is called for attempts to connect, too.
            onDisconnect: Effect.sync(() => {
              if (isOpen) Queue.offerUnsafe(broken, address)
              isOpen = false
            })
          })
        })
    })
  })
).pipe(Layer.provide(queue))

/** Stays connected with the others, and says which of them is gone. */
export const layer = Layer.effectDiscard(
  Effect.gen(function* () {
    const broken = yield* Broken
    const health = yield* RunnerHealth
    const sharding = yield* Sharding
    const storage = yield* RunnerStorage
    const look = Effect.fnUntraced(function* (address: RunnerAddress) {
      // One that ends breaks all of its own connections.
      if ((yield* health.isAlive(address)) || (yield* sharding.isShutdown)) return
      yield* Effect.ignore(storage.setRunnerHealth(address, false))
    })
    yield* Effect.forkScoped(
      Stream.runDrain(Stream.mapEffect(Stream.fromQueue(broken), look, { concurrency: "unbounded" }))
    )
    const connect = Effect.flatMap(storage.getRunners, (runners) =>
      Effect.forEach(runners, ([{ address }]) => health.isAlive(address), { concurrency: 10, discard: true })
    )
    yield* Effect.forkScoped(Effect.repeat(Effect.ignore(connect), Schedule.spaced(connectedEvery)))
  })
).pipe(Layer.provide(queue))
