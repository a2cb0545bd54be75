// How a page looks, and the few lines that sort, filter and copy.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Html.h"

namespace qc::html {

const char *const kStyle = R"(
:root {
  color-scheme: light dark;
  --paper: #f6f7f9; --card: #fff; --ink: #16202c; --soft: #52606f;
  --line: #dde3ea; --accent: #0b5cad; --accent-soft: #e3eefa;
  --bad: #b3261e; --fair: #8a5a00; --good: #1c6e8c; --fine: #14704a;
  --bad-soft: #fbe4e2; --fair-soft: #fbf0d9; --good-soft: #dff0f6; --fine-soft: #dcf3e8;
  --device: #3c7dc4; --cpu: #c2701c; --peak: #b3261e; --bar: #5b8fc7; --move: #a3afbd;
  --shadow: 0 1px 2px #10203014, 0 4px 16px #1020300d;
}
@media (prefers-color-scheme: dark) { :root {
  --paper: #0e1319; --card: #171e27; --ink: #e8edf3; --soft: #a3b0be;
  --line: #2a3441; --accent: #7cb8f5; --accent-soft: #1b2f45;
  --bad: #ff8a80; --fair: #f0b95b; --good: #74c7e5; --fine: #6fd6a6;
  --bad-soft: #45201f; --fair-soft: #3d2f14; --good-soft: #16323d; --fine-soft: #153527;
  --device: #5b9ce0; --cpu: #e39a4a; --peak: #ff8a80; --bar: #5b8fc7; --move: #56626f;
  --shadow: none;
} }
* { box-sizing: border-box; }
html { scroll-behavior: smooth; scroll-padding-top: 4em; }
@media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto; } }
body { margin: 0; background: var(--paper); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif;
  font-variant-numeric: tabular-nums; }
code, pre, .mono { font-family: ui-monospace, "SF Mono", Menlo, "DejaVu Sans Mono", monospace; font-size: .92em; }
a { color: var(--accent); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 3px; }
.skip { position: absolute; left: -99em; }
.skip:focus { left: 1em; top: .5em; background: var(--card); padding: .4em .8em; z-index: 9; }
header.top, main, nav.parts { padding-inline: clamp(14px, 3vw, 56px); }
header.top { padding-block: 26px 18px; }
header.top h1 { font-size: clamp(1.35rem, 2.6vw, 2rem); line-height: 1.2; margin: 0 0 .35em; letter-spacing: -.015em; overflow-wrap: anywhere; }
.chips { display: flex; flex-wrap: wrap; gap: 6px; margin: 0; padding: 0; list-style: none; color: var(--soft); }
.chips li, .chip { background: var(--card); border: 1px solid var(--line); border-radius: 99px; padding: 1px 10px; font-size: .87em; overflow-wrap: anywhere; }
nav.parts { position: sticky; top: 0; z-index: 4; background: var(--paper); border-bottom: 1px solid var(--line); overflow-x: auto; white-space: nowrap; }
nav.parts a { display: inline-block; padding: 8px 12px 8px 0; margin-right: 8px; text-decoration: none; color: var(--soft); font-size: .92em; }
nav.parts a:hover { color: var(--accent); }
section, .verdict { background: var(--card); border: 1px solid var(--line); border-radius: 12px; box-shadow: var(--shadow);
  padding: clamp(14px, 1.6vw, 24px); margin-block: 16px; }
h2 { font-size: 1.12rem; margin: 0 0 .3em; letter-spacing: -.01em; }
summary h2 { display: inline; }
section > p, figcaption, .note { color: var(--soft); margin: 0 0 .9em; max-width: 100ch; }
.verdict { display: grid; gap: 4px; border-left: 6px solid var(--soft); }
.verdict strong { font-size: 1.2rem; letter-spacing: -.01em; }
.verdict.bad { border-left-color: var(--bad); } .verdict.fair { border-left-color: var(--fair); }
.verdict.good { border-left-color: var(--fine); }
.verdict p { margin: 0; overflow-wrap: anywhere; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(148px, 1fr)); gap: 12px; margin-block: 16px; }
.tile { background: var(--card); border: 1px solid var(--line); border-radius: 12px; box-shadow: var(--shadow); padding: 12px 16px; }
.tile dt { color: var(--soft); font-size: .87em; } .tile dd { margin: 0; }
.tile .figure { display: block; font-size: 1.6rem; font-weight: 650; line-height: 1.25; letter-spacing: -.02em; }
.tile .beside { color: var(--soft); font-size: .84em; overflow-wrap: anywhere; }
.tile .bad, .cell.bad, b.bad { color: var(--bad); } .tile .fair, .cell.fair, b.fair { color: var(--fair); }
.tile .good, .cell.good, b.good { color: var(--good); } .tile .fine, .cell.fine, b.fine { color: var(--fine); }
dfn { font-style: normal; text-decoration: underline dotted; text-underline-offset: 3px; cursor: help; }
#tip { position: fixed; z-index: 20; max-width: min(34ch, 90vw); background: var(--ink); color: var(--paper); padding: 8px 11px;
  border-radius: 8px; font-size: 13px; line-height: 1.4; font-weight: 400; white-space: normal; text-align: left; pointer-events: none; }
.suspects { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(300px, 100%), 1fr)); gap: 12px; margin: 0; padding: 0; list-style: none; counter-reset: rank; }
.suspects > li { border: 1px solid var(--line); border-radius: 10px; padding: 12px 14px; counter-increment: rank; display: flex; flex-direction: column; gap: 6px; min-width: 0; }
.suspects h3 { margin: 0; font-size: 1rem; overflow-wrap: anywhere; }
.suspects h3::before { content: counter(rank); display: inline-grid; place-items: center; width: 1.7em; height: 1.7em; margin-right: .5em;
  border-radius: 50%; background: var(--accent-soft); color: var(--accent); font-size: .85em; }
.suspects p { margin: 0; }
.paste { display: flex; gap: 8px; align-items: stretch; margin-top: auto; }
.paste code { flex: 1; background: var(--paper); border: 1px solid var(--line); border-radius: 7px; padding: 6px 9px; overflow-wrap: anywhere; }
button { font: inherit; font-size: .87em; color: var(--accent); background: var(--accent-soft); border: 1px solid transparent; border-radius: 7px; padding: 4px 11px; cursor: pointer; }
button:hover { border-color: var(--accent); }
figure { margin: 0; }
.suspects + p { margin-top: 1em; }
.plot { position: relative; display: grid; grid-template-columns: 4.4em minmax(0, 1fr); }
.plot svg { grid-column: 2; width: 100%; height: 100%; display: block; }
.plot .y { position: relative; grid-column: 1; color: var(--soft); font-size: 12px; }
.plot .y span { position: absolute; right: 8px; transform: translateY(50%); white-space: nowrap; }
.plot .y .low { transform: none; } .plot .y .high { transform: translateY(100%); }
.plot .x { grid-column: 2; display: flex; justify-content: space-between; color: var(--soft); font-size: 12px; gap: 1em; }
.plot .x span { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.grid { stroke: var(--line); vector-effect: non-scaling-stroke; }
.zone { fill: var(--bad-soft); }
.line, .dot { fill: none; vector-effect: non-scaling-stroke; stroke-linejoin: round; stroke-linecap: round; }
.line.main { stroke: var(--accent); stroke-width: 2.5; } .line.thin { stroke: var(--cpu); stroke-width: 1.6; stroke-dasharray: 5 4; }
.line.other { stroke: var(--soft); stroke-width: 2; }
.dot { stroke-width: 6.5; } .dot.bad { stroke: var(--bad); } .dot.fair { stroke: var(--fair); } .dot.good { stroke: var(--good); } .dot.fine { stroke: var(--fine); }
.hit { fill: transparent; } .hit:hover, a:focus .hit { fill: var(--accent); fill-opacity: .16; }
.legend { display: flex; flex-wrap: wrap; gap: 4px 18px; margin: 0 0 8px; padding: 0; list-style: none; color: var(--soft); font-size: .87em; }
.legend svg { width: 26px; height: 10px; margin-right: 6px; vertical-align: middle; overflow: visible; }
.swatch { display: inline-block; width: 11px; height: 11px; border-radius: 3px; margin-right: 6px; vertical-align: -1px; }
.costs { display: grid; gap: 14px; }
.cost { display: grid; grid-template-columns: minmax(0, 1fr); gap: 2px; }
.cost h3 { margin: 0; font-size: .9rem; font-weight: 600; }
.bar { fill: var(--bar); } .bar.move { fill: var(--move); } .bar.most { fill: var(--accent); }
.buffer { fill: var(--bar); stroke: var(--card); stroke-width: 1; vector-effect: non-scaling-stroke; }
.buffer.peak { fill: var(--peak); fill-opacity: .78; } .buffer.edge { fill: var(--fine); fill-opacity: .8; }
.buffer:hover { fill-opacity: .55; }
.part.npu { fill: var(--device); } .part.cpu { fill: var(--cpu); } .part { stroke: var(--card); stroke-width: 1; vector-effect: non-scaling-stroke; }
.bound { stroke: var(--ink); stroke-width: 1.4; stroke-dasharray: 3 4; vector-effect: non-scaling-stroke; fill: none; }
.tensors { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(250px, 100%), 1fr)); gap: 16px; }
.tensors h3 { font-size: .92rem; margin: 0; overflow-wrap: anywhere; }
.hist svg { width: 100%; height: auto; display: block; background: var(--paper); border-radius: 6px; }
.hist .area { fill: var(--bar); } .hist .out { fill: var(--bad-soft); } .hist .limit { stroke: var(--bad); stroke-width: 1.5; stroke-dasharray: 4 3; }
.hist figcaption { font-size: 12.5px; margin: 4px 0 0; overflow-wrap: anywhere; white-space: normal; }
.graph { columns: 330px; column-gap: 18px; }
.graph svg { width: 100%; height: auto; display: block; break-inside: avoid; }
.graph .edge { fill: none; stroke: var(--soft); stroke-opacity: .55; stroke-width: 1.5; }
.graph text { font-size: 12px; fill: var(--ink); } .graph .op { fill: var(--soft); }
.node { stroke: var(--card); stroke-width: 1.5; fill: var(--move); }
.node.bad { fill: var(--bad); } .node.fair { fill: var(--fair); } .node.good { fill: var(--good); } .node.fine { fill: var(--fine); }
.tools { display: flex; flex-wrap: wrap; gap: 8px 18px; align-items: center; margin-bottom: 10px; }
.tools input[type=search] { font: inherit; color: inherit; background: var(--paper); border: 1px solid var(--line); border-radius: 7px; padding: 4px 10px; min-width: min(240px, 100%); }
.wide { overflow: auto; max-height: 80vh; border: 1px solid var(--line); border-radius: 8px; }
table { border-collapse: separate; border-spacing: 0; width: 100%; }
td, th { padding: 5px 11px; text-align: right; white-space: nowrap; border-bottom: 1px solid var(--line); vertical-align: top; }
th { font-weight: 600; }
thead th { position: sticky; top: 0; background: var(--card); z-index: 2; color: var(--soft); font-size: .87em; }
th .sort { all: unset; cursor: pointer; padding-left: 5px; color: var(--accent); } th .sort:focus-visible { outline: 2px solid var(--accent); }
th .sort::after { content: "\21C5"; } th[aria-sort=ascending] .sort::after { content: "\2191"; } th[aria-sort=descending] .sort::after { content: "\2193"; }
.text { text-align: left; }
tbody th { text-align: left; font-weight: 500; }
tr.bad td, tr.bad th { background: var(--bad-soft); }
tr:target td, tr:target th { background: var(--accent-soft); }
#moves:not(:checked) ~ .wide tr.move { display: none; }
td .meter { display: inline-block; width: 58px; height: 7px; border-radius: 4px; background: var(--line); margin-left: 8px; overflow: hidden; vertical-align: 1px; }
td .meter i { display: block; height: 100%; background: currentColor; }
details.layer > summary { cursor: pointer; } details.layer .hist { width: 330px; white-space: normal; padding: 6px 0; }
.glossary { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(320px, 100%), 1fr)); gap: 10px 28px; }
.glossary dt { font-weight: 600; } .glossary dd { margin: 0; color: var(--soft); }
dl.facts { display: grid; grid-template-columns: minmax(0, max-content) minmax(0, 1fr); gap: 2px 20px; margin: 0; }
dl.facts dt { color: var(--soft); } dl.facts dd { margin: 0; overflow-wrap: anywhere; white-space: pre-line; }
.sides { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(420px, 100%), 1fr)); gap: 16px; }
.sides > section { margin: 0; }
@media print { nav.parts, button, .tools { display: none; } .wide { max-height: none; } section { break-inside: avoid; box-shadow: none; } }
)";

const char *const kScript = R"(
"use strict";
(() => {
  const tip = document.createElement("div");
  tip.id = "tip"; tip.hidden = true; tip.setAttribute("role", "tooltip");
  document.body.append(tip);
  const show = (element) => {
    tip.textContent = element.dataset.tip; tip.hidden = false;
    const at = element.getBoundingClientRect(), size = tip.getBoundingClientRect();
    tip.style.left = Math.max(6, Math.min(at.left, innerWidth - size.width - 6)) + "px";
    tip.style.top = (at.bottom + size.height + 10 < innerHeight ? at.bottom + 6 : at.top - size.height - 6) + "px";
    element.setAttribute("aria-describedby", "tip");
  };
  const hide = () => { tip.hidden = true; };
  for (const dfn of document.querySelectorAll("dfn[title]")) {
    dfn.dataset.tip = dfn.title; dfn.removeAttribute("title"); dfn.tabIndex = 0;
    dfn.addEventListener("mouseenter", () => show(dfn)); dfn.addEventListener("focus", () => show(dfn));
    dfn.addEventListener("mouseleave", hide); dfn.addEventListener("blur", hide);
  }
  addEventListener("keydown", (event) => { if (event.key === "Escape") hide(); });
  for (const paste of document.querySelectorAll(".paste")) {
    const button = document.createElement("button");
    button.type = "button"; button.textContent = "Copy";
    button.addEventListener("click", async () => {
      const code = paste.querySelector("code");
      try { await navigator.clipboard.writeText(code.textContent); button.textContent = "Copied"; }
      catch { getSelection().selectAllChildren(code); button.textContent = "Selected"; }
      setTimeout(() => { button.textContent = "Copy"; }, 1500);
    });
    paste.append(button);
  }
  for (const table of document.querySelectorAll("table.sortable")) {
    const heads = [...table.tHead.rows[0].cells], body = table.tBodies[0];
    const rows = [...body.rows];
    heads.forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button"; button.className = "sort";
      button.setAttribute("aria-label", "Sort by " + head.textContent);
      head.append(button);
      button.addEventListener("click", () => {
        const up = head.getAttribute("aria-sort") !== "ascending";
        heads.forEach((other) => other.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", up ? "ascending" : "descending");
        const value = (row) => row.cells[column].dataset.v ?? row.cells[column].textContent;
        const numeric = rows.every((row) => value(row) === "" || !isNaN(value(row)));
        const compare = (a, b) => {
          const x = value(a), y = value(b);
          if (x === "" || y === "") return (x === "") - (y === "");
          return (up ? 1 : -1) * (numeric ? x - y : x.localeCompare(y));
        };
        body.append(...[...rows].sort(compare));
      });
    });
  }
  const filter = document.getElementById("filter");
  if (filter) filter.addEventListener("input", () => {
    const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const row of document.querySelectorAll("#layers tbody tr"))
      row.hidden = !words.every((word) => row.dataset.words.includes(word));
  });
  const open = () => {
    const row = location.hash.startsWith("#layer-") && document.getElementById(location.hash.slice(1));
    if (!row) return;
    const moves = document.getElementById("moves");
    if (row.classList.contains("move") && moves) moves.checked = true;
    const details = row.querySelector("details");
    if (details) details.open = true;
    row.scrollIntoView({block: "center"});
  };
  addEventListener("hashchange", open); open();
})();
)";

} // namespace qc::html
