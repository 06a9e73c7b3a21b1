/**
 * What the living sites answer to the call that tells whether a session is alive, as PROTOCOL.md (session checks) has it.
 */
import * as Site from "../../src/Site.ts"
import type { Answer } from "./answers.ts"

const json = (value: unknown): Answer => ({ body: JSON.stringify(value) })

export interface CheckAnswers {
  readonly site: Site.Site
  readonly good: ReadonlyArray<Answer>
  /** With the code that the error carries, or the status where there is none. */
  readonly dead: ReadonlyArray<readonly [answer: Answer, code: number]>
  readonly later: ReadonlyArray<readonly [answer: Answer, code: string]>
}

const toLoginPage: Answer = {
  status: 302,
  headers: [["location", "https://ui.ptlogin2.qq.com/cgi-bin/login?appid=8000201"]],
  body: "Redirecting to https://ui.ptlogin2.qq.com/cgi-bin/login?appid=8000201"
}
const qzone = {
  good: [
    { body: `_Callback({"code":0,"subcode":0,"message":"","default":0,"data":{"uin":123456789}});\n` },
    json({ code: 0, data: { uin: 123456789 } })
  ],
  dead: [
    [
      json({ code: -3000, subcode: -4001, message: "请先登录", notice: 0, time: 1_790_000_000, tips: "XXXX-001" }),
      -3000
    ],
    [{ body: `_Callback({"code":-3000,"message":"请先登录空间"});` }, -3000],
    [{ status: 401, body: "" }, 401]
  ],
  later: [[json({ code: -10_000, subcode: 0, message: "使用人数过多，请稍后再试" }), "-10000"]]
} satisfies Omit<CheckAnswers, "site">

export const checkAnswers: ReadonlyArray<CheckAnswers> = [
  { site: Site.qzone, ...qzone },
  { site: Site.qzoneH5, ...qzone },
  {
    site: Site.qun,
    good: [json({ ec: 0, join: [{ gc: 987654321, gn: "椰子", owner: 123456789 }] }), json({ ec: 0 })],
    dead: [
      [json({ ec: 4, em: "no login" }), 4],
      [json({ ec: 1, em: "" }), 1]
    ],
    later: []
  },
  {
    site: Site.vip,
    good: [json({ code: 0, data: {} }), json({ data: {} })],
    dead: [
      [toLoginPage, 302],
      [{ body: "Redirecting to https://ui.ptlogin2.qq.com/cgi-bin/login" }, 200]
    ],
    later: []
  },
  {
    site: Site.music,
    good: [json({ code: 0, data: { creator: { nick: "椰子" } } })],
    dead: [[json({ code: 1000, subcode: 1000, msg: "" }), 1000]],
    later: []
  },
  {
    site: Site.game,
    good: [
      { body: `x({"isLogin":"1","nickName":"椰子"});` },
      { body: `try{x({"isLogin":1});}catch(e){}` },
      json({ isLogin: true })
    ],
    dead: [
      [json({ ret: "101", msg: "非常抱歉，请先登录！" }), 101],
      [{ body: `try{x({"ret":-990301,"msg":"登录态无效"});}catch(e){}` }, -990_301],
      [json({ ret: -9908, msg: "互联校验失败" }), -9908]
    ],
    later: []
  },
  {
    site: Site.pd,
    good: [json({ retcode: 0, data: {} }), json({ retcode: 7, data: { union_result: {} } })],
    dead: [[json({ retcode: 100_000, message: "login expired" }), 100_000]],
    later: []
  }
]

/** Answers that are on no list of any site. */
export const unknownAnswers: ReadonlyArray<readonly [name: string, answer: Answer, tag: string]> = [
  ["a page", { body: "<html><body>hello</body></html>" }, "CheckUnclear"],
  ["nothing", { body: "" }, "CheckUnclear"],
  ["another shape", json([1, 2]), "CheckUnclear"],
  ["JSON that names no code", { body: `{"hello":"world","code":-7,"ec":77,"ret":9}` }, "CheckUnclear"],
  ["a redirect elsewhere", { status: 302, headers: [["location", "https://www.qq.com/"]] }, "CheckUnclear"],
  ["half of the JSON", { body: `{"code":-3000,"me` }, "CheckUnclear"],
  ["403", { status: 403, body: `{"code":-3000}` }, "AccessDenied"],
  ["404", { status: 404, body: `{"code":-3000}` }, "HttpFailed"],
  ["429", { status: 429 }, "HttpFailed"],
  ["502", { status: 502 }, "HttpFailed"],
  ["a network that is down", { fails: "ENETUNREACH" }, "HttpFailed"]
]
