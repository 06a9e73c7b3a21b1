/**
 * Where in a scenario the values of others stand: the words of our own format are none, whatever somebody is called.
 */
import type { Exchange, Outcome } from "../format/ScenarioFile.ts"

/** What becomes of one text, number or key of the file. */
export type Change = (at: { readonly place: string; readonly text: string }) => string

/** A JSON value with each of its texts and numbers changed, and its keys where they are not of our own format. */
export const changed = <A>(value: A, change: Change, place: string, keys: "ours" | "theirs" = "ours"): A => {
  const walk = (value: unknown, place: string): unknown => {
    if (typeof value === "string") return change({ place, text: value })
    if (typeof value === "number") {
      const made = change({ place, text: String(value) })
      return made === String(value) ? value : Number(made)
    }
    if (Array.isArray(value)) return value.map((item, index) => walk(item, `${place}.${index}`))
    if (typeof value !== "object" || value === null) return value
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [
        // The place of a key does not say the key.
        keys === "ours" ? key : change({ place, text: key }),
        walk(inner, `${place}.${key}`)
      ])
    )
  }
  return walk(value, place) as A
}

/** Cookies, parameters or fields: of names that are theirs, and values that are theirs unless they are matchers of ours. */
const changedMatchers = <A>(
  matchers: Readonly<Record<string, A>> | undefined,
  change: Change,
  place: string,
  keys: "ours" | "theirs"
) =>
  matchers === undefined
    ? undefined
    : Object.fromEntries(
        Object.entries(matchers).map(([name, matcher]) => {
          // First the name, so that no place says one that is found to hold a secret.
          const key = keys === "ours" ? name : change({ place, text: name })
          const at = `${place}.${name}`
          const isOurs = typeof matcher === "object" && matcher !== null && !("json" in matcher)
          const made = isOurs
            ? matcher
            : typeof matcher === "string"
              ? change({ place: at, text: matcher })
              : { json: changed((matcher as unknown as { json: unknown }).json, change, at, "theirs") }
          return [key, made]
        })
      )

// Method, status and the names that our format gives to things are not values of anybody.
export const changedExchange = (exchange: Exchange, change: Change, place: string): Exchange => {
  const { request, response } = exchange
  const { body, headers } = response
  const part = (name: "query" | "headers" | "cookies" | "form" | "json") => {
    const made = changedMatchers<unknown>(
      request[name],
      change,
      `${place}.request.${name}`,
      name === "headers" ? "ours" : "theirs"
    )
    return made === undefined ? {} : { [name]: made }
  }
  const at = `${place}.response.body`
  return {
    ...exchange,
    request: {
      method: request.method,
      url: change({ place: `${place}.request.url`, text: request.url }),
      ...part("query"),
      ...part("headers"),
      ...part("cookies"),
      ...part("form"),
      ...part("json")
    },
    response: {
      ...response,
      headers: changed(headers, change, `${place}.response.headers`),
      ...(body === undefined
        ? {}
        : {
            body:
              "json" in body
                ? { json: changed(body.json, change, `${at}.json`, "theirs") }
                : "file" in body
                  ? body
                  : changed(body, change, at)
          })
    }
  }
}

// Tags and steps are words of ours.
export const changedOutcome = (outcome: Outcome, change: Change): Outcome => {
  if ("session" in outcome) return { ...outcome, session: changed(outcome.session, change, "outcome.session") }
  const { error, events, step, ...told } = outcome
  return {
    error,
    ...(step === undefined ? {} : { step }),
    ...changed(told, change, "outcome"),
    ...(events === undefined ? {} : { events })
  }
}
