/**
 * How a pattern is written: characters, `.`, classes in brackets, `\d \w \s` and their opposites, groups, `|`, and `? * + {n,m}`. What
 * looks around, looks back or counts on where the text begins is no part of it.
 */

import type { Bilingual } from "../../Language.ts"

/** One part of a pattern. */
export type Node =
  | { readonly _tag: "Char"; readonly reads: (char: string) => boolean }
  | { readonly _tag: "Sequence" | "Either"; readonly parts: ReadonlyArray<Node> }
  | { readonly _tag: "Repeat"; readonly part: Node; readonly least: number; readonly most: number }

const maxLength = 500
const maxDepth = 20
const maxCount = 1000

/** Something that is no part of it. */
class Wrong extends Error {
  readonly what: Bilingual
  constructor(what: Bilingual | string) {
    super()
    this.what = typeof what === "string" ? { en: what, zh: what } : what
  }
}

/** The parts of a pattern, or what is wrong with it. */
export const parse = (source: string): Node | { readonly wrong: Bilingual } => {
  if (source.length > maxLength) {
    return { wrong: { en: `a pattern of at most ${maxLength} characters`, zh: `不超过 ${maxLength} 个字符的模式` } }
  }
  // What it would say in a browser: a class or an escape has its meaning from there.
  const broken = complaint(source)
  if (broken !== undefined) return { wrong: { en: `a regular expression: ${broken}`, zh: `正则表达式：${broken}` } }
  try {
    return new Parser(source).all()
  } catch (cause) {
    if (!(cause instanceof Wrong)) throw cause
    const { en, zh } = cause.what
    return {
      wrong: {
        en: `a pattern without ${en}: only characters, ., [ ], ( ), |, ?, *, + and {n,m} are known`,
        zh: `不含${zh}的模式：只支持字符、.、[ ]、( )、|、?、*、+ 和 {n,m}`
      }
    }
  }
}

const complaint = (source: string): string | undefined => {
  try {
    return void new RegExp(source, "u")
  } catch (cause) {
    return String(cause)
  }
}

class Parser {
  readonly chars: ReadonlyArray<string>
  at = 0
  depth = 0

  constructor(source: string) {
    // It matches from end to end in any case.
    this.chars = Array.from(source.replace(/^\^/, "").replace(/(?<!\\)\$$/, ""))
  }

  all(): Node {
    const node = this.either()
    if (this.at < this.chars.length) throw new Wrong(this.chars[this.at] ?? "")
    return node
  }

  takes(text: string): boolean {
    const found = this.chars.slice(this.at, this.at + text.length).join("") === text
    if (found) this.at += text.length
    return found
  }

  either(): Node {
    if (++this.depth > maxDepth) {
      throw new Wrong({ en: `more than ${maxDepth} groups inside of each other`, zh: `超过 ${maxDepth} 层的分组` })
    }
    const parts = [this.sequence()]
    while (this.takes("|")) parts.push(this.sequence())
    this.depth--
    return parts.length === 1 ? parts[0]! : { _tag: "Either", parts }
  }

  sequence(): Node {
    const parts: Array<Node> = []
    while (this.at < this.chars.length && !"|)".includes(this.chars[this.at]!)) parts.push(this.repeated(this.atom()))
    return { _tag: "Sequence", parts }
  }

  repeated(part: Node): Node {
    const [least, most] = this.count() ?? []
    if (least === undefined || most === undefined) return part
    // Whether it takes as little as it can makes no difference to whether the whole matches.
    this.takes("?")
    return { _tag: "Repeat", part, least, most }
  }

  count(): readonly [least: number, most: number] | undefined {
    if (this.takes("*")) return [0, Infinity]
    if (this.takes("+")) return [1, Infinity]
    if (this.takes("?")) return [0, 1]
    if (!this.takes("{")) return undefined
    const end = this.chars.indexOf("}", this.at)
    const [first = "", ...rest] = this.chars.slice(this.at, end).join("").split(",")
    this.at = end + 1
    const least = Number(first)
    const most = rest.length === 0 ? least : rest[0] === "" ? Infinity : Number(rest[0])
    if (least > maxCount || (most > maxCount && most !== Infinity)) {
      throw new Wrong({ en: `counts above ${maxCount}`, zh: `大于 ${maxCount} 的次数` })
    }
    return [least, most]
  }

  atom(): Node {
    const char = this.chars[this.at++]!
    if (char === "(") return this.group()
    if (char === ".") return { _tag: "Char", reads: (one) => !/[\n\r\u2028\u2029]/.test(one) }
    if (char === "[") return this.oneOf(`[${this.classText()}`)
    if (char === "\\") return this.escaped()
    if (char === "^" || char === "$") throw new Wrong({ en: `${char} inside`, zh: `中间的 ${char}` })
    return { _tag: "Char", reads: (one) => one === char }
  }

  group(): Node {
    if (this.takes("?") && !this.takes(":")) throw new Wrong(`(?${this.chars[this.at]}`)
    const inner = this.either()
    this.at++
    return inner
  }

  /** Up to the bracket that ends it. */
  classText(): string {
    const start = this.at
    while (this.chars[this.at] !== "]") this.at += this.chars[this.at] === "\\" ? 2 : 1
    this.at++
    return this.chars.slice(start, this.at).join("")
  }

  escaped(): Node {
    const letter = this.chars[this.at++] ?? ""
    if (/[1-9bBkpP]/.test(letter)) throw new Wrong(`\\${letter}`)
    if (letter === "u" && this.takes("{")) {
      const end = this.chars.indexOf("}", this.at)
      const code = this.chars.slice(this.at, end).join("")
      this.at = end + 1
      return this.oneOf(`\\u{${code}}`)
    }
    const length = letter === "x" ? 2 : letter === "u" ? 4 : letter === "c" ? 1 : 0
    const code = this.chars.slice(this.at, this.at + length).join("")
    this.at += length
    if (/^d[89a-f]/i.test(code)) {
      throw new Wrong({ en: `half of a character, \\u${code}`, zh: `半个字符 \\u${code}` })
    }
    return this.oneOf(`\\${letter}${code}`)
  }

  /** What reads one character, and is asked about one only. */
  oneOf(source: string): Node {
    if (/\\[pP]/.test(source)) throw new Wrong("\\p")
    const one = new RegExp(`^${source}$`, "u")
    return { _tag: "Char", reads: (char) => one.test(char) }
  }
}
