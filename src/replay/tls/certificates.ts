/**
 * What an https server shows of an authority: the name that a client wants to see, made when it is asked for.
 */
import type { Tls } from "../../loopback/listen.ts"
import type { Authority } from "./Authority.ts"

// A client may ask for as many names as it likes; what is kept is bounded.
const kept = 200

const isName = /^[\w-]{1,63}(?:\.[\w-]{1,63}){0,30}$/

/** The names of this machine where a client names none, and otherwise what it names. */
export const certificates = (authority: Authority): Tls & { readonly key: string; readonly cert: string } => {
  const { createSecureContext } = process.getBuiltinModule("node:tls")
  const contexts = new Map<string, ReturnType<typeof createSecureContext>>()
  return {
    ...authority.vouchFor("localhost", "127.0.0.1", "::1"),
    certificateFor: (name) => {
      if (!isName.test(name)) return undefined
      const known = contexts.get(name)
      if (known !== undefined) return known
      const made = createSecureContext(authority.vouchFor(name))
      if (contexts.size >= kept) contexts.clear()
      contexts.set(name, made)
      return made
    }
  }
}
