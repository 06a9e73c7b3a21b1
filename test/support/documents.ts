import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { basename, join } from "node:path"
import { fileURLToPath } from "node:url"

export const root = fileURLToPath(new URL("../..", import.meta.url))

/** Those that exist in both languages: what people read first, and what it has no room for. */
export const readmes = ["README.md", "README.zh-CN.md"]
export const guides = ["GUIDE.md", "GUIDE.zh-CN.md"]
export const documents = [
  ...readmes,
  ...guides,
  "PROTOCOL.md",
  "fixtures/README.md",
  "CHANGELOG.md",
  "SECURITY.md",
  "AGENTS.md"
]

/** A block of code in a document. */
export interface Fence {
  readonly language: string
  readonly code: string
  /** `README.md:12`, the line of its first backticks. */
  readonly place: string
}

/** All blocks of a document, in order. Throws where one is never closed, or indented: those would be skipped otherwise. */
export const fencesOf = (document: string): ReadonlyArray<Fence> => {
  const fences: Array<Fence> = []
  let open: { readonly language: string; readonly start: number } | undefined
  const lines = readFileSync(root + document, "utf8").split("\n")
  for (const [index, line] of lines.entries()) {
    const [, indent = "", language] = /^(\s*)```(.*)$/.exec(line) ?? []
    if (language === undefined) continue
    if (indent !== "") throw new Error(`${document}:${index + 1}: an indented fence`)
    if (open === undefined) {
      open = { language, start: index }
      continue
    }
    const place = `${document}:${open.start + 1}`
    fences.push({ language: open.language, code: `${lines.slice(open.start + 1, index).join("\n")}\n`, place })
    open = undefined
  }
  if (open !== undefined) throw new Error(`${document}:${open.start + 1}: a fence without an end`)
  return fences
}

/** Both languages hold the same blocks, so that each is run and compiled once. */
export const once = (fences: ReadonlyArray<Fence>): ReadonlyArray<Fence> =>
  fences.filter(({ place }) => !place.includes(".zh-CN"))

/** Writes the programs of the documents into a folder, each into a file of its own: those that can be run anywhere, or those of these languages. */
export const writePrograms = (
  folder: string,
  languages: ReadonlyArray<string> = ["ts"]
): ReadonlyArray<{ readonly fence: Fence; readonly file: string }> => {
  mkdirSync(folder, { recursive: true })
  return once(documents.flatMap(fencesOf))
    .filter(({ language }) => languages.includes(language))
    .map((fence) => {
      const file = join(folder, fileNameOf(fence))
      writeFileSync(file, fence.code)
      return { fence, file }
    })
}

/** The block without comments in words, which differ from language to language. What a program prints stays. */
export const withoutComments = ({ code, language }: Fence): string =>
  code
    .split("\n")
    .map((line) => line.replace(language.startsWith("ts") ? /(^|\s+)(\/\/ (?!=>)|\/\*\*).*$/ : /(^|\s+)# .*$/, ""))
    .join("\n")

/** The lines that a program is said to print, from its `// =>` comments. */
export const printedBy = ({ code }: Fence): ReadonlyArray<string> =>
  code.split("\n").flatMap((line) => /^\s*\/\/ => (.*)$/.exec(line)?.[1] ?? [])

/**
 * A session at a terminal: each `$ command` with the text that follows it, in which `…` stands for anything in a line, and alone in a
 * line for any lines.
 */
export const sessionOf = ({ code }: Fence): ReadonlyArray<{ readonly command: string; readonly output: RegExp }> =>
  code
    .split(/^\$ /m)
    .slice(1)
    .map((part) => {
      const [command = "", ...output] = part.split("\n")
      const pattern = output.join("\n").replace(/[\\^$.*+?()[\]{}|]/g, "\\$&")
      return { command, output: new RegExp(`^${pattern.replaceAll(/^…\n/gm, "(?:.*\n)*").replaceAll("…", ".*")}$`) }
    })

/** Commands of an `sh` block, a line each, without comments. */
export const commandsOf = (fence: Fence): ReadonlyArray<string> =>
  withoutComments(fence)
    .split("\n")
    .filter((line) => line !== "")

/** File name for a block, as valid in every shell. */
const fileNameOf = ({ place }: Fence): string => `${basename(place).replace(/[^\w-]/g, "-")}.ts`

/** Rows of all tables of a document, split into cells. */
export const rowsOf = (document: string): ReadonlyArray<ReadonlyArray<string>> =>
  readFileSync(root + document, "utf8")
    .split("\n")
    .filter((line) => line.startsWith("| "))
    .map((line) =>
      line
        .slice(1, -1)
        .split(/(?<!\\)\|/)
        .map((cell) => cell.trim())
    )

/** Targets of the relative links of a document, without their anchors. */
export const linksOf = (document: string): ReadonlyArray<string> =>
  Array.from(readFileSync(root + document, "utf8").matchAll(/\]\((?!https?:|#)([^)#]+)/g), ([, target = ""]) => target)
