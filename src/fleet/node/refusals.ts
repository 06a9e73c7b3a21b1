/**
 * What the commands say where a fleet did not do what it was asked, with the exit code of that.
 */
import * as Schema from "effect/Schema"
import { isHttpClientError } from "effect/http/HttpClientError"
import { exitCodeOf, isLoginError, said } from "../../errors/LoginError.ts"
import type { Bilingual } from "../../Language.ts"
import { VaultFailed } from "../Status.ts"

export interface Failed {
  readonly failed: {
    readonly tag: string
    readonly message: Bilingual
    readonly cure: Bilingual
    readonly exitCode: number
  }
}

/** It took the question, and no more was heard of it. */
export const noAnswer = { _tag: "NoAnswer" } as const

/** Without what may be a password. */
const shown = (url: string) => {
  const { host, pathname, protocol } = new URL(url)
  return `${protocol}//${host}${pathname}`
}

const nameToken: Bilingual = {
  en: "name the file with --token-file, as fleet serve has printed it",
  zh: "请用 --token-file 指定 fleet serve 打印的文件"
}
const justNow = [
  6,
  { en: "the fleet cannot do it just now", zh: "服务暂时无法完成" },
  { en: "try again in a moment", zh: "请稍后重试" }
] as const

const unknownToken = [2, { en: "the fleet does not know this token", zh: "服务不接受此令牌" }, nameToken] as const
const noKeys = [
  9,
  {
    en: "the key file cannot be written, or holds other keys than those in use; nothing was changed",
    zh: "密钥文件无法写入，或其中没有正在使用的密钥；未作任何更改"
  },
  {
    en: "let the fleet write it, or put back its key file with the key in use below the new one, and ask again; do not end the fleet before, since it still has its keys",
    zh: "请确保服务可以写入该文件，或恢复密钥文件（新密钥在前，正在使用的密钥在后），然后重试；在此之前请勿停止服务，密钥仍在其内存中"
  }
] as const
/** Something answers, and in another way than a fleet. */
const strange = (url: string, status: number) =>
  [
    { en: `${url} answers ${status}, as no fleet should`, zh: `${url} 返回 ${status}，不是 fleet 服务应有的响应` },
    {
      en: "name the address of the fleet with --fleet; if it is the right one, look at what fleet serve has printed",
      zh: "请用 --fleet 指定服务的地址；若地址无误，请查看 fleet serve 的输出"
    }
  ] as const

/** What is said of each failure of the API: its exit code, what happened, and what to do. */
const failures: Readonly<Record<string, readonly [exitCode: number, message: Bilingual, cure: Bilingual]>> = {
  Unauthorized: unknownToken,
  Forbidden: [2, { en: "this token may only read", zh: "此令牌只有读取权限" }, nameToken],
  NoAccount: [
    4,
    { en: "there is no account of this profile", zh: "没有此名称的账号" },
    { en: "see fleet list, or make it with fleet add", zh: "请查看 fleet list，或用 fleet add 添加" }
  ],
  AlreadyThere: [
    2,
    { en: "there is an account of this profile already", zh: "已有此名称的账号" },
    { en: "choose another name, or forget that one first", zh: "请换一个名称，或先删除已有的账号" }
  ],
  Wrong: [
    2,
    { en: "the session is of another site, or no site is called so", zh: "会话属于其他站点，或没有此站点" },
    {
      en: "name its site with --site; webqq-login sites lists them; one of your own comes with its session: fleet add --from-store",
      zh: "请用 --site 指定其站点；webqq-login sites 列出全部站点；自定义站点须随会话导入：fleet add --from-store"
    }
  ],
  OtherAccount: [
    4,
    { en: "another account scanned the code", zh: "扫码的是另一个账号" },
    { en: "scan it with the account that the profile was made for", zh: "请用该名称对应的账号扫码" }
  ],
  NoEgress: [
    6,
    { en: "no machine offers the egress of this account just now", zh: "目前没有机器提供该账号的出口" },
    {
      en: "start a machine that holds it with fleet serve --egress NAME, or name its proxy in --egress-file there",
      zh: "请在占用该出口的机器上运行 fleet serve --egress 名称，或在其 --egress-file 中写明代理"
    }
  ],
  NotNow: justNow,
  VaultFailed: justNow,
  NoAnswer: [
    6,
    {
      en: "the fleet takes what it is asked, and does not answer",
      zh: "服务接受了请求，但没有响应"
    },
    {
      en: "look at what fleet serve has printed, and start it again where it hangs; if it is another program that listens there, name the address of the fleet with --fleet",
      zh: "请查看 fleet serve 的输出，若已无响应请重新启动；若监听该地址的是其他程序，请用 --fleet 指定服务的地址"
    }
  ]
}

const isVaultFailed = Schema.is(VaultFailed)

/** What is said of a question that failed, to a fleet at this address. */
export const failedOf = (url: string, error: { readonly _tag: string }): Failed["failed"] => {
  const tag = error._tag
  const told = (exitCode: number, message: Bilingual, cure: Bilingual) => ({ tag, exitCode, message, cure })
  if (isLoginError(error)) return told(exitCodeOf(error), said(error).message, said(error).cure)
  if (isHttpClientError(error)) {
    const status = error.response?.status
    if (status === 401) return { ...told(...unknownToken), tag: "Unauthorized" }
    if (status !== undefined) return told(status < 500 ? 7 : 6, ...strange(shown(url), status))
    return told(
      6,
      { en: `no fleet answers at ${shown(url)}`, zh: `${shown(url)} 没有服务响应` },
      {
        en: "start it with webqq-login fleet serve, or name its address with --fleet",
        zh: "请用 webqq-login fleet serve 启动，或用 --fleet 指定地址"
      }
    )
  }
  if (isVaultFailed(error) && error.reason === "key file") return told(...noKeys)
  const known = Object.hasOwn(failures, tag) ? failures[tag] : undefined
  return known !== undefined
    ? told(...known)
    : told(
        7,
        { en: `the fleet answers something unknown (${tag})`, zh: `服务的响应无法识别（${tag}）` },
        { en: "use the same version here and there", zh: "请在两端使用相同的版本" }
      )
}
