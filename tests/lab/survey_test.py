#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The survey of the lab beside the lab's own description: every host, address, open port, link
and exposure is counted as found, missed or invented. Then again, when nothing has changed; with
one service stopped; and with it started again.

  survey_test.py MODBUSD CADASTRE"""
import hashlib
import ipaddress
import json
import pathlib
import re
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
sys.dont_write_bytecode = True
import compare  # noqa: E402
import driver  # noqa: E402
import services  # noqa: E402

MODBUSD, PROGRAM = sys.argv.pop(1), sys.argv.pop(1)
NODE, SERVICE = "broker", "mqtt"
# Debian's packages of the daemons that run in the lab, and how much of their version they tell strangers.
WHOLE, MAJOR, NONE = "whole", "major", "none"
PACKAGES = {"OpenSSH": ("openssh-server", WHOLE), "nginx": ("nginx", WHOLE), "dnsmasq": ("dnsmasq-base", WHOLE),
            "Redis": ("redis-server", WHOLE),
            "PostgreSQL": ("postgresql", MAJOR),  # by the line of its source that refuses
            "Net-SNMP": ("snmpd", NONE),          # of whom no community is known
            "Mosquitto": ("mosquitto", NONE)}     # who subscribes to $SYS, which is never done


def installed(package):
    """The upstream version of a package: 1:9.2p1-2+deb12u3 is 9.2p1."""
    text = subprocess.run(["dpkg-query", "-W", "-f", "${Version}", package], capture_output=True,
                          text=True, check=True).stdout
    return re.match(r"(?:\d+:)?([0-9.]*[0-9](?:p\d+)?)", text).group(1)


def told(package, share):
    version = installed(package)
    return {WHOLE: version, MAJOR: version.split(".", maxsplit=1)[0], NONE: None}[share]


class SurveyTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        driver.bring_up(cls, PROGRAM, MODBUSD)
        cls.maps = cls.place.name + "/maps"
        cls.utility.cadastre("register", "import", str(driver.REGISTER))

    def survey(self):
        """One survey: the row of its run."""
        out = self.utility.survey(self.maps, "--format", "json").stdout
        rows = [json.loads(line) for line in out.splitlines()]
        return next(row for row in rows if "fact_rows" in row)

    def changes(self, run):
        return self.utility.rows("changes", "--run", str(run["run"]), codes=(0, 1))

    def assets(self):
        with self.utility.register_open():
            return [compare.Asset(row, self.utility.rows("asset", "show", str(row["id"])))
                    for row in self.utility.rows("asset", "list")]

    def test_1_everything_is_found_and_nothing_invented(self):
        run = self.survey()
        self.assertEqual(run["refused"], 0, run)
        bundle = self.place.name + "/internet.bundle"
        self.utility.look_from_outside(bundle)
        truth = compare.Truth(json.loads(self.utility.do("truth").stdout), self.utility.scope())
        result = compare.compare(truth, self.assets())
        print(compare.table(result), flush=True)
        for what, c in result.items():
            self.assertTrue(c.found, what)
            self.assertEqual((c.missed, c.invented), ([], []), what)

    def facts(self):
        """Every fact of every asset."""
        with self.utility.register_open():
            return [fact for asset in self.utility.rows("asset", "list")
                    for fact in self.utility.rows("asset", "show", str(asset["id"]))]

    def test_1_real_daemons_are_called_as_their_packages(self):
        """Product and version of every daemon that is Debian's own, on every address where it was found."""
        want = {software: told(*what) for software, what in PACKAGES.items()}
        rows = self.facts()
        named = {line["attribute"]: line["value"] for line in rows if line["chapter"] == "software"}
        there = {line["attribute"] for line in rows if line["chapter"] == "service"}
        right, wrong, missing = 0, [], []
        for node in self.utility.lab.nodes.values():
            for service in node.services:
                software = services.KINDS[service.kind].software
                places = [f"{address} {protocol}/{port}" for i in node.interfaces for address in (i.v4, i.v6)
                          if address and software in want for protocol, port in service.ports]
                for place in there.intersection(places):
                    got = (named.get(f"{place} product"), named.get(f"{place} version"))
                    if got[0] is None or (want[software] and got[1] is None):
                        missing.append((place, software, got))
                    elif (got[0].lower(), got[1]) == (software.lower(), want[software]):
                        right += 1
                    else:
                        wrong.append((place, software, want[software], got))
        print(f"daemons: {right} named rightly, {len(missing)} not, {len(wrong)} wrongly", flush=True)
        self.assertEqual((wrong, missing), ([], []))
        self.assertGreater(right, 100)

    def test_1_icons_and_certificates_of_real_servers(self):
        icon = hashlib.md5(services.ICON.encode()).hexdigest()
        facts = self.facts()
        values = {name: [row["value"] for row in facts if row["attribute"].split()[-1] == name]
                  for name in ("http.favicon.md5", "tls.chain", "tls.alpn", "tls.weak",
                               "tls.certificate.signature")}
        self.assertGreater(len(values["http.favicon.md5"]), 5)
        self.assertEqual(set(values["http.favicon.md5"]), {icon})
        self.assertEqual(set(values["tls.chain"]), {"1"})
        self.assertEqual(set(values["tls.alpn"]), {"http/1.1"})
        self.assertEqual(set(values["tls.certificate.signature"]), {"ecdsa-with-SHA256"})
        self.assertEqual(values["tls.weak"], [])

    def test_2_the_same_bundle_twice_changes_nothing(self):
        row = self.utility.rows("import", self.place.name + "/internet.bundle")[0]
        self.assertEqual(row["fact_rows"], 0, row)

    def test_3_an_unchanged_network_adds_no_facts(self):
        run = self.survey()
        self.assertEqual(self.changes(run), [])
        self.assertEqual(run["fact_rows"], 0, run)
        self.assertGreater(run["assets_seen"], 25)

    def check_one_change(self, run, kind):
        changes = self.changes(run)
        self.assertEqual([c["kind"] for c in changes], [kind], changes)
        node = self.utility.lab.nodes[NODE]
        port = next(s for s in node.services if s.name == SERVICE).ports[0]
        self.assertIn(f"{port[0]}/{port[1]}", changes[0]["subject"])
        asset = self.utility.rows("asset", "list", "--address",
                                  str(ipaddress.ip_network(node.interfaces[0].v4)))
        self.assertEqual([a["id"] for a in asset], [changes[0]["asset_id"]])

    def test_4_a_stopped_service_and_nothing_else_is_gone(self):
        self.utility.do("stop-service", NODE, SERVICE)
        run = self.survey()
        self.assertEqual((run["services_new"], run["services_changed"], run["services_gone"]),
                         (0, 0, 1), run)
        self.check_one_change(run, "gone")

    def test_5_and_appears_again(self):
        self.utility.do("start-service", NODE, SERVICE)
        run = self.survey()
        self.assertEqual((run["services_new"], run["services_changed"], run["services_gone"]),
                         (1, 0, 0), run)
        self.check_one_change(run, "appeared")

    def test_6_the_maps_and_the_trail(self):
        for suffix in ("svg", "pdf", "png", "html"):
            path = pathlib.Path(self.maps) / f"network-map.{suffix}"
            self.assertGreater(path.stat().st_size, 1000)
        self.utility.cadastre("audit", "verify")


if __name__ == "__main__":
    unittest.main(verbosity=2)
