#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Deciding by hand at the command line: usage, preview, the four forms, exit codes, the trail."""
import csv
import hashlib
import io
import json
import pathlib
import sys
import unittest
import xml.etree.ElementTree as tree

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from harness import Register  # noqa: E402

PROGRAM = sys.argv.pop(1)


def bundle(path, number, addresses):
    """A carried bundle in which these addresses answer."""
    stamp = "2026-03-01T08:00:%02dZ"
    lines = [{"cadastre": "bundle", "version": 1, "id": "%032x" % number, "realm": "plant",
              "vantage": "internal", "tool": "case", "started": stamp % 0}]
    for n, addr in enumerate(addresses, 1):
        lines += [{"kind": "host", "method": "echo", "time": stamp % n, "addr": addr},
                  {"kind": "port", "method": "syn", "time": stamp % n, "addr": addr,
                   "transport": "tcp", "port": 22}]
    body = b"".join(json.dumps(line).encode() + b"\n" for line in lines)
    end = {"end": True, "observations": len(lines) - 1, "counters": {"sent": 1},
           "sha256": hashlib.sha256(body).hexdigest()}
    pathlib.Path(path).write_bytes(body + json.dumps(end).encode() + b"\n")


class Deciding(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.register = Register(PROGRAM)
        cls.run_program, cls.rows = cls.register.run, cls.register.rows
        cls.holder = None
        cls.run_program("--realm", "plant", "scope", "grant", "--cidr", "198.18.0.0/15",
                        "--authoriser", "Head", "--basis", "Order 7", "--from", "2020-01-01",
                        "--until", "2099-01-01")
        cls.addresses = ["198.18.1.1", "198.18.2.1", "198.18.3.1"]
        bundle(cls.register.path("first"), 1, cls.addresses)
        cls.run_program("import", cls.register.path("first"))
        cls.ids = {row["addresses"]: str(row["id"]) for row in cls.rows("asset", "list")}

    @classmethod
    def tearDownClass(cls):
        cls.register.close()

    def test_1_usage(self):
        for words, said in (
                (["merge", "198.18.1.1"], "asset merge"),
                (["merge", "198.18.1.1", "198.18.2.1"], "reason"),
                (["split", "198.18.1.1", "--reason", "x"], "what leaves"),
                (["undo", "last", "--reason", "x"], "is no number"),
                (["list", "--state", "gone"], "--state")):
            self.assertIn(said, self.run_program("asset", *words, code=2).stderr)
        self.assertIn("no asset matches",
                      self.run_program("asset", "retire", "nobody", "--reason", "x", code=3).stderr)
        self.assertEqual(self.rows("asset", "decisions"), [])

    def test_2_preview_and_forms(self):
        words = ("asset", "merge", "198.18.2.1", "198.18.1.1", "--dry-run")
        text = self.run_program(*words)
        self.assertIn("would be decided", text.stderr)
        self.assertIn("198.18.2.1 tcp/22", text.stdout)
        rows = self.rows(*words)
        self.assertEqual({row["what"] for row in rows}, {"address", "service"})
        table = list(csv.DictReader(io.StringIO(self.run_program("--format", "csv", *words).stdout)))
        self.assertEqual([row["subject"] for row in table], [row["subject"] for row in rows])
        parts = tree.fromstring(self.run_program("--format", "xml", *words).stdout)
        self.assertEqual(len(parts), len(rows))
        self.assertEqual(self.rows("asset", "decisions"), [])
        self.assertEqual(len(self.rows("asset", "list")), 3)

    def test_3_merge_show_undo(self):
        one, two = self.ids["198.18.1.1"], self.ids["198.18.2.1"]
        self.run_program("asset", "merge", two, one, "--reason", "one box", "--by", "Ada")
        self.assertEqual(sorted(row["addresses"] for row in self.rows("asset", "list")),
                         ["198.18.1.1 198.18.2.1", "198.18.3.1"])
        shown = self.run_program("asset", "show", two)
        self.assertIn(f"asset {two} is an alias", shown.stderr)
        self.assertIn("one box", shown.stdout)
        decision = self.rows("asset", "decisions", one)[0]
        self.assertEqual((decision["kind"], decision["author"], decision["other_id"]),
                         ("merge", "Ada", one))
        refused = self.run_program("asset", "undo", "77", "--reason", "x", code=3)
        self.assertIn("asset decisions", refused.stderr)
        self.run_program("asset", "undo", str(decision["decision"]), "--reason", "two boxes")
        self.assertEqual({row["addresses"]: str(row["id"]) for row in self.rows("asset", "list")},
                         self.ids)
        self.assertEqual([row["what"] for row in self.rows("audit", "list")
                          if row["what"].startswith("asset.")], ["asset.merge", "asset.split"])
        self.assertIn("chain is whole", self.run_program("audit", "verify").stdout)

    def test_4_retire_and_review(self):
        three = self.ids["198.18.3.1"]
        self.assertEqual(self.rows("asset", "review"), [])
        self.run_program("asset", "retire", "198.18.3.1", "--reason", "scrapped")
        self.assertEqual(len(self.rows("asset", "list")), 2)
        bundle(self.register.path("again"), 2, ["198.18.3.1"])
        self.run_program("import", self.register.path("again"))
        review = self.rows("asset", "review", "--kind", "retired, seen again", code=1)
        self.assertEqual([str(row["asset_id"]) for row in review], [three])
        self.assertEqual(self.rows("--realm", "other", "asset", "review"), [])
        self.assertEqual(self.rows("asset", "list", "--state", "retired")[0]["state"],
                         "retired, seen again")
        self.run_program("asset", "revive", three, "--reason", "still needed")
        self.assertEqual(len(self.rows("asset", "list")), 3)


if __name__ == "__main__":
    unittest.main()
