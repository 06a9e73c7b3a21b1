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

/** The texts, numbers and so on of a JSON value, each with its path; a text as it is, all else as JSON writes it. An empty list or object is a leaf. */
export const leavesOf = (value: unknown, path = ""): ReadonlyArray<readonly [path: string, text: string]> => {
  const inner = typeof value === "object" && value !== null ? Object.entries(value) : []
  if (inner.length > 0) return inner.flatMap(([key, one]) => leavesOf(one, path === "" ? key : `${path}.${key}`))
  return path === "" ? [] : [[path, typeof value === "string" ? value : JSON.stringify(value)]]
}
