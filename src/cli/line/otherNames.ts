/**
 * What other programs call a command or a flag of ours, and people type first: never a command here, but a better hint than a list.
 */
const names: Readonly<Record<string, string>> = {
  "-v": "--version",
  version: "--version",
  signin: "login",
  auth: "login",
  signout: "logout",
  whoami: "status",
  list: "status",
  ls: "status",
  accounts: "status",
  sessions: "status",
  use: "--profile NAME",
  switch: "--profile NAME",
  refresh: "renew",
  cookie: "cookies",
  tokens: "token",
  replay: "login --replay webqq",
  demo: "login --replay webqq"
}

/** Ours for it, if that is known. */
export const ours = (word: string): string | undefined => (Object.hasOwn(names, word) ? names[word] : undefined)
