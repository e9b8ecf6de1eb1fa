#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Listens to every capture of the shared data; under a sanitizer to each EVERY-th.

    smoke.py SMOKE DIRECTORY EVERY
"""
import pathlib
import subprocess
import sys
import tempfile

smoke, directory, every = sys.argv[1], pathlib.Path(sys.argv[2]), sys.argv[3]
captures = sorted(p for p in directory.glob("*/*") if p.is_file() and "cap" in "".join(p.suffixes))
if not captures:
    print(f"skipped: no captures in {directory} (Meson option shared_data)")
    sys.exit(77)
with tempfile.NamedTemporaryFile("w", suffix=".list") as names:
    names.write("".join(f"{p}\n" for p in captures))
    names.flush()
    sys.exit(subprocess.run([smoke, every, names.name]).returncode)
