# SPDX-License-Identifier: Apache-2.0
"""Facts of the graph of systems beside igraph, on the same made register, in one run: the same
numbers, and how much processor. Asked for: all facts of 100,000 systems and 1,000,000 dependencies
in under 10 s."""
import json
import os
import pathlib
import subprocess

import report

DEBIAN_PYTHON = "/usr/bin/python3"  # that python3-igraph is installed for
CALL_SECONDS = 900
SAMPLE = 200
QUESTIONS = ("build", "sectors-2", "dependants-1", "dependants-2", "tier-3-dependants-2",
             "dependants-all", "cut-impact")


def find_program(program):
    """Beside the program that is measured."""
    builds = [pathlib.Path(program).resolve().parents[1]] if program else []
    here = pathlib.Path(__file__).resolve().parents[2] / "build"
    for build in builds + [here / name for name in ("release", "gcc")]:
        path = build / "tests/bench/bench_graph"
        if os.access(path, os.X_OK):
            return path
    return None


def ask(command):
    done = subprocess.run(command, capture_output=True, text=True, timeout=CALL_SECONDS)
    if done.returncode:
        raise RuntimeError(f"{command[0]} ended with {done.returncode}: {done.stderr.strip()[-300:]}")
    return {row["question"]: row for row in map(json.loads, done.stdout.splitlines())}


def has_peer():
    return subprocess.run([DEBIAN_PYTHON, "-c", "import igraph"], capture_output=True).returncode == 0


def same(ours, theirs):
    """Whether both say the same of all systems that both were asked for."""
    n = min(len(ours["first"]), len(theirs["first"]))
    near = all(abs(a - b) < 1e-9 for a, b in zip(ours["first"][:n], theirs["first"][:n]))
    return near and (theirs["sum"] is None or theirs["sum"] == ours["sum"])


def bench(work, program, runs, systems, dependencies):
    tool = find_program(program)
    if not tool:
        return "bench_graph is not built"
    report.heading(f"Graph facts: {systems:,} systems, {dependencies:,} dependencies", runs)
    edges, ours, theirs, peak = pathlib.Path(work) / "edges", {}, {}, []
    peer = has_peer()
    for _ in range(runs):
        mine = ask([tool, str(systems), str(dependencies), str(edges)])
        peak.append(mine["peak"]["kib"] / 1024)
        other = ask([DEBIAN_PYTHON, str(pathlib.Path(__file__).with_name("graph_peer.py")),
                     str(edges), str(SAMPLE)]) if peer else {}
        for question in QUESTIONS:
            ours.setdefault(question, []).append(mine[question]["seconds"])
            if question not in other:
                continue
            if question != "build" and not same(mine[question], other[question]):
                return f"{question}: igraph says otherwise"
            scale = systems / other[question].get("systems", systems)
            theirs.setdefault(question, []).append(scale * other[question]["seconds"])
    rows = [[question, report.spread(ours[question], lambda v: f"{v:.3f} s"),
             report.spread(theirs.get(question), report.seconds),
             report.ratio(ours[question], theirs.get(question), False)] for question in QUESTIONS]
    rows.append(["all", report.seconds(sum(map(report.median, ours.values()))), "", ""])
    print(report.table(["for all systems", "cadastre, CPU", "igraph, CPU", "times less"], rows))
    print(f"\nPeak {report.spread(peak, lambda v: f'{v:.0f} MiB')} with the register itself. igraph answers "
          f"the last two for {SAMPLE} and 20 systems; its time for all is extrapolated.",
          flush=True)
    return None if peer else "igraph is not here (Debian: python3-igraph)"
