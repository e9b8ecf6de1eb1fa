#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Net-SNMP's agents of the lab, and lldpd's tables in them, read with the logins that their operator
gives: who they are, whom they know, what is made of it; and what happens with wrong logins.

  agents_test.py MODBUSD CADASTRE"""
import json
import os
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
sys.dont_write_bytecode = True
import driver  # noqa: E402
import services  # noqa: E402

MODBUSD, PROGRAM = sys.argv.pop(1), sys.argv.pop(1)
TARGETS = ("198.18.60.0/24", "198.18.20.0/24")
SWITCH, CORE = "198.18.60.2", "198.18.60.1"
USER = f"198.18.60.0/24 user {services.USER} sha256 {services.AUTHENTICATION} aes128 {services.PRIVACY}\n"
COMMUNITY = f"198.18.20.0/24 community {services.COMMUNITY}\n"
SECRETS = [text.encode() for text in (services.COMMUNITY, services.AUTHENTICATION, services.PRIVACY)]
LOOKS = 40
QUICK = ("--profile", "standard", "--ports", "22", "--udp", "161", "--no-trace")


class AgentsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        driver.bring_up(cls, PROGRAM, MODBUSD)
        cls.lab = cls.utility.lab
        cls.logins = cls.place.name + "/logins"

    def file(self, text, mode=0o600):
        path = pathlib.Path(self.logins)
        path.unlink(missing_ok=True)
        path.touch(mode=0o600)
        path.write_text(text, encoding="ascii")
        path.chmod(mode)
        return str(path)

    def scan(self, text, *more, codes=(0,)):
        return self.utility.cadastre("--format", "json", "scan", *QUICK, "--snmp", self.file(text),
                                     *(more or TARGETS), node=driver.INSIDE, codes=codes)

    def run_of(self, result):
        return json.loads(result.stdout.splitlines()[-1])["run"]

    def counters(self, run):
        return {row["name"]: int(row["value"])
                for row in self.utility.rows("run", "show", str(run)) if row["kind"] == "counter"}

    def shown(self, address, chapter, attribute=None):
        return [row["value"] for row in self.utility.rows("asset", "show", address)
                if row["chapter"] == chapter and not row["until"]
                and attribute in (None, row["attribute"].rpartition(" ")[2])]

    def is_linked(self, links, node, *words):
        """To a node, by one of its addresses or its name."""
        called = [str(i.v4) for i in node.interfaces] + [services.host_name(node)]
        return any(all(word in link for word in words) and
                   any(f"{name} " in link or f"({name})" in link for name in called)
                   for link in links)

    def on(self, name):
        """The nodes on a network, but for those that only look."""
        return [n for n in self.lab.on(self.lab.networks[name]) if n.role != "vantage"]

    def test_1_before(self):
        """Without a login nothing of it is known."""
        self.utility.cadastre("scan", *QUICK, *TARGETS, node=driver.INSIDE)
        self.assertEqual(self.shown(SWITCH, "link"), [])

    def test_2_all_are_read(self):
        run = self.run_of(self.scan(USER + COMMUNITY))
        counters = self.counters(run)
        agents = {str(i.v4) for n in self.on("management") + self.on("office") for i in n.interfaces
                  if i.network.name in ("management", "office")
                  and any(s.kind == "snmp" for s in n.services)}
        self.assertEqual(counters["agents_read"] + counters["agents_same"], len(agents), counters)
        self.assertEqual(counters["agents_same"], 1, "the router has two of them")
        self.assertEqual(counters["agents_cut"], 0)
        self.assertEqual(counters["agents_refused"], 0)
        self.assertIn("Cisco IOS Software, C2960X", " ".join(self.shown(SWITCH, "statement")))

    def test_3_links_are_those_of_the_lab(self):
        network = self.lab.networks["management"]
        switch = next(n for n in self.lab.nodes.values() if n.name == "sw-mgmt")
        links = self.links_by("lldp")
        for port, node in services.bridge_ports(self.lab, switch, network):
            self.assertTrue(self.is_linked(links, node, f"port=Gi1/0/{port},"),
                            f"{node.name} at port {port}: {links}")
        for node in self.speakers(network, switch):
            self.assertTrue(self.is_linked(links, node, "port=management,"), f"{node.name}: {links}")
        self.assertEqual(len(links), len(services.bridge_ports(self.lab, switch, network)) +
                         len(self.speakers(network, switch)), links)

    def speakers(self, network, switch):
        return [n for n in self.on(network.name) if n is not switch
                and any(s.kind == "lldp" for s in n.services)]

    def links_by(self, source):
        """Once what LLDP hears every few seconds is there, which nobody can hurry."""
        switch = next(n for n in self.lab.nodes.values() if n.name == "sw-mgmt")
        wanted = len(self.speakers(self.lab.networks["management"], switch))
        for _ in range(LOOKS):
            rows = [row for row in self.utility.rows("asset", "show", SWITCH)
                    if row["chapter"] == "link" and not row["until"]]
            if sum(row["source"] == source for row in rows) == wanted:
                return [row["value"] for row in rows]
            self.scan(USER, SWITCH)
        return self.fail(f"no links by {source}: {rows}")

    def test_4_macs_behind_a_router(self):
        network = self.lab.networks["office"]
        for node in self.on("office"):
            if node.name != "core":
                address = str(node.interface(network).v4)
                self.assertIn(node.interface(network).mac, self.shown(address, "address"), node.name)

    def test_5_one_router(self):
        listed = [row["addresses"].replace(",", " ").split() for row in self.utility.rows("asset", "list")]
        self.assertEqual([("198.18.20.1" in row) for row in listed if CORE in row], [True], listed)

    def test_6_wrong_logins(self):
        wrong = (f"198.18.60.0/24 user {services.USER} sha256 something-else aes128 {services.PRIVACY}\n"
                 "198.18.20.0/24 community something-else\n")
        counters = self.counters(self.run_of(self.scan(wrong)))
        self.assertEqual(counters["agents_read"], 0, counters)
        self.assertGreater(counters["agents_refused"], 0)
        self.assertEqual(counters["agents"], counters["agents_refused"] + counters["agents_silent"])
        # who they are stays known: without the login less is told, which takes nothing back
        self.assertIn("Cisco IOS Software, C2960X", " ".join(self.shown(SWITCH, "statement")))
        self.assertEqual(counters["agent_links"], 0)

    def test_7_nothing_of_it_is_kept(self):
        bundle = self.place.name + "/agents.bundle"
        self.scan(USER + COMMUNITY, "--bundle", bundle, *TARGETS)
        kept = [pathlib.Path(bundle)] + [p for p in pathlib.Path(self.utility.data).rglob("*")
                                         if p.is_file()]
        self.assertGreater(len(kept), 100)
        for path in kept:
            data = path.read_bytes()
            for secret in SECRETS:
                self.assertNotIn(secret, data, path)
        trail = [row for row in self.utility.rows("audit", "list") if "SNMP" in row["detail"]]
        self.assertTrue(trail and all(self.logins in row["detail"] for row in trail))

    def test_8_safe_asks_who_they_are(self):
        run = self.run_of(self.scan(USER, "--profile", "safe", SWITCH))
        counters = self.counters(run)
        self.assertEqual((counters["agents_read"], counters["agent_links"]), (1, 0), counters)
        self.assertLessEqual(counters["agent_requests"], 8)

    def test_9_files_that_are_refused(self):
        said = self.scan("198.18.60.0/24 geheim geheim\n", codes=(2, 3, 4)).stderr
        self.assertIn("line 1", said)
        self.assertNotIn("geheim", said)
        self.file(USER, 0o644)
        said = self.utility.cadastre("scan", *QUICK, "--snmp", self.logins, SWITCH, node=driver.INSIDE,
                                     codes=(5,)).stderr
        self.assertIn("chmod 600", said)
        os.chmod(self.logins, 0o600)
        plan = self.utility.cadastre("scan", *QUICK, "--snmp", self.logins, "--dry-run", SWITCH,
                                     node=driver.INSIDE).stdout
        self.assertIn("SNMP agents that a login is for", plan)
        self.assertNotIn(services.PRIVACY, plan)


if __name__ == "__main__":
    unittest.main(verbosity=2)
