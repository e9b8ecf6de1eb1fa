#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Stations that have no address, as far as was heard: each is one asset by its MAC, found again, joined
with the address that it is given, and shown by its MAC, never by what stands for it inside."""
import csv
import json
import pathlib
import re
import struct
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from register import Bundle, Register, THEN  # noqa: E402

TOOL, SOURCE, PROGRAM = sys.argv.pop(1), sys.argv.pop(1), sys.argv.pop(1)
DRIVE, RELAY, LOCAL = "00:0e:cf:11:22:33", "00:30:a7:44:55:66", "02:aa:bb:cc:dd:ee"
DCP = {"dcp.name": "drive-7", "dcp.role": "device", "dcp.vendor": "Acme"}
GOOSE = {"goose.control-block": "PROT/LLN0$GO$trip", "goose.id": "trip"}
ADDR, OTHER = "198.18.1.10", "198.18.1.11"
REGISTER = """<?xml version="1.0" encoding="UTF-8"?>
<register xmlns="urn:cadastre:register:1" realm="{realm}" document="R-1" as-of="2026-01-01">
  <organisations>
    <organisation id="power" name="Power" sector="energy.power"><role code="operator"/></organisation>
  </organisations>
  <systems>
    <system id="plant" name="Plant" organisation="power" sector="energy.power"
        class="industrial-control" kind="information-system" function="f" service-scope="prefecture"
        counterparts="internal">
      <tier s="2" a="3"/><assets><name glob="drive-*"/></assets>
    </system>
  </systems>
  <asset-statements>
    <asset by="mac" is="{drive}" attribute="tag" value="drive"/>
    <asset by="mac" is="{local}" attribute="tag" value="bay-4"/>
  </asset-statements>
</register>
"""
NIST = "/usr/share/openscap/schemas/arf/1.1/asset-identification_1.1.0.xsd"
INSIDE = re.compile(r"100:(:|0:0:0:|0000:0000)")  # what stands for a MAC


class Stations(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.register = Register(TOOL)
        cls.register.run("status")
        cls.register.hold()
        cls.realms = 0

    @classmethod
    def tearDownClass(cls):
        cls.register.close()

    def setUp(self):
        Stations.realms += 1
        self.realm = f"stations-{Stations.realms}"
        self.register.run("grant", self.realm, "198.18.0.0/15", "2020-01-01", "2099-01-01")
        self.hour = 0

    def bundle(self, **options):
        self.hour += 1
        return Bundle(realm=self.realm, at=self.hour, **options)

    @staticmethod
    def station(b, mac, attributes, method="listening"):
        return b.say("fact", method, mac=mac, attributes=attributes)

    def take(self, b):
        n = self.register.intake(b)
        self.assertEqual(n["taken"] + n["refused_scope"] + n["refused_invalid"] + self.unplaced(),
                         len(b.lines) - 1, n)
        return n

    def unplaced(self):
        rows = self.register.sql("SELECT value FROM run_counter WHERE name = 'stations.unplaced' "
                                 "AND run_id = (SELECT max(run_id) FROM run)")
        return int(rows[0][0]) if rows else 0

    def hear(self, mac, attributes, **options):
        return self.take(self.station(self.bundle(), mac, attributes, **options))

    def assets(self, columns="a.name"):
        return self.register.sql(
            f"SELECT {columns} FROM asset a JOIN realm r USING (realm_id) "
            f"WHERE r.name = '{self.realm}' AND merged_into IS NULL ORDER BY 1")

    def rows(self, table, columns):
        return self.register.sql(
            f"SELECT {columns} FROM {table} t JOIN realm r USING (realm_id) "
            f"WHERE r.name = '{self.realm}' AND until_run IS NULL ORDER BY 1")

    def call(self, *words, form="json", code=0, binary=False):
        done = subprocess.run(
            [PROGRAM, "--realm", self.realm, "--format", form, *words], capture_output=True,
            text=not binary, env=self.register.env, timeout=120, check=False)
        self.assertEqual(done.returncode, code, (words, done.stderr, done.stdout))
        if binary:
            return done.stdout
        self.assertNotRegex(done.stdout + done.stderr, INSIDE, words)
        if form != "json":
            return done.stdout
        return [json.loads(line) for line in done.stdout.splitlines() if line[:1] == "{"]

    def listed(self, *words):
        return [row["name"] for row in self.call("asset", "list", *words)]

    def check_hidden(self):
        """What stands for a MAC is in no table that says where a thing is."""
        for table, column in (("address", "address"), ("service", "address"), ("hop", "address"),
                              ("link", "peer_address"), ("coverage", "cidr")):
            self.assertEqual(self.register.one(
                f"SELECT count(*) FROM {table} WHERE place_is_mac({column})"), "0", table)
        for table, column in (("asset", "name"), ("fact", "subject"), ("fact", "value"),
                              ("identity_key", "reason"), ("address", "reason"), ("audit", "detail"),
                              ("asset_decision", "reason"), ("asset_history", "subject")):
            self.assertEqual(self.register.one(
                f"SELECT count(*) FROM {table} WHERE {column} ~ '100::'"), "0", (table, column))

    # ---- what it is -----------------------------------------------------------------------------

    def test_one_asset_with_what_it_says(self):
        n = self.hear(DRIVE, DCP)
        self.assertEqual((n["taken"], n["assets_new"], n["assets_seen"]), (1, 1, 1))
        self.assertEqual(self.assets("a.name, a.role, a.role_reason, a.state"),
                         [["drive-7", "controller", "dcp.role = device", "seen"]])
        self.assertEqual(self.rows("identity_key", "type, value, strength, reason"),
                         [["mac", DRIVE, "strong", "met at " + DRIVE],
                          ["station", DRIVE, "weak", "met at " + DRIVE]])
        self.assertEqual(self.rows("name", "t.name, source, place_text(address)"),
                         [["drive-7", "dcp", DRIVE]])
        self.assertEqual(self.rows("fact", "attribute, t.subject, value")[0],
                         ["dcp.name", DRIVE, "drive-7"])
        self.check_hidden()

    def test_the_name_is_the_mac_and_the_role_is_no_address(self):
        self.hear(RELAY, {"lldp.port": "1"})
        self.assertEqual(self.assets("a.name, a.role, a.role_reason"),
                         [[RELAY, "host", "a station of a link"]])
        self.hear(RELAY, GOOSE)
        self.assertEqual(self.assets("a.name, a.role"), [[RELAY, "ied"]])

    def test_met_again_and_nothing_is_written(self):
        b = self.station(self.bundle(), DRIVE, DCP)
        self.take(b)
        self.assertEqual(self.register.intake(b)["already"], 1)
        n = self.hear(DRIVE, DCP)
        self.assertEqual((n["assets_new"], n["assets_seen"], n["facts"]), (0, 1, 0))
        n = self.hear(DRIVE, DCP | {"dcp.name": "drive-8"}, method="greeting")
        self.assertEqual((n["assets_new"], n["facts"]), (0, 5))
        self.assertEqual(len(self.assets()), 1)
        seen = self.register.one(f"""SELECT count(*) FROM asset_met m JOIN asset a USING (asset_id)
            JOIN realm r USING (realm_id) WHERE r.name = '{self.realm}' AND outcome = 'up'""")
        self.assertEqual(seen, "3")

    def test_two_realms_are_two(self):
        self.hear(DRIVE, DCP)
        self.setUp()
        self.assertEqual(self.hear(DRIVE, DCP)["assets_new"], 1)

    # ---- an address comes and goes --------------------------------------------------------------

    def test_it_is_given_an_address(self):
        self.hear(DRIVE, DCP)
        before = self.assets("a.asset_id")
        n = self.take(self.bundle().host(ADDR, DRIVE))
        self.assertEqual((n["assets_new"], n["assets_seen"]), (0, 1))
        self.assertEqual(self.assets("a.asset_id"), before)
        self.assertEqual(self.rows("address", "host(address), mac"), [[ADDR, DRIVE]])
        self.assertEqual(self.listed(f"address = {ADDR}"), ["drive-7"])

    def test_it_is_given_an_address_and_that_is_only_heard(self):
        self.hear(DRIVE, DCP)
        before = self.assets("a.asset_id")
        n = self.take(self.bundle().host(ADDR, DRIVE, method="listening"))
        self.assertEqual((n["assets_new"], self.assets("a.asset_id")), (0, before))

    def test_a_router_that_is_a_station_too(self):
        """Two addresses of IPv4 that come from its MAC may be anybody's behind it."""
        self.hear(RELAY, {"lldp.port": "1"})
        b = self.bundle()
        for addr in (ADDR, OTHER):
            b.host(addr, RELAY, method="listening")
        self.assertEqual(self.take(b)["assets_new"], 2)

    def test_a_router_whose_hosts_come_one_by_one(self):
        """The second address at the MAC of a station is not the station's, in whatever bundle it comes."""
        self.hear(RELAY, {"lldp.port": "1"})
        for addr, new in ((ADDR, 0), (OTHER, 1), (ADDR, 0), (OTHER, 0)):
            n = self.take(self.bundle().host(addr, RELAY, method="listening"))
            self.assertEqual(n["assets_new"], new, addr)
        self.assertEqual(len(self.assets()), 2)

    def test_heard_at_another_mac_of_the_same(self):
        """Only the MAC by which a station was met without an address says whose an address is."""
        self.hear(DRIVE, DCP)
        b = self.bundle().host(ADDR, DRIVE).host("198.18.2.1")
        for addr in (ADDR, "198.18.2.1"):
            b.key(addr, "ssh.hostkey.sha256", "k")
        self.take(b)
        self.take(self.bundle().host("198.18.2.1", RELAY).key("198.18.2.1", "ssh.hostkey.sha256", "k"))
        self.assertEqual((len(self.assets()), self.rows("identity_key", "type, value")[:2]),
                         (1, [["mac", DRIVE], ["mac", RELAY]]))
        for mac, new in ((RELAY, 1), (DRIVE, 0)):
            b = self.bundle().host(f"2001:db8::{new}", mac, method="listening")
            self.assertEqual(self.take(b)["assets_new"], new, mac)

    def test_both_at_once(self):
        b = self.station(self.bundle(), DRIVE, DCP).host(ADDR, DRIVE)
        self.assertEqual(self.take(b)["assets_new"], 1)
        b = self.station(self.bundle(), RELAY, GOOSE).host(OTHER, RELAY, method="listening")
        self.assertEqual(self.take(b)["assets_new"], 1)
        self.assertEqual([row[0] for row in self.assets()], [OTHER, "drive-7"])
        self.check_hidden()

    def test_its_address_is_gone(self):
        self.take(self.bundle().host(ADDR, DRIVE))
        self.take(self.bundle().host(OTHER, RELAY, method="listening"))
        before = self.assets("a.asset_id")
        self.assertEqual(self.hear(DRIVE, DCP)["assets_new"], 0)
        self.assertEqual(self.hear(RELAY, GOOSE)["assets_new"], 0)
        self.assertEqual(self.assets("a.asset_id"), before)
        # Its address is another's now; it stays, since it is met without one.
        b = self.bundle().covered("198.18.1.0/24").host(ADDR, "00:00:0c:00:00:01")
        b.key(ADDR, "ssh.hostkey.sha256", "new")
        self.station(b, DRIVE, DCP)
        self.assertEqual(self.take(b)["assets_new"], 1)
        self.assertIn(["drive-7", "seen"], self.assets("a.name, a.state"))

    def test_its_card_is_replaced(self):
        """Nobody shows anything at the place of the old card again, and its MAC ends all the same."""
        self.hear(DRIVE, DCP)
        for mac in (DRIVE, RELAY):
            self.take(self.bundle().host(ADDR, mac).key(ADDR, "ssh.hostkey.sha256", "k"))
        self.assertEqual([row for row in self.rows("identity_key", "type, value") if row[0] == "mac"],
                         [["mac", RELAY]])
        self.assertEqual(len(self.assets()), 1)

    def test_two_cards_without_an_address(self):
        """One thing, as a person said: what is heard of one card ends nothing of the other."""
        for macs in ((DRIVE, RELAY), (LOCAL, "02:aa:bb:cc:dd:01")):
            for mac in macs:
                self.hear(mac, GOOSE)
            ids = dict(self.assets("a.name, a.asset_id"))
            self.call("asset", "merge", *map(ids.get, macs), "--reason", "one", form="text")
            held = self.rows("identity_key", "type, value")
            for mac in macs * 2:
                self.assertEqual(self.hear(mac, GOOSE, method="greeting")["assets_new"], 0)
                self.assertEqual(self.rows("identity_key", "type, value"), held)

    def test_it_turns_out_to_be_another(self):
        """A thing known by its serial number from afar is the one that was met by its MAC: what that one had
        from the station ends, and nothing is left that says it is still there."""
        self.take(self.bundle().host(ADDR).key(ADDR, "serial", "A1"))
        self.hear(DRIVE, DCP)
        ids = dict(self.assets("a.name, a.asset_id"))
        for _ in range(2):
            b = self.station(self.bundle(), DRIVE, DCP).host(ADDR, DRIVE).key(ADDR, "serial", "A1")
            self.take(b)
        for table in ("name", "key_sighting", "fact", "identity_key"):
            what = "attribute || t.value" if table == "fact" else "1"
            rows = self.register.sql(f"SELECT {what} FROM {table} t WHERE until_run IS NULL "
                                     f"AND asset_id = {ids['drive-7']}")
            self.assertEqual(rows, [["statequiet"]] if table == "fact" else [], table)
        self.assertEqual(self.rows("identity_key", "type, asset_id"),
                         [[kind, ids[ADDR]] for kind in ("mac", "serial", "station")])
        self.assertEqual(dict(self.assets("a.asset_id, a.state")),
                         {ids[ADDR]: "seen", ids["drive-7"]: "quiet"})
        self.assertEqual(self.rows("name", "t.name, asset_id"), [["drive-7", ids[ADDR]]])
        self.assertEqual(self.hear(DRIVE, DCP)["assets_new"], 0)
        self.assertEqual(self.rows("name", "t.name, asset_id"), [["drive-7", ids[ADDR]]])

    def test_a_made_up_mac_is_a_place_and_no_proof(self):
        self.hear(LOCAL, GOOSE)
        self.assertEqual(self.hear(LOCAL, GOOSE)["assets_new"], 0)
        self.assertEqual(self.rows("identity_key", "type, value"), [["station", LOCAL]])
        self.assertEqual(self.take(self.bundle().host(ADDR, LOCAL))["assets_new"], 1)

    def test_a_mac_of_a_guest_or_of_a_pair_is_one_too(self):
        for mac in ("52:54:00:00:00:01", "00:00:5e:00:01:07"):
            self.assertEqual(self.hear(mac, GOOSE)["assets_new"], 1)
            self.assertEqual(self.hear(mac, GOOSE)["assets_new"], 0)
        self.assertEqual([row[0] for row in self.rows("identity_key", "type")], ["station"] * 2)
        self.check_hidden()

    def test_a_shared_mac_joins_nothing_and_is_found_again(self):
        b = self.bundle().host(ADDR, RELAY).host("198.18.2.10", RELAY)
        b.key(ADDR, "ssh.hostkey.sha256", "a").key("198.18.2.10", "ssh.hostkey.sha256", "b")
        self.take(b)
        self.assertEqual(self.hear(RELAY, GOOSE)["assets_new"], 1)
        self.assertEqual(self.hear(RELAY, GOOSE)["assets_new"], 0)
        self.assertEqual(len(self.assets()), 3)

    def test_many_stations_are_not_one_that_answers_for_all(self):
        b = self.bundle()
        for n in range(250):
            self.station(b, f"00:0e:cf:00:00:{n:02x}", {"dcp.role": "device"})
        self.assertEqual(self.take(b)["assets_new"], 250)
        self.check_hidden()

    # ---- at the door ----------------------------------------------------------------------------

    def test_who_cannot_be_is_refused(self):
        b = self.station(self.bundle(), "01:0e:cf:00:00:00", DCP)  # multicast
        b.host("100::e:cf11:2233").host(ADDR).hop(ADDR, 1, "100::5")
        n = self.take(b)
        self.assertEqual((n["taken"], n["refused_invalid"], n["assets_new"]), (1, 3, 1))
        b = self.station(self.bundle(), "00:00:00:00:00:00", DCP)
        self.register.intake(b, code=3)

    def test_a_claim_joins_nothing(self):
        self.hear(DRIVE, DCP, method="import")
        self.take(self.bundle().host(ADDR))
        self.take(self.bundle().host(ADDR, DRIVE))
        self.assertEqual([row[0] for row in self.assets()], [ADDR, "drive-7"])

    def test_who_was_asked_needs_an_authorisation(self):
        self.assertEqual(self.hear(DRIVE, DCP, method="greeting")["taken"], 1)
        self.realm = f"nothing {self.realm}"
        self.register.run("grant", self.realm, "198.18.0.0/15", "2026-03-01T08:00:00Z",
                          "2026-03-01T10:30:00Z")
        self.hour = 0
        self.assertEqual(self.hear(DRIVE, DCP, method="greeting")["taken"], 1)
        self.hour = 5
        n = self.hear(RELAY, GOOSE, method="greeting")
        self.assertEqual((n["taken"], n["refused_scope"]), (0, 1))
        self.assertIn(RELAY, self.register.sql("SELECT detail FROM audit ORDER BY seq DESC LIMIT 1")[0][0])
        self.assertEqual(self.hear(RELAY, GOOSE)["taken"], 1)

    def test_late_it_is_left_out_and_counted(self):
        self.hour = 5
        self.hear(DRIVE, DCP)
        self.hour = 1
        b = self.station(self.bundle(), DRIVE, DCP | {"dcp.name": "old"}).host(ADDR)
        n = self.take(b)
        self.assertEqual((n["late"], n["taken"], self.unplaced(), n["assets_new"]), (1, 1, 1, 1))
        self.assertEqual([row[0] for row in self.assets()], [ADDR, "drive-7"])
        self.hour = 2
        self.assertEqual(self.hear(RELAY, GOOSE)["late"], 0)  # nobody newer met that one

    # ---- what is asked --------------------------------------------------------------------------

    def whole(self):
        self.station(b := self.bundle(), DRIVE, DCP)
        self.station(b, RELAY, GOOSE)
        b.host(ADDR, "00:00:0c:00:00:01").port(ADDR, 22)
        self.take(b)

    def test_lists_and_filters(self):
        self.whole()
        rows = {row["name"]: row["addresses"] for row in self.call("asset", "list")}
        self.assertEqual(rows, {"drive-7": DRIVE, RELAY: RELAY, ADDR: ADDR})
        self.assertEqual(self.listed(f"mac = {DRIVE}"), ["drive-7"])
        self.assertEqual(self.listed("mac = 00:00:0c:00:00:01"), [ADDR])
        self.assertEqual(self.listed("mac ~ 00:0e:cf"), ["drive-7"])
        for prefix in ("100::/64", "::/0", "0.0.0.0/0"):
            self.assertEqual(self.listed(f"address = {prefix}"), [ADDR] if "0.0" in prefix else [])
        for order in ("address", "name", "first-seen", "last-seen", "id"):
            self.assertEqual(len(self.listed("--sort", order)), 3)

    def test_one_and_what_changed(self):
        self.whole()
        ids = dict(self.assets("a.name, a.asset_id"))
        shown = self.call("asset", "show", ids["drive-7"], form="text")
        self.assertIn(DRIVE, shown)
        self.assertIn(f"{DRIVE} dcp.role", shown)
        self.assertIn(RELAY, self.call("asset", "show", ids[RELAY], form="text"))
        other = "00:0e:cf:aa:bb:cc"
        self.hear(other, DCP | {"dcp.name": "fan"})
        self.assertIn("fan", self.call("asset", "show", other.upper(), form="text"))
        self.hear(DRIVE, DCP | {"dcp.name": "drive-8"}, method="greeting")
        last = self.register.one("SELECT max(run_id) FROM run")
        told = self.call("changes", "--run", last, form="text", code=1)
        self.assertIn(f"name of {DRIVE}", told)
        self.assertEqual(self.register.told_apart(), [])
        for time in self.register.times(self.realm):
            self.assertEqual(self.register.told_apart(time), [], time)

    def test_another_time(self):
        self.whole()
        self.assertEqual(self.listed("--as-of", "2026-03-01T08:30:00Z"), [])
        self.hear(DRIVE, DCP | {"dcp.name": "drive-8"}, method="greeting")
        self.assertIn("drive-7", self.listed("--as-of", "2026-03-01T09:30:00Z"))
        self.assertEqual(self.listed("--as-of", "2026-03-01T09:30:00Z", f"mac = {DRIVE}"), ["drive-7"])
        self.take(self.bundle().host(OTHER, DRIVE))
        self.assertEqual(self.listed("--as-of", "2026-03-01T09:30:00Z", f"mac = {DRIVE}"), ["drive-7"])
        self.assertEqual(self.listed(f"mac = {DRIVE}"), ["drive-8"])
        told = self.call("changes", "--between", "2026-03-01T09:30:00Z", "2026-03-01T23:00:00Z",
                         form="text", code=1)
        self.assertIn(OTHER, told)
        self.assertNotRegex(told, r"appeared .* asset  ")
        told = self.call("changes", "--between", "2026-03-01T08:30:00Z", "2026-03-01T09:30:00Z",
                         form="text", code=1)
        self.assertEqual(len(re.findall(r"appeared .* asset  ", told)), 3, told)

    def test_files_for_others(self):
        self.whole()
        path = self.register.path("file")
        for kind, has in (("asset-file", DRIVE), ("csv", DRIVE), ("json", DRIVE), ("cyclonedx", "drive-7"),
                          ("rfc8345", DRIVE), ("nmap", ADDR)):
            self.call("export", "--kind", kind, "-o", path, form="text")
            with open(path, encoding="utf-8") as file:
                text = file.read()
            self.assertNotRegex(text, INSIDE, kind)
            self.assertIn(has, text, kind)
            if kind == "asset-file":
                self.assertIn(f">{DRIVE}</ai:mac-address>", text)
                for schema in (NIST, SOURCE + "/schema/xml/asset-file-document.xsd"):
                    subprocess.run(["xmllint", "--nonet", "--noout", "--schema", schema, path],
                                   check=True, capture_output=True)
            if kind == "csv":
                rows = {row["name"]: row["addresses"] for row in csv.DictReader(text.splitlines())}
                self.assertEqual(rows[RELAY], RELAY)

    def test_maps(self):
        self.whole()
        for kind in ("topology", "district"):
            path = self.register.path(f"{kind}.svg")
            self.call("map", "--type", kind, "-o", path, form="text")
            with open(path, encoding="utf-8") as file:
                text = file.read()
            self.assertNotRegex(text, INSIDE, kind)
            self.assertIn("drive-7", text)
            self.assertIn(RELAY, text)

    def test_a_capture_of_a_substation(self):
        """By the program: a merging unit and a valve without addresses, a pump that has one."""
        subprocess.run([sys.executable, pathlib.Path(SOURCE) / "tests/pcap/make.py",
                        self.register.path("captures")], check=True)
        run = self.call("listen", "-r", self.register.path("captures/substation.pcap"))[0]
        self.assertEqual(run["note"], "")
        self.assertEqual(self.unplaced(), 0)
        rows = {row["name"]: (row["addresses"], row["role"]) for row in self.call("asset", "list")}
        unit, valve = "02:00:00:00:00:27", "02:00:00:00:00:29"
        self.assertEqual(rows[unit], (unit, "ied"))
        self.assertEqual(rows["valve-1"], (valve, "host"))
        self.assertEqual(rows["pump-7"][0], "198.18.3.28")
        again = self.call("listen", "-r", self.register.path("captures/substation.pcap"))[0]
        self.assertEqual((again["assets_new"], again["fact_rows"], len(self.assets())),
                         (0, 0, len(rows)))
        self.check_hidden()

    def test_the_maker_by_the_mac(self):
        """One frame, an answer to DCP Identify with a name."""
        name = b"\x00\x00pump-9"
        block = struct.pack(">HH", 0x0202, len(name)) + name
        answer = struct.pack(">HBBIHH", 0xfeff, 5, 1, 7, 0, len(block)) + block
        frame = bytes.fromhex("020000000010" + DRIVE.replace(":", "") + "8892") + answer
        path = self.register.path("one.pcap")
        with open(path, "wb") as file:
            file.write(struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1)
                       + struct.pack("<IIII", 1772355600, 0, len(frame), len(frame)) + frame)
        self.call("listen", "-r", path, form="text")
        self.assertEqual(self.rows("fact", "attribute, source, value")[1][:2], ["hw.vendor", "mac"])
        row = self.call("asset", "list")[0]
        self.assertEqual((row["name"], row["addresses"]), ("pump-9", DRIVE))
        self.assertNotEqual(row["vendor"], "")

    def test_what_the_register_states(self):
        self.whole()
        self.hear(LOCAL, GOOSE)
        path = self.register.path("register.xml")
        with open(path, "w", encoding="utf-8") as file:
            file.write(REGISTER.format(realm=self.realm, drive=DRIVE, local=LOCAL))
        self.call("register", "import", path, form="text")
        stated = self.register.sql(f"""SELECT a.name, t.attribute, t.value FROM asset_attested t
            JOIN asset a USING (asset_id) JOIN realm r ON r.realm_id = a.realm_id
            WHERE r.name = '{self.realm}' ORDER BY 1, 2""")
        self.assertEqual(stated, [[LOCAL, "tag", "bay-4"], ["drive-7", "tag", "drive"]])
        members = self.register.sql(f"""SELECT a.name, system FROM asset_system
            JOIN asset a USING (asset_id) JOIN realm r ON r.realm_id = a.realm_id
            WHERE r.name = '{self.realm}'""")
        self.assertEqual(members, [["drive-7", "plant"]])
        unclaimed = self.register.sql(f"""SELECT detail FROM review_disagreement
            JOIN realm r USING (realm_id) WHERE r.name = '{self.realm}'
            AND subject = 'met, not stated'""")
        self.assertEqual({row[0].split()[-1] for row in unclaimed}, {RELAY, ADDR, LOCAL})
        self.assertEqual(self.register.told_apart(), [])

    def test_a_station_met_after_the_register(self):
        """It has no name and its MAC proves nothing: what the register states of the MAC is its own."""
        path = self.register.path("register.xml")
        with open(path, "w", encoding="utf-8") as file:
            file.write(REGISTER.format(realm=self.realm, drive=DRIVE, local=LOCAL).replace(
                '<name glob="drive-*"/>', '<tag name="bay-4"/>'))
        self.call("register", "import", path, form="text")
        self.hear(LOCAL, GOOSE)
        self.assertEqual(self.register.sql(f"""SELECT a.name, m.system FROM asset_member m
            JOIN asset a USING (asset_id) JOIN realm r ON r.realm_id = a.realm_id
            WHERE r.name = '{self.realm}'"""), [[LOCAL, "plant"]])
        self.assertEqual(self.register.sql(f"""SELECT detail FROM review_disagreement
            JOIN realm r USING (realm_id) WHERE r.name = '{self.realm}'
            AND subject = 'met, not stated'"""), [])

    def test_decisions_by_hand(self):
        self.whole()
        ids = dict(self.assets("a.name, a.asset_id"))
        self.call("asset", "merge", ids["drive-7"], ids[ADDR], "--reason", "seen", form="text")
        self.assertEqual(len(self.assets()), 2)
        self.assertEqual(self.hear(DRIVE, DCP)["assets_new"], 0)
        self.assertEqual(len(self.assets()), 2)
        self.check_hidden()

    def test_a_merge_is_undone(self):
        """What was told by the station since goes with it."""
        self.whole()
        ids = dict(self.assets("a.name, a.asset_id"))
        self.call("asset", "merge", ids["drive-7"], ids[ADDR], "--reason", "seen", form="text")
        self.hear(DRIVE, DCP | {"dcp.name": "drive-8", "dcp.vendor": "Beta"}, method="greeting")
        self.assertEqual(self.rows("name", "t.name, asset_id"), [["drive-8", ids[ADDR]]])
        number = self.register.one("SELECT max(decision_id) FROM asset_decision")
        self.call("asset", "undo", number, "--reason", "not so", form="text")
        self.assertEqual(dict(self.assets("a.name, a.asset_id")),
                         {ADDR: ids[ADDR], "drive-8": ids["drive-7"], RELAY: ids[RELAY]})
        self.assertEqual(self.rows("name", "t.name, asset_id"), [["drive-8", ids["drive-7"]]])
        self.assertEqual({row[0] for row in self.rows("fact", "asset_id") if row[0] == ids[ADDR]}, set())
        sightings = self.rows("key_sighting", "value, asset_id")
        self.assertEqual([row for row in sightings if row[0] == DRIVE], [[DRIVE, ids["drive-7"]]] * 2)
        self.assertEqual(self.hear(DRIVE, DCP | {"dcp.name": "drive-9"}, method="greeting")["assets_new"], 0)
        self.assertEqual(dict(self.assets("a.name, a.asset_id")),
                         {ADDR: ids[ADDR], "drive-9": ids["drive-7"], RELAY: ids[RELAY]})
        self.check_hidden()

    def test_its_only_address_leaves_it(self):
        """A station that was taken for what has the address; without a station nothing would remain."""
        self.take(self.bundle().host(ADDR, DRIVE))
        self.hear(DRIVE, DCP)
        asset = self.assets("a.asset_id")[0][0]
        split = ("asset", "split", asset, "--address", ADDR)
        self.call(*split, "--key", f"station={DRIVE}", "--reason", "all of it", form="text", code=3)
        self.call(*split, "--reason", "the drive has none", form="text")
        self.assertEqual([row[0] for row in self.assets()], [ADDR, "drive-7"])
        self.assertEqual(self.rows("address", "host(address), asset_id <> %s" % asset), [[ADDR, "t"]])
        self.assertEqual(self.hear(DRIVE, DCP)["assets_new"], 0)
        self.assertEqual(self.rows("name", "t.name, asset_id"), [["drive-7", asset]])

    def test_a_station_leaves_by_its_mac(self):
        """One that was merged by mistake, or goes with an address that is another's: with all that it said."""
        self.whole()
        ids = dict(self.assets("a.name, a.asset_id"))
        self.call("asset", "merge", ids["drive-7"], ids[ADDR], "--reason", "seen", form="text")
        split = ("asset", "split", ids[ADDR])
        for words in (("--address", LOCAL), ("--key", f"station={LOCAL}")):
            self.call(*split, *words, "--reason", "none of its", form="text", code=3)
        self.call(*split, "--address", DRIVE, "--address", ADDR, "--reason", "all of it", form="text", code=3)
        for words in (("--address", DRIVE.upper()), ("--key", f"station={DRIVE}")):
            moved = self.call(*split, *words, "--reason", "not the pump", "--dry-run")
            self.assertIn({"what": "name", "subject": "drive-7", "value": f"{DRIVE} (dcp)"},
                          [{k: row.get(k) for k in ("what", "subject", "value")} for row in moved])
        self.call(*split, "--address", DRIVE, "--reason", "not the pump", form="text")
        now = dict(self.assets("a.name, a.asset_id"))
        self.assertEqual(set(now), {ADDR, "drive-7", RELAY})
        self.assertNotIn(now["drive-7"], ids.values())
        self.assertEqual(self.rows("name", "t.name, asset_id"), [["drive-7", now["drive-7"]]])
        self.assertEqual({row[0] for row in self.rows("fact", "asset_id") if row[0] == ids[ADDR]}, set())
        self.assertEqual([row for row in self.rows("key_sighting", "value, asset_id") if row[0] == DRIVE],
                         [[DRIVE, now["drive-7"]]] * 2)
        self.assertEqual(self.hear(DRIVE, DCP | {"dcp.name": "drive-9"}, method="greeting")["assets_new"], 0)
        self.assertEqual(self.rows("name", "t.name, asset_id"), [["drive-9", now["drive-7"]]])
        number = self.register.one("SELECT max(decision_id) FROM asset_decision WHERE kind = 'split'")
        self.call("asset", "undo", number, "--reason", "it is", form="text")
        self.assertEqual(self.rows("name", "t.name, asset_id"), [["drive-9", ids[ADDR]]])
        self.check_hidden()

    def learn(self, asset, was, now):
        """An asset that turns out to have another MAC than it was filed with: as after a rule that was too strict."""
        for table in ("identity_key", "key_sighting"):
            self.register.sql(f"UPDATE {table} SET value = '{now}' WHERE value = '{was}' AND type = 'mac' "
                              f"AND asset_id = {asset}")

    def test_compared_with_all_others(self):
        """`asset match` compares a station with what has an address: proposed, and until somebody decides nothing moves."""
        self.hear(DRIVE, DCP)
        self.take(self.bundle().host(ADDR, "00:0e:cf:99:99:99").key(ADDR, "ssh.hostkey.sha256", "a"))
        self.hear(RELAY, GOOSE)
        self.assertEqual(self.call("asset", "match"), [])
        ids = dict(self.assets("a.name, a.asset_id"))
        self.learn(ids[ADDR], "00:0e:cf:99:99:99", DRIVE)
        before = [self.rows(table, "*") for table in ("key_sighting", "identity_key", "name", "fact", "address")]
        for words in (("--dry-run",), ()):
            row, = self.call("asset", "match", *words, code=1)
            self.assertEqual((row["decision"], row["keys"], {row["asset"], row["other"]}),
                             ("proposal", f"mac {DRIVE}", {ADDR, "drive-7"}))
            self.assertEqual([self.rows(table, "*") for table in
                              ("key_sighting", "identity_key", "name", "fact", "address")], before)
        self.assertEqual(self.call("asset", "match"), [], "it is asked once")
        self.call("asset", "merge", ids["drive-7"], ids[ADDR], "--reason", "seen", form="text")
        self.assertEqual(self.call("asset", "match"), [])
        self.assertEqual(self.hear(DRIVE, DCP)["assets_new"], 0)
        self.assertEqual(len(self.assets()), 2)
        self.check_hidden()

    def give(self, key, *assets):
        """A key that assets turn out to have, at all places where they were met."""
        kind, value = key.split(" ")
        for asset in assets:
            self.register.sql(
                "INSERT INTO identity_key (asset_id, type, value, realm_id, strength, shared, verdict, reason, method, "
                f"from_run) SELECT DISTINCT ON (asset_id) asset_id, '{kind}', '{value}', realm_id, 'definitive', false, "
                f"verdict, '', method, from_run FROM identity_key WHERE asset_id = {asset}")
            self.register.sql(
                "INSERT INTO key_sighting (asset_id, address, type, value, realm_id, source, from_run) SELECT DISTINCT ON "
                f"(address) asset_id, address, '{kind}', '{value}', realm_id, 'dcp', from_run FROM key_sighting "
                f"WHERE asset_id = {asset}")

    def test_found_to_be_one(self):
        """By a key that proves it: what the station said goes on at the other, or the other way round."""
        self.take(self.bundle().host(ADDR).key(ADDR, "ssh.hostkey.sha256", "a"))
        self.hear(DRIVE, DCP)
        self.hear(RELAY, GOOSE)
        ids = dict(self.assets("a.name, a.asset_id"))
        self.give("serial acme:7", ids["drive-7"], ids[ADDR])
        row, = self.call("asset", "match", code=1)
        self.assertEqual((row["decision"], row["keys"], row["asset_id"], row["other_id"]),
                         ("merge", "serial acme:7", ids["drive-7"], ids[ADDR]))
        self.assertEqual(dict(self.assets("a.name, a.asset_id")), {"drive-7": ids[ADDR], RELAY: ids[RELAY]})
        self.assertEqual({row[1] for row in self.rows("key_sighting", "value, asset_id") if row[0] != RELAY},
                         {ids[ADDR]})
        self.assertEqual({row[1]: row[2] for row in self.rows("identity_key", "type, value, asset_id")
                          if row[0] == "station"}, {DRIVE: ids[ADDR], RELAY: ids[RELAY]})
        self.assertEqual(self.call("asset", "match"), [])
        self.assertEqual(self.hear(DRIVE, DCP)["assets_new"], 0)
        self.assertEqual(len(self.assets()), 2)
        self.check_hidden()

    def test_two_stations_are_two(self):
        """Two MACs without an address are two interfaces, whatever they have in common: a person is asked."""
        for mac, attributes in ((DRIVE, DCP), (RELAY, GOOSE)):
            self.hear(mac, attributes)
        ids = dict(self.assets("a.name, a.asset_id"))
        self.give("serial acme:7", ids["drive-7"], ids[RELAY])
        before = self.rows("key_sighting", "*")
        row, = self.call("asset", "match", code=1)
        self.assertEqual((row["decision"], row["keys"]), ("proposal", "serial acme:7"))
        self.assertEqual(self.rows("key_sighting", "*"), before)
        self.assertEqual(dict(self.assets("a.name, a.asset_id")), ids)

    def test_a_station_that_only_a_shared_mac_had_joined(self):
        self.hear(DRIVE, DCP)
        self.take(self.bundle().host(ADDR, DRIVE).key(ADDR, "ssh.hostkey.sha256", "a"))
        (_, asset), = self.assets("a.name, a.asset_id")
        self.assertEqual(self.call("asset", "match"), [])
        self.register.sql(f"UPDATE identity_key SET shared = true WHERE asset_id = {asset} AND type = 'mac'")
        row, = self.call("asset", "match", code=1)
        self.assertEqual(row["decision"], "split")
        now = dict(self.assets("a.name, a.asset_id"))
        self.assertEqual(set(now), {ADDR, "drive-7"})
        self.assertEqual(self.rows("name", "t.name, asset_id"), [["drive-7", now["drive-7"]]])
        self.assertEqual(self.rows("address", "host(address), asset_id"), [[ADDR, now[ADDR]]])
        self.assertEqual([row for row in self.rows("identity_key", "type, asset_id") if row[0] == "station"],
                         [["station", now["drive-7"]]])
        self.assertEqual({row[0] for row in self.rows("fact", "asset_id, subject") if row[1] == DRIVE},
                         {now["drive-7"]})
        self.assertEqual(self.hear(DRIVE, DCP)["assets_new"], 0)
        self.assertEqual(len(self.assets()), 2)
        self.check_hidden()

    def test_what_leaves_is_named_by_its_address(self):
        """A part that has a MAC and an IPv6 address, which is behind what stands for the MAC."""
        ssh, six = "ssh.hostkey.sha256", "2001:db8::7"
        self.register.run("grant", self.realm, "2001:db8::/32", "2020-01-01", "2099-01-01")
        b = self.bundle().host(ADDR).host(six, DRIVE).key(six, ssh, "a")
        for kind, value in ((ssh, "a"), ("snmp.engineid", "80001f8880a1b2c3d4e5f60718"), ("serial", "acme:1")):
            b.key(ADDR, kind, value)
        self.take(b)
        self.hear(DRIVE, GOOSE)
        (_, asset), = self.assets("a.name, a.asset_id")
        self.register.sql(f"UPDATE identity_key SET shared = true WHERE asset_id = {asset} AND type = '{ssh}'")
        self.assertEqual([row["decision"] for row in self.call("asset", "match", code=1)], ["split"])
        now = dict(self.assets("a.name, a.asset_id"))
        self.assertEqual((set(now), now[ADDR]), ({ADDR, six}, asset))
        self.assertEqual([row for row in self.rows("identity_key", "type, asset_id") if row[0] == "station"],
                         [["station", now[six]]])
        self.check_hidden()

    def test_since_when_it_is_known(self):
        """The run that met it without an address counts, now, at other times and after a decision."""
        self.hear(DRIVE, DCP)
        first = self.assets("a.first_run")[0][0]
        asset = self.assets("a.asset_id")[0][0]
        self.take(self.bundle().host(ADDR, DRIVE))
        self.take(self.bundle().host(OTHER))
        for time in self.register.times(self.realm):
            self.assertEqual(self.register.told_apart(time), [], time)
            then = self.register.sql(f"{THEN.format(time=time, run=1000000)} SELECT first_run "
                                     f"FROM cadastre_as_of.asset WHERE asset_id = {asset}")[1:]
            self.assertIn(then, ([], [[first]]), time)
        self.assertEqual(then, [[first]])
        other = dict(self.assets("a.name, a.asset_id"))[OTHER]
        self.call("asset", "merge", asset, other, "--reason", "seen", form="text")
        self.assertEqual(self.assets("a.first_run"), [[first]])
        number = self.register.one("SELECT max(decision_id) FROM asset_decision")
        self.call("asset", "undo", number, "--reason", "not so", form="text")
        self.assertIn([asset, first], self.assets("a.asset_id, a.first_run"))


if __name__ == "__main__":
    unittest.main(verbosity=2)
