/**
 * Text of others, made safe to show: it can neither move the cursor nor forge a line. Everything that the command writes passes
 * through here (`streams.ts`).
 */

// Control characters, halves of pairs, and those that change the direction of the text around them.
const unprintable = /[\p{Cc}\p{Cs}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu

/** The same text in one line, with a mark in the place of each character that a terminal would act upon. */
export const printable = (text: string): string => text.replace(unprintable, "\ufffd")

/** The same in as many lines as it has, tabs included. */
export const printableText = (text: string): string =>
  text.replace(/\r\n/g, "\n").replace(unprintable, (found) => (found === "\n" || found === "\t" ? found : "\ufffd"))

/** Whether it can be shown as it is. */
export const isPrintable = (text: string): boolean => text.search(unprintable) === -1

/** A word of the command line within a sentence, cut where it is long. */
export const quote = (text: string): string => `"${printable(text.length > 60 ? `${text.slice(0, 60)}…` : text)}"`

/** A value as JSON in which unprintable characters are escaped; in one line, unless it is indented. */
export const jsonText = (value: unknown, indent = 0): string =>
  JSON.stringify(value, undefined, indent).replace(unprintable, (found) =>
    // The only ones that are not inside of a string are the line ends of the indentation.
    found === "\n" ? found : `\\u${found.charCodeAt(0).toString(16).padStart(4, "0")}`
  )
