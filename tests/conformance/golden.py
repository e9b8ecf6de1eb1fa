#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""golden.py PROGRAM DATA: our engine against the recorded answers of recog-ruby, whole parameter
maps, over Recog's own examples and over banners mutated from them. A group that took no part is
null there and absent here. Exit 77 where the recordings are not."""
import gzip
import json
import os
import re
import subprocess
import sys

program, data = sys.argv[1:3]
recordings = os.path.join(data, "recog-golden")
xml = os.path.join(data, "recog", "xml")
if not os.path.isdir(recordings) or not os.path.isdir(xml):
    print(f"skipped: no recordings at {recordings} (meson configure -Dshared_data=DIR)")
    sys.exit(77)


def rows(name):
    with gzip.open(os.path.join(recordings, name), "rt", encoding="latin-1", newline="\n") as file:
        return [line.rstrip("\n").split("\t") for line in file]


def expected(text):
    """Their form: JSON, the braces sometimes left off, bytes outside ASCII as \\xHH."""
    if not text.startswith("{"):
        text = "{" + text + "}"
    text = re.sub(r'\\(\\|"|x([0-9a-fA-F]{2}))',
                  lambda m: "\\u00" + m.group(2) if m.group(2) else m.group(0), text)
    return {k: v.encode("latin-1") for k, v in json.loads(text).items() if v is not None}


def given(words):
    return {k: bytes.fromhex(v) for k, v in (w.split("=", 1) for w in words)}


def run(mode, text):
    done = subprocess.run([program, mode, xml], input=text, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{program} {mode} failed: {done.stderr.strip()}")
    return [line.split("\t") for line in done.stdout.splitlines()]


faults = []
own, ours = rows("own_params.tsv.gz"), {tuple(r[:3]): r for r in run("own", "")}
for row in own:
    mine = ours.get(tuple(row[:3]))
    if not mine or mine[3] != row[1] or given(mine[4:]) != expected(row[3]):
        faults.append(f"own example {row[:3]}: {mine}")
mutated = rows("mutated.tsv.gz")
answers = run("match", "".join(f"{r[0]}\t{r[4]}\n" for r in mutated))
limits = sum(a[0] == "-2" for a in answers)
for row, mine in zip(mutated, answers, strict=True):
    if mine[0] != row[5] or (row[5] != "-1" and given(mine[1:]) != expected(row[6])):
        faults.append(f"mutated {row[:4]}: {mine[:1]}, not {row[5]}")
print("\n".join(faults[:20]))
print(f"{len(own)} own examples, {len(mutated)} mutated banners, {limits} limits, "
      f"{len(faults)} differ")
sys.exit(bool(faults) or not own or not mutated)
