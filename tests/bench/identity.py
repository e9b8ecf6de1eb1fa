# SPDX-License-Identifier: Apache-2.0
"""A simulated year of identity on the pure engine (identity/year.c says what it counts): things
with addresses and keys of which the truth is known, a run a week, a tenth of the addresses given
to others each week, hardware replaced, images copied. It is not timed against anybody; it counts
wrong merges and false splits."""
import json
import os
import pathlib
import subprocess
import time

import report

RUNS = 52
CALL_SECONDS = 3600


def find_program(program):
    """Beside the program that is measured."""
    builds = [pathlib.Path(program).resolve().parents[1]] if program else []
    here = pathlib.Path(__file__).resolve().parents[2] / "build"
    for build in builds + [here / name for name in ("release", "gcc")]:
        path = build / "tests/bench/identity_year"
        if os.access(path, os.X_OK):
            return path
    return None


def bench(program, runs, things):
    year = find_program(program)
    if not year:
        return "identity_year is not built"
    report.heading(f"Identity: {things} things, {RUNS} weekly runs", runs)
    rows, wall = [], []
    for seed in range(1, runs + 1):
        started = time.monotonic()
        done = subprocess.run([year, str(things), str(RUNS), str(seed)], capture_output=True,
                              text=True, timeout=CALL_SECONDS)
        wall.append(time.monotonic() - started)
        if done.returncode not in (0, 1):
            return f"the simulation ended with {done.returncode}: {done.stderr.strip()[-200:]}"
        n = json.loads(done.stdout)
        per = lambda count, n=n: f"{count} ({1e5 * count / n['things']:.2f})"  # noqa: E731
        rows.append([seed, n["things"], n["keyless"], n["moves"], per(n["wrong_merges"]),
                     per(n["false_splits"]), f"{n['wrong_keyless']} / {n['split_keyless']}",
                     f"{n['wrong_alike']} / {n['split_alike']}",
                     f"{n['wrong_rekeyed']} / {n['split_rekeyed']}"])
    print(report.table(["seed", "things", "of them keyless", "address moves",
                        "wrong merges (per 100,000)", "false splits (per 100,000)",
                        "keyless: merged / split", "look-alikes: merged / split",
                        "rekeyed: merged / split"], rows), flush=True)
    print(f"\nOne year: {report.spread(wall, report.seconds)}. At most 1 wrong merge in 100,000 "
          "and 1 false split in 1,000 are asked for, of what can be decided.", flush=True)
    return None
