/**
 * How the page looks: light and dark by the reader's choice, the code always black on white and large enough to be scanned
 * from across the desk.
 */
export const style = `:root {
  color-scheme: light dark;
  --ground: #f4f5f7; --card: #fff; --ink: #1b1f24; --quiet: #5b6470; --line: #d8dde3; --accent: #0a7cff; --good: #12843c; --bad: #c62828;
}
@media (prefers-color-scheme: dark) {
  :root { --ground: #14171a; --card: #1e2327; --ink: #eef1f4; --quiet: #a3acb6; --line: #343b42; --accent: #5aa9ff; --good: #5fce86; --bad: #ff8a80; }
}
* { box-sizing: border-box; margin: 0; }
html, body { min-height: 100%; }
body {
  background: var(--ground); color: var(--ink); font: 16px/1.5 system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif;
  display: flex; flex-direction: column; align-items: center; justify-content: center; gap: 12px; padding: 16px;
}
main {
  background: var(--card); border: 1px solid var(--line); border-radius: 16px; padding: 24px; width: min(100%, 560px);
  display: flex; flex-direction: column; align-items: center; gap: 10px; text-align: center; overflow-wrap: anywhere;
}
h1 { font-size: 1.25rem; font-weight: 600; }
#frame { width: min(100%, 480px, 70vh); aspect-ratio: 1; border-radius: 8px; position: relative; display: grid; place-items: center; background: #fff; }
#code { width: 100%; height: 100%; display: block; image-rendering: pixelated; }
#code[hidden] { display: none; }
#mark { position: absolute; font-size: 96px; line-height: 1; color: #9aa4ae; pointer-events: none; }
[data-phase=asking] #mark::after, [data-phase=confirmed] #mark::after { content: "…"; }
[data-phase=expired] #mark::after { content: "⟳"; }
[data-phase=scanned] #code { opacity: .12; }
[data-phase=scanned] #mark::after { content: "✓"; color: #12843c; }
[data-phase=done] #mark::after { content: "✓"; color: #12843c; }
[data-phase=failed] #mark::after { content: "✕"; color: #c62828; }
#state { font-size: 1.25rem; font-weight: 600; }
[data-phase=done] #state { color: var(--good); }
[data-phase=failed] #state, #why { color: var(--bad); }
#who { font-size: 1.1rem; }
#left { color: var(--quiet); font-variant-numeric: tabular-nums; min-height: 1.5em; }
.small { color: var(--quiet); font-size: .875rem; }
[data-phase=done] .small, [data-phase=failed] .small, [data-phase=done] #refresh, [data-phase=failed] #refresh, [data-phase=scanned] #refresh, [data-phase=confirmed] #refresh { display: none; }
p:empty { display: none; }
button { font: inherit; color: var(--accent); background: none; border: 1px solid var(--line); border-radius: 8px; padding: 6px 16px; cursor: pointer; }
button:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
button[hidden] { display: none; }
@media (max-width: 420px) { body { padding: 0; } main { border: 0; border-radius: 0; padding: 16px; flex: 1; width: 100%; } }
`
