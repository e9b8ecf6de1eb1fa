#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""coverage.py PROGRAM DOCUMENT FINGERPRINTS [--update]: docs/coverage.md lists the protocols as the
program knows them (--update writes it anew), with how many fingerprints of ours are theirs, and
what they are held against in the unit tests."""
import pathlib
import subprocess
import sys
import xml.etree.ElementTree

BEGIN, END = "<!-- the protocols, as the program knows them -->\n", "<!-- end of the protocols -->\n"
HEAD = ("protocol", "transport", "ports", "from profile", "who begins", "kept when overheard",
        "our fingerprints", "reference")
BEGINS = {"asks": "a question of ours", "answers": "the server; answered",
          "listens": "the server; only listened to"}


def fingerprints(folder):
    count = {}
    for path in pathlib.Path(folder).glob("*.xml"):
        root = xml.etree.ElementTree.parse(path).getroot()
        name = root.get("protocol") or root.get("matches").split(".")[0]
        count[name] = count.get(name, 0) + len(root)
    return count


def table(program, folder):
    count = fingerprints(folder)
    rows = [HEAD]
    for line in subprocess.run([program], capture_output=True, text=True,
                               check=True).stdout.splitlines():
        name, transport, ports, risk, begins, kept, reference = line.split("\t")
        rows.append((name, transport, ports or "any", risk, BEGINS[begins], kept,
                     str(count.get(name, "")), reference))
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    lines.insert(1, "|" + "---|" * len(HEAD))
    return "\n".join(lines) + "\n"


program, document, folder = sys.argv[1:4]
path = pathlib.Path(document)
text = path.read_text(encoding="utf-8")
before, rest = text.split(BEGIN)
_, after = rest.split(END)
wanted = before + BEGIN + table(program, folder) + END + after
if "--update" in sys.argv:
    path.write_text(wanted, encoding="utf-8")
elif wanted != text:
    sys.exit(f"{document} is not as the program is; run: {' '.join(sys.argv)} --update")
print(f"{table(program, folder).count(chr(10)) - 2} protocols")
