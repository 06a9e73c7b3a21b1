/**
 * A scenario ready to be played: read, checked, and with the bytes of its bodies in memory.
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as SchemaIssue from "effect/SchemaIssue"
import { createHash } from "node:crypto"
import * as Fs from "node:fs"
import * as Path from "node:path"
import { fileURLToPath } from "node:url"
import type { Session } from "../Session.ts"
import type { Config, Outcome, Provenance, Request, Response } from "./format/ScenarioFile.ts"
import { ScenarioFile } from "./format/ScenarioFile.ts"

/** A scenario that cannot be used: `path` is the file or folder, `reason` says where it is wrong and what to do. */
export class BadScenario extends Schema.TaggedError<BadScenario>()("BadScenario", {
  path: Schema.String,
  reason: Schema.String
}) {
  override get message(): string {
    return `${this.path}: ${this.reason}`
  }
}

/** One request and its answer, to be played `times` times in a row; `body` holds the very bytes that are sent. */
export interface Exchange {
  readonly id: string
  readonly provenance: Provenance
  readonly times: number
  /** Whether it may come more or less often. */
  readonly open?: true
  readonly request: Request
  readonly response: Omit<Response, "body"> & { readonly body: Uint8Array }
}

export interface Scenario {
  /** Name of the folder. */
  readonly name: string
  readonly title: string
  readonly provenance: Provenance
  /** When the login starts: an ISO instant in UTC, to be given to `DateTime` or to the test clock. */
  readonly clock: string
  readonly site: string
  /** The limits that were in force. */
  readonly config?: Config
  /** The session that is kept from an earlier login; without it there is none. */
  readonly saved?: Session
  readonly exchanges: ReadonlyArray<Exchange>
  readonly outcome: Outcome
}

/** Name of the file in every scenario's folder. */
const fileName = "scenario.json"

const decodeFile = Schema.decodeUnknownResult(ScenarioFile, { onExcessProperty: "error", errors: "all" })
const issuesOf = SchemaIssue.makeFormatterStandardSchemaV1()

const place = (path: ReadonlyArray<PropertyKey>): string =>
  path.reduce<string>(
    (text, key) =>
      typeof key === "number" || /^\d+$/.test(String(key))
        ? `${text}[${String(key)}]`
        : /^[\w$]+$/.test(String(key))
          ? `${text}${text === "" ? "" : "."}${String(key)}`
          : `${text}[${JSON.stringify(String(key))}]`,
    ""
  )

interface Finding {
  readonly path: ReadonlyArray<PropertyKey>
  readonly message: string
}

// Where none of several forms fits, only the one that fits best is talked about.
const findings = (issue: SchemaIssue.Issue, path: ReadonlyArray<PropertyKey>): ReadonlyArray<Finding> => {
  if (issue._tag === "Encoding") return findings(issue.issue, path)
  if (issue._tag === "Pointer") return findings(issue.issue, [...path, ...issue.path])
  if (issue._tag === "Composite") return issue.issues.flatMap((inner) => findings(inner, path))
  if (issue._tag === "AnyOf" && issue.issues.length > 0) {
    const forms = issue.issues.map((inner) => findings(inner, path))
    return forms.reduce((best, form) => (form.length < best.length ? form : best))
  }
  return issuesOf(issue).issues.map(({ message }) => ({ path, message }))
}

const describeIssues = (issue: SchemaIssue.Issue): string =>
  findings(issue, [])
    .map(({ message, path }) => {
      const at = path.length === 0 ? "the file" : place(path)
      return `  ${at}: ${message === "Expected no excess property" ? "unknown key" : message}`
    })
    .join("\n")

const bad = (path: string, reason: string) => new BadScenario({ path, reason })

const readBody = (folder: string | undefined, at: string, body: NonNullable<Response["body"]>): Uint8Array => {
  if ("text" in body) return Buffer.from(body.text, "utf8")
  if ("json" in body) return Buffer.from(JSON.stringify(body.json), "utf8")
  if ("base64" in body) return Buffer.from(body.base64, "base64")
  const where = `${at}.response.body.file`
  if (folder === undefined) throw new Error(`${where}: a scenario without a folder has no files; use text or base64`)
  const root = Path.dirname(folder)
  const path = Path.resolve(folder, body.file)
  const outside = (from: string, to: string) => Path.relative(from, to).split(Path.sep)[0] === ".."
  if (Path.isAbsolute(body.file) || outside(root, path)) {
    throw new Error(`${where}: "${body.file}" is outside of the fixtures folder; copy the file into it`)
  }
  if (!Fs.existsSync(path))
    throw new Error(`${where}: "${body.file}" does not exist; paths start at the scenario's folder`)
  if (outside(Fs.realpathSync(root), Fs.realpathSync(path))) {
    throw new Error(`${where}: "${body.file}" is a link out of the fixtures folder; put the file itself there`)
  }
  const bytes = Fs.readFileSync(path)
  const sha256 = createHash("sha256").update(bytes).digest("hex")
  if (bytes.length !== body.bytes || sha256 !== body.sha256) {
    throw new Error(
      `${where}: "${body.file}" is not the file that was described: expected ${body.bytes} bytes with sha256 ` +
        `${body.sha256}, found ${bytes.length} bytes with sha256 ${sha256}; restore the file, or correct both values`
    )
  }
  return bytes
}

/** What is known about a scenario that does not come from the packaged fixtures. */
export interface DecodeOptions {
  /** Name of the scenario, for messages; "inline" where it is left out. */
  readonly name?: string
  /** Folder in which `file` bodies are looked up; they may also lie beside it, in the folder above. */
  readonly folder?: string
}

/**
 * The parsed JSON of a scenario file → scenario. Unknown keys, wrong types, unreadable regular expressions, and files
 * that are missing, changed or outside of the fixtures are all a `BadScenario` that names each place.
 */
export const decode = (json: unknown, options: DecodeOptions = {}): Effect.Effect<Scenario, BadScenario> => {
  const name = options.name ?? "inline"
  const path = options.folder === undefined ? name : Path.join(options.folder, fileName)
  return Effect.fromResult(decodeFile(json)).pipe(
    Effect.mapError((error) =>
      bad(
        path,
        `not a scenario (the format is described in fixtures/scenario.schema.json)\n${describeIssues(error.issue)}`
      )
    ),
    Effect.flatMap(({ clock, config, exchanges, outcome, provenance, saved, site, title }) =>
      Effect.try({
        try: (): Scenario => ({
          name,
          title,
          provenance,
          clock,
          site,
          ...(config === undefined ? {} : { config }),
          ...(saved === undefined ? {} : { saved }),
          outcome,
          exchanges: exchanges.map(({ id, request, response, ...rest }, index) => ({
            id,
            provenance: rest.provenance ?? provenance,
            times: rest.times ?? 1,
            ...(rest.open === undefined ? {} : { open: rest.open }),
            request,
            response: {
              status: response.status,
              headers: response.headers,
              body:
                response.body === undefined
                  ? new Uint8Array(0)
                  : readBody(options.folder, `exchanges[${index}]`, response.body)
            }
          }))
        }),
        catch: (cause) => bad(path, cause instanceof Error ? cause.message : String(cause))
      })
    )
  )
}

/** The `fixtures` folder that comes with the package, wherever this code runs from: sources, modules or bundle. */
export const root: Effect.Effect<string, BadScenario> = Effect.suspend(() => {
  const start = Path.dirname(fileURLToPath(import.meta.url))
  for (let folder = start; ; folder = Path.dirname(folder)) {
    const manifest = Path.join(folder, "package.json")
    if (Fs.existsSync(manifest) && /"name":\s*"webqq-login"/.test(Fs.readFileSync(manifest, "utf8"))) {
      return Effect.succeed(Path.join(folder, "fixtures"))
    }
    if (folder === Path.dirname(folder)) {
      return Effect.fail(bad(start, "the package webqq-login is not around this file; name the scenario by its folder"))
    }
  }
})

/** Names of the packaged scenarios, sorted. */
export const list: Effect.Effect<ReadonlyArray<string>, BadScenario> = Effect.flatMap(root, (folder) =>
  Effect.try({
    try: () =>
      Fs.readdirSync(folder)
        .filter((name) => Fs.existsSync(Path.join(folder, name, fileName)))
        .sort(),
    catch: () => bad(folder, "there are no fixtures here; reinstall webqq-login, or name the scenario by its folder")
  })
)

/** Folder of the packaged scenario of that name; fails with the list of the names there are. */
export const find = Effect.fnUntraced(function* (name: string): Effect.fn.Return<string, BadScenario> {
  const names = yield* list
  if (names.includes(name)) return Path.join(yield* root, name)
  return yield* bad(
    name,
    `no scenario has this name; there are: ${names.join(", ")}. A scenario of your own is named by its folder, ./${name}`
  )
})

/** Reads a scenario: the name of a packaged one, or the path of a folder (anything with a `/` in it). */
export const load = Effect.fnUntraced(function* (nameOrFolder: string): Effect.fn.Return<Scenario, BadScenario> {
  const folder = /[/\\]/.test(nameOrFolder) ? Path.resolve(nameOrFolder) : yield* find(nameOrFolder)
  const path = Path.join(folder, fileName)
  const json = yield* Effect.try({
    try: (): unknown => JSON.parse(Fs.readFileSync(path, "utf8")),
    catch: (cause) =>
      cause instanceof SyntaxError
        ? bad(path, `not JSON: ${cause.message}`)
        : bad(path, "cannot be read; a scenario is a folder with a scenario.json in it")
  })
  return yield* decode(json, { name: Path.basename(folder), folder })
})
