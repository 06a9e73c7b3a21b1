/**
 * Flags that commands on saved sessions share.
 */
import type { Flag, Flags } from "../../line/Command.ts"
import { profileName } from "../../line/profileName.ts"
import { savedSiteName } from "../../line/siteName.ts"

export const json: Flag = { summary: { en: "one JSON object a line on stdout", zh: "标准输出每行一个 JSON 对象" } }

/** For commands that hand a session out, and ask first whether it works. */
export const offline: Flag = {
  summary: { en: "ask no server whether it works", zh: "不联网确认其是否可用" }
}

/** Which session is meant. */
export const which = {
  profile: {
    summary: {
      en: "the session of this name (default: the one that was saved last)",
      zh: "使用此名称的会话（默认：最近保存的）"
    },
    value: profileName
  },
  site: { summary: { en: "a session of this site", zh: "使用此站点的会话" }, value: savedSiteName }
} as const satisfies Flags
