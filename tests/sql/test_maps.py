#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Places on the topology sheet, by the program on a real private cluster: kept in the register from
one map to the next of an estate that changed, and left alone by maps of a part or of another day."""
import json
import math
import pathlib
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from register import Bundle, Register  # noqa: E402

TOOL, SOURCE, PROGRAM = sys.argv.pop(1), sys.argv.pop(1), sys.argv.pop(1)
NETWORKS = 16
HOSTS = 5


class Maps(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.register = Register(TOOL)
        cls.register.run("grant", "plant", "198.18.0.0/15", "2020-01-01", "2099-01-01")
        cls.register.hold()

    @classmethod
    def tearDownClass(cls):
        cls.register.close()

    def intake(self, at, left_out=(), more=()):
        """A router for every four networks, joined in a row; hosts in each network."""
        bundle = Bundle(at=at)
        networks = [n for n in [*range(NETWORKS), *more] if n not in left_out]
        for n in range(NETWORKS + 8):
            bundle.covered(f"198.18.{n}.0/24", "1-65535")
        for n in networks:
            router = f"198.18.{n}.1"
            bundle.service(router, 22, "ssh", product="OpenSSH")
            bundle.key(router, "ssh.hostkey.sha256", f"router-{n // 4}")
            bundle.fact(router, role="router")
            for h in range(HOSTS):
                replaced = at and (n, h) in ((3, 2), (9, 1), (12, 4))
                host = f"198.18.{n}.{(40 if replaced else 10) + h}"
                bundle.service(host, 443, "http", product="nginx")
                bundle.key(host, "ssh.hostkey.sha256", f"host-{host}")
        self.register.intake(bundle)
        return bundle.stamp()

    def draw(self, *words, name="map.json"):
        path = pathlib.Path(self.register.path(name))
        done = subprocess.run([PROGRAM, "--realm", "plant", "map", "--type", "topology", "-o", path, *words],
                              capture_output=True, text=True, env=self.register.env, timeout=120,
                              check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        return path.read_bytes()

    def kept(self):
        return self.register.sql("SELECT encode(places, 'hex'), drawn FROM cadastre.map_slot "
                                 "WHERE map = 'topology'")

    def moved(self, one, other):
        """Boxes of networks that are on both, by their middles, in shares of the diagonal."""
        one, other = json.loads(one), json.loads(other)
        diagonal = math.hypot(other["width"], other["height"])
        here, there = ({box["title"].split(":")[0]: (box["x"] + box["w"] / 2, box["y"] + box["h"] / 2)
                        for box in sheet["boxes"]} for sheet in (one, other))
        names = [name for name in here if name in there]
        self.assertGreaterEqual(len(names), NETWORKS - 1, here.keys())
        return sorted(math.dist(here[name], there[name]) / diagonal for name in names)

    def test_places_stay_in_the_register(self):
        then = self.intake(0)
        self.assertEqual(self.kept(), [])
        first = self.draw()
        places = self.kept()
        self.assertEqual(len(places), 1)
        self.assertEqual(self.draw(), first)
        self.assertEqual(self.kept(), places)  # not even written again
        self.intake(24 * 30, left_out=(6,), more=(NETWORKS + 1,))
        # A part, another day, a difference, a map for others: theirs are not the map's places.
        for words in (("--focus", "198.18.2.12"), ("--as-of", then), ("--diff", then),
                      ("--redact", "partner"), ("--paper", "a0")):
            self.draw(*words)
            self.assertEqual(self.kept(), places, words)
        difference = self.draw("--diff", then)
        second = self.draw()
        self.assertNotEqual(self.kept(), places)
        for sheet in (second, difference):
            moved = self.moved(first, sheet)
            self.assertLess(moved[len(moved) // 2], 1e-6)
            self.assertLessEqual(moved[len(moved) * 95 // 100], 0.02)
        self.assertEqual(self.draw(), second)
        # What is in the register may be anything.
        for bad in ("''", "'\\x00'", "decode(repeat('7ff8', 4000), 'hex')", "places || '\\x00'"):
            self.register.sql(f"UPDATE cadastre.map_slot SET places = {bad} WHERE map = 'topology'")
            self.draw("--fresh", name="fresh.json")
            fresh = pathlib.Path(self.register.path("fresh.json")).read_bytes()
            self.register.sql(f"UPDATE cadastre.map_slot SET places = {bad} WHERE map = 'topology'")
            self.assertEqual(self.draw(), fresh)


if __name__ == "__main__":
    unittest.main()
