#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A register on three private clusters: the same answers to every question as on one, ranges of
buckets that move without a row lost or doubled wherever the program is killed, and nodes that are
absent, foreign or damaged told apart."""
import os
import pathlib
import re
import signal
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from register import Bundle, Register, wait_for  # noqa: E402

TOOL, SOURCE, PROGRAM = sys.argv.pop(1), pathlib.Path(sys.argv.pop(1)), sys.argv.pop(1)
REALM = "lanhe"
HOSTS = 120
QUESTION = "0, or 1: there is something to report"


def network(at):
    """Hosts with services, names, keys, paths and links; some change, move or turn out to be one."""
    b = Bundle(REALM, at=at, identity=f"{at:032x}").covered("198.18.0.0/16", "22,80,443")
    b.host("198.18.0.1", "00:00:0c:00:00:01").key("198.18.0.1", "ssh.hostkey.sha256", "gw")
    b.key("198.18.0.2", "ssh.hostkey.sha256", "gw" if at > 1 else "gw2")
    for n in range(HOSTS):
        addr = f"198.18.{10 * (1 + n // 40)}.{1 + n % 40}"
        if (n + at) % 17 == 0:
            continue
        b.host(addr).service(addr, 22, "ssh", raw=b"SSH-%d" % (n % 5), product="OpenSSH",
                             version=str(9 + (at > 1 and n % 9 == 0)), **{"os.product": "Linux"})
        if n % 3 == 0:
            b.port(addr, 80).name(addr, f"h{n}.example", "dns.ptr")
        if n % 4 == 0:
            b.key(addr, "snmp.engineid", f"8000{(n if at < 3 else n // 8 * 8):06x}")
        b.hop(addr, 1, "198.18.0.1").hop(addr, 2, f"198.18.0.{10 + n % 7}").hop(addr, 3, addr)
        if n % 10 == 0:
            b.link(addr, f"198.18.0.{10 + n % 7}").fact(addr, hw__vendor="Acme")
            b.link(addr, "192.0.2.7", "flow", "flow")
    return b


class Spread(Register):
    """The register's home, and the program on it."""

    def program(self, *words, code=0):
        done = subprocess.run([PROGRAM, *words], capture_output=True, text=True, timeout=120,
                              env=dict(self.env, CADASTRE_SHARE=str(SOURCE / "inventory")))
        assert done.returncode in ((0, 1) if code == QUESTION else (code,)), \
            f"{words}: exit {done.returncode}, not {code}\n{done.stderr}{done.stdout}"
        self.message = done.stderr.strip()
        return done.stdout

    def conninfo(self):
        return f"host={self.socket()} user=cadastre dbname=postgres sslmode=disable"

    def move(self, buckets, to, code=0):
        return self.program("db", "node", "move", "--buckets", buckets, "--to", to, code=code)


class Nodes(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.home, cls.east, cls.west = Spread(TOOL), Spread(TOOL), Spread(TOOL)
        cls.all = (cls.home, cls.east, cls.west)
        cls.home.run("grant", REALM, "198.18.0.0/15", "2020-01-01", "2099-01-01")
        for register in cls.all:
            register.hold()
        cls.home.program("register", "import", str(SOURCE / "schema/examples/good/register-power-utility.xml"))
        cls.home.program("pack", "install", str(SOURCE / "inventory/norms/energy-power.xml"))
        for at in (1, 2):
            cls.home.intake(network(at))

    @classmethod
    def tearDownClass(cls):
        for register in cls.all:
            register.close()

    # ---- questions

    def questions(self):
        yield ("db", "status")
        for form in ("json", "csv"):
            yield ("--format", form, "asset", "list")
        for words in (("--address", "198.18.10.0/28"), ("--port", "80"), ("--product", "openssh"),
                      ("--text", "h3"), ("--system", "office-automation")):
            yield ("--format", "json", "asset", "list", *words)
        for which in self.which:
            yield ("--format", "json", "asset", "show", which)
        yield ("--format", "json", "changes")
        yield ("--format", "json", "register", "list")
        yield ("--format", "json", "identify")
        yield ("--format", "json", "designation", "list")
        yield ("--realm", REALM, "map", "-o", self.home.path("map.html"))

    def answers(self):
        self.which = ["198.18.0.1", "h3.example"] + [
            row[0] for row in self.home.sql(
                "SELECT asset_id FROM asset_current ORDER BY asset_id % 1009 LIMIT 12"
                if not self.spread() else
                "SELECT asset_id FROM cadastre_all.asset_current ORDER BY asset_id % 1009 LIMIT 12")]
        found = {}
        for words in self.questions():
            text = self.home.program(*words, code=QUESTION)
            if words[-2] == "-o":
                text += pathlib.Path(words[-1]).read_text()
            if words == ("db", "status"):
                text = re.sub(r"\d+\s*$", "", text)  # bytes of this database
            found[words] = text
        return found

    def spread(self):
        return self.home.one("SELECT count(*) FROM node") != "1"

    def same(self, before):
        after = self.answers()
        self.assertEqual(before.keys(), after.keys())
        for words, text in before.items():
            self.assertEqual(text, after[words], words)

    def good(self):
        self.home.program("db", "node", "check")

    def rows_of(self, register):
        return int(register.one("SELECT count(*) FROM service"))

    # ---- cases, in this order

    def test_1_same_answers(self):
        before = self.answers()
        self.assertGreater(len(before[("--format", "json", "changes")]), 1000)
        total = self.rows_of(self.home)
        self.home.program("db", "node", "add", "east", "--conninfo", self.east.conninfo())
        self.home.program("db", "node", "add", "west", "--conninfo", self.west.conninfo())
        self.same(before)
        self.home.move("1366-2730", "east")
        self.home.move("2731-4095", "west")
        self.good()
        shares = [self.rows_of(register) for register in self.all]
        self.assertEqual(sum(shares), total)
        self.assertGreater(min(shares), total // 6)
        self.same(before)
        # Between nodes, in pieces, out of several, and home.
        self.home.move("100", "east")
        self.home.move("2000-3000", "west")
        self.home.move("50-2100", "east")
        self.good()
        self.same(before)
        self.assertIn("50-2100", self.home.program("db", "node", "list"))
        self.home.move("0-4095", "home")
        self.good()
        self.assertEqual([self.rows_of(register) for register in self.all], [total, 0, 0])
        self.same(before)


if __name__ == "__main__":
    unittest.main()
