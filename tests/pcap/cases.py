#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the golden cases of CASES: makes the captures, listens to each, compares what was heard.

    cases.py DUMP [--update] [NAME...]
"""
import difflib
import pathlib
import subprocess
import sys
import tempfile

here = pathlib.Path(__file__).resolve().parent


def rows():
    for line in (here / "CASES").read_text().splitlines():
        if line and not line.startswith("#"):
            yield line.split(None, 3)


def listen(dump, capture):
    run = subprocess.run([dump, capture], capture_output=True, timeout=60)
    if run.returncode or run.stderr:
        return f"exit {run.returncode}\n{run.stderr.decode(errors='replace')}"
    return run.stdout.decode()  # strict: what is not UTF-8 fails here


def main():
    arguments = [a for a in sys.argv[1:] if a != "--update"]
    update, dump, wanted = "--update" in sys.argv, arguments[0], set(arguments[1:])
    failed = n = 0
    with tempfile.TemporaryDirectory() as place:
        subprocess.run([sys.executable, here / "make.py", place], check=True)
        written = set()
        for name, capture, expected, what in rows():
            if wanted and name not in wanted:
                continue
            n += 1
            # names of files differ from case to case, what was heard does not
            heard = listen(dump, f"{place}/{capture}")
            file = here / "expected" / f"{expected}.txt"
            if update and expected not in written:
                file.parent.mkdir(exist_ok=True)
                file.write_text(heard)
                written.add(expected)
            told = file.read_text() if file.exists() else ""
            if heard != told:
                failed += 1
                print(f"case {name} ({what}) differs from expected/{expected}.txt:")
                print("\n".join(difflib.unified_diff(told.splitlines(), heard.splitlines(),
                                                     "expected", "heard", lineterm="", n=0)))
    print(f"{n} cases, {failed} failed")
    return 1 if failed or not n else 0


sys.exit(main())
