#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""fingerprints.py SCHEMA OURS THEIRS: our fingerprint files, and those of Recog's own database, are
valid by our schema; and what is not is refused. Exit 77 where Recog's are not there."""
import pathlib
import subprocess
import sys
import tempfile

schema, ours, theirs = sys.argv[1:4]
WRONG = ('<fingerprint pattern="a" flag="x"><description>d</description></fingerprint>',
         '<fingerprint><description>d</description></fingerprint>',
         '<fingerprint pattern="a"/>',
         '<fingerprint pattern="a" flags="REG_ICASE,REG_X"><description>d</description></fingerprint>',
         '<fingerprint pattern="a" certainty="1.5"><description>d</description></fingerprint>',
         '<fingerprint pattern="a"><description>d</description><param name="x"/></fingerprint>',
         '<fingerprint pattern="a"><description>d</description><param pos="0" name="a b"/></fingerprint>',
         '<fingerprint pattern="a"><description>d</description>text</fingerprint>')


def validate(paths):
    return subprocess.run(["xmllint", "--nonet", "--noout", "--schema", schema, *map(str, paths)],
                          capture_output=True, text=True, check=False)


for folder in (ours, theirs):
    paths = sorted(pathlib.Path(folder).glob("*.xml"))
    if not paths:
        print(f"skipped: no fingerprint files at {folder} (meson configure -Dshared_data=DIR)")
        sys.exit(77)
    result = validate(paths)
    if result.returncode:
        sys.exit(result.stderr)
    print(f"{folder}: {len(paths)} files are valid")
with tempfile.TemporaryDirectory() as place:
    for text in WRONG:
        path = pathlib.Path(place, "wrong.xml")
        path.write_text(f"<fingerprints>{text}</fingerprints>", encoding="utf-8")
        if validate([path]).returncode != 3:
            sys.exit(f"valid, and should not be: {text}")
print(f"{len(WRONG)} wrong ones are refused")
