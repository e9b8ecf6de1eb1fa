# SPDX-License-Identifier: Apache-2.0
"""The district sheet of made estates beside Graphviz's sfdp, which lays the same estate out as a graph:
time, memory, size of the SVG, elements in it; and how much stays where it was on the next sheet. A peer
that takes more than PEER_SECONDS is ended, and said so."""
import json
import os
import re
import resource
import shutil
import subprocess
import time

import report

SIZES = (1_000, 10_000, 100_000)
OVERVIEW = 1_000_000
PEER_SECONDS = 300
CHURN = 50  # per mille


def ask(tool, *words):
    return json.loads(subprocess.run([str(tool), *map(str, words)], capture_output=True, text=True,
                                     check=True).stdout)


def size_of(path):
    """Bytes and elements of an SVG."""
    with open(path, "rb") as file:
        text = file.read()
    return len(text), len(re.findall(rb"<[a-zA-Z]", text))


def peer(graph, svg):
    """Seconds and KiB of sfdp; None where it does not come to an end."""
    begun = time.monotonic()
    process = subprocess.Popen(["dot", "-Ksfdp", "-Tsvg", "-o", svg, graph], stderr=subprocess.DEVNULL,
                               preexec_fn=lambda: resource.setrlimit(
                                   resource.RLIMIT_CPU, (PEER_SECONDS, PEER_SECONDS)))
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return (time.monotonic() - begun, usage.ru_maxrss) if process.returncode == 0 else None


def bench(work, tool, runs):
    report.heading("The district sheet", runs)
    if not shutil.which("dot"):
        return "Graphviz's dot is not installed"
    rows = []
    for assets in SIZES:
        ours, theirs = os.path.join(work, "ours.svg"), os.path.join(work, "theirs.svg")
        graph = os.path.join(work, "made.dot")
        said = [ask(tool, assets, "district", ours) for _ in range(runs)]
        subprocess.run([str(tool), str(assets), "graph", graph], check=True)
        others = list(filter(None, (peer(graph, theirs) for _ in range(runs if assets < 50_000 else 1))))
        seconds, peak = [s["seconds"] for s in said], [s["peak_kib"] / 1024 for s in said]
        n, elements = size_of(ours)
        rows.append([f"{assets:,}", report.spread(seconds, report.seconds),
                     report.spread([o[0] for o in others], report.seconds) if others else f"over {PEER_SECONDS} s",
                     report.ratio(seconds, [o[0] for o in others], False),
                     report.spread(peak, lambda v: f"{v:.0f} MiB"),
                     report.ratio(peak, [o[1] / 1024 for o in others], False),
                     f"{n / said[0]['assets']:.1f}", f"{elements / said[0]['assets']:.2f}",
                     *("{0:.0f}, {1:.1f}".format(*(v / said[0]["assets"] for v in size_of(theirs)))
                       if others else "-",)])
    print(report.table(["assets", "ours", "sfdp", "ratio", "our peak", "ratio", "bytes per asset",
                        "elements per asset", "sfdp's"], rows), flush=True)
    overview = [ask(tool, OVERVIEW, "district", os.path.join(work, "ours.svg")) for _ in range(runs)]
    print(report.table(["1,000,000 assets as an overview", "peak"], [[
        report.spread([s["seconds"] for s in overview], report.seconds),
        report.spread([s["peak_kib"] / 1024 for s in overview], lambda v: f"{v:.0f} MiB")]]), flush=True)
    rows = []
    for assets in SIZES:
        said = ask(tool, assets, "later", CHURN)
        rows.append([f"{assets:,}", f"{said['near']:.1%}", f"{said['median']:.2%}", f"{said['p95']:.2%}",
                     f"{said['kept']:,}"])
    print(report.table(["assets, 5 % gone and 5 % new", "moved by at most 2 % of the diagonal", "median", "95 %",
                        "bytes kept"], rows), flush=True)
    return None
