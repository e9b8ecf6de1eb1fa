#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The verbs over a real private cluster in a temporary directory: authorisations, refusals,
the trail, bad targets; what is refused is refused before anything is sent, and recorded."""
import os
import pathlib
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from harness import Register  # noqa: E402

PROGRAM, SOURCE = sys.argv.pop(1), sys.argv.pop(1)


class Verbs(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.register = Register(PROGRAM)
        cls.dir, cls.run_program, cls.rows = cls.register.dir, cls.register.run, cls.register.rows

    @classmethod
    def tearDownClass(cls):
        cls.register.close()

    def test_1_status_of_a_new_register(self):
        status = self.rows("db", "init")[0]
        self.assertEqual(status["private"], "yes")
        self.assertEqual(status["schema"], status["newest_schema"])
        self.assertEqual(status["assets"], 0)

    def test_2_nothing_is_authorised_at_first(self):
        result = self.run_program("scan", "198.18.77.5", code=5)
        self.assertIn("198.18.77.5", result.stderr)
        self.assertIn("cadastre scope grant --cidr 198.18.77.5/32 ", result.stderr)
        result = self.run_program("scan", "198.18.77.0/24", code=5)
        self.assertIn("cadastre scope grant --cidr 198.18.77.0/24 ", result.stderr)
        trail = self.rows("audit", "list")
        self.assertTrue(any(row["what"] == "scan.refuse" and "198.18.77.5" in row["detail"]
                            for row in trail), trail)

    def test_3_grant_check_revoke(self):
        grant = self.run_program(
            "--realm", "plant", "scope", "grant", "--cidr", "198.18.77.0/24",
            "--authoriser", "Head; DROP TABLE audit --", "--basis", "\x1b[31mOrder 7",
            "--until", "2099-01-01", "--exclude", "198.18.77.128/25").stdout.strip()
        checked = self.rows("--realm", "plant", "scope", "check", "198.18.77.5")
        self.assertEqual(checked[0]["verdict"], "allowed")
        self.assertEqual(str(checked[0]["authorisation"]), grant)
        self.run_program("--realm", "plant", "scope", "check", "198.18.77.200", code=5)
        self.run_program("--realm", "other", "scope", "check", "198.18.77.5", code=5)
        self.assertNotIn("\x1b", self.run_program("scope", "list").stdout)
        self.run_program("scope", "revoke", grant, "--reason", "end of test")
        self.run_program("scope", "revoke", grant, "--reason", "again", code=3)
        self.run_program("--realm", "plant", "scope", "check", "198.18.77.5", code=5)
        self.assertIn("chain is whole", self.run_program("audit", "verify").stdout)

    def test_3_a_reader_that_leaves_is_no_error(self):
        for form in ("text", "json"):
            with open("/dev/full", "w", encoding="utf-8") as full:
                done = subprocess.run([PROGRAM, "--format", form, "audit", "list"], stdout=full,
                                      stderr=subprocess.PIPE, text=True, env=self.register.env,
                                      timeout=60, check=False)
            self.assertIn("No space left", done.stderr)
            self.assertNotEqual(done.returncode, 0)
            reads, writes = os.pipe()
            os.close(reads)
            done = subprocess.run([PROGRAM, "--format", form, "audit", "list"], stdout=writes,
                                  stderr=subprocess.PIPE, text=True, env=self.register.env,
                                  timeout=60, check=False)
            os.close(writes)
            self.assertEqual((done.returncode, done.stderr), (0, ""))

    def test_4_bad_grants(self):
        base = ["scope", "grant", "--authoriser", "A", "--basis", "B"]
        for words, said in (
                (["--cidr", "198.18.0.1/24", "--until", "2099-01-01"], "198.18.0.0/24"),
                (["--cidr", "nonsense", "--until", "2099-01-01"], "not an IP address"),
                (["--cidr", "198.18.0.0/24", "--until", "yesterday"], "not a time"),
                (["--cidr", "198.18.0.0/24", "--until", "2001-01-01"], "past"),
                (["--cidr", "198.18.0.0/24"], "--until is missing")):
            self.assertIn(said, self.run_program(*base, *words, code=2).stderr)

    def test_5_bad_targets(self):
        for target in ("host.example", "198.18.0.1/24", "198.18.0.0/40", "300.1.1.1"):
            self.assertIn(target, self.run_program("scan", target, code=2).stderr)
        self.assertIn("--ports", self.run_program("scan", "--ports", "0-99999", "127.0.0.1",
                                                  code=2).stderr)

    def test_6_bad_files(self):
        path = self.dir.name + "/bad"
        for content, words in (
                (b"", ["import"]), (b"{}\n", ["import"]), (b"\x00\xff" * 50, ["import"]),
                (b"not xml", ["register", "import"]),
                (b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
                 ["register", "import"]),
                (b'<?xml version="1.0"?><!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>',
                 ["register", "import"]),
                (b"not a capture", ["listen", "-r"])):
            with open(path, "wb") as file:
                file.write(content)
            result = self.run_program(*words, path, code=6 if words[0] == "listen" else 3)
            self.assertIn(path, result.stderr)
            self.assertNotIn("root:", result.stderr)

    def test_7_examples_of_the_repository(self):
        self.run_program("pack", "check", SOURCE + "/inventory/norms/x.energy.power.xml")
        register = SOURCE + "/schema/examples/good/register-power-utility.xml"
        first = self.rows("register", "import", register)[0]
        self.assertGreater(first["systems"], 0)
        again = self.rows("register", "import", register)[0]
        self.assertEqual(again["systems"], 0)
        self.assertGreater(again["unchanged"], 0)
        bad = SOURCE + "/schema/examples/bad"
        for name in sorted(os.listdir(bad)):
            verb = ["pack", "check"] if name.startswith("pack") else ["register", "import"]
            if name == "pack-failing-example.xml":  # a sound file that disproves itself
                result = self.run_program(*verb, f"{bad}/{name}", code=1)
                self.assertIn("outcome cii, expected not", result.stderr)
                continue
            result = self.run_program(*verb, f"{bad}/{name}", code=3)
            self.assertIn(name, result.stderr)


if __name__ == "__main__":
    unittest.main()
