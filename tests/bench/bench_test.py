#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The benches measure what they say they measure; nothing here depends on a time."""
import contextlib
import hashlib
import io
import json
import os
import pathlib
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
sys.path.insert(0, str(HERE.parent / "lab"))
sys.dont_write_bytecode = True
import ingest  # noqa: E402
import kernel  # noqa: E402
import report  # noqa: E402
import scan  # noqa: E402
import supervisor  # noqa: E402


class Report(unittest.TestCase):
    def test_medians_and_ratios(self):
        self.assertEqual(report.spread([3, 1, 2], str), "2 (1-3)")
        self.assertEqual(report.spread([], str), "-")
        self.assertEqual(report.ratio([4, 6, 5], [2], True), "2.5")
        self.assertEqual(report.ratio([4], [2], False), "0.5")
        self.assertEqual(report.ratio([], [2], False), "-")

    def test_table(self):
        self.assertEqual(report.table(["a", "bb"], [["ccc", 1]]),
                         "| a   | bb |\n|-----|----|\n| ccc | 1  |")


class Ingest(unittest.TestCase):
    def setUp(self):
        self.place = tempfile.TemporaryDirectory()
        self.addCleanup(self.place.cleanup)

    def test_a_bundle_counts_and_hashes_itself(self):
        path = self.place.name + "/bundle"
        count = ingest.write_bundle(path, 7, ingest.observations(20, 3))
        data = pathlib.Path(path).read_bytes()
        lines = data.splitlines(keepends=True)
        trailer = json.loads(lines[-1])
        self.assertEqual(trailer["observations"], count)
        self.assertEqual(count, len(lines) - 2)
        self.assertEqual(count, 20 + 20 * 3 * 2 + 1)
        self.assertEqual(trailer["sha256"], hashlib.sha256(data[:-len(lines[-1])]).hexdigest())
        self.assertEqual(len(json.loads(lines[0])["id"]), 32)

    def test_the_same_network_again_and_one_in_a_hundred_changed(self):
        first, again = (list(ingest.observations(500, 10)) for _ in range(2))
        self.assertEqual(first, again)
        third = list(ingest.observations(500, 10, ingest.CHANGED))
        changed = sum(a != b for a, b in zip(first, third))
        self.assertEqual(len(first), len(third))
        self.assertTrue(25 <= changed <= 75, changed)  # seeded: always the same number

    def test_addresses_stay_in_the_prefix(self):
        self.assertEqual(ingest.address(0), "198.18.0.1")
        self.assertEqual(ingest.address(ingest.HOSTS_MAX - 1), "198.19.255.254")

    def test_copy_rows_are_as_wide_as_in_the_comparison(self):
        path = self.place.name + "/rows"
        ingest.write_copy(path, 1000)
        data = pathlib.Path(path).read_bytes()
        self.assertTrue(data.startswith(b"PGCOPY\n\xff\r\n\0") and data.endswith(b"\xff\xff"))
        self.assertAlmostEqual(len(data) / 1000, 224, delta=15)


class Scan(unittest.TestCase):
    def test_a_small_scan_by_every_peer_there_is(self):
        prefix, size, rates = scan.PREFIX, scan.PREFIX_SIZE, scan.RATES
        scan.PREFIX, scan.PREFIX_SIZE = "198.19.7.0/24", 256
        scan.RATES = ((2000, "2 k/s"),)
        self.addCleanup(lambda: (setattr(scan, "PREFIX", prefix),
                                 setattr(scan, "PREFIX_SIZE", size),
                                 setattr(scan, "RATES", rates)))
        said = io.StringIO()
        with tempfile.TemporaryDirectory() as work, contextlib.redirect_stdout(said):
            try:
                if supervisor.rootless():
                    kernel.become_self()
                    kernel.keep_capabilities()
                reason = scan.bench(work, None, 1)
            except kernel.Refused as error:
                reason = f"cannot make namespaces here: {error}"
        if reason:
            self.skipTest(reason)
        print(said.getvalue())
        for peer in ("masscan", "zmap"):
            path = kernel.shutil.which(peer, path=os.environ["PATH"] + ":" + kernel.PATH)
            if path:
                row = next(line for line in said.getvalue().splitlines()
                           if line.startswith("| 2 k/s") and peer in line)
                self.assertNotIn(" 0.00 %", row)

    def test_times_of_observations(self):
        self.assertEqual(scan.when("1970-01-01T00:00:01.5Z"), 1.5)
        self.assertEqual(scan.when("1970-01-01T00:00:01.250000Z"), 1.25)


if __name__ == "__main__":
    unittest.main(verbosity=2)
