/**
 * A Postgres server of one's own, from Debian's package, in a folder that goes away with it.
 */
import { type ChildProcess, execFile, execFileSync, spawn } from "node:child_process"
import { appendFileSync, globSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"

/** The newest that is installed, if one is. */
export const bin = globSync("/usr/lib/postgresql/*/bin/postgres")
  .toSorted((a, b) => Number(a.split("/")[4]) - Number(b.split("/")[4]))
  .map(dirname)
  .at(-1)

const password = "CANARY-of-the-database"
const port = 5432
const database = "postgres"
// It refuses to be root.
const asPostgres = ["--reuid=postgres", "--regid=postgres", "--clear-groups"]

export const make = async (folder: string, address: string, network: string) => {
  const data = join(folder, "postgres")
  const secret = join(folder, "postgres.password")
  writeFileSync(secret, password)
  execFileSync("install", ["-d", "-o", "postgres", "-m", "700", data])
  const initdb = [`${bin}/initdb`, "-D", data, "-U", "fleet", "--no-sync", "-A", "scram-sha-256", "--auth-local=trust"]
  execFileSync("setpriv", [...asPostgres, ...initdb, `--pwfile=${secret}`], { stdio: "ignore", cwd: "/" })
  appendFileSync(join(data, "pg_hba.conf"), `host all all ${network} scram-sha-256\n`)

  let server: ChildProcess | undefined
  /** Rows of columns, as texts. Without a shell's or a driver's help, since it is asked now and then only. */
  const query = (sql: string, name = database) =>
    new Promise<ReadonlyArray<ReadonlyArray<string>>>((resolve, reject) => {
      const args = [
        "-h",
        data,
        "-p",
        String(port),
        "-U",
        "fleet",
        "-d",
        name,
        "-v",
        "ON_ERROR_STOP=1",
        "-AtF",
        "\t",
        "-c",
        sql
      ]
      execFile(`${bin}/psql`, args, { maxBuffer: 2 ** 30 }, (error, stdout) =>
        error === null
          ? resolve(stdout.split("\n").flatMap((line) => (line === "" ? [] : [line.split("\t")])))
          : reject(error)
      )
    })
  const start = async () => {
    const settings = [
      `listen_addresses=${address}`,
      `port=${port}`,
      `unix_socket_directories=${data}`,
      "max_connections=200"
    ]
    const args = [...asPostgres, `${bin}/postgres`, "-D", data, ...settings.flatMap((setting) => ["-c", setting])]
    server = spawn("setpriv", args, { stdio: "ignore", cwd: "/" })
    for (;;) {
      try {
        await query("SELECT 1")
        return
      } catch {
        if (server.exitCode !== null) throw new Error(`postgres ended with ${server.exitCode}`)
        await sleep(100)
      }
    }
  }
  /** `SIGINT` ends it in order, with what is connected to it; `SIGQUIT` is a crash, after which it has to recover. */
  const stop = (signal: "SIGINT" | "SIGQUIT") =>
    new Promise<void>((resolve) => {
      server?.once("exit", () => resolve())
      server?.kill(signal)
    })
  await start()
  const urlOf = (name: string) => `postgres://fleet:${password}@${address}:${port}/${name}`
  return {
    url: urlOf(database),
    urlOf,
    /** For programs of Postgres's own. */
    env: {
      PATH: `${bin}:${process.env["PATH"]}`,
      PGHOST: data,
      PGPORT: String(port),
      PGUSER: "fleet",
      PGDATABASE: database
    },
    query,
    /** Of the process that all others of the server come from. */
    pid: () => server!.pid!,
    start,
    stop
  }
}

export type Postgres = Awaited<ReturnType<typeof make>>
