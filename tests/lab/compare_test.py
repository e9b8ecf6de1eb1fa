#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""compare.py on made-up rows: the perfect survey counts no fault, and each kind of fault is
counted once, where it belongs. No run at all is no exact row of runs (repeat)."""
import copy
import ipaddress
import pathlib
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
sys.dont_write_bytecode = True
import compare  # noqa: E402
import description  # noqa: E402

LAB = description.Lab.read(pathlib.Path(__file__).parent / "lanhe.lab")
SCOPE = [str(p) for n in LAB.networks.values() if n.name != "internet"
         for p in (n.v4, n.v6) if p] + ["198.18.0.1/32", "2001:db8:0::1/128"]


def fact(chapter, attribute, value, until=""):
    return {"chapter": chapter, "attribute": attribute, "value": value, "until": until}


def perfect():
    """The rows of a survey that saw everything."""
    rows = []
    for host in LAB.truth()["hosts"]:
        texts = [a[f] for a in host["addresses"] for f in ("v4", "v6") if a[f]]
        facts = [fact("service", f"{a} {p['protocol']}/{p['port']}", p["service"])
                 for a in texts for p in host["ports"]
                 if ipaddress.ip_address(a).version in p["families"]]
        facts += [fact("exposure", f"{i['address']} {i['protocol']}/{i['port']}", "internet")
                  for i in host["internet"]]
        facts += [fact("name", n["address"], n["name"]) for n in host["names"]]
        if host["role"] != "vantage":
            rows.append([{"name": host["names"][0]["name"], "role": host["role"], "state": "seen",
                          "addresses": ", ".join(texts)}, facts])
    return rows


def result_of(rows):
    assets = [compare.Asset(row, facts) for row, facts in rows]
    return compare.compare(compare.Truth(LAB.truth(), SCOPE), assets)


class Compare(unittest.TestCase):
    def setUp(self):
        self.rows = copy.deepcopy(perfect())

    def row(self, name):
        return next(r for r in self.rows if r[0]["name"] == f"{name}.lanhe.example")

    def faults(self):
        return {(what, kind): [str(x) for x in getattr(c, kind)]
                for what, c in result_of(self.rows).items()
                for kind in ("missed", "invented") if getattr(c, kind)}

    def test_the_perfect_survey(self):
        self.assertEqual(self.faults(), {})
        result = result_of(self.rows)
        self.assertEqual(len(result["hosts"].found), len(LAB.nodes) - 2)
        self.assertEqual(len(result["links"].found),
                         sum(len(n.interfaces) for n in LAB.nodes.values() if n.forwards))
        self.assertGreater(len(result["ports"].found), 80)
        self.assertGreater(len(result["exposed"].found), 5)

    def test_nothing_at_all(self):
        self.rows = []
        self.assertEqual({kind for _, kind in self.faults()}, {"missed"})
        self.assertEqual(len(result_of([])["hosts"].missed), len(LAB.nodes) - 2)

    def test_a_missed_host(self):
        self.rows.remove(self.row("meter-b1"))
        self.assertEqual(self.faults()[("hosts", "missed")], ["meter-b1"])
        self.assertEqual(len(self.faults()[("ports", "missed")]), 1)

    def test_a_host_that_is_not_there(self):
        self.rows.append([{"name": "ghost", "role": "host", "state": "seen",
                           "addresses": "198.18.20.99"}, []])
        self.assertEqual(self.faults(), {
            ("called", "invented"): ["(None, 'ghost')"],
            ("hosts", "invented"): ["ghost 198.18.20.99"],
            ("addresses", "invented"): ["198.18.20.99"]})

    def test_one_host_in_two_files(self):
        row = self.row("www")
        row[0]["addresses"] = "198.18.10.11"
        self.rows.append([dict(row[0], addresses="2001:db8:10::11"), []])
        self.assertEqual(self.faults(), {("hosts", "invented"): ["www.lanhe.example 2001:db8:10::11"]})

    def test_two_hosts_in_one_file(self):
        self.row("scada1")[0]["addresses"] += " 198.18.30.12"
        self.rows.remove(self.row("scada2"))
        self.assertEqual(self.faults()[("hosts", "missed")], ["scada1", "scada2"])

    def test_names(self):
        row = self.row("broker")
        row[0]["name"] = "198.18.30.15"
        row[1][:] = [f for f in row[1] if f["chapter"] != "name"]
        self.assertEqual(self.faults(), {
            ("names", "missed"): [str((ipaddress.ip_address("198.18.30.15"),
                                       "broker.lanhe.example"))],
            ("called", "missed"): ["('broker', 'broker.lanhe.example')"]})
        row[0]["name"] = "other.lanhe.example"
        row[1].append(fact("name", "198.18.30.15", "other.lanhe.example"))
        self.assertEqual(list(self.faults()), [("names", "missed"), ("names", "invented"),
                                               ("called", "missed"), ("called", "invented")])
        row[1][-1]["until"] = "2026-01-01T00:00:00Z"
        self.assertNotIn(("names", "invented"), self.faults())

    def test_every_host_has_a_name_in_the_lab(self):
        result = result_of(self.rows)
        self.assertEqual(len(result["called"].found), len(LAB.nodes) - 2)
        self.assertEqual(len(result["names"].found), len(result["addresses"].found))

    def test_ports(self):
        self.row("mail")[1].append(fact("service", "198.18.10.13 tcp/110", "pop3"))
        facts = self.row("broker")[1]
        facts[:] = [f for f in facts if "1883" not in f["attribute"]]
        self.assertEqual(list(self.faults()), [("ports", "missed"), ("ports", "invented")])

    def test_a_closed_row_is_no_service(self):
        facts = self.row("broker")[1]
        for f in facts:
            f["until"] = "2026-01-01T00:00:00Z"
        self.assertEqual(len(self.faults()[("ports", "missed")]), 2)
        self.assertEqual(len(self.faults()[("names", "missed")]), 1)

    def test_exposure(self):
        self.row("scada1")[1].append(fact("service", "198.18.30.11 tcp/443",
                                             "https, seen from the Internet"))
        facts = self.row("vendor-gw")[1]
        facts[:] = [f for f in facts if f["chapter"] != "exposure"]
        self.assertEqual(list(self.faults()), [("exposed", "missed"), ("exposed", "invented")])

    def test_links_by_hops(self):
        row = self.row("router-a")
        row[0]["addresses"] = "198.18.2.2"
        self.assertEqual(self.faults()[("links", "missed")],
                         ["('router-a', 'substation-a')"])
        row[1].append(fact("link", "l3 198.18.40.11", "rtu-a1"))
        self.assertNotIn(("links", "missed"), self.faults())
        row[1].append(fact("link", "l3", "meter-b1 198.18.50.14"))
        self.assertEqual(self.faults()[("links", "invented")],
                         ["('router-a', 'substation-b')"])

    def test_the_ways_to_write_an_endpoint(self):
        for text in ("198.18.10.11 tcp/443", "198.18.10.11:tcp/443", "tcp/443", "tcp 443",
                     "[2001:db8:10::11] tcp/443", "2001:db8:10::11 tcp/443"):
            row = {"name": "", "role": "", "state": "", "addresses": "198.18.10.11"}
            asset = compare.Asset(row, [fact("service", text, "https")])
            self.assertEqual({(p, n) for _, p, n in asset.ports}, {("tcp", 443)}, text)

    def test_no_runs_are_refused(self):
        for words in (("build", "0"), ("build", "-1"), ("build", "x"), ("", "1"), (), ("build", "1", "2")):
            run = subprocess.run([pathlib.Path(__file__).parent / "repeat", *words], capture_output=True,
                                 text=True, check=False)
            self.assertEqual((run.returncode, run.stdout), (1, ""))
            self.assertIn("repeat BUILD [N]", run.stderr)


if __name__ == "__main__":
    unittest.main()
