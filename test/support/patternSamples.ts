/** Forms in which a source may have a pattern, for the test of those that look for them. */
const letters = "a|b"
const grouped = "(?:" + letters + ")+"

export const known = new RegExp(`^${grouped}$`, "u")
export const unknown = (text: string) => RegExp(text)
