/**
 * What people read, apart from the QR code: the state of a login, its summary, and what went wrong. No secret passes
 * through here unless it is asked for.
 */
import * as Redacted from "effect/Redacted"
import type { Bilingual, Language } from "../Language.ts"
import type { Advice } from "../LoginError.ts"
import type { LoginEvent } from "../LoginEvent.ts"
import type { Session } from "../Session.ts"
import { printable } from "./output.ts"

/** What is said of an event. A new code is shown, not told of. */
export const status = (event: Exclude<LoginEvent, { readonly _tag: "QrShown" }>): Bilingual => {
  switch (event._tag) {
    case "Waiting":
      return { en: "waiting for the scan …", zh: "等待扫描……" }
    case "Scanned":
      return { en: "scanned; confirm on the phone …", zh: "已扫描，请在手机上确认……" }
    case "ScanWithdrawn":
      return { en: "cancelled; scan it again …", zh: "已取消，请重新扫描……" }
    case "Expired":
      return { en: "the code has expired", zh: "二维码已过期" }
    case "Confirmed": {
      const name = printable(event.nickname)
      return name === ""
        ? { en: "confirmed; opening the session …", zh: "已确认，正在建立会话……" }
        : { en: `confirmed by ${name}; opening the session …`, zh: `${name} 已确认，正在建立会话……` }
    }
    case "LoggedIn": {
      const name = printable(event.session.nickname)
      const { uin } = event.session
      return name === ""
        ? { en: `logged in as ${uin}`, zh: `已登录：${uin}` }
        : { en: `logged in as ${name} (${uin})`, zh: `已登录：${name}（${uin}）` }
    }
  }
}

/** Why secrets are missing in the summary. */
export const hidden: Bilingual = {
  en: "secrets are hidden; --show-secrets or --json prints them",
  zh: "机密已隐藏；--show-secrets 或 --json 可显示"
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

/** What happened, and below it what to do. */
export const advice = ({ cure, message }: Advice, language: Language): string =>
  `${{ en: "error: ", zh: "错误：" }[language]}${message}\n→ ${cure}`

/** What is said of a login that the user ended. */
export const interrupted: { readonly message: Bilingual; readonly cure: Bilingual } = {
  message: { en: "interrupted", zh: "已中断" },
  cure: { en: "start again with a new code", zh: "请用新的二维码重新开始" }
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
    ? (defect.stack ?? "")
        .split("\n")
        .filter((line) => /^\s+at /.test(line))
        .map((line) => printable(line.trimEnd().replace(/\?[^\s)]*/g, "")))
        .join("\n")
    : ""
