#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Intake: bundles become facts; what did not change is not written; only what was looked for can be
found missing; what is out of scope, damaged or cut short is told apart."""
import os
import pathlib
import re
import signal
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from register import Bundle, Register, wait_for  # noqa: E402

TOOL, SOURCE = sys.argv.pop(1), sys.argv.pop(1)

FACTS = ("address", "name", "service", "identity_key", "fact", "link", "hop")


class Intake(unittest.TestCase):
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
        """Each case has a realm of its own, with everything of the test networks allowed."""
        Intake.realms += 1
        self.realm = f"realm-{Intake.realms}"
        self.register.run("grant", self.realm, "198.18.0.0/15", "2020-01-01", "2099-01-01",
                          "198.18.9.0/24")
        self.register.run("grant", self.realm, "2001:db8::/32", "2020-01-01", "2099-01-01")
        self.hour = 0

    def bundle(self, **options):
        self.hour += 1
        return Bundle(realm=self.realm, at=self.hour, **options)

    def take(self, bundle, code=0):
        return self.register.intake(bundle, code=code)

    def rows(self, columns, table, where="true", order="1"):
        return self.register.sql(
            f"SELECT {columns} FROM {table} t JOIN realm r USING (realm_id) "
            f"WHERE r.name = '{self.realm}' AND ({where}) ORDER BY {order}")

    def totals(self):
        return [self.register.one(f"SELECT count(*) || ' ' || count(until_run) FROM {table}")
                for table in FACTS]

    def network(self, noise=""):
        """Three hosts, two routers, paths, links, names, keys: one of everything."""
        b = self.bundle().covered("198.18.1.0/24").covered("198.18.2.0/24", "22,80,443")
        b.host("198.18.1.1", "00:00:0c:00:00:01").port("198.18.1.1", 22)
        b.service("198.18.1.1", 22, "ssh", raw=b"SSH-2.0-" + noise.encode(), product="OpenSSH",
                  version="9.2", **{"os.product": "Linux", "http.date": noise})
        b.key("198.18.1.1", "ssh.hostkey.sha256", self.realm + "r1")
        b.key("198.18.2.1", "ssh.hostkey.sha256", self.realm + "r1")
        b.host("198.18.2.10").port("198.18.2.10", 80, 443)
        b.service("198.18.2.10", 80, "http", product="nginx",
                  **{"http.title": "Welcome", "smtp.banner": f"ready at {noise or '08:15:00'}"})
        b.name("198.18.2.10", "www.plant.example.").host("198.18.2.11").port("198.18.2.11", 5432)
        for host in ("198.18.2.10", "198.18.2.11"):
            b.hop(host, 1, "198.18.1.1").hop(host, 2, "198.18.3.2").hop(host, 3, host)
        b.link("198.18.1.1", "198.18.3.2").link("198.18.2.10", "192.0.2.5", "flow", "flow")
        return b.fact("198.18.2.10", hw__vendor="Acme")

    # ---- filing

    def test_unchanged_network_adds_no_facts(self):
        first = self.take(self.network("10:00:00"))
        self.assertEqual(first["assets_new"], 4)
        self.assertEqual(first["services_new"], 4)
        self.assertGreater(first["facts"], 10)
        before = self.totals()
        runs = int(self.register.one("SELECT count(*) FROM asset_met"))
        evidence = self.register.one("SELECT count(*) FROM evidence")
        again = self.take(self.network("23:59:59"))
        self.assertEqual(
            {k: again[k] for k in ("facts", "assets_new", "services_new", "services_changed",
                                   "services_gone", "assets_quiet")},
            {"facts": 0, "assets_new": 0, "services_new": 0, "services_changed": 0,
             "services_gone": 0, "assets_quiet": 0})
        self.assertEqual(self.totals(), before)
        self.assertEqual(self.register.one("SELECT count(*) FROM evidence"), evidence)
        self.assertEqual(int(self.register.one("SELECT count(*) FROM asset_met")), runs + 4)
        self.assertEqual(self.register.one(
            f"SELECT count(*) FROM coverage WHERE run_id = {again['run']}"), "2")

    def test_runs_are_put_away(self):
        """A row of asset_seen holds 64 runs."""
        first = self.take(self.network("10:00:00"))["run"]
        ours = f"asset_id IN (SELECT asset_id FROM asset_met WHERE run_id = {first})"
        met = f"SELECT * FROM asset_met WHERE {ours} AND run_id <= {first + 2} ORDER BY 1, 2"
        put_away = f"SELECT asset_id, coalesce(up, heard) FROM asset_run WHERE {ours} ORDER BY 1"
        self.take(self.network("11:00:00"))
        self.register.sql(f"UPDATE asset_seen SET n = 63 WHERE {ours}")
        self.take(self.network("12:00:00"))
        before = self.register.sql(met)
        self.assertEqual(len(before), 12)
        self.assertEqual(self.register.sql(put_away), [])
        run = self.take(self.network("13:00:00"))["run"]
        self.assertEqual([row[1] for row in self.register.sql(put_away)],
                         [f"{{[{first},{run})}}"] * 4)
        self.assertEqual(self.register.sql(f"SELECT DISTINCT n, coalesce(up, heard) FROM asset_seen WHERE {ours}"),
                         [["1", f"{{[{run},{run + 1})}}"]])
        self.assertEqual(self.register.sql(met), before)
        self.assertEqual(
            self.register.one(f"SELECT count(*) FROM asset_met WHERE run_id = {run}"), "4")

    def test_partial_traces_are_no_change(self):
        """A scanner walks the trunk of the tree of paths for one address only, not always the same."""
        self.take(self.network())
        b = self.bundle().host("198.18.2.10").host("198.18.2.11").host("198.18.1.1")
        b.hop("198.18.2.10", 3, "198.18.2.10").hop("198.18.2.10", 2, "198.18.3.2")
        b.hop("198.18.2.11", 1, "198.18.1.1").hop("198.18.2.11", 2, "198.18.3.2")
        b.hop("198.18.2.11", 3, "198.18.2.11")
        self.assertEqual(self.take(b)["facts"], 0)

    def test_summary_roles_and_links(self):
        self.take(self.network())
        self.assertEqual(
            self.rows("t.name, role, vendor, os", "asset"),
            [["198.18.1.1", "router", "", "Linux"], ["198.18.2.11", "database", "", ""],
             ["198.18.3.2", "router", "", ""], ["www.plant.example", "server", "Acme", ""]])
        links = self.register.sql(
            "SELECT l.layer, l.grade, l.source, least(a.name, b.name), "
            "greatest(a.name, coalesce(b.name, host(l.peer_address))) FROM link l "
            "JOIN asset a USING (asset_id) LEFT JOIN asset b ON b.asset_id = l.peer_asset_id "
            f"JOIN realm r ON r.realm_id = l.realm_id WHERE r.name = '{self.realm}' "
            "ORDER BY 1, 4, 5")
        self.assertEqual(links, [
            ["flow", "measured", "flow", "www.plant.example", "www.plant.example"],
            ["l2", "claimed", "lldp", "198.18.1.1", "198.18.3.2"],
            ["l3", "measured", "hop", "198.18.1.1", "198.18.3.2"],
            ["l3", "measured", "hop", "198.18.2.11", "198.18.3.2"],
            ["l3", "measured", "hop", "198.18.3.2", "www.plant.example"]])

    def test_roles_by_what_is_asked_over_udp_and_sctp(self):
        b = self.bundle().covered("198.18.1.0/24")
        there = (("knxip", 3671, "controller"), ("ads", 48899, "controller"), ("fins", 9600, "controller"),
                 ("dnp3", 20000, "controller"), ("moxa", 4800, "controller"), ("mssql", 1434, "database"),
                 ("ike", 500, "firewall"), ("ipmi", 623, "bmc"), ("sip", 5060, "server"),
                 ("coap", 5683, "host"), ("wsd", 3702, "host"), ("ssdp", 1900, "host"),
                 ("mdns", 5353, "host"), ("netbios", 137, "host"), (None, 9600, "controller"),
                 ("openvpn", 1194, "firewall"), ("kerberos", 88, "server"), ("stun", 3478, "server"),
                 ("portmap", 111, "host"))
        for n, (protocol, port, _) in enumerate(there, 1):
            b.host(f"198.18.1.{n}").service(f"198.18.1.{n}", port, protocol, transport="udp")
        b.service("198.18.1.100", 3702, "wsd", transport="udp", **{"hw.device": "Printer"})
        b.service("198.18.1.101", 4800, "moxa", transport="udp", **{"hw.device": "Device Server"})
        b.service("198.18.1.102", 5353, "mdns", transport="udp",
                  **{"mdns.services": "_http._tcp _pdl-datastream._tcp"})
        b.service("198.18.1.103", 137, "netbios", transport="udp", **{"nbns.domain_controller": "yes"})
        b.service("198.18.1.104", 500, "ike", transport="udp").service("198.18.1.104", 443, "http")
        b.host("198.18.1.105").port("198.18.1.105", 3868, transport="sctp")
        b.service("198.18.1.106", 623, "ipmi", transport="udp").service("198.18.1.106", 5432, "postgresql")
        b.service("198.18.1.107", 111, "portmap", **{"portmap.programs": "portmapper 2-4, nfs 3-4"})
        b.service("198.18.1.108", 111, "portmap", **{"portmap.programs": "portmapper 2, vxi11-core 1"})
        b.service("198.18.1.109", 631, "ipp").service("198.18.1.109", 80, "http")
        b.service("198.18.1.115", 427, "slp", **{"slp.services": "service:printer:lpr"})
        b.service("198.18.1.110", 6000, "x11").service("198.18.1.110", 22, "ssh")
        b.service("198.18.1.111", 102, "mms")
        b.service("198.18.1.116", 2049, "nfs", **{"nfs.versions": "3, 4"})
        for n, facts in ((112, {"goose.control-block": "IED/LLN0$GO$a"}), (113, {"sv.id": "MU01"}),
                         (114, {"dcp.role": "device"})):
            b.host(f"198.18.1.{n}").fact(f"198.18.1.{n}", **facts)
        self.take(b)
        got = {int(row[0].split(".")[3]): row[1] for row in self.rows("t.name, role", "asset")}
        want = {n: role for n, (_, _, role) in enumerate(there, 1)}
        want |= {100: "printer", 101: "gateway", 102: "printer", 103: "domain-controller", 104: "firewall",
                 105: "server", 106: "database", 107: "server", 108: "controller", 109: "printer",
                 110: "host", 111: "controller", 112: "ied", 113: "ied", 114: "controller",
                 115: "printer", 116: "server"}
        self.assertEqual(got, want)

    def test_each_role_for_its_reason(self):
        """One case of each role at least, with what else it serves; and why."""
        device = "hw.device"
        cases = (
            # role, reason, protocol, port, product, facts
            ("plc", "hw.device = PLC", "s7", 102, "", {device: "PLC"}),
            ("plc", "enip.device_type = 14", "enip", 44818, "", {"enip.device_type": "14"}),
            ("rtu", "hw.device = RTU", "dnp3", 20000, "", {device: "RTU"}),
            ("ied", "hw.device = Protection Relay", "mms", 102, "", {device: "Protection Relay"}),
            ("drive", "hw.device = Drive", "modbus", 502, "", {device: "Drive"}),
            ("drive", "enip.device_type = 2", "enip", 44818, "", {"enip.device_type": "2"}),
            ("hmi", "hw.device = HMI", "vnc", 5900, "", {device: "HMI"}),
            ("hmi", "serves SIMATIC WinCC", "http", 80, "SIMATIC WinCC", {}),
            ("gateway", "hw.device = Device Server", "moxa", 4800, "", {device: "Device Server"}),
            ("gateway", "hw.device = Gateway", "modbus", 502, "", {device: "Gateway"}),
            ("controller", "serves iec104", "iec104", 2404, "", {}),
            ("controller", "hw.device = Building Automation", "http", 80, "", {device: "Building Automation"}),
            ("historian", "serves Proficy Historian", "http", 80, "Proficy Historian", {}),
            ("database", "serves mysql", "mysql", 3306, "MariaDB", {}),
            ("hypervisor", "hw.device = Hypervisor", "http", 80, "", {device: "Hypervisor"}),
            ("hypervisor", "os.product = ESXi", "http", 443, "", {"os.product": "ESXi"}),
            ("storage", "hw.device = NAS", "smb", 445, "", {device: "NAS"}),
            ("storage", "os.product = DSM", "http", 5000, "", {"os.product": "DSM"}),
            ("bmc", "hw.device = Lights Out Management", "http", 80, "", {device: "Lights Out Management"}),
            ("bmc", "serves ipmi", "ipmi", 623, "", {}),
            ("domain-controller", "ldap.controller_level = 7", "ldap", 389, "", {"ldap.controller_level": "7"}),
            ("ups", "hw.device = UPS", "snmp", 161, "", {device: "UPS"}),
            ("ups", "hw.device = Power Device", "http", 80, "", {device: "Power Device"}),
            ("access-point", "hw.device = WAP", "ssh", 22, "", {device: "WAP"}),
            ("switch", "hw.device = Switch", "ssh", 22, "", {device: "Switch"}),
            ("router", "hw.device = Broadband Router", "http", 80, "", {device: "Broadband Router"}),
            ("firewall", "hw.device = Firewall", "https", 443, "", {device: "Firewall"}),
            ("printer", "hw.device = Multifunction Device", "http", 80, "", {device: "Multifunction Device"}),
            ("camera", "hw.device = IP Camera", "rtsp", 554, "", {device: "IP Camera"}),
            ("camera", "serves rtsp", "rtsp", 554, "", {}),
            ("phone", "hw.device = VoIP", "sip", 5060, "", {device: "VoIP"}),
            ("terminal", "hw.device = Mobile Phone", "http", 80, "", {device: "Mobile Phone"}),
            ("terminal", "os.product = Windows 10", "smb", 445, "", {"os.product": "Windows 10"}),
            ("server", "os.product = Windows Server 2022", "rdp", 3389, "", {"os.product": "Windows Server 2022"}),
            ("server", "serves smb", "smb", 445, "", {"os.product": "Windows Server 2019 or Windows 10"}),
            ("host", "serves ssh", "ssh", 22, "OpenSSH", {}))
        b = self.bundle().covered("198.18.1.0/24")
        for n, (_, _, protocol, port, product, facts) in enumerate(cases, 1):
            b.service(f"198.18.1.{n}", port, protocol, product=product, **facts)
        self.take(b)
        got = {row[0]: (row[1], row[2]) for row in self.rows("t.name, role, role_reason", "asset")}
        for n, (role, reason, *_) in enumerate(cases, 1):
            self.assertEqual(got[f"198.18.1.{n}"], (role, reason))
        given = {row[0] for row in self.register.sql("SELECT DISTINCT role FROM role_rule")}
        self.assertEqual(given - {role for role, *_ in cases}, set(), "a role without a case")
        drawn = re.findall(r'"([a-z-]+)"', (pathlib.Path(SOURCE) / "common/model/estate.c").read_text())
        self.assertEqual(given - set(drawn), set(), "a role without a symbol")

    def test_words_are_matched_once(self):
        """A rule is matched against each protocol, product and attribute that there is, not against each again
        for every asset."""
        query = (pathlib.Path(SOURCE) / "schema/queries/intake_role.sql").read_text(encoding="utf-8")
        plan = "\n".join(row[0] for row in self.register.sql("EXPLAIN " + query.replace("$1", "1")))
        for name in ("attribute", "protocol", "product"):
            self.assertRegex(plan, rf"\bCTE {name}\n")

    def test_every_protocol_has_a_kind_of_exposure(self):
        rooms = pathlib.Path(SOURCE) / "scanner/protocol"
        listed = re.findall(r"^PROTOCOL\((\w+)\)", (rooms / "protocols.list").read_text(), re.M)
        names = {name for path in rooms.glob("*.c")
                 for name in re.findall(r"^const struct protocol protocol_\w+ = \{\s*\.name = \"(\w+)\"",
                                        path.read_text(), re.M)}
        self.assertGreater(len(listed), 35)
        self.assertGreaterEqual(len(names), 34)
        known = {row[0] for row in self.register.sql(
            "SELECT protocol FROM exposure_kind WHERE protocol <> '' AND kind <> 'unknown'")}
        self.assertEqual(names - known, set())

    def test_counts_close(self):
        b = self.bundle().host("198.18.1.5").host("203.0.113.9").host("198.18.9.9")
        b.say("port", "syn", "198.18.1.5").say("name", "greeting", "198.18.1.5")
        b.say("hop", "trace", "198.18.1.5").say("link", "greeting", "198.18.1.5")
        b.say("coverage", "syn", attributes={"cidr": "nonsense", "method": "syn"})
        b.say("coverage", "syn", attributes={"cidr": "198.18.0.0/16", "ports": "9-1"})
        b.say("host", "echo", "224.0.0.1").say("host", "echo", "0.0.0.0")
        b.host("127.0.0.1").host("203.0.113.10", method="listening")
        b.say("fact", "listening", mac="02:00:00:00:00:29", attributes={"dcp.name": "valve-1"})
        b.say("fact", "listening", mac="03:00:00:00:00:29", attributes={"dcp.name": "valve-2"})
        n = self.take(b)
        self.assertEqual((n["taken"], n["refused_scope"], n["refused_invalid"]), (4, 4, 7))
        self.assertEqual(n["taken"] + n["refused_scope"] + n["refused_invalid"], len(b.lines) - 1)
        self.assertEqual([r[0] for r in self.rows("t.name", "asset")],
                         ["198.18.1.5", "203.0.113.10", "this machine", "valve-1"])
        trail = self.register.sql("SELECT what, detail FROM audit ORDER BY seq DESC LIMIT 1")[0]
        self.assertEqual(trail[0], "run.refuse")
        self.assertIn("203.0.113.9", trail[1])

    def test_coverage_must_be_granted_too(self):
        b = self.bundle().covered("198.18.0.0/16").covered("198.18.8.0/22").covered("2001:db8::/32")
        b.covered("198.16.0.0/13").covered("203.0.113.0/24")
        b.covered("127.0.0.0/8").covered("::1")
        n = self.take(b)
        self.assertEqual((n["taken"], n["refused_scope"]), (5, 2))

    def test_what_a_failed_attempt_left_does_not_count(self):
        """While somebody else is staging, staging is not cleared; the batch's own rows are."""
        other = self.register.popen("intake", "-", "a case")
        other.stdin.write(self.bundle().bytes(trailer=False).decode())
        other.stdin.flush()
        wait_for(lambda: self.register.sql(
            "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND classid = 4841 AND objid = 3 "
            "AND mode = 'ShareLock'"), "the other one must be staging")
        b = self.bundle().host("198.18.1.1")
        self.register.sql("INSERT INTO stage_endpoint VALUES "
                          f"({int(b.id[:15], 16)}, '198.18.44.44', NULL, true, true, 'echo')")
        self.assertEqual(self.take(b)["assets_new"], 1)
        other.communicate("", timeout=60)
        self.assertEqual(other.returncode, 7)

    def test_scope_is_that_of_the_time_of_observation(self):
        grant = self.register.run("grant", "short " + self.realm, "198.18.0.0/15",
                                  "2026-03-01T08:00:00Z", "2026-03-01T10:00:00Z")
        self.realm = "short " + self.realm
        self.assertEqual(self.take(Bundle(self.realm, at=1).host("198.18.1.1"))["taken"], 1)
        self.assertEqual(self.take(Bundle(self.realm, at=3).host("198.18.1.2"))["refused_scope"], 1)
        # Revoking does not undo what was allowed when it was done.
        self.register.run("revoke", grant["id"], "enough")
        self.assertEqual(self.take(Bundle(self.realm, at=1).host("198.18.1.3"))["taken"], 1)

    def test_realms_stay_apart(self):
        for realm in ("west", "east"):
            name = f"{realm} {self.realm}"
            self.register.run("grant", name, "198.18.0.0/15", "2020-01-01", "2099-01-01")
            n = self.take(Bundle(name).host("198.18.1.1")
                          .key("198.18.1.1", "snmp.engineid", "vendor-default-" + self.realm))
            self.assertEqual(n["assets_new"], 1)
        self.assertEqual(self.register.one(
            "SELECT count(DISTINCT asset_id) FROM address JOIN realm USING (realm_id) "
            f"WHERE realm.name LIKE '%t {self.realm}' AND address = '198.18.1.1'"), "2")

    def test_many_rows(self):
        """Past HISTORY_BULK observations the reconcile is planned otherwise, and past one buffer of
        4 MiB staging is sent in parts; what comes out is the same."""
        def many(version, without=None, changed=(7,)):
            b = self.bundle().covered("198.18.0.0/16", "80-84")
            for n in range(260):
                addr = f"198.18.{n // 130}.{1 + n % 130}"
                b.host(addr).key(addr, "snmp.engineid", f"{self.realm} {n // 2}")
                for port in range(80, 85):
                    if (n, port) != without:
                        b.service(addr, port, "http", raw=bytes([n % 256]) * 4000,
                                  product="nginx", version=version if n in changed else "1",
                                  **{"http.title": f"page {n % 3}"})
                b.hop(addr, 1, "198.18.200.1").hop(addr, 2, addr)
            return b
        first = self.take(many("1"))
        self.assertGreater(first["taken"], 2000)
        self.assertEqual((first["assets_new"], first["services_new"]), (131, 1300))
        self.assertEqual(self.take(many("1"))["facts"], 0)
        n = self.take(many("2", without=(9, 84)))
        self.assertEqual((n["services_new"], n["services_changed"], n["services_gone"]), (0, 5, 1))
        self.assertEqual(n["facts"], 5 * 2 + 1 + 1, "changed, gone, and the title that went with it")
        n = self.take(many("3", changed=range(260)))
        self.assertEqual((n["services_new"], n["services_changed"], n["services_gone"]),
                         (1, 1299, 0), "what is held at few addresses is looked up, at all it is read")
        held = "count(*) FILTER (WHERE until_run IS NULL), count(until_run)"
        self.assertEqual(self.rows(held, "service"), [["1300", "1305"]])

    def test_sums_hide_nothing(self):
        """Services are compared only where the sums of their digests differ: whatever is new, gone,
        changed or told twice makes them differ."""
        def scan(*services, ports=()):
            b = self.bundle().covered("198.18.1.0/24", "1-1000").host("198.18.1.7")
            b.port("198.18.1.7", *ports)
            for port, product in services:
                b.service("198.18.1.7", port, "http", product=product)
            n = self.take(b)
            return tuple(n["services_" + what] for what in ("new", "changed", "gone"))
        both = ((80, "a"), (81, "b"))
        self.assertEqual(scan(*both, ports=(80, 81, 90)), (3, 0, 0))
        known = [["80", "a"], ["81", "b"], ["90", ""]]
        for again in (dict(ports=(80, 81, 90)), dict(ports=(80, 90)),
                      dict(ports=(90, 90, 81, 80, 81)), dict(ports=(90,))):
            self.assertEqual(scan(*both, **again), (0, 0, 0), again)
        self.assertEqual(scan(ports=(80, 81, 90)), (0, 0, 0), "nobody greeted")
        self.assertEqual(scan((80, "a"), ports=(80, 81, 90)), (0, 0, 0), "one did")
        self.assertEqual(scan((81, "b"), (80, "a"), (80, "z"), ports=(90,)), (0, 0, 0), "first counts")
        self.assertEqual(self.rows("port, product", "service", "until_run IS NULL", "port"), known)
        self.assertEqual(scan((80, "b"), (81, "a"), ports=(80, 81, 90)), (0, 2, 0), "in turn")
        self.assertEqual(scan(*both, ports=(80, 81, 90, 91, 91)), (1, 2, 0), "a new one, told twice")
        self.assertEqual(scan(*both, ports=(80, 81, 90)), (0, 0, 1))
        self.assertEqual(scan((80, "a"), ports=(80, 90, 92)), (1, 0, 1), "one for another")
        self.assertEqual(scan((80, "a"), ports=(80, 80)), (0, 0, 2), "two missing, one twice")
        # A row without digest is compared as it is.
        self.register.sql("UPDATE service SET digest = NULL")
        self.assertEqual(scan((80, "a"), ports=(80,)), (0, 0, 0))
        self.assertEqual(scan((80, "c"), ports=(80,)), (0, 1, 0))

    # ---- change

    def test_addresses_that_are_as_they_were(self):
        """What identity read of an address goes with its answer: only of what is filed anew it is told why,
        and only that is compared again."""
        a, mac, other = "198.18.1.5", "00:00:0c:00:00:05", "00:00:0c:00:00:06"

        def met(method=None, mac=None, **service):
            b = self.bundle().host(a, mac, method)
            return self.take(b.service(a, 80, "http", **service) if service else b)["facts"]

        def staged():
            return self.register.sql("SELECT same, reason <> '', digests IS NULL FROM stage_identity "
                                     f"WHERE address = '{a}'")
        self.assertEqual(met("import"), 1)
        self.assertEqual(self.rows("grade", "address"), [["claimed"]])
        self.assertEqual(staged(), [["f", "t", "f"]])
        self.assertEqual(met("echo"), 2, "it is measured now")
        self.assertEqual(staged(), [["f", "t", "f"]], "what was claimed is compared again")
        self.assertEqual(met("echo"), 0)
        self.assertEqual(staged(), [["t", "f", "f"]])
        self.assertEqual(met(mac=mac), 3, "with its MAC, and that as a key")
        self.assertEqual(met(mac=mac), 0)
        self.assertEqual(met("echo"), 0, "a MAC that is not told says nothing")
        self.assertEqual(staged(), [["t", "f", "f"]])
        self.assertEqual(met(mac=mac, product="a"), 1)
        met(mac=other)
        self.assertNotEqual(staged()[0][0], "t")
        self.assertEqual(self.rows("t.mac", "address", f"t.until_run IS NULL AND t.address = '{a}'"),
                         [[other]])
        self.assertIn(["t", "t"], self.rows("t.reason <> '', t.until_run IS NULL", "address",
                                            f"t.mac = '{other}'"))

    def test_what_is_overheard_has_no_sum(self):
        """It may be a part: nothing is ended for it, and what it names is compared."""
        a = "198.18.1.6"
        self.take(self.bundle().covered("198.18.1.0/24", "80,81").host(a)
                  .service(a, 80, "http", product="a").service(a, 81, "http", product="b"))
        n = self.take(self.bundle().service(a, 80, "http", method="listening", product="c"))
        self.assertEqual((n["services_changed"], n["services_gone"]), (1, 0))
        self.assertEqual(self.register.one(
            f"SELECT digests IS NULL FROM stage_identity WHERE address = '{a}'"), "t")

    def test_addresses_that_an_asset_lost(self):
        """Whether any asset met has an address that was not met is known when identity has been decided; only
        then is it asked which are gone."""
        one, two = "198.18.1.21", "198.18.2.21"

        def met(*addrs):
            b = self.bundle().covered("198.18.1.0/24").covered("198.18.2.0/24")
            for addr in addrs:
                b.host(addr).key(addr, "snmp.engineid", f"engine {self.realm}")
            return self.take(b)["facts"]
        met(one, two)
        self.assertEqual(met(one, two), 0)
        self.assertEqual(met(one), 1, "the other one is gone")
        self.assertEqual(self.rows("t.address, t.until_run IS NULL", "address"),
                         [[one, "t"], [two, "f"]])
        self.assertGreater(met(two), 1, "it moved: there again, and the other one gone")
        self.assertEqual(self.rows("t.address", "address", "until_run IS NULL"), [[two]])

    def test_this_machine_at_another_loopback_address(self):
        """It is known by none of the addresses of the bundle, and yet has one that was not met."""
        self.register.run("grant", self.realm, "127.0.0.0/8", "2020-01-01", "2099-01-01")
        self.take(self.bundle().host("127.0.0.1"))
        self.assertEqual(self.take(self.bundle().covered("127.0.0.0/8").host("127.0.0.2"))["assets_new"], 0)
        self.assertEqual(self.rows("t.address, t.until_run IS NULL", "address"),
                         [["127.0.0.1", "f"], ["127.0.0.2", "t"]])

    def test_seen_for_the_first_time(self):
        """Assets that no run had said anything of are looked for if some are met, known ones beside them."""
        self.take(self.bundle().host("198.18.1.31"))
        self.take(self.bundle().host("198.18.1.31").host("198.18.1.32"))
        self.take(self.bundle().host("198.18.1.31").host("198.18.1.32"))
        self.assertEqual(self.register.sql(
            "SELECT a.name, s.n, s.last_run = (SELECT max(run_id) FROM run) FROM asset_seen s "
            f"JOIN asset a USING (asset_id) JOIN realm r USING (realm_id) WHERE r.name = '{self.realm}' "
            "ORDER BY a.name"), [["198.18.1.31", "3", "t"], ["198.18.1.32", "2", "t"]])

    def test_service_gone_and_changed(self):
        self.take(self.network())
        b = self.bundle().covered("198.18.2.0/24", "80,443").host("198.18.2.10")
        b.service("198.18.2.10", 80, "http", product="nginx", version="1.22",
                  **{"http.title": "Welcome", "smtp.banner": "ready at 09:00:00"})
        n = self.take(b)
        self.assertEqual((n["services_new"], n["services_changed"], n["services_gone"]), (0, 1, 1))
        self.assertEqual(
            self.rows("port, version, until_run IS NULL", "service",
                      "address = '198.18.2.10'", "port, from_run"),
            [["80", "", "f"], ["80", "1.22", "t"], ["443", "", "f"]])
        # It comes back: a new row, the old one stays.
        n = self.take(self.bundle().covered("198.18.2.0/24", "443").port("198.18.2.10", 443))
        self.assertEqual(n["services_new"], 1)
        self.assertEqual(len(self.rows("1", "service",
                                       "address = '198.18.2.10' AND port = 443")), 2)

    def test_what_was_not_looked_for_stays(self):
        self.take(self.network())
        n = self.take(self.bundle().covered("198.18.2.0/24", "1-79,8080").host("198.18.2.10")
                      .covered("198.18.1.0/24", "80"))
        self.assertEqual((n["services_gone"], n["services_changed"]), (0, 0))
        self.assertEqual(n["assets_quiet"], 2, "the two that were looked for and silent")

    def test_silent_host_is_quiet_and_loses_nothing(self):
        self.take(self.network())
        before = self.totals()
        n = self.take(self.bundle().covered("198.18.2.8/29", "22,80,443,5432")
                      .host("198.18.2.10").port("198.18.2.10", 443)
                      .service("198.18.2.10", 80, "http", product="nginx", **{
                          "http.title": "Welcome", "smtp.banner": "ready at 1:00:00 pm"}))
        self.assertEqual((n["assets_quiet"], n["services_gone"], n["facts"]), (1, 0, 1))
        self.assertEqual(self.rows("state", "asset", "t.name = '198.18.2.11'"), [["quiet"]])
        self.assertEqual(self.rows("value", "fact", "attribute = 'state' AND until_run IS NULL"),
                         [["quiet"]])
        n = self.take(self.bundle().covered("198.18.2.8/29", "22")
                      .host("198.18.2.10"))
        self.assertEqual((n["assets_quiet"], n["facts"]), (0, 0), "quiet still is no change")
        n = self.take(self.bundle().host("198.18.2.11"))
        self.assertEqual(n["facts"], 1)
        self.assertEqual(self.rows("state", "asset", "t.name = '198.18.2.11'"), [["seen"]])
        after = self.totals()
        self.assertEqual([a for a, t in zip(after, FACTS) if t != "fact"],
                         [b for b, t in zip(before, FACTS) if t != "fact"])

    def test_excluded_addresses_are_not_found_missing(self):
        self.take(self.bundle().say("host", "listening", "198.18.9.7"))
        self.assertEqual(self.take(self.bundle().covered("198.18.8.0/22", "22"))["assets_quiet"], 0)

    def test_open_port_alone_does_not_undo_what_is_known(self):
        self.take(self.network())
        b = self.bundle().covered("198.18.1.0/24", "22").port("198.18.1.1", 22)
        self.assertEqual(self.take(b)["services_changed"], 0)
        # What was only overheard changes what it names, no more.
        b = self.bundle().service("198.18.1.1", 22, None, method="listening")
        self.assertEqual(self.take(b)["services_changed"], 0)
        b = self.bundle().service("198.18.1.1", 22, "ssh", method="listening", product="dropbear")
        self.assertEqual(self.take(b)["services_changed"], 1)

    def test_vantages(self):
        self.take(self.network())
        self.take(self.bundle(vantage="internet").covered("198.18.2.0/24", "80,443")
                  .port("198.18.2.10", 443))
        exposed = "address = '198.18.2.10' AND until_run IS NULL"
        self.assertEqual(self.rows("port, internal, exposed", "service", exposed, "port"),
                         [["80", "t", "f"], ["443", "t", "t"]])
        self.assertEqual(self.rows("state", "asset", "state = 'quiet'"), [])
        n = self.take(self.bundle(vantage="internet").covered("198.18.2.0/24", "80,443")
                      .host("198.18.2.10"))
        self.assertEqual((n["services_changed"], n["services_gone"]), (1, 0))
        self.assertEqual(self.rows("port, internal, exposed", "service", exposed, "port"),
                         [["80", "t", "f"], ["443", "t", "f"]])

    def test_quiet_from_which_side(self):
        self.take(self.bundle().port("198.18.2.10", 443))
        self.take(self.bundle(vantage="internet").port("198.18.2.10", 443)
                  .port("198.18.2.20", 443))
        silent = ("198.18.2.0/24", "443")
        n = self.take(self.bundle(vantage="internet").covered(*silent))
        self.assertEqual(n["assets_quiet"], 1, "only what nobody but the Internet saw")
        self.assertEqual(self.take(self.bundle().covered(*silent))["assets_quiet"], 1)
        self.assertEqual(self.rows("t.name", "asset", "state = 'quiet'"),
                         [["198.18.2.10"], ["198.18.2.20"]])

    def test_names_follow_their_source(self):
        self.take(self.bundle().host("198.18.4.1").name("198.18.4.1", "old.example")
                  .name("198.18.4.1", "cert.example", "tls.san").name("198.18.4.1", "localhost"))
        self.take(self.bundle().host("198.18.4.1").name("198.18.4.1", "new.example")
                  .name("198.18.4.2", "nobody.example"))
        self.assertEqual(self.rows("t.name", "name", "until_run IS NULL"),
                         [["cert.example"], ["new.example"]])
        self.assertEqual(self.rows("t.name", "asset"), [["cert.example"]])

    def test_the_best_name(self):
        """The device's own, then a certificate's, then a name server's: what most addresses
        have, then the shortest."""
        a, b, c = "198.18.4.1", "198.18.4.2", "198.18.4.3"
        seen = lambda: self.bundle().host(a).host(b).host(c)  # noqa: E731
        def one(bundle):
            for address in (a, b, c):
                bundle.key(address, "ssh.hostkey.sha256", "5ca1ab1e" * 8)
            return bundle
        best = lambda: self.rows("t.name", "asset", "merged_into IS NULL")  # noqa: E731
        routers = lambda bundle: (  # noqa: E731
            one(bundle).name(a, "ge-0-0-1.core.example", "dns.ptr")
            .name(b, "vl.example", "dns.ptr").name(c, "core.example", "dns.ptr"))
        self.take(routers(seen()))
        self.assertEqual(best(), [["vl.example"]])
        self.take(one(seen()).name(a, "core.example", "dns.ptr").name(b, "vl.example", "dns.ptr")
                  .name(c, "core.example", "dns.ptr"))
        self.assertEqual(best(), [["core.example"]])
        again = (one(seen()).name(a, "core.example", "dns.ptr").name(b, "vl.example", "dns.ptr")
                 .name(c, "core.example", "dns.ptr"))
        self.assertEqual(self.take(again)["facts"], 0)
        self.take(one(seen()).name(a, "zzz.core.example", "tls.san"))
        self.assertEqual(best(), [["zzz.core.example"]])
        self.take(one(seen()).name(b, "yyy.core.example", "smtp"))
        self.assertEqual(best(), [["yyy.core.example"]])
        self.assertEqual(self.rows("t.name", "name", "until_run IS NULL AND source = 'dns.ptr'"),
                         [["core.example"], ["core.example"], ["vl.example"]])

    def test_facts_end_with_their_service(self):
        self.take(self.network())
        self.take(self.bundle().covered("198.18.2.0/24", "80,443").host("198.18.2.10")
                  .port("198.18.2.10", 443))
        self.assertEqual(self.rows("attribute", "fact",
                                   "subject = '198.18.2.10 tcp/80' AND until_run IS NULL"), [])

    def test_evidence_is_the_first_proof(self):
        self.take(self.network("first"))
        self.take(self.network("second"))
        proof = self.register.sql(
            "SELECT convert_from(e.bytes, 'UTF8') FROM service s JOIN evidence e "
            f"ON e.sha256 = s.evidence JOIN realm r USING (realm_id) WHERE r.name = '{self.realm}'"
            " AND s.protocol = 'ssh'")
        self.assertEqual(proof, [["SSH-2.0-first"]])

    # ---- bundles that are not whole

    def test_a_bundle_twice(self):
        b = self.network()
        first = self.take(b)
        again = self.take(b)
        self.assertEqual((again["already"], again["run"], again["facts"]), (1, first["run"], 0))

    def test_truncated(self):
        self.take(self.network())
        cut = self.bundle().covered("198.18.2.0/24", "80,443").host("198.18.2.10")
        n = self.take(cut.bytes(trailer=False), code=7)
        self.assertIn("bundle", self.register.message)
        self.assertIn("kept", self.register.message)
        self.assertEqual((n["truncated"], n["taken"]), (1, 2))
        self.assertEqual((n["services_gone"], n["assets_quiet"]), (0, 0))
        # Cut again: taken before. The whole of it later: taken then.
        self.assertEqual(self.take(cut.bytes(trailer=False), code=7)["already"], 1)
        n = self.take(cut)
        self.assertEqual((n["already"], n["services_gone"]), (0, 2))
        self.assertEqual(self.take(cut)["already"], 1)

    def test_stopped(self):
        """Nothing is concluded from a scan that was stopped, whatever it says it had looked at: not when
        it comes, and not when it comes late or something late comes before it."""
        def cut(at):
            return (Bundle(realm=self.realm, at=at).covered("198.18.2.0/24", "80,443")
                    .host("198.18.2.10"))
        gone = lambda: self.rows("t.address, t.port", "service", "until_run IS NOT NULL")  # noqa: E731
        self.take(self.network())
        before = self.rows("attribute", "fact", "until_run IS NULL")
        n = self.take(cut(10).bytes(stopped=1))
        self.assertEqual((n["services_gone"], n["assets_quiet"], n["late"]), (0, 0, 0))
        self.assertEqual(self.register.sql(f"SELECT cidr FROM coverage WHERE run_id = {n['run']}"), [])
        self.assertEqual((gone(), self.rows("attribute", "fact", "until_run IS NULL")), ([], before))
        self.assertEqual(self.take(cut(10).bytes(stopped=1))["already"], 0, "another bundle")
        late = self.take(cut(5).bytes(stopped=1))
        self.assertEqual((late["late"], late["services_gone"]), (1, 0))
        self.assertEqual(gone(), [])
        # What was found before a stop that is filed later lasts: the stop looked for nothing.
        late = self.take(Bundle(realm=self.realm, at=4).covered("198.18.2.0/24", "80,443")
                         .host("198.18.2.10").port("198.18.2.10", 443))
        self.assertEqual((late["late"], gone()), (1, []))
        n = self.take(cut(20).bytes(stopped=0))
        self.assertEqual((n["late"], n["services_gone"]), (0, 2))

    def test_malformed_bundles_leave_nothing(self):
        good = self.network().bytes().split(b"\n")
        before = self.totals()
        runs = self.register.one("SELECT count(*) FROM run")
        for name, data in (
                ("empty", b""), ("no header", b"{}\n"), ("not JSON", good[0] + b"\n{oops\n"),
                ("altered", b"\n".join(good).replace(b"OpenSSH", b"OpenSSI")),
                ("vantage", good[0].replace(b"internal", b"moon") + b"\n"),
                ("NUL", b"\x00" * 100 + b"\n"),
                ("line", good[0] + b"\n" + b"x" * (600 * 1024) + b"\n")):
            with self.subTest(name):
                self.take(data, code=3)
                self.assertIn("bundle", self.register.message)
                self.assertIn("line", self.register.message)
        self.assertEqual(self.totals(), before)
        self.assertEqual(self.register.one("SELECT count(*) FROM run"), runs)

    def test_connection_lost_in_the_middle(self):
        b = self.network()
        lines = b.bytes().splitlines(keepends=True)
        before = self.totals()
        taker = self.register.popen("intake", "-", "a case")
        taker.stdin.write(b"".join(lines[:5]).decode())
        taker.stdin.flush()
        backend = ("SELECT pid FROM pg_stat_activity WHERE application_name = 'cadastre' "
                   "AND query LIKE '%stage_open%'")
        wait_for(lambda: self.register.sql(backend), "the intake must be at work")
        self.register.sql(f"SELECT pg_terminate_backend(({backend} LIMIT 1)::int)")
        out, err = taker.communicate(b"".join(lines[5:]).decode(), timeout=120)
        self.assertEqual(taker.returncode, 4, err)
        self.assertEqual(len(err.strip().splitlines()), 1, err)
        self.assertEqual(out, "")
        self.assertEqual(self.totals(), before)
        self.assertEqual(self.take(b)["already"], 0)

    def test_two_at_once(self):
        """Two programs take the same bundle, others take theirs: each is filed once."""
        bundles = [self.network() for _ in range(3)]
        takers = []
        for number, bundle in enumerate(bundles + bundles):
            path = self.register.path(f"many{number}")
            pathlib.Path(path).write_bytes(bundle.bytes())
            takers.append(self.register.popen("intake", path, "a case"))
        told = [taker.communicate(timeout=300) for taker in takers]
        self.assertEqual([taker.returncode for taker in takers], [0] * 6, told)
        self.assertEqual(sum('"already":1' in out for out, _ in told), 3)
        self.assertEqual(len(self.rows("1", "run")), 3)
        self.assertEqual(self.rows("count(*), count(DISTINCT address)", "address",
                                   "until_run IS NULL"), [["5", "5"]])

    def test_server_killed_in_the_middle(self):
        """kill -9 of the server loses the batch, never what was filed, and never half of it."""
        self.take(self.network())
        before = self.totals()
        b = self.bundle().host("198.18.6.1").port("198.18.6.1", 80)
        taker = self.register.popen("intake", "-", "a case")
        lines = b.bytes().splitlines(keepends=True)
        taker.stdin.write(b"".join(lines[:2]).decode())
        taker.stdin.flush()
        wait_for(lambda: self.register.sql(
            "SELECT 1 FROM pg_stat_activity WHERE query LIKE '%stage_open%' "
            "AND application_name = 'cadastre'"), "the intake must be at work")
        os.kill(self.register.server_pid(), signal.SIGKILL)
        out, err = taker.communicate(b"".join(lines[2:]).decode(), timeout=120)
        self.assertEqual(taker.returncode, 4, err + out)
        self.register.release()
        self.register.run("status")
        self.assertEqual(self.totals(), before)
        self.assertEqual(self.take(b)["taken"], 2)
        self.assertEqual(self.register.run("verify")["bad"], 0)


if __name__ == "__main__":
    unittest.main()
