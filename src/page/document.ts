/**
 * The page as a browser gets it: a document, its style and its script, each a file of its own, so that a strict
 * Content-Security-Policy holds without exceptions. Without a script it shows the code and reloads itself.
 */
import type { Bilingual, Language } from "../Language.ts"
import { isOver, type PageState } from "./PageState.ts"
import { phases, title, words } from "./words.ts"

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;"
}

/** Text as it may stand in an element or in a quoted attribute. */
export const escape = (text: string): string => text.replace(/[&<>"']/g, (found) => entities[found] ?? "")

/** What the script is told of a state. Neither the picture nor a secret is in it. */
export interface Told {
  readonly phase: PageState["phase"]
  readonly code: number
  /**
   * Where its picture is, if there is one. A login that is carried on elsewhere counts from 1 again: without the end of the code's life, a
   * browser would take its picture for the one that it has.
   */
  readonly picture: string | undefined
  /** Milliseconds that the code has left; the reader's clock may be wrong. */
  readonly left: number | undefined
  readonly nickname: string | undefined
  readonly message: Bilingual | undefined
  readonly cure: Bilingual | undefined
}

export const told = (state: PageState, now: number): Told => ({
  phase: state.phase,
  code: state.code,
  picture: state.png === undefined ? undefined : `code/${state.code}?${state.expiresAt ?? 0}`,
  left: state.expiresAt === undefined ? undefined : Math.max(0, state.expiresAt - now),
  nickname: state.nickname,
  message: state.message,
  cure: state.cure
})

/** The document in the state of now. `refresh` says whether a new code may be asked for. */
export const html = (state: PageState, now: number, language: Language, refresh: boolean): string => {
  const say = (text: Bilingual) => escape(text[language])
  const { cure, left, message, nickname, phase, picture } = told(state, now)
  const reload = isOver(state) ? "" : `<noscript><meta http-equiv="refresh" content="4"></noscript>`
  return `<!doctype html>
<html lang="${language === "zh" ? "zh-CN" : "en"}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
${reload}
<title>${say(title)}</title>
<link rel="icon" href="icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="style.css">
<script src="script.js" defer></script>
</head>
<body data-phase="${phase}">
<main>
<h1 data-say="title">${say(title)}</h1>
<div id="frame"><img id="code" alt="${say(words.code)}"${picture === undefined ? " hidden" : ` src="${picture}"`}><div id="mark" aria-hidden="true"></div></div>
<p id="state" role="status" aria-live="polite">${say(phases[phase])}</p>
<p id="who">${nickname === undefined ? "" : escape(nickname)}</p>
<p id="why">${message === undefined ? "" : say(message)}</p>
<p id="cure">${cure === undefined ? "" : say(cure)}</p>
<p id="left" data-left="${left ?? ""}"></p>
<p><button id="refresh" type="button" data-say="refresh"${refresh ? "" : " hidden"}>${say(words.refresh)}</button></p>
<p class="small" data-say="camera">${say(words.camera)}</p>
<p class="small" data-say="yours">${say(words.yours)}</p>
</main>
<footer><button id="language" type="button" data-say="language">${say(words.language)}</button></footer>
</body>
</html>
`
}

/** What the tab shows: without one, browsers ask for a file that is not ours to give. */
export const icon =
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 7 7" shape-rendering="crispEdges"><path d="M0 0h7v7H0z"/>` +
  `<path fill="#fff" d="M1 1h5v5H1z"/><path d="M2 2h3v3H2z"/></svg>\n`
