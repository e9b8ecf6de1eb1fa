#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Files for others: asset files are valid by NIST's schema and ours, read back without loss, come
out whole or not at all, and hold hostile words as words; the views for other tools have the form
that those tools read."""
import csv
import difflib
import io
import json
import os
import pathlib
import re
import resource
import shutil
import signal
import subprocess
import sys
import unittest
import xml.etree.ElementTree as ET

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "sql"))
from register import Bundle, Register  # noqa: E402

PROGRAM, TOOL, SOURCE = sys.argv.pop(1), sys.argv.pop(1), sys.argv.pop(1)
NIST = "/usr/share/openscap/schemas/arf/1.1/asset-identification_1.1.0.xsd"
DOCUMENT = SOURCE + "/schema/xml/asset-file-document.xsd"
GOLDEN = SOURCE + "/tests/golden/asset-file.txt"
AI = "{http://scap.nist.gov/schema/asset-identification/1.1}"
CORE = "{http://scap.nist.gov/schema/reporting-core/1.1}"
OURS = "{urn:cadastre:asset-file:1}"
HOSTILE = "=<script>alert(1)</script>&\"']]>; DROP TABLE asset"
# What the doors refuse, but a database that others wrote may hold.
FOUL = "a\x01\x1b[2J\u202eb\ufffe"


def portal(run, version):
    run.service("198.18.10.11", 443, "https", vendor="F5", product="nginx", version=version,
                cpe23="cpe:/a:f5:nginx:1.22",
                **{"tls.certificate.subject": "CN=portal.example, O=" + HOSTILE,
                   "tls.certificate.issuer": "CN=CA", "tls.certificate.sha256": "ab" * 32,
                   "tls.certificate.not_before": "2026-01-01T00:00:00Z",
                   "tls.certificate.not_after": "2027-01-01T00:00:00Z", "http.title": HOSTILE})


def network(register):
    """Two runs from inside and one from the Internet; the second finds some things changed."""
    for at in (0, 24):
        run = Bundle(realm="lanhe", at=at).covered("198.18.0.0/16", "1-65535")
        run.host("198.18.10.1", mac="00:11:22:33:44:01")
        portal(run, "1.24" if at else "1.22")
        run.service("198.18.10.11", 22, "ssh", vendor="OpenBSD", product="OpenSSH",
                    version="9.2p1", cpe23="cpe:2.3:a:openbsd:openssh:9.2p1:*:*:*:*:*:*:*")
        run.key("198.18.10.11", "ssh.hostkey.sha256", "SHA256:abcdef0123456789")
        run.name("198.18.10.11", "portal.example").name("198.18.10.11", HOSTILE)
        run.name("198.18.10.11", "portal")
        run.service("198.18.40.20", 502, "modbus", vendor="Lanhe", product=HOSTILE, cpe23="cpe:x")
        run.service("198.18.30.21", 3389, "rdp")
        run.service("fd00:18::10", 53, "dns", transport="udp")
        run.fact("198.18.10.1", hw__device="Router", hw__vendor="Lanhe", hw__model=HOSTILE,
                 hw__cpe23="cpe:2.3:h:lanhe:r-100:-:*:*:*:*:*:*:*")
        run.link("198.18.10.1", "198.18.10.11", "l2", "lldp")
        run.link("198.18.10.1", "198.18.10.11", "l3", "arp")
        run.link("198.18.10.1", "198.18.40.20", "l3", "arp")
        run.hop("198.18.40.20", 1, "198.18.10.1")
        if not at:
            run.port("198.18.10.11", 8080)
        register.intake(run)
    outside = Bundle(realm="lanhe", vantage="internet", at=30).covered("198.18.0.0/16", "1-65535")
    portal(outside, "1.24")
    outside.service("198.18.30.21", 3389, "rdp")
    register.intake(outside)


def later(register):
    """Two more runs: assets that people decide about, and one whose role changes."""
    for at in (34, 40):
        run = Bundle(realm="lanhe", at=at).covered("198.18.90.0/24", "1-65535")
        for host in (1, 2, 3, 4):
            run.service(f"198.18.90.{host}", 22, "ssh")
        run.host("198.18.30.11")
        if at == 40:
            run.service("198.18.90.4", 502, "modbus")
        register.intake(run)


class Export(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.register = Register(TOOL)
        for realm in ("lanhe", "small", "moved"):
            cls.register.run("grant", realm, "198.18.0.0/15", "2020-01-01", "2099-01-01")
            cls.register.run("grant", realm, "fd00:18::/64", "2020-01-01", "2099-01-01")
        cls.register.hold()
        cls.call("register", "import", SOURCE + "/schema/examples/good/register-power-utility.xml")
        network(cls.register)
        cls.call("exposure", "justify", "198.18.10.11", "--port", "tcp/443", "--approver",
                 "Duty head", "--reason", HOSTILE, "--until", "2099-01-01")
        cls.register.sql("UPDATE asset SET role_reason = $f$" + FOUL + "$f$ WHERE role = 'router'")
        small = Bundle(realm="small", identity="0" * 31 + "5").covered("198.18.0.0/24", "22,80")
        small.service("198.18.0.5", 22, "ssh", product="OpenSSH", version="9.2")
        small.name("198.18.0.5", "gate.example")
        cls.register.intake(small)
        later(cls.register)

    @classmethod
    def tearDownClass(cls):
        cls.register.close()

    @classmethod
    def call(cls, *words, code=0, realm="lanhe", **options):
        done = subprocess.run([PROGRAM, "--realm", realm, *words], capture_output=True, text=True,
                              env=options.pop("env", cls.register.env), timeout=120, check=False,
                              **options)
        assert done.returncode == code, \
            f"{words}: exit {done.returncode}, not {code}\n{done.stderr}{done.stdout[:2000]}"
        cls.said = done.stderr
        return done.stdout

    def export(self, *words, **options):
        return self.call("export", "-o", "-", *words, **options)

    def validate(self, text, schema):
        path = self.register.path("case.xml")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        done = subprocess.run(["xmllint", "--nonet", "--noout", "--schema", schema, path],
                              capture_output=True, text=True, timeout=60, check=False)
        return done.returncode == 0, done.stderr

    def selections(self):
        yield ()
        yield ("--system", "distribution-dispatch")
        yield ("--system", "outage-website")
        yield ("--asset", "198.18.10.11")
        yield ("--asset", "198.18.40.20", "--as-of", "2026-03-01T12:00:00Z")
        yield ("--as-of", "2026-03-01T12:00:00Z")
        yield ("--as-of", "2026-02-01T12:00:00Z")

    def test_valid_by_both_schemas(self):
        for words in self.selections():
            text = self.export(*words)
            for schema in (NIST, DOCUMENT):
                good, said = self.validate(text, schema)
                self.assertTrue(good, f"{words}: {said[:600]}")
        # The check can fail: an id that is not there, a state that is none.
        text = self.export()
        self.assertFalse(self.validate(
            re.sub(r'<ai:asset id="system-[^"]*"', '<ai:asset id="x"', text, count=1), NIST)[0])
        self.assertFalse(self.validate(text.replace('state="seen"', 'state="gone"'), DOCUMENT)[0])

    def test_same_register_same_bytes(self):
        for kind in ("asset-file", "json", "csv", "csv-services", "cyclonedx", "rfc8345"):
            self.assertEqual(self.export("--kind", kind), self.export("--kind", kind))

    def test_golden(self):
        """A small realm, byte by byte. CADASTRE_UPDATE_GOLDEN=1 keeps what comes out."""
        text = self.export(realm="small")
        if os.environ.get("CADASTRE_UPDATE_GOLDEN"):
            pathlib.Path(GOLDEN).write_text(text, encoding="utf-8")
        golden = pathlib.Path(GOLDEN).read_text(encoding="utf-8")
        self.assertEqual(text, golden, "\n".join(difflib.unified_diff(
            golden.splitlines(), text.splitlines(), lineterm="")))

    def test_provenance_and_chapters(self):
        root = ET.fromstring(self.export())
        services = list(root.iter(OURS + "service"))
        self.assertEqual(10, len(services))
        for element in services + list(root.iter(OURS + "fact")):
            self.assertIn(element.get("grade"), ("measured", "claimed", "attested", "derived"))
            if element.get("grade") != "attested":
                self.assertTrue(element.get("run") and element.get("first-seen"), element.attrib)
        for name in ("ip-v4", "ip-v6", "port", "protocol", "mac-address", "fqdn", "hostname", "cpe"):
            found = list(root.iter(AI + name))
            self.assertTrue(found, name)
            for element in found:
                self.assertTrue(element.get(AI + "source"), name)
                self.assertTrue(element.get(AI + "timestamp"), name)
        self.assertFalse(list(root.iter(AI + "person")))
        exposure = {e.get("state") for e in root.iter(OURS + "exposure")}
        self.assertEqual({"justified", "unjustified"}, exposure)
        self.assertEqual([("remote maintenance", None)],
                         [(e.get("kind"), e.get("registration"))
                          for e in root.iter(OURS + "exposure") if e.get("maintenance")])
        states = {c.get("name"): c.get("state") for c in root.iter(OURS + "chapter")}
        self.assertEqual(23, len(states))
        for name in ("identification", "organisation", "business", "tier", "areas", "crypto",
                     "exposure", "changes", "evidence", "connections", "boundary", "data",
                     "external-links", "suppliers", "positions", "assessments"):
            self.assertEqual("recorded", states[name], name)
        self.assertEqual("not-recorded", states["designation"])
        kinds = {e.get("type") for e in root.iter(CORE + "relationship")}
        self.assertLessEqual({"af:operated-by", "af:depends-on", "af:provides", "af:in-network",
                              "af:has-installed", "af:linked-l2", "af:linked-l3",
                              "af:belongs-to"}, kinds)
        # What is over stands among the changes, with its end.
        over = [e for e in root.iter(OURS + "fact") if e.get("until")]
        self.assertTrue(any("8080" in e.get("subject", "") for e in over))
        # Evidence by its digest only.
        self.assertNotIn("aGVsbG8", ET.tostring(root, encoding="unicode"))

    def records(self, *words):
        found = {}
        for element in ET.fromstring(self.export(*words)).iter(OURS + "record"):
            items = {}
            for item in element:
                items.setdefault(item.get("name"), []).append(item.text)
            self.assertEqual(("attested", "LH-"), (element.get("grade"), element.get("source")[:3]))
            self.assertTrue(element.get("as-of") and element.get("first-seen"))
            found[element.get("kind"), element.get("id")] = items
        return found

    def test_every_chapter_of_the_register(self):
        """Each kind of statement, by system: what concerns it and nothing else; all of it in the
        file of the realm."""
        found = self.records("--system", "distribution-dispatch")
        for key, item, value in (
                (("facility", "dispatch-centre"), "importance", "key"),
                (("zone", "control"), "target-security-level", "3"),
                (("conduit", "control-to-boundary"), "between", "Control zone (control)"),
                (("circuit", "fibre-a"), "bandwidth", "1000 Mbit/s"),
                (("contract", "C-2025-014"), "secrecy-agreement", "S-2025-014"),
                (("remote-maintenance", "RM-1"), "valid-until", "2027-06-30"),
                (("position", "dispatch-admin"), "holder", "HR-0417"),
                (("position", "data-officer"), "organisation", "Lanhe Power (lanhe-power)"),
                (("business", "distribution-dispatch"), "recovery-time", "4 h"),
                (("scenario", "distribution-dispatch industrial-control"), "transport",
                 "IEC 60870-5-104 over leased fibre")):
            self.assertIn(value, found[key][item], key)
        self.assertNotIn(("circuit", "internet-1"), found)
        self.assertNotIn(("data-resource", "customer-records"), found)
        duties = sorted((items.get("system", items.get("subnet"))[0], duty)
                        for (kind, _), items in found.items() if kind == "responsibility"
                        for duty in items if duty in ("manages", "operates", "uses"))
        self.assertEqual([("198.18.40.0/24", "uses")]
                         + [("Distribution dispatch SCADA (distribution-dispatch)", d)
                            for d in ("manages", "operates")], duties)
        site = self.records("--system", "outage-website")
        self.assertEqual(["internet"], site["circuit", "internet-1"]["kind"])
        self.assertEqual(["Data officer (data-officer)"],
                         site["data-resource", "customer-records"]["responsible"])
        self.assertNotIn(("remote-maintenance", "RM-1"), site)
        self.assertLessEqual(set(found) | set(site), set(self.records()))
        # One asset that no system claims has where it stands, and nobody's papers.
        self.assertEqual(set(), {k for k, _ in self.records("--asset", "fd00:18::10")}
                         - {"baseline"})
        # The register of another day: nothing was attested then.
        self.assertEqual({}, self.records("--as-of", "2026-03-01T12:00:00Z"))
        root = ET.fromstring(self.export())
        concerns = [e.get("subject") for e in root.iter(CORE + "relationship")
                    if e.get("type") == "af:concerns"]
        self.assertIn("circuit-internet-1", concerns)
        self.assertEqual({"circuit-internet-1", "circuit-fibre-a"},
                         {e.get("id") for e in root if e.find(AI + "circuit") is not None})

    def test_organisations_and_areas(self):
        root = ET.fromstring(self.export("--system", "distribution-dispatch"))
        power = [e for e in root.iter(OURS + "organisation") if e.get("id") == "lanhe-power"][0]
        said = {e.get("name"): e.text for e in power}
        self.assertEqual("operator, from 2010-01-01", [e.text for e in power
                                                       if e.get("name") == "role"][0])
        self.assertIn("security@lanhe-power.example", said["contact cybersecurity"])
        self.assertIn("took over", said["event merge"])
        self.assertIn("relay-works", {e.get("id") for e in root.iter(OURS + "organisation")})
        area = [e for e in root.iter(OURS + "network") if e.get("prefix") == "198.18.30.0/24"][0]
        self.assertLessEqual({"vlan": "30", "facility": "dispatch-centre"}.items(),
                             {e.get("name"): e.text for e in area}.items())
        system = {e.get("name"): e.text for e in root.iter(OURS + "fact")
                  if (e.get("method") or "").startswith("system distribution-dispatch")}
        self.assertEqual(("01", "wan", "industrial-control"),
                         (system["object-no"], system["deployment"], system["technology"]))

    def test_hostile_words_stay_words(self):
        text = self.export()
        self.assertNotIn("<script", text)
        self.assertNotRegex(text, "[\x00-\x08\x0b-\x1f\u202e\ufffe]")
        values = [e.text for e in ET.fromstring(text).iter(OURS + "fact")]
        self.assertIn(HOSTILE, values)
        rows = list(csv.DictReader(io.StringIO(self.export("--kind", "csv"))))
        cells = [cell for row in rows for cell in row.values()]
        self.assertFalse([c for c in cells if c[:1] in ("=", "+", "@")])

    def test_decisions_and_summaries(self):
        """What people said of an asset, retired ones and those that became one; and its summary as
        it was at another time."""
        self.call("asset", "retire", "198.18.90.1", "--reason", "sold", "--by", "clerk")
        self.call("asset", "merge", "198.18.90.2", "198.18.90.3", "--reason", "two cards of one",
                  "--by", "clerk")

        def device(address, *words):
            root = ET.fromstring(self.export("--asset", address, *words))
            return list(root.iter(OURS + "device"))[0]
        gone = device("198.18.90.1")
        self.assertEqual("retired", gone.get("state"))
        said = [e for e in gone if e.get("name") == "retire"][0]
        self.assertEqual(("changes", "attested", "sold"),
                         (said.get("chapter"), said.get("grade"), said.text))
        self.assertNotIn("clerk", ET.tostring(gone, encoding="unicode"))
        one = device("198.18.90.2")
        alias = one.get("aliases")
        self.assertTrue(alias)
        self.assertEqual(one.get("id"), device(alias).get("id"))
        self.assertIn(f"{alias} is an alias of {one.get('id')}: two cards of one",
                      [e.text for e in one if e.get("name") == "merge"])
        for kind in ("json", "csv"):
            text = self.export("--kind", kind)
            self.assertIn("retired", text)
            self.assertIn(alias, text)
        self.assertEqual("seen", device("198.18.90.1", "--as-of", "2026-03-02T20:00:00Z")
                         .get("state"))
        before = device("198.18.90.4", "--as-of", "2026-03-02T20:00:00Z")
        self.assertEqual(("host", "controller"), (before.get("role"),
                                                  device("198.18.90.4").get("role")))
        stated = [(e.get("name"), e.text) for e in device("198.18.30.11") if e.get("as-of")]
        self.assertLessEqual({("tag", "scada"), ("tag", "redundant"), ("facility", "dispatch-centre"),
                              ("manages", "Lanhe Power (lanhe-power)")}, set(stated))

    def test_as_of(self):
        then = ET.fromstring(self.export("--as-of", "2026-03-01T12:00:00Z"))
        versions = {e.get("version") for e in then.iter(OURS + "software")}
        self.assertIn("1.22", versions)
        self.assertNotIn("1.24", versions)
        ports = {e.get("port") for e in then.iter(OURS + "service")}
        self.assertIn("8080", ports)
        self.assertFalse([e for e in then.iter(OURS + "fact") if e.get("until")])
        self.assertFalse(list(ET.fromstring(self.export("--as-of", "2026-02-01T00:00:00Z"))
                              .iter(OURS + "device")))

    def test_whose_it_was_then(self):
        """Membership, owners and merges of the time that is asked for."""
        head = "table,realm,document,as_of\nregister,moved,{0},{0}\n" \
               "table,id,name,sector\norganisation,o,O,energy\norganisation,p,P,energy\n"
        system = "table,id,name,organisation,sector,class,kind,function,service_scope," \
                 "counterparts\nsystem,{0},{0},{1},energy,general,data-resource,f,other,other\n"
        rule = "table,system,rule,value\nsystem_rule,{},prefix,198.18.70.0/24\n"
        duty = "table,subject,value,duty,organisation\nresponsibility,subnet,198.18.70.0/24,manages,{}\n"
        files = [head.format("2026-01-01") + system.format("a", "o") + system.format("b", "p")
                 + rule.format("a") + duty.format("o"),
                 head.format("2026-04-01") + system.format("a", "o") + system.format("b", "p")
                 + rule.format("b") + duty.format("p")]
        run = Bundle(realm="moved", at=0).covered("198.18.70.0/24", "22")
        self.register.intake(run.host("198.18.70.1").host("198.18.70.2"))
        for n, text in enumerate(files):
            path = self.register.path(f"moved-{n}.csv")
            pathlib.Path(path).write_text(text, encoding="utf-8")
            self.call("register", "import", path, realm="moved")

        def devices(*words):
            root = ET.fromstring(self.export(*words, realm="moved"))
            return [(e.get("system"), {f.text for f in e if f.get("name") == "manages"})
                    for e in root.iter(OURS + "device")]
        self.assertEqual([("a", {"O (o)"})] * 2, devices("--as-of", "2026-03-02T00:00:00Z"))
        self.assertEqual("b", devices()[0][0])
        self.assertIn("P (p)", devices()[0][1])
        self.assertEqual(2, len(devices("--system", "a", "--as-of", "2026-03-02T00:00:00Z")))
        self.assertEqual((0, 2), (len(devices("--system", "a")), len(devices("--system", "b"))))
        self.call("asset", "merge", "198.18.70.2", "198.18.70.1", "--reason", "one card of two",
                  realm="moved")
        self.assertEqual(1, len(devices()))
        self.assertEqual(2, len(devices("--as-of", "2026-03-02T00:00:00Z")))

    def test_system_holds_its_own_only(self):
        root = ET.fromstring(self.export("--system", "outage-website"))
        self.assertEqual({"outage-website"}, {e.get("system") for e in root.iter(OURS + "device")})
        named = {e.get("id"): e.get("related") for e in root.iter(OURS + "system")}
        self.assertEqual({"outage-website": None, "distribution-dispatch": "true"}, named)

    def test_round_trip(self):
        """Into an empty register: nothing is refused, all is claimed by the sender, and the same
        file again changes nothing."""
        other = Register(TOOL)
        try:
            path = self.register.path("gift.xml")
            self.call("export", "-o", path)
            for again in (False, True):
                done = subprocess.run(
                    [PROGRAM, "--realm", "received", "--format", "json", "import", path],
                    capture_output=True, text=True, env=other.env, timeout=120, check=False)
                self.assertEqual(0, done.returncode, done.stderr)
                row = [json.loads(line) for line in done.stdout.splitlines()][0]
                refused = {k: v for k, v in row.items() if "refused" in k}
                self.assertTrue(refused, row)
                self.assertFalse([v for v in refused.values() if v not in (0, "", "0")], row)
                if again:
                    break
            other.hold()
            mine = self.register.sql(
                "SELECT host(address), port, protocol, product, version FROM service s "
                "JOIN realm r USING (realm_id) WHERE until_run IS NULL AND r.name = 'lanhe' "
                "ORDER BY address, port")
            theirs = other.sql("SELECT host(address), port, protocol, product, version "
                               "FROM service WHERE until_run IS NULL ORDER BY address, port")
            self.assertEqual(mine, theirs)
            self.assertEqual([["claimed"]], other.sql("SELECT DISTINCT grade FROM fact"))
            # What people said there is counted, and taken from them by a register file only.
            text = pathlib.Path(path).read_text(encoding="utf-8")
            people = [e for e in ET.fromstring(text).iter(OURS + "fact") if not e.get("until")
                      and (e.get("grade") == "attested" or not e.get("run"))]
            self.assertEqual(str(text.count("<af:record ") + len(people)), other.one(
                "SELECT value FROM run_counter WHERE name = 'statements_of_register'"))
            self.assertEqual("0", other.one("SELECT count(*) FROM fact WHERE attribute = 'tag'"))
            self.assertEqual("1", other.one("SELECT count(*) FROM run"))
            source = other.one("SELECT min(source) FROM fact WHERE attribute = 'http.title'")
            self.assertTrue(source.startswith("lanhe"), source)
            self.assertIn([HOSTILE], other.sql("SELECT DISTINCT name FROM name"))
            # What came in goes out again, valid.
            text = self.call("export", "-o", "-", realm="received", env=other.env)
            good, said = self.validate(text, DOCUMENT)
            self.assertTrue(good, said[:600])
        finally:
            other.close()

    def test_broken_files_are_refused(self):
        text = self.export()
        path = self.register.path("broken.xml")
        for broken, code in ((text.replace('version="1" realm', 'version="9" realm'), 3),
                             (text.replace("<af:document ", "<af:other ")
                              .replace("</af:document>", "</af:other>"), 3),
                             (text[:len(text) // 2], 7),
                             (text.replace("<core:relationships>", "<core:relationships><", 1), 3),
                             ("<!DOCTYPE x [<!ENTITY a 'b'>]>" + text.split("?>", 1)[1], 3)):
            with open(path, "w", encoding="utf-8") as file:
                file.write(broken)
            self.call("import", path, code=code, realm="elsewhere")
            self.assertIn("broken.xml", self.said)

    def test_json_lines(self):
        rows = [json.loads(line) for line in self.export("--kind", "json").splitlines()]
        self.assertEqual(len(rows), len({row["asset"] for row in rows}))
        self.assertTrue(all(isinstance(row["asset"], str) for row in rows))
        portal = [r for r in rows if any(a["address"] == "198.18.10.11" for a in r["addresses"])][0]
        self.assertIn("https", {s.get("protocol") for s in portal["services"]})
        self.assertTrue(all("grade" in f and "run" in f for f in portal["facts"]))
        said = [s for r in rows for s in r["statements"] if s["attribute"] == "tag"]
        self.assertEqual({("scada", "attested", "LH-REG-2026")},
                         {(s["value"], s["grade"], s["source"]) for s in said} -
                         {("redundant", "attested", "LH-REG-2026")})

    def test_cyclonedx(self):
        """The rules of CycloneDX 1.6 that the official schema states, as far as they touch us."""
        bom = json.loads(self.export("--kind", "cyclonedx"))
        self.assertEqual(("CycloneDX", "1.6", 1),
                         (bom["bomFormat"], bom["specVersion"], bom["version"]))
        refs = []

        def walk(component):
            self.assertIn(component["type"], {"platform", "device", "application",
                                              "operating-system", "cryptographic-asset"})
            self.assertTrue(component["name"])
            refs.extend([component["bom-ref"]] if "bom-ref" in component else [])
            if "cpe" in component:
                self.assertRegex(component["cpe"], r"^cpe:(/[aho]|2\.3:[aho*-]:)")
            if component["type"] == "cryptographic-asset":
                self.assertIn(component["cryptoProperties"]["assetType"],
                              {"certificate", "related-crypto-material"})
            for entry in component.get("properties", []):
                self.assertEqual({"name", "value"}, set(entry))
            for part in component.get("components", []):
                walk(part)
        walk(bom["metadata"]["component"])
        for component in bom["components"]:
            walk(component)
        for service in bom["services"]:
            refs.append(service["bom-ref"])
            self.assertTrue(service["name"] and service["endpoints"])
            self.assertIsInstance(service["x-trust-boundary"], bool)
        self.assertEqual(len(refs), len(set(refs)))
        depending = [d["ref"] for d in bom["dependencies"]]
        self.assertEqual(len(depending), len(set(depending)))
        for entry in bom["dependencies"]:
            self.assertLessEqual({entry["ref"], *entry["dependsOn"]}, set(refs))
            self.assertEqual(len(entry["dependsOn"]), len(set(entry["dependsOn"])))
        kinds = json.dumps(bom)
        self.assertIn('"certificate"', kinds)
        self.assertIn('"public-key"', kinds)

    def test_rfc8345(self):
        """References of RFC 8345 resolve: nodes, links and what supports them."""
        networks = json.loads(self.export("--kind", "rfc8345"))["ietf-network:networks"]["network"]
        by_id = {n["network-id"]: n for n in networks}
        self.assertEqual(["layer2", "layer3"], list(by_id))
        links = {i: {e["link-id"]: e for e in n["ietf-network-topology:link"]}
                 for i, n in by_id.items()}
        nodes = {i: {e["node-id"] for e in n["node"]} for i, n in by_id.items()}
        self.assertIn({"network-ref": "layer2"}, by_id["layer3"]["supporting-network"])
        for name, network_ in by_id.items():
            for node in network_["node"]:
                for support in node.get("supporting-node", []):
                    self.assertIn(support["node-ref"], nodes[support["network-ref"]])
            for link in links[name].values():
                self.assertIn(link["source"]["source-node"], nodes[name])
                self.assertIn(link["destination"]["dest-node"], nodes[name])
                for support in link.get("supporting-link", []):
                    self.assertIn(support["link-ref"], links[support["network-ref"]])
        self.assertEqual((2, 4), (len(links["layer2"]), len(links["layer3"])))
        self.assertTrue(any("supporting-link" in e for e in links["layer3"].values()))

    def test_mistakes(self):
        for code, words in ((2, ("export",)), (2, ("export", "-o", "-", "--kind", "docx")),
                            (3, ("export", "-o", "-", "--system", "nowhere")),
                            (3, ("export", "-o", "-", "--asset", "198.18.99.99")),
                            (2, ("export", "-o", "-", "--asset", "198.18.10.11", "--system",
                                 "office-automation")),
                            (2, ("export", "-o", "-", "--as-of", "someday"))):
            self.call(*words, code=code)
        self.call("export", "-o", "-", code=3, realm="nowhere")
        self.assertIn("nowhere", self.said)

    def test_more_than_one_file_holds(self):
        """EXPORT_REGISTER_MAX: 100,000 entries of one kind; one more is refused in words."""
        self.register.sql("""INSERT INTO realm (name) VALUES ('wide');
            INSERT INTO register_import (realm_id, file, sha256, document, complete)
                SELECT realm_id, 'f', '', 'D', true FROM realm WHERE name = 'wide';
            INSERT INTO system (realm_id, id, name, organisation, sector, external, class, kind,
                    function, service_scope, counterparts, lifecycle, as_of, document, from_import)
                SELECT realm_id, 's' || g, 'S', 'o', 'other', true, '', '', '', '', '', '',
                    '2026-01-01', 'D', (SELECT max(id) FROM register_import)
                FROM realm, generate_series(1, 100001) AS g WHERE name = 'wide'""")
        self.export(realm="wide", code=3)
        self.assertIn("100000", self.said)
        self.register.sql("DELETE FROM system WHERE id = 's7' AND document = 'D'")
        self.assertEqual(100000, self.export(realm="wide").count("<af:system "))

    def test_whole_or_not_at_all(self):
        """A file that cannot be written to its end leaves the old one, and nothing beside it."""
        directory = self.register.path("out")
        os.makedirs(directory, exist_ok=True)
        path = directory + "/file.xml"
        with open(path, "w", encoding="utf-8") as file:
            file.write("old")

        def small_files():
            resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
        for restore, code in ((True, -signal.SIGXFSZ), (False, 7)):
            self.call("export", "-o", path, code=code, preexec_fn=small_files,
                      restore_signals=restore)
            self.assertEqual(["file.xml"], os.listdir(directory))
            self.assertEqual("old", pathlib.Path(path).read_text(encoding="utf-8"))
        self.assertIn("file.xml", self.said)
        self.call("export", "-o", directory + "/none/file.xml", code=7)
        self.call("export", "-o", path)
        self.assertEqual(["file.xml"], os.listdir(directory))
        self.assertIn("<ai:assets", pathlib.Path(path).read_text(encoding="utf-8"))

    def test_one_thing_one_file(self):
        """Into a directory: a file for each system or asset, as each would be alone; names that any
        file system takes; what was there stays."""
        self.register.sql("""INSERT INTO system (realm_id, id, name, organisation, sector, external,
                class, kind, function, service_scope, counterparts, lifecycle, as_of, document,
                from_import)
            SELECT realm_id, x.id, 'S', 'o', 'other', x.id = 'theirs', '', '', '', '', '', '',
                '2026-01-01', 'D', (SELECT max(i.id) FROM register_import i)
            FROM realm, (VALUES ('../A/b'), ('../a/b'), ('theirs'), (repeat('x', 300))) AS x (id)
            WHERE realm.name = 'small'""")
        directory = self.register.path("each")
        self.call("export", "-o", directory + "/", realm="small")
        names = sorted(os.listdir(directory))
        self.assertEqual(3, len(names))
        for name in names:
            self.assertRegex(name, r"^system-[A-Za-z0-9._-]{1,200}\.xml$")
        self.assertEqual(3, len({n.lower() for n in names}))
        self.assertIn("system-.._2Fa_2Fb.xml", names)
        self.assertIn("3 files", self.said)
        self.register.sql("DELETE FROM system WHERE document = 'D'")
        shutil.rmtree(directory)
        self.call("export", "-o", directory + "/")
        found = {n: pathlib.Path(directory, n).read_text(encoding="utf-8")
                 for n in os.listdir(directory)}
        self.assertEqual({f"system-{s}.xml" for s in (
            "distribution-dispatch", "outage-website", "office-automation", "network-management")},
            set(found))
        self.assertEqual(self.export("--system", "outage-website"),
                         found["system-outage-website.xml"])
        self.call("export", "-o", directory, "--kind", "json", "--each", "asset")
        asset = json.loads(self.export("--asset", "198.18.10.11", "--kind", "json"))
        path = pathlib.Path(directory, f"asset-{asset['asset']}.ndjson")
        self.assertEqual(asset, json.loads(path.read_text(encoding="utf-8")))
        count = self.register.one("SELECT count(*) FROM asset JOIN realm USING (realm_id) "
                                  "WHERE merged_into IS NULL AND realm.name = 'lanhe'")
        self.assertEqual(4 + int(count), len(os.listdir(directory)))
        self.call("export", "-o", directory, "--asset", "198.18.40.20")
        self.assertEqual(5 + int(count), len(os.listdir(directory)))
        self.call("export", "-o", directory, "--kind", "nmap", code=2)
        self.call("export", "-o", directory + "/none", "--each", "asset", code=2)
        self.call("export", "-o", directory, "--each", "thing", code=2)
        # A file that cannot be written whole leaves the one that was there.
        def small_files():
            resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
        self.call("export", "-o", directory, code=7, preexec_fn=small_files, restore_signals=False)
        self.assertEqual(found, {n: pathlib.Path(directory, n).read_text(encoding="utf-8")
                                 for n in found})

    def test_reads_well(self):
        """The stylesheet: every chapter has its heading in both languages, hostile words are inert."""
        path = self.register.path("page.xml")
        self.call("export", "-o", path)
        done = subprocess.run(["xsltproc", "--nonet", SOURCE + "/schema/xml/asset-file.xsl", path],
                              capture_output=True, text=True, timeout=60, check=True)
        page = done.stdout
        self.assertNotIn("<script", page)
        self.assertIn("&lt;script&gt;", page)
        self.assertEqual(23, page.count("<section id="))
        for words in ("谁主管谁负责", "互联网出口 Internet exit", "远程运维登记", "HR-0417",
                      "Customer records", "Data diode to the DMZ", "未登记 unregistered",
                      "Relay Works"):
            self.assertIn(words, page)
        for words in ("互联网暴露面", "Internet exposure", "登记簿无记载", "Index of evidence"):
            self.assertIn(words, page)
        self.assertNotRegex(page, r"(href|src)=\"(?!#)")


if __name__ == "__main__":
    unittest.main(verbosity=1)
