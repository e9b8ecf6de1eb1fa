#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Questions to the asset files by the program: filters against what the network is, states recorded
at each moment and asked for again at the end, differences, and baselines whose history was altered."""
import json
import pathlib
import re
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from register import THEN, Bundle, Register, psql_path, wait_for  # noqa: E402

TOOL, SOURCE, PROGRAM = sys.argv.pop(1), sys.argv.pop(1), sys.argv.pop(1)
STATEMENTS = """<?xml version="1.0" encoding="UTF-8"?>
<register xmlns="urn:cadastre:register:1" realm="plant" document="R-1" as-of="2026-01-01">
  <organisations>
    <organisation id="power" name="Power &amp; Light" sector="energy.power">
      <role code="operator"/>
    </organisation>
  </organisations>
  <subnets><subnet prefix="198.18.2.0/24" name="cell" zone="control"/></subnets>
  <systems>
    <system id="portal" name="Portal" organisation="power" sector="energy.power"
        class="core-business" kind="information-system" function="f" service-scope="prefecture"
        counterparts="both">
      <tier s="2" a="2"/><assets><prefix cidr="198.18.1.0/24"/></assets>
    </system>
    <system id="plant" name="Plant" organisation="power" sector="energy.power"
        class="industrial-control" kind="information-system" function="f" service-scope="prefecture"
        counterparts="internal">
      <tier s="2" a="3"/><assets><prefix cidr="198.18.2.0/24"/></assets>
    </system>
  </systems>
  <asset-statements>
    <asset by="address" is="198.18.2.21" attribute="tag" value="scada-1"/>
    <asset by="address" is="198.18.1.10" attribute="tag" value="web"/>
    <asset by="address" is="198.18.1.10" attribute="importance" value="key"/>
  </asset-statements>
</register>
"""


class Questions(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.register = Register(TOOL)
        for realm in ("plant", "other"):
            cls.register.run("grant", realm, "198.18.0.0/15", "2020-01-01", "2099-01-01")
        cls.register.hold()
        path = cls.register.path("register.xml")
        with open(path, "w", encoding="utf-8") as file:
            file.write(STATEMENTS)
        cls.call("register", "import", path)
        cls.recorded, cls.drawn = [], []
        for step in (cls.first, cls.second, cls.third, cls.fourth):
            bundle = step()
            cls.register.intake(bundle)
            cls.recorded.append((bundle.stamp(), cls.state()))
            cls.drawn.append(cls.draw())

    @classmethod
    def tearDownClass(cls):
        cls.register.close()

    @classmethod
    def call(cls, *words, code=0, form="json", realm="plant"):
        done = subprocess.run(
            [PROGRAM, *(["--realm", realm] if realm else []), "--format", form, *words],
            capture_output=True, text=True, env=cls.register.env, timeout=120, check=False)
        assert done.returncode == code, \
            f"{words}: exit {done.returncode}, not {code}\n{done.stderr}{done.stdout}"
        cls.said = done.stderr
        if form != "json":
            return done.stdout
        return [json.loads(line) for line in done.stdout.splitlines() if line[:1] == "{"]

    @classmethod
    def web(cls, b, version, key="web"):
        b.key("198.18.1.10", "ssh.hostkey.sha256", key)
        b.service("198.18.1.10", 443, "http", vendor="F5", product="nginx", version=version)
        return b.name("198.18.1.10", "web.example")

    @classmethod
    def plc(cls, b, addr="198.18.2.20"):
        b.service(addr, 502, "modbus", vendor="Schneider Electric", product="M340 (100%)")
        return b.key(addr, "serial", "S-1")

    @classmethod
    def first(cls):
        b = Bundle(realm="plant", at=0).covered("198.18.1.0/24", "1-65535").covered(
            "198.18.2.0/24", "1-65535")
        cls.plc(cls.web(b, "1.22"))
        b.service("198.18.1.11", 22, "ssh", product="OpenSSH", version="9.2")
        return b.service("198.18.3.3", 53, "dns", transport="udp", product="Dnsmasq")

    @classmethod
    def second(cls):
        """A new version, a service gone, an address that moves to another, a new host."""
        b = Bundle(realm="plant", at=10).covered("198.18.1.0/24", "1-65535").covered(
            "198.18.2.0/24", "1-65535")
        cls.plc(cls.web(b, "1.24"), "198.18.2.21")
        return b.host("198.18.1.11").service("198.18.1.12", 25, "smtp", product="Postfix")

    @classmethod
    def third(cls):
        """From the Internet, where only one answers."""
        b = Bundle(realm="plant", at=20, vantage="internet").covered("198.18.1.0/24", "1-65535")
        return cls.web(b, "1.24")

    @classmethod
    def fourth(cls):
        """One is silent; two turn out to be one."""
        b = Bundle(realm="plant", at=30).covered("198.18.1.0/24", "1-65535")
        cls.web(b, "1.24").key("198.18.1.12", "ssh.hostkey.sha256", "web")
        return b.service("198.18.1.12", 25, "smtp", product="Postfix")

    @classmethod
    def state(cls, *words):
        """What the list says, but for when things were last seen and what is only said of now."""
        rows = cls.call("asset", "list", *words)
        facts = {}
        for row in rows:
            facts[row["id"]] = sorted(
                (f["chapter"], f["attribute"], f["value"], f["grade"])
                for f in cls.call("asset", "show", *words, row["id"])
                if not f["until"] and f["chapter"] in ("name", "address", "service", "software",
                                                       "exposure", "register"))
        for row in rows:
            row.pop("cii")
        return rows, facts

    def addresses(self, expression, *words, realm="plant"):
        return [(row["addresses"].split() or [row["name"] + ", " + row["state"]])[0] for row in
                self.call("asset", "list", *words, expression, realm=realm)]

    # ---- filters

    def test_1_filters(self):
        web, other, cell, name = "198.18.1.10", "198.18.1.11", "198.18.2.21", "198.18.3.3"
        left = "198.18.1.12, quiet"  # its address turned out to be another's
        for expression, expected in (
                ("port = 443", [web]), ("port = tcp/502 or port = udp/53", [cell, name]),
                ("port = tcp/53", []), ("port >= 500 and port <= 510", [cell]),
                ("product ~ NGINX", [web]), ("product = nginx", [web]), ("product ~ nginy", []),
                ("product ~ '(100%)'", [cell]), ("product ~ '(100_)'", []),
                ("vendor ~ 'schneider electric'", [cell]), ("version = 1.24", [web]),
                ("protocol = modbus", [cell]), ("name ~ web", [web]), ("system = plant", [cell]),
                ("organisation ~ 'power & light'", [web, other, cell]),
                ("organisation = power and not system = portal", [cell]),
                ("tier >= 3", [cell]), ("tier < 3", [web, other]), ("not tier >= 1", [name, left]),
                ("tag = SCADA-1", [cell]), ("tag ~ scada or tag = web", [web, cell]),
                ("tag != web and importance = key", []), ("importance in (key, important)", [web]),
                ("zone = control", [cell]), ("exposed", [web]), ("cii", []),
                ("key = s-1", [cell]), ("address = 198.18.2.0/24", [cell]),
                ("address in (198.18.1.11, 198.18.3.3)", [other, name]),
                ("state = quiet", [other, left]), ("state = seen and not exposed", [cell, name]),
                ("role = controller", [cell]), ("text ~ plant", [cell]),
                ("first-seen < 2026-03-01T10:00:00Z", [web, other, cell, name]),
                ("first-seen > 2026-03-01T10:00:00Z", [left]),
                ("last-seen >= 2026-03-02T12:00:00Z", [web]),
                ("port = 443 and system = portal and exposed and not port = 22", [web]),
                ("(port = 443 or port = 502) and not (exposed or tier = 1)", [cell])):
            self.assertEqual(self.addresses(expression), expected, expression)
        self.assertEqual(self.addresses("port = 443", "--system", "plant"), [])
        self.assertEqual(self.addresses("port = 443", realm="other"), [])
        self.assertEqual(self.addresses("port = 443", realm=None), [web])
        self.assertEqual(self.addresses("port > 0", "--limit", "2", "--sort", "name"),
                         ["198.18.2.21", "198.18.3.3"])
        for words, said in ((("port ~ 1",), "cannot be compared"), (("--sort", "size"), "sorted by"),
                            (("port = 1", "--where", "port = 2"), "one expression"),
                            (("x" * 5000,), "longer than")):
            self.call("asset", "list", *words, code=2)
            self.assertIn(said, self.said)

    # ---- other times

    def test_2_states_of_other_times(self):
        """What was recorded then is what is told of then, merges and moves notwithstanding."""
        for stamp, (rows, facts) in self.recorded:
            now_rows, now_facts = self.state("--as-of", stamp)
            self.assertEqual([dict(row, system="") for row in now_rows],
                             [dict(row, system="") for row in rows], stamp)
            self.assertEqual(now_facts.keys(), facts.keys())
            for asset, then in facts.items():
                self.assertEqual(now_facts[asset], then, f"{asset} as of {stamp}")
        self.assertEqual(self.call("asset", "list", "--as-of", "2026-02-01"), [])
        self.assertEqual(self.addresses("product ~ postfix", "--as-of", self.recorded[0][0]), [])
        self.assertEqual(self.addresses("version = 1.22", "--as-of", self.recorded[0][0]),
                         ["198.18.1.10"])
        self.assertEqual(self.call("asset", "list", "--known-at", "2026-03-01"), [])
        self.call("asset", "list", "--as-of", "yesterday", code=2)

    # ---- maps

    @classmethod
    def draw(cls, *words, code=0, kind="district"):
        """Texts and tooltips of a map, without the lines of the title block that say its time."""
        path = cls.register.path("map.svg")
        cls.call("map", "-o", path, "--type", kind, *words, code=code, form="text")
        if code:
            return None
        text = pathlib.Path(path).read_text(encoding="utf-8")
        texts = re.findall(r"<(?:text|title)[^>]*>([^<]*)<", text)
        return sorted(t for t in texts if " UTC" not in t)

    def test_2_maps_of_other_times(self):
        """A map of another day is the map that was drawn on that day."""
        for (stamp, _), drawn in zip(self.recorded, self.drawn):
            self.assertEqual(self.draw("--as-of", stamp), drawn, stamp)
        self.assertNotEqual(self.drawn[0], self.drawn[1])
        self.draw("--as-of", "2026-02-01", code=3)
        self.draw("--as-of", "yesterday", code=2)
        self.assertEqual(self.draw(), self.drawn[-1])  # now again

    def test_2_maps_of_differences(self):
        one, two, _, four = (stamp for stamp, _ in self.recorded)
        texts = self.draw("--as-of", two, "--diff", one)
        self.assertIn("Plant: 1 assets, 0 CII, 0 exposed, 0 new, 1 changed, 0 gone", texts)
        self.assertTrue(any("198.18.1.12" in t for t in texts))
        same = self.draw("--as-of", two, "--diff", two)
        self.assertTrue(any("0 new, 0 changed, 0 gone" in t for t in same))
        self.assertFalse(any(t.startswith("Change since") for t in same))  # no mark, no legend
        later = self.draw("--as-of", four, "--diff", two)
        self.assertIn("198.18.1.11: gone", later)
        self.assertNotIn("198.18.1.11: gone", self.draw("--as-of", four))
        # What was not there on the other day is new; a day without assets is one to tell against.
        self.assertIn("198.18.1.0/24: 2 assets, 0 CII, 0 exposed, 2 new, 0 changed, 0 gone",
                      self.draw("--as-of", one, "--diff", "2026-02-01"))
        self.assertIn("198.18.1.11: gone",
                      self.draw("--as-of", four, "--diff", one, kind="topology"))
        self.draw("--diff", "no such state", code=2)

    # ---- differences

    def changes(self, *words, code=1):
        return [(row["kind"], row["subject"], row["before"], row["after"])
                for row in self.call("changes", *words, code=code)]

    def test_3_differences(self):
        one, two, _, four = (stamp for stamp, _ in self.recorded)
        net = self.changes("--between", one, two)
        self.assertIn(("changed", "service 198.18.1.10 tcp/443", "http nginx 1.22",
                       "http nginx 1.24"), net)
        self.assertIn(("gone", "service 198.18.1.11 tcp/22", "ssh OpenSSH 9.2", ""), net)
        self.assertNotIn("exposure of service 198.18.1.10 tcp/443", [row[1] for row in net])
        self.assertEqual(self.changes("--between", two, two, code=0), [])
        self.assertEqual(self.changes("--between", one, "2099-01-01", "--where", "system = plant"),
                         [row for row in self.changes("--between", one, "2099-01-01")
                          if "198.18.2." in row[1]])
        later = self.changes("--since", "2026-03-02T00:00:00Z")
        self.assertTrue(any("exposure of service" in row[1] for row in later), later)
        self.assertEqual(self.changes("--run", "2"), self.changes(
            "--since", "2026-03-01T12:00:00Z", "--until", "2026-03-02T00:00:00Z"))
        self.assertEqual(self.changes("--since", "2030-01-01", code=0), [])
        self.call("changes", "--between", one, code=2)
        self.call("changes", "--since", one, "--against", "x", code=2)
        self.call("changes", "--against", "nothing", code=3)
        self.assertLess(one, four)

    def test_3_views_of_other_times_ask_no_view_of_now(self):
        self.assertEqual(self.register.sql(
            "SELECT v.relname, n.relname FROM pg_depend d JOIN pg_rewrite w ON w.oid = d.objid "
            "JOIN pg_class v ON v.oid = w.ev_class JOIN pg_class n ON n.oid = d.refobjid "
            "WHERE d.classid = 'pg_rewrite'::regclass AND d.refclassid = 'pg_class'::regclass "
            "AND v.relnamespace = 'cadastre_as_of'::regnamespace AND n.relkind = 'v' "
            "AND n.relnamespace = 'cadastre'::regnamespace "
            "AND n.relname NOT IN ('run_then', 'import_then') AND n.oid <> v.oid"), [])

    def test_3_what_is_kept_of_another_time(self):
        """Names mean it first, nothing else is written meanwhile, and nothing of it stays; other
        moments of the same session keep their own."""
        there = "', '".join(("address", "asset", "asset_seen", "asset_attested", "asset_system",
                             "asset_member", "asset_responsible", "review"))
        first, last = self.recorded[0][0], self.recorded[-1][0]
        rows = self.register.sql("".join(
            THEN.format(time=time, run=1000000) + self.register.keep() + f"""
                SELECT 'kept', count(*) FROM unnest(ARRAY['{there}']) AS name
                JOIN pg_class c ON c.oid = to_regclass(name)
                WHERE c.relnamespace = pg_my_temp_schema();
                SELECT 'assets', count(*) FROM asset;
                SHOW transaction_read_only;
                COMMIT;
                SELECT 'left', count(*) FROM pg_class WHERE relnamespace = pg_my_temp_schema();
                SHOW search_path;""" for time in (first, last)))
        path = ["cadastre_as_of, cadastre, pg_temp"]
        told = [row for row in rows if row in (["on"], path) or row[0] in ("kept", "assets", "left")]
        self.assertEqual(told, [["kept", "8"], ["assets", "4"], ["on"], ["left", "0"], path,
                                ["kept", "8"], ["assets", "5"], ["on"], ["left", "0"], path])

    def test_3_all_that_is_reviewed_is_the_same_kept(self):
        question = "SELECT 'of', x::text FROM review x ORDER BY x::text COLLATE \"C\";"
        for stamp, _ in self.recorded:
            then = THEN.format(time=stamp, run=1000000)
            told = [[row for row in self.register.sql(then + keep + question) if row[0] == "of"]
                    for keep in ("", self.register.keep())]
            self.assertEqual(*told, stamp)

    # ---- baselines

    def test_4_baselines(self):
        frozen = self.recorded[1][0]
        self.call("baseline", "freeze", "filing", "--as-of", frozen, "--reason", "OA-1", "--by",
                  "clerk")
        self.call("baseline", "freeze", "plant", "--system", "plant", "--reason", "OA-2")
        self.call("baseline", "freeze", "filing", "--reason", "again", code=3)
        self.call("baseline", "freeze", "empty", "--reason", " ", code=2)
        self.call("baseline", "freeze", "bad", "--where", "nothing = 1", "--reason", "x", code=2)
        for words in (("n" * 101, "--reason", "r"), ("long", "--reason", "r" * 1001),
                      ("long", "--reason", "r", "--by", "b" * 1001),
                      ("long", "--reason", "r", "--where", "name = x" + " " * 4089)):
            self.call("baseline", "freeze", *words, code=2)
            self.assertIn("longer than", self.said)
        rows = {row["name"]: row for row in self.call("baseline", "list")}
        self.assertEqual({"filing", "plant"}, rows.keys())
        self.assertEqual((rows["filing"]["by"], rows["filing"]["reason"], rows["plant"]["assets"]),
                         ("clerk", "OA-1", 1))
        self.assertEqual(self.draw("--diff", "filing"), self.draw("--diff", frozen))
        self.assertEqual(self.changes("--against", "filing"),
                         self.changes("--between", frozen, "2099-01-01"))
        self.assertEqual(self.changes("--against", "plant", code=0), [])
        trail = [row["object"] for row in self.call("audit", "list")
                 if row["what"] == "baseline.freeze"]
        self.assertEqual(trail, ["filing", "plant"])
        self.assertIn("is what was frozen", self.call("baseline", "verify", "filing", form="text"))
        # What comes later changes nothing of it; what is altered behind its back does.
        later = Bundle(realm="plant", at=40).covered("198.18.1.0/24", "1-65535")
        self.register.intake(self.web(later, "1.26"))
        self.call("baseline", "verify", "filing", form="text")
        self.register.sql("UPDATE service SET version = '1.25' WHERE version = '1.24'")
        self.assertIn("NOT what was frozen",
                      self.call("baseline", "verify", "filing", form="text", code=1))
        self.call("baseline", "verify", "plant", form="text")
        self.call("baseline", "verify", "nothing", code=3)
        # What was frozen is shown, fact by fact, as it was; and that it was altered, at the end.
        shown = self.call("baseline", "show", "filing", code=1)
        self.assertEqual(len(shown), int(rows["filing"]["facts"]))
        self.assertTrue(any(row["kind"] == "service" and "443" in row["fact"] for row in shown))
        plant = self.call("baseline", "show", "plant")
        self.assertEqual((len({row["asset_id"] for row in plant}), len(plant)),
                         (1, rows["plant"]["facts"]))
        self.assertIn(("system", "plant"), [(row["kind"], row["fact"]) for row in plant])
        self.call("baseline", "show", "nothing", code=3)

    def test_6_a_restored_register_tells_the_past_too(self):
        backup = self.register.path("backup")
        self.call("db", "backup", backup)
        frozen = self.recorded[0]
        other = Register(TOOL)
        try:
            other.run("restore", backup)
            done = subprocess.run(
                [PROGRAM, "--realm", "plant", "--format", "json", "asset", "list", "--as-of",
                 frozen[0]], capture_output=True, text=True, env=other.env, timeout=120, check=True)
            rows = [json.loads(line) for line in done.stdout.splitlines()]
            self.assertEqual([(row["id"], row["addresses"], row["services"]) for row in rows],
                             [(row["id"], row["addresses"], row["services"])
                              for row in frozen[1][0]])
        finally:
            other.close()

    # ---- runs

    def test_5_runs(self):
        runs = self.call("run", "list")
        self.assertEqual([row["run"] for row in runs[:4]], [1, 2, 3, 4])
        self.assertEqual([row["vantage"] for row in runs[:4]],
                         ["internal", "internal", "internet", "internal"])
        shown = self.call("run", "show", "2")
        self.assertIn({"kind": "coverage", "name": "198.18.2.0/24", "value": "syn tcp 1-65535"},
                      shown)
        self.assertIn({"kind": "counter", "name": "sent", "value": "100"}, shown)
        self.call("run", "show", "999", code=3)
        self.call("run", "show", "x", code=2)

    # ---- many, and long addresses

    def test_7_changes_in_their_order(self):
        """Of several assets and services, by name and by the words of the service; the fifth is over UDP,
        and none is told twice."""
        self.register.run("grant", "other", "2001:db8::/32", "2020-01-01", "2099-01-01")
        addresses = ["2001:db8::a:0:0:5", "2001:db8::5", "198.18.9.5", "198.18.10.5"]
        for at, version in ((100, "1"), (110, "2")):
            b = Bundle(realm="other", at=at).covered("198.18.0.0/16", "1-65535")
            for addr in addresses:
                for port in (8080, 443, 80):
                    b.service(addr, port, "http", product="httpd", version=version)
            b.service("198.18.9.5", 53, "dns", transport="udp", product="named", version=version)
            self.register.intake(b)
        run = self.register.one("SELECT max(run_id) FROM run")
        rows = self.call("changes", "--run", run, code=1, realm="other")
        self.assertEqual(rows, self.call("changes", "--run", run, code=1, realm=None))
        self.assertEqual([(row["asset"], row["subject"], row["before"], row["after"]) for row in rows],
                         sorted((addr, f"service {addr} {spot}", f"{says} 1", f"{says} 2")
                                for addr in addresses
                                for spot, says in [(f"tcp/{port}", "http httpd")
                                                   for port in (8080, 443, 80)]
                                + [("udp/53", "dns named")] * (addr == "198.18.9.5")))

    def test_7_one_of_several_questions_fails(self):
        """What is asked at once and cannot be answered is told by its name, and the rest is dropped."""
        for table, step in (("service", "changes_opened"), ("identity_key", "changes_said")):
            other = subprocess.Popen(
                [psql_path(), "-X", "-q", "-At", "-h", self.register.socket(), "-U", "cadastre", "-d",
                 "postgres"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            try:
                other.stdin.write(f"BEGIN; LOCK TABLE cadastre.{table}; SELECT 'locked';\n")
                other.stdin.flush()
                self.assertEqual(other.stdout.readline().strip(), "locked")
                done = subprocess.run(
                    [PROGRAM, "--format", "json", "changes", "--run", "2"], capture_output=True,
                    text=True, timeout=120, check=False,
                    env=dict(self.register.env, PGOPTIONS="-c lock_timeout=200"))
                self.assertEqual((done.returncode, done.stdout), (4, ""), done.stderr)
                self.assertRegex(done.stderr, f'"{step}" failed: .*lock timeout')
            finally:
                other.communicate("ROLLBACK;\n", timeout=60)
        self.assertTrue(self.call("changes", "--run", "2", code=1))

    def test_8_a_large_register_is_looked_up(self):
        """However many systems there are, one asset and one system do not cost a look at all."""
        many = ("INSERT INTO system (realm_id, id, name, organisation, sector, external, class, kind, function, "
                "service_scope, counterparts, lifecycle, as_of, document, from_import) "
                "SELECT realm_id, 'many-' || g, '', organisation, sector, external, class, kind, function, "
                "service_scope, counterparts, lifecycle, as_of, document, from_import "
                "FROM system, generate_series(1, 5000) g WHERE id = 'plant' AND until_import IS NULL;"
                "INSERT INTO system_rule (realm_id, system, rule, value, as_of, document, from_import) "
                "SELECT realm_id, 'many-' || g, rule, '203.0.113.' || g % 256 || '/32', as_of, document, "
                "from_import FROM system_rule, generate_series(1, 5000) g "
                "WHERE g <= 256 AND system = 'plant' AND until_import IS NULL;"
                "INSERT INTO system_rule (realm_id, system, rule, value, as_of, document, from_import, "
                "until_import) SELECT realm_id, system, rule, value, as_of, document, from_import, from_import "
                "FROM system_rule, generate_series(1, 20) WHERE system LIKE 'many-%';"
                "INSERT INTO asset_member (asset_id, realm_id, system) "
                "SELECT 1000000 + row_number() OVER (), realm_id, id FROM system WHERE id LIKE 'many-%';"
                "ANALYZE system, system_rule, asset_member")
        read = ("SELECT sum(seq_tup_read) FROM pg_stat_user_tables "
                "WHERE relname IN ('system', 'system_rule') AND schemaname = 'cadastre'")
        alone = ("SELECT count(*) <= 1 FROM pg_stat_activity "  # who keeps the server up is one
                 "WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()")

        def rows_read():
            """What a server process counted stands there when it has ended."""
            wait_for(lambda: self.register.one(alone) == "t", "another connection stays")
            return int(self.register.one(read))
        asked = [("asset", "show", "198.18.2.21"), ("asset", "list", "system = plant"),
                 ("asset", "show", "198.18.2.21", "--as-of", self.recorded[1][0])]
        before = [self.call(*words) for words in asked]
        try:
            self.register.sql(many)
            at_first = rows_read()
            self.assertEqual([self.call(*words) for words in asked], before)
            self.assertLess(rows_read() - at_first, 1000)
        finally:
            self.register.sql("DELETE FROM system_rule WHERE system LIKE 'many-%';"
                              "DELETE FROM system WHERE id LIKE 'many-%';"
                              "DELETE FROM asset_member WHERE system LIKE 'many-%';"
                              "ANALYZE system, system_rule, asset_member")

    def test_z_one_asset_is_told_as_all_are(self):
        """What functions tell of one asset is what the views tell of all, now and at other times."""
        for time in [None, *self.register.times()[-20:]]:
            self.assertEqual(self.register.told_apart(time), [], time)


if __name__ == "__main__":
    unittest.main(verbosity=2)
