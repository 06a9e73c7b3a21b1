/**
 * What can be seen of this machine without a network: Node, the terminal, folders and what lies there. Nothing is changed.
 */
import * as Effect from "effect/Effect"
import * as Fs from "node:fs"
import { join } from "node:path"
import { exitCodes, said, type StoreFailed } from "../../errors/LoginError.ts"
import { nearest } from "../../files/nearest.ts"
import type { Bilingual } from "../../Language.ts"
import { SessionStore } from "../../store/SessionStore.ts"
import * as Stores from "../inputs/stores.ts"
import type { Surroundings } from "../inputs/Surroundings.ts"
import { codeOf } from "../process/CommandFailed.ts"
import type { Finding } from "./Finding.ts"

/** An older one does not come this far (scripts/launcher.cjs). */
export const node = (): Finding => ({
  check: "node",
  state: "well",
  message: {
    en: `${process.versions.node} on ${process.platform} (22.20 or newer is needed)`,
    zh: `${process.versions.node}，${process.platform}（需要 22.20 或更新的版本）`
  }
})

/** Of the smallest code that servers send, with its frame and the line below it. */
const needed = { columns: 37, rows: 21 }

export const terminal = ({ env, streams }: Surroundings): Finding => {
  const size = streams.terminal()
  const because = (message: Bilingual): Finding => ({ check: "terminal", state: "note", message, cure: otherPlaces })
  if (size === undefined) {
    return because({
      en: "stderr is no terminal that can show a code: it goes to a file",
      zh: "标准错误输出不是能显示二维码的终端：二维码会写入文件"
    })
  }
  if (env["NO_COLOR"])
    return because({ en: "NO_COLOR is set: the code goes to a file", zh: "已设置 NO_COLOR：二维码会写入文件" })
  const { columns, rows } = size
  if (columns < needed.columns || rows < needed.rows) {
    return because({
      en: `${columns} × ${rows} is too small for a code (${needed.columns} × ${needed.rows})`,
      zh: `${columns} × ${rows} 放不下二维码（需要 ${needed.columns} × ${needed.rows}）`
    })
  }
  return {
    check: "terminal",
    state: "well",
    message: { en: `can show a code (${columns} × ${rows})`, zh: `可以显示二维码（${columns} × ${rows}）` }
  }
}

const otherPlaces: Bilingual = {
  en: "use a larger terminal, --qr page, or --qr-file",
  zh: "请使用更大的终端、--qr page 或 --qr-file"
}

/** The folder of the sessions, and what lies in it. Where it is missing, whether it could be made. */
export const sessions = (around: Surroundings): Effect.Effect<ReadonlyArray<Finding>> =>
  SessionStore.use(({ list, where }) =>
    Effect.map(Effect.result(list), (listed): ReadonlyArray<Finding> => {
      if (listed._tag === "Failure") return [ofStore("folder", listed.failure)]
      const { broken, saved } = listed.success
      const profiles = saved.map(({ profile }) => profile).join(", ")
      return [
        folder(where),
        {
          check: "sessions",
          state: "well",
          message:
            saved.length === 0
              ? { en: "none is saved", zh: "没有已保存的会话" }
              : {
                  en: `${saved.length} can be read: ${profiles}; webqq-login status asks their servers`,
                  zh: `${saved.length} 个可以读取：${profiles}；webqq-login status 可向服务器确认`
                }
        },
        ...broken.map((error) => ofStore("sessions", error))
      ]
    })
  ).pipe(
    Effect.provide(Stores.forSessions(around)),
    Effect.catch((error) => Effect.succeed([ofStore("folder", error)]))
  )

const ofStore = (check: Finding["check"], error: StoreFailed): Finding => ({
  check,
  state: "fault",
  ...said(error),
  exitCode: exitCodes.StoreFailed
})

const folder = (where: string): Finding => {
  const wrong = (place: string, code: string): Finding => ({
    check: "folder",
    state: "fault",
    message: { en: `${place} cannot be written (${code})`, zh: `${place} 无法写入（${code}）` },
    cure: {
      en: "set XDG_STATE_HOME to a folder that this user can write to",
      zh: "请将 XDG_STATE_HOME 设为当前用户可写的目录"
    },
    exitCode: exitCodes.StoreFailed
  })
  const place = nearest(where)
  try {
    // To ask for the right to write is not enough: of root, and of places such as /proc, the answer says nothing.
    Fs.rmdirSync(Fs.mkdtempSync(join(place, ".webqq-login-")))
  } catch (cause) {
    return wrong(place, codeOf(cause))
  }
  const { mode } = Fs.statSync(place)
  if (place !== where) {
    return {
      check: "folder",
      state: "well",
      message: { en: `${where} can be made when it is needed`, zh: `${where} 在需要时可以创建` }
    }
  }
  return process.platform !== "win32" && (mode & 0o077) !== 0
    ? {
        check: "folder",
        state: "note",
        message: { en: `others can look into ${where}`, zh: `其他用户可以查看 ${where}` },
        cure: {
          en: `chmod 700 ${where}; the next login does that, too`,
          zh: `chmod 700 ${where}；下次登录时也会这样做`
        }
      }
    : {
        check: "folder",
        state: "well",
        message: { en: `${where}, closed to others`, zh: `${where}，其他用户无法访问` }
      }
}

/** Where compiled code is kept: the launcher has seen to it that nobody else can write there (scripts/launcher.cjs), or left it. */
export const cache = ({ env }: Surroundings): Finding => {
  const folder = process.getBuiltinModule("node:module").getCompileCacheDir()
  if (folder !== undefined) return { check: "cache", state: "well", message: { en: folder, zh: folder } }
  if (env["NODE_DISABLE_COMPILE_CACHE"]) {
    const off = { en: "switched off by NODE_DISABLE_COMPILE_CACHE", zh: "已由 NODE_DISABLE_COMPILE_CACHE 关闭" }
    return { check: "cache", state: "note", message: off }
  }
  return {
    check: "cache",
    state: "note",
    message: {
      en: "none: there is no folder for it that nobody else can write to or exchange",
      zh: "未使用：没有其他用户无法写入或替换的目录"
    },
    cure: {
      en: "it starts a little slower without; set XDG_CACHE_HOME to a folder of your own",
      zh: "没有缓存时启动稍慢；可将 XDG_CACHE_HOME 设为自己的目录"
    }
  }
}
