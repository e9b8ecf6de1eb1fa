#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The formats for other programs, read back by what others read them with: XML parsers, Graphviz, JSON.

  formats.py DRAW        draws SAMPLE TYPE FILE"""
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree as ElementTree

DRAW = sys.argv.pop(1)
SAMPLES = ("lab", "hostile", "empty", "one-host", "no-links", "city")
TYPES = ("topology", "district")
GRAPHML = "{http://graphml.graphdrawing.org/xmlns}"
YED = "{http://www.yworks.com/xml/graphml}"
GEXF, VIZ = "{http://gexf.net/1.3}", "{http://gexf.net/1.3/viz}"
POINT = 72 / 25.4


class Graph(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.place = tempfile.TemporaryDirectory()
        cls.drawn = {}
        for sample in SAMPLES:
            for kind in TYPES:
                for form in ("graphml", "gexf", "dot", "json"):
                    path = pathlib.Path(cls.place.name, f"{sample}.{kind}.{form}")
                    subprocess.run([DRAW, sample, kind, path], check=True)
                    cls.drawn[sample, kind, form] = path
        cls.maps = {key[:2]: json.loads(path.read_text(encoding="utf-8"))
                    for key, path in cls.drawn.items() if key[2] == "json"}

    @classmethod
    def tearDownClass(cls):
        cls.place.cleanup()

    def each(self, form):
        return [(self.drawn[sample, kind, form], said) for (sample, kind), said in self.maps.items()]

    def test_json(self):
        for key, said in self.maps.items():
            with self.subTest(str(key)):
                self.assertEqual(said["format"], "cadastre map 1")
                self.assertEqual([node["id"] for node in said["nodes"]], list(range(len(said["nodes"]))))
                for edge in said["edges"]:
                    self.assertLess(max(edge["from"], edge["to"]), len(said["nodes"]))
                for node in said["nodes"]:
                    self.assertEqual(node["drawn"], "x" in node)
                    if node["drawn"]:
                        self.assertTrue(0 <= node["x"] and node["x"] + node["w"] <= said["width"])
                        self.assertTrue(0 <= node["y"] and node["y"] + node["h"] <= said["height"])
        lab = self.maps["lab", "district"]
        self.assertEqual(len(lab["nodes"]), 39)
        self.assertTrue(all(node["drawn"] for node in lab["nodes"]))
        self.assertTrue(any(node["cii"] for node in lab["nodes"]))
        self.assertTrue(any(node["exposed"] for node in lab["nodes"]))
        self.assertIn("system", {box["kind"] for box in lab["boxes"]})

    def test_graphml(self):
        for path, said in self.each("graphml"):
            root = ElementTree.parse(path).getroot()
            names = {key.get("id"): key.get("attr.name") for key in root.iter(GRAPHML + "key")}
            nodes = [node for node in root.iter(GRAPHML + "node") if node.get("id").startswith("a")]
            used = {data.get("key") for data in root.iter(GRAPHML + "data")}
            self.assertEqual(used - set(names), set())
            self.assertEqual(len(nodes), len(said["nodes"]))
            self.assertEqual(len({node.get("id") for node in root.iter(GRAPHML + "node")}),
                             len(list(root.iter(GRAPHML + "node"))))
            self.assertEqual(len(list(root.iter(GRAPHML + "edge"))), len(said["edges"]))
            for node in nodes:
                known = said["nodes"][int(node.get("id")[1:])]
                told = {names[data.get("key")]: data.text for data in node.findall(GRAPHML + "data")}
                self.assertEqual(told.get("name", ""), known.get("name", ""))
                self.assertEqual(told["cii"], str(known["cii"]).lower())
                box = node.find(f".//{YED}Geometry")
                if known["drawn"]:
                    self.assertAlmostEqual(float(told["x"]), known["x"], places=2)
                    self.assertAlmostEqual(float(box.get("x")), known["x"] * POINT, delta=0.05)
                    self.assertAlmostEqual(float(box.get("height")), known["h"] * POINT, delta=0.05)

    def test_gexf(self):
        for path, said in self.each("gexf"):
            root = ElementTree.parse(path).getroot()
            titles = {a.get("id"): a.get("title") for a in root.find(f".//{GEXF}attributes[@class='node']")}
            nodes = list(root.iter(GEXF + "node"))
            self.assertEqual(len(nodes), len(said["nodes"]))
            self.assertEqual(len(list(root.iter(GEXF + "edge"))), len(said["edges"]))
            for node, known in zip(nodes, said["nodes"]):
                told = {titles[value.get("for")]: value.get("value") for value in node.iter(GEXF + "attvalue")}
                self.assertEqual(node.get("label"), known.get("name", ""))
                self.assertEqual(told.get("role"), known["role"])
                at, colour = node.find(VIZ + "position"), node.find(VIZ + "color")
                if known["drawn"]:
                    self.assertAlmostEqual(float(at.get("x")), known["x"] + known["w"] / 2, places=1)
                    self.assertAlmostEqual(-float(at.get("y")), known["y"] + known["h"] / 2, places=1)
                    self.assertEqual("#%02x%02x%02x" % tuple(int(colour.get(c)) for c in "rgb"), known["colour"])

    def test_dot(self):
        for path, said in self.each("dot"):
            read = subprocess.run([shutil.which("dot"), "-Kneato", "-n2", "-Tjson0", path], capture_output=True,
                                  timeout=300, check=True)
            self.assertEqual(read.stderr, b"")
            graph = json.loads(read.stdout.decode("utf-8", "replace"), strict=False)
            nodes = graph.get("objects", [])
            self.assertEqual(len(nodes), len(said["nodes"]))
            self.assertEqual(len(graph.get("edges", [])), len(said["edges"]))
            height = said["height"] * POINT
            base = None
            for node in nodes:
                known = said["nodes"][int(node["name"][1:])]
                if not known["drawn"]:
                    continue
                x, y = map(float, node["pos"].rstrip("!").split(","))
                off = (x - (known["x"] + known["w"] / 2) * POINT,
                       y - (height - (known["y"] + known["h"] / 2) * POINT))
                base = base or off  # Graphviz moves all of them alike
                self.assertAlmostEqual(off[0], base[0], delta=1)
                self.assertAlmostEqual(off[1], base[1], delta=1)
                name = known.get("name", "").replace("\\", "\\\\")  # as a label has it
                self.assertTrue(name.startswith(node["label"]), name)
                self.assertTrue(node["label"] == name or len(node["label"].encode()) > 7990)
        for kind in TYPES:
            names = [node.get("name", "") for node in self.maps["hostile", kind]["nodes"]]
            for name in ('"];', '\\"]; a0 -> a0; x [label="', "before\\x00</title>"):
                self.assertIn(name, names)

    def test_the_same_again(self):
        for key, path in self.drawn.items():
            again = pathlib.Path(self.place.name, "again." + key[2])
            subprocess.run([DRAW, key[0], key[1], again], check=True)
            self.assertEqual(again.read_bytes(), path.read_bytes(), key)


if __name__ == "__main__":
    unittest.main(verbosity=2)
