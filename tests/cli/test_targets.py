#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Targets and exclusions from files: everything in them is taken or named, and nothing comes past
the scope by them. Only dry runs, scans that are refused, and loopback."""
import hashlib
import pathlib
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from harness import Register, inside, own_loopback  # noqa: E402

own_loopback()
PROGRAM = sys.argv.pop(1)
GRANT = ("scope", "grant", "--authoriser", "A. Person", "--basis", "order 7", "--until", "2099-01-01")
GOOD = b"\xef\xbb\xbf# plant 7\r\n198.18.0.1\r\n\r\n  198.18.0.4/30  # pumps\r\n198.18.0.8-198.18.0.9\r\n198.18.0.5"
BAD = (b"198.18.0.1", b"pump.example", b"198.18.0.300", b"198.18.0.1/24", b"", b"# fine",
       b"198.18.0.9-198.18.0.1", b"224.0.0.251", b"255.255.255.255", b"0.0.0.0", b"240.0.0.1",
       b"::ffff:198.18.0.1", b"ff02::1", b"fe80::1", b"2001:db8::/64", b"198.18.0.1 198.18.0.2",
       b"\x1b[2J\x07", b"198.18.0.2\x00", b"x" * 500)
BAD_LINES = (2, 3, 4, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19)


class Targets(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.register = Register(PROGRAM)
        cls.register.run(*GRANT, "--cidr", "198.18.0.0/24", "--cidr", "2001:db8::/112", "--exclude", "198.18.0.64/30",
                         "--profile", "standard", "--rate", "500")
        cls.register.run(*GRANT, "--cidr", "10.0.0.0/8", "--profile", "thorough")

    @classmethod
    def tearDownClass(cls):
        cls.register.close()

    def file(self, name, content):
        path = pathlib.Path(self.register.path(name))
        path.write_bytes(content)
        return str(path)

    def plan(self, *words, code=0):
        return self.register.rows("scan", "--dry-run", "--ports", "22", *words, code=code)

    def failure(self, *words, code, **options):
        return self.register.run("scan", "--dry-run", "--ports", "22", *words, code=code, **options).stderr

    def test_as_editors_write_it(self):
        path = self.file("good.txt", GOOD)
        row, = self.plan("--targets", path)
        self.assertEqual(row["target"], path)
        self.assertEqual((row["addresses"], row["verdict"], row["authorisation"]), (7, "in scope", "1"))
        self.assertIn("profile safe, at most 500 packets/s", row["sends"])

    def test_a_link_as_a_whole(self):
        self.register.run(*GRANT, "--cidr", "2001:db8:5::/64", "--profile", "standard")
        row, = self.plan("2001:db8:5::/64")
        self.assertEqual((row["addresses"], row["verdict"]),
                         (4096, "in scope; if it is a link's, neighbours that this machine knows"))
        row, = self.plan("--profile", "standard", "2001:db8:5::/64")
        self.assertEqual(row["verdict"], "in scope; if it is a link's, asked as a whole")
        self.assertTrue(row["stages"].startswith(
            "all nodes of the link at once, at most 6 frames; PROFINET's stations (DCP Identify), at most 2 "
            "frames, if its IPv4 is granted too; "), row["stages"])
        row, = self.plan("--profile", "standard", "--exclude", "2001:db8:5::7", "2001:db8:5::/64")
        self.assertEqual(row["verdict"], "in scope, less 1 excluded; if it is a link's, neighbours that "
                         "this machine knows")
        self.assertNotIn("at once", row["stages"])
        row, = self.plan("2001:db8:5::/64")
        self.assertNotIn("at once", row["stages"])
        row, = self.plan("2001:db8::/64", code=5)
        self.assertIn("refused", row["verdict"])
        self.assertIn("too large to be walked", self.failure("2001:db8::/48", code=2))

    def test_a_link_is_held_to_profile_and_rate(self):
        for profile, rate in (("safe", "300"), ("standard", "50")):
            link, last = f"2001:db8:{rate}::/64", f"2001:db8:{rate}:0:ffff:ffff:ffff:ffff"
            number = self.register.run(*GRANT, "--cidr", link, "--profile", profile, "--rate", rate).stdout.strip()
            row, = self.plan(link)
            self.assertIn(f"at most {rate} packets/s", row["sends"])
            for words in ((link,), ("198.18.0.7", link), ("198.18.0.7", link, "--shard", "1/1")):
                said = self.register.run("scan", "--profile", "thorough", *words, code=5).stderr
                self.assertIn("allows profile", said)
            said = self.register.run("scan", "--profile", "thorough", link, code=5).stderr
            self.assertIn(f"authorisation {number} allows profile {profile} at most for 2001:db8:{rate}::,", said)
            # Of what is wide enough for the profile only part of it.
            self.register.run(*GRANT, "--cidr", last, "--profile", "thorough")
            said = self.register.run("scan", "--profile", "thorough", link, code=5).stderr
            self.assertIn(f"at most for 2001:db8:{rate}::,", said)
            row, = self.plan("--profile", "thorough", link, code=5)
            self.assertIn("no authorisation covers it with this profile", row["verdict"])
        said = self.register.run("scan", "--profile", "standard", "2001:db8:300::/64", code=5).stderr
        self.assertIn("allows profile safe at most", said)
        row, = self.plan("--profile", "standard", "2001:db8:50::/64")
        self.assertIn("at most 50 packets/s", row["sends"])

    def test_what_is_reached_besides_is_held_to_profile_and_rate(self):
        """A frame to all of a link reaches its other prefix too, which is granted for safe only, or slower."""
        if not inside():
            self.skipTest("no network namespaces here")
        subprocess.run(["sh", "-ec", "ip link add c0 type veth peer name c1; ip link set c0 up; ip link set c1 up;"
                        "ip addr add 2001:db8:7::5/64 dev c0 nodad; ip addr add 2001:db8:8::5/64 dev c0 nodad"],
                       check=True)
        words = ("scan", "--profile", "standard", "2001:db8:7::/64", "--ports", "none", "--udp", "none",
                 "--no-trace", "--no-greeting")
        self.register.run(*GRANT, "--cidr", "2001:db8:7::/64", "--profile", "standard")
        self.register.run(*GRANT, "--cidr", "2001:db8:8::/64", "--profile", "safe")
        self.assertIn("is not asked as a whole", self.register.run(*words).stderr)
        number = self.register.run(*GRANT, "--cidr", "2001:db8:8::/64", "--profile", "standard").stdout.strip()
        self.assertNotIn("is not asked as a whole", self.register.run(*words).stderr)
        self.register.run("scope", "revoke", number, "--reason", "test")
        number = self.register.run(*GRANT, "--cidr", "2001:db8:8::/64", "--profile", "standard",
                                   "--rate", "40").stdout.strip()
        self.assertIn("is not asked as a whole", self.register.run(*words).stderr)
        self.assertNotIn("is not asked as a whole", self.register.run(*words, "--rate", "40").stderr)
        # An exclusion counts in whatever grant it stands.
        self.register.run("scope", "revoke", number, "--reason", "test")
        self.register.run(*GRANT, "--cidr", "2001:db8:8::/64", "--profile", "thorough")
        self.register.run(*GRANT, "--cidr", "2001:db8:9::/64", "--exclude", "2001:db8:8::7", "--profile", "safe")
        self.assertIn("is not asked as a whole", self.register.run(*words).stderr)

    def test_parts_with_a_link(self):
        """It is in the first part, with a row of its own, whatever else is left for that."""
        self.register.run(*GRANT, "--cidr", "2001:db8:6::/64")
        row, = self.plan("2001:db8:6::/64", "--shard", "1/4")
        self.assertEqual((row["target"], row["addresses"]), ("2001:db8:6::/64", 4096))
        self.assertIn("links that are asked as a whole are in part 1",
                      self.failure("2001:db8:6::/64", "--shard", "2/4", code=2))
        for shard, want in (("1/2", [("2001:db8:6::/64", 4096), ("198.18.0.0/31", 2)]),
                            ("2/2", [("198.18.0.2/31", 2)])):
            rows = self.plan("198.18.0.0/30", "2001:db8:6::/64", "--shard", shard)
            self.assertEqual([(row["target"], row["addresses"]) for row in rows], want)
        rows = self.plan("198.18.0.1", "2001:db8:6::/64", "--shard", "1/4")
        self.assertEqual([row["target"] for row in rows], ["2001:db8:6::/64"])
        row, = self.plan("2001:db8:66::/64", "--shard", "1/4", code=5)
        self.assertIn("refused: 2001:db8:66::", row["verdict"])

    def test_beside_what_is_named(self):
        path = self.file("good.txt", GOOD)
        rows = self.plan("198.18.0.128/25", "198.18.0.30-198.18.0.32", "--targets", path, "--targets", path)
        self.assertEqual([row["target"] for row in rows],
                         ["198.18.0.128/25", "198.18.0.30/31", "198.18.0.32/32", f"{path}, {path}"])
        self.assertEqual([row["addresses"] for row in rows], [128, 2, 1, 7])

    def test_standard_input(self):
        result = self.register.run("--format", "csv", "scan", "--dry-run", "--targets", "-",
                                   input="198.18.0.1\n2001:db8::7\n")
        self.assertIn('standard input,2,', result.stdout.replace('"', ""))
        self.assertIn("only once", self.failure("--targets", "-", "--exclude-file", "-", code=2, input=""))

    def test_every_bad_line_is_named(self):
        path = self.file("bad.txt", b"\n".join(BAD))
        said = self.failure("--targets", path, code=3).splitlines()
        self.assertEqual([line.split(":")[2] for line in said[:-1]], [str(n) for n in BAD_LINES])
        for line in said[:-1]:
            self.assertTrue(line.startswith(f"cadastre: {path}:"), line)
        self.assertIn("host bits set; write 198.18.0.0/24", said[2])
        self.assertIn("never probed", said[4])
        self.assertIn("too large to be walked", said[11])
        self.assertNotIn("\x1b", "".join(said))
        self.assertIn(f"{len(BAD_LINES)} lines cannot be taken, and nothing was begun", said[-1])

    def test_bad_lines_are_skipped_only_on_request(self):
        path = self.file("bad.txt", b"\n".join(BAD))
        result = self.register.run("--format", "json", "scan", "--dry-run", "--targets", path,
                                   "--skip-bad-lines")
        self.assertIn('"addresses":1,', result.stdout.replace(" ", ""))
        self.assertIn(f"{len(BAD_LINES)} lines were left out, 1 taken", result.stderr)
        self.assertEqual(len(result.stderr.splitlines()), len(BAD_LINES) + 1)

    def test_exclusions_are_never_skipped(self):
        out = self.file("typo.txt", b"198.18.0.10\n198.18.0.l1\n")
        said = self.failure("198.18.0.0/25", "--exclude-file", out, "--skip-bad-lines", code=3)
        self.assertIn("198.18.0.l1", said)
        self.assertNotIn("--skip-bad-lines", said)

    def test_old_line_ends_lose_nothing(self):
        for content in (b"198.18.0.1 # a\r198.18.0.2\r198.18.0.3", b"# all\r198.18.0.1\r",
                        b"198.18.0.1\n# PLCs\r198.18.0.2\n198.18.0.3\n", b"198.18.0.1\r198.18.0.2"):
            with self.subTest(content):
                said = self.failure("--targets", self.file("cr.txt", content), code=3)
                self.assertIn("carriage return within the line", said)
        rows = self.plan("--targets", self.file("crlf.txt", b"198.18.0.1\r\r\n198.18.0.2 # b\r\n"))
        self.assertEqual(rows[0]["addresses"], 2)

    def test_a_part_is_judged_by_itself(self):
        path = self.file("parts.txt", b"198.18.0.0/28\n198.19.0.0/28\n")
        row, = self.plan("--targets", path, "--shard", "1/2")
        self.assertEqual((row["target"], row["verdict"]), ("198.18.0.0/28", "in scope"))
        row, = self.plan("--targets", path, "--shard", "2/2", code=5)
        self.assertEqual(row["verdict"], "refused: 198.19.0.0, no authorisation covers it")
        said = self.register.run("scan", "--targets", path, "--shard", "2/2", code=5).stderr
        self.assertIn("198.19.0.0 may not be scanned", said)
        row, = self.plan("198.18.0.60-198.18.0.71", "--shard", "1/1")
        self.assertEqual(row["verdict"], "in scope, less 4 excluded")

    def test_a_binary_does_not_flood(self):
        said = self.failure("--targets", PROGRAM, code=3)
        self.assertEqual(len(said.splitlines()), 22)
        self.assertRegex(said, r"and \d+ more such lines")
        self.assertIn("UTF-16", self.failure("--targets", self.file("wide", "198.18.0.1".encode("utf-16")), code=3))

    def test_no_file_and_nothing_in_it(self):
        for words in (("--targets", self.register.path("missing")), ("--targets", self.register.dir.name),
                      ("--targets", self.file("empty", b"# nothing\n")),
                      ("198.18.0.1", "--exclude-file", self.file("empty", b""))):
            with self.subTest(words):
                self.register.run("scan", "--dry-run", *words, code=3)
        self.assertIn("TARGET", self.register.run("scan", "--dry-run", code=2).stderr)

    def test_what_is_outside_is_refused(self):
        path = self.file("outside.txt", b"198.18.0.1\n198.19.0.7\n")
        row, = self.plan("--targets", path, code=5)
        self.assertEqual(row["verdict"], "refused: 198.19.0.7, no authorisation covers it")
        result = self.register.run("scan", "--targets", path, "--ports", "22", code=5)
        self.assertIn("198.19.0.7 may not be scanned", result.stderr)
        row, = self.plan("--targets", self.file("out6.txt", b"2001:db8::1\n2001:db8::1:0\n"), code=5)
        self.assertIn("2001:db8::1:0", row["verdict"])

    def test_profile(self):
        path = self.file("both.txt", b"10.1.2.3\n198.18.0.7\n")
        said = self.failure("--targets", path, "--profile", "thorough", code=5)
        self.assertIn("authorisation 1 allows profile standard at most for 198.18.0.7", said)
        row, = self.plan("--targets", self.file("one.txt", b"10.1.2.3\n"), "--profile", "thorough")
        self.assertIn("at most 20000 packets/s", row["sends"])
        # Each at the rate that it is allowed, so all at the lowest.
        row, = self.plan("--targets", path, "--profile", "standard")
        self.assertIn("at most 500 packets/s", row["sends"])

    def test_exclusions(self):
        targets = self.file("all.txt", b"198.18.0.0/25\n198.18.0.128/25")
        row, = self.plan("--targets", targets)
        self.assertEqual(row["verdict"], "in scope, less 4 excluded")
        out = self.file("out.txt", b"# PLCs\n198.18.0.10-198.18.0.19\n198.18.0.64/30\n224.0.0.1\n0.0.0.0/5\n")
        rows = self.plan("198.18.0.0/26", "--targets", targets, "--exclude-file", out, "--exclude",
                         "198.18.0.1")
        self.assertEqual([row["verdict"] for row in rows],
                         ["in scope, less 11 excluded", "in scope, less 15 excluded"])
        row, = self.plan("--targets", self.file("gone.txt", b"198.18.0.64\n198.18.0.67\n"), code=5)
        self.assertIn("refused: 198.18.0.64, its authorisation excludes it", row["verdict"])

    def test_many(self):
        """Half a million lines in no order, with duplicates, and fifty thousand exclusions."""
        lines = [f"10.{i % 4}.{i * 7 % 251}.{i * 13 % 256}" for i in range(500000)]
        out = [f"10.{i % 4}.{i % 256}.{i // 256}" for i in range(50000)]
        left = len(set(lines) - set(out))
        row, = self.plan("--targets", self.file("many.txt", "\n".join(lines).encode()),
                         "--exclude-file", self.file("many-out.txt", "\r\n".join(out).encode()))
        self.assertEqual(row["addresses"], len(set(lines)))
        self.assertEqual(row["verdict"], f"in scope, less {len(set(lines)) - left} excluded")
        self.assertEqual(len(self.plan("10.0.0.0/8", "--exclude-file", self.register.path("many-out.txt"))), 1)

    def test_loopback_by_list_is_scanned(self):
        path = self.file("home.txt", b"127.0.0.1\n127.0.0.2\n127.0.0.3\n127.0.0.9\n")
        out = self.file("away.txt", b"127.0.0.3\n")
        said = self.register.run("scan", "--targets", path, "--exclude-file", out, "--ports", "9",
                                 "--udp", "none").stderr
        self.assertIn("1 of 4 addresses of", said)
        runs = self.register.rows("run", "list")
        self.assertIn(f"4 addresses of {path} from internal", str(runs))
        shown = str(self.register.rows("run", "show", str(runs[-1].get("run", runs[-1].get("id")))))
        self.assertIn("127.0.0.9", shown)
        self.assertNotIn("127.0.0.3", shown)

    def test_the_trail_says_what_files_were_read(self):
        """Each with its name, how much stood in it, and the digest of its bytes; tied to the run."""
        good = b"# home\r\n127.0.0.1\r\n127.0.0.4-127.0.0.7\n127.0.0.5 # again\nnobody\n"
        path, other = self.file("sent.txt", good), self.file("\x1bodd.txt", b"127.0.0.9\n")
        out = self.file("kept-out.txt", b"127.0.0.6\n127.0.0.7\n198.18.0.0/24")
        before = len(self.register.rows("audit", "list"))
        self.register.run("scan", "--targets", path, "--targets", other, "--targets", "-",
                          "--exclude-file", out, "--skip-bad-lines", "--ports", "9", "--udp", "none",
                          input="127.0.0.12")
        rows = self.register.rows("audit", "list")[before:]
        self.assertEqual([row["what"] for row in rows], ["scan.targets"] * 4 + ["scan.start", "run.file"])
        bundle = rows[-1]["detail"].rsplit("bundle ", 1)[1]
        want = (("targets", path, 6, 3, good), ("targets", other.replace("\x1b", "\\x1b"), 1, 1, b"127.0.0.9\n"),
                ("targets", "standard input", 1, 1, b"127.0.0.12"),
                ("exclude-file", out, 258, 3, pathlib.Path(out).read_bytes()))
        for row, (option, name, addresses, lines, content) in zip(rows, want):
            self.assertEqual(row["object"], name)
            self.assertEqual(row["detail"],
                             f"--{option}: {addresses} addresses in {lines} lines, SHA-256 "
                             f"{hashlib.sha256(content).hexdigest()}; bundle {bundle}")
        self.register.run("audit", "verify")

    def test_nothing_is_recorded_of_what_was_not_begun(self):
        before = len(self.register.rows("audit", "list"))
        path = self.file("dry.txt", b"198.18.0.1\n")
        self.plan("--targets", path)
        self.failure("--targets", self.file("wrong.txt", b"198.18.0.1\nx\n"), code=3)
        self.assertEqual(len(self.register.rows("audit", "list")), before)
        # A refusal is: what was to be scanned, and that it was not.
        self.register.run("scan", "--targets", self.file("off.txt", b"198.19.0.7\n"), code=5)
        rows = self.register.rows("audit", "list")[before:]
        self.assertEqual(rows[-1]["what"], "scan.refuse")

    def test_names_of_hosts_are_not_looked_up(self):
        """A name may mean one thing when it is checked and another when it is used."""
        for words in (("pump.plant.example",), ("localhost",), ("198.18.0.1", "--exclude", "localhost")):
            said = self.register.run("scan", "--dry-run", *words, code=2).stderr
            self.assertIn("is not an IP address", said)

    def test_authorisation_from_files(self):
        cidrs = self.file("grant.txt", b"172.16.0.0/12 # site\n172.32.0.1\n")
        out = "\n".join(f"172.16.{i // 250}.{i % 250}" for i in range(5000)).encode()
        path = self.file("plcs.txt", out)
        number = self.register.run(*GRANT, "--cidr-file", cidrs, "--exclude-file", path).stdout.strip()
        row, = self.register.rows("scope", "show", number)
        self.assertEqual(row["cidrs"], "172.16.0.0/12 172.32.0.1/32")
        self.assertEqual(len(row["excludes"].split()), 5000)
        text = self.register.run("scope", "show", number).stdout
        self.assertIn("and 4968 more", text)
        self.register.run("scope", "check", "172.16.19.249", code=5)
        self.register.run("scope", "check", "172.16.19.250")
        bad = self.register.run(*GRANT, "--cidr-file", self.file("bad", b"a\n172.16.0.0/12\n"), code=3)
        self.assertIn("bad:1: ", bad.stderr)


if __name__ == "__main__":
    unittest.main()
