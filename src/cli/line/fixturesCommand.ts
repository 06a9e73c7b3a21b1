/**
 * The entry of `webqq-login fixtures` in the table of commands.
 */
import type { Command, Values } from "./parse.ts"
import { choice, number, path, text } from "./parse.ts"
import { site } from "./siteFlag.ts"

export const actions = ["list", "verify", "format", "serve", "diff", "import-har", "export-har"] as const

export const fixtures = {
  name: "fixtures",
  summary: {
    en: "look after recorded scenarios, and serve them to any client",
    zh: "管理录制的场景，并提供给任意客户端"
  },
  argument: {
    summary: {
      en: "list; verify [all]; format; serve one; diff two; import-har, export-har one",
      zh: "list 列出；verify 检查（默认全部）；format 规范；serve 提供服务；diff 比较两个；import-har、export-har 转换"
    },
    value: choice("ACTION", actions)
  },
  rest: {
    summary: {
      en: "scenarios, by name or as ./folder; a file for import-har",
      zh: "场景名称或 ./文件夹；import-har 为文件"
    },
    value: { ...text("NAME"), file: true }
  },
  flags: {
    out: { summary: { en: "the folder that import-har makes", zh: "import-har 新建的文件夹" }, value: path("DIR") },
    site: {
      summary: { en: "the site that import-har reads about (qzone)", zh: "import-har 的站点（默认 qzone）" },
      value: site
    },
    port: {
      summary: {
        en: "where serve listens on 127.0.0.1 (a free port)",
        zh: "serve 在 127.0.0.1 上监听的端口（默认任选）"
      },
      value: number("PORT", 1, 65_535, true)
    },
    speed: {
      summary: {
        en: "let each answer of serve take 200 ms, N times as fast (at once)",
        zh: "serve 的每个响应耗时 200 毫秒，加快 N 倍（默认立即响应）"
      },
      value: number("N", 0.01, 100, false)
    },
    pause: {
      summary: {
        en: "let serve wait for Enter before it answers: scanned, confirmed … or any exchange by its id",
        zh: "serve 在响应 waiting、scanned、confirmed 或指定 id 之前等待回车键"
      },
      value: text("STATE")
    },
    json: {
      summary: { en: "list and verify: one JSON object a line on stdout", zh: "list 与 verify：每行一个 JSON 对象" }
    }
  },
  examples: [
    "webqq-login fixtures verify",
    "webqq-login fixtures serve webqq --port 8080 --pause confirmed",
    "webqq-login fixtures diff webqq-2015 webqq",
    "webqq-login fixtures import-har login.har --site qzone --out my-login"
  ]
} as const satisfies Command

/** What its flags yield. */
export type Flags = Values<typeof fixtures>
