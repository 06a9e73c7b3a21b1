/**
 * Where a server listens, and what it may be called by those whom it is meant for.
 */
import { isIP } from "node:net"
import { hostname, networkInterfaces } from "node:os"

/** An IPv6 address without brackets; port 0 is any that is free. */
export interface HostPort {
  readonly host: string
  readonly port: number
}

/** Whether nobody but this machine reaches the host. */
export const isLoopback = (host: string): boolean => host === "localhost" || host === "::1" || host.startsWith("127.")

/** As it stands in a URL. */
export const bracketed = (host: string): string => (isIP(host) === 6 ? `[${host}]` : host)

/** What others may call this machine, where it listens for them: the address that was named, or all that it has. */
export const addressesOf = (host: string): ReadonlySet<string> => {
  const isUnspecified = host === "0.0.0.0" || host === "::"
  const own = Object.values(networkInterfaces()).flatMap((found) => found?.map(({ address }) => address) ?? [])
  return new Set((isUnspecified ? [hostname(), ...own] : [host]).map((name) => bracketed(name.toLowerCase())))
}
