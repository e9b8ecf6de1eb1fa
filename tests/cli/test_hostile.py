#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Words of strangers: what would be SQL, a shell command, a terminal escape, markup or a path is text
and nothing else, wherever it comes in (register, bundle, filters, authorisations) and wherever it
goes out. And two programs at work on one register at once."""
import fcntl
import hashlib
import json
import os
import pathlib
import sys
import unittest
from xml.sax.saxutils import quoteattr

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from harness import Register, own_loopback  # noqa: E402

own_loopback()
PROGRAM = sys.argv.pop(1)

WORDS = (
    "'; DROP SCHEMA cadastre CASCADE; --", "' OR '1'='1", "\\'; SELECT pg_sleep(60); --",
    "$$; DELETE FROM asset; $$", "$1", "%s%n%x", "{0} {}", "E'\\x00'", "1) UNION SELECT 1 --",
    "\"quoted\"", "back\\slash\\", "*/ /*", "<script>alert(1)</script>", "]]>", "&lt;&#0;&amp;",
    "$(touch x)", "`id`", "| cat /etc/passwd", "../../etc/passwd", "%", "_", "*", "?",
    "caf\u00e9 \u6c34", "\\N", "NULL", "x" * 200)
# What no producer of a bundle writes, since it cleans its text: controls, and what turns text round.
CONTROLS = ("\x1b[2J\x1b[31mred", "bell\x07", "line\nline", "\x9b31m", "cr\rover", "\u202eevil")


class Hostile(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.register = Register(PROGRAM)
        cls.run_program, cls.rows = cls.register.run, cls.register.rows
        cls.run_program("--realm", "plant", "scope", "grant", "--cidr", "198.18.0.0/15",
                        "--authoriser", "A", "--basis", "B", "--from", "2020-01-01T00:00:00Z",
                        "--until", "2099-01-01")
        # The server is started once for all of it: the last user of the register stops it.
        cls.lock = open(os.path.join(cls.register.data, "users.lock"), "rb")
        fcntl.flock(cls.lock, fcntl.LOCK_SH)
        cls.run_program("db", "status")

    @classmethod
    def tearDownClass(cls):
        cls.lock.close()
        cls.run_program("db", "status")
        cls.register.close()

    def is_clean(self, text):
        """A terminal shows it and does nothing."""
        bad = {c for c in text if ord(c) < 32 and c not in "\n\t" or 0x7f <= ord(c) < 0xa0}
        self.assertEqual(bad, set())

    def is_whole(self):
        self.assertIn("chain is whole", self.run_program("audit", "verify").stdout)
        self.assertEqual(self.rows("db", "status")[0]["schema"],
                         self.rows("db", "status")[0]["newest_schema"])

    def bundle(self, words):
        lines = [{"cadastre": "bundle", "version": 1, "realm": "plant", "vantage": "internal",
                  "id": hashlib.sha256(repr(words).encode()).hexdigest()[:32], "tool": "case",
                  "started": "2026-03-01T08:00:00Z"}]
        for n, word in enumerate(words):
            common = {"time": "2026-03-01T08:00:01Z", "addr": f"198.18.7.{1 + n}",
                      "method": "greeting"}
            lines.append(common | {"kind": "service", "transport": "tcp", "port": 80,
                                   "protocol": "http", "attributes": {
                                       "service.product": word, "service.version": word,
                                       "http.title": word, "hw.vendor": word}})
            lines.append(common | {"kind": "name", "attributes": {"name": word, "source": "dns"}})
            lines.append(common | {"kind": "key", "attributes": {"type": "snmp.engineid",
                                                                 "value": word + str(n)}})
        body = b"".join(json.dumps(line).encode() + b"\n" for line in lines)
        path = self.register.path("hostile.bundle")
        pathlib.Path(path).write_bytes(body + json.dumps(
            {"end": True, "observations": len(lines) - 1,
             "sha256": hashlib.sha256(body).hexdigest(), "counters": {}}).encode() + b"\n")
        return path, len(lines) - 1

    def test_1_bundle(self):
        words = WORDS
        for word in CONTROLS:
            path, _ = self.bundle([WORDS[0], word])
            told = self.run_program("--realm", "plant", "import", path, code=3).stderr
            self.assertIn("line 5", told)
            self.is_clean(told)
            self.assertEqual(self.rows("asset", "list"), [], "nothing of it is kept")
        path, n = self.bundle(words)
        row = self.rows("--realm", "plant", "import", path)[0]
        self.assertEqual(row["taken"] + row["refused"], n)
        self.assertEqual(row["assets_new"], len(words))
        assets = self.rows("asset", "list")
        self.assertEqual(len(assets), len(words))
        for row in assets:
            self.is_clean("".join(map(str, row.values())))
        for form in ("text", "json", "csv", "xml"):
            out = self.run_program("--format", form, "asset", "list", code=(0, 2))
            self.is_clean(out.stdout)
        for number in range(len(words)):
            out = self.run_program("asset", "show", f"198.18.7.{1 + number}").stdout
            self.is_clean(out)
        for number, word in enumerate(words):
            facts = self.rows("asset", "show", f"198.18.7.{1 + number}")
            self.assertIn(word, [f["value"] for f in facts if f["chapter"] == "software"])
        self.is_clean(self.run_program("changes", code=1).stdout)
        self.is_whole()

    def test_2_filters(self):
        """A filter finds what holds the very words, and no more."""
        everything = len(self.rows("asset", "list"))
        for word in WORDS:
            with self.subTest(word):
                found = self.rows("asset", "list", "--product", word)
                self.assertTrue(0 < len(found) < everything, found)
                for row in found:
                    self.assertIn(word.lower(), row["product"].lower())
                self.assertLess(len(self.rows("asset", "list", "--text", word)), everything)
                self.assertEqual(self.rows("asset", "list", "--system", word), [])
                self.assertEqual(self.rows("--realm", "no " + word, "asset", "list"), [])
                self.run_program("asset", "list", "--address", word, code=2)
                self.run_program("asset", "list", "--port", word, code=2)
                self.is_clean(self.run_program("asset", "show", "no " + word, code=3).stderr)
        for word in CONTROLS:
            for words in (("asset", "list", "--address", word), ("asset", "show", word),
                          ("register", "show", word), ("changes", "--since", word)):
                self.is_clean(self.run_program(*words, code=(0, 1, 2, 3)).stderr)
        self.is_whole()

    def test_3_register(self):
        given = WORDS
        systems = "".join(
            f"<system id='s{n}' name={quoteattr(word)} organisation='op' sector='energy.power' "
            "class='general' kind='information-system' function='f' service-scope='other' "
            f"counterparts='other' document={quoteattr('D ' + word[:40])}><assets><name "
            f"glob={quoteattr(f'host{n}-' + word[:40])}/></assets></system>"
            for n, word in enumerate(given))
        path = self.register.path("hostile.xml")
        pathlib.Path(path).write_text(
            "<register xmlns='urn:cadastre:register:1' realm='plant' document='D'><organisations>"
            f"<organisation id='op' name={quoteattr(WORDS[0])} sector='energy.power'/>"
            f"</organisations><systems>{systems}</systems></register>", encoding="utf-8")
        row = self.rows("register", "import", path)[0]
        self.assertEqual(row["systems"], len(given))
        held = {r["id"]: r["name"] for r in self.rows("register", "list")}
        self.assertEqual(len(held), len(given))
        self.assertEqual(held["s0"], WORDS[0])
        self.is_clean(self.run_program("register", "list").stdout)
        self.assertEqual(len(self.rows("asset", "list")), len(WORDS))
        self.is_whole()

    def test_4_authorisations(self):
        for word in WORDS + CONTROLS:
            with self.subTest(word):
                self.run_program("--realm", "r " + word[:60], "scope", "grant", "--cidr",
                                 "198.18.9.0/24", "--authoriser", word, "--basis", word,
                                 "--until", "2099-01-01", code=(0, 2))
        for words in (("scope", "list"), ("audit", "list")):
            self.is_clean(self.run_program(*words).stdout)
        self.is_whole()

    def test_5_two_scans_at_once(self):
        """Two programs file what they found into one register: both whole, each thing once."""
        words = ("scan", "--profile", "thorough", "--udp", "none", "127.0.0.1", "--ports")
        both = [self.register.start(*words, ports) for ports in ("1-30", "20-60")]
        told = [p.communicate(timeout=240) for p in both]
        self.assertEqual([p.returncode for p in both], [0, 0], told)
        here = [a for a in self.rows("asset", "list") if "127.0.0.1" in a["addresses"].split()]
        self.assertEqual(len(here), 1, here)
        runs = [a for a in self.rows("audit", "list") if a["what"] == "run.file"]
        self.assertEqual(len(runs), 3, "the bundle and two scans")
        self.is_whole()


if __name__ == "__main__":
    unittest.main()
