#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The whole register on a real private cluster: out and in again by XML and CSV, whatever stands in
it; as it was on a day; which assets are whose; what is attested of assets beside what was observed,
and where the two part; imports that are interrupted, repeated and at once."""
import json
import os
import pathlib
import signal
import subprocess
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from register import TOLD, Bundle, Register, psql_path, wait_for  # noqa: E402

TOOL, PROGRAM, SOURCE = sys.argv.pop(1), sys.argv.pop(1), pathlib.Path(sys.argv.pop(1))
LAB = SOURCE / "schema/examples/good/register-power-utility.xml"
NAMESPACE = 'xmlns="urn:cadastre:register:1"'
TABLES = {"organisation", "org_role", "org_contact", "org_event", "org_metric", "facility", "zone", "conduit",
          "subnet", "business", "system", "system_tier", "damage",
          "filing", "assessment", "metric", "system_list",
          "business_support", "controlled_unit", "scenario", "system_rule", "dependency",
          "responsibility", "circuit", "contract", "remote_maintenance", "position",
          "data_resource", "asset_statement"}
ORGANISATION = '<organisations><organisation id="o" name="O" sector="energy"/></organisations>'


def system(name, parts="", attributes=""):
    return (f'<system id="{name}" name="{name.upper()}" organisation="o" sector="energy" '
            f'class="general" kind="information-system" function="f" service-scope="other" '
            f'counterparts="other" {attributes}>{parts}</system>')


class Whole(unittest.TestCase):
    """One cluster; each case has a realm of its own."""
    number = 0

    @classmethod
    def setUpClass(cls):
        cls.register = Register(TOOL)
        cls.sql, cls.path = cls.register.sql, cls.register.path
        cls.register.hold()

    @classmethod
    def tearDownClass(cls):
        cls.register.close()

    def setUp(self):
        Whole.number += 1
        self.realm = f"r{Whole.number}"

    def document(self, body, realm=None, attributes=""):
        return f'<register {NAMESPACE} realm="{realm or self.realm}" {attributes}>{body}</register>'

    def program(self, *words, code=0, text=True):
        done = subprocess.run([PROGRAM, *map(str, words)], env=self.register.env,
                              capture_output=True, timeout=300)
        self.message = done.stderr.decode(errors="replace")
        self.assertEqual(done.returncode, code, self.message)
        return done.stdout.decode() if text else done.stdout

    def rows(self, *words):
        return [json.loads(line) for line in self.program("--format", "json", *words).splitlines()]

    def here(self, question, realm=None):
        """The question about one realm."""
        return question + (" JOIN realm USING (realm_id) WHERE realm.name = "
                           f"'{realm or self.realm}'")

    def write(self, name, content):
        data = content.encode() if isinstance(content, str) else content
        with open(self.path(name), "wb") as file:
            file.write(data)
        return self.path(name)

    def take(self, content, name="register.xml", **more):
        return self.rows("register", "import", self.write(name, content), **more)[0]

    def nothing_changes(self, *words):
        result = self.rows("register", "import", *words)[0]
        self.assertEqual((result["written"], result["ended"]), (0, 0), words)
        self.assertGreater(result["unchanged"], 0)

    def export(self, *words, form="xml", realm=None):
        return self.program(*(["--realm", realm] if realm else []), "--format", form, "register",
                            "export", *words, text=False)

    # ---- out and in ----------------------------------------------------------------------

    def round_trips(self, realm):
        """The export in every form: it changes nothing, and comes out the same."""
        xml, csv = self.export(realm=realm), self.export(form="csv", realm=realm)
        chinese = self.export("--chinese", form="csv", realm=realm)
        text = csv.decode("utf-8-sig")
        for name, content in (
                ("a.xml", xml), ("a.csv", csv), ("chinese.csv", chinese),
                ("gb.csv", chinese.decode("utf-8-sig").encode("gb18030")),
                ("utf16.csv", text.encode("utf-16")), ("mac.csv", text.replace("\r\n", "\r")),
                ("unix.csv", text.replace("\r\n", "\n"))):
            self.nothing_changes(self.write(name, content))
            self.assertEqual(self.export(realm=realm), xml, name)
        self.assertEqual(self.export(form="csv", realm=realm), csv)
        return text

    def test_lab_register_comes_back(self):
        first = self.rows("register", "import", str(LAB))[0]
        self.assertGreater(first["written"], 100)
        self.nothing_changes(str(LAB))
        text = self.round_trips("lanhe")
        self.assertEqual(
            {line.split(",")[0].strip('"') for line in text.splitlines()} - {"table", "register"},
            TABLES)
        subprocess.run(["xmllint", "--nonet", "--noout", "--schema",
                        SOURCE / "schema/xml/register.xsd", self.path("a.xml")], check=True,
                       capture_output=True)
        # one file for each table, as a spreadsheet has sheets
        self.export("--directory", self.path("sheets"), form="csv", realm="lanhe")
        self.assertEqual({name[:-4] for name in os.listdir(self.path("sheets"))},
                         TABLES | {"register"})
        self.nothing_changes(self.path("sheets"))
        # a register that was emptied and filled from its export is the same register
        before = self.export(realm="lanhe")
        self.take(self.document("", "lanhe", 'complete="yes"'))
        self.assertNotEqual(self.export(realm="lanhe"), before)
        self.rows("register", "import", self.path("a.csv"))
        self.assertEqual(self.export(realm="lanhe"), before)

    def test_what_norms_ask_comes_back(self):
        organisation = (
            '<organisations><organisation id="o" name="O" sector="energy" countries="fr de">'
            '<metric name="staff" value="250" unit="person"/>'
            '<metric name="turnover" value="50000000.5" unit="EUR"/>'
            '<answer pack="p" criterion="H1" met="yes" official="Office 3"/></organisation>'
            '<organisation id="psb" name="P" sector="other"/></organisations>')
        parts = ('<tier s="1" a="2"/><damage aspect="s" object="rights" degree="none"/>'
                 '<damage aspect="a" object="security" degree="particularly-serious"/>'
                 '<filing status="returned" form-no="01234567890" certificate-no="01234567890-00001" '
                 'body="psb" received="2026-01-02" issued="2026-01-09" valid-until="2029-01-08"/>'
                 '<assessment kind="tier" on="2025-03-04"/>'
                 '<assessment kind="tier" on="2026-03-04" body="psb" report-no="R-1" '
                 'result="conform" score="93.25"/><assessment kind="review" on="2026-03-04"/>'
                 '<metric name="m" value="1" unit="u"/><controls complete="yes">'
                 '<unit id="u" mw="3" kv="345" lines="4" interconnection="east"/></controls>')
        body = (organisation + f"<systems>{system('s', parts)}{system('t')}</systems><dependencies>"
                '<dependency from="s" on="t" strength="important" redundant="yes"/></dependencies>')
        self.assertEqual(self.take(self.document(body))["written"], 18)
        text = self.round_trips(self.realm)
        self.assertIn('"org_metric","o","staff","person","250"', text)
        self.assertIn('"organisation","o","O","energy"', text)
        self.assertIn('"de fr"', text)
        self.assertIn('"filing","s","returned","01234567890","01234567890-00001","psb","2026-01-02"',
                      text)
        # what the owner no longer states has ended; the two metric tables are not one another's
        fewer = body.replace('<assessment kind="tier" on="2025-03-04"/>', "").replace(
            '<metric name="staff" value="250" unit="person"/>', "")
        result = self.take(self.document(fewer))
        self.assertEqual((result["written"], result["ended"]), (0, 2))
        for bad, said in (("0123456789", "breaks its form"), ("0123456789x", "breaks its form")):
            self.assertIn(said, self.refused(self.document(body.replace("01234567890", bad))))
        table = f"table,realm\nregister,{self.realm}\ntable,system,status,form_no\nfiling,s,filed,"
        for bad in ("123", "012345678901", "0123456789a"):
            self.assertIn("has not the form of such a number, 11 digits",
                          self.refused(table + bad + "\n", "bad.csv"))
        self.assertIn('names the organisation "nobody"', self.refused(self.document(
            body.replace('body="psb" received', 'body="nobody" received'))))
        table = f"table,realm\nregister,{self.realm}\ntable,organisation,name,unit,value\n"
        self.assertEqual(self.take(table + "单位指标,o,staff,person,251\n", "figures.csv")["written"], 1)

    def test_hostile_texts_come_back(self):
        texts = ["=cmd|' /C calc'!A0", "'=1+1", "''@x", "-5", "a\"b,c;d\te", "<&>'\"]]>",
                 "back\\slash \\x41 \\u{202e}", "\u202eevil\u200b", "\u7535\u529b\U00020000\u8c03\u5ea6", "'",
                 "line\r\nbreak", "; DROP TABLE system; --", "{a,\"b\"}", "NULL", "\\N", "$1 %s %n"]
        lines = ["table,realm", "register,h", "table,id,name,sector,address,note"]
        for i, text in enumerate(texts):
            cell = '"' + text.replace('"', '""') + '"'
            lines.append(f"organisation,o{i},x{cell[1:-1]}x,energy,{cell}".replace(
                f"x{cell[1:-1]}x", '"x' + cell[1:-1] + 'x"'))
        lines[2] = "table,id,name,sector,address"
        self.take("\n".join(lines), "hostile.csv")
        self.round_trips("h")
        names = dict(self.sql(self.here("SELECT o.id, o.name FROM organisation o", "h")))
        self.assertEqual(names["o0"], "x" + texts[0] + "x")
        self.assertEqual(names["o7"], "x\\u{202e}evil\\u{200b}x")
        # a guard is taken off once: '=1+1 was written as =1+1 by who made the file
        addresses = dict(self.sql(self.here("SELECT o.id, o.address FROM organisation o", "h")))
        self.assertEqual((addresses["o1"], addresses["o3"]), ("=1+1", "-5"))

    def test_spreadsheets_of_the_examples(self):
        good = SOURCE / "schema/examples/good"
        first = self.rows("register", "import", good / "register-waterworks-gb18030.csv")[0]
        self.assertEqual((first["organisations"], first["systems"], first["others"]), (2, 1, 2))
        self.nothing_changes(good / "register-waterworks-utf16.csv")
        self.program("register", "import", "--encoding", "utf-8",
                     good / "register-waterworks-gb18030.csv", code=3)
        self.assertIn("gb18030.csv:1: a byte is not UTF-8", self.message)
        self.round_trips("qinghe")

    def test_templates_have_every_table(self):
        for words in ([], ["--chinese"]):
            text = self.export("--template", *words, form="csv").decode("utf-8-sig")
            self.assertEqual(len(text.splitlines()), 32)
            self.take(text.split("\r\n")[0] + '\r\n"register","t",""\r\n' + text, "template.csv")
        self.program("register", "export", "--template", code=2)
        self.program("--format", "json", "register", "export", code=2)
        self.take(self.document(ORGANISATION, "u"))
        self.program("register", "export", code=2)
        self.assertIn("several realms", self.message)
        self.program("--realm", "nowhere", "register", "export", code=3)

    def test_a_changed_csv_changes_what_changed(self):
        self.take(self.document(ORGANISATION + f"<systems>{system('s')}</systems>",
                           attributes='as-of="2026-01-01"'))
        text = f"table,realm\nregister,{self.realm}\ntable,organisation,code,as_of\norg_role,o,owner,2026-02-01\n"
        self.assertEqual(self.take(text, "roles.csv")["written"], 1)
        result = self.take(text.replace("2026-02-01", "2026-03-01"), "roles.csv")
        self.assertEqual((result["written"], result["ended"]), (1, 1))
        self.assertIn("names the organisation \"p\"", self.refused(text.replace(",o,", ",p,"),
                                                                   "roles.csv"))

    def refused(self, content, name="bad.xml"):
        self.program("register", "import", self.write(name, content), code=3)
        return self.message

    # ---- a day ----------------------------------------------------------------------------

    def names(self, *words):
        return [row["value"] for row in self.rows("--realm", self.realm, "register", "show", *words)
                if row["table"] == "system" and row["attribute"] == "name"]

    def test_as_it_was_on_a_day(self):
        def state(name, day):
            self.take(self.document(ORGANISATION + "<systems>" + system("s").replace(
                'name="S"', f'name="{name}"') + "</systems>", attributes=f'as-of="{day}"'))
        state("First", "2026-01-10")
        state("Second", "2026-03-10")
        self.assertEqual(self.names("s"), ["Second"])
        for day, names in (("2026-01-10", ["First"]), ("2026-03-09", ["First"]),
                           ("2026-03-10", ["Second"]), ("2026-09-01", ["Second"])):
            self.assertEqual(self.names("s", "--as-of", day), names, day)
        self.program("--realm", self.realm, "register", "show", "s", "--as-of", "2026-01-09", code=3)
        # a correction of the same day: the first never held
        state("Corrected", "2026-03-10")
        self.assertEqual(self.names("s", "--as-of", "2026-03-10"), ["Corrected"])
        self.assertEqual(self.names("s", "--as-of", "2026-02-01"), ["First"])
        # the end of it: it held until the import that no longer said so
        self.take(self.document(ORGANISATION, attributes='complete="yes"'))
        self.program("--realm", self.realm, "register", "show", "s", code=3)
        self.assertEqual(self.names("s", "--as-of", "2026-05-01"), ["Corrected"])

    def test_show_tells_all(self):
        self.rows("register", "import", str(LAB))
        rows = self.rows("register", "show", "distribution-dispatch")
        self.assertLessEqual({"system", "system_tier", "scenario", "system_rule", "dependency",
                              "responsibility", "circuit", "contract", "remote_maintenance",
                              "position", "computed"}, {row["table"] for row in rows})
        rows = self.rows("register", "show", "relay-works")
        self.assertLessEqual({"organisation", "org_role", "contract", "remote_maintenance",
                              "responsibility"}, {row["table"] for row in rows})
        self.program("--realm", "other", "register", "show", "relay-works", code=3)

    # ---- whose assets -----------------------------------------------------------------------

    def met(self):
        self.register.run("grant", self.realm, "198.18.0.0/16", "2020-01-01", "2099-01-01")
        self.register.intake(Bundle(self.realm).host("198.18.1.1").host("198.18.1.2").host("198.18.1.3")
                             .host("198.18.2.1").host("198.18.3.1")
                             .name("198.18.1.2", "db1.example").covered("198.18.0.0/16"))
        return dict(self.sql(self.here("SELECT host(address), asset_id FROM address")))

    def systems(self):
        return dict(self.sql(self.here("""SELECT host(a.address), m.system FROM asset_system m
            JOIN address a USING (asset_id, realm_id)""") + " AND a.until_run IS NULL"))

    def test_precedence_of_rules(self):
        ids = self.met()
        statement = ('<asset-statements><asset by="address" is="198.18.1.3" attribute="tag" '
                     'value="core"/></asset-statements>')
        subnets = '<subnets><subnet prefix="198.18.1.0/24" name="n" vlan="7"/></subnets>'
        rules = {"p": '<prefix cidr="198.18.0.0/16"/>', "v": '<vlan id="7"/>',
                 "t": '<tag name="core"/>', "n": '<name glob="db*"/>',
                 "a": '<address value="198.18.1.2"/>',
                 "h": f'<asset id="{ids["198.18.1.2"]}"/>'}
        expected = [("p", ["p", "p", "p", "p"]), ("pv", ["v", "v", "v", "p"]),
                    ("pvt", ["v", "v", "t", "p"]), ("pvtn", ["v", "n", "t", "p"]),
                    ("pvtna", ["v", "a", "t", "p"]), ("pvtnah", ["v", "h", "t", "p"])]
        for names, owners in expected:
            self.take(self.document(ORGANISATION + subnets + "<systems>" + "".join(
                system(n, f"<assets>{rules[n]}</assets>") for n in names) + "</systems>"
                + statement))
            found = self.systems()
            self.assertEqual([found[a] for a in ("198.18.1.1", "198.18.1.2", "198.18.1.3",
                                                 "198.18.2.1")], owners, names)
        # by hand: the number of an alias leads to what it turned out to be
        self.sql(f"""UPDATE asset SET merged_into = {ids['198.18.3.1']}
            WHERE asset_id = {ids['198.18.1.2']};
            UPDATE address SET until_run = 1 WHERE asset_id = {ids['198.18.1.2']}""")
        self.assertEqual(self.systems()["198.18.3.1"], "h")

    def test_who_is_responsible(self):
        self.met()
        edges = [("system", "s", "a"), ("prefix", "198.18.0.0/16", "b"),
                 ("subnet", "198.18.1.0/24", "c"), ("address", "198.18.1.1", "d"),
                 ("name", "db?.example", "e")]
        people = "".join(f'<organisation id="{x}" name="{x.upper()}" sector="energy"/>'
                         for x in "oabcdef")
        self.take(self.document(
            f"<organisations>{people}</organisations><systems>"
            + system("s", '<assets><prefix cidr="198.18.0.0/16"/></assets>')
            + "</systems><responsibilities>" + "".join(
                f'<responsibility subject="{subject}" value="{value}" duty="manages" '
                f'organisation="{who}"/>' for subject, value, who in edges)
            + '<responsibility subject="address" value="198.18.1.1" duty="manages" '
            'organisation="f" valid-until="2020-01-01"/>'
            '<responsibility subject="system" value="s" duty="operates" organisation="a"/>'
            "</responsibilities>"))
        found = {(a, duty): who for a, duty, who in self.sql(self.here("""
            SELECT host(a.address), r.duty, r.organisation FROM asset_responsible r
            JOIN address a USING (asset_id, realm_id)"""))}
        self.assertEqual({a: found[a, "manages"] for a in ("198.18.1.1", "198.18.1.2",
                                                            "198.18.1.3", "198.18.2.1")},
                         {"198.18.1.1": "d", "198.18.1.2": "e", "198.18.1.3": "c",
                          "198.18.2.1": "b"})
        self.assertEqual(found["198.18.1.1", "operates"], "a")

    # ---- attested and observed ----------------------------------------------------------------

    def statements(self, *facts):
        return self.document(
            ORGANISATION + '<subnets><subnet prefix="198.18.1.0/24" name="n" zone="control"/>'
            "</subnets><systems>" + system("s", '<assets><prefix cidr="198.18.1.0/24"/></assets>')
            + "</systems><asset-statements>" + "".join(
                f'<asset by="{by}" is="{which}" attribute="{attribute}" value="{value}"/>'
                for by, which, attribute, value in facts) + "</asset-statements>")

    def disagreements(self):
        return {(row[0], row[1]) for row in self.sql(self.here(
            "SELECT subject, detail FROM review_disagreement"))}

    def test_attested_beside_observed(self):
        ids = self.met()
        asset = ids["198.18.1.2"]
        self.sql(f"UPDATE asset SET role = 'server', vendor = 'Acme Ltd' WHERE asset_id = {asset}")
        self.take(self.statements(
            ("address", "198.18.1.2", "role", "router"), ("address", "198.18.1.2", "tag", "a"),
            ("address", "198.18.1.2", "tag", "b"), ("name", "DB1.example", "vendor", "Acme"),
            ("address", "198.18.1.2", "importance", "key"),
            ("asset", asset, "zone", "office"), ("address", "198.18.1.2", "prefix",
                                                 "198.18.9.0/24"),
            ("address", "198.18.1.99", "role", "server"),
            ("address", "2001:db8::9", "role", "server")))
        shown = {(row["attribute"], row["value"]) for row in self.rows("asset", "show", asset)
                 if row["chapter"] == "register" and row["grade"] == "attested"}
        self.assertLessEqual({("role", "router"), ("tag", "a"), ("tag", "b"), ("vendor", "Acme"),
                              ("importance", "key"), ("zone", "office")}, shown)
        self.assertEqual(self.disagreements(), {
            ("role differs", "stated router (address 198.18.1.2), observed server"),
            ("zone differs", f"stated office (asset {asset}), observed control"),
            ("address block differs", "stated 198.18.9.0/24 (address 198.18.1.2), observed "
             "198.18.1.2"),
            ("stated, never met", "address 198.18.1.99: looked for and not found"),
            ("met, not stated", "no system of the register claims 198.18.2.1"),
            ("met, not stated", "no system of the register claims 198.18.3.1")})
        columns = self.sql("""SELECT attname, format_type(atttypid, NULL) FROM pg_attribute
            WHERE attrelid = 'review_disagreement'::regclass ORDER BY attnum""")
        self.assertEqual(columns, [["realm_id", "integer"], ["asset_id", "bigint"],
                                   ["system", "text"], ["kind", "text"], ["subject", "text"],
                                   ["detail", "text"], ["since", "timestamp with time zone"]])
        # discovery goes on, and touches nothing that was stated
        before = self.sql("SELECT * FROM asset_statement ORDER BY 1, 2, 3, 4, 5")
        self.register.intake(Bundle(self.realm, at=1).host("198.18.1.2").covered("198.18.0.0/16"))
        self.assertEqual(self.sql("SELECT * FROM asset_statement ORDER BY 1, 2, 3, 4, 5"), before)

    def test_bad_statements(self):
        for fact, said in (
                (("address", "198.18.1", "role", "x"), "bad.xml:1"),
                (("mac", "00:11", "role", "x"), "bad.xml:1"),
                (("asset", "-1", "role", "x"), "no number of an asset"),
                (("address", "198.18.1.1", "importance", "huge"), "is not one of key, important"),
                (("address", "198.18.1.1", "vlan", "9999"), "no whole number from 1 to 4094"),
                (("address", "198.18.1.1", "prefix", "198.18.1.1/24"), "198.18.1.0/24"),
                (("address", "198.18.1.1", "facility", "f"), 'names the facility "f"'),
                (("address", "198.18.1.1", "tag", "A B"), "is no code")):
            self.assertIn(said, self.refused(self.statements(fact)))
        two = self.statements(("address", "198.18.1.1", "role", "a"),
                              ("address", "198.18.1.1", "role", "b"))
        self.assertIn('the asset statement "address 198.18.1.1 role" is stated twice',
                      self.refused(two))

    # ---- circles, interruption, two at once ------------------------------------------------------

    def test_circles(self):
        two = ["<systems>", system("a", attributes='carried-by="b"'), "\n",
               system("b", attributes='carried-by="a"'), "</systems>"]
        message = self.refused(self.document(ORGANISATION + "".join(two)))
        self.assertIn('bad.xml:1: the carriers of the system "a" run in a circle: a -> b -> a',
                      message)
        message = self.refused(self.document(ORGANISATION + "".join(two).replace("carried-by", "parent")))
        self.assertIn('the parents of the system "a" run in a circle', message)
        self.assertIn('is its own carried-by', self.refused(self.document(
            ORGANISATION + "<systems>" + system("a", attributes='carried-by="a"') + "</systems>")))
        result = self.take(self.document(
            ORGANISATION + "<systems>" + system("a") + system("b") + "</systems><dependencies>"
            '<dependency from="a" on="b" strength="essential"/>'
            '<dependency from="b" on="a" strength="essential"/></dependencies>'))
        self.assertEqual(result["dependencies"], 2)
        self.assertIn("systems depend on each other: a -> b -> a; it is kept", self.message)

    def import_that_ends(self, path, end):
        """An import that has begun and waits for its turn, ended by `end`; nothing is kept."""
        blocker = subprocess.Popen(
            [psql_path(), "-X", "-q", "-h", self.register.socket(), "-U", "cadastre",
             "-d", "postgres"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        blocker.stdin.write("SELECT pg_advisory_lock(4841, 13);\n\\echo locked\n")
        blocker.stdin.flush()
        while "locked" not in blocker.stdout.readline():
            pass
        waiting = subprocess.Popen([PROGRAM, "register", "import", path], env=self.register.env,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        held = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
        wait_for(lambda: self.register.one(held) == "1", "the import does not wait")
        end(waiting)
        message = waiting.communicate(timeout=60)[1].decode()
        blocker.communicate("", timeout=60)
        wait_for(lambda: self.register.one(held) == "0", "the lock is still waited for")
        self.assertEqual(self.register.one(self.here("SELECT count(*) FROM organisation")), "0")
        return waiting.returncode, message

    def test_interrupted_and_repeated(self):
        path = self.write("register.xml", self.document(ORGANISATION))
        code, _ = self.import_that_ends(path, lambda one: one.send_signal(signal.SIGKILL))
        self.assertEqual(code, -signal.SIGKILL)
        code, message = self.import_that_ends(path, lambda _: self.sql(
            """SELECT pg_terminate_backend(pid) FROM pg_locks
               WHERE locktype = 'advisory' AND NOT granted"""))
        self.assertEqual(code, 4, message)
        self.assertEqual(self.rows("register", "import", path)[0]["written"], 1)
        self.nothing_changes(path)

    def test_two_at_once(self):
        paths = [self.write(f"{n}.xml", self.document(
            ORGANISATION + "<systems>" + "".join(system(f"s{i}", attributes=f'object-no="{n}"')
                                                 for i in range(200)) + "</systems>"))
                 for n in range(2)]
        both = [subprocess.Popen([PROGRAM, "register", "import", path], env=self.register.env,
                                 stdout=subprocess.PIPE, stderr=subprocess.PIPE) for path in paths]
        for one in both:
            _, message = one.communicate(timeout=120)
            self.assertEqual(one.returncode, 0, message)
        self.assertEqual(self.sql(self.here(
            "SELECT count(*), count(DISTINCT id), count(DISTINCT object_no) FROM system")
            + " AND until_import IS NULL"), [["200", "200", "1"]])
        self.assertEqual(self.register.one(self.here("SELECT count(*) FROM system")), "400")

    def test_large_registers_are_quick(self):
        """Anti joins, not nested loops: 10,000 statements twice, and all of them changed."""
        lines = ["table,realm", f"register,{self.realm}", "table,id,name,sector", "organisation,o,O,energy",
                 "table,selector,asset,attribute,value"]
        lines += [f"asset_statement,address,198.{18 + i // 65536}.{i // 256 % 256}.{i % 256},role,server"
                  for i in range(10000)]
        text = "\n".join(lines)
        began = time.monotonic()
        self.assertEqual(self.take(text, "big.csv")["written"], 10001)
        self.assertEqual(self.take(text, "big.csv")["written"], 0)
        result = self.take(text.replace(",server", ",router"), "big.csv")
        self.assertEqual((result["written"], result["ended"]), (10000, 10000))
        self.assertLess(time.monotonic() - began, 120)

    def test_z_one_asset_is_told_as_all_are(self):
        """What functions tell of one asset is what the views tell of all, now and at other times."""
        for time in [None, *self.register.times()[-20:]]:
            self.assertEqual(self.register.told_apart(time), [], time)
        for view, *_ in TOLD:
            self.assertGreater(int(self.sql(f"SELECT count(*) FROM {view}")[0][0]), 0, view)


if __name__ == "__main__":
    unittest.main()
