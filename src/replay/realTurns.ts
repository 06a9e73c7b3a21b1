/**
 * Whether the event loop is the real one. Test runners fake more than timers: where `setImmediate` is one that nobody advances, Effect
 * itself never goes on, and a test hangs without a word.
 */
import * as Effect from "effect/Effect"
import * as Fs from "node:fs"

const turns = {
  setImmediate: () => globalThis.setImmediate,
  queueMicrotask: () => globalThis.queueMicrotask,
  "process.nextTick": () => process.nextTick
} as const satisfies Record<string, () => (callback: () => void) => unknown>

// Those that were seen to call back, so that the question is asked once and not in every run.
const proven = new WeakSet<object>()

// A fake does nothing at all until it is told to; a real one calls back before the loop has gone round once. How often a file is looked at in
// one round differs from runtime to runtime (under bun on a busy machine, more than three times), so that there is time for many.
const rounds = 200

/**
 * Goes on where each of them calls back, and is a defect that says what to do where one does not. A file system call is what is waited for:
 * no runner fakes it.
 */
export const realTurns: Effect.Effect<void> = Effect.callback<void>((resume) => {
  const asked = Object.entries(turns).map(([name, get]) => ({ name, schedule: get() }))
  const silent = new Map(asked.filter(({ schedule }) => !proven.has(schedule)).map((one) => [one.schedule, one.name]))
  for (const schedule of silent.keys()) {
    schedule(() => {
      silent.delete(schedule)
      proven.add(schedule)
    })
  }
  const goOn = (left: number) => {
    if (silent.size === 0) return resume(Effect.void)
    if (left === 0) return resume(Effect.die(new Error(faked([...silent.values()]))))
    Fs.stat(".", () => goOn(left - 1))
  }
  goOn(rounds)
})

const faked = (names: ReadonlyArray<string>) =>
  `runVirtual cannot work while ${names.join(" and ")} ${names.length === 1 ? "is" : "are"} faked: it has a clock of its own, so leave ` +
  `fake timers out, or fake less: vi.useFakeTimers({ toFake: ["setTimeout", "Date"] }), ` +
  `jest.useFakeTimers({ doNotFake: ["setImmediate", "queueMicrotask", "nextTick"] })`
