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
        self.assertIn("profile safe, at most 1000 packets/s, 200 to a network", rows[0]["sends"])

    def test_what_is_sent(self):
        """Ports, rate, stages and questions of this profile, grant and target, not of any."""
        words = ("--sctp", "2905,3000-3002", "--udp", "53,502,1900")
        one, many = self.plan("127.0.0.1", "198.18.0.0/25", *words)
        for row in one, many:
            self.assertIn("TCP 22,80; UDP 53; SCTP 2905,3000-3002; echo, ", row["sends"])
        # MAC, echo, two of TCP, one of UDP, four of SCTP; more than four ports: two look for hosts
        self.assertEqual((int(many["questions"]), int(many["probes"])), (124 * 11, 6 * 124 * 11))
        self.assertEqual((int(one["rate"]), int(many["rate"])), (40, 200))
        self.assertEqual(one["stages"], "greetings of open ports, last")
        self.assertEqual(many["stages"], "hosts are looked for first; paths to each network; "
                                         "greetings of open ports, last")
        row, = self.plan("198.18.0.128/26", "--profile", "standard", "--rate", "50", *words)
        self.assertIn("UDP 53,1900; ", row["sends"])
        self.assertIn("timestamp", row["sends"])
        self.assertIn("at most 50 packets/s, 1000 to a network", row["sends"])
        self.assertEqual(int(row["rate"]), 50)
        self.assertIn("which addresses are one router's; ", row["stages"])
        self.assertIn("names from name servers", row["stages"])
        row, = self.plan("198.18.0.128/26", "--no-trace", "--no-greeting", "--network-rate", "9")
        self.assertEqual((row["stages"], int(row["rate"])), ("", 9))

    def test_the_rate_that_is_granted(self):
        self.register.run("--realm", "slow", *GRANT, "--cidr", "198.18.0.0/25", "--rate", "5")
        row, = self.register.rows("--realm", "slow", "scan", "--dry-run", "198.18.0.0/25")
        self.assertEqual(int(row["rate"]), 5)

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
