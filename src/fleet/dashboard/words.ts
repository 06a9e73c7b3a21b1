/**
 * What the dashboard says, in both languages.
 */
import type { LoginError } from "../../errors/LoginError.ts"
import type { Bilingual } from "../../Language.ts"
import type { EventTag, State } from "../Status.ts"

export const words = {
  title: { en: "QQ accounts", zh: "QQ 账号总览" },
  language: { en: "中文", zh: "English" },
  all: { en: "all", zh: "全部" },
  due: { en: "due", zh: "到期" },
  search: { en: "Search accounts", zh: "搜索账号" },
  token: { en: "Token", zh: "令牌" },
  enter: { en: "Show", zh: "查看" },
  leave: { en: "Forget the token", zh: "清除令牌" },
  whichToken: {
    en: "The one that may read is enough: fleet serve prints the path of its file, read.token. It stays in this tab and ends with it.",
    zh: "只读令牌就够了：fleet serve 启动时会显示其文件 read.token 的路径。令牌只保存在此标签页中，关闭即清除。"
  },
  wrongToken: { en: "This fleet does not know that token.", zh: "该服务不认识这个令牌。" },
  script: { en: "This page needs JavaScript.", zh: "本页需要 JavaScript。" },
  account: { en: "account", zh: "账号" },
  state: { en: "state", zh: "状态" },
  why: { en: "what is wrong", zh: "问题" },
  session: { en: "session", zh: "会话" },
  checked: { en: "checked", zh: "上次检查" },
  next: { en: "next", zh: "下次检查" },
  node: { en: "machine", zh: "所在机器" },
  ago: { en: "{n} ago", zh: "{n}前" },
  in: { en: "in {n}", zh: "{n}后" },
  seconds: { en: "{n} s", zh: "{n} 秒" },
  minutes: { en: "{n} min", zh: "{n} 分钟" },
  hours: { en: "{n} h", zh: "{n} 小时" },
  days: { en: "{n} d", zh: "{n} 天" },
  now: { en: "now", zh: "现在" },
  failures: { en: "{n} times", zh: "连续 {n} 次" },
  none: { en: "There are no such accounts.", zh: "没有符合条件的账号。" },
  before: { en: "Back", zh: "上一页" },
  after: { en: "More", zh: "下一页" },
  reasons: { en: "What fails", zh: "失败原因" },
  happened: { en: "What happened while this page was open", zh: "打开本页以来的事件" },
  fleet: { en: "the fleet", zh: "整个服务" },
  live: { en: "live, as of {n}", zh: "实时，更新于 {n}" },
  offline: { en: "no connection, trying again …", zh: "连接中断，正在重试……" },
  unwell: { en: "the fleet does not answer as it should ({n}), trying again …", zh: "服务响应异常（{n}），正在重试……" },
  asOf: { en: " this is as of {n}", zh: "以下内容截至 {n}" }
} as const satisfies Readonly<Record<string, Bilingual>>

export const states: Readonly<Record<State, Bilingual>> = {
  good: { en: "good", zh: "正常" },
  failing: { en: "failing", zh: "异常" },
  scan: { en: "needs a scan", zh: "待扫码" },
  paused: { en: "paused", zh: "已暂停" }
}

/** What can be done about a state, where it is not the fleet that does it. A profile takes the place of {n}. */
export const cures: Readonly<Partial<Record<State, Bilingual>>> = {
  scan: {
    en: "webqq-login fleet login {n} prints a link for its owner",
    zh: "webqq-login fleet login {n} 会生成扫码链接"
  },
  paused: { en: "webqq-login fleet resume {n}", zh: "恢复：webqq-login fleet resume {n}" }
}

export const events: Readonly<Record<EventTag, Bilingual>> = {
  added: { en: "added", zh: "已添加" },
  "signed-in": { en: "signed in", zh: "已扫码登录" },
  renewed: { en: "renewed", zh: "已续期" },
  recovered: { en: "good again", zh: "已恢复" },
  failing: { en: "is failing", zh: "出现异常" },
  "scan-needed": { en: "needs a scan", zh: "需要扫码" },
  paused: { en: "paused", zh: "已暂停" },
  resumed: { en: "resumed", zh: "已恢复运行" },
  forgotten: { en: "forgotten", zh: "已删除" },
  degraded: { en: "most accounts fail: the pace is a tenth", zh: "多数账号失败：速度降为十分之一" },
  restored: { en: "the pace is as before", zh: "速度已恢复" }
}

/** Short, as it stands in a row, of the account's last error. */
export const reasons: Readonly<Record<LoginError["_tag"] | "NoEgress" | "NotOpened" | "Unexpected", Bilingual>> = {
  QrExpired: { en: "no code was scanned in time", zh: "二维码无人扫描而过期" },
  QrRefused: { en: "refused on the phone", zh: "在手机上被拒绝" },
  LoginRejected: { en: "the server rejected the login", zh: "服务器拒绝登录" },
  RedirectMissing: { en: "the server did not send its ticket", zh: "服务器未返回登录票据" },
  RedirectUntrusted: { en: "the server points to a host that is not trusted", zh: "服务器指向了不可信的地址" },
  SecondFactorNeeded: { en: "a second factor is asked for", zh: "需要二次验证" },
  CookieMissing: { en: "a cookie is missing", zh: "缺少 Cookie" },
  BadQrCode: { en: "the code cannot be read", zh: "二维码无法识别" },
  BadCallback: { en: "the server answered in an unknown way", zh: "服务器的回答无法识别" },
  BadJson: { en: "the server answered in an unknown way", zh: "服务器的回答无法识别" },
  ApiRefused: { en: "the site refused the call", zh: "站点拒绝了请求" },
  AccessDenied: { en: "this address is denied (403)", zh: "本机地址被拒绝（403）" },
  HttpFailed: { en: "the server was not reached", zh: "无法连接服务器" },
  LoginTimeout: { en: "it took too long", zh: "超时" },
  NoSession: { en: "there is no session", zh: "没有会话" },
  StoreFailed: { en: "the session could not be kept", zh: "会话无法保存" },
  AuthorizeRefused: { en: "the authorization was refused", zh: "授权被拒绝" },
  CheckUnclear: { en: "the site does not say whether it is good", zh: "站点没有说明会话是否有效" },
  ScanNeeded: { en: "only a scan can help", zh: "只能重新扫码" },
  SignedOut: { en: "the session is over", zh: "会话已失效" },
  AccountMismatch: { en: "its cookies are another account's", zh: "Cookie 属于另一个账号" },
  NoEgress: { en: "no machine offers its egress", zh: "没有机器提供其出口" },
  NotOpened: { en: "its session cannot be opened with the keys that are here", zh: "现有密钥无法打开其会话" },
  Unexpected: { en: "a fault of this program: see its log", zh: "程序内部错误：请查看日志" }
}
