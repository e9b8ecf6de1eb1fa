#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""description.py: what it works out from a small lab, and what it says to a bad one."""
import ipaddress
import pathlib
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE))
sys.dont_write_bytecode = True
import description  # noqa: E402

GOOD = """realm r "R"
network internet 198.18.0.0/24 gateway=out "I"
network inner 198.18.1.0/24 2001:db8:1::/64 gateway=in "N"
network middle 198.18.2.0/30 gateway=in "M"
network management 198.18.3.0/24 gateway=in "G"
node far vantage "F"
  at internet 198.18.0.10
node near vantage "V"
  at management 198.18.3.10
node out router "O"
  at internet 198.18.0.1
  at middle 198.18.2.1
  filter from internet to 198.18.1.5 tcp 80 accept
  filter from internet drop
node in router "N"
  at middle 198.18.2.2
  at inner 198.18.1.1 2001:db8:1::1
  at management 198.18.3.1
node host server "H"
  at inner 198.18.1.5 2001:db8:1::5
  oui 00:80:f4
  service http
  service ssh port=2222 as=shell
"""


class Description(unittest.TestCase):
    def read(self, text):
        with tempfile.NamedTemporaryFile("w", suffix=".lab") as file:
            file.write(text)
            file.flush()
            return description.Lab.read(file.name)

    def test_what_follows(self):
        lab = self.read(GOOD)
        host = lab.nodes["host"]
        self.assertEqual(host.interfaces[0].mac, "00:80:f4:01:05:01")
        self.assertEqual([r.name for r, _ in lab.path(lab.nodes["far"], lab.networks["inner"])],
                         ["out", "in"])
        far = lab.nodes["far"]
        web = ipaddress.ip_address("198.18.1.5")
        self.assertTrue(lab.reachable(far, host, web, "tcp", 80))
        self.assertFalse(lab.reachable(far, host, web, "tcp", 2222))
        self.assertFalse(lab.reachable(far, lab.nodes["in"], ipaddress.ip_address("198.18.3.1"),
                                       "tcp", 80))

    def test_truth(self):
        truth = self.read(GOOD).truth()
        host = next(h for h in truth["hosts"] if h["name"] == "host")
        self.assertEqual(host["internet"],
                         [{"address": "198.18.1.5", "protocol": "tcp", "port": 80}])
        self.assertEqual([(p["protocol"], p["port"]) for p in host["ports"]],
                         [("tcp", 80), ("tcp", 2222)])
        self.assertEqual(len(truth["links"]), 5)
        self.assertEqual({p["network"]: p["hops"] for p in truth["paths"]}["internet"],
                         ["198.18.3.1", "198.18.2.1"])

    def test_bad_descriptions(self):
        for number, (old, new, words) in enumerate((
                ("198.18.1.0/24", "10.0.0.0/24", ":3: 10.0.0.0/24 is not one of the prefixes"),
                ("198.18.1.5 2001", "198.18.9.5 2001", ":20: the address is not in network inner"),
                ("198.18.1.5 2001", "198.18.1.1 2001", ":20: in has that address"),
                ("gateway=out", "gateway=host", "the gateway of internet is not on it"),
                ("service http", "service gopher", ":22: 'gopher'"),
                ("port=2222", "port=80", ":23: host has shell, or its port, already"),
                ("internet drop", "internet maybe", "filter from NETWORK"),
                ("node host", "node near", ":19: a second node near"),
                ("realm r", "at inner", ":1: at outside of a node"),
                ('"H"', '"H', "No closing quotation"),
                ("oui 00:80", "oui zz:80", "non-hexadecimal"),
                ("service http", "frobnicate", "no such statement: frobnicate"),
                ("network inner", "network a-name-that-is-too-long", "at most 15"))):
            text = GOOD.replace(old, new, 1)
            self.assertNotEqual(text, GOOD, number)
            with self.assertRaises(description.Fault) as caught:
                self.read(text)
            self.assertIn(words, str(caught.exception), number)

    def test_too_long(self):
        with self.assertRaises(description.Fault):
            self.read(GOOD + "#" * description.MAX_BYTES)

    def test_lanhe_is_as_large_as_promised(self):
        lab = description.Lab.read(HERE / "lanhe.lab")
        self.assertGreaterEqual(len(lab.networks), 5)
        self.assertGreaterEqual(len(lab.nodes), 25)
        self.assertTrue(all(h["internet"] == [] for h in lab.truth()["hosts"] if h["router"]))


if __name__ == "__main__":
    unittest.main()
