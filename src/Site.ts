/**
 * Where one can log in, as data. The three QR requests are the same for every Tencent site; what differs is a few
 * numbers, an address, the hosts to trust, and what follows check_sig. Each site stands under `sites/`.
 */
import { isBelow } from "./cookieRules.ts"
import { music } from "./sites/music.ts"
import { game, pd, qun, vip } from "./sites/others.ts"
import { qzone, qzoneH5 } from "./sites/qzone.ts"
import type { Site } from "./sites/schema.ts"
import { webqq, webqq2015, webqq2018 } from "./sites/webqq.ts"

export type { Authorize } from "./sites/authorize.ts"
export type { Check, Sign } from "./sites/check.ts"
export { Dialect, Site } from "./sites/schema.ts"
export { game, music, pd, qun, qzone, qzoneH5, vip, webqq, webqq2015, webqq2018 }

/** Every site that comes with the library. */
export const all: ReadonlyArray<Site> = [qzone, qzoneH5, qun, vip, music, game, pd, webqq, webqq2018, webqq2015]

/** The site of that name, if there is one. */
export const find = (name: string): Site | undefined => all.find((site) => site.name === name)

/** The host where a session of the site is used. */
export const opens = (site: Site): string => site.opens ?? site.target

/** Whom the site's data lead to beside Tencent's servers for codes: every host that is named there, once. */
export const hostsOf = (site: Site): ReadonlyArray<string> => {
  const { authorize, check, redirectHosts, target } = site
  const addresses = [check?.url, authorize?.redirectUri].flatMap((address) => address ?? [])
  const inAddresses = addresses.map((address) => new URL(address).hostname)
  return [...new Set([...redirectHosts, target, opens(site), ...inAddresses, ...(authorize?.redeemHosts ?? [])])]
}

/** Whether a host is the site's own, so that it may be asked with a session: the one where it is used, or any whose cookies it keeps. */
export const owns = (site: Site, host: string): boolean =>
  host === opens(site) || host === site.target || site.cookieDomains.some((domain) => isBelow(host, domain))
