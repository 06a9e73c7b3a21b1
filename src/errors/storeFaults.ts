/**
 * What is wrong with a place where sessions are kept: a reason and its data, and the words and the cure for it.
 */
import * as Schema from "effect/Schema"
import type { Bilingual } from "../Language.ts"
import { Complaint, wrongAt } from "./Complaint.ts"
import { plainText } from "./plainText.ts"

export const storeFault = {
  reason: Schema.Literals([
    // What the operating system says of a file, each with its `code`.
    "permission denied",
    "the operation is not permitted",
    "the file system is read-only",
    "no space is left on the device",
    "the disk quota is used up",
    "a part of the path is not a folder",
    "the path is too long",
    "the place cannot be made",
    "the device reported a fault",
    "too many files are open in this process",
    "system error",
    // What is no place for secrets.
    "this user has no home folder",
    "it belongs to another user",
    "it is a symbolic link",
    "it is not a folder",
    "it is not a plain file",
    "others can look into it, and this file system cannot prevent that",
    // What lies there.
    "it is far too large for a session",
    "it is not UTF-8 text",
    "it is not JSON",
    "it is not a saved session",
    "it has a newer format",
    "it holds another profile",
    "it is not one of the saved sessions",
    // What was asked for.
    "no name for a profile",
    "this profile holds a session of another site",
    "this profile belongs to another account",
    // What became of the place meanwhile.
    "it was forgotten meanwhile",
    "another session was saved there meanwhile",
    // Who else is there.
    "it cannot be locked",
    "this Node has no lock",
    "another process holds it",
    "the store failed",
    "no answer"
  ]),
  /** The system's own word for it (`EACCES`). */
  code: Schema.optionalKey(Schema.String),
  /**
   * The place that it is wrong with, where that is not the path: of what was tried, the nearest that is there. It lies above the path, or
   * is a file in its folder.
   */
  above: Schema.optionalKey(Schema.String),
  /** What the system, or the library of a store, says of it in its own words. */
  detail: Schema.optionalKey(Schema.String),
  /** Number of the user to whom it belongs, and of the one who runs this. */
  owner: Schema.optionalKey(Schema.Int),
  user: Schema.optionalKey(Schema.Int),
  /** The format that it has. */
  format: Schema.optionalKey(Schema.Finite),
  profile: Schema.optionalKey(Schema.String),
  site: Schema.optionalKey(Schema.String),
  /** How long was waited. */
  seconds: Schema.optionalKey(Schema.Finite),
  /** What the schema of a saved session does not take. */
  complaints: Schema.optionalKey(Schema.Array(Complaint))
} as const
export type StoreFault = Schema.Struct.Type<typeof storeFault>

/** What is said of a fault: the reason, and what to do about it. */
interface Said {
  readonly reason: Bilingual
  readonly cure: Bilingual
}

const generalCure: Bilingual = {
  en: "check the rights of that place and the space left",
  zh: "请检查该位置的权限和剩余空间"
}
const elsewhere: Bilingual = {
  en: "set XDG_STATE_HOME to a folder that this user can write to",
  zh: "请将 XDG_STATE_HOME 设为当前用户可写的目录"
}
const moreRoom: Bilingual = { en: "free some space there, then try again", zh: "请先释放该处的空间，再重试" }
const realPlace: Bilingual = {
  en: "put a real file or folder there, or choose another place",
  zh: "请改用真实的文件或目录，或另选位置"
}
const leftAlone: Bilingual = {
  en: "look at the file and move it away; it was left as it is",
  zh: "请查看并移走该文件；程序没有改动它"
}
const logInAgain: Bilingual = {
  en: "repair it or move it away, then log in again; it was left as it is",
  zh: "请修复或移走它，然后重新登录；程序没有改动它"
}
const reachable: Bilingual = {
  en: "check that the store can be reached and takes writes",
  zh: "请检查该存储是否可以连接和写入"
}

/** The reason in words, and the cure. What others have written is made safe to print. */
export const ofStore = (fault: StoreFault): Said => {
  const { above, code, complaints = [], format, owner, profile = "", seconds, site = "", user } = fault
  const detail = plainText(fault.detail ?? "")
  const ofSystem = ({ en, zh }: Bilingual, cure: Bilingual): Said => {
    const coded = code === undefined ? { en, zh } : { en: `${en} (${code})`, zh: `${zh}（${code}）` }
    const place = plainText(above ?? "")
    const reason = place === "" ? coded : { en: `${place}: ${coded.en}`, zh: `${place}：${coded.zh}` }
    return { reason, cure }
  }
  switch (fault.reason) {
    case "permission denied":
      return ofSystem({ en: fault.reason, zh: "权限不足" }, elsewhere)
    case "the operation is not permitted":
      return ofSystem({ en: fault.reason, zh: "不允许此操作" }, elsewhere)
    case "the file system is read-only":
      return ofSystem({ en: fault.reason, zh: "文件系统是只读的" }, elsewhere)
    case "no space is left on the device":
      return ofSystem({ en: fault.reason, zh: "设备上没有剩余空间" }, moreRoom)
    case "the disk quota is used up":
      return ofSystem({ en: fault.reason, zh: "磁盘配额已用完" }, moreRoom)
    case "a part of the path is not a folder":
      return ofSystem(
        { en: fault.reason, zh: "路径的一部分不是目录" },
        {
          en: "move away what stands in the way of the folder",
          zh: "请移走挡住该目录的文件"
        }
      )
    case "the path is too long":
      return ofSystem({ en: fault.reason, zh: "路径过长" }, elsewhere)
    case "the place cannot be made":
      return ofSystem({ en: fault.reason, zh: "无法在该处创建目录" }, elsewhere)
    case "the device reported a fault":
      return ofSystem({ en: fault.reason, zh: "设备报告故障" }, generalCure)
    case "too many files are open in this process":
      return ofSystem(
        { en: fault.reason, zh: "本进程打开的文件过多" },
        {
          en: "close some of them, or raise the limit (ulimit -n)",
          zh: "请关闭部分文件，或提高上限（ulimit -n）"
        }
      )
    case "system error":
      return { reason: { en: detail, zh: detail }, cure: generalCure }
    case "this user has no home folder":
      return {
        reason: { en: fault.reason, zh: "当前用户没有主目录" },
        cure: { en: "set HOME or XDG_STATE_HOME", zh: "请设置 HOME 或 XDG_STATE_HOME" }
      }
    case "it belongs to another user":
      return {
        reason: {
          en: `it belongs to user ${owner}, and this is user ${user}`,
          zh: `属于用户 ${owner}，而当前用户是 ${user}`
        },
        cure: {
          en: "run as the user who logged in, or choose another folder",
          zh: "请以登录时的用户身份运行，或另选目录"
        }
      }
    case "it is a symbolic link":
      return { reason: { en: fault.reason, zh: "是符号链接" }, cure: realPlace }
    case "it is not a folder":
      return { reason: { en: fault.reason, zh: "不是目录" }, cure: realPlace }
    case "it is not a plain file":
      return {
        reason: { en: fault.reason, zh: "不是普通文件" },
        cure: { en: "move it away, or choose another place", zh: "请移走它，或另选位置" }
      }
    case "others can look into it, and this file system cannot prevent that":
      return {
        reason: { en: fault.reason, zh: "其他用户可以查看它，而该文件系统无法阻止" },
        cure: {
          en: "set XDG_STATE_HOME to a folder on a file system with access rights",
          zh: "请将 XDG_STATE_HOME 设为支持访问权限的文件系统上的目录"
        }
      }
    case "it is far too large for a session":
      return { reason: { en: fault.reason, zh: "对会话文件来说过大" }, cure: leftAlone }
    case "it is not UTF-8 text":
      return { reason: { en: fault.reason, zh: "不是 UTF-8 文本" }, cure: leftAlone }
    case "it is not JSON":
      return { reason: { en: fault.reason, zh: "不是 JSON" }, cure: logInAgain }
    case "it is not a saved session": {
      const words = complaints.map(wrongAt)
      const [en, zh] = [words.map((word) => `: ${word.en}`).join(""), words.map((word) => `：${word.zh}`).join("")]
      return { reason: { en: `it is not a saved session${en}`, zh: `不是已保存的会话${zh}` }, cure: logInAgain }
    }
    case "it has a newer format":
      return {
        reason: {
          en: `it has format ${format}, and this version knows formats 1 and 2`,
          zh: `格式为 ${format}，而当前版本只认识格式 1 和 2`
        },
        cure: {
          en: "use the newer webqq-login that wrote it, or another folder or profile",
          zh: "请使用写入它的较新版本，或换用其他目录或会话名称"
        }
      }
    case "it holds another profile":
      return {
        reason: { en: `it holds the profile ${plainText(profile)}`, zh: `其中是名称 ${plainText(profile)} 的会话` },
        cure: logInAgain
      }
    case "it is not one of the saved sessions":
      return {
        reason: { en: fault.reason, zh: "不是已保存的会话" },
        cure: { en: "move it away; it was left as it is", zh: "请移走该文件；程序没有改动它" }
      }
    case "no name for a profile": {
      const name = plainText(JSON.stringify(profile))
      return {
        reason: { en: `${name} cannot be the name of a profile`, zh: `${name} 不能用作会话名称` },
        cure: {
          en: "use letters, digits and . _ -, at most 64, begin with a letter or digit, do not end with a dot, and leave con, nul and their like to Windows",
          zh: "请使用字母、数字和 . _ -，最多 64 个字符，以字母或数字开头，不以点结尾，也不要使用 con、nul 等 Windows 设备名"
        }
      }
    }
    case "this profile holds a session of another site":
      return {
        reason: {
          en: `this profile holds a session of ${plainText(site)}`,
          zh: `该名称下保存的是 ${plainText(site)} 的会话`
        },
        cure: { en: "use another profile for this site", zh: "请为该站点使用另一个会话名称" }
      }
    case "this profile belongs to another account":
      return {
        reason: { en: fault.reason, zh: "该名称属于另一个账号" },
        cure: { en: "scan the code with the account that it was made for", zh: "请用原来的账号扫码" }
      }
    case "it was forgotten meanwhile":
      return {
        reason: { en: "the session was forgotten meanwhile", zh: "该会话在此期间已被删除" },
        cure: {
          en: "log in again if it is to be kept: it was not saved anew",
          zh: "没有重新保存；如需保留，请重新登录"
        }
      }
    case "another session was saved there meanwhile":
      return {
        reason: { en: fault.reason, zh: "在此期间那里保存了另一个会话" },
        cure: { en: "use that one: it was left as it is", zh: "请使用那个会话；程序没有改动它" }
      }
    case "it cannot be locked":
      return {
        reason: { en: `it cannot be locked: ${detail}`, zh: `无法加锁：${detail}` },
        cure: {
          en: "delete this file (it holds nothing), or choose a folder on a local disk",
          zh: "请删除此文件（其中没有内容），或选择本地磁盘上的目录"
        }
      }
    case "this Node has no lock":
      return {
        reason: {
          en: "it cannot be locked: this Node was built without node:sqlite",
          zh: "无法加锁：此 Node 不含 node:sqlite"
        },
        cure: { en: "use a Node from nodejs.org", zh: "请使用 nodejs.org 提供的 Node" }
      }
    case "another process holds it":
      return {
        reason: { en: `another process has held it for ${seconds} s`, zh: `另一个进程已占用它 ${seconds} 秒` },
        cure: {
          en: "look for a webqq-login that is stopped or stuck, and end it; the lock ends with it",
          zh: "请检查是否有被暂停或卡住的 webqq-login 并结束它；锁会随之释放"
        }
      }
    case "the store failed":
      return { reason: { en: detail, zh: detail }, cure: reachable }
    case "no answer":
      return { reason: { en: `no answer within ${seconds} s`, zh: `${seconds} 秒内没有响应` }, cure: reachable }
  }
}
