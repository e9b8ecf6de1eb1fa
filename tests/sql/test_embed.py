#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""schema/embed.py under Ninja: nothing is done twice, wherever the sources are, and a query that
was changed is noticed. Arguments: embed.py, the directory schema."""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

EMBED, SCHEMA = (os.path.abspath(name) for name in sys.argv[1:3])
RULES = """rule embed
  command = $python '$embed' '$schema' queries.c queries.h queries.d
  depfile = queries.d
build queries.c queries.h: embed
"""


class Embed(unittest.TestCase):
    def ninja(self, place):
        done = subprocess.run(["ninja", "-C", place], capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return "no work to do" not in done.stdout

    def test_places(self):
        for name in ("plain", "with a space", "num#ber", "dol$lar", "\u8d44\u4ea7"):
            with self.subTest(name), tempfile.TemporaryDirectory() as place:
                schema = pathlib.Path(place, name, "schema")
                shutil.copytree(SCHEMA, schema)
                pathlib.Path(place, "build.ninja").write_text(
                    f"python = {sys.executable}\nembed = {EMBED}\n"
                    f"schema = {str(schema).replace('$', '$$')}\n{RULES}", encoding="utf-8")
                self.assertTrue(self.ninja(place))
                self.assertFalse(self.ninja(place))
                query = schema / "queries/status_counts.sql"
                query.write_text(query.read_text() + "-- changed\n")
                self.assertTrue(self.ninja(place))
                (schema / "queries/another.sql").write_text("-- Nothing.\nSELECT 1;\n")
                self.assertTrue(self.ninja(place))
                self.assertFalse(self.ninja(place))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
