# SPDX-License-Identifier: Apache-2.0
"""The district sheet of made estates beside what lays the same estate out as a graph: Graphviz's sfdp, its fdp
with systems and networks as clusters, and igraph. Time, memory, size of the SVG, elements in it; the HTML page in
Chromium; and how much stays where it was on the next sheet. A peer that takes more than PEER_SECONDS of CPU is
ended, and said so."""
import json
import os
import pathlib
import re
import resource
import shutil
import signal
import subprocess
import sys
import threading
import time

import questions
import report

SIZES = (1_000, 10_000, 100_000)
LATER = ((300, 40), (1_000, 40), (3_000, 40), (10_000, 40), (30_000, 40), (100_000, 6))  # assets, estates
NEAR = 0.95  # of what stayed, that moved by at most 2 % of the diagonal
OVERVIEW = 1_000_000
PEER_SECONDS = 300
ONCE_FROM = 50_000  # assets, with which peers run but once
CHURN = 50  # per mille
PAGE, PAGE_RUNS, PAGE_QUERY = 100_000, 5, "h1050000"  # the name of one of its assets begins so
HERE = pathlib.Path(__file__).resolve().parent


def ask(tool, *words):
    return json.loads(subprocess.run([str(tool), *(str(word) for word in words)], capture_output=True,
                                     text=True, check=True).stdout)


def size_of(path):
    """Bytes and elements of an SVG."""
    with open(path, "rb") as file:
        text = file.read()
    return len(text), len(re.findall(rb"<[a-zA-Z]", text))


def igraph_python():
    """A Python that has igraph; Debian's python3-igraph is for Debian's."""
    return next((python for python in (sys.executable, "/usr/bin/python3") if subprocess.run(
        [python, "-c", "import igraph"], stderr=subprocess.DEVNULL).returncode == 0), None)


def peers():
    """Name, the graph that it is given, and how it is called; None: it is not there."""
    dot = [shutil.which("dot")] if shutil.which("dot") else None
    python = igraph_python()
    return (("sfdp", "graph", dot and [*dot, "-Ksfdp", "-Tsvg", "-o"]),
            ("fdp, clusters", "clusters", dot and [*dot, "-Kfdp", "-Tsvg", "-o"]),
            ("igraph", "graph", python and [python, str(HERE / "igraph_peer.py")]))


def run(words):
    """Seconds and MiB of a peer; why not, where it does not come to an end."""
    begun = time.monotonic()
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                               preexec_fn=lambda: resource.setrlimit(
                                   resource.RLIMIT_CPU, (PEER_SECONDS, PEER_SECONDS + 1)))
    late = threading.Timer(4 * PEER_SECONDS, process.kill)  # whatever it waits for
    late.start()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    late.cancel()
    if process.returncode == 0:
        return time.monotonic() - begun, usage.ru_maxrss / 1024
    return (f"did not end in {PEER_SECONDS} s" if -process.returncode in (signal.SIGXCPU, signal.SIGKILL)
            else f"ended with {process.returncode}")


def row(who, assets, done, ours, svg):
    """One line of the table; `done` holds seconds and MiB of each run."""
    length, elements = size_of(svg)
    seconds, peak = zip(*done)
    return [f"{assets:,}", who, report.spread(seconds, report.seconds),
            report.ratio([s for s, _ in ours], seconds, False), report.spread(peak, lambda v: f"{v:.0f} MiB"),
            report.ratio([p for _, p in ours], peak, False), f"{length / assets:.1f}",
            f"{elements / assets:.2f}"]


def beside(work, tool, runs, assets):
    """The rows of one estate: ours, and whoever else comes to an end; and what they are held to."""
    svg = os.path.join(work, "drawn.svg")
    said = [ask(tool, assets, "district", svg) for _ in range(runs)]
    ours = [(s["seconds"], s["peak_kib"] / 1024) for s in said]
    rows = [row("cadastre", said[0]["assets"], ours, ours, svg)]
    length, elements = size_of(svg)
    drawn = said[0]["assets"]
    held = [(f"SVG of {assets:,}, bytes per asset", length / drawn, "{:.1f}", 30, False),
            (f"SVG of {assets:,}, elements per asset", elements / drawn, "{:.2f}", 0.3, False)]
    for name, form, words in peers():
        graph = os.path.join(work, "made.dot")
        subprocess.run([str(tool), str(assets), form, graph], check=True)
        done = [run([*words, svg, graph]) for _ in range(runs if assets < ONCE_FROM else 1)] if words else []
        why = next((d for d in done if isinstance(d, str)), "" if words else "not installed")
        rows.append([rows[0][0], name, why, *["-"] * 5] if why
                    else row(name, said[0]["assets"], done, ours, svg))
        if name == "sfdp" and not why:
            (seconds, peak), (theirs, its_peak) = (map(report.median, zip(*d)) for d in (ours, done))
            held += [(f"{assets:,} assets, times faster than sfdp", theirs / seconds, "{:.0f}", 50, True),
                     (f"{assets:,} assets, times of our peak that sfdp's is", its_peak / peak, "{:.1f}", 5, True)]
    return rows, held


def page(work, tool):
    """The HTML page in a browser, and what it is held to; or a text why not."""
    path = os.path.join(work, "drawn.html")
    chromium = os.environ.get("CHROMIUM", "/usr/bin/chromium")
    if not shutil.which("node") or not os.access(chromium, os.X_OK):
        return "node or chromium is not installed"
    if not (HERE.parent / "browser/node_modules/playwright-core").is_dir():
        return "playwright-core is not installed: `npm ci` in tests/browser"
    ask(tool, PAGE, "district", path)
    done = subprocess.run(["node", str(HERE / "page.mjs"), path, PAGE_QUERY, str(PAGE_RUNS)],
                          capture_output=True, text=True, timeout=PEER_SECONDS)
    if done.returncode:
        return f"the browser ended with {done.returncode}: {done.stderr.strip()[-200:]}"
    said = [json.loads(line) for line in done.stdout.splitlines()]
    missed = [s["found"] for s in said if not s["found"].startswith(PAGE_QUERY)]
    if missed:
        return f"the search for {PAGE_QUERY} led to {missed[0]!r}"
    size, requests = os.path.getsize(path) / 1e6, max(s["requests"] for s in said)
    ready, search = ([s[what] for s in said] for what in ("ready", "search"))
    held = [(f"HTML of {PAGE:,}, MB", size, "{:.2f}", 6, False),
            ("requests", requests, "{}", 0, False),
            ("ready, s", report.median(ready), "{:.2f}", 1.5, False),
            ("search and zoom, s", report.median(search), "{:.2f}", 0.4, False)]
    return [[f"{PAGE:,}", f"{size:.2f} MB", report.spread(ready, report.seconds),
             report.spread(search, report.seconds), str(requests)]], held


def later(tool, assets, estates):
    """How many estates are near where they were, and by how much; how much of the map is used."""
    said = [ask(tool, assets, "later", CHURN, seed) for seed in range(1, estates + 1)]
    near, median, kept, use = ([s[what] for s in said] for what in ("near", "median", "kept", "use"))
    return [f"{assets:,}", f"{sum(n >= NEAR for n in near)} of {estates}", report.spread(near, "{:.1%}".format),
            f"{sum(near) / estates:.1%}", f"{max(median):.2%}", report.spread(use, "{:.1%}".format),
            f"{report.median(kept):,.0f}"]


def verdicts(held):
    """Of what is to be none there is no multiple."""
    return [[what, form.format(value), f"at {'least' if least else 'most'} {goal}",
             questions.verdict(goal, value) if least else
             questions.verdict(value, goal) if goal or not value else "not reached"]
            for what, value, form, goal, least in held]


def bench(work, tool, runs):
    report.heading("The district sheet", runs)
    rows, held = [], []
    for assets in SIZES:
        drawn, held = beside(work, tool, runs, assets)
        rows += drawn
    print(report.table(["assets", "by", "time", "to ours", "peak", "to ours", "bytes per asset",
                        "elements per asset"], rows), flush=True)
    overview = [ask(tool, OVERVIEW, "district", os.path.join(work, "drawn.svg")) for _ in range(runs)]
    seconds, peak = [s["seconds"] for s in overview], [s["peak_kib"] / 1024 for s in overview]
    print("\n" + report.table([f"{OVERVIEW:,} assets as an overview", "peak"], [[
        report.spread(seconds, report.seconds), report.spread(peak, lambda v: f"{v:.0f} MiB")]]), flush=True)
    held += [(f"{OVERVIEW:,} assets, s", report.median(seconds), "{:.1f}", 10, False),
             (f"{OVERVIEW:,} assets, peak in MB", report.median(peak) * 1.048576, "{:.0f}", 500, False)]
    opened = page(work, tool)
    if isinstance(opened, str):
        print(f"\nHTML page not measured: {opened}", flush=True)
    else:
        held += opened[1]
        print("\n" + report.table(["assets in one HTML file", "size", "ready", "search and zoom", "requests"],
                                  opened[0]), flush=True)
    print("\n" + report.table(["assets, 5 % gone and 5 % new", f"estates with {NEAR:.0%} near",
                               "moved by at most 2 % of the diagonal", "mean", "largest median",
                               "networks' share of the map", "bytes kept"],
                              [later(tool, *size) for size in LATER]), flush=True)
    held.append((f"{SIZES[-1]:,} assets, networks' share of the map in %",
                 100 * ask(tool, SIZES[-1], "later", CHURN)["use"], "{:.1f}", 80, True))
    print("\n" + report.table(["figure", "seen", "goal", ""], verdicts(held)), flush=True)
    return None
