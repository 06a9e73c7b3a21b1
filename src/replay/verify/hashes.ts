/**
 * That what is derived from a cookie in a scenario is right: ptqrtoken and auth_token.
 */
import { hash33, time33 } from "../../protocol/Hash.ts"
import * as Site from "../../Site.ts"
import { isStep, must, type Rule, setCookies, textOf } from "./rule.ts"

/** Polls and renewals carry the cookie that was set, and its hash. */
export const hashes: Rule = (file) => {
  let qrsig: string | undefined
  return file.exchanges.flatMap((exchange) => {
    const { id, request } = exchange
    const { cookies = {}, query = {} } = request
    if (isStep(exchange, "/ptqrshow")) {
      // A refusal in words is no picture.
      if (textOf(exchange) !== "") return []
      const before = qrsig
      qrsig = setCookies(exchange).find(({ name }) => name === "qrsig")?.value
      return must(qrsig !== undefined && qrsig !== before, `${id}.response`, {
        en: "set a new qrsig with each picture",
        zh: "每张图片都应设置新的 qrsig"
      })
    }
    if (isStep(exchange, "/ptqrlogin")) {
      const dialect = Site.find(file.site)?.dialect
      // The seed document knows no ptqrtoken.
      const token = dialect === "seed" ? undefined : String(hash33(qrsig ?? ""))
      return [
        ...must(cookies["qrsig"] === qrsig, `${id}.request.cookies.qrsig`, {
          en: "it is the qrsig of the last picture",
          zh: "应为最近一张图片的 qrsig"
        }),
        ...must(
          query["ptqrtoken"] === token,
          `${id}.request.query.ptqrtoken`,
          token === undefined
            ? { en: "take it out, the seed dialect has none", zh: "请删去，seed 形式没有此项" }
            : { en: `write ${token}, the hash33 of the qrsig`, zh: `请写 ${token}，即 qrsig 的 hash33` }
        )
      ]
    }
    if (isStep(exchange, "/pt4_auth")) {
      const supertoken = file.saved?.cookies.find(({ name }) => name === "supertoken")?.value ?? ""
      const token = String(time33(supertoken))
      return [
        ...must(cookies["supertoken"] === supertoken, `${id}.request.cookies.supertoken`, {
          en: "it is the one of `saved`",
          zh: "应为 `saved` 中的值"
        }),
        ...must(query["auth_token"] === token, `${id}.request.query.auth_token`, {
          en: `write ${token}, the time33 of the supertoken`,
          zh: `请写 ${token}，即 supertoken 的 time33`
        })
      ]
    }
    return must(typeof cookies["qrsig"] !== "string", `${id}.request.cookies.qrsig`, {
      en: 'write {"absent": true}: it belongs to ptlogin2',
      zh: '请写 {"absent": true}：它属于 ptlogin2'
    })
  })
}
