"""The report's page, opened in Chromium: it holds what it should, fits phones, can be read and used without a mouse.

Screenshots at three widths are left in the build folder (report-page/).

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import html
import json
import os
import pathlib
import re
import shutil
import subprocess

import pytest

PREPROCESS = "color=rgb mean=127.5 std=127.5"
WIDTHS = [420, 900, 1600]
BROWSER = next(filter(None, map(shutil.which, ["chromium-headless-shell", "chromium"])), None)

# What is asked of a page; its answer becomes the page's text.
PROBE = """
<script>
window.addEventListener("load", () => {
  const errors = window.pageErrors;
  const answer = (() => { %s })();
  const found = document.createElement("pre");
  found.id = "answer"; found.textContent = JSON.stringify({errors, ...answer});
  document.body.replaceChildren(found);
});
</script>
"""

CONTRAST = """
  const parse = (text) => { const n = text.match(/[\\d.]+/g).map(Number); return n.length > 3 ? n : [...n, 1]; };
  const luminance = (c) => c.slice(0, 3).map((v) => v / 255)
    .map((v) => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const color = parse(getComputedStyle(at).backgroundColor);
      if (color[3] === 1) return color;
    }
    return [255, 255, 255, 1];
  };
  const low = [];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  let count = 0;
  while (texts.nextNode()) {
    const element = texts.currentNode.parentElement;
    if (!texts.currentNode.textContent.trim() || ["SCRIPT", "STYLE", "title"].includes(element.tagName)) continue;
    const style = getComputedStyle(element);
    const ink = parse(element instanceof SVGElement ? style.fill : style.color);
    const a = luminance(ink), b = luminance(ground(element));
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    ++count;
    if (ratio < 4.5) low.push([texts.currentNode.textContent.trim().slice(0, 40), ratio]);
  }
  return {low, count};
"""


@pytest.fixture(scope="module")
def browser():
    if BROWSER is None:
        message = "no Chromium: scripts/setup.sh installs chromium-headless-shell"
        pytest.fail(message, pytrace=False) if os.environ.get("CI") == "true" else pytest.skip(message)

    def run(*options):
        done = subprocess.run([BROWSER, "--no-sandbox", "--disable-gpu", "--hide-scrollbars", *options],
                              capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr[-2000:]
        return done.stdout
    return run


@pytest.fixture(scope="module")
def compiled(qc, example, tmp_path_factory):
    """The example with the figures of its test images, on a target that leaves something to the CPU."""
    folder = tmp_path_factory.mktemp("page") / "out"
    qc("compile", example / "shapes.onnx", "--data", example / "calib", "--preprocess", PREPROCESS, "--quiet",
       "-o", folder)
    qc("eval", folder / "model.qcb", "--data", example / "test", "--labels", example / "labels.txt", "--against",
       example / "shapes.onnx", "--report", folder)
    return folder


@pytest.fixture(scope="module")
def page(compiled):
    return (compiled / "report.html").read_text()


def ask(browser, page, tmp_path, script, width=1600):
    """What `script` returns in the page, once that is loaded in a window of `width`."""
    listener = "<script>window.pageErrors = []; onerror = (text) => { pageErrors.push(text); };</script>"
    copy = tmp_path / "probe.html"
    copy.write_text(page.replace("<body>", "<body>" + listener) + PROBE % script)
    text = browser(f"--window-size={width},1000", "--dump-dom", copy.as_uri())
    answer = re.search(r'<pre id="answer">(.*?)</pre>', text, re.S)
    assert answer, text[-1000:]
    found = json.loads(html.unescape(answer.group(1)))
    assert found.pop("errors") == []
    return found


def test_says_what_it_should(compiled, page):
    report = json.loads((compiled / "report.json").read_text())
    assert "http" not in page, "it needs nothing from elsewhere"
    found = report["evaluation"]
    assert f"On {found['items']} labelled samples top-1 is {100 * found['top1']:.2f} %" in page
    for part in ("suspects", "errors", "distributions", "memory", "costs", "network", "tables", "facts", "terms"):
        assert f"<section id={part}>" in page and f'href="#{part}"' in page
    evaluation = report["evaluation"]
    assert evaluation["items"] == 200
    for share in (evaluation["top1"], evaluation["float_top1"], evaluation["agreement"]):
        assert f"{100 * share:.2f} %" in page
    assert "shapes.onnx" in page and "--int16-tensors" in page
    for layer in report["layers"]:
        assert layer["histogram"]["low"] <= layer["histogram"]["high"] and sum(layer["histogram"]["counts"]) > 0
        assert page.count(layer["name"]) >= 3, "in the table, a chart and the network"


def test_steps_and_buffers_are_those_of_the_program(qc, compiled):
    report = json.loads((compiled / "report.json").read_text())
    inspected = json.loads(qc("inspect", compiled / "model.qcb", "--json").stdout)
    steps, buffers = report["program"]["steps"], report["program"]["buffers"]
    assert len(steps) == len(inspected["instructions"])
    assert sum(step["estimated_cycles"] for step in steps) == pytest.approx(report["estimated_cycles"], rel=1e-6)
    assert sum(step["macs"] for step in steps) > 1e6
    assert max(one["offset"] + one["bytes"] for one in buffers) <= report["memory"]["arena_bytes"]
    live = [sum(one["bytes"] for one in buffers if one["first_step"] <= step <= one["last_step"])
            for step in range(len(steps))]
    assert 0.9 * report["memory"]["arena_lower_bound_bytes"] <= max(live) <= report["memory"]["arena_bytes"]
    assert report["memory"]["run_bytes"] >= report["memory"]["arena_bytes"]


def test_activations_alone_lose_less_than_all(compiled):
    report = json.loads((compiled / "report.json").read_text())
    (output,) = report["outputs"]
    assert output["activations"]["sqnr_db"] > output["accumulated"]["sqnr_db"] - 0.5
    assert output["activations"]["sqnr_db"] < 60


@pytest.mark.parametrize("width", WIDTHS)
def test_fits(browser, page, tmp_path, width):
    found = ask(browser, page, tmp_path, """
      const wide = [...document.querySelectorAll("main *")].filter((one) =>
        one.getBoundingClientRect().right > innerWidth + 1 && !one.closest(".wide, .parts, svg")).map((one) => one.outerHTML.slice(0, 90));
      return {width: innerWidth, scroll: document.documentElement.scrollWidth,
              height: document.documentElement.scrollHeight, wide,
              plots: [...document.querySelectorAll(".plot svg")].map((one) => one.getBoundingClientRect().width)};
    """, width)
    assert found["width"] == width and found["scroll"] <= width and not found["wide"], found
    assert min(found["plots"]) > 0.6 * (width - 60), "charts have the width that there is"
    folder = pathlib.Path(os.environ.get("QC_BUILD_DIR") or tmp_path) / "report-page"
    folder.mkdir(exist_ok=True)
    shot = folder / f"report-{width}.png"
    copy = tmp_path / "page.html"
    copy.write_text(page)
    browser(f"--window-size={width},{min(found['height'], 12000)}", f"--screenshot={shot}", copy.as_uri())
    assert shot.read_bytes().startswith(b"\x89PNG") and shot.stat().st_size > 20_000


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_contrast(browser, page, tmp_path, scheme):
    """At least 4.5 to 1 for every text (WCAG AA)."""
    if scheme == "dark":
        page = page.replace("(prefers-color-scheme: dark)", "(min-width: 0px)")
    found = ask(browser, page, tmp_path, CONTRAST)
    assert found["count"] > 300 and not found["low"], found["low"][:10]


def test_can_be_used_by_keyboard_and_read_aloud(browser, page, tmp_path):
    found = ask(browser, page, tmp_path, """
      const first = document.querySelector("dfn");
      first.focus();
      const tip = document.getElementById("tip");
      return {tip: !tip.hidden && tip.textContent, described: first.getAttribute("aria-describedby"),
        heads: [...document.querySelectorAll("thead th")].every((one) => one.scope === "col"),
        rows: [...document.querySelectorAll("tbody tr")].every((one) => one.cells[0].scope === "row"),
        charts: [...document.querySelectorAll("svg:not([aria-hidden])")].every((one) => one.getAttribute("role") === "img" && one.getAttribute("aria-label")),
        drawn: document.querySelectorAll("svg:not([aria-hidden])").length,
        labels: [...document.querySelectorAll("input")].every((one) => one.labels.length),
        scrollers: [...document.querySelectorAll(".wide")].every((one) => one.tabIndex === 0 && one.getAttribute("aria-label")),
        ids: new Set([...document.querySelectorAll("[id]")].map((one) => one.id)).size === document.querySelectorAll("[id]").length,
        dead: [...document.querySelectorAll('a[href^="#"]')].filter((one) => !document.getElementById(one.getAttribute("href").slice(1))).length,
        lang: document.documentElement.lang};
    """)
    assert found["tip"] and found["described"] == "tip" and found["drawn"] > 10
    assert found["heads"] and found["rows"] and found["charts"] and found["labels"] and found["scrollers"], found
    assert found["ids"] and found["dead"] == 0 and found["lang"] == "en"


def test_sorts_filters_and_unfolds(browser, page, tmp_path):
    found = ask(browser, page, tmp_path, """
      const table = document.getElementById("layers"), heads = [...table.tHead.rows[0].cells];
      const column = heads.findIndex((one) => one.textContent.startsWith("alone"));
      const read = () => [...table.tBodies[0].rows].map((row) => row.cells[column].dataset.v).filter(Boolean).map(Number);
      const button = heads[column].querySelector("button");
      button.click(); const up = read(), said = heads[column].getAttribute("aria-sort");
      button.click(); const down = read();
      const filter = document.getElementById("filter");
      filter.value = "conv2d"; filter.dispatchEvent(new Event("input"));
      const shown = [...table.tBodies[0].rows].filter((row) => !row.hidden).map((row) => row.cells[1].textContent);
      location.hash = document.querySelector("#errors a").getAttribute("href");
      const target = document.getElementById(location.hash.slice(1));
      dispatchEvent(new HashChangeEvent("hashchange"));
      return {up, down, said, shown, open: target.querySelector("details").open};
    """)
    assert found["up"] == sorted(found["up"]) and found["down"] == sorted(found["down"], reverse=True)
    assert found["said"] == "ascending" and set(found["shown"]) == {"conv2d"} and found["open"]


def test_500_layers_stay_small(qc, compiled, tmp_path):
    """A report of as many layers as large networks have, made of copies."""
    report = json.loads((compiled / "report.json").read_text())
    layers, steps = report["layers"], report["program"]["steps"]
    by_name = {step["name"]: step for step in steps}
    report["layers"], report["program"]["steps"], report["program"]["buffers"] = [], [], []
    for index in range(500):
        layer = layers[index % len(layers)]
        name = f"/model/backbone/stages.{index // 10}/blocks.{index}/{layer['name']}/Conv_output_0"
        report["layers"].append({**layer, "name": name})
        report["program"]["steps"].append({**by_name[layer["name"]], "name": name, "subgraph": index // 20,
                                           "operands": [index - 1] * (index > 0) + [index - 7] * (index > 7)})
        report["program"]["buffers"].append({"name": name, "bytes": 4096, "offset": 4096 * (index % 7),
                                             "first_step": index, "last_step": min(index + 6, 499)})
    (tmp_path / "report.json").write_text(json.dumps(report))
    qc("report", tmp_path, "--html", tmp_path / "page.html")
    size = (tmp_path / "page.html").stat().st_size
    assert 300_000 < size < 3_000_000, size


def test_difference_of_two(qc, browser, example, compiled, tmp_path):
    qc("compile", example / "shapes.onnx", "--data", example / "calib", "--preprocess", PREPROCESS, "--quiet",
       "--precision", "int16", "-o", tmp_path / "wide")
    text = qc("report", "--diff", compiled, tmp_path / "wide").stdout
    assert "i8 " in text and "i16 " in text and "result 'logits'" in text
    found = json.loads(qc("report", "--diff", compiled, tmp_path / "wide", "--json").stdout)
    (result,) = [one for one in found["figures"] if one["name"] == "result 'logits'"]
    assert result["after"] > result["before"] + 20
    assert all(layer["before"]["type"] == "i8" and layer["after"]["type"] == "i16" for layer in found["layers"])
    assert "no layer changed" in qc("report", "--diff", compiled, compiled).stdout
    qc("report", "--diff", compiled, tmp_path / "wide", "--html", tmp_path / "diff.html")
    drawn = ask(browser, (tmp_path / "diff.html").read_text(), tmp_path, """
      return {rows: document.querySelectorAll("tbody tr").length, lines: document.querySelectorAll(".plot .line").length,
              scroll: document.documentElement.scrollWidth};""", 420)
    assert drawn["rows"] == len(found["layers"]) and drawn["lines"] == 2 and drawn["scroll"] <= 420
    assert "give two folders" in qc("report", "--diff", compiled, exit_code=2).stderr
    assert "--diff compares two" in qc("report", compiled, compiled, exit_code=2).stderr


def test_a_report_is_that_of_its_program(qc, example, compiled, tmp_path):
    shutil.copy(compiled / "model.qcb", tmp_path)
    said = qc("eval", tmp_path / "model.qcb", "--data", example / "test", "--labels", example / "labels.txt",
              "--report", compiled, exit_code=1).stderr
    assert "is not the folder of" in said


@pytest.mark.parametrize("change", [
    lambda program: program["steps"][1]["operands"].append(1),
    lambda program: program["steps"][0]["operands"].append(-1),
    lambda program: program["buffers"][0].update(last_step=10**9),
    lambda program: program["buffers"][0].update(first_step=-1),
    lambda program: program.pop("buffers")])
def test_broken_reports_are_told(qc, compiled, tmp_path, change):
    report = json.loads((compiled / "report.json").read_text())
    change(report["program"])
    (tmp_path / "report.json").write_text(json.dumps(report))
    assert "not a report of qc" in qc("report", tmp_path, exit_code=1).stderr
