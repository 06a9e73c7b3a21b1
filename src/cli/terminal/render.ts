/**
 * What people read, apart from the QR code: the state of a login, its summary, and what went wrong. No secret passes
 * through here unless it is asked for.
 */
import * as Redacted from "effect/Redacted"
import type { Bilingual, Language } from "../../Language.ts"
import { type Advice, describe, type StoreFailed } from "../../errors/LoginError.ts"
import type { SignInEvent } from "../../LoginEvent.ts"
import type { Session } from "../../Session.ts"
import { printable } from "./output.ts"

/** What is said of an event. A new code is shown, not told of. */
export const status = (event: Exclude<SignInEvent, { readonly _tag: "QrShown" }>, language: Language): string => {
  const because = "reason" in event ? describe(event.reason, language).message : ""
  const said = { en: `: ${because}`, zh: `：${because}` }
  const words = ((): Bilingual => {
    switch (event._tag) {
      case "Waiting":
        return { en: "waiting for the scan …", zh: "等待扫码……" }
      case "Scanned":
        return { en: "scanned; confirm on the phone …", zh: "已扫码，请在手机上确认……" }
      case "ScanWithdrawn":
        return { en: "cancelled; scan it again …", zh: "已取消，请重新扫码……" }
      case "Expired":
        return { en: "the code has expired", zh: "二维码已失效" }
      case "Confirmed": {
        const name = printable(event.nickname)
        return { en: `confirmed by ${name}; opening the session …`, zh: `${name} 已确认，正在建立会话……` }
      }
      case "LoggedIn": {
        const name = printable(event.session.nickname)
        return { en: `logged in as ${name} (${event.session.uin})`, zh: `已登录：${name}（${event.session.uin}）` }
      }
      case "SessionFound":
        return {
          en: `there is a saved session, ${event.profile}; looking whether it works …`,
          zh: `找到已保存的会话 ${event.profile}，正在检查是否可用……`
        }
      case "SessionStillGood":
        return event.asked
          ? { en: "it works: no scan needed", zh: "会话可用，无需扫码" }
          : { en: "it has its cookies and is not old: no scan needed", zh: "cookie 齐全且未过期，无需扫码" }
      case "SessionRefused":
        return { en: `it does not work any more${said.en}`, zh: `会话已失效${said.zh}` }
      case "Renewed":
        return { en: "renewed: no scan needed", zh: "已续期，无需扫码" }
      case "RenewalRefused":
        return { en: `it cannot be renewed${said.en}`, zh: `无法续期${said.zh}` }
      case "Saved":
        return {
          en: `saved as ${event.profile} in ${printable(event.where)}`,
          zh: `已保存为 ${event.profile}，位置：${printable(event.where)}`
        }
      case "NotSaved":
        return { en: "the session could not be saved", zh: "会话未能保存" }
    }
  })()
  return words[language]
}

/** What is said where Web QQ itself cannot be reached; `living` are names of sites. */
export const closed = (living: ReadonlyArray<string>): Bilingual => ({
  en: `Web QQ's own hosts closed on 2019-01-03. These sites live, choose one with --site: ${living.join(", ")}`,
  zh: `Web QQ 自己的服务器已于 2019-01-03 关闭。仍可用的站点，请用 --site 选择：${living.join("、")}`
})

/** A remark beside what happens. */
export const note = (text: Bilingual, language: Language): string =>
  ({ en: "note: ", zh: "提示：" })[language] + text[language]

/** Why secrets are missing in the summary. */
export const hidden: Bilingual = {
  en: "secrets are hidden; --show-secrets or --json prints them",
  zh: "敏感信息已隐藏；可用 --show-secrets 或 --json 显示"
}

/** The session as a small table, a value a line. Of a secret only its length is told, unless `showSecrets`. */
export const summary = (session: Session, language: Language, showSecrets: boolean): string => {
  const secret = (value: Redacted.Redacted) => {
    const text = Redacted.value(value)
    if (text === "") return { en: "(empty)", zh: "（空）" }[language]
    if (showSecrets) return printable(text)
    return { en: `(hidden, ${text.length} characters)`, zh: `（已隐藏，${text.length} 个字符）` }[language]
  }
  const { bkn, clientid, gtk, nickname, psessionid, ptwebqq, site, uin, vfwebqq } = session
  const rows: ReadonlyArray<readonly [name: string, value: string | undefined]> = [
    ["site", site],
    ["uin", String(uin)],
    ["nickname", printable(nickname)],
    ["ptwebqq", ptwebqq && secret(ptwebqq)],
    ["vfwebqq", vfwebqq && secret(vfwebqq)],
    ["psessionid", psessionid && secret(psessionid)],
    ["clientid", clientid === undefined ? undefined : String(clientid)],
    ["gtk", gtk === undefined ? undefined : String(gtk)],
    ["bkn", bkn === undefined ? undefined : String(bkn)]
  ]
  return rows.flatMap(([name, value]) => (value === undefined ? [] : [`${name.padEnd(10)}  ${value}\n`])).join("")
}

/** Rows of cells in columns, a line each; Chinese letters are two columns wide. */
export const table = (rows: ReadonlyArray<ReadonlyArray<string>>): string => {
  const cells = rows.map((row) => row.map(printable))
  const width = (text: string) => [...text].reduce((sum, letter) => sum + (letter > "\u2e80" ? 2 : 1), 0)
  const widths = (cells[0] ?? []).map((_, index) => Math.max(...cells.map((row) => width(row[index] ?? ""))))
  const padded = (cell: string, index: number) => cell + " ".repeat((widths[index] ?? 0) - width(cell))
  return cells.map((row) => `${row.map(padded).join("  ").trimEnd()}\n`).join("")
}

/** A span of time, roughly: minutes, then hours, and days from two on. */
export const span = (millis: number, language: Language): string => {
  const minutes = Math.max(0, Math.round(millis / 60_000))
  if (minutes < 60) return { en: `${minutes} min`, zh: `${minutes} 分钟` }[language]
  const hours = Math.round(minutes / 60)
  if (hours < 48) return { en: `${hours} h`, zh: `${hours} 小时` }[language]
  const days = Math.round(hours / 24)
  return { en: `${days} d`, zh: `${days} 天` }[language]
}

/** What happened, and below it what to do. */
export const advice = ({ cure, message }: Advice, language: Language): string =>
  `${{ en: "error: ", zh: "错误：" }[language]}${message}\n→ ${cure}`

/** What is said before a scan whose session cannot be kept. */
export const notKept = (error: StoreFailed): Bilingual => ({
  en: `this session cannot be kept, only printed (--json): ${describe(error, "en").message}`,
  zh: `本次会话无法保存，只能输出（--json）：${describe(error, "zh").message}`
})

/** What is said of a command that the user ended. */
export const interrupted: { readonly message: Bilingual; readonly cure: Bilingual } = {
  message: { en: "interrupted", zh: "已中断" },
  cure: { en: "start again", zh: "请重新开始" }
}

/** What is said of a fault in this program: the kind of error, since its text may hold anything. */
export const unexpected = (defect: unknown): { readonly message: Bilingual; readonly cure: Bilingual } => {
  const kind = defect instanceof Error ? printable(defect.name) : typeof defect
  return {
    message: { en: `unexpected fault (${kind})`, zh: `意外故障（${kind}）` },
    cure: {
      en: "set WEBQQ_DEBUG=1, try again, and report what it prints",
      zh: "请设置 WEBQQ_DEBUG=1 后重试，并报告输出内容"
    }
  }
}

/** The stack of a fault, for `WEBQQ_DEBUG=1`: places in the code, without the text of the error and without queries. */
export const stack = (defect: unknown): string =>
  defect instanceof Error
    ? // The text of the error stands in front, and a line of it may look like a place.
      (defect.stack ?? "")
        .replace(defect.message, "")
        .split("\n")
        .filter((line) => /^\s+at /.test(line))
        .map((line) => printable(line.trimEnd().replace(/\?[^\s)]*/g, "")))
        .join("\n")
    : ""
