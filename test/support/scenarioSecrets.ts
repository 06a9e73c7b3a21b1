/**
 * What a scenario holds in the place of secrets, for tests that look for it in what is printed.
 */
import * as Fs from "node:fs"
import { fileURLToPath } from "node:url"

const fixture = (name: string) =>
  JSON.parse(Fs.readFileSync(fileURLToPath(new URL(`../../fixtures/${name}/scenario.json`, import.meta.url)), "utf8"))

/** Every value of a fixture that must not be seen: cookies, the address with the ticket, the tokens. */
export const secretsOf = (name: string): ReadonlyArray<string> => {
  const { exchanges, outcome } = fixture(name)
  const cookies = exchanges.flatMap(({ response }: any) =>
    response.headers
      .filter(([header]: [string]) => /^set-cookie$/i.test(header))
      .map(([, line]: [string, string]) => /=([^;]*)/.exec(line)?.[1] ?? "")
  )
  const urls = JSON.stringify(exchanges).match(/ptsigx=[\w*-]+/g) ?? []
  const { ptwebqq, psessionid, vfwebqq } = outcome.session ?? {}
  // Short ones are no secrets, and the number of the user is shown.
  return [...cookies, ...urls, ptwebqq, vfwebqq, psessionid].filter(
    (value) => typeof value === "string" && value.length > 7 && !/^o?0?123456789$/.test(value)
  )
}
