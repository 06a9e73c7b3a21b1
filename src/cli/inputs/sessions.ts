/**
 * What the commands on saved sessions have in common: which session is meant, and the network to ask about it.
 */
import * as Effect from "effect/Effect"
import type * as HttpClient from "effect/http/HttpClient"
import * as LoginConfig from "../../LoginConfig.ts"
import type { Session } from "../../Session.ts"
import type { Saved } from "../../store/SessionStore.ts"
import { SessionStore } from "../../store/SessionStore.ts"
import * as Site from "../../Site.ts"
import { usage } from "../process/CommandFailed.ts"
import { note } from "../terminal/advice.ts"
import { isPath } from "../line/siteName.ts"
import { suggest } from "../line/suggest.ts"
import * as Limits from "./limits.ts"
import { client, tellProxy } from "./network.ts"
import * as SiteFile from "./siteFile.ts"
import * as Stores from "./stores.ts"
import type { Surroundings } from "./Surroundings.ts"

/** The flags that say which session is meant. */
export interface Which {
  readonly profile?: string
  readonly site?: string
}

/** A saved session with its site, where that is known. */
export interface Picked extends Saved {
  readonly site: Site.Site | undefined
}

/** Gives an effect the saved sessions. */
export const withStore = <A, E, R>(effect: Effect.Effect<A, E, R | SessionStore>, around: Surroundings) =>
  Effect.provide(effect, Stores.forSessions(around))

/** The site of `--site`, if it names a file, and the name of the site in any case. */
export const siteOf = Effect.fnUntraced(function* (site: string | undefined) {
  const own = site !== undefined && isPath(site) ? yield* SiteFile.resolve(site) : undefined
  const name = own?.name ?? site
  if (own === undefined && name !== undefined && Site.find(name) === undefined) yield* needKept(name)
  /** The site of a session: the one of the file that was named, or the one that it was signed in to. */
  const find = (session: Session) => (own?.name === session.site ? own : (Site.find(session.site) ?? session.ownSite))
  return { name, find }
})

/** A name that no site of ours has may be that of the user's own, which a session remembers. Else it is a slip. */
const needKept = (name: string) =>
  SessionStore.use((store) => store.find({ site: name })).pipe(
    Effect.catchTag("NoSession", () =>
      Effect.fail(
        usage(
          { en: `no site and no saved session is called ${name}`, zh: `没有名为 ${name} 的站点或会话` },
          suggest(
            name,
            Site.all.map((site) => site.name),
            ""
          ) ?? {
            en: "webqq-login sites lists the sites, webqq-login status the sessions",
            zh: "webqq-login sites 列出站点，webqq-login status 列出会话"
          }
        )
      )
    )
  )

/** The session that the flags mean. */
export const pick = Effect.fnUntraced(function* (which: Which) {
  const { find, name } = yield* siteOf(which.site)
  const store = yield* SessionStore
  const saved = yield* store.find({ profile: which.profile, site: name })
  return { ...saved, site: find(saved.session) } satisfies Picked
})

/** The site of a session, which has to be known. */
export const needSite = ({ profile, session, site }: Picked) =>
  site === undefined
    ? Effect.fail(
        usage(
          {
            en: `${profile} belongs to a site of your own, ${session.site}`,
            zh: `${profile} 属于自定义站点 ${session.site}`
          },
          { en: "name its file with --site", zh: "请用 --site 指定其文件" }
        )
      )
    : Effect.succeed(site)

/**
 * Says so where an address is another site's and nobody said which session is meant: that of the newest would go there without the
 * cookies that count.
 */
export const tellOfAnother = (which: Which, { profile, site }: Picked, address: string, { streams }: Surroundings) => {
  const host = URL.parse(address)?.hostname ?? ""
  const isOf = (one: Site.Site) => [one.target, Site.opens(one)].some((own) => host === own || host.endsWith(`.${own}`))
  if (which.profile !== undefined || which.site !== undefined || site === undefined || isOf(site)) return
  const other = Site.all.find((one) => one.closed === undefined && isOf(one))
  if (other === undefined) return
  streams.tell(
    note({
      en: `${host} is a host of ${other.name}, and ${profile} a session of ${site.name}: --site ${other.name} takes one of that`,
      zh: `${host} 是 ${other.name} 的主机，而 ${profile} 是 ${site.name} 的会话：请用 --site ${other.name} 选择该站点的会话`
    })
  )
}

/** Lets an effect ask the servers. */
export const online = <A, E extends { readonly _tag: string }, R>(
  effect: Effect.Effect<A, E, R | HttpClient.HttpClient>,
  around: Surroundings
) =>
  Effect.flatMap(Limits.readFor(around), (config) =>
    effect.pipe(
      Effect.provideService(LoginConfig.LoginConfig, config),
      Effect.provide(client(around)),
      Effect.tapError(tellProxy(around))
    )
  )
