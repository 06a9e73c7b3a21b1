/**
 * What every rule of a scenario is made of: how it complains, and what it reads out of the exchanges.
 */
import * as Result from "effect/Result"
import type { Bilingual } from "../../Language.ts"
import { parse } from "../../protocol/PtuiCallback.ts"
import { setCookieOf } from "../record/secrets.ts"
import type { ScenarioFile } from "../format/ScenarioFile.ts"

export type File = typeof ScenarioFile.Encoded
export type Exchange = File["exchanges"][number]
/** Gives its complaints, each of which names the place and says what to do. */
export type Rule = (file: File) => ReadonlyArray<Bilingual>

export const isStep = (exchange: Exchange, path: string) => exchange.request.url.endsWith(path)

/** Name and value of each cookie that the answer sets. */
export const setCookies = ({ response }: Exchange) =>
  response.headers
    .filter(([name]) => name.toLowerCase() === "set-cookie")
    .map(([, line]) => setCookieOf(line))
    .map(([name, value]) => ({ name, value }))

export const textOf = ({ response: { body } }: Exchange) => (body !== undefined && "text" in body ? body.text : "")

/** What the polls were answered with, in order. */
export const callbacks = (file: File) =>
  file.exchanges
    .filter((exchange) => isStep(exchange, "/ptqrlogin") && exchange.response.status === 200)
    .flatMap((poll) => {
      const callback = parse(textOf(poll))
      return Result.isSuccess(callback) ? [callback.success] : []
    })

/** What login2 gave, where it did. */
export const opened = (exchange: Exchange) => {
  const { body } = exchange.response
  const { result } = (body !== undefined && "json" in body ? body.json : {}) as { readonly result?: unknown }
  if (!isStep(exchange, "/login2") || typeof result !== "object" || result === null) return undefined
  const { psessionid, uin, vfwebqq } = result as Record<string, unknown>
  return typeof psessionid === "string" ? { psessionid, uin, vfwebqq } : undefined
}

/** Number of the account, where the scenario says it. */
export const account = (file: File): number | undefined =>
  ("session" in file.outcome ? file.outcome.session.uin : undefined) ?? file.saved?.uin

/** A rule is kept or broken at a place; `fix` says what to do. */
export const must = (kept: boolean, place: string, fix: Bilingual): ReadonlyArray<Bilingual> =>
  kept ? [] : [{ en: `${place}: ${fix.en}`, zh: `${place}：${fix.zh}` }]
