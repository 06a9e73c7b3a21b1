/**
 * `webqq-login record`, as the line takes it.
 */
import type { Command, Program } from "../../line/Command.ts"
import { path, text } from "../../line/values.ts"
import { loginFlags } from "./loginFlags.ts"

export const record = {
  name: "record",
  summary: {
    en: "log in, and write down the conversation without its secrets",
    zh: "登录并录制请求与响应（去除敏感信息）"
  },
  flags: {
    out: {
      summary: { en: "write it to this folder, which must not exist yet", zh: "写入此文件夹（必须尚不存在）" },
      value: path("DIR")
    },
    title: {
      summary: { en: "what the recording shows, in a line", zh: "用一行文字说明录制的内容" },
      value: text("TEXT")
    },
    ...loginFlags,
    force: { summary: { en: "let --qr-file replace a file", zh: "允许 --qr-file 覆盖已有的文件" } }
  },
  examples: ["webqq-login record --out my-login --site qzone"],
  exits: [3, 5, 6, 7, 8, 9],
  asksForCode: ({ out, site }) => (out === undefined || site === undefined ? "no" : "yes"),
  apart: "part",
  load: (): Promise<Program> => import("./record.run.ts")
} as const satisfies Command
