# SPDX-License-Identifier: Apache-2.0
"""How long a book of a made estate takes, and of as many assets that have nothing in common: the
seconds of the processor, the peak of memory, the size of the PDF, and that it is the same twice."""
import json
import pathlib
import subprocess

import report

ASSETS = 100000


def draw(tool, assets, path, *more):
    """What the tool tells of one book."""
    run = subprocess.run([str(tool), str(assets), str(path), *more], stdout=subprocess.PIPE,
                         text=True, check=True)
    return json.loads(run.stdout)


def bench(work, program, runs, assets=ASSETS):
    tool = pathlib.Path(program).resolve().parent.parent / "tests/bench/bench_atlas"
    rows = []
    for name, more in (("made estate", ()), ("singletons", ("singletons",))):
        path, told, files = pathlib.Path(work) / "atlas.pdf", [], set()
        for _ in range(max(runs, 2)):
            told.append(draw(tool, assets, path, *more))
            files.add(path.read_bytes())
        rows.append([f"{told[0]['assets']} assets, {name}",
                     report.spread([t["seconds"] for t in told], "{:.2f}".format),
                     f"{max(t['peak_kib'] for t in told) / 1024:.0f}",
                     f"{told[0]['bytes'] / 1e6:.1f}",
                     "yes" if len(files) == 1 else "NO"])
        path.unlink()
    print(report.table(["atlas", "processor s", "peak MiB", "MB", "same bytes"], rows))
    return None if all(row[-1] == "yes" for row in rows) else "the same book has other bytes"
