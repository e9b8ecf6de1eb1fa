#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""count_tests.py [--broken N] LOG...: adds up Meson test logs and prints the closing line
`N passed, N failed, N skipped`.

Names every failed test, and every skipped one with its reason (its last line of output). A case
that was skipped inside of a test that passed counts as skipped too. N steps that broke before
there was a test, such as a build, count as failed. Fails if anything failed or if no test ran."""
import json
import re
import sys

# What unittest (verbose) and cmocka say of one case.
CASE = re.compile(r"^(?P<case>.*) \.\.\. skipped '(?P<why>.*)'$|^\[  SKIPPED \] (?P<name>[a-z]\w*)$",
                  re.M)


def cases(test):
    """The skipped cases of a test as (case, reason)."""
    said = (test.get("stdout") or "") + "\n" + (test.get("stderr") or "")
    return sorted({(m["name"] or m["case"], m["why"] or "it says no reason")
                   for m in CASE.finditer(said)})


words = sys.argv[1:]
passed = failed = skipped = 0
if words[:1] == ["--broken"]:
    failed, words = int(words[1]), words[2:]
for path in words:
    try:
        with open(path, encoding="utf-8", errors="replace") as log:
            tests = [json.loads(line) for line in log]
    except (OSError, ValueError) as error:
        print(f"failed: no test log: {error}")
        failed += 1
        continue
    for test in tests:
        result = test["result"]
        if result in ("OK", "EXPECTEDFAIL"):
            passed += 1
            for case, why in cases(test):
                skipped += 1
                print(f"skipped: {test['name']}: {case}: {why}")
        elif result == "SKIP":
            skipped += 1
            said = (test.get("stdout") or test.get("stderr") or "no reason given").strip()
            print(f"skipped: {test['name']}: {said.splitlines()[-1] if said else '?'}")
        else:
            failed += 1
            print(f"failed: {test['name']} ({result}), see {path}")
print(f"{passed} passed, {failed} failed, {skipped} skipped")
sys.exit(1 if failed or not passed else 0)
