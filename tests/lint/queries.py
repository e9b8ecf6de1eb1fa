#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""queries.py SOURCE: every query of schema/queries is run by some C file: dead SQL is removed, not
kept. (A query that is named and not there does not compile.) And the numbers of advisory locks: each
stands for one thing, in the table of docs/architecture.md."""
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


LOCK = re.compile(r"advisory_\w+\(4841, (\d+)\)")
FUNCTION = re.compile(r"CREATE (?:OR REPLACE )?FUNCTION cadastre\.(\w+)")


def locks(root):
    """Who takes which number: queries by their names, functions by theirs."""
    for path in (root / "schema/queries").glob("*.sql"):
        for number in LOCK.findall(path.read_text()):
            yield path.stem, number
    for path in (root / "schema/migrations").glob("*.sql"):
        function = None
        for line in path.read_text().splitlines():
            function = (FUNCTION.findall(line) or [function])[0]
            for number in LOCK.findall(line):
                yield function, number


def lock_faults(root):
    table = {}
    for line in (root / "docs/architecture.md").read_text().splitlines():
        row = re.fullmatch(r"\| (\d+) \| .* \| (`[^|]*) \|", line)
        for name in re.findall(r"`(\w+)", row[2]) if row else ():
            if name in table:
                yield f"docs/architecture.md: {name} stands in two rows"
            table[name] = row[1]
    for name, number in sorted(set(locks(root))):
        if table.get(name) != number:
            yield (f"{name} takes the advisory lock {number}, and docs/architecture.md says "
                   f"{table.get(name, 'nothing')}")


if __name__ == "__main__":
    found = list(faults(pathlib.Path(sys.argv[1])))
    found += lock_faults(pathlib.Path(sys.argv[1]))
    print("\n".join(found) or "every query is run, every lock has its number")
    sys.exit(1 if found else 0)
