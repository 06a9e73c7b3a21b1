/**
 * What is said of requests that take long or are sent again, and, to whoever wants to know, of each.
 */
import * as Duration from "effect/Duration"
import * as Option from "effect/Option"
import { ofNetwork } from "../../errors/answerFaults.ts"
import { type LoginError, said } from "../../errors/LoginError.ts"
import type { Bilingual } from "../../Language.ts"
import * as Notice from "../../Notice.ts"
import { both } from "./advice.ts"
import type { Streams } from "./streams.ts"

/** Tells people of it: what keeps them waiting until it is over, and with `verbose` a line for each request. */
export const listener = (streams: Streams, verbose: boolean): Notice.Listener =>
  Notice.listener((notice) => {
    if (verbose && notice._tag !== "Again" && notice._tag !== "Slow") streams.tell(requestLine(notice))
    streams.remark(Option.getOrUndefined(remarkOf(notice)))
  })

/** What keeps somebody waiting; nothing where an answer came. */
const remarkOf = (notice: Notice.Notice): Option.Option<Bilingual> => {
  switch (notice._tag) {
    case "Slow": {
      const { after, host, limit } = notice
      return Option.some({
        en: `${host} has not answered for ${seconds(after)} s; waiting for up to ${seconds(limit)} s`,
        zh: `${host} 已 ${seconds(after)} 秒没有响应，最多等待 ${seconds(limit)} 秒`
      })
    }
    case "Again": {
      const [{ en, zh }, wait] = [whatHappened(notice.error), seconds(notice.after)]
      return Option.some({
        en: `${en}, trying again in ${wait} s (${notice.count} of ${notice.most})`,
        zh: `${zh}，${wait} 秒后重试（第 ${notice.count} 次，最多 ${notice.most} 次）`
      })
    }
    default:
      return Option.none()
  }
}

/** A passing fault, in few words. */
const whatHappened = (error: LoginError): Bilingual => {
  if (error._tag !== "HttpFailed") return said(error).message
  const { code, host, proxy, reason, status } = error
  if (reason === "timeout") return { en: `${host} does not answer`, zh: `${host} 没有响应` }
  if (reason === "status") return { en: `${host} answers HTTP ${status}`, zh: `${host} 返回 HTTP ${status}` }
  const { en, zh } = code === undefined ? ofNetwork(error) : both(code)
  if (reason === "proxy") {
    const named =
      proxy === undefined ? { en: "the proxy", zh: "代理" } : { en: `the proxy ${proxy}`, zh: `代理 ${proxy} ` }
    return { en: `${named.en} failed (${en})`, zh: `${named.zh}出错（${zh}）` }
  }
  return reason === "reset"
    ? { en: `${host} broke off (${en})`, zh: `${host} 连接中断（${zh}）` }
    : { en: `${host} is unreachable (${en})`, zh: `无法连接 ${host}（${zh}）` }
}

/** Step, host, what came, and how long it took; the same in every language. */
const requestLine = (notice: Extract<Notice.Notice, { readonly _tag: "Answered" | "Unanswered" }>): string => {
  const { host, step, took } = notice
  const came = notice._tag === "Answered" ? notice.status : [notice.error.reason, notice.error.code].join(" ").trim()
  return `${step} ${host} ${came} ${Math.round(Duration.toMillis(took))} ms`
}

const seconds = (duration: Duration.Duration) => {
  const exact = Duration.toSeconds(duration)
  return exact < 10 ? Math.round(exact * 10) / 10 : Math.round(exact)
}
