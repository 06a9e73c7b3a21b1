/**
 * Networks of the fleet's machines: a namespace each, with one link to the database and the other machines, and one to Tencent's servers, so
 * that a machine can be cut off from the first and still reach the second. This needs a network and a mount namespace of one's own.
 */
import { execFileSync, spawnSync } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

const ip = (line: string) => execFileSync("ip", line.split(" "), { stdio: ["ignore", "ignore", "inherit"] })

const links = { wire: "10.77.0", out: "10.78.0" } as const

/** Where the database is, and where names of Tencent lead. */
export const here = { wire: `${links.wire}.1`, out: `${links.out}.1` }

/** The third one goes by an IPv6 address among the machines. */
export const addressOf = (machine: number) => ({
  wire: `${links.wire}.${10 + machine}`,
  cluster: machine === 3 ? `[fd77::${10 + machine}]` : `${links.wire}.${10 + machine}`,
  out: `${links.out}.${10 + machine}`
})

export const namespaceOf = (machine: number) => `fleet-${machine}`

/** Starts this script again in namespaces of its own, where these names lead to `here.out`. Yields its exit code. */
export const enter = (variable: string, script: string, hosts: ReadonlyArray<string>): number => {
  const temporary = mkdtempSync(join(tmpdir(), "webqq-fleet-"))
  try {
    spawnSync("chmod", ["755", temporary])
    const names = hosts.map((host) => `${here.out} ${host}\n`).join("")
    writeFileSync(join(temporary, "hosts"), `127.0.0.1 localhost\n${names}`)
    const steps = 'ip link set lo up && mount --bind "$1" /etc/hosts && shift && exec "$@"'
    const again = [process.execPath, script, ...process.argv.slice(2)]
    const { error, status } = spawnSync(
      "unshare",
      ["-mn", "sh", "-c", steps, "sh", join(temporary, "hosts"), ...again],
      {
        stdio: "inherit",
        env: { ...process.env, [variable]: temporary }
      }
    )
    if (error !== undefined) throw error
    return status ?? 1
  } finally {
    rmSync(temporary, { recursive: true })
  }
}

/** Namespaces of so many machines. */
export const make = (machines: number): void => {
  spawnSync("mkdir", ["-p", "/run/netns"])
  execFileSync("mount", ["-t", "tmpfs", "none", "/run/netns"])
  for (const [name, net] of Object.entries(links)) {
    ip(`link add br-${name} type bridge`)
    ip(`addr add ${net}.1/24 dev br-${name}`)
    ip(`link set br-${name} up`)
    if (name === "wire") ip(`addr add fd77::1/64 dev br-${name} nodad`)
  }
  for (let machine = 1; machine <= machines; machine++) {
    const namespace = namespaceOf(machine)
    ip(`netns add ${namespace}`)
    ip(`-n ${namespace} link set lo up`)
    for (const [name, net] of Object.entries(links)) {
      ip(`link add ${name}-${machine} type veth peer name ${name} netns ${namespace}`)
      ip(`link set ${name}-${machine} master br-${name} up`)
      ip(`-n ${namespace} addr add ${net}.${10 + machine}/24 dev ${name}`)
      ip(`-n ${namespace} link set ${name} up`)
      if (name === "wire") ip(`-n ${namespace} addr add fd77::${10 + machine}/64 dev ${name} nodad`)
    }
  }
}

/** What is sent between this machine and the database or the others is dropped, without a word to either, or arrives again. */
export const setWire = (machine: number, state: "up" | "down") => ip(`link set wire-${machine} ${state}`)
