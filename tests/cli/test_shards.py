#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Two scanners share one campaign and file at once: what they find together is what one finds."""
import ipaddress
import os
import pathlib
import socket
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from harness import Register, own_loopback  # noqa: E402

own_loopback()
PROGRAM = os.path.abspath(sys.argv.pop(1))
TARGETS = "127.0.0.0/28"
PORTS = "1-60"
RATE = "120"  # slow enough for both to be at work together
SAME = ("address", "transport", "port", "protocol", "product", "version", "exposed_as")


class Shards(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.register = Register(PROGRAM)
        # Other ports at each address, on both sides of where the targets are parted.
        cls.servers = [socket.create_server((f"127.0.0.{host}", port))
                       for host in range(1, 14) for port in (7, 20 + host)]

    @classmethod
    def tearDownClass(cls):
        for server in cls.servers:
            server.close()
        cls.register.close()

    def words(self, realm, *more):
        return ("--realm", realm, "scan", "--profile", "thorough", "--udp", "none",
                "--no-greeting", "--ports", PORTS, *more, TARGETS)

    def services(self, realm):
        lines = self.register.run("--realm", realm, "--format", "csv", "export", "--kind", "csv-services",
                                  "-o", "-").stdout.replace('"', "").splitlines()
        columns = [lines[0].split(",").index(name) for name in SAME]
        return sorted(tuple(line.split(",")[i] for i in columns) for line in lines[1:])

    def coverage(self, realm):
        """Of each run, its ports at each address."""
        runs = [row["run"] for row in self.register.rows("run", "list") if row["realm"] == realm]
        return [{(address, row["value"]) for row in self.register.rows("run", "show", str(run))
                 if row["kind"] == "coverage" for address in ipaddress.ip_network(row["name"])}
                for run in runs]

    def at_work(self, runs, n):
        journals = pathlib.Path(self.register.data, "scans")
        deadline = time.monotonic() + 60
        while len(list(journals.glob("*.journal"))) < n:
            self.assertEqual([run.poll() for run in runs], [None] * n)
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.02)
        self.assertEqual([run.poll() for run in runs], [None] * n, "all are at work at once")

    def test_two_at_once(self):
        self.register.run(*self.words("whole"))
        runs = [self.register.start(*self.words("parts", "--rate", RATE, "--shard", f"{i}/2"))
                for i in (1, 2)]
        self.at_work(runs, 2)
        for run in runs:
            out, err = run.communicate(timeout=120)
            self.assertEqual(run.returncode, 0, out + err)
        whole = self.services("whole")
        self.assertEqual(len(whole), len(self.servers))
        self.assertEqual(self.services("parts"), whole)
        parts, (all_of_it,) = self.coverage("parts"), self.coverage("whole")
        self.assertEqual([len(part) for part in parts], [8, 8])
        self.assertEqual(parts[0] & parts[1], set())
        self.assertEqual(parts[0] | parts[1], all_of_it)
        assets = [self.register.rows("--realm", realm, "asset", "list") for realm in ("whole", "parts")]
        self.assertEqual(*[[(a["addresses"], a["state"], a["services"]) for a in rows] for rows in assets])
        # Again: nothing is new, and nothing of the other's part is gone.
        for i in (1, 2):
            row, = self.register.rows(*self.words("parts", "--shard", f"{i}/2"))
            self.assertEqual((row["services_new"], row["services_gone"], row["assets_quiet"]), (0, 0, 0))


unittest.main()
