#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The exposed surface and its ledger: what answers to the Internet vantage, whose it is, what it is
for, why it may be there, how it changed; a ledger that can be added to and withdrawn from only."""
import json
import os
import pathlib
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "sql"))
from register import Bundle, Register, START  # noqa: E402

PROGRAM, TOOL = sys.argv.pop(1), sys.argv.pop(1)
REGISTER = """<?xml version="1.0" encoding="UTF-8"?>
<register xmlns="urn:cadastre:register:1" realm="plant" document="R-1">
  <organisations>
    <organisation id="power" name="Power" sector="energy.power"><role code="operator"/></organisation>
    <organisation id="water" name="Water" sector="water"><role code="operator"/></organisation>
  </organisations>
  <systems>
    <system id="portal" name="Portal" organisation="power" sector="energy.power"
        class="core-business" kind="information-system" function="f" service-scope="prefecture" counterparts="both">
      <assets><prefix cidr="198.18.1.0/24"/></assets>
    </system>
    <system id="pumps" name="Pumps" organisation="water" sector="water"
        class="industrial-control" kind="information-system" function="f" service-scope="prefecture" counterparts="both">
      <assets><prefix cidr="198.18.2.0/24"/></assets>
    </system>
  </systems>
</register>
"""
HOSTILE = "\x1b[2Jwhy'; DROP TABLE exposure_justification; --\u202e<script>"


class Exposure(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.register = Register(TOOL)
        cls.register.run("grant", "plant", "198.18.0.0/15", "2020-01-01", "2099-01-01")
        cls.register.hold()
        path = cls.register.path("register.xml")
        with open(path, "w", encoding="utf-8") as file:
            file.write(REGISTER)
        cls.call("register", "import", path)
        first = Bundle(realm="plant", vantage="internet", at=0).covered("198.18.0.0/16", "1-65535")
        first.service("198.18.1.10", 443, "http", vendor="F5", product="nginx", version="1.22",
                      **{"tls.certificate.subject": "CN=portal.example",
                         "tls.certificate.sha256": "ab" * 32,
                         "tls.certificate.not_after": "2027-01-01T00:00:00Z"})
        first.name("198.18.1.10", "portal.example").name("198.18.1.10", "www.example")
        first.service("198.18.1.10", 22, "ssh", product="OpenSSH", version="9.2")
        first.port("198.18.1.11", 3389)
        first.service("198.18.2.20", 502, "modbus", product="PLC")
        first.service("198.18.3.3", 9999)
        cls.register.intake(first)
        inside = Bundle(realm="plant", at=1).covered("198.18.0.0/16", "1-65535")
        inside.service("198.18.1.10", 5432, "postgresql")
        inside.service("198.18.1.10", 443, "http", vendor="F5", product="nginx", version="1.22",
                       **{"tls.certificate.subject": "CN=portal.example",
                          "tls.certificate.sha256": "ab" * 32,
                          "tls.certificate.not_after": "2027-01-01T00:00:00Z"})
        cls.register.intake(inside)

    @classmethod
    def tearDownClass(cls):
        cls.register.close()

    @classmethod
    def call(cls, *words, code=0, form="json"):
        done = subprocess.run([PROGRAM, "--realm", "plant", "--format", form, *words],
                              capture_output=True, text=True, env=cls.register.env, timeout=120,
                              check=False)
        assert done.returncode == code, \
            f"{words}: exit {done.returncode}, not {code}\n{done.stderr}{done.stdout}"
        cls.said = done.stderr
        if form != "json":
            return done.stdout
        return [json.loads(line) for line in done.stdout.splitlines() if line[:1] == "{"]

    def spots(self, *words, code=1):
        return [(row["address"], row["port"]) for row in self.call("exposure", "list", *words,
                                                                   code=code)]

    def test_1_what_can_be_reached(self):
        rows = self.call("exposure", "list", code=1)
        self.assertEqual([(r["operator"], r["system"], r["address"], r["port"], r["kind"])
                          for r in rows],
                         [("", "", "198.18.3.3", "tcp/9999", "unknown"),
                          ("power", "portal", "198.18.1.10", "tcp/22", "administration"),
                          ("power", "portal", "198.18.1.10", "tcp/443", "web"),
                          ("power", "portal", "198.18.1.11", "tcp/3389", "remote maintenance"),
                          ("water", "pumps", "198.18.2.20", "tcp/502", "industrial protocol")])
        web = rows[2]
        self.assertEqual(web["names"], "portal.example www.example")
        self.assertEqual(web["certificate"], "CN=portal.example")
        self.assertEqual(web["product"], "F5 nginx 1.22")
        self.assertEqual({r["state"] for r in rows}, {"unjustified"})
        self.assertIn("5 without an entry", self.said)

    def test_2_filters(self):
        self.assertEqual(len(self.spots("--operator", "power")), 3)
        self.assertEqual(self.spots("--system", "pumps"), [("198.18.2.20", "tcp/502")])
        self.assertEqual(self.spots("--kind", "remote maintenance"),
                         [("198.18.1.11", "tcp/3389")])
        self.assertEqual(len(self.spots("--address", "198.18.1.0/24")), 3)
        self.assertEqual(self.spots("--operator", "nobody", code=0), [])
        self.call("exposure", "list", "--address", "nowhere", code=2)
        self.assertEqual(self.spots("--as-of", "2020-01-01", code=0), [])

    def justify(self, *words, code=0, port="tcp/443", reason="public portal", until="2099-01-01"):
        return self.call("exposure", "justify", "198.18.1.10", "--port", port, "--approver",
                         "Chief", "--reason", reason, "--until", until, "--by", "clerk", *words,
                         code=code, form="text").strip()

    def test_3_the_ledger(self):
        self.assertEqual(self.justify("--dry-run"), "")
        self.assertIn("would cover 1 exposed", self.said)
        self.assertEqual(self.call("exposure", "ledger"), [])
        entry = self.justify("--document", "OA-17")
        self.assertIn("1 of them without an entry", self.said)
        web = self.call("exposure", "list", "--kind", "web")[0]
        self.assertEqual((web["state"], str(web["entry"]), web["approver"], web["document"]),
                         ("justified", entry, "Chief", "OA-17"))
        self.assertEqual(len(self.spots("--unjustified")), 4)
        kinds = self.register.sql("SELECT kind, subject FROM review_exposure ORDER BY subject")
        self.assertEqual(len(kinds), 4)
        self.assertNotIn(["unjustified exposure", "198.18.1.10 tcp/443"], kinds)
        row = self.call("exposure", "ledger")[0]
        self.assertEqual((row["ports"], row["covers"], row["state"], row["entered_by"]),
                         ("tcp/443", 1, "in force", "clerk"))
        self.call("exposure", "withdraw", entry, "--reason", "closed", "--by", "clerk")
        self.call("exposure", "withdraw", entry, "--reason", "again", code=3)
        self.assertEqual(len(self.spots("--unjustified")), 5)
        self.assertEqual(self.call("exposure", "ledger", "--in-force"), [])
        trail = [row["what"] for row in self.call("audit", "list")]
        self.assertEqual(trail.count("exposure.justify"), 1)
        self.assertEqual(trail.count("exposure.withdraw"), 1)
        # An entry that has run out is told from one that never was.
        lapsed = self.justify(port="tcp/22")
        self.register.sql("UPDATE exposure_justification SET recorded = '2026-01-01', "
                          f"expires = '2026-02-01' WHERE id = {lapsed}")
        self.assertEqual(self.call("exposure", "list", "--kind", "administration",
                                   code=1)[0]["state"], "expired")
        # The newest entry in force speaks, and prefixes and ranges cover.
        self.call("exposure", "justify", "198.18.1.0/24", "--port", "tcp/1-1023", "--approver",
                  "Deputy", "--reason", "all of it", "--until", "2099-01-01", form="text")
        rows = self.call("exposure", "list", "--system", "portal", code=1)
        self.assertEqual([row["state"] for row in rows],
                         ["justified", "justified", "unjustified"])

    def test_4_bad_entries_are_refused(self):
        for words, said in (({"port": "tcp"}, "no list of ports"),
                            ({"port": "dccp/1"}, "no list of ports"),
                            ({"port": "tcp/70000"}, "no list of ports"),
                            ({"until": "2020-01-01"}, "ends in the future"),
                            ({"until": "soon"}, "--until"),
                            ({"reason": "  "}, "needs a reason"),
                            ({"port": "tcp/" + ",".join(map(str, range(1, 2000, 2)))},
                             "more ports than one entry"),
                            ({"reason": "x" * 1001}, "longer than 1000")):
            self.justify(code=2, **words)
            self.assertIn(said, self.said)
        for what in ("--approver", "--document", "--by"):
            self.justify(what, "x" * 1001, code=2)
            self.assertIn("longer than 1000", self.said)
        # As much as there may be.
        full = self.justify("--approver", "a" * 1000, "--document", "d" * 1000, "--by", "b" * 1000,
                            reason="r" * 1000, port="tcp/" + ",".join(map(str, range(1, 700, 2))))
        row = [r for r in self.call("exposure", "ledger") if str(r["entry"]) == full][0]
        self.assertEqual([len(row[name]) for name in ("reason", "approver", "document")], [1000] * 3)
        self.call("exposure", "withdraw", full, "--reason", "x" * 1001, code=2)
        self.call("exposure", "withdraw", full, "--reason", "x" * 1000)
        self.call("exposure", "justify", "portal", "--port", "any", "--approver", "A", "--reason",
                  "B", "--until", "2099-01-01", code=2)
        self.call("exposure", "justify", "198.18.1.1", "--approver", "A", "--reason", "B",
                  "--until", "2099-01-01", code=2)
        self.call("exposure", "withdraw", "x", "--reason", "y", code=2)
        self.call("exposure", "trend", "--step", "year", code=2)

    def test_5_hostile_words_stay_words(self):
        entry = self.justify(port="udp/53", reason=HOSTILE)
        row = [r for r in self.call("exposure", "ledger") if str(r["entry"]) == entry][0]
        self.assertIn("DROP TABLE", row["reason"])
        for form in ("text", "csv", "xml"):
            out = self.call("exposure", "ledger", form=form)
            self.assertNotIn("\x1b", out)
            self.assertNotIn("\u202e", out)
            self.assertTrue(form != "xml" or "<script>" not in out)
        self.call("exposure", "withdraw", entry, "--reason", HOSTILE)

    def test_6_sum_and_trend(self):
        rows = self.call("exposure", "summary")
        portal = [r for r in rows if r["system"] == "portal"][0]
        self.assertEqual([portal[k] for k in ("operator", "addresses", "services", "names",
                                              "certificates", "administration",
                                              "remote_maintenance", "industrial", "exits",
                                              "unregistered")],
                         ["power", 2, 3, 2, 1, 1, 1, 0, 0, 2])
        by = {r["operator"]: r["services"] for r in
              self.call("exposure", "summary", "--by", "operator")}
        self.assertEqual(by, {"": 1, "power": 3, "water": 1})
        # Later the PLC is taken off and SSH is closed; a day after, the surface is smaller.
        later = Bundle(realm="plant", vantage="internet", at=30).covered("198.18.0.0/16",
                                                                         "1-65535")
        later.service("198.18.1.10", 443, "http", vendor="F5", product="nginx", version="1.22")
        later.host("198.18.2.20").port("198.18.1.11", 3389)
        later.service("198.18.3.3", 9999)
        self.register.intake(later)
        points = self.call("exposure", "trend", "--since", "2026-01-01", "--until", "2027-01-01")
        self.assertEqual([p["services"] for p in points], [5, 3])
        self.assertEqual([p["industrial"] for p in points], [1, 0])
        self.assertEqual([p["systems"] for p in points], [2, 1])
        self.assertEqual([p["certificates"] for p in points], [1, 0])
        days = self.call("exposure", "trend", "--since", "2026-01-01", "--until", "2027-01-01",
                         "--step", "day", "--operator", "power")
        self.assertEqual([p["services"] for p in days], [3, 2])
        before = START.strftime("%Y-%m-%dT20:00:00Z")
        self.assertEqual(len(self.spots("--as-of", before)), 5)
        self.assertEqual(len(self.spots()), 3)

    def test_7_membership_follows_rules_and_addresses(self):
        member = "SELECT asset_id, system FROM asset_{} ORDER BY 1"
        self.assertEqual(self.register.sql(member.format("member")),
                         self.register.sql(member.format("system")))
        path = self.register.path("moved.xml")
        with open(path, "w", encoding="utf-8") as file:
            file.write(REGISTER.replace("198.18.2.0/24", "198.18.3.0/24"))
        self.call("register", "import", path)
        self.assertEqual(self.register.sql(member.format("member")),
                         self.register.sql(member.format("system")))
        self.assertEqual(self.spots("--system", "pumps"), [("198.18.3.3", "tcp/9999")])

    def registered(self, path, until="2099-01-01", system="portal", more=""):
        file = self.register.path("supply.xml")
        with open(file, "w", encoding="utf-8") as out:
            out.write(REGISTER.replace("</register>", f"""
  <circuits>
    <circuit id="line-1" name="Line" organisation="power" kind="internet" number="1"
        blocks="198.18.1.0/28" systems="portal"/>
    <circuit id="line-2" name="Spare" organisation="power" kind="internet" number="2"
        systems="portal pumps"/>
    <circuit id="fibre" name="Fibre" organisation="power" kind="private-line" number="3"
        systems="portal"/>
  </circuits>
  <remote-maintenance>
    <remote-access id="RM-1" supplier="water" system="{system}" path="{path}"
        necessity="n" assessment="A-1" controls="two persons" valid-until="{until}"/>{more}
  </remote-maintenance>
</register>"""))
        self.call("register", "import", file)
        return {(r["address"], r["port"]): r["maintenance"]
                for r in self.call("exposure", "list", code=1) if r["maintenance"]}

    def test_8_exits_and_remote_maintenance(self):
        spot = ("198.18.1.11", "tcp/3389")
        review = "SELECT subject, detail FROM review WHERE kind = 'unregistered remote maintenance'"
        self.assertEqual([["198.18.1.11 tcp/3389", "remote maintenance"]],
                         self.register.sql(review))
        # What covers it: its system's statement, in force, whose path names it if it names any.
        for path, state in (("VPN, then the jump host", "registered"),
                            ("RDP to 198.18.1.11:3389 over VPN.", "registered"),
                            ("to 198.18.1.1", "unregistered"), ("to 198.18.1.110", "unregistered"),
                            ("by 2001:db8::1", "unregistered")):
            self.assertEqual({spot: state}, self.registered(path), path)
        self.assertEqual({spot: "unregistered"}, self.registered("VPN", system="pumps"))
        both = self.call("exposure", "remote", code=1)
        self.assertEqual([("portal", "unregistered", "198.18.1.11", ""),
                          ("pumps", "not observed", "", "RM-1")],
                         [(r["system"], r["state"], r["address"], r["registration"]) for r in both])
        self.assertEqual(both[1]["controls"], "two persons")
        self.assertEqual({spot: "expired"}, self.registered("VPN", until="2026-03-01"))
        self.assertIn("RM-1 expired 2026-03-01", self.register.sql(review)[0][1])
        self.registered("VPN")
        self.assertEqual([], self.register.sql(review))
        row = self.call("exposure", "remote")[0]
        self.assertEqual(("registered", "RM-1", "Water"),
                         (row["state"], row["registration"], row["supplier_name"]))
        self.assertEqual([], self.call("exposure", "remote", "--operator", "water"))
        self.assertIn('maintenance="registered" registration="RM-1"',
                      self.call("export", "-o", "-", form="text"))
        # Exits: by the block that holds the address, else those of its system.
        exits = {r["address"]: r["exits"] for r in self.call("exposure", "list", code=1)}
        self.assertEqual({"198.18.1.10": "line-1", "198.18.1.11": "line-1", "198.18.3.3": ""},
                         exits)
        rows = {r["system"]: (r["exits"], r["services"], r["unregistered"])
                for r in self.call("exposure", "summary")}
        self.assertEqual({"": (0, 1, 0), "portal": (2, 2, 0), "pumps": (1, 0, 0)}, rows)
        by = {r["operator"]: r["exits"] for r in
              self.call("exposure", "summary", "--by", "operator")}
        self.assertEqual({"": 0, "power": 2, "water": 1}, by)
        points = self.call("exposure", "trend", "--since", "2026-01-01", "--until", "2027-01-01")
        self.assertEqual([0, 0], [p["exits"] for p in points])
        text = self.call("exposure", "list", code=1, form="text")
        self.assertIn("registered", text)
        self.assertIn("198.18.1.11", self.call("exposure", "remote", form="text"))

    def test_9_what_answers_over_udp_and_sctp(self):
        bundle = Bundle(realm="plant", vantage="internet", at=9)
        there = {"vpn": (("udp", 500, "ike"), ("udp", 501, "ike"), ("udp", 1194, "openvpn")),
                 "administration": (("udp", 623, "ipmi"), ("udp", 4800, None)),
                 "industrial protocol": (("udp", 3671, "knxip"), ("udp", 9600, "fins"), ("udp", 48899, None)),
                 "database": (("udp", 1434, "mssql"),),
                 "messaging": (("udp", 5683, "coap"), ("sctp", 3868, None), ("sctp", 2905, None)),
                 "naming and time": (("udp", 1900, "ssdp"), ("udp", 5353, "mdns"), ("udp", 3702, "wsd"),
                                     ("udp", 137, "netbios"), ("udp", 88, "kerberos"))}
        for kind in there.values():
            for transport, port, protocol in kind:
                bundle.service("198.18.4.4", port, protocol, transport=transport)
        self.register.intake(bundle)
        for kind, spots in there.items():
            rows = self.call("exposure", "list", "--kind", kind, "--address", "198.18.4.4", code=1)
            self.assertEqual({row["port"] for row in rows}, {f"{t}/{p}" for t, p, _ in spots}, kind)
        # Administering hardware from the Internet is remote maintenance that somebody has to explain.
        rows = self.register.sql("SELECT subject FROM review_maintenance WHERE subject LIKE '%udp/623'")
        self.assertEqual(rows, [["198.18.4.4 udp/623"]])


if __name__ == "__main__":
    unittest.main(verbosity=2)
