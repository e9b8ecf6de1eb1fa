# SPDX-License-Identifier: Apache-2.0
"""Planning of large campaigns: how long it takes from files of targets and exclusions to the first
probe, and how much memory it takes. bench_plan does what a scan does before it sends, with a
scripted machine's routes; nothing is sent, and no address here is ever asked."""
import json
import os
import pathlib
import random
import subprocess
import sys

import report

STEPS = ("read", "scope", "judge", "reach")
EIGHT = 0x0A000000  # 10.0.0.0/8


def dotted(value):
    return f"{value >> 24}.{value >> 16 & 255}.{value >> 8 & 255}.{value & 255}"


def write(path, values):
    with open(path, "w", encoding="ascii") as file:
        file.writelines(f"{dotted(value)}\n" for value in values)
    return path


def make_lists(work, lines):
    """Exclusions all over a /8, and single addresses in no order, of the /8 and of anywhere."""
    draw = random.Random(7)
    eight = os.path.join(work, "eight.txt")
    pathlib.Path(eight).write_text("10.0.0.0/8\n", encoding="ascii")
    return {"eight": eight, "none": write(os.path.join(work, "none.txt"), ()),
            "out": write(os.path.join(work, "out.txt"),
                         (EIGHT + v for v in draw.sample(range(1 << 24), 50000))),
            "dense": write(os.path.join(work, "dense.txt"),
                           (EIGHT + v for v in draw.sample(range(1 << 24), lines))),
            "wide": write(os.path.join(work, "wide.txt"),
                          (draw.randrange(0x01000000, 0xDF000000) for _ in range(lines)))}


def bench(work, program, runs, lines):
    tool = pathlib.Path(program or "").resolve().parent.parent / "tests/bench/bench_plan"
    if not os.access(tool, os.X_OK):
        return f"{tool} is not built"
    lists = make_lists(work, lines)
    cases = (("a /8, 50,000 exclusions of the plan", "eight", "out", "plan"),
             ("a /8, 50,000 exclusions of the authorisation", "eight", "out", "scope"),
             (f"{lines:,} single addresses in a /8, 50,000 exclusions", "dense", "out", "plan"),
             (f"{lines:,} single addresses anywhere", "wide", "none", "plan"))
    report.heading("Planning", runs)
    rows = []
    for title, targets, out, whose in cases:
        took = []
        for _ in range(runs):
            words = [str(tool), lists[targets], lists[out], whose]
            result = subprocess.run(words, capture_output=True, text=True, check=False)
            if result.returncode:
                print(f"left out: {title}: {result.stderr.strip()}", file=sys.stderr)
                break
            took.append(json.loads(result.stdout))
        if took:
            rows.append([title, f"{took[0]['addresses']:,}",
                         report.spread([sum(t[s] for s in STEPS) for t in took], report.seconds),
                         *(report.seconds(report.median([t[s] for t in took])) for s in STEPS),
                         f"{max(t['peak_kib'] for t in took) / 1024:.1f} MiB"])
    print(report.table(["campaign", "addresses", "to the first probe", *STEPS, "peak"], rows),
          flush=True)
    return None
