/**
 * `--site`: one of the sites that come with the program, or one of the user's own from a file.
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { complaintsOf, wrongAt } from "../../errors/Complaint.ts"
import * as Site from "../../Site.ts"
import { readText } from "../../files/namedFile.ts"
import { why } from "../../files/UnreadableFile.ts"
import { type CommandFailed, usage } from "../process/CommandFailed.ts"
import { isPath } from "../line/siteName.ts"

/** The site of that name, or the one that the file at that path describes. */
export const resolve = (nameOrPath: string): Effect.Effect<Site.Site, CommandFailed> => {
  if (isPath(nameOrPath)) return read(nameOrPath)
  const site = Site.find(nameOrPath)
  return site === undefined
    ? Effect.fail(
        usage(
          { en: `no site is called ${nameOrPath}`, zh: `没有名为 ${nameOrPath} 的站点` },
          {
            en: "name one with --site; the command sites lists them",
            zh: "请用 --site 指定站点；sites 命令列出全部站点"
          }
        )
      )
    : Effect.succeed(site)
}

/** Bytes. A description has about a thousand. */
const limit = 2 ** 18

const decode = Schema.decodeUnknownEffect(Schema.fromJsonString(Site.Site), {
  errors: "all",
  onExcessProperty: "error"
})

const read = Effect.fnUntraced(function* (path: string) {
  const text = yield* Effect.mapError(readText(path, limit), (error) => {
    const { en, zh } = why(error.fault)
    return usage(
      { en: `cannot read the site file ${path} (${en})`, zh: `无法读取站点文件 ${path}（${zh}）` },
      {
        en: "name a file that describes a site, or a site of webqq-login sites",
        zh: "请指定描述站点的文件，或 webqq-login sites 列出的站点"
      }
    )
  })
  const site = yield* Effect.mapError(decode(text), (error) => {
    const complaints = complaintsOf(error)
    const example = exampleOf(complaints.some(({ path: [first] }) => first === "authorize") ? behindGraph : Site.qzone)
    return usage({ en: `${path} is not a site:`, zh: `${path} 不是有效的站点：` }, example, complaints.map(wrongAt))
  })
  // A session says by its site's name what it is good for.
  if (Site.find(site.name) === undefined) return site
  return yield* usage(
    { en: `${path}: a site called ${site.name} exists already`, zh: `${path}：名为 ${site.name} 的站点已存在` },
    { en: `change its "name", or use --site ${site.name}`, zh: `请修改其 "name"，或使用 --site ${site.name}` }
  )
})

/** A site of QQ Connect whose code is redeemed where it was sent. */
const behindGraph = ((): Site.Site => {
  const { check: _, ...site } = Site.music
  const redirectUri = "https://h5.weishi.qq.com/weishi/account/login"
  const authorize = {
    clientId: "1101083114",
    redirectUri,
    redeem: "location",
    redeemHosts: ["h5.weishi.qq.com"]
  } as const
  return { ...site, pt3rdAid: authorize.clientId, opens: "h5.weishi.qq.com", authorize }
})()

const exampleOf = (site: Site.Site) => {
  const file = JSON.stringify(
    Schema.encodeSync(Site.Site)({ ...site, name: "my-site", title: { en: "My site", zh: "我的站点" } })
  )
  return { en: `write it like this one: ${file}`, zh: `请参照此例：${file}` }
}
