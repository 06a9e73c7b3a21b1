/**
 * How the dashboard looks: light and dark by the reader's choice, a table where there is room, a card an account on a phone.
 */
export const style = `:root {
  color-scheme: light dark;
  --ground: #f4f5f7; --card: #fff; --ink: #1b1f24; --quiet: #5b6470; --line: #d8dde3; --accent: #0a6be0; --good: #12843c; --failing: #b25600; --scan: #c62828; --paused: #6b7480;
}
@media (prefers-color-scheme: dark) {
  :root { --ground: #14171a; --card: #1e2327; --ink: #eef1f4; --quiet: #a3acb6; --line: #343b42; --accent: #5aa9ff; --good: #5fce86; --failing: #ffb454; --scan: #ff8a80; --paused: #a3acb6; }
}
* { box-sizing: border-box; margin: 0; }
[hidden] { display: none !important; }
body { background: var(--ground); color: var(--ink); font: 15px/1.45 system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif; padding: 16px; }
header, main, form#door { max-width: 1280px; margin: 0 auto 12px; }
header, .bar { display: flex; flex-wrap: wrap; align-items: center; gap: 8px 12px; }
h1 { font-size: 1.25rem; font-weight: 600; margin-right: auto; }
h2 { font-size: 1rem; font-weight: 600; margin-bottom: 6px; }
.quiet { color: var(--quiet); font-size: .875rem; }
.bad { color: var(--scan); }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 12px 16px; margin-bottom: 12px; }
form#door { max-width: 480px; display: grid; gap: 10px; margin-top: 10vh; }
button, input { font: inherit; color: inherit; background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 6px 12px; }
button { color: var(--accent); cursor: pointer; }
button:disabled { color: var(--quiet); cursor: default; }
button[aria-pressed=true] { border-color: var(--accent); box-shadow: inset 0 0 0 1px var(--accent); }
button:focus-visible, input:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
#tabs button { color: var(--ink); }
#tabs b { font-variant-numeric: tabular-nums; margin-left: 6px; }
#search { flex: 1 1 200px; min-width: 0; }
table { border-collapse: collapse; width: 100%; table-layout: fixed; }
th, td { text-align: left; vertical-align: top; padding: 6px 8px; border-top: 1px solid var(--line); overflow-wrap: anywhere; }
thead th { border-top: 0; color: var(--quiet); font-weight: 500; font-size: .875rem; }
th:first-child { width: 20%; } th:nth-child(2) { width: 12%; } th:nth-child(3) { width: 26%; }
tbody th { font-weight: 600; }
tbody th small { display: block; font-weight: 400; color: var(--quiet); }
td small { display: block; color: var(--quiet); font-size: .8rem; }
td:nth-child(n+4) { font-variant-numeric: tabular-nums; }
.good, .failing, .scan, .paused { font-weight: 600; }
.good::before, .failing::before, .scan::before, .paused::before { content: "●"; margin-right: 6px; }
.good { color: var(--good); } .failing { color: var(--failing); } .scan { color: var(--scan); } .paused { color: var(--paused); }
.paused::before { content: "○"; } .scan::before { content: "■"; } .failing::before { content: "▲"; }
ul { list-style: none; padding: 0; }
#happened { max-height: 16em; overflow-y: auto; }
#happened time { color: var(--quiet); font-variant-numeric: tabular-nums; margin-right: 8px; }
#reasons button { padding: 2px 10px; margin: 2px 4px 2px 0; }
@media (max-width: 720px) {
  body { padding: 10px; }
  .card { padding: 10px 12px; }
  #live { flex-basis: 100%; }
  #live:empty { display: none; }
  table, tbody, th, td { display: block; width: auto !important; }
  thead { display: none; }
  tbody tr { display: grid; grid-template-columns: 1fr 1fr; column-gap: 12px; border-top: 1px solid var(--line); padding: 8px 0; }
  th, td { border: 0; padding: 1px 0; }
  tbody tr:first-child { border-top: 0; }
  td:empty, td.empty { display: none; }
  td:nth-child(3) { grid-column: span 2; }
  td[data-name]::before { content: attr(data-name) " "; color: var(--quiet); }
}
`
