/**
 * Every sentence of the sources, found by parsing them: texts with words in them that people read, and whether each stands beside the
 * same one in the other language.
 */
import { globSync, readFileSync } from "node:fs"
import { parseAst } from "rolldown/parseAst"
import { root } from "./documents.ts"

export interface Sentence {
  /** `src/file.ts:12`. */
  readonly place: string
  readonly file: string
  readonly text: string
}

type Node = Readonly<Record<string, unknown>> & { readonly type: string; readonly start: number }

const isNode = (value: unknown): value is Node =>
  typeof value === "object" && value !== null && typeof (value as Partial<Node>).type === "string"

/** Every node with those around it, the nearest last. */
const walk = function* (
  value: unknown,
  around: ReadonlyArray<Node> = []
): Generator<readonly [Node, ReadonlyArray<Node>]> {
  if (Array.isArray(value)) for (const item of value) yield* walk(item, around)
  else if (isNode(value)) {
    yield [value, around]
    const inside = [...around, value]
    for (const inner of Object.values(value)) yield* walk(inner, inside)
  }
}

/** The text of a literal; what is filled in while it runs is a mark. */
const textOf = (node: Node): string | undefined => {
  if (node.type === "Literal") return typeof node["value"] === "string" ? node["value"] : undefined
  if (node.type !== "TemplateLiteral") return undefined
  const quasis = node["quasis"] as ReadonlyArray<{ readonly value: { readonly cooked: string } }>
  return quasis.map(({ value }) => value.cooked).join("§")
}

const nameOf = (value: unknown): string | undefined => {
  if (!isNode(value)) return undefined
  if (value.type === "Identifier") return String(value["name"])
  if (value.type === "Literal") return String(value["value"])
  return value.type === "MemberExpression" ? nameOf(value["property"]) : undefined
}

const keysOf = (object: Node): ReadonlyArray<string> =>
  (object["properties"] as ReadonlyArray<Node>).flatMap(({ key }) => nameOf(key) ?? [])

/** Two words beside each other, or any Chinese. */
const isSentence = (text: string) => /[A-Za-z]{2,}[,;:.]? [A-Za-z]{2,}/.test(text) || /\p{Script=Han}/u.test(text)

/** The values that an error's reason may have, and the like: literals that the types know. */
const declaredIn = (all: ReadonlyArray<readonly [Node, ReadonlyArray<Node>]>): ReadonlyArray<string> =>
  all.flatMap(([node, around]) => {
    const text = textOf(node)
    const inType = around.at(-1)?.type === "TSLiteralType"
    const inSchema = around.some(
      ({ callee, type }) => type === "CallExpression" && /^Literals?$/.test(nameOf(callee) ?? "")
    )
    return text !== undefined && (inType || inSchema) ? [text] : []
  })

/** Whether it stands as `en` beside `zh`, or the other way round. */
const isBeside = (around: ReadonlyArray<Node>, language: "en" | "zh"): boolean =>
  around.some((object, at) => {
    const property = around[at + 1]
    if (object.type !== "ObjectExpression" || property?.type !== "Property") return false
    const keys = keysOf(object)
    return nameOf(property["key"]) === language && keys.includes("en") && keys.includes("zh")
  })

/** A fault that only whoever writes a program meets: it never reaches people, but for its kind. */
const isForProgrammers = (around: ReadonlyArray<Node>): boolean =>
  around.some(({ callee, type }) => type === "NewExpression" && /^(?:Type|Range)?Error$/.test(nameOf(callee) ?? ""))

/** Lines for a shell or a database, and citations. */
const isQuoted = (around: ReadonlyArray<Node>): boolean =>
  around.some(({ tag, type }) => type === "TaggedTemplateExpression" && nameOf(tag) === "sql") ||
  around.some(({ key, type }) => type === "Property" && /^(?:examples|source)$/.test(nameOf(key) ?? ""))

const isKey = (node: Node, around: ReadonlyArray<Node>) => {
  const parent = around.at(-1)
  return parent?.type === "Property" && parent["key"] === node && nameOf(node) !== undefined
}

/** The sentences of some files that stand in one language only. */
export const alone = (sources: ReadonlyArray<readonly [file: string, code: string]>): ReadonlyArray<Sentence> => {
  const parsed = sources.map(([file, code]) => [file, code, [...walk(parseAst(code, { lang: "ts" }, file))]] as const)
  const declared = new Set(parsed.flatMap(([, , all]) => declaredIn(all)))
  return parsed.flatMap(([file, code, all]) =>
    all.flatMap(([node, around]) => {
      const text = textOf(node)
      if (text === undefined || !isSentence(text) || declared.has(text)) return []
      if (isKey(node, around) || isQuoted(around) || around.at(-1)?.type === "TSLiteralType") return []
      const language = /\p{Script=Han}/u.test(text) ? "zh" : "en"
      if (isBeside(around, language) || isForProgrammers(around)) return []
      return [{ place: `${file}:${code.slice(0, node.start).split("\n").length}`, file, text }]
    })
  )
}

const sources = () =>
  globSync("src/**/*.ts", { cwd: root }).map((file) => [file, readFileSync(root + file, "utf8")] as const)

let found: ReadonlyArray<Sentence> | undefined

/** Those of the library and the command; looked for once. */
export const aloneInSources = (): ReadonlyArray<Sentence> => (found ??= alone(sources()))

/** Every sentence of the library and the command, in whatever language. */
export const sentences = (): ReadonlyArray<Sentence> =>
  sources().flatMap(([file, code]) =>
    [...walk(parseAst(code, { lang: "ts" }, file))].flatMap(([node]) => {
      const text = textOf(node)
      if (text === undefined || !isSentence(text)) return []
      return [{ place: `${file}:${code.slice(0, node.start).split("\n").length}`, file, text }]
    })
  )
