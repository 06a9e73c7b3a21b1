import { generateKeyPairSync } from "node:crypto"
import { certificate } from "../../src/replay/tls/x509.ts"

/** A self-signed certificate for these host names (years 2000 to 2049), and its key, both PEM. Made afresh on every call. */
export const selfSigned = (hosts: ReadonlyArray<string>): { readonly key: string; readonly cert: string } => {
  const self = { commonName: "replay", ...generateKeyPairSync("ec", { namedCurve: "P-256" }) }
  return {
    key: self.privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    cert: certificate({ subject: self, issuer: self, names: hosts, from: Date.UTC(2000), to: Date.UTC(2049, 11, 31) })
  }
}
