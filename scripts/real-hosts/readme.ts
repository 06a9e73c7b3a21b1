/**
 * What README shows a newcomer, run as it stands there: in an empty folder, with the tarball installed, against servers under the real
 * names, in English and in Chinese. `npm run real-hosts -- README.md` runs this alone and prints the transcripts.
 */
import * as Effect from "effect/Effect"
import { spawn, spawnSync } from "node:child_process"
import { mkdirSync, mkdtempSync } from "node:fs"
import { delimiter, dirname, join } from "node:path"
import { Engine, ReplayServer, type Scenario } from "../../src/replay/index.ts"
import { commandsOf, type Fence, fencesOf, readmes, root, sessionOf } from "../../test/support/documents.ts"

const blocks = (document: string, language: string) => fencesOf(document).filter((fence) => fence.language === language)

const prefix = (folder: string) => join(folder, "prefix")

/** Makes the tarball and installs it, by README's own lines; needs the network that the rest does without. */
export const install = (folder: string): number => {
  mkdirSync(prefix(folder))
  const env = {
    ...process.env,
    npm_config_prefix: prefix(folder),
    npm_config_pack_destination: folder,
    npm_config_loglevel: "error"
  }
  for (const line of blocks("README.md", "sh real").flatMap(commandsOf)) {
    // What is packed in the checkout is installed from where somebody took it.
    const cwd = line.startsWith("npm install") ? folder : root
    const { status } = spawnSync("bash", ["-c", line], { cwd, env, stdio: ["ignore", "inherit", "inherit"] })
    if (status !== 0) return status ?? 1
  }
  return 0
}

/** The scenario, then the call that README makes; the session may be checked by the same call at any time. */
export const scenarioOf = (all: ReadonlyArray<Scenario.Scenario>): Scenario.Scenario => {
  const [login, card] = ["qzone", "qzone-still-good"].map((name) => all.find((scenario) => scenario.name === name)!)
  const [check] = card!.exchanges
  const { cookies, method, query, url } = check!.request
  const { rd: _, ...asked } = query!
  // Which program asks is nothing to the server, but what it shows is.
  const request = { method, url, query: asked, ...(cookies === undefined ? {} : { cookies }) }
  return {
    ...login!,
    exchanges: [...login!.exchanges, { ...check!, id: "by-curl", request }],
    optional: [...login!.optional, ...card!.exchanges]
  }
}

/** Both streams of the lines in one shell, with a mark behind each. */
const shell = (fence: Fence, folder: string, authority: string, language: string) =>
  new Promise<string>((resolve) => {
    const home = mkdtempSync(join(folder, "home-"))
    const script = sessionOf(fence).map(({ command }) => `${command}\nprintf '\\0'\n`)
    const child = spawn("bash", ["-c", `exec 2>&1\n${script.join("")}`], {
      cwd: home,
      stdio: ["ignore", "pipe", "inherit"],
      env: {
        PATH: [join(prefix(folder), "bin"), dirname(process.execPath), process.env["PATH"]].join(delimiter),
        HOME: home,
        TMPDIR: home,
        LANG: language,
        NODE_EXTRA_CA_CERTS: authority,
        CURL_CA_BUNDLE: authority,
        WEBQQ_POLL_INTERVAL: "50 millis"
      }
    })
    let output = ""
    child.stdout.on("data", (data) => (output += String(data)))
    child.on("close", () => resolve(output))
  })

/** Runs the blocks of both languages, and yields what is wrong with each. */
export const play = Effect.fnUntraced(function* (
  folder: string,
  scenario: Scenario.Scenario,
  tls: { readonly key: string; readonly cert: string }
) {
  const results: Array<readonly [what: string, problems: ReadonlyArray<string>]> = []
  for (const document of readmes) {
    for (const fence of blocks(document, "console real")) {
      const problems = yield* Effect.scoped(
        Effect.gen(function* () {
          const server = yield* ReplayServer.make(scenario, {
            strictness: "server",
            anyPace: true,
            port: 80,
            tls: { ...tls, port: 443 }
          })
          const language = document.includes("zh-CN") ? "zh_CN.UTF-8" : "en_US.UTF-8"
          const output = yield* Effect.promise(() => shell(fence, folder, join(folder, "ca.pem"), language))
          const printed = output.split("\0")
          const steps = sessionOf(fence)
          for (const [index, { command }] of steps.entries()) console.log(`$ ${command}\n${printed[index] ?? ""}`)
          const wrong = steps.flatMap(({ command, output }, index) =>
            output.test(printed[index] ?? "") ? [] : [`${command}: not as ${document} shows it`]
          )
          const report = Engine.report(scenario, server.verify())
          return [...wrong, ...(report === "" ? [] : [report])]
        })
      )
      results.push([fence.place, problems])
    }
  }
  return results
})
