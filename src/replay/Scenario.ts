/**
 * A scenario ready to be played: read, checked, and with the bytes of its bodies in memory.
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { createHash } from "node:crypto"
import * as Fs from "node:fs"
import * as Path from "node:path"
import { fileURLToPath } from "node:url"
import { complaintsOf } from "../errors/Complaint.ts"
import { readPlainSync } from "../files/namedFile.ts"
import { faultOf, type FileFault } from "../files/UnreadableFile.ts"
import type { Session } from "../Session.ts"
import { known } from "./demands/known.ts"
import { BadScenario, type ScenarioFault } from "./format/BadScenario.ts"
import type { Config, Demands, Equal, Outcome, Provenance, Request, Response } from "./format/ScenarioFile.ts"
import { ScenarioFile } from "./format/ScenarioFile.ts"

export { BadScenario, said } from "./format/BadScenario.ts"

/** One request and its answer, to be played `times` times in a row; `body` holds the very bytes that are sent. */
export interface Exchange {
  readonly id: string
  readonly provenance: Provenance
  readonly times: number
  /** Whether it may come more or less often. */
  readonly open?: true
  /** Whether another client may leave it at that answer. */
  readonly mayEnd?: true
  readonly request: Request
  readonly response: Omit<Response, "body"> & { readonly body: Uint8Array }
}

export interface Scenario {
  /** Name of the folder. */
  readonly name: string
  readonly title: string
  /** The same in Chinese, where it has one. */
  readonly titleZh?: string
  readonly provenance: Provenance
  /** When the login starts: an ISO instant in UTC, to be given to `DateTime` or to the test clock. */
  readonly clock: string
  readonly site: string
  /** The limits that were in force. */
  readonly config?: Config
  /** The session that is kept from an earlier login; without it there is none. */
  readonly saved?: Session
  /** Addresses that are the same to the server. */
  readonly equal: ReadonlyArray<Equal>
  /** What the server is known to have looked at, by address; of one that is not there, nothing is known. */
  readonly demands: ReadonlyArray<Demands>
  readonly exchanges: ReadonlyArray<Exchange>
  /** What may come at any place, any number of times, or never. */
  readonly optional: ReadonlyArray<Exchange>
  readonly outcome: Outcome
}

/** Name of the file in every scenario's folder. */
const fileName = "scenario.json"

const decodeFile = Schema.decodeUnknownResult(ScenarioFile, { onExcessProperty: "error", errors: "all" })
const decodeLarge = Schema.decodeUnknownResult(ScenarioFile, { onExcessProperty: "error", errors: "first" })

const bad = (path: string, fault: ScenarioFault | ScenarioFault["reason"]) =>
  new BadScenario({ path, ...(typeof fault === "string" ? { reason: fault } : fault) })

/**
 * In bytes: of scenario.json, of one whose mistakes are all named (a hundred thousand of them take seconds), of a file beside it, and of
 * these for all exchanges together.
 */
const limits = { file: 2 ** 25, named: 2 ** 18, body: 2 ** 24, bodies: 2 ** 26 }

type Body = NonNullable<Response["body"]>

/** Throws what `refuse` makes of the reason why it is not read. */
const readPlain = (path: string, limit: number, refuse: (unread: FileFault) => BadScenario): Uint8Array => {
  try {
    return readPlainSync(path, limit)
  } catch (cause) {
    throw refuse(faultOf(cause))
  }
}

/** One file may stand behind many exchanges, and is read for each. */
const isTooMuch = (exchanges: ReadonlyArray<{ readonly response: Pick<Response, "body"> }>): boolean =>
  exchanges.reduce((sum, { response: { body } }) => sum + (body && "file" in body ? body.bytes : 0), 0) > limits.bodies

/** Throws `BadScenario`. */
const readBody = (scenario: string, { files, folder }: DecodeOptions, at: string, body: Body): Uint8Array => {
  if ("text" in body) return Buffer.from(body.text, "utf8")
  if ("json" in body) return Buffer.from(JSON.stringify(body.json), "utf8")
  if ("base64" in body) return Buffer.from(body.base64, "base64")
  const { bytes, file, sha256 } = body
  const refuse = (fault: ScenarioFault) => bad(scenario, { at: `${at}.response.body.file`, file, ...fault })
  const given = files?.get(file)
  if (given !== undefined) return given
  if (folder === undefined) throw refuse({ reason: "a file without a folder" })
  const root = Path.dirname(folder)
  const path = Path.resolve(folder, file)
  const outside = (from: string, to: string) => Path.relative(from, to).split(Path.sep)[0] === ".."
  if (Path.isAbsolute(file) || outside(root, path)) throw refuse({ reason: "a file outside" })
  if (!Fs.existsSync(path)) throw refuse({ reason: "a missing file" })
  if (outside(Fs.realpathSync(root), Fs.realpathSync(path))) throw refuse({ reason: "a link to outside" })
  const content = readPlain(path, limits.body, (unread) => refuse({ reason: "a file that cannot be read", unread }))
  const found = { bytes: content.length, sha256: createHash("sha256").update(content).digest("hex") }
  if (found.bytes === bytes && found.sha256 === sha256) return content
  throw refuse({ reason: "another file", expected: { bytes, sha256 }, found })
}

/** What is known about a scenario that does not come from the packaged fixtures. */
export interface DecodeOptions {
  /** Name of the scenario, for messages; "inline" where it is left out. */
  readonly name?: string
  /** Folder in which `file` bodies are looked up; they may also lie beside it, in the folder above. */
  readonly folder?: string
  /** The `file` bodies themselves, by name, of one that lies in no folder yet. */
  readonly files?: ReadonlyMap<string, Uint8Array>
}

const ready = (file: ScenarioFile, name: string, path: string, options: DecodeOptions): Scenario => {
  const { clock, config, exchanges, outcome, provenance, saved, site, title, titleZh } = file
  // The first format says nothing of what was asked for: what is known of Tencent's servers holds there, too.
  const { demands = [], equal = [], optional = [] } = file.format === "webqq-fixture/1" ? known(file) : file
  const exchange =
    (place: string) =>
    (one: ScenarioFile["exchanges"][number], index: number): Exchange => ({
      id: one.id,
      provenance: one.provenance ?? provenance,
      times: one.times ?? 1,
      ...(one.open === undefined ? {} : { open: one.open }),
      ...(one.mayEnd === undefined ? {} : { mayEnd: one.mayEnd }),
      request: one.request,
      response: {
        status: one.response.status,
        headers: one.response.headers,
        body:
          one.response.body === undefined
            ? new Uint8Array(0)
            : readBody(path, options, `${place}[${index}]`, one.response.body)
      }
    })
  return {
    name,
    title,
    ...(titleZh === undefined ? {} : { titleZh }),
    provenance,
    clock,
    site,
    ...(config === undefined ? {} : { config }),
    ...(saved === undefined ? {} : { saved }),
    equal,
    demands,
    exchanges: exchanges.map(exchange("exchanges")),
    optional: optional.map(exchange("optional")),
    outcome
  }
}

/**
 * The parsed JSON of a scenario file → scenario. Unknown keys, wrong types, unreadable regular expressions, and files
 * that are missing, changed or outside of the fixtures are all a `BadScenario` that names each place.
 */
export const decode = (json: unknown, options: DecodeOptions = {}): Effect.Effect<Scenario, BadScenario> =>
  decodeBy(decodeFile, json, options)

const decodeBy = (
  decodeFile: typeof decodeLarge,
  json: unknown,
  options: DecodeOptions
): Effect.Effect<Scenario, BadScenario> => {
  const name = options.name ?? "inline"
  const path = options.folder === undefined ? name : Path.join(options.folder, fileName)
  return Effect.fromResult(decodeFile(json)).pipe(
    Effect.mapError((error) => bad(path, { reason: "not a scenario", complaints: complaintsOf(error) })),
    Effect.filterOrFail(
      ({ exchanges, optional = [] }) => !isTooMuch([...exchanges, ...optional]),
      () => bad(path, { reason: "too many bytes", limit: limits.bodies })
    ),
    Effect.flatMap((file) =>
      Effect.try({
        try: () => ready(file, name, path, options),
        catch: (cause) =>
          cause instanceof BadScenario ? cause : bad(path, { reason: "cannot be read", unread: faultOf(cause) })
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
      return Effect.fail(bad(start, "no package around"))
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
    catch: () => bad(folder, "no fixtures here")
  })
)

/** Folder of the packaged scenario of that name; fails with the list of the names there are. */
export const find = Effect.fnUntraced(function* (name: string): Effect.fn.Return<string, BadScenario> {
  const names = yield* list
  if (names.includes(name)) return Path.join(yield* root, name)
  return yield* bad(name, { reason: "no scenario of this name", names })
})

/** `load` of scenarios whose scenario.json has at most so many bytes. */
export const loadUpTo = (atMost: number) =>
  Effect.fnUntraced(function* (nameOrFolder: string): Effect.fn.Return<Scenario, BadScenario> {
    const folder = /[/\\]/.test(nameOrFolder) ? Path.resolve(nameOrFolder) : yield* find(nameOrFolder)
    const path = Path.join(folder, fileName)
    const { json, length } = yield* Effect.try({
      try: (): { readonly json: unknown; readonly length: number } => {
        const bytes = readPlain(path, atMost, (unread) => bad(path, { reason: "cannot be read", unread }))
        return { json: JSON.parse(Buffer.from(bytes).toString("utf8")), length: bytes.length }
      },
      catch: (cause) =>
        cause instanceof BadScenario ? cause : bad(path, { reason: "not JSON", detail: (cause as Error).message })
    })
    return yield* decodeBy(length > limits.named ? decodeLarge : decodeFile, json, {
      name: Path.basename(folder),
      folder
    })
  })

/**
 * Reads a scenario: the name of a packaged one, or the path of a folder (anything with a `/` in it). It is read in one go, in which nothing
 * else has its turn: about a second for 16 MiB, of which it reads up to 32.
 */
export const load = loadUpTo(limits.file)
