#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""No two rooms define the same global symbol: static libraries do not complain, the first one
linked simply answers for both."""
import collections
import pathlib
import subprocess
import sys

build = pathlib.Path(sys.argv[1])
objects = sorted(p for folder in ("common", "scanner", "inventory", "mapper", "cli")
                 for p in (build / folder).rglob("*.o"))
if len(objects) < 50:
    sys.exit(f"only {len(objects)} object files under {build}")
owners = collections.defaultdict(list)
for path in objects:
    table = subprocess.run(["nm", "--defined-only", "--extern-only", path], capture_output=True,
                           text=True, check=True).stdout
    for line in table.splitlines():
        _, kind, name = line.split()[-3:]
        if kind in "TDBR" and not name.startswith(("__asan", "__odr_asan", "__ubsan")):
            owners[name].append(path.relative_to(build).as_posix())
faults = [f"{name}: {', '.join(paths)}" for name, paths in sorted(owners.items())
          if len(paths) > 1]
print("\n".join(faults) or f"{len(owners)} symbols, each of one room")
sys.exit(1 if faults else 0)
