/**
 * Which site a login is for: the one that is named, else that of the session saved last, else one that a person chooses from a list.
 */
import * as Effect from "effect/Effect"
import { NoSession } from "../../errors/LoginError.ts"
import * as Site from "../../Site.ts"
import { usage } from "../process/CommandFailed.ts"
import { note } from "../terminal/advice.ts"
import { canAsk, choose } from "../terminal/choose.ts"
import { closed } from "../terminal/eventWords.ts"
import * as Sessions from "./sessions.ts"
import * as SiteFile from "./siteFile.ts"
import type { Surroundings } from "./Surroundings.ts"

interface Flags {
  readonly site?: string
  readonly profile?: string
  readonly fresh?: true
  readonly "no-scan"?: true
  readonly json?: true
}

/** The site. Says of a closed one that it is, before anything is asked. */
export const resolve = Effect.fnUntraced(function* (flags: Flags, around: Surroundings) {
  const site = flags.site === undefined ? yield* unnamed(flags, around) : yield* SiteFile.resolve(flags.site)
  if (site.closed !== undefined) around.streams.tell(note(closed(living.map(({ name }) => name))))
  return site
})

const living = Site.all.filter((site) => site.closed === undefined)

const unnamed = Effect.fnUntraced(function* (flags: Flags, around: Surroundings) {
  const kept = yield* ofSaved(flags, around)
  if (kept !== undefined) return kept
  if (flags["no-scan"] === true) {
    return yield* new NoSession({ step: "SessionStore", profile: flags.profile ?? "" })
  }
  // Who reads JSON is a program, on whatever terminal it runs.
  if (flags.json === true || !canAsk(around)) return yield* nameOne
  const question = {
    en: "Which site? Arrow keys and Enter, or a number:",
    zh: "登录哪个站点？方向键加回车，或输入编号："
  }
  const rows = living.map(({ name, title }) => ({
    en: `${name.padEnd(10)}${title.en}`,
    zh: `${name.padEnd(10)}${title.zh}`
  }))
  return living[yield* choose(question, rows, around)]!
})

const nameOne = usage(
  { en: "no site is named, and no session is saved", zh: "没有指定站点，也没有已保存的会话" },
  {
    en: `name one with --site: ${living.map(({ name }) => name).join(", ")}`,
    zh: `请用 --site 指定：${living.map(({ name }) => name).join("、")}`
  }
)

/** That of the profile, or of the session saved last, where it lives. */
const ofSaved = Effect.fnUntraced(function* ({ fresh, profile }: Flags, around: Surroundings) {
  const find = (which: Sessions.Which) =>
    Sessions.withStore(Sessions.pick(which), around).pipe(
      // What cannot be read is told when it is looked for; here it only means that nothing is known.
      Effect.catchTags({ NoSession: () => Effect.undefined, StoreFailed: () => Effect.undefined })
    )
  const saved = (profile === undefined ? undefined : yield* find({ profile })) ?? (yield* find({}))
  if (saved === undefined) return undefined
  const site = yield* Sessions.needSite(saved)
  if (site.closed !== undefined) return undefined
  if (fresh === true || (profile ?? saved.profile) !== saved.profile) {
    around.streams.tell(
      note({
        en: `at ${site.name}, as ${saved.profile}, which was saved last; --site names another`,
        zh: `站点为 ${site.name}，与最近保存的 ${saved.profile} 相同；可用 --site 另行指定`
      })
    )
  }
  return site
})
