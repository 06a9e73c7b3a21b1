/**
 * Rows of measurements, as medians with their range, side by side, and what they are to reach.
 */
import type { Side } from "./stage.ts"

/** Measurements of every side, by its name. */
export type Sides = Readonly<Record<string, ReadonlyArray<number>>>

/** Measures every side once a round, in turns, so that what changes on the machine meets all of them. */
export const inTurns = async <S extends Side, K extends string>(
  sides: ReadonlyArray<S>,
  rounds: number,
  measure: (side: S) => Promise<Readonly<Record<K, number>>>
): Promise<Readonly<Record<K, Sides>>> => {
  const all: Record<string, Record<string, Array<number>>> = {}
  for (let round = 0; round < rounds; round++) {
    for (const side of sides) {
      for (const [key, value] of Object.entries<number>(await measure(side))) {
        const measured = (all[key] ??= {})
        ;(measured[side.name] ??= []).push(value)
      }
    }
  }
  return all as Record<K, Sides>
}

export interface Row {
  readonly name: string
  readonly unit: string
  readonly sides: Sides | undefined
  /** Sides whose medians are compared, as a ratio or a difference: by default ours with the floor. */
  readonly compare?: readonly [one: string, other: string]
  readonly as?: "ratio" | "difference"
  readonly atMost?: number
  readonly atLeast?: number
}

export const median = (values: ReadonlyArray<number>) =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN

const show = (x: number) => (x >= 100 ? x.toFixed(0) : x.toPrecision(3))
const range = (values: ReadonlyArray<number>) =>
  `${show(median(values))} (${show(Math.min(...values))}–${show(Math.max(...values))})`

const nameWidth = 46
const width = 22

export const printHead = (title: string, sides: ReadonlyArray<string>) =>
  console.log(
    `\n${title.padEnd(nameWidth)} ${sides.map((side) => side.padEnd(width)).join(" ")} ${"compared".padEnd(9)} target`
  )

export const print = (row: Row, columns: ReadonlyArray<string>) => {
  const { as = "ratio", atLeast, atMost, compare: [one, other] = ["ours", "floor"], sides = {} } = row
  const [a, b] = [median(sides[one] ?? []), median(sides[other] ?? [])]
  const value = as === "ratio" ? a / b : a - b
  const sign = as === "ratio" ? "×" : "+"
  const missed = Math.max(value - (atMost ?? Infinity), (atLeast ?? -Infinity) - value)
  const against = `of "${other}", which --against FOLDER measures`
  const verdict = Number.isNaN(value) ? against : missed <= 0 ? "met" : `missed by ${missed.toFixed(2)}`
  const target =
    atMost === undefined && atLeast === undefined
      ? ""
      : `${atMost === undefined ? `≥ ${sign}${atLeast}` : `≤ ${sign}${atMost}`}  ${verdict}`
  const cells = columns.map((side) => (sides[side] === undefined ? "" : range(sides[side])).padEnd(width))
  const compared = Number.isNaN(value) ? "" : `${sign}${value.toFixed(2)}`
  console.log(`${`${row.name}, ${row.unit}`.padEnd(nameWidth)} ${cells.join(" ")} ${compared.padEnd(9)} ${target}`)
}
