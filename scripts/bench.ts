/**
 * Ours against the same login on bare node:http (scripts/bench/plain/floor.ts), in one run and on one server, as ratios of medians:
 *
 *     npm run bench -- [--quick] [--only PART,…] [--rounds N] [--against FOLDER]
 *
 * Parts are programs, crowds, stores, engines and peers. `--against` is another checkout with its node_modules, an older one for instance: what it is
 * worth stands in a column of its own, `before`. The server is a process of its own with prepared answers, so that its work counts for no
 * side. All programs ask for the real https URLs; a hook leads their connections to the server. All sides take turns.
 */
import { resolve } from "node:path"
import { parseArgs } from "node:util"
import * as Crowds from "./bench/crowds.ts"
import * as Engines from "./bench/engines.ts"
import * as Peers from "./bench/peers.ts"
import * as Programs from "./bench/programs.ts"
import { floor, open, ours, type Side } from "./bench/stage.ts"
import { print, printHead, type Row } from "./bench/table.ts"
import * as Stores from "./bench/stores.ts"
import { buildWhereOlder } from "./freshBuild.ts"

const { values } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    only: { type: "string", default: "programs,crowds,stores,engines,peers" },
    rounds: { type: "string" },
    against: { type: "string" }
  }
})
const rounds = (usual: number, quick: number) => Number(values.rounds ?? (values.quick ? quick : usual))
const parts = values.only.split(",")

const before: ReadonlyArray<Side> =
  values.against === undefined ? [] : [{ name: "before", root: resolve(values.against) }]
const sides = [floor, ...before, ours]
for (const { root } of sides) if (root !== undefined) buildWhereOlder(root)

const columns = [...before.map(({ name }) => name), "ours", "floor"]
const show = (title: string, rows: ReadonlyArray<Row>) => {
  const own = columns.filter((name) => name in (rows[0]?.sides ?? {}))
  const shown = own.length > 0 ? own : Object.keys(rows[0]?.sides ?? {})
  printHead(title, shown)
  for (const row of rows) print(row, row.compare?.every((name) => !shown.includes(name)) ? row.compare : shown)
}

const stage = await open()
try {
  if (parts.includes("programs")) show("a whole program", await Programs.rows(stage, sides, rounds(21, 7)))
  if (parts.includes("crowds")) show("many logins in one process", await Crowds.rows(stage, sides, rounds(5, 1)))
  if (parts.includes("stores")) show("saved sessions", await Stores.rows(stage, sides, rounds(5, 1)))
  if (parts.includes("engines")) show("scenarios", await Engines.rows(stage, sides, rounds(3, 1)))
  if (parts.includes("peers")) await Peers.print(stage, rounds(7, 1))
} finally {
  stage.close()
}
