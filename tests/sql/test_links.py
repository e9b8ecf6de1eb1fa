#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Links and paths: how sure they are, where they go when assets are split or joined; the comparison
of all assets at the command line; and questions whose first part means very many assets."""
import csv
import io
import json
import pathlib
import subprocess
import sys
import unittest
import xml.etree.ElementTree as tree

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from register import Bundle, Register  # noqa: E402

TOOL, SOURCE, PROGRAM = sys.argv.pop(1), sys.argv.pop(1), sys.argv.pop(1)
SSH = "ssh.hostkey.sha256"
ONE, TWO, GATE, FAR = "198.18.1.1", "198.18.2.1", "198.18.9.1", "198.18.2.200"


class Links(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.register = Register(TOOL)
        cls.addClassCleanup(cls.register.close)
        cls.register.run("status")
        cls.register.hold()
        cls.realms = 0

    def setUp(self):
        Links.realms += 1
        self.realm, self.hour = f"links-{Links.realms}", 0
        self.register.run("grant", self.realm, "198.18.0.0/15", "2020-01-01", "2099-01-01")

    def program(self, *words, code=0):
        done = subprocess.run([PROGRAM, "--realm", self.realm, *words], capture_output=True,
                              text=True, env=self.register.env, timeout=300)
        self.assertEqual(done.returncode, code, done.stderr + done.stdout)
        self.said = done.stderr
        return done.stdout

    def rows(self, *words, code=0):
        out = self.program("--format", "json", *words, code=code)
        return [json.loads(line) for line in out.splitlines()]

    def bundle(self):
        self.hour += 1
        return Bundle(realm=self.realm, at=self.hour)

    def undo(self):
        self.program("asset", "undo", str(self.rows("asset", "decisions")[-1]["decision"]),
                     "--reason", "case")

    def of_realm(self, what, table, more="TRUE"):
        return self.register.sql(f"SELECT {what} FROM {table} JOIN realm USING (realm_id) "
                                 f"WHERE realm.name = '{self.realm}' AND {more} ORDER BY 1, 2")

    def owner(self, addr):
        return self.of_realm("asset_id, 1", "address",
                             f"address = '{addr}' AND until_run IS NULL")[0][0]

    def links(self):
        """Open ones, as {(source, one, other)}, by the addresses' names for the assets."""
        return {tuple(row) for row in self.of_realm(
            "source, asset_id, peer_asset_id, host(peer_address)", "link", "until_run IS NULL")}

    def pair(self, source, one, other):
        low, high = sorted((self.owner(one), self.owner(other)), key=int)
        return (source, low, high, "0.0.0.0")

    # ---- how sure

    def path(self, bundle, method):
        """A path to FAR over ONE and GATE."""
        for addr in (ONE, GATE, FAR):
            if method == "trace":
                bundle.host(addr)
            else:
                bundle.say("host", method, addr)
        for ttl, peer in enumerate((ONE, GATE, FAR), 1):
            bundle.say("hop", method, FAR, peer=peer, ttl=ttl)
        return bundle

    def sure(self):
        """How sure the paths and the links by them are, in the tables and in what people see."""
        self.assertEqual(self.of_realm("count(*), 0", "hop", "until_run IS NULL"), [["3", "0"]])
        hops = {row[0] for row in self.of_realm("method, 0", "hop", "until_run IS NULL")}
        links = {tuple(row) for row in self.of_realm(
            "grade, method", "link", "source = 'hop' AND until_run IS NULL")}
        shown = {row["grade"] for row in self.rows("asset", "show", self.owner(FAR))
                 if row["chapter"] == "path" and not row["until"]}
        view = {row[0] for row in self.register.sql(
            "SELECT grade FROM asset_history WHERE kind = 'hop' AND until_run IS NULL "
            f"AND realm = '{self.realm}'")}
        self.assertEqual(shown, view)
        return hops, links, shown

    def test_a_path_that_a_foreign_file_tells_is_claimed(self):
        claimed = ({"import"}, {("claimed", "import")}, {"claimed"})
        measured = ({"trace"}, {("measured", "trace")}, {"measured"})
        self.register.intake(self.path(self.bundle(), "import"))
        self.assertEqual(self.sure(), claimed)
        # A decision by hand makes nothing surer.
        self.program("asset", "split", self.owner(ONE), "--apart-from", self.owner(GATE),
                     "--reason", "case")
        self.program("asset", "merge", self.owner(FAR), self.owner(GATE), "--reason", "case")
        self.undo()
        self.assertEqual(self.sure(), claimed)
        # To see it oneself does, whatever the plan is called; and a file takes nothing back.
        path = self.register.path("own")
        pathlib.Path(path).write_bytes(self.path(self.bundle(), "trace").bytes())
        self.register.run("intake", path, "import of Nmap XML x")
        self.assertEqual(self.sure(), measured)
        self.register.intake(self.path(self.bundle(), "import"))
        self.assertEqual(self.sure(), measured)

    def test_what_a_foreign_file_says_is_claimed_in_the_views(self):
        b = self.bundle()
        b.say("port", "import", ONE, transport="tcp", port=22)
        b.key(ONE, SSH, "k", method="import")
        self.register.intake(b)
        self.register.intake(self.bundle().port(TWO, 22).key(TWO, SSH, "own"))
        self.assertEqual(self.register.sql(
            "SELECT kind, grade FROM asset_history WHERE kind IN ('service', 'key') "
            f"AND realm = '{self.realm}' ORDER BY 1, 2"),
            [["key", "claimed"], ["key", "measured"], ["service", "claimed"],
             ["service", "measured"]])

    # ---- splitting

    def router(self):
        """One device by its key at ONE and TWO, with neighbours told at each."""
        b = self.bundle()
        for addr in (ONE, TWO):
            b.host(addr).port(addr, 22).key(addr, SSH, "r")
        b.host(GATE).host(FAR)
        b.link(ONE, GATE).link(TWO, FAR, source="cdp").link(
            TWO, "198.18.2.77", source="flow", layer="flow")
        self.register.intake(b)
        self.assertEqual(self.owner(ONE), self.owner(TWO))

    def test_links_go_with_the_address_they_were_told_at(self):
        self.router()
        before, router = self.links(), self.owner(ONE)
        self.assertEqual(before, {self.pair("lldp", ONE, GATE), self.pair("cdp", TWO, FAR),
                                  ("flow", router, "0", "198.18.2.77")})
        preview = self.rows("asset", "split", router, "--address", TWO, "--reason", "case",
                            "--dry-run", code=1)
        moved = sorted(row["value"] for row in preview if row["what"] == "link")
        self.assertEqual(len(moved), 2)
        self.assertTrue(all(f" at {TWO}" in value for value in moved), moved)
        self.program("asset", "split", router, "--address", TWO, "--reason", "case", code=0)
        new = self.owner(TWO)
        self.assertNotEqual(new, router)
        self.assertEqual(self.links(), {self.pair("lldp", ONE, GATE), self.pair("cdp", TWO, FAR),
                                        ("flow", new, "0", "198.18.2.77")})
        self.undo()
        self.assertEqual(self.links(), before)

    def test_links_told_before_addresses_were_kept(self):
        """By the network of the peer, where only what leaves is in it; else they stay."""
        self.router()
        self.register.sql("UPDATE link SET own_end = NULL, peer_end = NULL")
        router = self.owner(ONE)
        self.program("asset", "split", router, "--address", TWO, "--reason", "case")
        self.assertEqual(self.links(), {
            ("lldp", *sorted((router, self.owner(GATE)), key=int), "0.0.0.0"),
            self.pair("cdp", TWO, FAR), ("flow", self.owner(TWO), "0", "198.18.2.77")})

    def test_links_of_what_the_program_takes_apart(self):
        """What only a shared key had joined: each part keeps its neighbours."""
        for addr, peer, source in ((ONE, GATE, "lldp"), (TWO, FAR, "cdp")):
            b = self.bundle().host(addr).port(addr, 22).key(addr, SSH, "image")
            self.register.intake(b.host(peer).link(addr, peer, source=source))
        self.assertEqual(self.owner(ONE), self.owner(TWO))
        b = self.bundle()
        for n, addr in enumerate((TWO, "198.18.3.1")):
            b.host(addr).port(addr, 22).key(addr, SSH, "image").key(addr, "serial", f"S{n}")
        self.register.intake(b)
        self.assertNotEqual(self.owner(ONE), self.owner(TWO))
        self.assertEqual(self.links(), {self.pair("lldp", ONE, GATE), self.pair("cdp", TWO, FAR)})
        self.assertEqual(len(self.of_realm("reason, 0", "asset_decision", "kind = 'split'")), 1)

    def test_links_of_what_becomes_one(self):
        """Kept once, from the lower number, and none of an asset to itself."""
        b = self.bundle()
        for addr in (GATE, TWO, FAR, ONE):
            b.host(addr)
        b.link(ONE, GATE).link(TWO, GATE).link(ONE, TWO).link(FAR, ONE)
        self.register.intake(b)
        self.assertEqual(len(self.links()), 4)
        b = self.bundle()
        for addr in (ONE, TWO, GATE):
            b.host(addr).key(addr, SSH, "r")
        self.register.intake(b)
        self.assertEqual(self.links(), {self.pair("lldp", ONE, FAR)})
        ends = self.of_realm("host(own_end), host(peer_end)", "link", "until_run IS NULL")
        self.assertEqual(sorted(ends[0]), [ONE, FAR])
        self.assertEqual(ends[0][0] == FAR, int(self.owner(FAR)) < int(self.owner(ONE)))

    # ---- comparing all with all

    def test_comparing_at_the_command_line(self):
        b = self.bundle()
        for n, addr in enumerate((ONE, TWO)):
            b.host(addr).port(addr, 22).key(addr, SSH, f"k{n}" + self.realm)
        self.register.intake(b)
        one, two = self.owner(ONE), self.owner(TWO)
        self.assertEqual(self.rows("asset", "match"), [])
        for table in ("identity_key", "key_sighting"):
            self.register.sql(f"UPDATE {table} SET value = 'k0{self.realm}' "
                              f"WHERE value = 'k1{self.realm}'")
        runs = self.register.one("SELECT count(*) FROM run")
        rows = self.rows("asset", "match", "--dry-run", code=1)
        self.assertEqual([(r["realm"], r["decision"], r["asset_id"], r["other_id"]) for r in rows],
                         [(self.realm, "merge", two, one)])
        self.assertIn(SSH, rows[0]["reason"])
        self.assertIn("nothing was kept", self.said)
        text = self.program("asset", "match", "--dry-run", code=1)
        self.assertIn(two, text)
        cells = list(csv.DictReader(io.StringIO(
            self.program("--format", "csv", "asset", "match", "--dry-run", code=1))))
        self.assertEqual([c["decision"] for c in cells], ["merge"])
        root = tree.fromstring(self.program("--format", "xml", "asset", "match", "--dry-run",
                                            code=1))
        self.assertEqual(len(list(root)), 1)
        self.assertEqual(self.register.one("SELECT count(*) FROM run"), runs)
        self.assertEqual(len(self.rows("asset", "match", code=1)), 1)
        self.assertEqual(self.owner(TWO), one)
        self.assertEqual(self.rows("asset", "match"), [])
        trail = [r for r in self.rows("audit", "list") if r["what"] == "asset.match"]
        self.assertIn(f"realm {self.realm}: 1 decisions", trail[-1]["detail"])
        self.realm = "nowhere"
        self.program("asset", "match", code=3)
        self.assertIn("no realm", self.said)

    def test_a_key_that_a_foreign_file_tells_proposes(self):
        """However definitive it would be if we had seen it; seeing it makes it count."""
        self.register.intake(self.bundle().host(ONE).port(ONE, 22).key(ONE, SSH, "k" + self.realm))
        self.register.intake(self.bundle().key(TWO, SSH, "k" + self.realm, method="import"))
        one = self.owner(ONE)
        self.assertNotEqual(self.owner(TWO), one)
        self.assertEqual(self.rows("asset", "match"), [])
        kinds = [r["kind"] for r in self.rows("asset", "review", code=1)
                 if r["realm"] == self.realm]
        self.assertEqual(kinds, ["merge proposal"])
        self.register.intake(self.bundle().host(ONE).port(ONE, 22).key(ONE, SSH, "k" + self.realm)
                             .host(TWO).port(TWO, 22).key(TWO, SSH, "k" + self.realm))
        self.assertEqual(self.owner(TWO), self.owner(ONE))

    # ---- very many

    def test_more_assets_than_bound_the_next_question(self):
        """Up to 5,000 assets bound the question after them, more do not: the answer is the same."""
        b = self.bundle()
        for n in range(5002):
            addr = f"198.19.{n >> 8}.{n & 255}"
            b.host(addr)
            if n in (0, 4999, 5000, 5001):
                b.port(addr, 80)
        self.assertEqual(self.register.intake(b)["assets_new"], 5002)
        for prefix, found in (("198.19.0.0/16", 4), ("198.19.16.0/20", 3), ("198.19.0.0/20", 1),
                              ("198.19.19.136/31", 2)):
            for words in (f"address = {prefix} and port = 80", f"port = 80 and address = {prefix}"):
                self.assertEqual(len(self.rows("asset", "list", words)), found, words)
        # Exactly as many as bound it, and one more.
        for without, found in ((2, 2), (1, 3)):
            ends = " and ".join(f"address != 198.19.19.{137 - n}" for n in range(without))
            rows = self.rows("asset", "list", f"address = 198.19.0.0/16 and {ends} and port = 80")
            self.assertEqual(len(rows), found)


if __name__ == "__main__":
    unittest.main()
