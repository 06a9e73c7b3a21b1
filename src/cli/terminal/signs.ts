/**
 * The numbers that sign a site's calls, and the cookie that each is the hash of.
 */
import type * as Site from "../../Site.ts"

export const signsOf = ({ needs, signing = { gtk: "p_skey", bkn: "skey" } }: Site.Site) => [
  ...(needs?.includes("p_skey") === false ? [] : [{ name: "gtk", of: signing.gtk } as const]),
  ...(needs?.includes("skey") === true || signing.bkn === "p_skey" ? [{ name: "bkn", of: signing.bkn } as const] : [])
]
