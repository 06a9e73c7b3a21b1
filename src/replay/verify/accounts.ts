/**
 * That all of a scenario speaks of one account: cookies, callback, tokens, outcome.
 */
import { isDeepStrictEqual } from "node:util"
import type { Bilingual } from "../../Language.ts"
import { gtk } from "../../protocol/Hash.ts"
import * as UinCookie from "../../protocol/UinCookie.ts"
import * as Site from "../../Site.ts"
import * as Psessionid from "../Psessionid.ts"
import { account, callbacks, type File, must, opened, type Rule, setCookies } from "./rule.ts"

/** Cookies, callback and tokens speak of one account. */
export const accounts: Rule = (file) => {
  const uin = account(file)
  const cookies = file.exchanges.flatMap((exchange) =>
    setCookies(exchange).map((cookie) => ({ ...cookie, id: exchange.id }))
  )
  const named = cookies.flatMap(({ name }) => /^ptnick_(\d+)$/.exec(name)?.[1] ?? [])
  const owner = uin ?? Number(named[0] ?? cookies.flatMap(({ value }) => UinCookie.read(value) ?? [])[0])
  const nickname =
    callbacks(file).findLast((callback) => callback.nickname !== "")?.nickname ?? file.saved?.nickname ?? ""
  const hex = Buffer.from(nickname, "utf8").toString("hex")
  const ofCookies = cookies.flatMap(({ id, name, value }) => {
    if (["uin", "p_uin", "superuin", "pt2gguin"].includes(name)) {
      const fits = value === "" || UinCookie.read(value) === owner
      return must(fits, `${id}.response cookie ${name}`, {
        en: `write o and ${owner}, padded with zeroes to ten digits`,
        zh: `请写成 o 加 ${owner}，用零补足十位`
      })
    }
    if (!name.startsWith("ptnick_")) return []
    return [
      ...must(name === `ptnick_${owner}`, `${id}.response cookie ${name}`, {
        en: `its name is ptnick_${owner}`,
        zh: `其名称应为 ptnick_${owner}`
      }),
      ...must(value === hex, `${id}.response cookie ${name}`, {
        en: `write ${hex}, the nickname in hex`,
        zh: `请写 ${hex}，即昵称的十六进制`
      })
    ]
  })
  const session = "session" in file.outcome ? file.outcome.session : {}
  // What no answer set is still that of the session that was kept.
  const last = (name: string) =>
    [...(file.saved?.cookies ?? []), ...cookies].findLast((cookie) => cookie.name === name && cookie.value !== "")
      ?.value
  const { signing = { gtk: "p_skey", bkn: "skey" } } = Site.find(file.site) ?? {}
  const number = (name: "gtk" | "bkn", source: string | undefined) => {
    const expected = source === undefined ? undefined : gtk(source)
    if (session.gtk === undefined) return []
    return must(
      session[name] === expected,
      `outcome.session.${name}`,
      expected === undefined ? { en: "take it out", zh: "请删去" } : write(expected)
    )
  }
  return [
    ...ofCookies,
    ...must(
      session.nickname === undefined || session.nickname === nickname,
      "outcome.session.nickname",
      write(nickname)
    ),
    ...number("gtk", last(signing.gtk) ?? ""),
    ...number("bkn", last(signing.bkn)),
    ...tokens(file, last("skey") ?? "", uin)
  ]
}

const write = (value: string | number): Bilingual => ({ en: `write ${value}`, zh: `请写 ${value}` })

const tokens = (file: File, skey: string, uin: number | undefined) =>
  file.exchanges.flatMap((exchange) => {
    const result = opened(exchange)
    if (result === undefined) return []
    const term = Psessionid.read(result.psessionid)
    const place = `${exchange.id}.response.body.json.result`
    const fits = isDeepStrictEqual([term?.uin, term?.skey, term?.vfwebqq], [result.uin, skey, result.vfwebqq])
    const other = "session" in file.outcome && file.outcome.session.vfwebqq === result.vfwebqq
    return [
      ...must(fits, `${place}.psessionid`, {
        en: "it holds the uin, the skey and the vfwebqq of this very answer (PROTOCOL.md, step 5)",
        zh: "它应含本次响应的 uin、skey 和 vfwebqq（PROTOCOL.md，step 5）"
      }),
      ...must(uin === undefined || result.uin === uin, `${place}.uin`, {
        en: `write ${uin}, the account of the outcome`,
        zh: `请写 ${uin}，即 outcome 中的账号`
      }),
      ...must(!other, `${place}.vfwebqq`, {
        en: "it differs from the one of step 4, which is the session's",
        zh: "它应与第 4 步的不同，后者才属于会话"
      })
    ]
  })
