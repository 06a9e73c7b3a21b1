/**
 * Where the passphrase of an exported session comes from.
 */
import type { Flags } from "../../line/Command.ts"
import { path } from "../../line/values.ts"

export const passphraseFlag = {
  "passphrase-file": {
    summary: {
      en: "read the passphrase from the first line of this file (else WEBQQ_PASSPHRASE, else a prompt)",
      zh: "从此文件第一行读取口令（否则取 WEBQQ_PASSPHRASE，再否则询问）"
    },
    value: path("PATH")
  }
} as const satisfies Flags
