#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The map as it is asked for: every type on every paper and in every form, parts and days of it,
shapes of the user's own; what cannot be drawn is refused, and the old file stays."""
import json
import os
import pathlib
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "sql"))
from register import Bundle, Register  # noqa: E402

PROGRAM, TOOL = sys.argv.pop(1), sys.argv.pop(1)
TYPES = ("topology", "district", "exposure", "business", "address-space", "region", "layers",
         "bridges", "both")
WIDTHS = {"a4": "297mm", "a3": "420mm", "a2": "594mm", "a1": "841mm", "a0": "1189mm"}
SHAPE = [[110, 20], [117, 20], [117, 25], [110, 20]]


def shapes(ring):
    return {"type": "FeatureCollection", "features": [
        {"type": "Feature", "properties": {"division": "440000"},
         "geometry": {"type": "Polygon", "coordinates": [ring]}}]}


class Map(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.register = Register(TOOL)
        cls.addClassCleanup(cls.register.close)
        cls.register.run("grant", "lanhe", "198.18.0.0/15", "2020-01-01", "2099-01-01")
        cls.register.hold()
        for at in (0, 24):
            run = Bundle(realm="lanhe", at=at).covered("198.18.0.0/16", "1-65535")
            run.service("198.18.10.11", 443, "https", product="nginx", version=f"1.{at}")
            run.service("198.18.30.21", 22, "ssh")
            run.name("198.18.10.11", "portal.example")
            if at:
                run.service("198.18.10.12", 80, "http")
            cls.register.intake(run)
        outside = Bundle(realm="lanhe", vantage="internet", at=30).covered("198.18.0.0/16", "1-65535")
        outside.service("198.18.10.11", 443, "https", product="nginx", version="1.24")
        cls.register.intake(outside)
        cls.svg = cls.register.path("map.svg")

    def draw(self, *words, path=None, code=0):
        done = subprocess.run(
            [PROGRAM, "--realm", "lanhe", "map", "-o", path or self.svg, *words],
            capture_output=True, text=True, env=self.register.env, timeout=120, check=False)
        self.assertEqual(done.returncode, code, (words, done.stderr))
        return done.stderr

    def text(self, *words):
        self.draw(*words)
        return pathlib.Path(self.svg).read_text(encoding="utf-8")

    def refused(self, words, *told, code=2):
        before = pathlib.Path(self.svg).read_bytes()
        said = self.draw(*words, code=code)
        for word in told:
            self.assertIn(word, said, words)
        self.assertEqual(pathlib.Path(self.svg).read_bytes(), before, words)

    def test_types_and_papers(self):
        for kind in TYPES:
            for paper, width in WIDTHS.items():
                self.assertIn(f'width="{width}"', self.text("--type", kind, "--paper", paper),
                              (kind, paper))
            self.text("--type", kind, "--overlay", "all", "--language", "zh")
            if kind != "district":
                self.refused(("--type", kind, "--paper", "16:9"), "--type district")
        self.assertIn("338.67", self.text("--type", "district", "--paper", "16:9"))

    def test_forms(self):
        for suffix, begins in (("pdf", b"%PDF-"), ("png", b"\x89PNG"), ("html", b"<!DOCTYPE html>"),
                               ("graphml", b"<?xml"), ("gexf", b"<?xml"), ("dot", b"graph"),
                               ("json", b"{")):
            path = self.register.path("map." + suffix)
            self.draw("--type", "topology", path=path)
            self.assertIn(begins, pathlib.Path(path).read_bytes()[:200], suffix)
        path = self.register.path("atlas.pdf")
        self.draw("--type", "atlas", path=path)
        self.assertGreater(os.path.getsize(path), 10000)

    def test_day_and_difference(self):
        self.assertIn("198.18.10.12", self.text("--type", "district"))
        then = self.register.one("SELECT to_char(ended + interval '1 second', "
                                 "'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"') FROM run ORDER BY ended LIMIT 1")
        self.assertNotIn("198.18.10.12", self.text("--type", "district", "--as-of", then))
        now = self.text("--type", "district", "--diff", then)
        for word in ("198.18.10.12", 'id="s0-change"', ": 2 assets, 0 CII, 1 exposed, 1 new, 1 changed, 0 gone"):
            self.assertIn(word, now)
        self.text()
        self.refused(("--diff", then, "--redact", "public"), "one day")
        self.refused(("--diff", "no such state"), "neither a frozen state nor a moment")

    def test_a_part(self):
        self.assertNotIn("198.18.30.21", self.text("--focus", "198.18.10.11", "--hops", "1"))
        self.refused(("--focus", "nothing like it"), "nothing like it", code=3)
        self.refused(("--hops", "2"), "--focus")

    def test_for_others(self):
        key = self.register.path("redaction.key")
        first = self.text("--redact", "partner", "--redact-key", key)
        self.assertEqual(os.stat(key).st_mode & 0o777, 0o600)
        self.assertEqual(first, self.text("--redact", "partner", "--redact-key", key))
        for word in ("198.18", "portal", "lanhe.", "nginx"):
            self.assertNotIn(word, first)
        self.refused(("--redact", "internal", "--type", "address-space"), "by its place")
        self.refused(("--redact", "public", "--type", "exposure"), "exposed")
        self.refused(("--redact-key", key), "--redact")

    def test_shapes(self):
        path = self.register.path("shapes.json")
        pathlib.Path(path).write_text(json.dumps(shapes(SHAPE)), encoding="utf-8")
        drawn = self.text("--type", "region", "--geojson", path, "--map-number", "GS(2026)0001")
        self.assertIn("GS(2026)0001", drawn)
        self.refused(("--type", "district", "--geojson", path), "--type region")
        self.refused(("--type", "region", "--map-number", "1"), "--geojson")
        pathlib.Path(path).write_text(json.dumps(shapes(SHAPE[:3] + [[0, 0]])), encoding="utf-8")
        self.refused(("--type", "region", "--geojson", path), "feature 1", "close it", path, code=3)

    def test_base_map(self):
        path = self.register.path("base.svg")
        shape = ('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 30">\n<rect width="30" height="20" '
                 'fill="#8ac"/><text>NOT THIS</text>%s</svg>')
        pathlib.Path(path).write_text(shape % "", encoding="utf-8")
        region = ("--type", "region", "--base", path)
        number = ("--map-number", "GS(2026)0001")
        drawn = self.text(*region, *number)
        for word in ("GS(2026)0001", "审图号", '<path class="base3"'):
            self.assertIn(word, drawn)
        self.assertNotIn("NOT THIS", drawn)
        self.assertIn("not drawn: 1 text\n", self.draw(*region, *number))
        for level in ("internal", "partner", "public"):
            self.assertIn("base3", self.text(*region, *number, "--redact", level))
        self.refused(region, "--map-number")
        self.refused(("--base", path, *number), "--type region")
        shapes_path = self.register.path("shapes.json")
        pathlib.Path(shapes_path).write_text(json.dumps(shapes(SHAPE)), encoding="utf-8")
        both = (*region, *number, "--geojson", shapes_path)
        self.refused(both, "--base-bounds")
        self.refused((*region, *number, "--base-bounds", "0,0,1,1"), "--geojson")
        for bounds in ("118,27,123", "123,27,118,31", "118,27,123,31,", "a", "nan,1,2,3", "-181,0,1,1"):
            self.refused((*both, "--base-bounds", bounds), "WEST,SOUTH,EAST,NORTH")
        self.assertIn('class="shape', self.text(*both, "--base-bounds", "100,20,140,50"))
        self.refused((*both, "--base-bounds", "0,0,1,1"), "past the base map's edges", code=3)
        pathlib.Path(path).write_text(shape % '<circle r="1cm"/>', encoding="utf-8")
        self.refused((*region, *number), path + ":2: ", "without a unit", code=3)


if __name__ == "__main__":
    unittest.main()
