/**
 * Rows of cells in columns, and spans of time in them.
 */
import type { Language } from "../../Language.ts"
import { printable } from "./printable.ts"
import { width } from "./width.ts"

/** A line for each row. */
export const table = (rows: ReadonlyArray<ReadonlyArray<string>>): ReadonlyArray<string> => {
  const cells = rows.map((row) => row.map(printable))
  const widths = cells.reduce<ReadonlyArray<number>>(
    (widest, row) => row.map((cell, index) => Math.max(widest[index] ?? 0, width(cell))),
    []
  )
  const padded = (cell: string, index: number) => cell + " ".repeat((widths[index] ?? 0) - width(cell))
  return cells.map((row) => row.map(padded).join("  ").trimEnd())
}

/** A span of time, roughly: minutes, then hours, and days from two on. */
export const span = (millis: number, language: Language): string => {
  const minutes = Math.max(0, Math.round(millis / 60_000))
  if (minutes < 60) return { en: `${minutes} min`, zh: `${minutes} 分钟` }[language]
  const hours = Math.round(minutes / 60)
  if (hours < 48) return { en: `${hours} h`, zh: `${hours} 小时` }[language]
  const days = Math.round(hours / 24)
  return { en: `${days} d`, zh: `${days} 天` }[language]
}
