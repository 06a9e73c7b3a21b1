/**
 * How the CPU time of something grows with what it is given: five sizes, each twice the one before, the best of five runs each. Nothing is
 * said about how long anything takes: what counts is what a doubled text costs. What looks steep is given larger sizes: V8 refuses half a
 * megabyte of `[` in 5 ms and a whole one in 28, but 8 MiB in no more than eight times as much as that.
 */

export interface Subject {
  readonly name: string
  /** What grows: the length of a text, how deep it is nested, or how many things there are. */
  readonly grows: "length" | "depth" | "number"
  /** The largest size; smaller ones are halves of it. */
  readonly most: number
  /** Readies a run for a size; what it takes is not counted. */
  readonly ready: (size: number) => () => unknown
}

export interface Growth {
  readonly name: string
  readonly grows: Subject["grows"]
  /** Sizes and milliseconds. */
  readonly steps: ReadonlyArray<readonly [size: number, ms: number]>
  /** The power of the size that the time follows: 1 is linear. */
  readonly power: number
  readonly isLinear: boolean
}

const doublings = 4
/** Where these look steep, so many more, of which the last two decide: memory's own steps come once, and growth goes on. */
const furtherDoublings = 3
const runs = 5
/** Below, what is measured is the machine's own noise. */
const least = 20
/** What is repeated no more, and what is doubled no more. */
const [long, endless] = [400, 4000]
/** Between linear and quadratic, and above what memory and its collection add. */
const limit = 1.4

const cpu = async (run: () => unknown): Promise<number> => {
  const before = process.cpuUsage()
  await run()
  const { system, user } = process.cpuUsage(before)
  return (system + user) / 1000
}

/** The best of five, or of fewer where one takes long. */
const best = async (run: () => unknown): Promise<number> => {
  let least = Infinity
  for (let n = 0; n < runs; n++) {
    least = Math.min(least, await cpu(run))
    if (least > long) break
  }
  return least
}

/** Whether a first look says that there is nothing to measure: the largest costs next to nothing, or no more than its size says. */
const isPlain = async ({ most, ready }: Subject): Promise<Growth["steps"] | undefined> => {
  const small = Math.round(most / 2 ** doublings)
  const before = await cpu(ready(small))
  // Were it quadratic, this is what the largest would take.
  if (before * 4 ** doublings > 4 * endless) return undefined
  const after = await cpu(ready(most))
  const isFine = after < least || after < before * 2 ** doublings * 1.2
  return isFine
    ? [
        [small, before],
        [most, after]
      ]
    : undefined
}

export const measure = async (subject: Subject): Promise<Growth> => {
  const { most, ready } = subject
  const plain = await isPlain(subject)
  if (plain !== undefined) return growth(subject, plain)
  const steps: Array<readonly [size: number, ms: number]> = []
  for (let n = doublings; n >= 0; n--) {
    const size = Math.round(most / 2 ** n)
    steps.push([size, await best(ready(size))])
    if ((steps.at(-1)?.[1] ?? 0) > endless) break
  }
  const looked = growth(subject, steps)
  if (looked.isLinear || (steps.at(-1)?.[1] ?? 0) > endless) return looked
  for (let n = 1; n <= furtherDoublings; n++) {
    const size = most * 2 ** n
    steps.push([size, await best(ready(size))])
    if ((steps.at(-1)?.[1] ?? 0) > endless) break
  }
  const last = growth(subject, steps.slice(-3))
  return { ...last, steps }
}

const growth = ({ grows, name }: Subject, steps: Growth["steps"]): Growth => {
  const [last = [1, 0]] = steps.slice(-1)
  // From the smallest that can be told from noise on; one that was never long has no growth to speak of.
  const first = steps.find(([, ms]) => ms >= 2) ?? last
  const power = last[1] < least || first === last ? 0 : Math.log(last[1] / first[1]) / Math.log(last[0] / first[0])
  return { name, grows, steps, power, isLinear: power <= limit && last[1] <= endless }
}

/** A line: the sizes' times, and the power. */
export const lineOf = ({ grows, isLinear, name, power, steps }: Growth): string => {
  const times = steps.map(([, ms]) => ms.toFixed(ms < 10 ? 1 : 0).padStart(6)).join("")
  const ratio = power === 0 ? "    -" : power.toFixed(2).padStart(5)
  return `${isLinear ? "ok    " : "GROWS "} ${grows.padEnd(7)} ${times.padEnd(48)} ms, size to the power ${ratio}  ${name}`
}
