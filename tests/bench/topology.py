# SPDX-License-Identifier: Apache-2.0
"""The topology sheet beside Graphviz's sfdp on the same graph (topology.c says what is counted):
super nodes, overlaps, crossings of lines, lines through a node. Positions, not pictures, are
compared: sfdp as it comes, and with overlap=prism. Asked for: at most 150 super nodes, none over
another, and crossings and hits together at most half of sfdp's. Then ten months of campuses of which
5 % is other each month, each on the places of the month before: of what stayed at least 95 % within
2 % of the diagonal, median 0, and no more tangled than that."""
import json
import os
import pathlib
import shutil
import subprocess

import report

CALL_SECONDS = 600
PEERS = ("sfdp", "sfdp-prism")


def find_program(program):
    """Beside the program that is measured."""
    builds = [pathlib.Path(program).resolve().parents[1]] if program else []
    here = pathlib.Path(__file__).resolve().parents[2] / "build"
    for build in builds + [here / name for name in ("release", "gcc")]:
        path = build / "tests/bench/bench_topology"
        if os.access(path, os.X_OK):
            return path
    return None


def read(lines):
    """By estate, then by who placed it."""
    found = {}
    for line in lines:
        row = json.loads(line)
        found.setdefault(row["estate"], {})[row["by"]] = row
    return found


def tangle(row):
    return row["crossings"] + row["hits"]


def share(ours, theirs):
    """Our crossings and hits as a share of the better of theirs; less is better."""
    least = min((tangle(row) for row in theirs), default=0)
    return f"{tangle(ours) / least:.2f}" if least else "-"


def churn(tool, *words):
    """By estate, the rows of its months."""
    done = subprocess.run([tool, "churn", *words], capture_output=True, text=True, timeout=CALL_SECONDS,
                          check=True)
    found = {}
    for line in done.stdout.splitlines():
        row = json.loads(line)
        found.setdefault(row["estate"], []).append(row)
    return found


def months(found):
    rows = []
    for estate, by_month in found.items():
        def span(of, form="{:.0f}", by_month=by_month):
            values = sorted(of(row) for row in by_month)
            return f"{form.format(values[len(values) // 2])} ({form.format(values[0])}-{form.format(values[-1])})"

        rows.append([estate, len(by_month), span(lambda row: row["same"]),
                     span(lambda row: 100 * row["median"], "{:.1f} %"),
                     span(lambda row: 100 * row["p95"], "{:.1f} %"),
                     span(lambda row: 100 * row["near"], "{:.1f} %"),
                     span(lambda row: 100 * row["median_anew"], "{:.0f} %"),
                     sum(row["overlaps"] for row in by_month), span(lambda row: row["kept"]),
                     span(lambda row: row["anew"]), span(lambda row: row["sfdp"]),
                     span(lambda row: row["seconds"], "{:.2f} s"),
                     span(lambda row: row["seconds_anew"], "{:.2f} s")])
    return report.table(["estate", "months", "stayed", "moved, median", "95th percentile", "within 2 %",
                         "median if laid out anew", "overlaps",
                         "crossings and hits", "laid out anew", "the better of sfdp", "the sheet", "anew"], rows)


def bench(program, runs):
    tool = find_program(program)
    if not tool:
        return "bench_topology is not built"
    report.heading("Topology sheet", runs)
    seconds, peak, found = {}, {}, {}
    for _ in range(runs):
        done = subprocess.run([tool], capture_output=True, text=True, timeout=CALL_SECONDS)
        if done.returncode:
            return f"bench_topology ended with {done.returncode}: {done.stderr.strip()[-200:]}"
        found = read(done.stdout.splitlines())
        for estate, by in found.items():
            seconds.setdefault(estate, []).append(by["cadastre"]["seconds"])
            peak.setdefault(estate, []).append(by["cadastre"]["peak_kib"] / 1024)
    rows = []
    for estate, by in found.items():
        ours, theirs = by["cadastre"], [by[peer] for peer in PEERS if peer in by]
        cells = [f"{row['overlaps']} / {row['crossings']} / {row['hits']}" for row in [ours, *theirs]]
        cells += ["-"] * (1 + len(PEERS) - len(cells))
        rows.append([estate, ours["nodes"], ours["lines"], *cells, share(ours, theirs),
                     report.spread(seconds[estate], report.seconds),
                     report.spread(peak[estate], lambda v: f"{v:.0f} MiB")])
    print(report.table(["estate", "super nodes", "lines", "overlaps / crossings / hits",
                        *PEERS, "share of the better", "the sheet", "peak so far"], rows), flush=True)
    print("\nTen months, 5 % other each month:\n\n" + months(churn(tool)), flush=True)
    if not shutil.which("sfdp"):
        return "sfdp is not here (Debian: graphviz)"
    return None
