/**
 * `webqq-login import`: saves the session of an exported file on this machine.
 */
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as LoginError from "../../../errors/LoginError.ts"
import type { Bilingual } from "../../../Language.ts"
import type { Session } from "../../../Session.ts"
import * as SignIn from "../../../SignIn.ts"
import * as Site from "../../../Site.ts"
import * as SessionExport from "../../../store/SessionExport.ts"
import { defaultProfile, type Saved, SessionStore } from "../../../store/SessionStore.ts"
import type { Values } from "../../line/Command.ts"
import { readText } from "../../../files/namedFile.ts"
import { why } from "../../../files/UnreadableFile.ts"
import { CommandFailed, usage } from "../../process/CommandFailed.ts"
import { inThread } from "../../process/inThread.ts"
import * as Passphrase from "../../inputs/passphrase.ts"
import type { Surroundings } from "../../inputs/Surroundings.ts"
import type { importSession as command } from "./import.ts"
import { both, note } from "../../terminal/advice.ts"
import * as Sessions from "../../inputs/sessions.ts"

type Flags = Values<typeof command>

/** Bytes: a session with more cookies than any jar takes. */
const limit = 2 ** 23

export const run = (flags: Flags, around: Surroundings) => Sessions.withStore(read(flags, around), around)

const read = Effect.fnUntraced(function* (flags: Flags, around: Surroundings) {
  const { file, from } = flags
  if ((file === undefined) === (from === undefined)) {
    const message = { en: "one FILE is needed, or one behind --from", zh: "需要一个 FILE，或用 --from 指定一个" }
    return yield* usage(message, { en: "see webqq-login import --help", zh: "请看 webqq-login import --help" })
  }
  if (file === undefined) {
    // Loaded where it is needed, with what asks a server.
    const { fromBrowser } = yield* Effect.promise(() => import("./fromBrowser.ts"))
    const { session, site } = yield* fromBrowser(from ?? "", flags, around)
    const saved = yield* keep(session, flags.profile ?? defaultProfile(session), flags, around)
    return yield* SignIn.foundGood(site, saved)
  }
  const text = yield* Effect.mapError(readText(file, limit), (error) => {
    const { en, zh } = why(error.fault)
    return usage(
      { en: `cannot read ${file} (${en})`, zh: `无法读取 ${file}（${zh}）` },
      { en: "name a file that webqq-login export has written", zh: "请指定由 webqq-login export 写出的文件" }
    )
  })
  yield* SessionExport.check(text).pipe(failsAs(file))
  const passphrase = yield* Passphrase.read(flags["passphrase-file"], false, around)
  const { session, ...exported } = yield* inThread(SessionExport.open(text, passphrase)).pipe(failsAs(file))
  yield* keep(session, flags.profile ?? exported.profile, flags, around)
  if (session.ownSite !== undefined) around.streams.tell(note(bringsSite(session.ownSite)))
})

const keep = Effect.fnUntraced(function* (session: Session, profile: string, flags: Flags, { streams }: Surroundings) {
  const store = yield* SessionStore
  const saved = yield* store.update(profile, (kept) => {
    const refusal = kept === undefined || flags.force === true ? undefined : spared(kept, session)
    return refusal === undefined ? Result.succeed(session) : Result.fail(refusal)
  })
  const { nickname, site, uin } = session
  const who = nickname === undefined ? both(String(uin)) : { en: `${nickname} (${uin})`, zh: `${nickname}（${uin}）` }
  streams.tell({
    en: `saved as ${profile} in ${store.where}: ${who.en} at ${site}; webqq-login status tells whether it works from here`,
    zh: `已保存为 ${profile}，位置：${store.where}：${site} 的 ${who.zh}；可用 webqq-login status 查看在此处是否可用`
  })
  if (flags.json === true) streams.json({ _tag: "Imported", profile, where: store.where, site, uin, nickname })
  return saved
})

/** The description came from outside, so it is said whom it leads to. */
const bringsSite = (site: Site.Site): Bilingual => {
  const { cookieDomains, name } = site
  const [asked, kept] = [Site.hostsOf(site).join(", "), cookieDomains.join(", ")]
  return {
    en: `it brings the description of a site, ${name}: its session is used at ${asked}, its cookies are those of ${kept}`,
    zh: `其中带有站点 ${name} 的描述：会话用于 ${asked}，cookie 属于 ${kept}`
  }
}

const failsAs = (file: string) =>
  Effect.mapError((error: SessionExport.SessionFileError) => {
    const { cure, message } = SessionExport.said(error)
    return new CommandFailed({
      said: { message: { en: `${file}: ${message.en}`, zh: `${file}：${message.zh}` }, cure },
      exitCode: LoginError.exitCodes.StoreFailed
    })
  })

/** Why a kept session does not give its place away: it is of another account or site, or newer. */
const spared = ({ profile, session: kept }: Saved, imported: Session): CommandFailed | undefined => {
  const cure = {
    en: "save this one under another name with --profile, or replace that one with --force",
    zh: "请用 --profile 以其他名称保存，或用 --force 覆盖"
  }
  if (kept.site !== imported.site || kept.uin !== imported.uin) {
    return usage(
      {
        en: `${profile} holds the session of another account (${kept.uin} at ${kept.site})`,
        zh: `${profile} 保存着另一个账号的会话（${kept.site} 的 ${kept.uin}）`
      },
      cure
    )
  }
  if (kept.obtainedAt.epochMilliseconds <= imported.obtainedAt.epochMilliseconds) return undefined
  const [theirs, ours] = [kept.obtainedAt, imported.obtainedAt].map(DateTime.formatIso)
  return usage(
    {
      en: `${profile} holds a newer session of this account (of ${theirs}; this one is of ${ours})`,
      zh: `${profile} 保存着该账号更新的会话（${theirs}；此会话为 ${ours}）`
    },
    cure
  )
}
