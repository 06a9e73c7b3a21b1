/** Nobody reads on, and what is shown is shorter. */
const longest = 4096

/**
 * Server text without the queries of the addresses in it: one may be that of check_sig, with the ticket. Cut after 4096 characters, a query
 * that is cut in half included.
 */
export const withoutQueries = (text: string): string =>
  text
    .slice(0, longest)
    // An address without a query is matched as well: its inside must not be looked through again.
    .replace(/https?:[^\s?'"<>]*(?:\?[^\s'"<>]*)?/gi, (address) => address.replace(/\?.*/s, "?…"))

/**
 * Server text made safe to print: HTML tags dropped, white space folded, and every control, bidirectional or line
 * separator character replaced, so that a nickname or a message can neither move the cursor nor forge a line.
 */
export const plainText = (text: string, limit = 200): string => {
  const flat = text
    .slice(0, limit * 4)
    .replace(/<[^<>]*>/g, "")
    .replace(/\s+/g, " ")
    .replace(/[\p{Cc}\p{Cs}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu, "\ufffd")
    .trim()
  return flat.length > limit ? `${flat.slice(0, limit)}…` : flat
}
