/**
 * The value of `--profile`: what a session store takes as a name, checked before anything is scanned or sent.
 */
import { isProfileName } from "../../store/profileName.ts"
import type { ValueKind } from "./Command.ts"

export const profileName: ValueKind<string> = {
  metavar: "NAME",
  expected: {
    en: "letters, digits and . _ -, at most 64, beginning with a letter or digit (and not con, nul or their like)",
    zh: "英文字母、数字和 . _ -，最多 64 个字符，以英文字母或数字开头（不能是 con、nul 等设备名）"
  },
  read: (text) => (isProfileName(text) ? text : undefined)
}
