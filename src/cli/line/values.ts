/**
 * Kinds of values that flags and operands take.
 */
import type { HostPort } from "../../loopback/addresses.ts"
import type { ValueKind } from "./Command.ts"

/** One of several words. */
export const choice = <const A extends string>(metavar: string, choices: ReadonlyArray<A>): ValueKind<A> => ({
  metavar,
  choices,
  expected: { en: `one of ${choices.join(", ")}`, zh: `以下之一：${choices.join("、")}` },
  read: (text) => choices.find((choice) => choice === text)
})

/** Any text but the empty one. */
export const text = (metavar: string): ValueKind<string> => ({
  metavar,
  expected: { en: "a text that is not empty", zh: "非空文本" },
  read: (text) => (text === "" ? undefined : text)
})

/** The path of a file. */
export const path = (metavar: string): ValueKind<string> => ({
  ...text(metavar),
  expected: { en: "the path of a file", zh: "文件路径" },
  file: true
})

/** A recorded login. */
export const scenarioName: ValueKind<string> = {
  ...text("SCENARIO"),
  expected: {
    en: "a scenario as webqq-login fixtures list names it, or ./folder",
    zh: "webqq-login fixtures list 列出的场景名称，或 ./文件夹"
  },
  file: true
}

/** A command and its words, as a shell takes them apart, but that nothing is filled in: `notify --to "my phone"`. */
export const commandLine: ValueKind<readonly [string, ...ReadonlyArray<string>]> = {
  metavar: "COMMAND",
  expected: {
    en: "a command with its words, its quotes closed",
    zh: "一条命令及其参数，引号需成对"
  },
  read: (text) => {
    const words = wordsOf(text, process.platform === "win32")
    return words?.[0] === undefined || words[0] === "" ? undefined : [words[0], ...words.slice(1)]
  }
}

/** Words between blanks; in single quotes all letters stand for themselves. A backslash takes its meaning from the next one, but in paths of Windows. */
const wordsOf = (text: string, plainBackslash: boolean): ReadonlyArray<string> | undefined => {
  const words: Array<string> = []
  let word: string | undefined
  let quote = ""
  for (let at = 0; at < text.length; at++) {
    const letter = text[at]!
    if (letter === "\\" && quote !== "'" && !plainBackslash) {
      at++
      if (at === text.length) return undefined
      const kept = quote === "" || /["\\$`]/.test(text[at]!) ? "" : "\\"
      word = (word ?? "") + kept + text[at]!
    } else if (quote === "" ? letter === "'" || letter === '"' : letter === quote) {
      quote = quote === "" ? letter : ""
      word ??= ""
    } else if (quote === "" && /\s/.test(letter)) {
      if (word !== undefined) words.push(word)
      word = undefined
    } else word = (word ?? "") + letter
  }
  if (quote !== "") return undefined
  return word === undefined ? words : [...words, word]
}

/** A number between two limits, both included. */
export const number = (metavar: string, min: number, max: number, whole: boolean): ValueKind<number> => ({
  metavar,
  expected: {
    en: `a ${whole ? "whole number" : "number"} from ${min} to ${max}`,
    zh: `${min} 到 ${max} 之间的${whole ? "整数" : "数"}`
  },
  read: (text) => {
    const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN
    return value >= min && value <= max && (!whole || Number.isInteger(value)) ? value : undefined
  }
})

const second = 1000
const minute = 60 * second
const hour = 60 * minute
const units: Readonly<Record<string, number>> = Object.assign(
  { ms: 1, milli: 1, millis: 1 },
  { s: second, second, seconds: second },
  { m: minute, minute, minutes: minute },
  { h: hour, hour, hours: hour }
)

/** A time from 1 ms to 24 h as Effect spells it (`2 seconds`) or short (`50ms`, `2s`, `3m`, `1h`); yields milliseconds. */
export const duration: ValueKind<number> = {
  metavar: "DURATION",
  expected: {
    en: `a duration of up to 24 hours such as 50ms, 2s, 3m, 1h, "50 millis" or "2 seconds"`,
    zh: `不超过 24 小时的时长，如 50ms、2s、3m、1h、"50 millis" 或 "2 seconds"`
  },
  read: (text) => {
    const [, amount, unit = ""] = /^(\d+(?:\.\d+)?) ?([a-z]+)$/.exec(text) ?? []
    const millis = Number(amount) * (units[unit] ?? Number.NaN)
    return millis >= 1 && millis <= 24 * hour ? millis : undefined
  }
}

/** `HOST:PORT`; an IPv6 address stands in brackets. */
export const hostPort: ValueKind<HostPort> = {
  metavar: "HOST:PORT",
  expected: { en: "a host and a port, such as 0.0.0.0:8080", zh: "主机和端口，如 0.0.0.0:8080" },
  read: (text) => {
    const [, bracketed, plain, port] = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9_.-]+)):(\d{1,5})$/i.exec(text) ?? []
    const host = bracketed ?? plain
    return host === undefined || Number(port) > 65_535 ? undefined : { host, port: Number(port) }
  }
}

/** The name of a machine or a service, without a port. */
export const hostName: ValueKind<string> = {
  metavar: "NAME",
  expected: { en: "a name such as fleet.example", zh: "如 fleet.example 的名称" },
  read: (text) => (/^[a-z0-9](?:[a-z0-9_.-]{0,251}[a-z0-9])?$/i.test(text) ? text.toLowerCase() : undefined)
}

/** An address that a browser could open, in its usual form. */
export const address: ValueKind<string> = {
  metavar: "URL",
  expected: { en: "an address such as https://user.qzone.qq.com/", zh: "如 https://user.qzone.qq.com/ 的地址" },
  read: (text) => (/^https?:\/\//i.test(text) && URL.canParse(text) ? new URL(text).href : undefined)
}
