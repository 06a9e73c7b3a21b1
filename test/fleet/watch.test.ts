/**
 * A machine whose connection breaks is asked whether it is there, and is said to be gone where it is not.
 */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as TestClock from "effect/testing/TestClock"
import * as RunnerAddress from "effect/cluster/RunnerAddress"
import { RunnerHealth } from "effect/cluster/RunnerHealth"
import { RpcClientProtocol } from "effect/cluster/Runners"
import { RunnerStorage } from "effect/cluster/RunnerStorage"
import { Sharding } from "effect/cluster/Sharding"
import { ConnectionHooks } from "effect/rpc/RpcClient"
import * as RpcSerialization from "effect/rpc/RpcSerialization"
import * as Watch from "../../src/fleet/node/watch.ts"

const other = RunnerAddress.make("10.0.0.2", 7071)

/** What is said of the machine after this has happened to the connection with it. */
const said = Effect.fnUntraced(function* (
  happens: (connection: ConnectionHooks["Service"]) => Effect.Effect<void>,
  now: { readonly isAlive?: boolean; readonly isShutdown?: boolean } = {}
) {
  const told: Array<boolean> = []
  let hooks: ConnectionHooks["Service"] | undefined
  const inner = Layer.succeed(RpcClientProtocol, {
    codecFor: RpcSerialization.ndjson.codecFor,
    make: () =>
      Effect.andThen(
        Effect.tap(Effect.serviceOption(ConnectionHooks), (found) =>
          Effect.sync(() => (hooks = Option.getOrUndefined(found)))
        ),
        Effect.never
      )
  })
  const engine = Layer.mergeAll(
    Layer.mock(RunnerHealth)({ isAlive: () => Effect.succeed(now.isAlive ?? false) }),
    Layer.succeed(Sharding, { isShutdown: Effect.succeed(now.isShutdown ?? false) } as unknown as Sharding["Service"]),
    Layer.mock(RunnerStorage)({
      getRunners: Effect.succeed([]),
      setRunnerHealth: (address, isHealthy) =>
        Effect.sync(() => {
          assert.strictEqual(address, other)
          told.push(isHealthy)
        })
    })
  )
  yield* Effect.gen(function* () {
    const { make } = yield* RpcClientProtocol
    yield* Effect.forkScoped(make(other), { startImmediately: true })
    yield* happens(hooks!)
    yield* TestClock.adjust("1 second")
  }).pipe(Effect.provide(Layer.merge(Watch.protocol, Watch.layer).pipe(Layer.provide([inner, engine]))))
  return told
}, Effect.scoped)

type Connection = ConnectionHooks["Service"]
const breaks = ({ onConnect, onDisconnect }: Connection) => Effect.andThen(onConnect, onDisconnect)

describe("another machine", () => {
  it.effect("is said to be gone where its connection broke and it does not answer, once", () =>
    Effect.gen(function* () {
      const reconnecting = (connection: Connection) => Effect.andThen(breaks(connection), connection.onDisconnect)
      assert.deepStrictEqual(yield* said(reconnecting), [false])
    })
  )

  it.effect("is left alone where it answers, was never connected, or where this one ends", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* said(breaks, { isAlive: true }), [])
      assert.deepStrictEqual(yield* said(({ onDisconnect }) => onDisconnect), [])
      assert.deepStrictEqual(yield* said(({ onConnect }) => onConnect), [])
      assert.deepStrictEqual(yield* said(breaks, { isShutdown: true }), [])
    })
  )
})
