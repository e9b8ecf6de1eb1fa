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
                 for row in rows}
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
    def decide(cls, *words):
        cls.call("asset", *words, "--reason", "case", "--by", "clerk")
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
        self.register.intake(self.network(0, MAIL))
        self.record("filed")
        self.register.intake(self.network(10))
        self.record("filed again")
        web, mail, old = (self.id_of(a) for a in (WEB, MAIL, OLD))
        self.decide("merge", web, mail)
        self.decide("retire", old)
        self.register.intake(self.network(20, OLD, version="1.24"))
        self.record("filed after a merge")
        self.decide("split", mail, "--undo-of", web)
        self.decide("revive", old)
        self.decide("merge", old, web)
        self.decide("split", web, "--address", OLD)
        for step, stamp, (rows, files) in self.recorded:
            known_rows, known_files = self.state("--known-at", stamp)
            self.assertEqual([(r["id"], r["addresses"], r["state"]) for r in known_rows],
                             [(r["id"], r["addresses"], r["state"]) for r in rows], step)
            self.assertEqual(known_rows, rows, step)
            self.assertEqual(known_files, files, step)


if __name__ == "__main__":
    unittest.main(verbosity=2)
