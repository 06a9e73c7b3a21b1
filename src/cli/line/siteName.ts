/**
 * The value of `--site`: a site that comes with the program, or a file that describes one.
 */
import type { ValueKind } from "./Command.ts"

/** Names of the sites of `Site.all`, written out so that neither help nor a usage error has to load them. */
const names = ["qzone", "qzone-h5", "qun", "vip", "music", "game", "pd", "webqq", "webqq-2018", "webqq-2015"] as const

/** A text that can be no name of a site is a path; `-` is stdin. */
export const isPath = (text: string): boolean => text === "-" || /[/\\.]/.test(text)

export const siteName: ValueKind<string> = {
  metavar: "NAME|FILE.json",
  choices: names,
  file: true,
  expected: {
    en: `one of ${names.join(", ")}, or a file such as ./site.json`,
    zh: `以下之一：${names.join("、")}，或 ./site.json 这样的文件`
  },
  read: (text) => (isPath(text) ? text : names.find((name) => name === text))
}

/** For a saved session it may be the name of a site of one's own, too, which the session remembers. */
export const savedSiteName: ValueKind<string> = {
  ...siteName,
  expected: {
    en: `one of ${names.join(", ")}, the name of a site of your own, or a file such as ./site.json`,
    zh: `以下之一：${names.join("、")}，自己的站点的名称，或 ./site.json 这样的文件`
  },
  read: (text) => (isPath(text) || /^[a-z0-9][a-z0-9-]*$/.test(text) ? text : undefined)
}
