#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""embed.py refuses what is wrong in a theme and says where: test_embed.py EMBED THEME HEADER"""
import pathlib
import subprocess
import sys
import tempfile

embed, theme, header = sys.argv[1:]
good = pathlib.Path(theme).read_text()
first_style = "style sheet          fill=#ffffff"
first_shape = "  circle 0.5 0.5 0.48\n"

CASES = [
    ("good", good, None),
    ("colour", good.replace("#ffffff", "#fffff", 1), "colour"),
    ("missing style", good.replace(first_style, "", 1), "no style sheet"),
    ("unknown style", good.replace(first_style, first_style + "\nstyle glitter fill=#ffffff"),
     "not in theme.h"),
    ("style twice", good.replace(first_style, first_style + "\n" + first_style), "twice"),
    ("attribute", good.replace("fill=#ffffff", "filling=#ffffff", 1), "unknown attribute"),
    ("dash", good.replace("dash=1.6,0.8", "dash=1.6,0", 1), "dash"),
    ("stroke", good.replace("stroke=#ffffff width=0.4", "stroke=#ffffff", 1), "go together"),
    ("outside", good.replace(first_shape, "  circle 0.5 0.5 0.58\n", 1), "outside the unit square"),
    ("shape", good.replace(first_shape, "  blob 0.5 0.5 0.48\n", 1), "shape"),
    ("number", good.replace(first_shape, "  circle 0.5 x 0.48\n", 1), "could not convert"),
    ("no area", good.replace(first_shape, "  rect 0.5 0.5 0.5 0.9\n", 1), "without area"),
    ("symbol twice", good + 'symbol host "Host" "H"\n  rect 0 0 1 1\n', "twice"),
    ("empty symbol", good + 'symbol nothing "Nothing" "N"\n', "no shape"),
    ("quote", good + "symbol evil Evil '\"; int x;'\n  rect 0 0 1 1\n", "plain text"),
    ("too many", good + "".join(f'symbol s{i} "S" "S"\n  rect 0 0 1 1\n' for i in range(9)), "20"),
]

failed = 0
with tempfile.TemporaryDirectory() as folder:
    source, out = pathlib.Path(folder) / "a.theme", pathlib.Path(folder) / "a.c"
    for name, text, complaint in CASES:
        out.unlink(missing_ok=True)
        source.write_text(text)
        run = subprocess.run([sys.executable, embed, source, header, out], capture_output=True,
                             text=True)
        if complaint is None:
            right = run.returncode == 0 and out.exists()
        else:
            right = run.returncode == 1 and complaint in run.stderr and not out.exists()
        if not right:
            failed += 1
            print(f"{name}: exit {run.returncode}, {run.stderr.strip()!r}")
print(f"{len(CASES) - failed} of {len(CASES)} cases")
sys.exit(failed > 0)
