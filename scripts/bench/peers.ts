/**
 * What people would write instead: the same login over other clients, in plain/, each with what makes it fast. Printed as the table of
 * README.
 */
import { cpuOfRequests } from "./crowds.ts"
import * as Programs from "./programs.ts"
import { floor, ours, type Side, type Stage } from "./stage.ts"
import { inTurns, median, type Sides } from "./table.ts"

const peers: ReadonlyArray<Side> = [
  { name: "undici.request", plain: "undici-map" },
  { name: "node:https + tough-cookie", plain: "https-tough" },
  { name: "undici fetch + tough-cookie", plain: "fetch-tough" },
  { name: "axios + tough-cookie", plain: "axios-tough" },
  { name: "got + tough-cookie", plain: "got-tough" }
]

export const print = async (stage: Stage, rounds: number): Promise<void> => {
  const sides = [floor, ...peers, ours]
  const { request } = await inTurns(sides, rounds, (side) => cpuOfRequests(stage, side))
  const { toQr } = await Programs.measure(stage, sides, "tls", rounds * 2)
  const cell = (all: Sides, name: string, unit: string) => {
    const [own, least] = [median(all[name] ?? []), median(all["floor"] ?? [])]
    return `${own.toFixed(0)} ${unit}, ×${(own / least).toFixed(2)}`
  }
  console.log("\n| the same login | CPU a request | start to QR |\n| --- | --- | --- |")
  const inOrder = sides.toSorted((a, b) => median(request[a.name] ?? []) - median(request[b.name] ?? []))
  for (const { name } of inOrder) console.log(`| ${name} | ${cell(request, name, "µs")} | ${cell(toQr, name, "ms")} |`)
}
