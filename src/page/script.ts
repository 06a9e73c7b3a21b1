/**
 * What the page does in the browser: follows the states as they are sent, counts the code's life down, asks for a new code,
 * and speaks the other language when it is told to.
 */
import { phases, title, words } from "./words.ts"

const texts = JSON.stringify({ ...words, title, phases })

export const script = `"use strict"
const texts = ${texts}
const $ = (id) => document.getElementById(id)
let language = document.documentElement.lang.startsWith("zh") ? "zh" : "en"
let state = { phase: document.body.dataset.phase }
let ends = 0
let gone = false
let events, opened

const draw = () => {
  document.documentElement.lang = language === "zh" ? "zh-CN" : "en"
  document.title = texts.title[language]
  for (const element of document.querySelectorAll("[data-say]")) element.textContent = texts[element.dataset.say][language]
  document.body.dataset.phase = state.phase
  $("state").textContent = gone === "offline" ? texts.offline[language] : texts.phases[state.phase][language]
  $("who").textContent = state.nickname ?? ""
  $("why").textContent = state.message?.[language] ?? (gone === "gone" ? texts.gone[language] : "")
  $("cure").textContent = state.cure?.[language] ?? ""
  const image = $("code")
  image.alt = texts.code[language]
  const source = state.picture ?? ""
  if (source === "") image.removeAttribute("src")
  else if (image.getAttribute("src") !== source) image.src = source
  image.hidden = source === ""
}

const count = () => {
  const seconds = Math.ceil((ends - performance.now()) / 1000)
  $("left").textContent = state.picture && seconds > 0 ? texts.left[language].replace("{n}", seconds) : ""
  /* A code that is over and that nothing takes the place of: a connection may be dead that never broke, as when a machine slept. */
  const silent = performance.now() - Math.max(ends, opened) > 10_000
  if (state.picture && silent && events.readyState === EventSource.OPEN) { events.close(); follow() }
}

const over = () => state.phase === "done" || state.phase === "failed"

const follow = () => {
  opened = performance.now()
  events = new EventSource("events")
  events.onopen = () => { gone = false; draw() }
  events.onmessage = ({ data }) => {
    state = JSON.parse(data)
    ends = performance.now() + (state.left ?? 0)
    if (over()) events.close()
    draw()
    count()
  }
  events.onerror = async () => {
    if (over()) return
    gone = "offline"
    draw()
    if (events.readyState !== EventSource.CLOSED) return
    /* A browser comes back after a broken connection, and not after an answer such as a proxy's, which may be over in a moment. */
    const { status } = await fetch("style.css", { cache: "no-store" }).catch(() => ({ status: 0 }))
    if (status !== 404) { setTimeout(follow, 2000); return }
    state = { phase: "failed" }
    gone = "gone"
    draw()
  }
}
follow()
$("refresh").onclick = () => { $("refresh").disabled = true; fetch("refresh", { method: "POST" }).finally(() => { $("refresh").disabled = false }) }
$("language").onclick = () => { language = language === "zh" ? "en" : "zh"; draw(); count() }
setInterval(count, 250)
`
