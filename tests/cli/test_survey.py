#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The main job on this machine's loopback: found, filed and drawn; found again, nothing new; a
service stopped, exactly that reported. One of the services is as hostile as a banner can be."""
import pathlib
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from harness import Register, Speaker, own_loopback  # noqa: E402

own_loopback()
PROGRAM = sys.argv.pop(1)
HOSTILE = (b"220 \x1b[2J\x1b]0;title\x07<script>alert(1)</script> =cmd|'/C calc'!A0 "
           b"\x00\xff\xfe\xc3\x28 ]]> \" ' & ready\r\n")


class Survey(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.register = Register(PROGRAM)
        cls.ssh = Speaker(b"SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3\r\n")
        cls.hostile = Speaker(HOSTILE)
        cls.words = ["survey", "--profile", "thorough", "--udp", "none", "--ports",
                     f"{cls.ssh.port},{cls.hostile.port}", "-o", cls.register.path("maps"),
                     "127.0.0.1"]

    @classmethod
    def tearDownClass(cls):
        cls.hostile.close()
        cls.register.close()

    def test_1_survey(self):
        out = self.register.run(*self.words, code=(0, 1)).stdout
        self.assertRegex(out, r"assets +1 seen, 1 new")
        self.assertRegex(out, r"services +2 new, 0 changed, 0 gone")
        for suffix in ("svg", "pdf", "png", "html"):
            path = pathlib.Path(self.register.path(f"maps/network-map.{suffix}"))
            self.assertIn(str(path), out)
            self.assertGreater(path.stat().st_size, 1000)

    def test_2_asset_file(self):
        facts = self.register.rows("asset", "show", "127.0.0.1")
        product = [f for f in facts if f.get("value") == "OpenSSH"]
        self.assertTrue(product, facts)
        self.assertEqual(product[0]["grade"], "measured")
        self.assertRegex(product[0]["evidence"], "^[0-9a-f]{64}$")

    def test_3_hostile_banner_reaches_no_exit(self):
        for form in ("text", "json", "csv", "xml"):
            out = self.register.run("--format", form, "asset", "show", "127.0.0.1").stdout
            self.assertFalse(set(out) & set("\x1b\x07\x00"), form)
        xml = self.register.path("show.xml")
        pathlib.Path(xml).write_text(
            self.register.run("--format", "xml", "asset", "show", "127.0.0.1").stdout)
        for path in (xml, self.register.path("maps/network-map.svg")):
            subprocess.run(["xmllint", "--noout", "--nonet", path], check=True)
        html = pathlib.Path(self.register.path("maps/network-map.html")).read_text()
        self.assertNotIn("<script>alert", html)
        self.assertNotIn("\x1b", html)

    def test_4_second_survey_changes_nothing(self):
        before = self.register.rows("db", "status")[0]
        out = self.register.run(*self.words, code=(0, 1)).stdout
        self.assertIn("the network is as it was", out)
        after = self.register.rows("db", "status")[0]
        self.assertEqual((before["assets"], before["services"]),
                         (after["assets"], after["services"]))
        self.assertEqual(before["runs"] + 1, after["runs"])

    def test_5_a_stopped_service_is_exactly_what_changes(self):
        self.ssh.close()
        out = self.register.run(*self.words, code=(0, 1)).stdout
        self.assertRegex(out, r"services +0 new, 0 changed, 1 gone")
        run = self.register.rows("db", "status")[0]["runs"]
        changes = self.register.rows("changes", "--run", str(run), code=(0, 1))
        self.assertEqual([c["kind"] for c in changes], ["gone"], changes)
        self.assertIn(str(self.ssh.port), changes[0]["subject"])

    def test_6_a_stop_file_that_is_there_stops_before_the_first_packet(self):
        stop = pathlib.Path(self.register.path("stop"))
        stop.touch()
        runs = self.register.rows("db", "status")[0]["runs"]
        result = self.register.run(*self.words, "--stop-file", str(stop), code=5)
        self.assertIn("nothing was sent", result.stderr)
        self.assertEqual(self.register.rows("db", "status")[0]["runs"], runs)

    def test_7_one_sheet_shows_one_realm(self):
        self.register.run("map", "-o", self.register.path("one.svg"))
        self.assertIn("local", pathlib.Path(self.register.path("one.svg")).read_text())
        self.register.run("--realm", "other", *self.words, code=(0, 1))
        result = self.register.run("map", "-o", self.register.path("two.svg"), code=2)
        self.assertIn('"local" to "other"', result.stderr)
        self.register.run("--realm", "other", "map", "-o", self.register.path("two.svg"))

    def test_8_a_map_for_others(self):
        path = pathlib.Path(self.register.path("others.svg"))
        words = ("--realm", "local", "map", "-o", str(path))
        self.register.run(*words)
        plain = path.read_text()
        self.register.run(*words, "--redact", "partner", "--overlay", "cii,zones")
        hidden = path.read_text()
        self.assertIn("127.0.0.0/8" if "127.0.0.0/8" in plain else "127.0.0", plain)
        self.assertNotIn("127.0.0", hidden)
        self.assertIn("level partner", hidden)
        key = pathlib.Path(self.register.data) / "redaction.key"
        self.assertEqual(key.stat().st_mode & 0o777, 0o600)
        self.register.run(*words, "--redact", "partner", "--overlay", "cii,zones")
        self.assertEqual(path.read_text(), hidden)
        other = self.register.path("other.key")
        self.register.run(*words, "--redact", "partner", "--redact-key", other)
        self.assertNotEqual(path.read_text(), hidden)
        for more, said in ((("--overlay", "colour"), "responsibility, zones"),
                           (("--redact", "secret"), "internal, partner"),
                           (("--redact-key", other), "without redaction")):
            self.assertIn(said, self.register.run(*words, *more, code=2).stderr)
        key.chmod(0o644)
        self.assertIn("chmod 600", self.register.run(*words, "--redact", "public",
                                                  code=(2, 3, 4, 5)).stderr)
        key.chmod(0o600)

    def test_8_no_rows_are_a_heading(self):
        self.assertRegex(self.register.run("asset", "list", "--system", "none").stdout,
                         r"\Aid +realm +name [^\n]*\n\Z")

    def test_9_the_trail_is_whole(self):
        self.assertIn("chain is whole", self.register.run("audit", "verify").stdout)


if __name__ == "__main__":
    unittest.main()
