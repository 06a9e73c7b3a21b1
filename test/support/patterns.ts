/**
 * Every regular expression of the sources, found by parsing them: literals, and what is made of texts that are known before the program runs.
 */
import { globSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { dirname } from "node:path"
import { parseAst } from "rolldown/parseAst"
import manifest from "../../package.json" with { type: "json" }
import { root } from "./documents.ts"

export interface Pattern {
  readonly source: string
  readonly flags: string
  /** `src/file.ts:12`, the first that has it. */
  readonly place: string
}

export interface Found {
  readonly patterns: ReadonlyArray<Pattern>
  /** Files that make patterns of what only turns up while they run. */
  readonly made: ReadonlySet<string>
}

type Node = Readonly<Record<string, unknown>> & { readonly type: string; readonly start: number }

const isNode = (value: unknown): value is Node =>
  typeof value === "object" && value !== null && typeof (value as Partial<Node>).type === "string"

const nodes = function* (value: unknown): Generator<Node> {
  if (Array.isArray(value)) for (const item of value) yield* nodes(item)
  else if (isNode(value)) {
    yield value
    for (const inner of Object.values(value)) yield* nodes(inner)
  }
}

type Constants = ReadonlyMap<string, unknown>

/** The text that an expression always has; `undefined` where that depends. */
const textOf = (value: unknown, constants: Constants): string | undefined => {
  if (!isNode(value)) return undefined
  const both = (parts: ReadonlyArray<string | undefined>) =>
    parts.every((part) => part !== undefined) ? parts.join("") : undefined
  switch (value.type) {
    case "Literal":
      return typeof value["value"] === "string" ? value["value"] : undefined
    case "Identifier":
      return textOf(constants.get(String(value["name"])), constants)
    case "BinaryExpression":
      return value["operator"] === "+"
        ? both([textOf(value["left"], constants), textOf(value["right"], constants)])
        : undefined
    case "TemplateLiteral": {
      const quasis = value["quasis"] as ReadonlyArray<{ readonly value: { readonly cooked: string } }>
      const inner = value["expressions"] as ReadonlyArray<unknown>
      return both(
        quasis.flatMap(({ value: { cooked } }, at) =>
          at === 0 ? [cooked] : [textOf(inner[at - 1], constants), cooked]
        )
      )
    }
    default:
      return undefined
  }
}

const isRegExp = ({ callee, type }: Node) =>
  (type === "NewExpression" || type === "CallExpression") && isNode(callee) && callee["name"] === "RegExp"

/** Of the files that match, from the folder of the package on. */
export const find = (files = "src/**/*.ts"): Found => {
  const patterns = new Map<string, Pattern>()
  const made = new Set<string>()
  for (const file of globSync(files, { cwd: root })) {
    const code = readFileSync(root + file, "utf8")
    const all = [...nodes(parseAst(code, { lang: file.endsWith("ts") ? "ts" : "js" }, file))]
    const declared = all.filter(({ id, init, type }) => type === "VariableDeclarator" && isNode(id) && isNode(init))
    const constants = new Map<string, unknown>()
    for (const { id, init } of declared) {
      const name = String((id as Node)["name"])
      // What is declared twice is not known.
      constants.set(name, constants.has(name) ? undefined : init)
    }
    const add = (source: string, flags: string, { start }: Node) => {
      const key = `/${source}/${flags}`
      if (patterns.has(key)) return
      patterns.set(key, { source, flags, place: `${file}:${code.slice(0, start).split("\n").length}` })
    }
    for (const node of all) {
      const { regex } = node as { readonly regex?: { readonly pattern: string; readonly flags: string } }
      if (node.type === "Literal" && regex !== undefined) add(regex.pattern, regex.flags, node)
      if (!isRegExp(node)) continue
      const [first, second] = node["arguments"] as ReadonlyArray<unknown>
      const source = textOf(first, constants)
      const flags = second === undefined ? "" : textOf(second, constants)
      if (source === undefined || flags === undefined) made.add(file)
      else add(source, flags, node)
    }
  }
  return { patterns: [...patterns.values()], made }
}

const version = manifest.devDependencies.recheck
const kept = `${root}node_modules/.cache/recheck-${version}.json`

const known = (): Record<string, string> => {
  try {
    return JSON.parse(readFileSync(kept, "utf8")) as Record<string, string>
  } catch {
    return {}
  }
}

/**
 * What recheck makes of each pattern, by its own count and not by a clock: `safe`, or how the time grows and with what text. A verdict is
 * kept for the next run.
 */
export const judge = async (patterns: ReadonlyArray<Pattern>): Promise<ReadonlyArray<string>> => {
  const verdicts = known()
  const keyOf = ({ flags, source }: Pattern) => `/${source}/${flags}`
  const unknown = patterns.filter((pattern) => verdicts[keyOf(pattern)] === undefined)
  if (unknown.length > 0) {
    // What comes in binaries is not needed.
    process.env["RECHECK_SYNC_BACKEND"] = "pure"
    const { checkSync } = await import("recheck")
    for (const pattern of unknown) {
      const found = checkSync(pattern.source, pattern.flags, {
        randomSeed: 1,
        timeout: null,
        attackTimeout: null,
        incubationTimeout: null
      })
      verdicts[keyOf(pattern)] =
        found.status === "vulnerable" ? `${found.complexity.summary}, with ${found.attack.pattern}` : found.status
    }
    mkdirSync(dirname(kept), { recursive: true })
    writeFileSync(kept, JSON.stringify(verdicts, null, 1))
  }
  return patterns.map((pattern) => verdicts[keyOf(pattern)] ?? "")
}
