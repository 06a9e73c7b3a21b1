/**
 * The value of `--profile`: what a session store takes as a name, checked before anything is scanned or sent.
 */
import type { ValueKind } from "./Command.ts"

export const profileName: ValueKind<string> = {
  metavar: "NAME",
  expected: {
    en: "letters, digits and . _ -, at most 64, beginning with a letter or digit",
    zh: "字母、数字和 . _ -，最多 64 个字符，以字母或数字开头"
  },
  read: (text) => (/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(text) ? text : undefined)
}
