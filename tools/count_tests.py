#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Adds up Meson test logs and prints the closing line `N passed, N failed, N skipped`.

Names every failed test, and every skipped one with its reason (its last line of output).
Fails if a test failed or if none ran.
"""
import json
import sys

passed = failed = skipped = 0
for path in sys.argv[1:]:
    with open(path, encoding="utf-8", errors="replace") as log:
        for line in log:
            test = json.loads(line)
            result = test["result"]
            if result in ("OK", "EXPECTEDFAIL"):
                passed += 1
            elif result == "SKIP":
                skipped += 1
                said = (test.get("stdout") or test.get("stderr") or "no reason given").strip()
                print(f"skipped: {test['name']}: {said.splitlines()[-1] if said else '?'}")
            else:
                failed += 1
                print(f"failed: {test['name']} ({result}), see {path}")
print(f"{passed} passed, {failed} failed, {skipped} skipped")
sys.exit(1 if failed or not passed else 0)
