/**
 * X.509 certificates (RFC 5280) that sign with ECDSA on P-256 and SHA-256: as much of DER as two kinds of them need, an authority's and a
 * server's. Node reads certificates and makes none.
 */
import type { KeyObject } from "node:crypto"

const der = (tag: number, ...parts: ReadonlyArray<Uint8Array>): Buffer => {
  const content = Buffer.concat(parts)
  const size = content.length
  const length = size < 0x80 ? [size] : size < 0x100 ? [0x81, size] : [0x82, size >> 8, size & 0xff]
  return Buffer.concat([Buffer.from([tag, ...length]), content])
}
const sequence = (...parts: ReadonlyArray<Uint8Array>) => der(0x30, ...parts)
const set = (...parts: ReadonlyArray<Uint8Array>) => der(0x31, ...parts)
const octets = (content: Uint8Array) => der(0x04, content)
const bits = (content: Uint8Array, unused = 0) => der(0x03, Buffer.from([unused]), content)
const text = (value: string) => der(0x0c, Buffer.from(value))
const hex = (value: string) => Buffer.from(value, "hex")
const yes = der(0x01, hex("ff"))

// Object identifiers, encoded.
const oids = {
  commonName: hex("550403"),
  subjectKey: hex("551d0e"),
  keyUsage: hex("551d0f"),
  alternativeNames: hex("551d11"),
  basicConstraints: hex("551d13"),
  authorityKey: hex("551d23"),
  extendedKeyUsage: hex("551d25"),
  serverAuthentication: hex("2b06010505070301"),
  ecdsaWithSha256: hex("2a8648ce3d040302")
}
const oid = (name: keyof typeof oids) => der(0x06, oids[name])
const algorithm = sequence(oid("ecdsaWithSha256"))

const nameOf = (commonName: string) => sequence(set(sequence(oid("commonName"), text(commonName))))
const extension = (name: keyof typeof oids, value: Uint8Array, critical = false) =>
  sequence(oid(name), ...(critical ? [yes] : []), octets(value))

/** A time in seconds: two digits for the year until 2049, as the standard has it, and four from then on. */
const time = (millis: number) => {
  const [digits = ""] = new Date(millis).toISOString().replaceAll(/[-:T]/g, "").split(".")
  return digits < "2050" ? der(0x17, Buffer.from(`${digits.slice(2)}Z`)) : der(0x18, Buffer.from(`${digits}Z`))
}

/** One key pair, and what stands in certificates for it. */
export interface Holder {
  readonly commonName: string
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
}

/** Host names and IPv4 or IPv6 addresses that a server answers to; an authority has none. */
export interface Content {
  readonly subject: Holder
  readonly issuer: Holder
  readonly names?: ReadonlyArray<string>
  /** Milliseconds since 1970. */
  readonly from: number
  readonly to: number
}

/** A certificate in PEM. Its number follows from what stands in it, so that no two of an authority's have the same. */
export const certificate = ({ from, issuer, names, subject, to }: Content): string => {
  const { createHash, sign } = process.getBuiltinModule("node:crypto")
  const sha256 = (...parts: ReadonlyArray<Uint8Array>) => createHash("sha256").update(Buffer.concat(parts)).digest()
  const spki = ({ publicKey }: Holder) => publicKey.export({ type: "spki", format: "der" })
  const keyIdentifier = (holder: Holder) => sha256(spki(holder)).subarray(0, 20)
  const isAuthority = names === undefined
  const extensions = sequence(
    extension("basicConstraints", isAuthority ? sequence(yes) : sequence(), true),
    // keyCertSign, or digitalSignature.
    extension("keyUsage", isAuthority ? bits(hex("04"), 2) : bits(hex("80"), 7), true),
    extension("subjectKey", octets(keyIdentifier(subject))),
    extension("authorityKey", sequence(der(0x80, keyIdentifier(issuer)))),
    ...(isAuthority
      ? []
      : [
          extension("extendedKeyUsage", sequence(oid("serverAuthentication"))),
          extension("alternativeNames", sequence(...names.map(alternativeName)))
        ])
  )
  const content = [
    algorithm,
    nameOf(issuer.commonName),
    sequence(time(from), time(to)),
    nameOf(subject.commonName),
    spki(subject),
    der(0xa3, extensions)
  ]
  // Positive, not zero, and at most 20 bytes.
  const number = der(0x02, hex("01"), sha256(...content).subarray(0, 15))
  const body = sequence(der(0xa0, der(0x02, hex("02"))), number, ...content)
  const signed = sequence(body, algorithm, bits(sign("sha256", body, issuer.privateKey)))
  const lines = signed.toString("base64").match(/.{1,64}/g) ?? []
  return ["-----BEGIN CERTIFICATE-----", ...lines, "-----END CERTIFICATE-----", ""].join("\n")
}

const alternativeName = (name: string) => {
  const { isIP } = process.getBuiltinModule("node:net")
  if (isIP(name) === 4) return der(0x87, Buffer.from(name.split(".").map(Number)))
  if (name === "::1") return der(0x87, Buffer.alloc(15), hex("01"))
  return der(0x82, Buffer.from(name))
}
