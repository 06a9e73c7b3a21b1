/**
 * Whether nock intercepts at all. What it hooks into is Node's own: elsewhere it installs without a word, and requests leave the process.
 */
import type * as Http from "node:http"

/**
 * Why nothing may be replayed under nock in this runtime; `undefined` in Node. Seen with nock 15.0.6: under bun 1.4.5 requests of `fetch` and
 * `node:http` leave, under deno 2.9.6 those of `fetch` do.
 */
export const unfitRuntime = (
  versions: Readonly<Record<string, string | undefined>> = process.versions
): string | undefined => {
  const runtime = ["bun", "deno"].find((name) => versions[name] !== undefined)
  return runtime === undefined
    ? undefined
    : `under ${runtime}, nock lets requests out of the process: use MemoryReplay or ReplayServer of webqq-login/replay, which work there`
}

// Of this machine, so that nothing leaves it where the proof fails; only the answer that nock gives counts.
const target = "127.0.0.1:65535/webqq-login/replay/nock"

/** Whether this request is one of the proof's own. */
export const isProof = ({ url }: Request): boolean => url === `http://${target}` || url === `https://${target}`

const ask = (module: "node:http" | "node:https") => {
  const { get } = process.getBuiltinModule(module) as typeof Http
  return new Promise<number | undefined>((resolve, reject) => {
    get(`${module.slice("node:".length)}://${target}`, { agent: false }, (response) =>
      resolve(response.resume().statusCode)
    ).on("error", reject)
  })
}

const ways: Readonly<Record<string, () => Promise<number | undefined>>> = {
  "node:http": () => ask("node:http"),
  "node:https": () => ask("node:https"),
  fetch: async () => (await globalThis.fetch(`http://${target}`)).status
}

/** What `isProof` has to be answered with. */
export const proofStatus = 204

let proven = false

/**
 * Asks in each way that clients ask, and rejects where one of them was not intercepted. Such a process has another `fetch`, another
 * dispatcher, or sockets that something else has taken hold of. Once that went well, it is not asked again.
 */
export const prove = async (): Promise<void> => {
  if (proven) return
  const found = await Promise.all(
    Object.entries(ways).map(async ([name, ask]) => ((await ask().catch(() => 0)) === proofStatus ? [] : [name]))
  )
  const names = found.flat()
  if (names.length > 0) {
    throw new Error(
      `nock does not intercept ${names.join(" and ")} in this process, so requests leave it: look for what replaces ` +
        `${names.join(", ")} or nock (a mock, a proxy variable, a preloaded module), or use MemoryReplay or ReplayServer`
    )
  }
  proven = true
}
