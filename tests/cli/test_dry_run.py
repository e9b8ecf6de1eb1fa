#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A dry run says of every target whether it is in scope and why, and sends nothing."""
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from harness import Register, own_loopback  # noqa: E402

own_loopback()
PROGRAM = sys.argv.pop(1)
GRANT = ("scope", "grant", "--authoriser", "A. Person", "--basis", "order 7", "--until", "2099-01-01")


class DryRun(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.register = Register(PROGRAM)
        cls.register.run(*GRANT, "--cidr", "198.18.0.0/25", "--exclude", "198.18.0.64/30")
        cls.register.run(*GRANT, "--cidr", "198.18.0.128/25", "--profile", "standard")

    @classmethod
    def tearDownClass(cls):
        cls.register.close()

    def plan(self, *words, code=0):
        return self.register.rows("scan", "--dry-run", "--ports", "22,80", *words, code=code)

    def test_each_target_and_its_authorisation(self):
        rows = self.plan("127.0.0.1", "198.18.0.0/24", "198.18.0.200", "198.18.0.64/30",
                         "198.19.0.0/24", code=5)
        self.assertEqual([row["target"] for row in rows],
                         ["127.0.0.1/32", "198.18.0.0/24", "198.18.0.200/32", "198.18.0.64/30",
                          "198.19.0.0/24"])
        self.assertEqual([row["authorisation"] for row in rows],
                         ["this machine's loopback", "1, 2", "2", "", ""])
        verdicts = [row["verdict"] for row in rows]
        self.assertEqual(verdicts[:3], ["in scope", "in scope, less 4 excluded", "in scope"])
        self.assertEqual(verdicts[3], "refused: 198.18.0.64, its authorisation excludes it")
        self.assertEqual(verdicts[4], "refused: 198.19.0.0, no authorisation covers it")
        self.assertEqual([int(row["addresses"]) for row in rows], [1, 256, 1, 4, 256])
        self.assertEqual([int(row["probes"]) for row in rows[3:]], [0, 0])
        self.assertIn("2 TCP, ", rows[0]["sends"])
        self.assertIn("profile safe, at most 1000 packets/s", rows[0]["sends"])

    def test_a_part_of_the_targets(self):
        rows = self.plan("--shard", "1/3", "198.18.0.0/25", "198.18.0.128/26")
        self.assertEqual([row["target"] for row in rows], ["198.18.0.0/26"])
        rows = self.plan("--shard", "3/4", "198.18.0.0/25", "198.18.0.129")
        self.assertEqual([row["target"] for row in rows], ["198.18.0.64/27"])
        for wrong in ("0/4", "5/4", "1/0", "2", "1/2/3", "a/b", "-1/2", "1/65537"):
            self.assertIn("is no part of a whole", self.register.run(
                "scan", "--dry-run", "--shard", wrong, "198.18.0.0/25", code=2).stderr)

    def test_all_in_scope(self):
        self.assertEqual(len(self.plan("198.18.0.0/25", "198.18.0.128/26")), 2)

    def test_excluded_on_the_command_line(self):
        row = self.plan("198.18.0.0/29", "--exclude", "198.18.0.0/29")[0]
        self.assertEqual(row["verdict"], "excluded as a whole")

    def test_profile(self):
        result = self.register.run("scan", "--dry-run", "--profile", "standard", "198.18.0.9",
                                   code=5)
        self.assertIn("allows profile safe at most", result.stderr)


if __name__ == "__main__":
    unittest.main()
