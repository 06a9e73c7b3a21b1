/**
 * What one look at this machine yields.
 */
import type { Bilingual } from "../../Language.ts"

export interface Finding {
  /** What was looked at: a contract with programs. */
  readonly check: "node" | "terminal" | "folder" | "sessions" | "cache" | "proxy" | "dns" | "server" | "clock"
  /** `note`: a login works all the same. */
  readonly state: "well" | "note" | "fault"
  readonly message: Bilingual
  readonly cure?: Bilingual
  /** With which the command ends. */
  readonly exitCode?: number
}

export const heads: Readonly<Record<Finding["check"], Bilingual>> = {
  node: { en: "Node", zh: "Node" },
  terminal: { en: "terminal", zh: "终端" },
  folder: { en: "state folder", zh: "状态目录" },
  sessions: { en: "sessions", zh: "会话" },
  cache: { en: "cache", zh: "缓存" },
  proxy: { en: "proxy", zh: "代理" },
  dns: { en: "DNS", zh: "DNS" },
  server: { en: "server", zh: "服务器" },
  clock: { en: "clock", zh: "时钟" }
}
