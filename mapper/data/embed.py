#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks the tile grid of divisions and writes it as C: embed.py divisions.tsv OUT.c

Fails on a line without five columns, a code that is not two digits, a code, name or place that
is given twice, or a place outside of a grid of 16 by 16.
"""
import re
import sys

rows, seen = [], set()
with open(sys.argv[1], encoding="utf-8") as source:
    for number, line in enumerate(source, 1):
        if line.startswith("#"):
            continue
        words = line.rstrip("\n").split("\t")
        if len(words) != 5 or not re.fullmatch(r"[1-9][0-9]", words[0]) or not all(
                re.fullmatch(r"[0-9]|1[0-5]", word) for word in words[3:]):
            sys.exit(f"{sys.argv[1]}:{number}: expected code, two names, column and row")
        if any('"' in word or "\\" in word for word in words):
            sys.exit(f"{sys.argv[1]}:{number}: a quote or backslash in a name")
        for key in (words[0], words[1], words[2], (words[3], words[4])):
            if key in seen:
                sys.exit(f"{sys.argv[1]}:{number}: {key} is there twice")
            seen.add(key)
        rows.append(words)

with open(sys.argv[2], "w", encoding="utf-8") as out:
    out.write('#include "mapper/data/divisions.h"\n\nconst struct division divisions[] = {\n')
    for code, chinese, english, column, row in sorted(rows):
        out.write(f'\t{{"{code}", "{chinese}", "{english}", {column}, {row}}},\n')
    out.write(f"}};\nconst size_t n_divisions = {len(rows)};\n")
