#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What changed since a decision, on a real register: a stopped router, a moved service, a merged
organisation each open a case, run their clock and end in a new entry; the list as it was stays, and
every entry is made again from what is kept. And the steps, clocks and reports of cases."""
import datetime
import json
import pathlib
import subprocess
import sys
import unittest
import xml.etree.ElementTree as tree

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from register import START, Bundle, Register  # noqa: E402

TOOL, SOURCE, PROGRAM = sys.argv.pop(1), pathlib.Path(sys.argv.pop(1)), sys.argv.pop(1)
NOW = datetime.datetime.now(datetime.timezone.utc)
TODAY = NOW.strftime("%Y-%m-%d")
FRONT, STATION, ROUTER, WALL, SPARE = (
    "198.18.30.10", "198.18.40.11", "198.18.30.1", "198.18.30.2", "198.18.40.77")

PACK = """<norm-pack xmlns='urn:cadastre:norm:1' id='t.case' version='{version}' unit='system' language='en'
 authority='t' effective-from='2020-01-01'><title>t</title><facts>
<fact name='customers' type='number' unit='person' label='c' select="metric[@name='customers-served']/@value"/>
<fact name='tier' type='number' label='t' select='tier/@final'/></facts>
<criteria><criterion id='A1' factor='harm' weight='60' test='$customers &gt;= 1000' basis='b'>Many</criterion>
<criterion id='A2' factor='harm' weight='12' test='$tier &gt;= 3' basis='b'>Tier</criterion>
<criterion id='A3' factor='harm' bright-line='yes' test='$customers &gt;= 100000' basis='b'>Very many</criterion>
</criteria>{outcomes}{change}
<clock event='received' within='P3M' action='re-identify' basis='Order 745 Art. 11'/>
<examples><example name='e' outcome='cii'><given fact='customers' value='1000'/><given fact='tier' value='1'/>
</example></examples></norm-pack>"""
REGISTER = """<register xmlns='urn:cadastre:register:1' realm='{realm}' document='{document}' as-of='2020-01-01'>
<organisations><organisation id='op' name='Op &lt;eins&gt;' sector='energy.power'>{events}</organisation>
<organisation id='op2' name='Second' sector='energy.power'/>
<organisation id='bureau' name='Bureau' sector='energy'><role code='protection-department'/></organisation>
</organisations>
<zones><zone id='control' name='C' organisation='op'/><zone id='station' name='S' organisation='op'/>
<zone id='far' name='F' organisation='op'/></zones>
<subnets><subnet prefix='198.18.30.0/24' name='d' zone='control'/>
<subnet prefix='198.18.40.0/24' name='s' zone='station'/>
<subnet prefix='198.18.50.0/24' name='f' zone='far'/></subnets>
<businesses><business id='dispatch' name='D' organisation='op' sector='energy.power' function='dispatch'
 key='yes'/></businesses><systems>{systems}</systems>{more}</register>"""
SYSTEM = """<system id='{id}' name='S {id}' organisation='{of}' sector='{sector}' class='industrial-control'
 kind='information-system' function='f' service-scope='prefecture' counterparts='both'
 lifecycle='{lifecycle}' {attributes}><tier s='1' a='{tier}'/>{metric}{inside}
 <supports complete='yes'>{support}</supports>{rules}</system>"""


class Base(unittest.TestCase):
    realms = 0

    @classmethod
    def setUpClass(cls):
        cls.register = Register(TOOL)
        cls.addClassCleanup(cls.register.close)
        cls.register.run("status")
        cls.register.hold()
        cls.install(cls, "1", "")

    def setUp(self):
        Base.realms += 1
        self.realm = f"plant-{Base.realms}"
        self.id = f"scada{Base.realms}"
        self.register.run("grant", self.realm, "198.18.0.0/15", "2020-01-01", "2099-01-01")
        self.is_now = {"of": "op", "sector": "energy.power", "lifecycle": "in-service", "tier": 3,
                       "metric": "<metric name='customers-served' value='5000' unit='person'/>",
                       "support": "<support business='dispatch' strength='essential'/>", "rules": "",
                       "inside": "", "attributes": ""}
        self.other = {"events": "", "more": "", "others": ""}
        self.documents = self.numbers = 0

    def install(self, version, change, outcomes="<outcome value='cii' when='bright or score &gt;= 60'/>"):
        path = self.register.path("pack.xml")
        pathlib.Path(path).write_text(PACK.format(version=version, change=change, outcomes=outcomes), encoding="utf-8")
        Base.call(self, "pack", "install", path, "--unsigned", "a case")

    def call(self, *words, code=0):
        done = subprocess.run([PROGRAM, *words], capture_output=True, text=True,
                              env=self.register.env, timeout=300)
        codes = code if isinstance(code, tuple) else (code,)
        assert done.returncode in codes, f"{words}: {done.returncode}: {done.stderr}{done.stdout}"
        self.said = done.stderr
        return done.stdout

    def program(self, *words, code=0):
        return self.call("--realm", self.realm, *words, code=code)

    def rows(self, *words, code=(0, 1)):
        return [json.loads(line) for line in self.program("--format", "json", *words, code=code).splitlines()]

    def state(self, **changes):
        self.is_now.update({k: v for k, v in changes.items() if k in self.is_now})
        self.other.update({k: v for k, v in changes.items() if k in self.other})
        self.documents += 1
        path = self.register.path("register.xml")
        system = SYSTEM.format(id=self.id, **self.is_now) if changes.get("there", True) else ""
        pathlib.Path(path).write_text(REGISTER.format(
            realm=self.realm, document=f"D-{self.documents}", systems=system + self.other["others"],
            events=self.other["events"], more=self.other["more"]), encoding="utf-8")
        self.program("register", "import", path)

    def bundle(self, days_ago):
        return Bundle(realm=self.realm, at=(NOW - START).total_seconds() / 3600 - 24 * days_ago)

    def number(self):
        self.numbers += 1
        return f"GX-{self.realm}-{self.numbers}"

    def decide(self, *words):
        self.program("identify", code=(0, 1))
        return self.program("designate", "accept", "--system", self.id, "--official", "Li Wei",
                            "--decision", self.number(), *words).strip()

    def check(self, code=(0, 1)):
        return {(r["trigger"], r["subject"]): r for r in self.rows("case", "check", "--system", self.id,
                                                                    code=code)}

    def triggers(self, **changes):
        self.state(**changes)
        return self.check()

    def advance(self, case, to, *words, code=0, date=TODAY):
        document = ("--document", f"P-{to}")
        return self.program("case", "advance", str(case), "--to", to, "--date", date, "--actor", "Wu Min",
                            *document, *words, code=code)

    def cases(self, *words, code=(0, 1)):
        return [r for r in self.rows("case", "list", "--system", self.id, *words, code=code)]


class Cases(Base):
    # ---- the three of the acceptance

    def finish(self, case, same=True):
        """From what was found to a new entry; the list as it was is told as before, and all replays."""
        moment = self.register.one("SELECT now()").replace(" ", "T").split("+")[0] + "Z"
        before = self.listed("--as-of", moment)
        then = self.rows("designation", "list", "--as-of", moment, "--known-at", moment)
        self.assertIn(self.id, before)
        self.assertIn(self.id, {r["system_id"] for r in then})
        self.advance(case, "triaged", "--class", "major")
        self.advance(case, "reported")
        if same:  # the norm says what it said
            self.program("designate", "accept", "--system", self.id, "--official", "Li Wei", "--decision", "GX-0",
                         code=3)
            self.assertIn(f"case {case} of it is decided on once its report was received", self.said)
        self.advance(case, "received")
        due = datetime.date.fromisoformat(self.cases()[0]["due"])
        today = datetime.date.fromisoformat(TODAY)
        self.assertEqual((due.year * 12 + due.month) - (today.year * 12 + today.month), 3)
        self.assertIn("nothing was decided", self.fails("re-identified", case))
        self.decide()
        self.program("designate", "accept", "--system", self.id, "--official", "Li Wei", "--decision", "GX-0",
                     code=3)
        self.assertIn("accepted this very proposal", self.said)
        self.advance(case, "re-identified")
        row = self.cases()[0]
        self.assertEqual({n["case"] for n in self.rows("notice", "list", "--system", self.id)
                          if n["designation"] == row["new_designation"]}, {int(case)})
        self.assertNotEqual(row["new_designation"], row["designation"])
        self.assertIn("was not sent", self.fails("notified", case))
        for notice in self.rows("notice", "list", "--system", self.id):
            if notice["designation"] == row["new_designation"]:
                self.program("notice", "send", str(notice["id"]), "--number", f"N-{notice['id']}")
        self.advance(case, "notified")
        self.advance(case, "informed")
        self.advance(case, "closed")
        self.assertEqual(self.cases("--open"), [])
        self.assertEqual(self.listed("--as-of", moment), before)
        self.assertEqual(self.rows("designation", "list", "--as-of", moment, "--known-at", moment), then)
        now = self.listed()[self.id]
        self.assertEqual(now[0], before[self.id][0], "it keeps its number")
        self.assertNotEqual(now[1], before[self.id][1])
        self.assertEqual([r["replay"] for r in self.rows("designation", "replay", self.id, code=0)], ["same"] * 2)
        self.assertEqual(len(self.rows("designation", "show", self.id)), 2)
        self.assertEqual(self.check(code=0), {})

    def listed(self, *words):
        """Number and decision of each entry."""
        return {r["system_id"]: (r["list_no"], r["decision"]) for r in self.rows("designation", "list", *words)}

    def valid(self, name):
        """Against the schema of reports."""
        done = subprocess.run(["xmllint", "--nonet", "--noout", "--schema", SOURCE / "schema/xml/case-report.xsd",
                               self.register.path(name)], capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)

    def fails(self, to, case):
        self.advance(case, to, code=3)
        return self.said

    def test_a_router_stops(self):
        self.state(rules="<assets><prefix cidr='198.18.30.0/24'/></assets>")
        up = self.bundle(20)
        for addr in (ROUTER, WALL, FRONT):
            up.host(addr, mac=f"02:00:00:00:00:{int(addr.split('.')[3]):02x}")
        up.fact(ROUTER, host__type="router").fact(WALL, host__type="router")
        up.covered("198.18.30.0/24", method="arp")
        self.register.intake(up)
        self.decide()
        kept = self.kept()
        self.assertIn("redundancy", {row[0] for row in kept})
        self.assertEqual(self.check(code=0), {})
        for n in range(3):
            down = self.bundle(10 - n)
            for addr in (WALL, FRONT):
                down.host(addr, mac=f"02:00:00:00:00:{int(addr.split('.')[3]):02x}")
            down.covered("198.18.30.0/24", method="arp")
            self.register.intake(down)
        found = self.check()
        self.assertEqual(self.made_again(), kept)
        self.assertIn(("redundancy", "router"), found, self.register.sql("SELECT name, role, state FROM asset"))
        self.assertEqual((found["redundancy", "router"]["before"], found["redundancy", "router"]["after"]),
                         ("2", "1"))
        self.finish(found["redundancy", "router"]["case"])

    def flows(self, days_ago, *flows):
        bundle = self.bundle(days_ago)
        for addr in sorted({end for flow in flows for end in flow}):
            bundle.host(addr, method="listening")
        for client, server in flows:
            bundle.say("link", "listening", client, peer=server, transport="tcp", port=2404,
                       protocol="iec104", attributes={"layer": "flow", "port": "2404", "protocol": "iec104"})
        self.register.intake(bundle)

    def test_a_service_moves(self):
        self.state(rules=f"<assets><address value='{FRONT}'/></assets>")
        self.flows(20, (FRONT, STATION))
        self.program("boundary", "derive", self.id)
        self.decide()
        kept = self.kept()
        self.assertIn("zone-crossing", {row[0] for row in kept})
        self.assertEqual(self.check(code=0), {})
        self.flows(3, (FRONT, "198.18.50.9"), (FRONT, "198.18.50.8"))
        found = self.check()
        self.assertEqual(self.made_again(), kept)
        self.assertEqual(found["zone-crossing", "control - far"]["class"], "notable")
        self.assertIn("2 added", found["boundary", ""]["after"])
        case = found["boundary", ""]["case"]
        self.assertEqual({r["case"] for r in found.values()}, {case})
        path = self.register.path("report.html")
        self.program("case", "report", str(case), "-o", path)
        html = pathlib.Path(path).read_text(encoding="utf-8")
        self.assertIn("198.18.50.9", html)
        self.assertIn("<svg", html, self.said)
        beside = pathlib.Path(path + ".map.svg")
        beside.write_text("mine", encoding="utf-8")
        self.program("case", "report", str(case), "-o", path)
        self.assertEqual(beside.read_text(encoding="utf-8"), "mine", "a file of that name is nobody else's")
        xml = self.register.path("report.xml")
        self.program("case", "report", str(case), "-o", xml)
        self.assertIn("<svg", pathlib.Path(xml + ".map.svg").read_text(encoding="utf-8"))
        self.assertIn("<member>", pathlib.Path(xml).read_text(encoding="utf-8"))
        self.valid("report.xml")
        self.finish(case)

    def test_an_organisation_is_merged(self):
        self.state()
        self.decide()
        self.assertEqual(self.check(code=0), {})
        found = self.triggers(of="op2", events=f"<event kind='merge' on='{TODAY}' with='op2'/>")
        self.assertEqual(set(found), {("operator", ""), ("organisation-event", f"op merge {TODAY}")})
        self.assertEqual((found["operator", ""]["before"], found["operator", ""]["after"]), ("op", "op2"))
        self.assertEqual(found["operator", ""]["class"], "major")
        self.assertEqual(self.check(code=0), {})
        self.assertEqual(len(self.cases("--open")), 1)
        self.finish(found["operator", ""]["case"], same=False)

    # ---- triggers

    def test_what_is_stated_otherwise(self):
        more = {"dependencies": "", "circuits": "", "contracts": "", "remote-maintenance": "", "data-resources": ""}

        def put(**changes):
            more.update({k.replace("_", "-"): v for k, v in changes.items()})
            return self.triggers(more="".join(f"<{k}>{v}</{k}>" for k, v in more.items() if v))
        system = self.id
        self.other["others"] = (
            "<external-system id='water' name='W' organisation='op2' sector='water'/>"
            "<external-system id='grid' name='G' organisation='op2' sector='energy.gas'/>")
        more["data-resources"] = f"""<data-resource id='d0' name='D' organisation='op' system='{system}'
            level='important' class='c'/>"""
        more["dependencies"] = f"<dependency from='{system}' on='grid' strength='essential' redundant='yes'/>"
        self.other["more"] = "".join(f"<{k}>{v}</{k}>" for k, v in more.items() if v)
        self.state()
        self.decide()
        self.assertEqual(self.check(code=0), {})
        one = self.triggers
        self.assertEqual(set(one(tier=2)), {("tier", ""), ("margin", "score 60")})
        found = one(lifecycle="retired")
        self.assertEqual(found["lifecycle", ""]["after"], "retired")
        self.state(lifecycle="in-service")
        self.assertEqual(set(one(support="")), {("key-business", "dispatch")})
        self.assertEqual(set(one(attributes="carried-by='cloud'", others=self.other["others"] + SYSTEM.format(
            id="cloud", **self.is_now | {"attributes": "", "tier": 3}))), {("hosting", "carried by")})
        self.assertEqual(set(put(dependencies=f"""<dependency from='water' on='{system}' strength='essential'/>
            <dependency from='grid' on='{system}' strength='essential'/>
            <dependency from='{system}' on='cloud' strength='essential' redundant='no'/>""")),
            {("dependant-sector", "water")})
        self.assertEqual(set(put(circuits=f"""<circuit id='i1' name='I' organisation='op' kind='internet'
            systems='{system}'/><circuit id='p1' name='P' organisation='op' kind='private-line'
            systems='{system}'/>""")), {("internet-exit", "i1")})
        self.assertEqual(set(put(remote_maintenance=f"""<remote-access id='R' supplier='op2' system='{system}'
            path='VPN' necessity='n' assessment='a' controls='c' valid-until='2099-01-01'/>""")),
            {("remote-supplier", "op2")})
        data = """<data-resource id='{}' name='D' organisation='op' system='{}' level='{}' class='c'/>"""
        self.assertEqual(set(put(data_resources=data.format("d0", system, "general"))), set())
        self.assertEqual(set(put(data_resources=data.format("d1", system, "core"))), {("data-class", "level")})
        self.assertEqual(len(self.cases("--open")), 1)
        self.assertEqual({r["class"] for r in self.cases()}, {"major"})

    def test_another_one_does_not_take_over_any_more(self):
        self.other["others"] = "<external-system id='grid' name='G' organisation='op2' sector='energy.gas'/>"
        depends = "<dependencies><dependency from='%s' on='grid' strength='essential' redundant='%s'/></dependencies>"
        self.state(more=depends % (self.id, "yes"))
        self.decide()
        self.assertEqual(set(self.triggers(more=depends % (self.id, "no"))), {("redundancy", "on grid")})

    def test_what_the_norm_says_otherwise(self):
        self.state()
        self.decide()
        found = self.triggers(metric="<metric name='customers-served' value='900' unit='person'/>")
        self.assertEqual((found["outcome-flip", "t.case"]["before"], found["outcome-flip", "t.case"]["after"]),
                         ("cii", "not"))
        found = self.triggers(metric="<metric name='customers-served' value='150000' unit='person'/>")
        self.assertEqual(found["bright-cross", "A3"]["after"], "met")
        found = self.triggers(metric="")
        self.assertEqual(set(found), {("evidence-lost", "customers")})
        self.assertIn("5000", found["evidence-lost", "customers"]["before"])
        self.assertEqual(found["evidence-lost", "customers"]["after"], "missing")

    def test_what_the_internet_reaches(self):
        self.state(rules="<assets><prefix cidr='198.18.30.0/24'/></assets>")

        def look(days_ago, *ports):
            bundle = Bundle(realm=self.realm, vantage="internet", at=(
                NOW - START).total_seconds() / 3600 - 24 * days_ago)
            bundle.host(FRONT).port(FRONT, *ports).covered("198.18.30.0/24", ports="22,443,502")
            self.register.intake(bundle)
        look(20, 443)
        self.decide()
        self.assertEqual(self.check(), {})
        look(10, 443, 502)
        found = self.check()
        self.assertEqual(set(found), {("exposure", FRONT + " tcp/502")})
        self.assertEqual(found["exposure", FRONT + " tcp/502"]["after"], "industrial protocol")
        self.assertRegex(found["exposure", FRONT + " tcp/502"]["evidence"], r"^run \d+$")

    def test_what_left_the_register(self):
        """A system that is gone is one change, not one in each of its parts."""
        self.state()
        self.decide()
        self.state(metric="<metric name='customers-served' value='5001' unit='person'/>")
        self.register.sql(f"""UPDATE system SET until_import = (SELECT max(id) FROM register_import)
            WHERE id = '{self.id}'""")
        found = self.check()
        self.assertEqual({k: r["after"] for k, r in found.items()}, {("lifecycle", ""): "not registered"})

    def test_the_baseline_is_the_decision(self):
        """Each step is small; against the decision they add up, and a new decision begins anew."""
        self.state()
        self.decide()
        self.state(tier=2, metric="<metric name='customers-served' value='150000' unit='person'/>")
        self.decide()
        self.assertEqual(self.check(), {})
        found = self.triggers(tier=1)
        self.assertEqual((found["tier", ""]["before"], found["tier", ""]["after"]), ("S1A2", "S1A1"))

    def test_the_baseline_is_made_again(self):
        """Whenever it is asked for first: what was known then is not what is known now."""
        self.state(rules="<assets><prefix cidr='198.18.30.0/24'/></assets>")
        self.decide()
        kept = self.kept()
        self.assertIn(["tier", "", "any", "S1A3", "0", "D-1 of 2020-01-01", "0"], kept, "by the decision")
        self.assertEqual(self.check(), {})
        found = self.triggers(tier=1, support="")
        self.assertEqual({k[0] for k in found}, {"tier", "key-business", "margin"})
        self.assertEqual(self.made_again(), kept)

    def kept(self):
        return self.register.sql("""SELECT trigger, subject, how, value, rank, b.evidence, lost FROM case_baseline b
            JOIN designation d ON d.decision_id = b.designation_id AND d.valid_until IS NULL
            AND d.superseded IS NULL WHERE d.system = '%s' ORDER BY place""" % self.id)

    def made_again(self):
        self.register.sql(f"""DELETE FROM case_baseline b USING designation d WHERE d.decision_id = b.designation_id
            AND d.system = '{self.id}'""")
        self.assertEqual(self.check(), {})
        return self.kept()

    def test_of_what_was_declined_the_norm_alone_counts(self):
        self.state()
        self.decline()
        self.assertEqual(self.triggers(of="op2", tier=4), {})
        self.assertEqual(set(self.triggers(metric="<metric name='customers-served' value='150000' unit='person'/>")),
                         {("bright-cross", "A3")})

    def test_cases_as_they_were(self):
        """Statistics of another time count what was overdue then, as known then."""
        self.state()
        self.decide()
        self.program("case", "open", "--system", self.id, "--kind", "supervision", "--actor", "Wu", "--note",
                     "Listed", "--date", "2026-01-05", "--due", "2026-02-01")
        for recorded, then, expected in (("2026-01-06", "2026-01-20", "f"), ("2026-01-06", "2026-02-02", "t"),
                                         ("2026-03-01", "2026-02-02", "")):
            self.register.sql(f"""UPDATE review_case SET recorded = '{recorded}' WHERE system = '{self.id}';
                UPDATE case_event SET recorded = '{recorded}'
                WHERE case_id = (SELECT id FROM review_case WHERE system = '{self.id}')""")
            rows = self.register.sql(f"""SET cadastre.as_of = '{then}'; SET cadastre.known_at = '{then}';
                SET search_path = cadastre_as_of, cadastre, pg_temp;
                SELECT overdue FROM case_current WHERE system = '{self.id}'""")
            self.assertEqual(rows, [[expected]] if expected else [])

    def test_noise_is_not_found_again(self):
        self.state()
        self.decide()
        case = self.triggers(tier=2)["tier", ""]["case"]
        self.advance(case, "triaged", code=2)
        self.assertIn("--class noise", self.said)
        self.advance(case, "triaged", "--class", "noise")
        self.assertIn("next it is closed", self.fails("reported", case))
        self.advance(case, "closed")
        self.assertEqual(self.check(code=0), {})
        found = self.triggers(tier=1)
        self.assertNotEqual(found["tier", ""]["case"], case)

    def test_what_is_found_after_noise_is_a_case_of_its_own(self):
        """Also before the one that was noise is closed."""
        self.state()
        self.decide()
        first = self.triggers(tier=2)["tier", ""]["case"]
        self.advance(first, "triaged", "--class", "noise")
        second = self.triggers(tier=1)["tier", ""]["case"]
        self.assertNotEqual(second, first)
        self.assertEqual([(r["id"], r["class"]) for r in self.cases()], [(first, "noise"), (second, "major")])

    def test_what_is_found_after_the_decision_is_a_case_of_its_own(self):
        """Its clock runs, whatever the case is at that ended in the decision."""
        self.state()
        self.decide()
        first = self.triggers(tier=2)["tier", ""]["case"]
        for to, words in (("triaged", ("--class", "major")), ("reported", ()), ("received", ())):
            self.advance(first, to, *words)
        self.decide()
        second = self.triggers(tier=1)["tier", ""]["case"]
        self.assertNotEqual(second, first)
        self.advance(first, "re-identified")
        self.assertEqual(self.triggers(support="")["key-business", "dispatch"]["case"], second)
        self.assertEqual(self.cases()[-1]["triggers"], 2)

    def test_a_decision_of_before_the_report_does_not_end_the_case(self):
        """Another one on the same proposal does."""
        self.state()
        self.decide("--date", "2026-10-01")
        case = self.triggers(tier=2)["tier", ""]["case"]
        for to, words in (("triaged", ("--class", "major")), ("reported", ()), ("received", ())):
            self.advance(case, to, *words)
        self.decide("--date", "2026-10-02")
        self.assertIn("nothing was decided", self.fails("re-identified", case))
        self.decide()
        self.advance(case, "re-identified")

    def test_clocks_that_were_ahead(self):
        """A report that comes after a decision is kept as known after it."""
        self.state()
        self.decide()
        self.register.sql(f"""UPDATE designation SET entered = now() + interval '5 minutes',
            recorded = now() + interval '5 minutes' WHERE system = '{self.id}'""")
        case = self.triggers(tier=2)["tier", ""]["case"]
        for to, words in (("triaged", ("--class", "major")), ("reported", ()), ("received", ())):
            self.advance(case, to, *words)
        self.assertEqual(self.register.one(f"""SELECT bool_and(e.recorded > d.entered) FROM case_event e,
            designation d WHERE e.case_id = {case} AND d.system = '{self.id}'"""), "t")
        self.decide()
        self.advance(case, "re-identified")
        self.register.sql("UPDATE designation SET entered = now(), recorded = now() WHERE recorded > now()")

    def test_a_major_change_that_comes_after_a_notable_one(self):
        self.state()
        self.decide()
        case = self.triggers(more=f"""<circuits><circuit id='i1' name='I' organisation='op' kind='internet'
            systems='{self.id}'/></circuits>""")["internet-exit", "i1"]["case"]
        self.advance(case, "triaged", "--class", "notable")
        self.assertEqual(self.cases()[0]["class"], "notable")
        self.assertEqual(self.triggers(of="op2")["operator", ""]["case"], case)
        self.assertEqual(self.cases()[0]["class"], "major")

    def test_one_system_alone(self):
        """Nothing is judged, nor compared, but what was asked for."""
        self.other["others"] = SYSTEM.format(id=self.id + "b", **self.is_now)
        self.state()
        self.program("identify", code=(0, 1))
        self.program("designate", "accept", "--system", self.id, "--system", self.id + "b", "--official", "Li Wei",
                     "--decision", self.number())
        self.other["others"] = self.other["others"].replace("5000", "900")
        self.state(metric="<metric name='customers-served' value='900' unit='person'/>")
        judged = f"SELECT count(*) FROM norm_eval WHERE system = '{self.id}%s'"
        self.assertIn(("outcome-flip", "t.case"), self.check())
        self.assertEqual([self.register.one(judged % x) for x in ("", "b")], ["2", "1"])
        self.assertEqual({r["system"] for r in self.rows("case", "check") if r["realm"] == self.realm},
                         {self.id + "b"})
        self.assertEqual(self.register.one(judged % "b"), "2")

    def test_what_was_declined_and_is_retired(self):
        """That no norm judges it any more is no change of the norm."""
        self.state()
        self.decline()
        self.assertEqual(self.triggers(lifecycle="retired"), {})

    def decline(self):
        self.program("identify", code=(0, 1))
        self.program("designate", "override", "--outcome", "not", "--reason", "Too small", "--system", self.id,
                     "--official", "Li Wei", "--decision", self.number())

    def test_what_was_declined_is_declined_again(self):
        """The case of it ends, also where the norm agrees by now."""
        self.state()
        self.decline()
        case = self.triggers(metric="<metric name='customers-served' value='900' unit='person'/>")[
            "outcome-flip", "t.case"]["case"]
        for to, words in (("triaged", ("--class", "major")), ("reported", ()), ("received", ())):
            self.advance(case, to, *words)
        self.decline()
        self.advance(case, "re-identified")
        self.assertEqual(self.check(code=0), {})

    # ---- clocks

    def test_what_counts_from_the_decision_counts_from_its_day(self):
        """A review comes when the case is long closed, and ends with the next decision."""
        self.state()
        self.decide("--date", "2026-10-01")
        case = self.triggers(tier=2)["tier", ""]["case"]
        self.register.sql(f"""INSERT INTO case_clock VALUES ({case}, 'decided', 'notify', 0, 10, ''),
            ({case}, 'decided', 'review', 0, 20, '')""")
        days = f"UPDATE case_event SET day = '2026-10-0%d' WHERE case_id = {case} AND state = '%s'"
        self.register.sql(f"UPDATE review_case SET opened = '2026-10-02' WHERE id = {case};" + days % (2, "candidate"))
        self.advance(case, "triaged", "--class", "major", date="2026-10-03")
        self.advance(case, "reported", date="2026-10-03")
        self.advance(case, "received", date="2026-10-03")
        self.decide("--date", "2026-10-05")
        self.advance(case, "re-identified", date="2026-10-30")

        def running():
            return self.register.sql(f"SELECT action, since, due FROM case_running WHERE case_id = {case} ORDER BY 3")
        self.assertEqual(running(), [["notify", "2026-10-05", "2026-10-15"], ["review", "2026-10-05", "2026-10-25"]])
        for notice in self.rows("notice", "list", "--system", self.id):
            self.program("notice", "send", str(notice["id"]), "--number", f"N-{notice['id']}",
                         "--date", "2026-10-31")
        for to in ("notified", "informed", "closed"):
            self.advance(case, to, date="2026-11-01")
        self.assertEqual(running(), [["review", "2026-10-05", "2026-10-25"]])
        self.assertEqual([(r["state"], r["action"], r["overdue"]) for r in self.cases("--overdue", code=1)],
                         [("closed", "review", "overdue")])
        self.state(metric="<metric name='customers-served' value='6000' unit='person'/>")
        self.decide()
        self.assertEqual((running(), self.cases("--overdue", code=0)), ([], []))

    def test_clocks_are_calendar_months(self):
        self.state()
        self.decide()
        for n, (day, due) in enumerate((("2026-11-30", "2027-02-28"), ("2026-08-31", "2026-11-30"),
                                        ("2027-11-30", "2028-02-29"))):
            case = self.insert(n, day)
            self.assertEqual(self.register.one(f"SELECT due FROM case_current WHERE id = {case}"), due)

    def insert(self, n, day):
        self.register.sql(f"""WITH made AS (INSERT INTO review_case (realm_id, system, kind, pack, version, opened,
            opened_by, basis, note, recorded) SELECT realm_id, 'c{n}', 're-identification', '', '', '{day}', 'x',
            '', '', now() FROM realm WHERE name = '{self.realm}' RETURNING id), clock AS (INSERT INTO case_clock
            SELECT id, 'received', 're-identify', 3, 0, '' FROM made)
            INSERT INTO case_event SELECT id, p, s, CASE s WHEN 'triaged' THEN 'major' ELSE '' END, '{day}', 'x', '',
            '', NULL, now() FROM made, (VALUES (1, 'candidate'), (2, 'triaged'), (3, 'reported'), (4, 'received'))
            AS v (p, s)""")
        return self.register.one(f"SELECT max(id) FROM review_case WHERE system = 'c{n}'")

    def test_what_is_overdue_stands_first(self):
        self.state()
        self.decide()
        self.assertEqual(self.cases(code=0), [])
        before = self.overdue()
        self.program("case", "open", "--system", self.id, "--kind", "supervision", "--actor", "Wu", "--note",
                     "Listed", "--date", "2026-01-05", "--due", "2026-02-01")
        self.program("case", "open", "--system", self.id, "--kind", "correction", "--actor", "Wu", "--note", "Typo")
        rows = self.cases(code=1)
        self.assertEqual([(r["kind"], r["overdue"]) for r in rows], [("supervision", "overdue"), ("correction", "")])
        self.assertEqual([r["kind"] for r in self.cases("--overdue")], ["supervision"])
        self.assertEqual(self.overdue(), before + 1)

    def overdue(self):
        return sum(r["overdue_cases"] for r in self.rows("designation", "statistics", "--by", "operator"))

    def test_days_are_in_order(self):
        self.state()
        self.decide()
        case = self.program("case", "open", "--system", self.id, "--actor", "Wu", "--note", "Reported").strip()
        self.program("case", "report", case, "-o", self.register.path("hand.xml"))
        self.valid("hand.xml")
        self.program("case", "open", "--system", self.id, "--actor", "Wu", "--note", "Again", code=3)
        self.assertIn("one case at a time", self.said)
        self.advance(case, "triaged", "--class", "major", date="2020-01-01", code=3)
        self.assertIn("comes before", self.said)
        self.advance(case, "nowhere", code=2)
        self.advance(case, "received", code=3)
        self.assertIn("next it is triaged, not received", self.said)
        self.program("case", "advance", case, "--to", "triaged", "--class", "major", code=2)
        self.assertIn("who did it", self.said)
        self.program("case", "show", "999999", code=3)
        self.program("case", "check", "--system", "nobody", code=3)

    # ---- reports

    def test_reports_say_the_same_and_are_escaped(self):
        self.state()
        self.decide()
        case = self.triggers(of="op2", tier=2, metric="""<metric name='customers-served' value='900'
            unit='person' document='&lt;script&gt;"&amp;'/>""")["tier", ""]["case"]
        for suffix in ("xml", "html", "txt"):
            path = self.register.path(f"report.{suffix}")
            self.program("case", "report", str(case), "-o", path)
            text = pathlib.Path(path).read_text(encoding="utf-8")
            for said in ("变化情况", "What changed", "S1A3", "S1A2", "A1 met", "A1 not met"):
                self.assertIn(said, text, suffix)
            self.assertEqual("<script" in text, suffix == "txt", suffix)
        self.valid("report.xml")
        root = tree.parse(self.register.path("report.xml")).getroot()
        space = {"r": "urn:cadastre:case-report:1"}
        criteria = {c.find("r:criterion", space).text: c for c in root.findall("r:criteria/r:criterion", space)}
        self.assertEqual(criteria["A1"].find("r:differs", space).text, "是 / yes")
        self.assertIn("变化情况", self.program("case", "report", str(case)))
        self.program("case", "report", str(case), "-o", "x.doc", code=2)


class Reviews(Base):
    def test_an_entry_is_reviewed_when_its_norm_wants_it(self):
        """Also one that never had a case; once for each decision. What was declined has no review."""
        self.install("1.1", """<change margin='10' jaccard='0.8' basis='c'><trigger on='tier' class='major'/></change>
            <clock event='decided' within='P1M' action='review' basis='rule 9'/>""")
        self.state()
        self.decide("--date", (NOW - datetime.timedelta(days=20)).strftime("%Y-%m-%d"))
        self.assertEqual(self.check(), {})
        self.state(tier=2)
        found = self.check()
        for to, words in (("triaged", ("--class", "major")), ("reported", ()), ("received", ())):
            self.advance(found["tier", ""]["case"], to, *words)
        self.register.sql("UPDATE designation SET decided = decided - 40")
        day = (NOW - datetime.timedelta(days=60)).strftime("%Y-%m-%d")
        review = self.check()["review-due", ""]
        self.assertEqual((review["class"], review["before"], review["evidence"]), ("notable", day, "rule 9"))
        self.assertRegex(review["after"], r"^due \d{4}-\d\d-\d\d$")
        self.assertEqual(self.check(), {})
        self.decide()
        self.assertEqual(self.check(), {})
        self.register.sql("UPDATE designation SET decided = decided - 40")
        self.assertEqual(set(self.check()), {("review-due", "")})


class Norms(Base):
    """By themselves: another version of a norm judges all that is decided on."""

    def test_a_threshold_that_conditions_share(self):
        """The score comes near to it once; and near ones are told apart."""
        self.install("1.5", "", outcomes="""<outcome value='cii' when='bright or (score &gt;= 60 and A1)
            or (score &gt;= 59.9999999 and A1)'/><outcome value='watch' when='score &gt;= 60 or A2'/>""")
        self.state()
        self.decide()
        found = self.triggers(tier=2)
        self.assertEqual(set(found), {("tier", ""), ("margin", "score 60"), ("margin", "score 59.9999999")})
        self.assertEqual(self.check(code=0), {})

    def test_another_version_of_the_norm_and_its_classes(self):
        """The version that was decided by says what counts: what it does not name opens no case."""
        self.install("2", "<change margin='0' basis='b'><trigger on='norm' class='major'/>"
                          "<trigger on='lifecycle' class='notable'/></change>")
        self.state()
        self.decide()
        self.assertEqual(self.triggers(tier=2, of="op2", support=""), {})
        self.assertEqual(self.cases(), [])
        found = self.triggers(lifecycle="retired")
        self.assertEqual([(r["trigger"], r["class"]) for r in found.values()], [("lifecycle", "notable")])
        self.state(lifecycle="in-service")
        self.install("3", "")
        found = self.check()
        self.assertEqual([(r["trigger"], r["before"], r["after"], r["class"]) for r in found.values()],
                         [("norm", "2", "3", "major")])
        self.assertEqual(self.cases()[0]["class"], "major")


if __name__ == "__main__":
    unittest.main()
