/**
 * The dashboard as a browser gets it. It holds nothing of the fleet: that is asked for with a token, by its script.
 */
import type { Language } from "../../Language.ts"
import { escape } from "../../page/document.ts"
import { words } from "./words.ts"

/** The columns of the table, in their order. */
export const columns = ["account", "state", "why", "session", "checked", "next", "node"] as const

export const html = (language: Language): string => {
  const say = (key: keyof typeof words) => `data-say="${key}">${escape(words[key][language])}`
  return `<!doctype html>
<html lang="${language === "zh" ? "zh-CN" : "en"}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>${escape(words.title[language])}</title>
<link rel="icon" href="icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="style.css">
<script src="script.js" defer></script>
</head>
<body>
<header>
<h1 ${say("title")}</h1>
<button id="leave" type="button" hidden ${say("leave")}</button>
<button id="language" type="button" ${say("language")}</button>
<span id="live" class="quiet" role="status"></span>
</header>
<noscript><p class="card" ${say("script")}</p></noscript>
<form id="door" class="card" autocomplete="off" hidden>
<label for="token" ${say("token")}</label>
<input id="token" type="password" autocomplete="off" spellcheck="false" maxlength="512" required>
<p id="wrong" class="bad" role="alert" hidden ${say("wrongToken")}</p>
<button ${say("enter")}</button>
<p class="quiet" ${say("whichToken")}</p>
</form>
<main id="fleet" hidden>
<section class="card bar">
<div id="tabs" class="bar" role="group"></div>
<input id="search" type="search" maxlength="64" autocomplete="off" spellcheck="false">
</section>
<section id="failing" class="card" hidden><h2 ${say("reasons")}</h2><div id="reasons"></div></section>
<section class="card">
<table><thead><tr>${columns.map((name) => `<th ${say(name)}</th>`).join("")}</tr></thead><tbody id="rows"></tbody></table>
<p id="none" hidden ${say("none")}</p>
<div class="bar"><button id="before" type="button" disabled ${say("before")}</button><button id="after" type="button" disabled ${say("after")}</button></div>
</section>
<section class="card"><h2 ${say("happened")}</h2><ul id="happened"></ul></section>
</main>
</body>
</html>
`
}
