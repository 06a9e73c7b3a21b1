/**
 * What the dashboard does in the browser: it asks the API with the token that it was given, follows the events, and draws a page of
 * accounts. The token is kept with the tab alone, and goes in a header, so that it is in no address. All that comes from the fleet is drawn
 * as text.
 */
import { columns } from "./document.ts"
import { cures, events, reasons, states, words } from "./words.ts"

const texts = JSON.stringify({ words, states, cures, events, reasons })

export const script = `"use strict"
const texts = ${texts}
const columns = ${JSON.stringify(columns)}
const pageSize = 100
const $ = (id) => document.getElementById(id)
const slot = "webqq-login fleet token"
/* Who answers nothing for so long is not there, and so are events that do not even say that they are. They say so each second: after
   a few of silence, as behind a proxy that holds them back, they are no proof, and somebody is asked who has to answer sooner. */
const patience = 8000, silence = 40_000, doubt = 3000, shortly = 3000

let language = document.documentElement.lang.startsWith("zh") ? "zh" : "en"
let token = sessionStorage.getItem(slot)
let filter = "", reason = "", search = ""
let cursors = [""]
let accounts = [], counts, isMore = false
let happened = [], lastEvent
let trouble = "", asOf = 0, ahead = 0
let end = new AbortController()

const fill = (text, n) => text[language].replace("{n}", () => n)
const say = (key, n) => fill(texts.words[key], n)
const put = (element, text) => { if (element.textContent !== text) element.textContent = text }
const make = (tag, parent) => parent.appendChild(document.createElement(tag))
const fit = (parent, tag, count, build) => {
  while (parent.children.length > count) parent.lastChild.remove()
  while (parent.children.length < count) build(make(tag, parent))
  return parent.children
}

/* By the clock of the server: the reader's may be wrong. */
const now = () => Date.now() + ahead
const span = (millis) => {
  const seconds = Math.round(Math.abs(millis) / 1000)
  if (seconds < 100) return say("seconds", seconds)
  if (seconds < 6000) return say("minutes", Math.round(seconds / 60))
  return seconds < 172800 ? say("hours", Math.round(seconds / 3600)) : say("days", Math.round(seconds / 86400))
}
const since = (text) => text === undefined ? "" : say("ago", span(now() - Date.parse(text)))
const until = (text) => {
  if (text === undefined) return ""
  const left = Date.parse(text) - now()
  return left <= 0 ? say("now") : say("in", span(left))
}
const time = (at) => new Date(at).toLocaleTimeString(language === "zh" ? "zh-CN" : "en-GB")
const reasonOf = (tag) => texts.reasons[tag]?.[language] ?? tag

const drawRow = (row, { profile, site, state, failures, lastError, obtainedAt, checkedAt, nextAt, node, egress }) => {
  const cells = row.children
  row.dataset.profile = profile
  put(cells[0].children[0], profile)
  put(cells[0].children[1], site)
  cells[1].firstChild.className = state
  put(cells[1].firstChild, texts.states[state][language])
  const why = lastError === undefined ? "" : reasonOf(lastError) + (failures > 1 ? " · " + say("failures", failures) : "")
  const cure = texts.cures[state] === undefined ? "" : fill(texts.cures[state], profile)
  put(cells[2].children[0], why)
  put(cells[2].children[1], cure)
  cells[2].title = lastError ?? ""
  cells[2].className = why + cure === "" ? "empty" : ""
  const rest = [since(obtainedAt), since(checkedAt), until(nextAt), node + (egress === undefined ? "" : " · " + egress)]
  rest.forEach((text, at) => {
    put(cells[at + 3], text)
    cells[at + 3].dataset.name = say(columns[at + 3])
  })
}
const buildRow = (row) => {
  const head = make("th", row)
  head.scope = "row"
  make("span", head)
  make("small", head)
  make("span", make("td", row))
  const why = make("td", row)
  make("span", why)
  make("small", why)
  for (let at = 3; at < columns.length; at++) make("td", row)
}

const choose = (name, because = "") => { filter = name; reason = because; cursors = [""]; refresh() }
const tabs = ["", "good", "failing", "scan", "paused", "due"]

const draw = () => {
  document.documentElement.lang = language === "zh" ? "zh-CN" : "en"
  document.title = texts.words.title[language]
  for (const element of document.querySelectorAll("[data-say]")) put(element, say(element.dataset.say))
  $("search").placeholder = say("search")
  $("search").setAttribute("aria-label", say("search"))
  $("door").hidden = token !== null
  $("fleet").hidden = $("leave").hidden = token === null
  const shown = asOf === 0 ? "" : say(trouble === "" ? "live" : "asOf", time(asOf))
  put($("live"), token === null ? "" : trouble === "" ? shown : (trouble === "offline" ? say("offline") : say("unwell", trouble)) + shown)
  $("live").classList.toggle("bad", trouble !== "")
  const build = (button) => { button.type = "button"; make("span", button); make("b", button) }
  const found = fit($("tabs"), "button", tabs.length, build)
  tabs.forEach((name, at) => {
    const total = counts && counts.good + counts.failing + counts.scan + counts.paused
    put(found[at].firstChild, name === "" ? say("all") : name === "due" ? say("due") : texts.states[name][language])
    put(found[at].lastChild, counts ? String(name === "" ? total : counts[name]) : "")
    found[at].setAttribute("aria-pressed", String(filter === name && reason === ""))
    found[at].onclick = () => choose(name)
  })
  const errors = Object.entries(counts?.lastErrors ?? {}).sort((one, other) => other[1] - one[1])
  $("failing").hidden = errors.length === 0
  const buttons = fit($("reasons"), "button", errors.length, build)
  errors.forEach(([tag, count], at) => {
    put(buttons[at].firstChild, reasonOf(tag) + " ")
    put(buttons[at].lastChild, String(count))
    buttons[at].title = tag
    buttons[at].setAttribute("aria-pressed", String(reason === tag))
    buttons[at].onclick = () => choose("", reason === tag ? "" : tag)
  })
  const rows = fit($("rows"), "tr", accounts.length, buildRow)
  accounts.forEach((account, at) => drawRow(rows[at], account))
  $("none").hidden = accounts.length > 0 || asOf === 0
  $("before").disabled = cursors.length === 1
  $("after").disabled = !isMore
  const lines = fit($("happened"), "li", happened.length, (line) => { make("time", line); make("span", line) })
  happened.forEach(({ at, profile, tag, detail }, index) => {
    put(lines[index].firstChild, time(Date.parse(at)))
    const why = detail === "" ? "" : " (" + (texts.reasons[detail]?.[language] ?? detail) + ")"
    put(lines[index].lastChild, (profile === "" ? say("fleet") : profile) + ": " + (texts.events[tag]?.[language] ?? tag) + why)
  })
}

/* Whatever is not for this token any more is taken off the screen. */
const leave = (wrong) => {
  sessionStorage.removeItem(slot)
  end.abort()
  end = new AbortController()
  token = null
  accounts = []
  counts = undefined
  happened = []
  lastEvent = undefined
  asOf = 0
  trouble = ""
  $("wrong").hidden = !wrong
  draw()
  $("token").focus()
}

const ask = async (path, until, headers = {}) => {
  const signal = AbortSignal.any([end.signal, until])
  const response = await fetch(path, { headers: { authorization: "Bearer " + token, ...headers }, signal, credentials: "omit", cache: "no-store" })
  if (response.ok) return response
  if (response.status === 401) leave(true)
  throw response.status
}

/* One refresh at a time, and at most one that waits for it. */
let running = false, again = false, late, took = 0
const refresh = async () => {
  if (token === null) return
  if (running) { again = true; return }
  running = true
  do {
    again = false
    const { signal } = end
    try {
      const query = new URLSearchParams({ limit: String(pageSize + 1) })
      if (cursors.at(-1) !== "") query.set("after", cursors.at(-1))
      if (filter === "due") query.set("due", "true")
      else if (filter !== "") query.set("state", filter)
      if (reason !== "") query.set("error", reason)
      if (search !== "") query.set("search", search)
      late = new AbortController()
      giveUp(late, patience)
      const asked = Date.now()
      const [list, summary] = await Promise.all(["../accounts?" + query, "../counts"].map((path) => ask(path, late.signal)))
      const date = Date.parse(list.headers.get("date"))
      const [listed, counted] = await Promise.all([list.json(), summary.json()])
      if (signal.aborted) continue
      took = Date.now() - asked
      /* The page that was shown is not there any more. */
      if (listed.accounts.length === 0 && cursors.length > 1) { cursors = [""]; again = true; continue }
      /* Clocks that are a second apart are the same: the header has no more than seconds. */
      ahead = Math.abs(date - Date.now()) > 2000 ? date - Date.now() : 0
      isMore = listed.accounts.length > pageSize
      accounts = listed.accounts.slice(0, pageSize)
      counts = counted
      asOf = now()
      trouble = ""
    } catch (error) {
      if (signal.aborted) continue
      trouble = typeof error === "number" ? String(error) : "offline"
    }
    draw()
  } while (again && token !== null)
  running = false
}

const giveUp = (asked, millis) => setTimeout(() => asked.abort(), millis)

const wait = (millis) => new Promise((resolve) => setTimeout(resolve, millis))

/* EventSource cannot send a token in a header. */
const follow = async () => {
  const { signal } = end
  while (!signal.aborted) {
    const own = new AbortController()
    let dead, doubted
    const forget = () => { clearTimeout(dead); clearTimeout(doubted) }
    const heard = (millis) => {
      forget()
      dead = giveUp(own, millis)
      doubted = setTimeout(() => {
        if (document.hidden) return
        refresh()
        /* Until there is a sign of life; and who was slow before has more time, or would be called away at each doubt. */
        doubted = giveUp(late, Math.max(shortly, 2 * took))
      }, doubt)
    }
    heard(patience)
    try {
      const response = await ask("../events", own.signal, lastEvent === undefined ? {} : { "last-event-id": lastEvent })
      if (trouble !== "") refresh()
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
      let text = ""
      for (;;) {
        const { done, value } = await reader.read()
        if (done) break
        heard(silence)
        text += value
        const blocks = text.split("\\n\\n")
        text = blocks.pop()
        let isNews = false
        for (const block of blocks) {
          const fields = new Map(block.split("\\n").map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1).trimStart()]))
          if (fields.has("id")) lastEvent = fields.get("id")
          if (!fields.has("data")) continue
          happened.unshift(JSON.parse(fields.get("data")))
          isNews = true
        }
        happened.length = Math.min(happened.length, 50)
        if (isNews || trouble === "offline") refresh()
      }
    } catch { /* It is tried again, and the refresh says what is wrong. */ }
    forget()
    if (signal.aborted) return
    if (trouble === "") refresh()
    await wait(2000)
  }
}

const enter = () => { draw(); refresh(); follow() }

$("door").onsubmit = (event) => {
  event.preventDefault()
  const given = $("token").value.trim()
  $("token").value = ""
  if (!/^[\\x21-\\x7e]+$/.test(given)) { $("wrong").hidden = false; return }
  token = given
  sessionStorage.setItem(slot, token)
  $("wrong").hidden = true
  enter()
}
$("leave").onclick = () => leave(false)
$("language").onclick = () => { language = language === "zh" ? "en" : "zh"; draw() }
$("before").onclick = () => { cursors.pop(); refresh() }
$("after").onclick = () => { if (accounts.length > 0) cursors.push(accounts.at(-1).profile); refresh() }
$("search").oninput = () => { search = $("search").value.trim(); cursors = [""]; refresh() }
/* Checks that find nothing new are no events, and ages grow. */
setInterval(() => { if (!document.hidden) refresh() }, 10_000)
document.onvisibilitychange = () => { if (!document.hidden) refresh() }
if (token === null) { draw(); $("token").focus() } else enter()
`
