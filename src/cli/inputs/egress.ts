/**
 * The proxies of a fleet, by the names that its accounts have for them: a file, since an address may hold a password.
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { readText } from "../../files/namedFile.ts"
import { why } from "../../files/UnreadableFile.ts"
import { proxyAddress } from "../line/networkFlags.ts"
import { profileName } from "../line/profileName.ts"
import { usage } from "../process/CommandFailed.ts"

/** Bytes. A proxy has about sixty. */
const limit = 2 ** 20

const decode = Schema.decodeUnknownEffect(Schema.fromJsonString(Schema.Record(Schema.String, Schema.String)))

const cure = {
  en: 'expected {"NAME": "socks5://127.0.0.1:1080", …}; addresses as --proxy takes them, or none',
  zh: '应为 {"名称": "socks5://127.0.0.1:1080", …}；地址格式与 --proxy 相同，或 none'
}

/** Agents by the names of the file. No address of it is in what is said. */
export const egress = Effect.fnUntraced(function* (path: string) {
  const text = yield* Effect.mapError(readText(path, limit), ({ fault }) => {
    const { en, zh } = why(fault)
    return usage({ en: `cannot read ${path} (${en})`, zh: `无法读取 ${path}（${zh}）` }, cure)
  })
  const proxies = yield* Effect.mapError(decode(text), () =>
    usage({ en: `${path} holds no proxies by their names`, zh: `${path} 中没有按名称列出的代理` }, cure)
  )
  const Proxy = yield* Effect.promise(() => import("../network/proxy.ts"))
  const agents: Record<
    string,
    { readonly http: ReturnType<typeof Proxy.agent>; readonly https: ReturnType<typeof Proxy.agent> }
  > = {}
  for (const [at, [name, address]] of Object.entries(proxies).entries()) {
    if (profileName.read(name) === undefined || proxyAddress.read(address) === undefined) {
      const entry = at + 1
      return yield* usage(
        { en: `${path}: entry ${entry} is no proxy that can be used`, zh: `${path}：第 ${entry} 项不是可用的代理` },
        cure
      )
    }
    const agent = Proxy.agent(() => (address === "none" ? "" : address))
    agents[name] = { http: agent, https: agent }
  }
  return agents
})
