#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Boundaries on a real register: when flows were seen, who held an address then, what is derived from
that, versions, decisions, and what they were at another time."""
import csv
import datetime
import io
import json
import subprocess
import sys
import pathlib
import unittest
import xml.etree.ElementTree as tree

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from register import START, Bundle, Register, psql_path, wait_for  # noqa: E402

TOOL, SOURCE, PROGRAM = sys.argv.pop(1), sys.argv.pop(1), sys.argv.pop(1)
NOW = datetime.datetime.now(datetime.timezone.utc)
FRONT, STATION, PANEL, WALL, OFFICE, HISTORIAN, NAMES = (
    "198.18.30.10", "198.18.40.11", "198.18.30.21", "198.18.30.1", "198.18.20.5", "198.18.10.9",
    "198.18.30.53")

REGISTER = """<register xmlns='urn:cadastre:register:1' realm='{realm}' document='D-1' as-of='2020-01-01'>
<organisations><organisation id='op' name='Operator' sector='energy.power'/></organisations>
<zones><zone id='control' name='Control' organisation='op'/>
<zone id='office' name='Office' organisation='op'/><zone id='dmz' name='DMZ' organisation='op'/></zones>
<conduits><conduit id='door' name='Firewall' zones='control office' protocols='https'
  boundary-device='{wall}'/></conduits>
<subnets><subnet prefix='198.18.30.0/24' name='dispatch' zone='control'/>
<subnet prefix='198.18.40.0/24' name='station' zone='control'/>
<subnet prefix='198.18.10.0/24' name='dmz' zone='dmz'/>
<subnet prefix='198.18.20.0/24' name='office' zone='office'/></subnets>
<businesses><business id='dispatch' name='Dispatch' organisation='op' sector='energy.power'
  function='dispatch' key='yes'/></businesses>
<systems><system id='scada' name='SCADA' organisation='op' sector='energy.power'
  class='industrial-control' kind='information-system' function='f' service-scope='prefecture'
  counterparts='both'><supports complete='yes'><support business='dispatch' strength='essential'/></supports>
  <assets><address value='{front}'/>{rules}</assets></system>
<system id='mail' name='Mail' organisation='op' sector='energy.power' class='general'
  kind='information-system' function='f' service-scope='prefecture' counterparts='internal'/></systems>
</register>"""


class Boundaries(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.register = Register(TOOL)
        cls.addClassCleanup(cls.register.close)
        cls.register.run("status")
        cls.register.hold()
        cls.realms = 0

    def setUp(self):
        Boundaries.realms += 1
        self.realm = f"plant-{Boundaries.realms}"
        self.register.run("grant", self.realm, "198.18.0.0/15", "2020-01-01", "2099-01-01")

    def program(self, *words, code=0):
        done = subprocess.run([PROGRAM, "--realm", self.realm, *words], capture_output=True,
                              text=True, env=self.register.env, timeout=300)
        self.assertEqual(done.returncode, code, done.stderr + done.stdout)
        self.said = done.stderr
        return done.stdout

    def rows(self, *words, code=0):
        out = self.program("--format", "json", *words, code=code)
        return [json.loads(line) for line in out.splitlines()]

    def bundle(self, days_ago):
        hours = (NOW - START).total_seconds() / 3600 - 24 * days_ago
        return Bundle(realm=self.realm, at=hours)

    def heard(self, days_ago, *flows, others=()):
        """A run by listening: client, server, port and protocol (or None) of each."""
        bundle = self.bundle(days_ago)
        for addr in sorted({end for flow in flows for end in flow[:2]} | set(others)):
            bundle.host(addr, method="listening")
        for client, server, port, protocol in flows:
            attributes = {"layer": "flow", "port": str(port)}
            members = {"protocol": protocol} if protocol else {}
            if protocol:
                attributes["protocol"] = protocol
            bundle.say("link", "listening", client, peer=server, transport="tcp", port=port,
                       attributes=attributes, **members)
        return self.register.intake(bundle)

    def state(self, rules=""):
        path = self.register.path("register.xml")
        pathlib.Path(path).write_text(REGISTER.format(
            realm=self.realm, front=FRONT, wall=WALL, rules=rules), encoding="utf-8")
        self.program("register", "import", path)

    def derive(self, code=0):
        return self.rows("boundary", "derive", "scada", code=code)[0]

    def members(self, *words):
        return {row["addresses"]: row for row in self.rows("boundary", "show", "scada", *words)
                if row["part"] == "member"}

    def notes(self, *words):
        return [row for row in self.rows("boundary", "show", "scada", *words)
                if row["part"] == "note"]

    def seen(self):
        """Rows of flow_seen: client, server, port, protocol, way and how many runs they span."""
        return self.register.sql(
            f"""SELECT host(client), host(server), port, protocol, way, last_run > first_run
            FROM flow_seen JOIN realm USING (realm_id) WHERE realm.name = '{self.realm}' ORDER BY 1, 2, 3,
            first_run""")

    # ---- flows

    def test_flows_go_on_until_a_week_passes_without_them(self):
        self.heard(60, (FRONT, STATION, 2404, None))
        self.heard(55, (FRONT, STATION, 2404, "iec104"))
        self.heard(50, (FRONT, STATION, 2404, None), (FRONT, STATION, 102, "mms"))
        self.assertEqual(self.seen(), [[FRONT, STATION, "102", "mms", "both", "f"],
                                       [FRONT, STATION, "2404", "iec104", "both", "t"]])
        self.heard(20, (FRONT, STATION, 2404, "iec104"))
        self.assertEqual([row[5] for row in self.seen() if row[2] == "2404"], ["t", "f"])
        # A late run adds what was not known to go on then, and changes nothing else.
        self.heard(53, (FRONT, STATION, 2404, "iec104"))
        self.assertEqual(len(self.seen()), 3)
        self.heard(58, (FRONT, STATION, 80, "http"))
        self.assertEqual(len(self.seen()), 4)

    def test_a_flow_of_one_way_and_of_an_unknown_one(self):
        bundle = self.bundle(3)
        for addr in (FRONT, STATION, PANEL, HISTORIAN):
            bundle.host(addr, method="listening")
        bundle.say("link", "listening", FRONT, peer=HISTORIAN, transport="udp", port=514,
                   attributes={"layer": "flow", "port": "514", "direction": "one-way"})
        bundle.say("link", "import", FRONT, peer=PANEL, attributes={"layer": "flow"})
        self.register.intake(bundle)
        self.assertEqual([row[4] for row in self.seen()], ["one-way", "unknown"])
        self.state()
        self.derive()
        self.assertEqual(set(self.members()), {FRONT, PANEL})
        self.assertEqual({n["what"] for n in self.notes()},
                         {"one-way", "unknown-direction", "device-not-met"})

    def test_what_the_register_knew_before(self):
        """Flows that were filed before the register kept them are known from their links."""
        self.heard(3, (FRONT, STATION, 2404, "iec104"))
        self.upgrade()
        self.assertEqual(self.seen(), [[FRONT, STATION, "2404", "iec104", "both", "f"]])

    def upgrade(self):
        path, = (pathlib.Path(SOURCE) / "schema/migrations").glob("*_boundary.sql")
        text = path.read_text(encoding="utf-8")
        insert = text[text.index("INSERT INTO cadastre.flow_seen"):text.index("ALTER TABLE cadastre.stage")]
        self.register.sql("DELETE FROM flow_seen; " + insert.rstrip().rstrip(";"))

    def test_who_asked_before_is_not_made_up(self):
        """Where one end was no asset or no port was told, the way of a flow is not known."""
        bundle = self.bundle(3).host(FRONT, method="listening").host(PANEL, method="listening")
        bundle.say("link", "listening", HISTORIAN, peer=FRONT, transport="tcp", port=443,
                   attributes={"layer": "flow", "port": "443"})
        bundle.say("link", "import", FRONT, peer=PANEL, attributes={"layer": "flow"})
        self.register.intake(bundle)
        self.upgrade()
        self.assertEqual(self.seen(), [[FRONT, HISTORIAN, "443", "", "unknown", "f"],
                                       [FRONT, PANEL, "0", "", "unknown", "f"]])

    # ---- what is derived

    def network(self):
        self.heard(10, (FRONT, STATION, 2404, "iec104"), (PANEL, FRONT, 443, None),
                   (OFFICE, FRONT, 443, "https"), (OFFICE, HISTORIAN, 1433, "mssql"),
                   (FRONT, NAMES, 53, "dns"), others=(WALL,))
        self.state()

    def test_members_have_reasons(self):
        self.network()
        row = self.derive()
        self.assertEqual((row["version"], row["members"], row["written"]), (1, 4, "yes"))
        members = self.members()
        self.assertEqual(set(members), {FRONT, STATION, PANEL, WALL})
        self.assertEqual({addr: m["what"] for addr, m in members.items()},
                         {FRONT: "system", STATION: "flow", PANEL: "flow", WALL: "boundary-device"})
        self.assertEqual(members[STATION]["reason"],
                         f"key business dispatch -> system scada -> address {FRONT} -> {FRONT} -> "
                         f"iec104 tcp/2404 -> {STATION}")
        self.assertEqual(members[STATION]["flow"], "iec104 tcp/2404")
        self.assertTrue(members[STATION]["seen"] and members[STATION]["run"])
        self.assertIn(f"stops at conduit door -> {WALL}", members[WALL]["reason"])
        self.assertEqual(members[WALL]["observed"], "no")
        words = {n["what"]: n["reason"] for n in self.notes()}
        self.assertEqual(set(words), {"boundary-device", "network-service"})
        self.assertIn(f"with {OFFICE}: conduit door, boundary device {WALL}", words["boundary-device"])
        self.assertEqual(self.rows("boundary", "list", "mail"), [])

    def test_a_version_is_written_if_it_differs(self):
        self.network()
        self.derive()
        before = self.program("--format", "json", "boundary", "show", "scada")
        self.assertEqual(self.derive()["written"], "no")
        # The same flow again is no difference; another one is.
        self.heard(5, (FRONT, STATION, 2404, "iec104"))
        self.assertEqual(self.derive()["written"], "no")
        self.assertEqual(self.program("--format", "json", "boundary", "show", "scada"), before)
        self.heard(4, (STATION, "198.18.40.12", 102, "mms"))
        row = self.derive(code=1)
        self.assertEqual((row["version"], row["added"], row["removed"], row["jaccard"]), (2, 1, 0, 0.8))
        self.assertEqual(self.program("--format", "json", "boundary", "show", "--version", "1", "scada"),
                         before)
        difference = self.rows("boundary", "diff", "scada", code=1)
        self.assertEqual([(d["act"], d["asset"]) for d in difference], [("added", "198.18.40.12")])
        self.assertIn("maximum/1 to maximum/2: 4 assets before, 5 after", self.said)
        self.assertIn("Jaccard 0.800", self.said)
        self.program("boundary", "diff", "--from", "maximum/1", "--to", "maximum/1", "scada")
        audit = [row for row in self.rows("audit", "list") if row["what"] == "boundary.derive"]
        self.assertIn("maximum version 2: 5 members", audit[-1]["detail"])

    def test_what_was_not_seen_lately_is_told(self):
        self.heard(200, (FRONT, STATION, 2404, "iec104"))
        self.state()
        self.derive()
        self.assertEqual(set(self.members()), {FRONT})
        self.assertEqual({n["what"] for n in self.notes()},
                         {"outside-window", "not-observed", "device-not-met"})

    def test_an_address_is_whose_it_was(self):
        """A station's address is another asset's since: the flow was the first one's."""
        self.heard(20, (FRONT, STATION, 2404, "iec104"))
        for days, key, addr in ((19, "one", STATION), (10, "two", STATION), (9, "one", "198.18.40.77")):
            bundle = self.bundle(days).host(addr).port(addr, 22)
            bundle.key(addr, "ssh.hostkey.sha256", key)
            self.register.intake(bundle)
        self.state()
        self.derive()
        self.assertEqual(set(self.members()), {FRONT, "198.18.40.77"})

    def test_a_late_run_tells_of_its_own_time(self):
        """Filed last, and so with the highest number: the address was still the first one's then."""
        for days, key, addr in ((30, "one", STATION), (10, "two", STATION), (9, "one", "198.18.40.77")):
            self.register.intake(self.bundle(days).host(FRONT).host(addr).port(addr, 22)
                                 .key(addr, "ssh.hostkey.sha256", key))
        self.heard(20, (FRONT, STATION, 2404, "iec104"))
        self.state()
        self.derive()
        self.assertEqual(set(self.members()), {FRONT, "198.18.40.77"})

    def test_what_is_retired_is_no_member(self):
        self.network()
        self.derive()
        asset = str(self.members()[STATION]["asset_id"])
        self.program("asset", "retire", asset, "--reason", "scrapped")
        self.assertEqual(self.derive(code=1)["removed"], 1)
        self.assertNotIn(STATION, self.members())
        note, = (n for n in self.notes() if n["what"] == "unregistered-peer")
        self.assertEqual(note["reason"], f"{FRONT} iec104 tcp/2404 with {STATION}: "
                         "no asset is known there that is not retired")
        for name in (asset, STATION):
            self.decide("--add", name, "--reason", "why", code=3)
            self.assertIn(f'asset "{name}" of realm {self.realm} is retired', self.said)

    def test_one_at_a_time(self):
        """Who waits for another program reads what that one wrote, and what else came in meanwhile."""
        self.network()
        self.derive()
        holder = subprocess.Popen(
            [psql_path(), "-X", "-q", "-At", "-h", self.register.socket(), "-U", "cadastre", "-d", "postgres"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.addCleanup(holder.communicate, timeout=60)
        print("SELECT pg_advisory_lock(4841, 10); SELECT 'held';", file=holder.stdin, flush=True)
        self.assertEqual([holder.stdout.readline() for _ in range(2)], ["\n", "held\n"])
        both = [subprocess.Popen(
            [PROGRAM, "--realm", self.realm, "boundary", *words, "scada", *more], stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True, env=self.register.env)
            for words, more in ((["derive"], ()), (["decide"], ("--official", "Li", "--decision", "B-1")))]
        wait_for(lambda: self.register.one(
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND classid = 4841 AND objid = 10 "
            "AND NOT granted") == "2", "both wait")
        self.heard(2, (STATION, "198.18.40.12", 102, "mms"))
        then = self.register.one("SELECT clock_timestamp() AT TIME ZONE 'UTC'") + "Z"
        holder.communicate(timeout=60)
        said = [process.communicate(timeout=300)[1] for process in both]
        # Whichever comes first, what is decided on is what the register says now, or nothing is.
        self.assertEqual(both[0].returncode, 1, said)
        self.assertIn(both[1].returncode, (0, 3), said)
        self.assertIn("198.18.40.12", self.members())
        self.assertNotIn("198.18.40.12", self.members("--as-of", then))
        if both[1].returncode:
            self.assertIn("the register changed since version 1", said[1])

    def test_what_was_merged_is_one(self):
        self.heard(20, (FRONT, STATION, 2404, "iec104"), (FRONT, "198.18.40.12", 2404, "iec104"))
        self.state()
        self.derive()
        ids = {addr: str(m["asset_id"]) for addr, m in self.members().items()}
        self.program("asset", "merge", ids["198.18.40.12"], ids[STATION], "--reason", "one box")
        self.assertEqual(self.derive(code=1)["members"], 2)
        self.assertEqual(self.rows("boundary", "diff", "scada"), [])
        self.assertIn("2 assets before, 2 after", self.said)

    def test_a_class_is_a_row(self):
        """And there may be many, up to a limit that is told."""
        self.network()
        self.register.sql("INSERT INTO flow_class VALUES ('https', 'service', 'a case')")
        try:
            self.derive()
            self.assertEqual({n["what"] for n in self.notes()}, {"network-service"})
            self.register.sql("INSERT INTO flow_class SELECT 'made-' || n, 'control', '' "
                              "FROM generate_series(1, 512) n")
            self.program("boundary", "derive", "scada", code=3)
            self.assertIn("flow_class names more than 512 protocols", self.said)
        finally:
            self.register.sql("DELETE FROM flow_class WHERE protocol = 'https' OR note = ''")

    # ---- decisions

    def decide(self, *words, number="B-1", code=0):
        return self.program("boundary", "decide", "scada", "--official", "Li", "--decision", number,
                            *words, code=code)

    def test_an_official_decides(self):
        self.network()
        self.decide(code=3)
        self.assertIn("no maximum boundary to decide on", self.said)
        self.derive()
        self.program("boundary", "decide", "scada", "--official", "Li", code=2)
        self.decide("--add", HISTORIAN, code=2)
        self.assertIn("needs a reason", self.said)
        self.decide("--reason", "none", code=2)
        for words, said in ((("--add", STATION), f"({STATION}) is in the maximum boundary"),
                            (("--remove", OFFICE), f"({OFFICE}) is not in the maximum boundary"),
                            (("--add", "nobody"), 'is called "nobody"'),
                            (("--add", OFFICE, "--add", OFFICE), "added twice")):
            self.decide(*words, "--reason", "why", code=3)
            self.assertIn(said, self.said)
        self.assertEqual(self.rows("boundary", "list", "--kind", "decided"), [])
        self.decide("--add", HISTORIAN, "--reason", "keeps its records", "--remove", PANEL,
                    "--reason", "a visitor's")
        self.assertIn('decided boundary of "scada", version 1 on maximum version 1: 4 assets', self.said)
        members = self.members()
        self.assertIn("decided by Li, B-1, on maximum version 1; where the walk ended and what was not "
                      "known is told by --kind maximum --version 1", self.said)
        self.assertEqual(set(members), {FRONT, STATION, WALL, HISTORIAN})
        self.assertEqual((members[HISTORIAN]["what"], members[HISTORIAN]["reason"]),
                         ("added", "keeps its records"))
        self.assertEqual([(n["what"], n["reason"]) for n in self.notes()],
                         [("removed", f"{PANEL} is not in the boundary: a visitor's")])
        self.assertEqual(set(self.members("--kind", "maximum")), {FRONT, STATION, WALL, PANEL})
        self.decide(number="B-2")
        for number, version in (("B-1", 1), ("B-2", 2)):
            self.decide(number=number, code=3)
            self.assertIn(f'decision {number} on the boundary of system "scada" was entered already, '
                          f"as version {version}", self.said)
        self.decide("--add", HISTORIAN, "--reason", "keeps its records", "--remove", PANEL,
                    "--reason", "a visitor's", number="B-3")
        self.assertEqual({(d["act"], d["asset"]) for d in self.rows("boundary", "diff", "scada", code=1)},
                         {("added", PANEL), ("removed", HISTORIAN)})
        audit = [row for row in self.rows("audit", "list") if row["what"] == "boundary.decide"]
        self.assertIn("by Li, decision B-3: 4 members", audit[-1]["detail"])
        self.program("audit", "verify")

    def test_nothing_is_decided_that_changed(self):
        self.network()
        self.derive()
        self.heard(2, (STATION, "198.18.40.12", 102, "mms"))
        self.decide(code=3)
        self.assertIn("the register changed since version 1", self.said)
        self.derive(code=1)
        self.decide()
        self.assertIn("198.18.40.12", self.members())

    def test_an_asset_is_called_as_elsewhere(self):
        """By the first label of its name as by the whole of it, by its MAC; but in this realm."""
        mac = "00:0e:cf:01:02:03"
        bundle = self.bundle(5).host(HISTORIAN).name(HISTORIAN, "archive.plant.example")
        self.register.intake(bundle.say("fact", "listening", mac=mac, attributes={"dcp.role": "device"}))
        self.network()
        self.derive()
        self.decide("--add", "archive", "--reason", "keeps its records", "--add", mac.upper(), "--reason",
                    "a drive on its wire")
        added = [m["asset"] for m in self.members().values() if m["what"] == "added"]
        self.assertEqual(sorted(added), [mac, "archive.plant.example"])
        Boundaries.setUp(self)
        self.network()
        self.register.intake(self.bundle(4).host(STATION).name(STATION, "archive.plant.example"))
        self.derive()
        self.decide("--remove", "archive", "--reason", "another realm has one too")
        self.assertNotIn(STATION, self.members())

    def test_as_it_was_then(self):
        self.network()
        self.derive()
        then = self.register.one("SELECT clock_timestamp() AT TIME ZONE 'UTC'") + "Z"
        self.heard(2, (STATION, "198.18.40.12", 102, "mms"))
        self.derive(code=1)
        self.decide("--remove", PANEL, "--reason", "a visitor's")
        self.assertEqual(set(self.members("--as-of", then)), {FRONT, STATION, PANEL, WALL})
        self.assertEqual([row["version"] for row in self.rows("boundary", "list", "--as-of", then)], [1])
        self.assertEqual([(row["kind"], row["version"]) for row in self.rows(
            "boundary", "list", "--all", "scada")], [("maximum", 1), ("maximum", 2), ("decided", 1)])
        self.assertEqual(self.rows("boundary", "list", "--kind", "decided", "scada")[0]["id"],
                         int(self.register.one("SELECT max(id) FROM boundary")))
        self.program("boundary", "show", "scada", "--as-of", "2020-01-01", code=3)
        self.assertIn("has no such boundary", self.said)

    def test_the_map_has_both(self):
        self.network()
        self.derive()
        self.decide("--remove", PANEL, "--reason", "a visitor's")
        path = self.register.path("business.svg")
        self.program("map", "--type", "business", "--language", "en", "-o", path)
        text = pathlib.Path(path).read_text(encoding="utf-8")
        self.assertIn("Boundary: 4 assets at most, 3 decided", text)
        self.assertIn("in a maximum boundary 1, in a decided one 1", text)

    # ---- the command

    def test_forms(self):
        self.network()
        self.program("boundary", "derive", code=2)
        self.program("boundary", "derive", "scada", "--all", code=2)
        self.program("boundary", "derive", "ghost", code=3)
        self.assertEqual([row["system"] for row in self.rows("boundary", "derive", "--all")],
                         ["mail", "scada"])
        self.program("boundary", "show", "scada", "--kind", "best", code=2)
        self.program("boundary", "diff", "scada", "--from", "maximum/x", code=2)
        self.program("boundary", "diff", "scada", code=3)
        text = self.program("boundary", "show", "scada")
        self.assertIn("boundary-device", text)
        self.assertIn('maximum boundary of "scada", version 1', self.said)
        cells = list(csv.DictReader(io.StringIO(
            self.program("--format", "csv", "boundary", "show", "--members", "scada"))))
        self.assertEqual({row["part"] for row in cells}, {"member"})
        root = tree.fromstring(self.program("--format", "xml", "boundary", "show", "scada"))
        self.assertEqual(len(root), len(self.rows("boundary", "show", "scada")))
        self.assertEqual(self.register.sql(
            f"SELECT system, kind, members FROM boundary_current WHERE realm = '{self.realm}' "
            "ORDER BY 1"), [["mail", "maximum", "0"], ["scada", "maximum", "4"]])


if __name__ == "__main__":
    unittest.main()
