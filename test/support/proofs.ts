/**
 * What proves a sentence: a test, named by its file and title, `…` standing for the values of a table; or a part of `npm run attacks`.
 */
import { existsSync, readFileSync } from "node:fs"
import { parts } from "../../scripts/attacks/parts.ts"
import { root } from "./documents.ts"

// What a title says of each case: `%s`, `$name`, or code in a template.
const blank = (title: string) => title.replaceAll(/%[a-z]|\$\{[^}]*\}|\$[\w.]+/g, "…")

/** Titles of the tests in a file, without those that never run: the first text that `it(`, `it.each(…)(` and the like are given. */
const titlesOf = (file: string): ReadonlyArray<string> =>
  readFileSync(root + file, "utf8")
    .split(/^ *(?:it|test)(?=[.(])/m)
    .slice(1)
    .filter((test) => !/^[\w.]*\.(skip|todo|fails)\b/.test(test))
    .map((test) => /(?:^[\w.]*\(|\)\()\s*(["`])((?:(?!\1)[^\\\n]|\\.)+)\1,/.exec(test)?.[2] ?? "")
    .map(blank)

/** What is wrong with a proof, written as `` `test/a.test.ts` › title `` or `` `npm run attacks` › part ``; nothing where it is there. */
export const doubt = (proof: string): string | undefined => {
  const [, part] = /^`npm run attacks` › (.+)$/.exec(proof) ?? []
  if (part !== undefined)
    return parts.some(({ name }) => name === part) ? undefined : `no part of the attacks is "${part}"`
  const [, file = "", title = ""] = /^`(test\/[\w./-]+\.test\.ts)` › (.+)$/.exec(proof) ?? []
  if (file === "" || !existsSync(root + file)) return `no test file in "${proof}"`
  return titlesOf(file).includes(title) ? undefined : `${file} has no test "${title}"`
}
