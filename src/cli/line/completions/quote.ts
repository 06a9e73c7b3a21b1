/**
 * A word for a shell script, the same in all shells as far as single quotes go; no text of the table has one.
 */
export const quote = (text: string): string => `'${text.replaceAll("'", "’")}'`
