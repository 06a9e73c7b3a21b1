/**
 * Data of others, as texts have it: JSON, queries and forms. Each is read in linear time, and none so deep that whoever walks through it
 * runs out of stack.
 */

/** What a login says in JSON is nested three or four times. */
const deepest = 100

/** How deep its brackets are nested, strings left out; what is not JSON may be told anything. */
const depthOf = (text: string): number => {
  let [depth, most] = [0, 0]
  for (let at = 0; at < text.length; at++) {
    const char = text[at]
    if (char === "[" || char === "{") most = Math.max(most, ++depth)
    else if (char === "]" || char === "}") depth--
    else if (char === '"') {
      for (at++; at < text.length && text[at] !== '"'; at++) if (text[at] === "\\") at++
    }
  }
  return most
}

/** The value of a JSON text; `undefined` where it is none, or nested more than a hundred times: then it is text like any other. */
export const parseJson = (text: string): { readonly value: unknown } | undefined => {
  if (depthOf(text) > deepest) return undefined
  try {
    return { value: JSON.parse(text) }
  } catch {
    return undefined
  }
}

/**
 * The pairs of a query or a form (`application/x-www-form-urlencoded`). Each is read by itself: Node's own reader takes four times as long
 * for twice as many names without a value.
 */
export const formPairs = (text: string): ReadonlyArray<readonly [name: string, value: string]> =>
  text.split("&").flatMap((pair) => (pair === "" ? [] : [...new URLSearchParams(`&${pair}`)]))

/** Of paths together; a name may be long, and stands in that of each of its leaves. */
const longest = 1_000_000

/** A text, number and so on within a JSON value as it is compared: a text as it is, all else as JSON writes it. */
export const leafText = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value))

/**
 * The texts, numbers and so on of a JSON value, each with its path. An empty list or object is a leaf. Of one with more of them, or longer
 * paths, than any request has, there are none.
 */
export const leavesOf = (value: unknown): ReadonlyArray<readonly [path: string, leaf: unknown]> => {
  const leaves: Array<readonly [string, unknown]> = []
  let letters = 0
  const walk = (one: unknown, path: string): void => {
    const inner = typeof one === "object" && one !== null ? Object.entries(one) : []
    if (inner.length === 0) {
      if (path !== "") leaves.push([path, one])
      return
    }
    for (const [key, next] of inner) {
      letters += path.length + key.length + 1
      if (letters > longest) return
      walk(next, path === "" ? key : `${path}.${key}`)
    }
  }
  walk(value, "")
  return letters > longest ? [] : leaves
}
