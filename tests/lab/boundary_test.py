#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The boundary of the lab's dispatch system, from what the core router overhears.

  boundary_test.py MODBUSD CADASTRE"""
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
sys.dont_write_bytecode = True
import driver  # noqa: E402

MODBUSD, PROGRAM = sys.argv.pop(1), sys.argv.pop(1)
SYSTEM = "distribution-dispatch"
FRONT, HISTORIAN, DESK, WEB = "198.18.30.14", "198.18.30.13", "198.18.20.41", "198.18.10.11"


class BoundaryTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        driver.bring_up(cls, PROGRAM, MODBUSD)
        cls.utility.cadastre("register", "import", str(driver.REGISTER))
        cls.utility.overhear(cls.place.name + "/core.bundle")

    def test_what_belongs_to_the_dispatch_system(self):
        derived = {row["system"]: row for row in self.utility.rows("boundary", "derive", "--all")}
        self.assertGreaterEqual(derived[SYSTEM]["controllers"], 3)
        rows = self.utility.rows("boundary", "show", SYSTEM)
        members = {row["addresses"].split()[0]: row for row in rows if row["part"] == "member"}
        own = {row["what"] for addr, row in members.items() if not addr.startswith("198.18.20.")}
        self.assertEqual(own, {"system"})
        self.assertLessEqual({FRONT, HISTORIAN, "198.18.40.11", "198.18.40.14", "198.18.50.11",
                              "198.18.50.14"}, set(members))
        # From the office nothing stops the desk on its way to the historian; the web server's way leads
        # past the boundary device of a conduit.
        self.assertEqual(members[DESK]["what"], "flow")
        self.assertIn("-> tcp/5432 ->", members[DESK]["reason"])
        self.assertIn(f"key business {SYSTEM} -> system {SYSTEM} -> prefix 198.18.30.0/24",
                      members[DESK]["reason"])
        self.assertNotIn(WEB, members)
        notes = {row["what"]: row["reason"] for row in rows if row["part"] == "note"}
        self.assertIn("conduit control-to-boundary, boundary device 198.18.1.1", notes["boundary-device"])
        self.assertIn("it leaves its zone", notes["unguarded-crossing"])
        self.assertEqual({members[addr]["observed"] for addr in (FRONT, HISTORIAN)}, {"yes"})


if __name__ == "__main__":
    unittest.main()
