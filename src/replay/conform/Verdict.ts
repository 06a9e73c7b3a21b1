/**
 * What is to be said of somebody's client that was run against a scenario.
 */
import type { Bilingual } from "../../Language.ts"
import { type Fault, said, warned } from "../engine/Engine.ts"
import type { ReplayServer } from "../ReplayServer.ts"
import { isDeletion } from "../faults/history.ts"
import { setCookieOf } from "../record/secrets.ts"
import type { Exchange, Scenario } from "../Scenario.ts"

/** How the client's process ended: with a code, by a signal, or not within its time. */
export type Ended = { readonly code: number } | { readonly signal: string } | { readonly afterMillis: number }

/** One scenario with one client. Everything is said in both languages; `faults` are what has a name of what went wrong. */
export interface Verdict {
  readonly scenario: string
  readonly result: "pass" | "warnings" | "fail" | "skipped"
  readonly problems: ReadonlyArray<Bilingual>
  readonly faults: ReadonlyArray<Fault>
  readonly warnings: ReadonlyArray<Bilingual>
  readonly requests: number
  readonly millis: number
}

const nobody: Bilingual = {
  en: "the client asked nothing of the server: it has to use the proxy in HTTPS_PROXY, or the address in WEBQQ_REPLAY_ORIGIN",
  zh: "客户端没有向服务器发出任何请求：它须使用 HTTPS_PROXY 中的代理，或 WEBQQ_REPLAY_ORIGIN 中的地址"
}

/** A client that begins with a session cannot be told of one. */
export const skipped = ({ name }: Scenario): Verdict => ({
  scenario: name,
  result: "skipped",
  problems: [
    {
      en: "begins with a kept session, which a client of somebody else does not have",
      zh: "从已保存的会话开始，而其他客户端没有该会话"
    }
  ],
  faults: [],
  warnings: [],
  requests: 0,
  millis: 0
})

/** Whether one answer sets p_skey for a domain and deletes it for another. */
const isSetAndDeleted = ({ response }: Exchange): boolean => {
  const lines = response.headers.flatMap(([name, line]) => (name.toLowerCase() === "set-cookie" ? [line] : []))
  return new Set(lines.filter((line) => setCookieOf(line)[0] === "p_skey").map(isDeletion)).size === 2
}

/** What a client that ends badly after a good login has most likely done, or lost. */
const likely = (borne: ReadonlyArray<Fault>, { exchanges }: Scenario): Bilingual | undefined => {
  const followed = borne.find(({ name }) => name === "location-followed") ?? borne[0]
  if (followed !== undefined) return followed.says
  return exchanges.some(isSetAndDeleted)
    ? {
        en: "check_sig sets p_skey for one domain and deletes it for another, so a jar that knows names only has lost it",
        zh: "check_sig 为一个域名设置 p_skey、又为另一个域名删除它，只按名称保存的 Cookie 存储会丢失它"
      }
    : undefined
}

/** How the end of the process fits the end of the login. */
const ofEnd = (
  ended: Ended,
  isPlayed: boolean,
  hasLeft: boolean,
  { outcome }: Scenario,
  why: Bilingual | undefined
): { readonly problem?: Bilingual; readonly warning?: Bilingual } => {
  if ("afterMillis" in ended) {
    const seconds = Math.round(ended.afterMillis / 1000)
    return { problem: { en: `the client did not end within ${seconds} s`, zh: `客户端在 ${seconds} 秒内没有结束` } }
  }
  if ("signal" in ended)
    return { problem: { en: `the client was ended by ${ended.signal}`, zh: `客户端因 ${ended.signal} 结束` } }
  // Who leaves it where one may says so as it likes.
  if (isPlayed && hasLeft) return {}
  const failed = "error" in outcome
  if (!failed && isPlayed && ended.code !== 0) {
    const code = {
      en: `the login went well, and the client ended with exit code ${ended.code}`,
      zh: `登录成功，但客户端的退出码为 ${ended.code}`
    }
    return { problem: why === undefined ? code : { en: `${code.en}: ${why.en}`, zh: `${code.zh}：${why.zh}` } }
  }
  if (!failed || ended.code !== 0) return {}
  return {
    warning: {
      en: `the login failed (${outcome.error}), and the client ended with exit code 0: nobody who calls it can tell`,
      zh: `登录失败（${outcome.error}），但客户端的退出码为 0：调用者无从得知`
    }
  }
}

/** The verdict on a client that has ended. */
export const of = (
  server: Pick<ReplayServer, "scenario" | "verify" | "warnings" | "requests">,
  ended: Ended,
  millis: number
): Verdict => {
  const { scenario } = server
  const requests = server.requests().length
  const problems = server.verify()
  const borne = server.warnings().flatMap(({ fault }) => fault ?? [])
  const { problem, warning } = ofEnd(
    ended,
    problems.length === 0,
    server.warnings().some(({ kind }) => kind === "left"),
    scenario,
    likely(borne, scenario)
  )
  const found = problems.flatMap((one) => (one._tag === "Unused" || one.fault === undefined ? [] : [one.fault]))
  const faults = problem === undefined ? found : [...found, ...borne]
  const told = said(scenario, problems)
  const cause = requests === 0 ? nobody : told
  const list = [...(cause === undefined ? [] : [cause]), ...(problem === undefined ? [] : [problem])]
  const warnings: ReadonlyArray<Bilingual> = [...warned(server.warnings()), ...(warning === undefined ? [] : [warning])]
  return {
    scenario: scenario.name,
    result: list.length > 0 ? "fail" : warnings.length > 0 ? "warnings" : "pass",
    problems: list,
    faults: [...new Map(faults.map((fault) => [fault.name, fault] as const)).values()],
    warnings,
    requests,
    millis
  }
}
