/**
 * The parts of a request by the names that differences and demands give them: `query.t`, `header referer`, `cookie qrsig`, `form.r`,
 * `form.r.clientid` for what is inside of JSON in a form, and `json.req.param.code` for what is inside of a body in JSON.
 */
import type { FormMatcher, Matcher, Request } from "../format/ScenarioFile.ts"
import { leafText } from "../data.ts"
import type { ReadRequest } from "./wireRequest.ts"

const split = (field: string): readonly [part: string, name: string] => {
  const at = field.search(/[. ]/)
  return [field.slice(0, at), field.slice(at + 1)]
}

/** The values that a request has there. */
export const valuesOf = (request: ReadRequest, field: string): ReadonlyArray<string> | undefined => {
  const [part, name] = split(field)
  switch (part) {
    case "query":
      return request.query().get(name)
    case "header":
      return request.headers().get(name)
    case "cookie":
      return request.cookies().get(name)
    case "json":
      return request.json().get(name)
    default: {
      const form = request.form()
      const at = name.lastIndexOf(".")
      if (form.has(name) || at < 0) return form.get(name)
      const [json, member] = [request.inForm(name.slice(0, at)), name.slice(at + 1)]
      return isObject(json) && Object.hasOwn(json, member) ? [leafText(json[member])] : undefined
    }
  }
}

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/** What an exchange has recorded there. */
export const recordedOf = (request: Request, field: string): FormMatcher | undefined => {
  const [part, name] = split(field)
  switch (part) {
    case "query":
      return own(request.query, name)
    case "header":
      return own(request.headers, name)
    case "cookie":
      return own(request.cookies, name)
    case "json":
      return asText(own(request.json, name))
    default: {
      const direct = own(request.form, name)
      const at = name.lastIndexOf(".")
      if (direct !== undefined || at < 0) return direct
      const outer = own(request.form, name.slice(0, at))
      const json = typeof outer === "object" && "json" in outer ? outer.json : undefined
      const member = name.slice(at + 1)
      return isObject(json) && Object.hasOwn(json, member) ? leafText(json[member]) : undefined
    }
  }
}

// A part may be called as what every object has: "constructor".
const own = <A>(matchers: Readonly<Record<string, A>> | undefined, name: string): A | undefined =>
  matchers !== undefined && Object.hasOwn(matchers, name) ? matchers[name] : undefined

// Demands compare what the server reads, to which a number and its text are one.
export const asText = (leaf: FormMatcher | undefined): FormMatcher | undefined =>
  typeof leaf === "object" && "json" in leaf ? leafText(leaf.json) : leaf

/** The members of recorded JSON, each as a matcher under its own name; nothing where it is no object. */
export const membersOf = (field: string, matcher: FormMatcher): Readonly<Record<string, Matcher>> | undefined =>
  typeof matcher === "object" && "json" in matcher && isObject(matcher.json)
    ? Object.fromEntries(Object.entries(matcher.json).map(([name, value]) => [`${field}.${name}`, leafText(value)]))
    : undefined

/** The names of the members of JSON in a form field, as a request has them. */
export const memberFields = (request: ReadRequest, field: string): ReadonlyArray<string> => {
  const json = request.inForm(split(field)[1])
  return isObject(json) ? Object.keys(json).map((name) => `${field}.${name}`) : []
}
