/**
 * `webqq-login import`, as the line takes it.
 */
import type { Command, Program } from "../../line/Command.ts"
import { profileName } from "../../line/profileName.ts"
import { siteName } from "../../line/siteName.ts"
import { networkFlags } from "../../line/networkFlags.ts"
import { path } from "../../line/values.ts"
import { json } from "../sessions/sessionFlags.ts"
import { passphraseFlag } from "./passphraseFlag.ts"

export const importSession = {
  name: "import",
  summary: { en: "save the session of such a file on this machine", zh: "把导出文件中的会话保存到本机" },
  operands: {
    file: {
      summary: { en: "a file that export has written; - is stdin", zh: "由 export 写出的文件；- 表示标准输入" },
      value: path("FILE"),
      optional: true
    }
  },
  flags: {
    from: {
      summary: {
        en: "in its place: cookies out of a browser, as a cookies.txt or a storage state (needs --site)",
        zh: "改为读取浏览器导出的 cookie：cookies.txt 或 storage state（需要 --site）"
      },
      value: path("FILE")
    },
    site: {
      summary: { en: "with --from: the site that they are for", zh: "与 --from 同用：cookie 所属的站点" },
      value: siteName
    },
    profile: {
      summary: {
        en: "save it under this name (default: as exported; site and uin)",
        zh: "以此名称保存（默认：与导出时相同；或站点和 uin）"
      },
      value: profileName
    },
    ...passphraseFlag,
    force: { summary: { en: "replace the session of another account", zh: "覆盖其他账号的会话" } },
    ...networkFlags,
    json
  },
  examples: [
    "webqq-login import session.webqq",
    "WEBQQ_PASSPHRASE=… webqq-login import session.webqq",
    "webqq-login import --from cookies.txt --site qzone"
  ],
  exits: [4, 6, 8, 9],
  load: (): Promise<Program> => import("./import.run.ts")
} as const satisfies Command
