#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Who is who, surveyed before and after real hosts changed (identity.lab): addresses exchanged,
a card and a machine replaced, an address that a pair shares, images copied, routers met by
several addresses. One lab, three surveys; docs/identity.md lists the cases.

  identity_test.py MODBUSD CADASTRE"""
import json
import pathlib
import shutil
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
sys.dont_write_bytecode = True
import driver  # noqa: E402

MODBUSD, PROGRAM = sys.argv.pop(1), sys.argv.pop(1)
PREFIX, PAIR, PROXIED = "198.18.20", "198.18.20.17", "198.18.20.32/27"
TARGETS = ("198.18.20.0/26", "198.18.40.0/28", "198.18.42.0/29")
SSH, OTHER = "ssh.hostkey.sha256", "other-operator"


class IdentityTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        driver.bring_up(cls, PROGRAM, MODBUSD, "identity.lab")

    # -- changing the lab

    def on(self, node, *words):
        self.utility.do("exec", node, "--", *words)

    def off(self, node):
        """Pulls the cable; the services keep running."""
        self.on(node, "ip", "link", "set", "dev", self.cable(node), "down")

    def again(self, node):
        """Puts it back, with the route that went with it."""
        interface = self.utility.lab.nodes[node].interfaces[0]
        gate = self.utility.lab.nodes[interface.network.gateway].interface(interface.network)
        self.on(node, "ip", "link", "set", "dev", self.cable(node), "up")
        self.on(node, "ip", "route", "replace", "default", "via", str(gate.v4))

    def cable(self, node):
        return self.utility.lab.nodes[node].interfaces[0].network.name

    def readdress(self, node, old, new):
        for verb, address in (("del", old), ("add", new)):
            self.on(node, "ip", "addr", verb, f"{address}/26", "dev", "lan")

    def file(self, node, service, name):
        return pathlib.Path(self.place.name) / "lab/run" / node / service / name

    def rekey(self, node, service, names, other):
        """A service goes on with the files of another one of its kind."""
        self.utility.do("stop-service", node, service)
        for name in names:
            shutil.copyfile(self.file(other, service, name), self.file(node, service, name))
        self.utility.do("start-service", node, service)

    def new_keys(self, node):
        """What another machine by the same name would show."""
        for service, names, words in (
                ("ssh", ("host_key", "host_key.pub"),
                 ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f"]),
                ("https", ("key.pem", "cert.pem"),
                 ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                  "ec_paramgen_curve:prime256v1", "-nodes", "-days", "3650", "-subj",
                  f"/CN={node}.lanhe.example", "-out",
                  str(self.file(node, "https", "cert.pem")), "-keyout"])):
            self.utility.do("stop-service", node, service)
            for name in names:
                self.file(node, service, name).unlink()
            self.utility.run([*words, str(self.file(node, service, names[0]))])
            self.utility.do("start-service", node, service)

    def forget_neighbours(self):
        """Whoever asks learns anew who has an address."""
        for node, network in (("scanner", "lan"), ("gate", "far"), ("gate", "lan")):
            for state in (["nud", "permanent"], []):
                self.on(node, "ip", "neigh", "flush", "dev", network, *state)

    # -- looking

    def survey(self, *targets, realm=None):
        command = ["--realm", realm] if realm else []
        out = self.utility.do(
            "exec", driver.INSIDE, "--", *self.utility.words(
                *command, "--format", "json", "survey", "--profile", "standard", "-o",
                self.place.name + "/maps", *(targets or TARGETS)), codes=(0, 1)).stdout
        return next(row for row in map(json.loads, out.splitlines()) if "fact_rows" in row)

    def listed(self):
        """The assets by number: their rows."""
        return {row["id"]: row for row in self.utility.rows("asset", "list", "--state", "all")}

    def who(self):
        """Address to asset, of those that have one."""
        return {address: number for number, row in self.listed().items()
                for address in row["addresses"].replace(",", " ").split()}

    def shown(self, asset, chapter):
        return [row for row in self.utility.rows("asset", "show", str(asset))
                if row["chapter"] == chapter]

    def reason(self, asset, address):
        return next(row["source"] for row in self.shown(asset, "address")
                    if row["attribute"] == address and not row["until"])

    def review(self, kind):
        return self.utility.rows("asset", "review", "--kind", kind, codes=(0, 1))

    # -- the cases

    def test_1_before(self):
        """What is one from the beginning, and what never was."""
        cls = type(self)
        for node in ("shy", "copy-3", "image-2"):
            self.utility.do("stop-service", node, "ssh")
        for node in ("image-1", "image-2"):
            self.utility.do("stop-service", node, "snmp")
        self.off("copy-3")
        self.off("image-2")
        self.rekey("copy-2", "ssh", ("host_key", "host_key.pub"), "copy-1")
        self.on("pair-1", "ip", "addr", "add", f"{PAIR}/32", "dev", "lan")
        # Answers for addresses that are nobody's, as a router with proxy ARP does.
        self.on("proxy", "ip", "route", "add", "local", PROXIED, "dev", "lo")
        self.on("proxy", "sysctl", "-qw", "net.ipv4.conf.all.arp_ignore=0")
        self.forget_neighbours()
        run = self.survey()
        self.assertEqual(run["refused"], 0, run)
        with self.utility.register_open():
            cls.before = self.who()
            b = self.before
            self.assertEqual(b["198.18.20.1"], b["198.18.40.1"], "one router")
            self.assertRegex(self.reason(b["198.18.40.1"], "198.18.40.1"),
                             f"^by ({SSH}|snmp.engineid) ")
            self.assertNotEqual(b["198.18.20.2"], b["198.18.42.1"], "nothing tells yet")
            self.assertEqual(b[PAIR], b[f"{PREFIX}.15"])
            self.assertNotEqual(b[f"{PREFIX}.18"], b[f"{PREFIX}.19"], "two copies")
            self.assertNotIn(f"{PREFIX}.20", b)
            self.assertNotIn("198.18.40.12", b)
            proxied = {n for a, n in b.items() if a.startswith(PREFIX + ".") and
                       32 <= int(a.rsplit(".", 1)[1]) < 63}
            self.assertEqual(proxied, {b[f"{PREFIX}.30"]}, "one thing that answers for 31")
            self.assertIn("proxy ARP", self.reason(b[f"{PREFIX}.30"], f"{PREFIX}.40"))
            shared = {row["subject"].split()[0] for row in self.review("shared key")}
            self.assertEqual(shared, {SSH, "mac"})

    def test_2_everything_changes(self):
        cls = type(self)
        self.readdress("dhcp-a", f"{PREFIX}.11", f"{PREFIX}.12")
        self.readdress("dhcp-b", f"{PREFIX}.12", f"{PREFIX}.11")
        self.on("card", "ip", "link", "set", "dev", "lan", "address", "00:30:a7:20:13:02")
        self.on("replaced", "ip", "link", "set", "dev", "lan", "address", "00:17:a4:20:14:02")
        self.new_keys("replaced")
        self.on("pair-1", "ip", "addr", "del", f"{PAIR}/32", "dev", "lan")
        self.on("pair-2", "ip", "addr", "add", f"{PAIR}/32", "dev", "lan")
        self.again("copy-3")
        self.rekey("copy-3", "ssh", ("host_key", "host_key.pub"), "copy-1")
        self.off("image-1")
        self.again("image-2")
        self.rekey("image-2", "ssh", ("host_key", "host_key.pub"), "image-1")
        self.utility.do("start-service", "image-2", "snmp")
        self.utility.do("start-service", "shy", "ssh")
        self.forget_neighbours()
        cls.run_2 = self.survey()
        self.assertEqual(cls.run_2["assets_new"], 2, "the replaced machine and the third copy")
        with self.utility.register_open():
            cls.after, cls.files = self.who(), self.listed()
            self.check_hosts()
            self.check_pair()
            self.check_router()

    def check_hosts(self):
        b, a = self.before, self.after
        one, two = f"{PREFIX}.11", f"{PREFIX}.12"
        self.assertEqual((a[one], a[two]), (b[two], b[one]), "each keeps its file")
        self.assertIn(f"before of asset {b[one]}", self.reason(a[one], one))
        card = f"{PREFIX}.13"
        self.assertEqual(a[card], b[card])
        self.assertEqual([row["value"] for row in self.shown(a[card], "identity")
                          if row["attribute"] == "mac" and not row["until"]],
                         ["00:30:a7:20:13:02"])
        new = f"{PREFIX}.14"
        self.assertNotEqual(a[new], b[new], "another machine, by whatever name")
        self.assertIn(f"another thing answers here; before of asset {b[new]}",
                      self.reason(a[new], new))
        self.assertEqual((self.files[b[new]]["state"], self.files[b[new]]["addresses"]),
                         ("quiet", ""))
        self.assertEqual(self.files[b[new]]["name"], self.files[a[new]]["name"])
        copies = [f"{PREFIX}.{n}" for n in (18, 19, 20)]
        self.assertEqual(len({a[c] for c in copies}), 3)
        self.assertEqual([a[c] for c in copies[:2]], [b[c] for c in copies[:2]])
        self.assertEqual(a[f"{PREFIX}.30"], b[f"{PREFIX}.30"])
        self.assertEqual(a["198.18.40.12"], b["198.18.40.11"], "looks as if it had moved")

    def check_pair(self):
        b, a = self.before, self.after
        for own in (f"{PREFIX}.15", f"{PREFIX}.16"):
            self.assertEqual(a[own], b[own])
        self.assertEqual(a[PAIR], b[f"{PREFIX}.16"])
        notes = [row["value"] for row in self.shown(a[PAIR], "statement")
                 if row["attribute"] == f"{PAIR} address.service"]
        self.assertEqual(len(notes), 1)
        self.assertIn("both of which answer", notes[0])

    def check_router(self):
        """Two files, until it shows a key: one of them is an alias from then on."""
        b, a = self.before, self.after
        self.assertEqual(a["198.18.42.1"], b["198.18.20.2"])
        self.assertEqual(a["198.18.20.2"], b["198.18.20.2"])
        self.assertNotIn(b["198.18.42.1"], self.files)
        alias, into = b["198.18.42.1"], b["198.18.20.2"]
        rows = self.utility.rows("asset", "show", alias)
        self.assertEqual([row["value"] for row in rows if row["attribute"] == "alias"], [alias])
        merges = [row["value"] for row in rows if row["chapter"] == "decision"]
        self.assertEqual(len(merges), 1)
        self.assertIn(f"asset {alias} is asset {into}: one thing by {SSH}", merges[0])

    def test_3_two_images_that_looked_like_one(self):
        """With nothing but the image's key, at addresses where no card is seen, both are taken
        for one; when each shows what the image does not hold, they are taken apart."""
        far = ("198.18.40.11", "198.18.40.12")
        self.again("image-1")
        self.survey(*far)
        with self.utility.register_open():
            one = self.who()
            self.assertEqual(one[far[0]], one[far[1]])
        self.utility.do("start-service", "image-1", "snmp")
        self.assertEqual(self.survey(*far)["assets_new"], 1)
        with self.utility.register_open():
            two = self.who()
            self.assertEqual(two[far[1]], one[far[1]], "it has a key of its own and keeps the file")
            self.assertNotEqual(two[far[0]], two[far[1]])
            splits = [row for row in self.shown(two[far[0]], "decision")
                      if row["attribute"].startswith("split ")]
            self.assertEqual(len(splits), 1)
            self.assertIn(f"only {SSH}", splits[0]["value"])
            self.assertIn("met at one time at", splits[0]["value"])

    def test_4_the_pair_goes_back(self):
        """Where the address goes, the files do not."""
        self.on("pair-2", "ip", "addr", "del", f"{PAIR}/32", "dev", "lan")
        self.on("pair-1", "ip", "addr", "add", f"{PAIR}/32", "dev", "lan")
        self.forget_neighbours()
        self.assertEqual(self.survey(PAIR, f"{PREFIX}.15", f"{PREFIX}.16")["assets_new"], 0)
        with self.utility.register_open():
            now = self.who()
            for address in (PAIR, f"{PREFIX}.15", f"{PREFIX}.16"):
                self.assertEqual(now[address], self.before[address])

    def test_5_another_operator_with_the_same_address(self):
        """And the same keys: what lies in two realms is two things."""
        shown = f"{PREFIX}.14"
        self.utility.cadastre(
            "--realm", OTHER, "scope", "grant", "--authoriser", "Head of operations", "--basis",
            "Work order for the lab", "--profile", "standard", "--until", "2099-01-01T00:00:00Z",
            "--cidr", f"{shown}/32")
        run = self.survey(shown, realm=OTHER)
        self.assertEqual((run["assets_new"], run["refused"]), (1, 0), run)
        with self.utility.register_open():
            keys = []
            for realm in (self.utility.lab.realm, OTHER):
                rows = [row for row in self.utility.rows("--realm", realm, "asset", "list",
                                                         "--address", f"{shown}/32")
                        if row["realm"] == realm]
                self.assertEqual(len(rows), 1, rows)
                keys.append({(row["attribute"], row["value"])
                             for row in self.shown(rows[0]["id"], "identity")
                             if row["attribute"] in (SSH, "tls.device.sha256")
                             and not row["until"]})
            self.assertEqual(len(keys[0]), 2)
            self.assertEqual(keys[0], keys[1])

    def test_6_nothing_more_to_say(self):
        """Comparing all with all finds nothing that the surveys did not."""
        self.assertEqual(self.utility.rows("asset", "match"), [])
        self.utility.cadastre("audit", "verify")


if __name__ == "__main__":
    unittest.main(verbosity=2)
