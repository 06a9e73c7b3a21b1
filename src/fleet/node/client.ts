/**
 * What the commands ask of a fleet, by its API. It is loaded from a file of its own, so that what goes in and out are plain values.
 */
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as HttpClient from "effect/http/HttpClient"
import { isHttpClientError } from "effect/http/HttpClientError"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as HttpApiClient from "effect/http-api/HttpApiClient"
import { exitCodeOf, isLoginError, said } from "../../errors/LoginError.ts"
import type { Bilingual } from "../../Language.ts"
import { fromJson, type SessionJson } from "../../Session.ts"
import { type How, LoginStep } from "../Account.ts"
import { Api } from "../api/Api.ts"
import { type State, Status, VaultFailed } from "../Status.ts"

/** Where the fleet is, and the token for it. */
export interface Where {
  readonly url: string
  readonly token: string
}

export type Asked =
  | { readonly what: "list"; readonly state?: State | undefined; readonly site?: string | undefined }
  | { readonly what: "status" | "pause" | "resume" | "forget" | "link"; readonly profile: string }
  | { readonly what: "ensure"; readonly profile: string; readonly how: How }
  | {
      readonly what: "add"
      readonly profile: string
      readonly site: string
      readonly session?: SessionJson | undefined
      readonly egress?: string | undefined
    }
  | { readonly what: "rotate" }

export type StatusJson = typeof Status.Encoded

/** What the fleet answered, or why it did not: with the exit code for that. */
export type Answer =
  | { readonly accounts: ReadonlyArray<StatusJson> }
  | { readonly link: string }
  | { readonly key: string; readonly resealed: number }
  | Failed

export interface Failed {
  readonly failed: {
    readonly tag: string
    readonly message: Bilingual
    readonly cure: Bilingual
    readonly exitCode: number
  }
}

const connect = ({ token, url }: Where) =>
  HttpApiClient.make(Api, {
    baseUrl: url,
    transformClient: (client) =>
      client.pipe(
        HttpClient.mapRequest(HttpClientRequest.bearerToken(token)),
        // Whom a fleet does not know is told so in plain words, which are no part of its API.
        HttpClient.filterStatus((status) => status !== 401)
      )
  })

const encode = Schema.encodeSync(Status)

const answer = Effect.fnUntraced(function* (where: Where, asked: Asked) {
  const { acting, reading } = yield* connect(where)
  const one = (account: Status) => ({ accounts: [encode(account)] })
  switch (asked.what) {
    case "list": {
      const accounts: Array<StatusJson> = []
      const { site, state } = asked
      for (let more = true; more;) {
        const after = accounts.at(-1)?.profile
        const page = yield* reading.list({
          query: {
            limit: 1000,
            ...(after === undefined ? {} : { after }),
            ...(state === undefined ? {} : { state }),
            ...(site === undefined ? {} : { site })
          }
        })
        accounts.push(...page.accounts.map((account) => encode(account)))
        more = page.accounts.length === 1000
      }
      return { accounts }
    }
    case "status":
      return one(yield* reading.status({ params: asked }))
    case "ensure":
      return one(yield* acting.ensure({ params: asked, payload: { how: asked.how } }))
    case "add": {
      const egress = asked.egress === undefined ? {} : { egress: asked.egress }
      const session = asked.session === undefined ? {} : { session: yield* fromJson(asked.session) }
      return one(yield* acting.add({ params: asked, payload: { site: asked.site, ...session, ...egress } }))
    }
    case "pause":
      return one(yield* acting.pause({ params: asked }))
    case "resume":
      return one(yield* acting.resume({ params: asked }))
    case "forget":
      yield* acting.forget({ params: asked })
      return { accounts: [] }
    case "link":
      return yield* acting.link({ params: asked })
    case "rotate":
      return yield* acting.rotate()
  }
})

const running = <A>(
  where: Where,
  effect: Effect.Effect<A, { readonly _tag: string }, HttpClient.HttpClient>,
  signal: AbortSignal
) =>
  Effect.runPromise(
    effect.pipe(
      Effect.catch((error): Effect.Effect<Failed> => Effect.succeed({ failed: failedOf(where, error) })),
      Effect.provideService(HttpClient.TracerPropagationEnabled, false),
      Effect.provide(NodeHttpClient.layerNodeHttp)
    ),
    { signal }
  )

/** Asks the fleet one thing. */
export const ask = (where: Where, asked: Asked, signal: AbortSignal): Promise<Answer> =>
  running(where, answer(where, asked), signal)

/** Begins a login, or joins it, and tells of it until somebody has signed in. */
export const watch = (
  where: Where,
  profile: string,
  onStep: (step: typeof LoginStep.Encoded) => void,
  signal: AbortSignal
): Promise<Failed | undefined> => {
  const encodeStep = Schema.encodeSync(LoginStep)
  const login = Effect.gen(function* () {
    const { acting } = yield* connect(where)
    const steps = yield* acting.login({ params: { profile } })
    yield* Stream.runForEach(steps, (step) => Effect.sync(() => onStep(encodeStep(step))))
    return undefined
  })
  return running(where, login, signal)
}

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
  VaultFailed: justNow
}

const isVaultFailed = Schema.is(VaultFailed)

const failedOf = ({ url }: Where, error: { readonly _tag: string }): Failed["failed"] => {
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
