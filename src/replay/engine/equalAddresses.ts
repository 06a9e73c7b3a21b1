/**
 * Addresses that are the same to the server: another host that answers alike, http beside https.
 */
import type { Equal } from "../format/ScenarioFile.ts"
import type { ReadRequest } from "./wireRequest.ts"

type Groups = ReadonlyArray<Equal>

/** What follows a request to another address: the page that it comes from. */
const pages = ["referer", "origin"] as const

/**
 * The request under each address that is equal to its own, its own first. Referer and Origin follow: a page of http is to the http address
 * what a page of https is to the https one, and one of the other scheme stays one of the other. Where two groups lead to one address, and to
 * another page, each is one.
 */
export const underEqual = (groups: Groups, request: ReadRequest): ReadonlyArray<ReadRequest> => {
  const found = new Map([["", request]])
  for (const { addresses } of groups) {
    const own = addresses.findIndex((address) => request.address.startsWith(address))
    if (own < 0) continue
    const rest = request.address.slice(addresses[own]?.length)
    addresses.forEach((beginning, other) => {
      const address = `${beginning}${rest}`
      if (address === request.address) return
      const there = moved(groups, request, own, other, address)
      const key = JSON.stringify([address, ...pages.map((name) => there.headers().get(name))])
      if (!found.has(key)) found.set(key, there)
    })
  }
  return [...found.values()]
}

const moved = (groups: Groups, request: ReadRequest, own: number, other: number, address: string): ReadRequest => {
  const pairs = groups.flatMap(({ addresses: { [own]: from, [other]: to } }) =>
    from === undefined || to === undefined ? [] : [[from, to] as const]
  )
  const swap = (text: string) => {
    for (const [from, to] of pairs) {
      if (text.startsWith(from)) return `${to}${text.slice(from.length)}`
      if (text.startsWith(to)) return `${from}${text.slice(to.length)}`
      // An Origin has no path.
      if (`${text}/` === from) return to.slice(0, -1)
      if (`${text}/` === to) return from.slice(0, -1)
    }
    return text
  }
  const headers = new Map(request.headers())
  for (const name of pages) {
    const values = headers.get(name)
    if (values !== undefined) headers.set(name, values.map(swap))
  }
  return { ...request, address, headers: () => headers }
}
