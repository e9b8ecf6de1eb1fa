#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Foreign files through the program on a real private cluster: by content and by name, twice, cut,
compressed, from standard input, hostile; what is gone by what a file says was looked at; signatures
that hold and those that must not; Nmap XML out, by Nmap's own document type, and in again."""
import datetime
import gzip
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from harness import Register, Speaker  # noqa: E402

PROGRAM, SQL_TOOL, SOURCE = sys.argv.pop(1), sys.argv.pop(1), pathlib.Path(sys.argv.pop(1))
SAMPLES = SOURCE / "tests/unit/inventory/exchange/samples"
DTD = "/usr/share/nmap/nmap.dtd"  # of nmap-common; nothing of it is read by the program

HOST = ('<host endtime="{time}"><status state="{state}" reason="syn-ack" reason_ttl="0"/>'
        '<address addr="{addr}" addrtype="ipv4"/><ports>{ports}</ports></host>')
PORT = ('<port protocol="tcp" portid="{}"><state state="open" reason="syn-ack" reason_ttl="0"/>'
        '</port>')


def nmap(time, hosts, services="22,80", end="</nmaprun>"):
    """Nmap XML of hosts: {address: open ports, or None if it is down}."""
    info = f'<scaninfo type="syn" protocol="tcp" numservices="2" services="{services}"/>' \
        if services else ""
    body = "".join(HOST.format(time=time, addr=addr, state="down" if ports is None else "up",
                               ports="".join(PORT.format(p) for p in ports or []))
                   for addr, ports in hosts.items())
    return (f'<?xml version="1.0"?>\n<!DOCTYPE nmaprun>\n<nmaprun scanner="nmap" version="7.93" '
            f'start="{time}" xmloutputversion="1.05">{info}{body}{end}').encode()


class Imports(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.register = Register(PROGRAM)
        cls.run_program, cls.rows = cls.register.run, cls.register.rows
        # Keeps the cluster up between the calls.
        cls.holder = subprocess.Popen([SQL_TOOL, "hold"], stdin=subprocess.PIPE,
                                      stdout=subprocess.PIPE, env=cls.register.env)
        cls.holder.stdout.readline()

    @classmethod
    def tearDownClass(cls):
        cls.holder.communicate()
        cls.register.close()

    def path(self, name, content=None):
        path = self.register.path(name)
        if content is not None:
            pathlib.Path(path).write_bytes(content)
        return path

    def take(self, realm, *words, code=0):
        rows = self.rows("--realm", realm, "import", *words, code=code)
        return rows[0] if rows else None

    def facts(self, which):
        return self.rows("asset", "show", which)

    # ---- what is taken

    def test_1_every_kind_by_its_content(self):
        for name, kind, taken, refused in (
                ("nmap-plant.xml", "nmap", 20, 0), ("nmap-six.xml", "nmap", 7, 4),
                ("masscan.xml", "masscan-xml", 4, 0), ("masscan.json", "masscan-json", 4, 2),
                ("masscan.ndjson", "masscan-json", 2, 0), ("hosts.csv", "hosts", 7, 2)):
            row = self.take("kinds", str(SAMPLES / name), code=7 if refused else 0)
            self.assertEqual((row["kind"], row["taken"], row["refused"]),
                             (kind, taken, refused), name)
            self.assertEqual(bool(row["reasons"]), refused > 0)
        self.assertIn("line 12 (dccp/2906)", self.run_program(
            "--realm", "reasons", "import", str(SAMPLES / "nmap-six.xml"), code=7).stdout)
        shown = self.facts("198.18.10.11")
        self.assertTrue(all(f["grade"] in ("claimed", "derived") for f in shown), shown)
        self.assertEqual({f["method"] for f in shown if f["grade"] == "claimed"}, {"import"})
        self.assertIn(("ssh.hostkey.sha256", "SHA256:ApDbB7eM2jeElndhTgvWGQUITyz6MKJEoLQnAXWmuyA"),
                      {(f["attribute"], f["value"]) for f in shown})
        self.assertEqual({f["value"] for f in shown if f["chapter"] == "name"},
                         {"plant.example", "www.plant.example", "hmi.plant.example"})
        run = self.rows("audit", "list")
        self.assertTrue(any("import of Nmap XML" in r["detail"] and "not signed" in r["detail"]
                            for r in run), run)

    def test_2_twice_changes_nothing(self):
        path = self.path("twice.xml", nmap(1764000000, {"198.18.40.1": [22]}))
        first = self.take("twice", path)
        again = self.take("twice", path)
        self.assertEqual((again["run"], again["taken"], again["fact_rows"]), (first["run"], 0, 0))
        self.assertIn("taken before", again["note"])
        # Compressed it is the same content; into another realm it is another import.
        packed = self.path("twice.xml.gz", gzip.compress(pathlib.Path(path).read_bytes()))
        self.assertIn("taken before", self.take("twice", packed)["note"])
        self.assertEqual(self.take("thrice", packed)["assets_new"], 1)

    def test_3_gone_only_by_what_was_looked_at(self):
        def services():
            return sorted((f["attribute"], bool(f["until"])) for f in self.facts("198.18.41.1")
                          if f["chapter"] == "service")
        take = lambda name, content: self.take("gone", self.path(name, content))  # noqa: E731
        take("g1.xml", nmap(1764000000, {"198.18.41.1": [22, 80], "198.18.41.2": [22]}))
        # Without a list of ports, and cut: nothing is gone.
        row = take("g2.xml", nmap(1764000100, {"198.18.41.1": [22]}, services=""))
        self.assertEqual((row["services_gone"], row["assets_quiet"]), (0, 0))
        row = self.take("gone", self.path("g3.xml", nmap(1764000200, {"198.18.41.1": [22]}, end="")),
                        code=7)
        self.assertEqual(row["services_gone"], 0)
        self.assertIn("cut short", row["note"])
        # Other ports were looked at.
        row = take("g4.xml", nmap(1764000300, {"198.18.41.1": [443]}, services="443"))
        self.assertEqual((row["services_new"], row["services_gone"]), (1, 0))
        self.assertEqual([until for _, until in services()], [False] * 3)
        row = take("g5.xml", nmap(1764000400, {"198.18.41.1": [22], "198.18.41.2": None}))
        self.assertEqual((row["services_gone"], row["assets_quiet"]), (1, 1))
        self.assertIn(("198.18.41.1 tcp/80", True), services())

    def test_4_standard_input_and_several_files(self):
        good = nmap(1764000000, {"198.18.42.1": [22]})
        result = subprocess.run(
            [PROGRAM, "--realm", "stdin", "--format", "json", "import", "-"], input=good,
            capture_output=True, env=self.register.env, timeout=120, check=True)
        self.assertIn(b'"kind":"nmap"', result.stdout)
        bad = self.path("bad.xml", b"<html/>")
        rows = self.rows("--realm", "several", "import", bad, self.path("good.xml", good), bad, code=7)
        self.assertEqual([r["taken"] for r in rows], [2 + 1])
        self.run_program("--realm", "several", "import", bad, bad, code=3)
        self.assertIn("no kind of file", self.run_program(
            "import", "--as", "word", self.path("good.xml"), code=2).stderr)
        self.run_program("import", "--vantage", "moon", self.path("good.xml"), code=2)
        # By name, whatever it looks like.
        self.assertIn("no Nmap XML", self.run_program("import", "--as", "nmap", bad, code=3).stderr)

    def test_5_register_and_bundle(self):
        example = str(SOURCE / "schema/examples/good/register-power-utility.xml")
        row = self.take("any", example)
        self.assertEqual(row["kind"], "register")
        self.assertGreater(row["taken"], 10)
        self.assertIn("taken before", self.take("any", example)["note"])

    def test_6_host_list_of_a_spreadsheet(self):
        text = "地址;名称;MAC地址;备注\r\n198.18.43.1;主站;00:1b:1b:00:43:01;一号机房\r\n"
        row = self.take("list", self.path("list.csv", text.encode("gb18030")))
        self.assertEqual((row["kind"], row["refused"]), ("hosts", 0))
        shown = {(f["attribute"], f["value"]) for f in self.facts("198.18.43.1")}
        self.assertIn(("198.18.43.1", "主站"), shown)
        # It is there by word only: nothing of it has answered.
        self.assertNotIn("service", {f["chapter"] for f in self.facts("198.18.43.1")})

    # ---- what is refused

    def test_7_hostile_files(self):
        bombs = {
            "laughs.xml": b"<!DOCTYPE nmaprun [" + b"".join(
                b"<!ENTITY a%d '%s'>" % (i, b"&a%d;" % (i - 1) * 9 if i else b"ha")
                for i in range(10)) + b"]><nmaprun>&a9;</nmaprun>",
            "external.xml": b"<!DOCTYPE nmaprun [<!ENTITY a SYSTEM '/etc/passwd'>]>"
                            b"<nmaprun>&a;</nmaprun>",
            "attributes.xml": b"<nmaprun" + b"".join(b" a%d='1'" % i for i in range(200000)) + b"/>",
            "deep.xml": b"<nmaprun>" + b"<a>" * 5000,
            "latin.xml": b"<?xml version='1.0' encoding='iso-8859-1'?><nmaprun/>",
            "wide.xml": "<nmaprun/>".encode("utf-16"),
            "late.xml": nmap(1764000000, {"198.18.44.1": [22]}, end="</wrong>"),
            "future.xml": nmap(4000000000, {"198.18.44.1": [22]}),
            "nothing.xml": nmap(1764000000, {"224.0.0.1": []}, services=""),
            "object.json": b"[{" + b"a" * 3000000,
            "binary": bytes(range(256)) * 50,
            "empty": b"",
            "damaged.gz": gzip.compress(b"<nmaprun/>" * 1000)[:-20] + b"x" * 20,
            "cut.gz": gzip.compress(os.urandom(5000))[:-200],
            "zeros.gz": gzip.compress(b"\0" * (64 << 20)),
            "line.bundle": b'{"cadastre":"bundle"' + b" " * 3000000,
        }
        for name, content in bombs.items():
            result = self.run_program("--realm", "hostile", "import", self.path(name, content),
                                      code=3)
            self.assertIn(name, result.stderr)
            self.assertLess(len(result.stderr), 1500)
            self.assertNotIn("root:", result.stderr)
        self.run_program("import", self.register.path("absent"), code=3)
        self.run_program("import", self.register.dir.name, code=3)
        self.assertEqual([a for a in self.rows("asset", "list") if "198.18.44" in a["addresses"]], [])

    def test_8_words_of_strangers(self):
        content = nmap(1764000000, {"198.18.45.1": [22]}).replace(
            b'<ports>', b'<hostnames><hostname name="&quot;&gt;&lt;script&gt;\xe2\x80\xae=cmd()" '
                        b'type="PTR"/></hostnames><ports>')
        self.take("words", self.path("words.xml", content))
        for form in ("text", "json", "csv", "xml"):
            out = self.run_program("--format", form, "asset", "show", "198.18.45.1").stdout
            self.assertNotIn("\u202e", out)
        self.assertNotIn("<script>", self.run_program(
            "--format", "xml", "asset", "show", "198.18.45.1").stdout)

    def test_8_what_was_measured_stays(self):
        server = Speaker(b"SSH-2.0-OpenSSH_8.4p1 Debian-5\r\n")
        self.addCleanup(server.close)
        claim = (f'<port protocol="tcp" portid="{server.port}"><state state="open" reason="syn-ack" '
                 'reason_ttl="0"/><service name="ftp" product="Other" method="probed" conf="10"/>'
                 '</port>')

        def words(realm):
            return {(f["attribute"].split()[-1], f["value"], f["grade"])
                    for f in self.rows("--realm", realm, "asset", "show", which[realm])
                    if f["chapter"] in ("service", "software") and not f["until"]}

        def scan(realm):
            self.run_program("--realm", realm, "scan", "--ports", str(server.port), "--udp", "none",
                             "127.0.0.1")

        def load(realm, time):
            content = nmap(time, {"127.0.0.1": []}, services="").replace(
                b"<ports></ports>", f"<ports>{claim}</ports>".encode())
            row = self.take(realm, self.path(f"{realm}{time}.xml", content))
            which[realm] = str([a for a in self.rows("--realm", realm, "asset", "list",
                                                     "--address", "127.0.0.1")][-1]["id"])
            return row
        which = {}
        scan("measured")
        # Newer than the scan, so that it is no history.
        soon = int(datetime.datetime.now().timestamp()) + 1
        self.assertEqual(load("measured", soon)["fact_rows"], 0)
        self.assertIn(("product", "OpenSSH", "measured"), words("measured"))
        self.assertNotIn("Other", {value for _, value, _ in words("measured")})
        # The other way round the measurement takes its place.
        load("claimed", 1764000000)
        self.assertIn(("product", "Other", "claimed"), words("claimed"))
        scan("claimed")
        self.assertIn(("product", "OpenSSH", "measured"), words("claimed"))
        self.assertNotIn("Other", {value for _, value, _ in words("claimed")})

    # ---- signatures

    def test_9_signed_files(self):
        key, other = self.path("key"), self.path("other")
        made = self.rows("key", "make", "--signer", "Lanhe Power, dispatch", key)[0]
        self.run_program("key", "make", "--signer", "Somebody", other)
        self.run_program("key", "make", "--signer", "Lanhe Power, dispatch", key, code=2)
        self.assertEqual(os.stat(key).st_mode & 0o777, 0o600)
        self.assertEqual(self.rows("key", "show", key + ".pub")[0]["id"], made["id"])
        trusted = self.path("trusted")
        os.mkdir(trusted)
        shutil.copy(key + ".pub", trusted)
        path = self.path("signed.xml", nmap(1764000000, {"198.18.46.1": [22]}))
        config = self.path("config", f"trusted = {trusted}\n".encode())
        need = ("--config", config, "--realm", "signed", "import", "--require-signature")

        self.assertIn("is not signed", self.run_program(*need, path, code=3).stderr)
        self.run_program("import", "--require-signature", path, code=2)
        self.assertEqual(self.rows("sign", "--key", key, path)[0]["key"], made["id"])
        self.assertIn("with --trusted", self.run_program(
            "--realm", "unchecked", "import", path).stderr)
        self.assertEqual(self.rows("verify", "--trusted", key + ".pub", path)[0]["signer"],
                         "Lanhe Power, dispatch")
        good = pathlib.Path(path).read_bytes()
        signature = pathlib.Path(path + ".sig").read_bytes()
        # Nothing is parsed of what was altered.
        pathlib.Path(path).write_bytes(good.replace(b"198.18.46.1", b"198.18.46.2"))
        self.assertIn("it is not the file that", self.run_program(*need, path, code=3).stderr)
        self.run_program("verify", "--trusted", trusted, path, code=3)
        pathlib.Path(path).write_bytes(good)
        for altered, said in ((signature[:-5], "no signature of cadastre"), (b"", "no signature"),
                              (signature.replace(b"dispatch", b"Dispatch"), "but the key is of"),
                              (signature.replace(b"sha256: ", b"sha256: 0")[:-1], "no signature")):
            pathlib.Path(path + ".sig").write_bytes(altered)
            self.assertIn(said, self.run_program(*need, path, code=3).stderr)
        self.run_program("sign", "--key", other, path)
        self.assertIn("not trusted here", self.run_program(*need, path, code=3).stderr)
        refusals = [r for r in self.rows("audit", "list") if r["what"] == "import.refuse"]
        self.assertEqual(len(refusals), 7)
        self.assertEqual([a for a in self.rows("asset", "list") if "198.18.46.2" in a["addresses"]],
                         [])
        pathlib.Path(path + ".sig").write_bytes(signature)
        row = self.rows(*need, path)[0]
        self.assertEqual(row["signed_by"], f"Lanhe Power, dispatch (key {made['id']})")
        self.assertTrue(any(r["what"] == "run.file" and f"signed by {row['signed_by']}" in r["detail"]
                            for r in self.rows("audit", "list")))
        # A key that has ended signs nothing, and what it signed counts as of then only.
        old = self.path("old")
        self.run_program("key", "make", "--signer", "Old", "--from", "2020-01-01", "--until",
                         "2021-01-01", old)
        self.assertIn("ended at", self.run_program("sign", "--key", old, path, code=2).stderr)
        self.run_program("sign", "--key", key + ".pub", path, code=2)

    def test_9_signed_bundle_of_a_scan(self):
        key, bundle = self.path("scan-key"), self.path("scan.bundle")
        self.run_program("key", "make", "--signer", "Station", key)
        self.run_program("scan", "--ports", "1", "--udp", "none", "--bundle", bundle, "--sign", key,
                         "127.0.0.1")
        self.run_program("verify", "--trusted", key + ".pub", bundle)
        row = self.rows("import", "--trusted", key + ".pub", "--require-signature", bundle)[0]
        self.assertEqual(row["kind"], "bundle")
        self.assertIn("Station", row["signed_by"])
        self.assertIn("taken before", self.rows("import", bundle)[0]["note"])
        self.run_program("scan", "--sign", key, "127.0.0.1", code=2)

    # ---- out and in again

    def test_a_nmap_out(self):
        out = subprocess.run([SQL_TOOL, "nmap", "kinds"], capture_output=True, check=True,
                             env=self.register.env, timeout=120).stdout
        path = self.path("out.xml", out)
        self.assertEqual(out, subprocess.run([SQL_TOOL, "nmap", "kinds"], capture_output=True,
                                             env=self.register.env, timeout=120).stdout)
        subprocess.run(["xmllint", "--noout", "--nonet", "--dtdvalid", DTD, path], check=True,
                       timeout=60)
        row = self.take("again", path)
        self.assertEqual(row["refused"], 0)
        self.assertGreater(row["services_new"], 5)
        self.assertEqual(row["assets_new"], row["assets_seen"])
        missing = subprocess.run([SQL_TOOL, "nmap", "nowhere"], capture_output=True,
                                 env=self.register.env, timeout=120)
        self.assertEqual(missing.returncode, 2)


class Interruptions(unittest.TestCase):
    """Ended at any moment, by two at once, or without its database: nothing is lost or doubled."""

    N = 1500

    def setUp(self):
        self.register = Register(PROGRAM)
        self.addCleanup(self.register.close)
        self.path = self.register.path("many.xml")
        pathlib.Path(self.path).write_bytes(nmap(1764000000, {
            f"198.18.{i >> 8}.{i & 255}": [22] for i in range(1, self.N + 1)}))
        self.register.run("db", "init")

    def whole(self):
        row = self.register.rows("import", self.path)[0]
        self.assertEqual(len(self.register.rows("asset", "list")), self.N)
        return row

    def test_ended_at_any_moment(self):
        for seconds in (0.05, 0.3, 0.6):
            process = self.register.start("import", self.path)
            try:
                process.wait(seconds)
            except subprocess.TimeoutExpired:
                process.kill()
            process.communicate()
        self.whole()
        self.assertIn("taken before", self.whole()["note"])

    def test_two_at_once(self):
        both = [self.register.start("--format", "json", "import", self.path) for _ in range(2)]
        rows = [json.loads(p.communicate(timeout=300)[0]) for p in both]
        self.assertEqual([p.returncode for p in both], [0, 0])
        self.assertEqual(sorted(r["taken"] > 0 for r in rows), [False, True])
        self.assertIn("taken before", self.whole()["note"])

    def test_the_database_goes_away(self):
        holder = subprocess.Popen([SQL_TOOL, "hold"], stdin=subprocess.PIPE,
                                  stdout=subprocess.PIPE, env=self.register.env)
        holder.stdout.readline()
        process = self.register.start("import", self.path)
        pid = next(pathlib.Path(self.register.data).rglob("postmaster.pid")).read_text()
        try:
            process.wait(0.4)
        except subprocess.TimeoutExpired:
            pass
        os.kill(int(pid.split()[0]), signal.SIGQUIT)
        _, said = process.communicate(timeout=300)
        self.assertIn(process.returncode, (0, 4), said)
        holder.communicate()
        self.whole()


if __name__ == "__main__":
    unittest.main(verbosity=2)
