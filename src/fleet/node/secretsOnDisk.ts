/**
 * What a machine of a fleet keeps on its disk: the database and its lock, where there is no other one; the keys; the tokens. All of it is
 * closed to other users, and what is missing is made.
 */
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { randomBytes } from "node:crypto"
import { closeSync, openSync, readdirSync, statSync } from "node:fs"
import { basename, dirname, join, resolve } from "node:path"
import { said, StoreFailed } from "../../errors/LoginError.ts"
import { readText } from "../../files/namedFile.ts"
import { stateFolder } from "../../files/stateFolder.ts"
import { why } from "../../files/UnreadableFile.ts"
import { tryLock } from "../../store/processLock.ts"
import * as Files from "../../store/secretFiles.ts"
import { type BadKeys, type Keyring, make as makeKeyring, newKey } from "../Keyring.ts"
import { VaultFailed } from "../Status.ts"
import { CannotServe, codeOf } from "./CannotServe.ts"

/** The folder of a fleet: `webqq-login/fleet` in the user's state folder, unless another is named. */
export const folderOf = (directory: string | undefined): Effect.Effect<string, CannotServe> =>
  directory === undefined
    ? Effect.mapError(
        stateFolder("fleet"),
        () =>
          new CannotServe({
            said: { en: "this user has no home folder", zh: "当前用户没有主目录" },
            cure: { en: "set XDG_STATE_HOME to a folder of this user", zh: "请将 XDG_STATE_HOME 设为当前用户的目录" },
            exitCode: 9
          })
      )
    : Effect.succeed(resolve(directory))

const onDisk = <A>(path: string, body: () => Promise<A> | A) =>
  Effect.tryPromise({
    try: async () => body(),
    catch: (cause) => {
      if (cause instanceof StoreFailed)
        return new CannotServe({ said: said(cause).message, cure: said(cause).cure, exitCode: 9 })
      return new CannotServe({
        said: { en: `${path} cannot be used (${codeOf(cause)})`, zh: `无法使用 ${path}（${codeOf(cause)}）` },
        cure: { en: "check the rights of that place and the space left", zh: "请检查该位置的权限和剩余空间" },
        exitCode: 9
      })
    }
  })

/** What lies in the folder of a fleet. */
const ours = /^(?:fleet\.(?:db|key|lock)|(?:read|secrets)\.token|webhook\.secret|\.|lost\+found$)/

/** Makes the folder where it is missing, and closes it to others: but not one that others use for something else, such as /tmp. */
export const prepare = Effect.fnUntraced(function* (folder: string) {
  const isShared = () =>
    ((statSync(folder, { throwIfNoEntry: false })?.mode ?? 0) & 0o077) !== 0 &&
    readdirSync(folder).some((name) => !ours.test(name))
  if (process.platform !== "win32" && (yield* onDisk(folder, isShared))) {
    return yield* new CannotServe({
      said: {
        en: `${folder} holds other things, and is open to other users`,
        zh: `${folder} 中有其他内容，且对其他用户开放`
      },
      cure: {
        en: "name a folder of its own: it is made where it is missing, and closed to others",
        zh: "请指定一个专用目录：不存在时会自动创建，并禁止其他用户访问"
      },
      exitCode: 9
    })
  }
  yield* onDisk(folder, () => Files.prepareFolder(folder))
})

/** Held until the scope closes: two processes on one database would renew every account twice. */
export const lock = (folder: string) => {
  const path = join(folder, "fleet.lock")
  return Effect.acquireRelease(
    Effect.flatMap(
      onDisk(path, () => tryLock(path)),
      (release) =>
        release === undefined
          ? Effect.fail(
              new CannotServe({
                said: { en: `another fleet serve has ${folder}`, zh: `另一个 fleet serve 正在使用 ${folder}` },
                cure: {
                  en: "end it first, or name another folder with --folder; several machines need --database postgres://…",
                  zh: "请先结束它，或用 --folder 指定其他目录；多台机器需使用 --database postgres://…"
                },
                exitCode: 9
              })
            )
          : Effect.succeed(release)
    ),
    (release) => Effect.sync(release)
  )
}

/** The database of one machine. What SQLite puts beside a file is as open as the file. */
export const database = (folder: string) => {
  const path = join(folder, "fleet.db")
  return Effect.as(
    onDisk(path, () => closeSync(openSync(path, "a", 0o600))),
    path
  )
}

/** Of a key file: keys are replaced, but not by the thousand. */
const limitBytes = 2 ** 16

const write = (path: string, text: Redacted.Redacted) =>
  onDisk(path, () => Files.replaceFile(dirname(path), basename(path), `${Redacted.value(text)}\n`))

/** Nothing where it is missing or empty. It may be a link, and another's: that is how Kubernetes and systemd hand out secrets. */
const read = (path: string) =>
  readText(path, limitBytes).pipe(
    Effect.map((text) => (text.trim() === "" ? undefined : Redacted.make(text.trim()))),
    Effect.catchIf(
      ({ fault }) => fault.code === "ENOENT",
      () => Effect.undefined
    ),
    Effect.mapError(({ fault }) => {
      const { en, zh } = why(fault)
      return new CannotServe({
        said: { en: `cannot read ${path} (${en})`, zh: `无法读取 ${path}（${zh}）` },
        cure: { en: "let this user read it, and others not", zh: "请允许当前用户读取它，并禁止他人读取" },
        exitCode: 9
      })
    })
  )

/** What the file holds, or what is made for it where it is missing and `make` says so. */
const orMade = Effect.fnUntraced(function* (path: string, made: Effect.Effect<Redacted.Redacted> | undefined) {
  const found = yield* read(path)
  if (found !== undefined) return { path, secret: found, isNew: false }
  if (made === undefined) {
    return yield* new CannotServe({
      said: { en: `there is nothing in ${path}`, zh: `${path} 中没有内容` },
      cure: {
        en: "make it with: (umask 077; openssl rand -base64 32 > FILE), the same on every machine; for a token, any 32 letters or more do",
        zh: "请用以下命令生成：(umask 077; openssl rand -base64 32 > FILE)，每台机器使用相同内容；令牌可为任意 32 个以上的字母"
      },
      exitCode: 9
    })
  }
  const secret = yield* made
  yield* write(path, secret)
  return { path, secret, isNew: true }
})

const newToken = Effect.sync(() => Redacted.make(randomBytes(32).toString("base64url")))

/** The key file. One of several machines is not made here, since all of them need the same. */
export const keys = (folder: string, file: string | undefined, mayMake: boolean) =>
  orMade(file ?? join(folder, "fleet.key"), mayMake && file === undefined ? newKey : undefined)

/**
 * Puts a new key first, unless somebody has put one there: the old ones open what was sealed with them, those that are in use though the file
 * lost them included. A file that is no key file any more is left as it is.
 */
export const addKey = Effect.fnUntraced(function* (path: string, keyring: Keyring["Service"]) {
  const key = yield* newKey
  const found = yield* read(path)
  if (found !== undefined) yield* makeKeyring(found)
  const linesOf = (text: Redacted.Redacted | undefined) =>
    text === undefined
      ? []
      : Redacted.value(text)
          .split("\n")
          .map((line) => line.trim())
          .filter((line) => line !== "")
  const [there, used] = [linesOf(found), linesOf(keyring.text())]
  if (found !== undefined && there.indexOf(used[0]!) > 0) return found
  // The oldest stays at the end.
  const all = Redacted.make(Array.from(new Set([...linesOf(key), ...there, ...used])).join("\n"))
  yield* write(path, all)
  return all
})

/** The key file as it is now. */
export const readKeys = (path: string) => Effect.map(orMade(path, undefined), ({ secret }) => secret)

/** Keys as `from` has them, from now on. */
export const renewed = (
  keyring: Keyring["Service"],
  from: Effect.Effect<Redacted.Redacted, CannotServe | BadKeys>
): Effect.Effect<void, VaultFailed> =>
  Effect.mapError(
    Effect.flatMap(from, keyring.replace),
    ({ _tag: detail }) => new VaultFailed({ reason: "key file", detail })
  )

export interface TokenFiles {
  readonly read?: string | undefined
  readonly secrets?: string | undefined
}

/** Both tokens. A short one can be guessed. */
export const tokens = Effect.fnUntraced(function* (folder: string, files: TokenFiles, mayMake: boolean) {
  const one = Effect.fnUntraced(function* (scope: "read" | "secrets") {
    const path = files[scope] ?? join(folder, `${scope}.token`)
    const found = yield* orMade(path, mayMake && files[scope] === undefined ? newToken : undefined)
    if (/^[\x21-\x7e]{32,512}$/.test(Redacted.value(found.secret))) return found
    return yield* new CannotServe({
      said: { en: `${path} holds no token`, zh: `${path} 中不是令牌` },
      cure: { en: "write one line of 32 letters or more, without spaces", zh: "请写入一行 32 个以上、不含空格的字符" },
      exitCode: 9
    })
  })
  return { read: yield* one("read"), secrets: yield* one("secrets") }
})

/** For whoever takes the webhooks: what they are signed with. */
export const writeSecret = (folder: string, name: string, secret: Uint8Array) => {
  const path = join(folder, name)
  return Effect.as(write(path, Redacted.make(Buffer.from(secret).toString("base64"))), path)
}
