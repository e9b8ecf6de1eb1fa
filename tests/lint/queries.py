#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""queries.py SOURCE: every query of schema/queries is run by some C file: dead SQL is removed, not
kept. (A query that is named and not there does not compile.)"""
import pathlib
import re
import sys

ROOMS = ("cli", "inventory", "mapper", "scanner")


def used(root):
    names = set()
    for room in ROOMS:
        for path in (root / room).rglob("*.[ch]"):
            names |= set(re.findall(r"\bquery_(\w+)", path.read_text()))
    return names


def faults(root):
    there = {path.stem for path in (root / "schema/queries").glob("*.sql")}
    named = used(root)
    for name in sorted(there - named):
        yield f"schema/queries/{name}.sql: no C file runs it"
    if not there:
        yield "schema/queries: no queries were found"


if __name__ == "__main__":
    found = list(faults(pathlib.Path(sys.argv[1])))
    print("\n".join(found) or "every query is run")
    sys.exit(1 if found else 0)
