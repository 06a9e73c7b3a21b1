/**
 * A certificate authority for one run: it vouches for whatever host a client asks for. Its key never leaves the memory of this process, so
 * that a certificate of it that somebody forgot to take out of a trust store is good for nothing afterwards.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type { Holder } from "./x509.ts"
import { certificate } from "./x509.ts"

export interface Authority {
  /** Its own certificate, in PEM: what a client has to trust. */
  readonly certificate: string
  /** Key and certificate, in PEM, of a server of these names: host names, IPv4 addresses, or `::1`. */
  readonly vouchFor: (...names: readonly [string, ...Array<string>]) => { readonly key: string; readonly cert: string }
}

const day = 24 * 60 * 60 * 1000
// What a client of macOS or iOS takes at most is 825 days.
const life = 397 * day

const holder = (commonName: string): Holder => ({
  commonName,
  ...process.getBuiltinModule("node:crypto").generateKeyPairSync("ec", { namedCurve: "P-256" })
})

// Clients look at the clock of the machine, and so do we: a test's clock may stand in 1970.
const machine = Clock.Clock.defaultValue()

/** Makes one, with new keys. Its certificates begin a day ago, for clocks that go a little wrong, and last for 397 days. */
export const make: Effect.Effect<Authority> = Effect.sync(() => {
  const authority = holder("webqq-login, a throw-away authority for replays")
  const server = holder("webqq-login replay")
  const key = server.privateKey.export({ type: "pkcs8", format: "pem" }).toString()
  const from = machine.currentTimeMillisUnsafe() - day
  const validity = { from, to: from + life }
  return {
    certificate: certificate({ subject: authority, issuer: authority, ...validity }),
    vouchFor: (...names) => ({ key, cert: certificate({ subject: server, issuer: authority, names, ...validity }) })
  }
})
