/**
 * The way of a profile to its servers: the proxy and the name of the browser that its login was given. They are kept beside the sessions,
 * a file each that only its owner may read, since a proxy's address may hold a password; exports do not carry them. Where the line names
 * another, that one is used, and kept by the next login.
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Fs from "node:fs"
import { join } from "node:path"
import { stateFolder } from "../../files/stateFolder.ts"
import { now } from "../../files/wholeFile.ts"
import * as secretFiles from "../../store/secretFiles.ts"
import { SessionStore } from "../../store/SessionStore.ts"
import { proxyAddress, userAgent } from "../line/networkFlags.ts"
import { usage, whyUnwritten } from "../process/CommandFailed.ts"
import { note } from "../terminal/advice.ts"
import * as Stores from "./stores.ts"
import type { Surroundings } from "./Surroundings.ts"

const Way = Schema.Struct({
  proxy: Schema.optionalKey(Schema.String.check(Schema.makeFilter((text) => proxyAddress.read(text) !== undefined))),
  userAgent: Schema.optionalKey(Schema.String.check(Schema.makeFilter((text) => userAgent.read(text) !== undefined)))
})

const decode = Schema.decodeUnknownOption(Schema.fromJsonString(Way))

/** Whoever keeps sessions elsewhere, as tests do, keeps no ways here. */
const folderOf = ({ store }: Surroundings): Effect.Effect<string | undefined> =>
  store === undefined ? Effect.orElseSucceed(stateFolder("ways"), () => undefined) : Effect.undefined

const fileOf = (folder: string, profile: string) => join(folder, `${profile}.json`)

/** What is given, with the way of the profile where the line does not name another. */
export const ofProfile = Effect.fnUntraced(function* (around: Surroundings, profile: string) {
  const folder = yield* folderOf(around)
  if (folder === undefined) return around
  // As a session is read: nothing of somebody else, and no link, says which way to go.
  const text = yield* Effect.option(
    Effect.tryPromise(async () =>
      (await secretFiles.folderExists(folder)) ? secretFiles.readFileNow(fileOf(folder, profile)) : undefined
    )
  )
  if (Option.isSome(text) && text.value === undefined) return around
  const way = Option.flatMap(text, decode)
  // To go another way than its owner has chosen would show to the server what the proxy hides.
  if (Option.isNone(way)) return yield* unreadable(fileOf(folder, profile))
  return { ...way.value, ...around }
})

/**
 * The same for a login: of its profile, or of the session that it will find, unless it is not to look for one. Where no way was ever kept,
 * nothing is looked at.
 */
export const ofLogin = Effect.fnUntraced(function* (
  around: Surroundings,
  { fresh, profile, site }: { readonly profile: string | undefined; readonly site: string; readonly fresh: boolean }
) {
  if (fresh && profile === undefined) return around
  const folder = yield* folderOf(around)
  if (folder === undefined || !isThere(folder)) return around
  const found =
    profile ??
    (yield* SessionStore.use(({ find }) => find({ site })).pipe(
      Effect.map((saved) => saved.profile),
      Effect.catch(() => Effect.undefined),
      Effect.provide(Stores.forLogin(around))
    ))
  return found === undefined ? around : yield* ofProfile(around, found)
})

/** Whatever it is: a link that leads nowhere, too. */
const isThere = (path: string): boolean => {
  try {
    return Fs.lstatSync(path, { throwIfNoEntry: false }) !== undefined
  } catch {
    return true
  }
}

/** Keeps the way that a login went, as its profile's, where it was given one. */
export const keep = Effect.fnUntraced(function* (around: Surroundings, profile: string) {
  const { proxy, streams, userAgent } = around
  const folder = yield* folderOf(around)
  if (folder === undefined || (proxy === undefined && userAgent === undefined)) return
  const way = { ...(proxy === undefined ? {} : { proxy }), ...(userAgent === undefined ? {} : { userAgent }) }
  yield* Effect.tryPromise(async () => {
    await secretFiles.prepareFolder(folder)
    now.replace(fileOf(folder, profile), `${JSON.stringify(way)}\n`)
  }).pipe(
    Effect.catch(({ cause }) =>
      Effect.sync(() => {
        const { en, zh } = whyUnwritten(cause)
        streams.tell(
          note({
            en: `--proxy and --user-agent could not be kept for ${profile} (${en}): name them each time`,
            zh: `无法为 ${profile} 保存 --proxy 和 --user-agent（${zh}）：请每次指定`
          })
        )
      })
    )
  )
})

/** Forgets it with its session. */
export const forget = Effect.fnUntraced(function* (around: Surroundings, profile: string) {
  const folder = yield* folderOf(around)
  if (folder === undefined) return
  yield* Effect.tryPromise(async () => {
    if (await secretFiles.folderExists(folder)) await secretFiles.removeFile(folder, `${profile}.json`)
  }).pipe(
    Effect.catch(() =>
      Effect.sync(() =>
        around.streams.tell(
          note({
            en: `${fileOf(folder, profile)} could not be removed: it may hold the password of a proxy`,
            zh: `无法删除 ${fileOf(folder, profile)}：其中可能有代理的密码`
          })
        )
      )
    )
  )
})

const unreadable = (path: string) =>
  usage(
    {
      en: `it is not known by which proxy this profile goes: ${path} cannot be read`,
      zh: `无法得知此会话使用的代理：${path} 无法读取`
    },
    {
      en: "name it with --proxy, or log in again with it; --proxy none goes by none",
      zh: "请用 --proxy 指定，或用它重新登录；--proxy none 表示不用代理"
    }
  )
