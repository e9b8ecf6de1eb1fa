#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What was asked once is answered the same later: after decisions by hand and their undoing, after
bundles that came late, and by what was known at a time. A baseline holds through all of it, and is
compared with its own assets only."""
import datetime
import json
import pathlib
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from register import Bundle, Register  # noqa: E402

TOOL, SOURCE, PROGRAM = sys.argv.pop(1), sys.argv.pop(1), sys.argv.pop(1)
STATEMENTS = """<?xml version="1.0" encoding="UTF-8"?>
<register xmlns="urn:cadastre:register:1" realm="plant" document="R-1" as-of="2026-01-01">
  <organisations>
    <organisation id="power" name="Power" sector="energy.power"><role code="operator"/></organisation>
  </organisations>
  <systems>
    <system id="plant" name="Plant" organisation="power" sector="energy.power"
        class="industrial-control" kind="information-system" function="f" service-scope="prefecture"
        counterparts="internal">
      <tier s="2" a="3"/><assets><prefix cidr="198.18.2.0/24"/></assets>
    </system>
  </systems>
</register>
"""
CHAPTERS = ("name", "address", "service", "software", "exposure", "key")
WEB, MAIL, OLD, PLC = "198.18.1.10", "198.18.1.12", "198.18.1.11", "198.18.2.20"


class Later(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.register = Register(TOOL)
        cls.register.run("grant", "plant", "198.18.0.0/15", "2020-01-01", "2099-01-01")
        cls.register.hold()
        path = cls.register.path("register.xml")
        with open(path, "w", encoding="utf-8") as file:
            file.write(STATEMENTS)
        cls.call("register", "import", path)
        cls.recorded = []

    @classmethod
    def tearDownClass(cls):
        cls.register.close()

    @classmethod
    def call(cls, *words, code=0, realm="plant", form="json"):
        done = subprocess.run(
            [PROGRAM, *(["--realm", realm] if realm else []), "--format", form, *words],
            capture_output=True, text=True, env=cls.register.env, timeout=120, check=False)
        assert done.returncode == code, \
            f"{words}: exit {done.returncode}, not {code}\n{done.stderr}{done.stdout}"
        cls.said = done.stderr
        if form != "json":
            return done.stdout
        return [json.loads(line) for line in done.stdout.splitlines() if line[:1] == "{"]

    @classmethod
    def state(cls, *words):
        """All that is listed, and all that is open in each file that is, whatever it has for a
        state."""
        rows = cls.call("asset", "list", "--state", "all", *words)
        files = {row["id"]: sorted((f["chapter"], f["attribute"], f["value"], f["grade"])
                                   for f in cls.call("asset", "show", *words, row["id"])
                                   if not f["until"] and f["chapter"] in CHAPTERS)
                 for row in rows if not row["addresses"].startswith("198.18.2.")}
        for row in rows:
            # Whether a run met it since is told when the question is asked.
            row["state"] = row["state"].removesuffix(", seen again")
        return rows, files

    @classmethod
    def record(cls, step):
        now = datetime.datetime.now(datetime.timezone.utc)
        cls.recorded.append((step, now.strftime("%Y-%m-%dT%H:%M:%S.%fZ"), cls.state()))

    @classmethod
    def id_of(cls, address):
        return cls.call("asset", "list", "--address", address)[0]["id"]

    @classmethod
    def decide(cls, *words, record=True):
        cls.call("asset", *words, "--reason", "case", "--by", "clerk")
        if record:
            cls.record(" ".join(words))

    @classmethod
    def network(cls, at, *left_out, version="1.22"):
        b = Bundle(realm="plant", at=at).covered("198.18.1.0/24", "1-65535").covered(
            "198.18.2.0/24", "1-65535")
        if WEB not in left_out:
            b.service(WEB, 443, "http", product="nginx", version=version).name(WEB, "web.example")
        if MAIL not in left_out:
            b.service(MAIL, 25, "smtp", product="Postfix").name(MAIL, "mail.example")
        if OLD not in left_out:
            b.service(OLD, 22, "ssh", product="OpenSSH")
        return b.service(PLC, 502, "modbus", vendor="Schneider Electric", product="M340")

    def test_1_decisions_by_hand(self):
        """What is undone later was so meanwhile: names, states, addresses, first and last times."""
        self.register.intake(self.network(0, MAIL))
        self.record("filed")
        self.register.intake(self.network(10))
        web, mail, old = (self.id_of(a) for a in (WEB, MAIL, OLD))
        self.decide("merge", web, mail)
        self.decide("retire", old, record=False)
        self.register.intake(self.network(20, OLD, version="1.24"))
        self.record("filed after a merge")
        self.decide("split", mail, "--undo-of", web)
        self.decide("revive", old, record=False)
        self.decide("merge", mail, old)
        self.decide("split", old, "--address", OLD)
        for step, stamp, (rows, files) in self.recorded:
            known_rows, known_files = self.state("--known-at", stamp)
            self.assertEqual(known_rows, rows, step)
            self.assertEqual(known_files, files, step)

    # ---- late bundles

    def test_2_late_bundles_are_known_from_their_filing(self):
        recorded = self.recorded[-1]
        for name, words in (("all", ()), ("web", ("--where", "name = web.example")),
                            ("plant", ("--system", "plant"))):
            self.call("baseline", "freeze", name, "--reason", "case", *words)
        late = Bundle(realm="plant", at=5).covered("198.18.1.0/24", "1-65535").host(MAIL)
        late.service(MAIL, 25, "smtp", product="Exim").service(WEB, 8443, "http", product="Jetty")
        self.assertEqual(self.register.intake(late)["late"], 1)
        then = ("--as-of", "2026-03-01T15:00:00Z")

        def products(*words):
            return [row["product"] for row in self.call("asset", "list", *then, *words)]

        self.assertIn("Exim, OpenSSH", products())
        self.assertNotIn("Exim", ", ".join(products("--known-at", recorded[1])))
        self.assertEqual(self.call("asset", "list", *then, "port = 8443")[0]["addresses"], WEB)
        self.assertEqual(self.call("asset", "list", *then, "--known-at", recorded[1],
                                   "port = 8443"), [])
        self.assertEqual(self.state("--known-at", recorded[1])[0], recorded[2][0])
        # A second one between them moves ends that the first had set.
        later = Bundle(realm="plant", at=7).covered("198.18.1.0/24", "1-65535").host(MAIL)
        self.call("baseline", "freeze", "between", "--reason", "case")
        self.assertEqual(self.register.intake(later.host(WEB))["late"], 1)
        self.call("baseline", "verify", "between", form="text")
        for name in ("all", "web", "plant"):
            self.assertIn("is what was frozen", self.call("baseline", "verify", name, form="text"))

    # ---- baselines of some assets

    def test_3_a_baseline_is_compared_with_its_own_assets(self):
        b = self.network(30, version="1.26")
        self.register.intake(b.service("198.18.2.21", 502, "modbus", product="M580"))

        def changed(*words, code=1):
            return {row["subject"] for row in self.call("changes", *words, code=code)}

        web = "service 198.18.1.10 tcp/443"
        self.assertIn(web, changed("--against", "all"))
        self.assertEqual(changed("--against", "web"), {web})
        # Neither the web server's nor what the plant had; the plant's since.
        self.assertEqual(changed("--against", "plant"), {"asset"})
        self.assertEqual(changed("--against", "plant", "--where", "port = 443", code=0), set())
        self.assertEqual(changed("--against", "web", "--where", "port = 443"), {web})
        # What was merged into another is told there.
        self.call("asset", "merge", self.id_of(WEB), self.id_of(PLC), "--reason", "case")
        self.assertIn(web, changed("--against", "web"))

    def test_4_what_is_not_frozen(self):
        before = self.call("baseline", "list")
        for code, said, realm, words in (
                (3, "no realm", "nowhere", ("--reason", "x")),
                (2, "--system or --where", "plant", ("--reason", "x", "--system", "a", "--where",
                                                     "exposed")),
                (2, "needs --reason", "plant", ()),
                (2, "not that long", "plant", ("--reason", "x", "--system", '"' * 9000)),
                (2, "control characters", "plant", ("--reason", "x", "--system", b"\xff"))):
            self.call("baseline", "freeze", "new", *words, code=code, realm=realm)
            self.assertIn(said, self.said)
        self.assertEqual(self.call("baseline", "list"), before)
        # An id is an id, whatever it looks like.
        self.call("baseline", "freeze", "quoted", "--reason", "x", "--system",
                  'x" or port > 0 or system = "\\')
        self.assertEqual(self.call("baseline", "list")[-1]["assets"], 0)
        self.call("baseline", "verify", "quoted", form="text")

    # ---- values at the edge

    def test_5_values_at_the_edge(self):
        self.assertEqual(self.call("asset", "list", "tier > 2147483646"), [])
        self.assertEqual(self.call("asset", "list", "port > 65535 or port < 0"), [])
        self.assertEqual(self.call("asset", "list", "last-seen > 9999-12-31T23:59:59Z"), [])
        for words in (("--as-of", "1970-01-01"), ("--known-at", "0001-01-01")):
            self.assertEqual(self.call("asset", "list", *words), [])
        self.assertEqual(len(self.call("changes", "--since", "0001-01-01", code=1)),
                         len(self.call("changes", code=1)))
        for words in (("tier > 2147483647",), (b"name = \xff",), ("--text", b"\xff"),
                      ("name ~ '\x1b'",), ("last-seen < 0001-01-01",)):
            self.call("asset", "list", *words, code=2)

    def test_6_calls_that_make_no_sense(self):
        for said, *words in (
                ("one expression", "asset", "list", "port = 1", "--where", "port = 2"),
                ("is none of seen, quiet, retired, all", "asset", "list", "--state", "lost"),
                ("--port must be", "asset", "list", "--port", "0"),
                ("--limit must be", "asset", "list", "--limit", "0"),
                ("is not a time", "asset", "list", "--as-of", "yesterday"),
                ("is not a time", "asset", "show", "x", "--known-at", "2026-13-01"),
                ("needs two times", "changes", "--between", "2026-01-01"),
                ("belongs to nothing", "changes", "2026-01-01"),
                ("give --since and --until, or", "changes", "--since", "2026-01-01", "--against", "x"),
                ("is before", "changes", "--between", "2026-02-01", "2026-01-01"),
                ("is before", "changes", "--since", "2026-02-01", "--until", "2026-01-01"),
                ("--run must be", "changes", "--run", "last"),
                ("needs --reason", "baseline", "freeze", "x"),
                ("--system or --where", "baseline", "freeze", "x", "--reason", "r", "--system", "s",
                 "--where", "cii"),
                ("is no number", "run", "show", "newest")):
            self.call(*words, code=2)
            self.assertIn(said, self.said)


if __name__ == "__main__":
    unittest.main(verbosity=2)
