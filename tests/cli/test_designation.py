#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Decisions, the list and notices at the command line: usage, dates, the four forms, two officials at
once, replay, statistics that close."""
import csv
import datetime
import io
import pathlib
import subprocess
import sys
import time
import unittest
import xml.etree.ElementTree as tree

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from harness import Register  # noqa: E402

PROGRAM, TOOL, SOURCE = sys.argv.pop(1), sys.argv.pop(1), pathlib.Path(sys.argv.pop(1))
sys.path.insert(0, str(SOURCE / "tests/sql"))
from register import Register as Tables, psql_path  # noqa: E402

SYSTEM = """<system id="{id}" name="{name}" organisation="{of}" sector="energy.power"
 class="industrial-control" kind="information-system" function="f" service-scope="prefecture"
 counterparts="both"><tier s="1" a="3"/>{metric}<supports complete="yes"><support business="dd"
 strength="essential"/></supports><controls complete="yes"/><dependants complete="yes" hops="2"/></system>"""
REGISTER = """<register xmlns="urn:cadastre:register:1" realm="lanhe" document="D-1"><organisations>
<organisation id="op" name="兰河电力 &lt;Power&gt;" sector="energy.power" division="420100"><role code="operator"/>
</organisation><organisation id="op2" name="Second" sector="energy.power" division="420200"/>
<organisation id="bureau" name="Energy Bureau" sector="energy"><role code="protection-department"/></organisation>
{more}</organisations><businesses><business id="dd" name="Dispatch" organisation="op" sector="energy.power"
 function="distribution-dispatch" key="yes" rto-hours="4" fallback-hours="8"/></businesses>
<systems>{systems}</systems></register>"""
CUSTOMERS = '<metric name="customers-served" value="{}" unit="person" document="ST-1"/>'


def today(days=0):
    day = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=days)
    return day.strftime("%Y-%m-%d")


class Base(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.register = Register(PROGRAM)
        cls.run_program, cls.rows = cls.register.run, cls.register.rows
        cls.tables = Tables(TOOL)
        cls.tables.env, cls.tables.data = cls.register.env, cls.register.data
        cls.numbers = iter(range(1, 1000))

    @classmethod
    def tearDownClass(cls):
        cls.tables.release()
        cls.register.close()

    @classmethod
    def identify(cls):
        cls.run_program("identify", code=(0, 1))

    def number(self):
        return f"GX-{next(self.numbers)}"

    def decide(self, verb, *systems, code=0, number=None, official="Li Wei", **options):
        words = ["designate", verb]
        for system in systems:
            words += ["--system", system]
        for name, value in options.items():
            words += ["--" + name.replace("_", "-"), value]
        return self.run_program(*words, "--official", official, "--decision",
                                number or self.number(), code=code)

    def withdraw(self, *systems, kind="change", **options):
        words = ["designate", "withdraw", "--code", kind]
        for system in systems:
            words += ["--system", system]
        code = options.pop("code", 0)
        options = {"reason": "They closed it", "official": "Wu Min",
                   "decision": None} | options
        options["decision"] = options["decision"] or self.number()
        for name, value in options.items():
            words += ["--" + name, value]
        return self.run_program(*words, code=code)

    def bound(self, system):
        """The number of a boundary that an official decided on."""
        self.run_program("boundary", "derive", system, code=(0, 1))
        return self.run_program("boundary", "decide", system, "--official", "Li Wei", "--decision",
                                self.number()).stdout.strip()

    def listed(self, *words):
        return {row["system_id"]: row for row in self.rows("designation", "list", *words)}


class Deciding(Base):
    """Systems c1 to c6 are proposed, n1 is not, r1 waits for a figure."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.run_program("pack", "install", str(SOURCE / "inventory/norms/x.energy.power.xml"))
        cls.customers = {f"c{n}": 150000 for n in range(1, 7)} | {"n1": 10, "r1": None}
        cls.take()
        cls.identify()

    @classmethod
    def take(cls, more=""):
        systems = "".join(SYSTEM.format(
            id=name, name=f"System {name}", of="op2" if name == "c2" else "op",
            metric="" if n is None else CUSTOMERS.format(n)) for name, n in cls.customers.items())
        path = pathlib.Path(cls.register.path("register.xml"))
        path.write_text(REGISTER.format(systems=systems, more=more), encoding="utf-8")
        cls.run_program("register", "import", str(path))

    def test_boundary_reaches_as_far_as_the_norm_says(self):
        self.assertEqual(self.tables.sql("SELECT boundary, boundary_basis FROM norm_pack"),
                         [["essential; control business; stop at boundary-device one-way; 90 days", "synthetic"]])
        self.run_program("boundary", "derive", "c6", code=(0, 1))
        self.tables.sql("UPDATE norm_pack SET boundary = 'essential; control; stop at one-way; 30 days'")
        self.run_program("boundary", "derive", "c6", code=(0, 1))
        rules = [row["rule"] for row in self.rows("boundary", "list", "--all", "c6")]
        self.assertEqual(set(rules), {"essential; control business; stop at boundary-device one-way; 90 days",
                                      "essential; control; stop at one-way; 30 days"})

    def test_01_usage(self):
        for verb, options, said in (
                ("override", {}, "--outcome cii"),
                ("override", {"outcome": "maybe", "reason": "so"}, "--outcome cii"),
                ("override", {"outcome": "cii"}, "needs a reason"),
                ("override", {"outcome": "cii", "reason": " \t"}, "needs a reason"),
                ("override", {"outcome": "cii", "reason": "-- 1."}, "is no reason"),
                ("override", {"outcome": "cii", "reason": "x" * 2001}, "longer than 2000 bytes"),
                ("accept", {"date": "yesterday"}, "is no day"),
                ("accept", {"date": "2026-02-30"}, "is no day"),
                ("accept", {"date": "2026-11-01T00:00:00Z"}, "is no day"),
                ("accept", {"date": today(2)}, "that day has not begun"),
                ("accept", {"boundary": "x"}, "is no number"),
                ("accept", {"authority": " "}, "--authority needs")):
            self.assertIn(said, self.decide(verb, "n1", code=2, **options).stderr)
        for options, said in (({"kind": "whim"}, "--code"), ({"reason": " "}, "needs a reason")):
            self.assertIn(said, self.withdraw("n1", code=2, **options).stderr)
        self.assertIn("named twice", self.decide("accept", "c1", "c1", code=2).stderr)
        self.assertIn("is that of one system",
                      self.decide("accept", "c1", "c2", boundary="5", code=2).stderr)
        self.assertIn("--official", self.run_program("designate", "accept", "--system", "c1",
                                                     code=2).stderr)
        self.assertEqual(self.listed(), {})
        self.assertEqual(self.rows("notice", "list"), [])

    def test_02_accept_on_an_earlier_day(self):
        boundary = self.bound("c1")
        for other in ("99999", self.tables.one("SELECT id FROM boundary WHERE kind = 'maximum'"), self.bound("c6")):
            self.assertIn(f"boundary {other} is no decided boundary of system \"c1\"", self.decide(
                "accept", "c1", boundary=other, code=3).stderr)
        done = self.decide("accept", "c1", number="GX-100", date="2026-11-02", boundary=boundary,
                           reason="会商 <一致>")
        self.assertNotIn("no boundary", done.stderr)
        id = int(done.stdout)
        row = self.listed()["c1"]
        self.assertEqual((row["list_no"], row["decided"], row["authority"], row["official"],
                          row["valid_from"], row["reason"], row["words"], row["boundary"],
                          row["operator"], row["division"], row["sector"], row["tier"]),
                         ("CII-2026-001", "2026-11-02", "Energy Bureau", "Li Wei",
                          "2026-11-02T00:00:00Z", "initial", "会商 <一致>", int(boundary), "兰河电力 <Power>",
                          "420100", "energy.power", 3))
        self.assertIn("c1", self.listed("--as-of", "2026-11-03"))
        self.assertNotIn("c1", self.listed("--as-of", "2026-11-01"))
        self.assertNotIn("c1", self.listed("--as-of", "2026-11-03", "--known-at", "2026-11-04"))
        version = self.rows("designation", "show", "CII-2026-001")
        self.assertEqual([row["id"] for row in version], [id])
        self.assertEqual((version[0]["proposed"], version[0]["pack"], version[0]["outcome"]),
                         ("cii", "x.energy.power", "cii"))
        self.assertIn("inputs sha256", version[0]["evidence"])
        self.assertIn("identification-result to 兰河电力 <Power>: draft", version[0]["notices"])
        self.assertIn("report to 公安部: draft", version[0]["notices"])
        self.assertIn("nothing was decided on",
                      self.run_program("designation", "show", "CII-1999-001", code=3).stderr)

    def test_03_one_decision_on_several_systems_and_its_number(self):
        said = self.decide("accept", "c2", number="GX-100", code=3).stderr
        self.assertIn("decision GX-100 of Energy Bureau is that of Li Wei of 2026-11-02 on c1", said)
        self.assertIn("a number of its own", said)
        # one that cannot be accepted: none is
        self.assertIn('is "not"', self.decide("accept", "c2", "n1", code=3).stderr)
        self.assertNotIn("c2", self.listed())
        said = self.decide("accept", "c2", "c3", number="GX-101", date="2026-11-03").stderr
        self.assertIn('no boundary of "c2" is known', said)
        rows = self.listed()
        self.assertEqual({rows[s]["decision"] for s in ("c2", "c3")}, {"GX-101"})
        self.assertEqual([rows[s]["list_no"] for s in ("c2", "c3")], ["CII-2026-002", "CII-2026-003"])
        self.assertEqual(len({rows[s]["recorded"] for s in ("c2", "c3")}), 1)
        # another authority has numbers of its own
        self.decide("accept", "c4", number="GX-101", authority="Grid Office", date="2026-11-04")
        self.assertEqual(self.listed()["c4"]["authority"], "Grid Office")

    def test_04_override(self):
        self.assertIn("nothing is overridden", self.decide(
            "override", "c5", outcome="cii", reason="we want it", code=3).stderr)
        self.assertIn("nothing to decline", self.decide(
            "override", "n1", outcome="not", reason="we do not", code=3).stderr)
        self.decide("override", "n1", outcome="cii", reason="It feeds the capital", number="GX-110",
                    date="2026-11-10")
        row = self.listed()["n1"]
        self.assertEqual((row["reason"], row["words"], row["outcome"]),
                         ("override", "It feeds the capital", "cii"))
        self.assertIn("on the list already", self.decide(
            "override", "n1", outcome="cii", reason="once more", code=3).stderr)
        self.decide("override", "c5", "r1", outcome="not", reason="尚未投入使用", number="GX-111",
                    date="2026-11-10")
        self.assertEqual(set(self.listed("--declined")), {"c5", "r1"})
        self.assertEqual({row["list_no"] for row in self.listed("--declined").values()}, {""})
        self.assertNotIn("c5", self.listed())
        self.assertIn("was against", self.decide("accept", "c5", code=3).stderr)
        self.assertIn("was against", self.decide(
            "override", "c5", outcome="not", reason="again not", code=3).stderr)
        self.assertIn("is on the list as", self.decide(
            "override", "c1", outcome="not", reason="no longer", code=3).stderr)
        # the same proposal is decided otherwise, with a reason
        self.decide("override", "c5", outcome="cii", reason="It was put to use", number="GX-112",
                    date="2026-11-10")
        self.assertIn("c5", self.listed())
        self.assertEqual([row["outcome"] for row in self.rows("designation", "show", "c5")],
                         ["not", "cii"])
        trail = [row for row in self.rows("audit", "list") if row["what"] == "designation.override"]
        self.assertEqual([row["object"] for row in trail], ["n1", "c5", "r1", "c5"])
        self.assertIn("It feeds the capital", trail[0]["detail"])

    def test_05_dates_out_of_order(self):
        self.assertIn("comes before decision GX-101, which it follows, of 2026-11-03",
                      self.withdraw("c3", date="2026-11-02", code=3).stderr)
        self.assertIn("c3", self.listed())

    def test_06_withdraw_and_enter_again(self):
        self.assertIn('"c6" is not on the list', self.withdraw("c6", code=3).stderr)
        self.assertIn("no system", self.withdraw("ghost", code=3).stderr)
        self.withdraw("c3", date="2026-11-20", decision="GX-120")
        self.assertNotIn("c3", self.listed())
        self.assertIn("c3", self.listed("--as-of", "2026-11-19"))
        self.assertNotIn("c3", self.listed("--as-of", "2026-11-21"))
        row = self.listed("--withdrawn")["c3"]
        self.assertEqual((row["list_no"], row["reason"], row["words"], row["decided"]),
                         ("CII-2026-003", "change", "They closed it", "2026-11-20"))
        self.assertNotIn("c3", self.listed("--withdrawn", "--as-of", "2026-11-19"))
        self.assertIn("is not on the list: decision GX-120 of Wu Min of 2026-11-20",
                      self.withdraw("c3", code=3).stderr)
        self.assertIn("was against", self.decide("accept", "c3", code=3).stderr)
        self.customers["c3"] = 160000
        self.take()
        self.identify()
        self.assertIn("comes before", self.decide("accept", "c3", date="2026-11-19", code=3).stderr)
        self.decide("accept", "c3", date="2026-11-20", number="GX-121")
        row = self.listed()["c3"]
        self.assertEqual((row["list_no"], row["reason"]), ("CII-2026-007", "initial"))
        self.assertEqual([(row["outcome"], row["valid_until"] != "") for row in
                          self.rows("designation", "show", "c3")],
                         [("cii", True), ("withdrawn", True), ("cii", False)])
        self.assertEqual([(row["outcome"]) for row in
                          self.rows("designation", "show", "CII-2026-003")], ["cii", "withdrawn"])

    def test_07_a_system_that_left_the_register(self):
        kept = {name: self.listed()["c4"][name] for name in (
            "system", "operator_id", "operator", "division", "sector", "class", "kind", "tier")}
        path = pathlib.Path(self.register.path("register.xml"))
        text = path.read_text(encoding="utf-8").replace("<register ", '<register complete="yes" ')
        gone = [system for system in text.split("<system ") if system.startswith('id="c4"')][0]
        path.write_text(text.replace("<system " + gone, "").replace(
            'document="D-1"', 'document="D-2"'), encoding="utf-8")
        self.run_program("register", "import", str(path))
        del self.customers["c4"]
        row = self.listed()["c4"]
        self.assertEqual({name: row[name] for name in kept}, kept)
        self.assertEqual((row["operator"], row["division"], row["tier"]), ("兰河电力 <Power>", "420100", 3))
        counts = self.rows("designation", "statistics")
        self.assertEqual(sum(row["unregistered"] for row in counts), 1)
        self.assertIn("no system", self.decide("accept", "c4", code=3).stderr)
        self.withdraw("c4", kind="correction", decision="GX-130", date="2026-11-04",
                      authority="Grid Office")
        self.assertNotIn("c4", self.listed("--as-of", "2026-11-05"))
        self.assertIn("System c4", self.run_program("notice", "show", str(
            self.rows("notice", "list", "--system", "c4", code=(0, 1))[-1]["id"])).stdout)

    def test_08_statistics_close(self):
        for by in ("sector", "region", "operator", "class", "outcome"):
            for words in ((), ("--as-of", "2026-11-04"), ("--as-of", "2026-11-21")):
                rows = self.rows("designation", "statistics", "--by", by, *words)
                for row in rows:
                    self.assertEqual(row["systems"] + row["unregistered"], sum(
                        row[name] for name in ("entries", "declined", "withdrawn", "proposed",
                                               "review", "undecided")), row)
                self.assertEqual(sum(row["entries"] for row in rows), len(self.listed(*words)))
        rows = {row["group"]: row for row in self.rows("designation", "statistics", "--by", "outcome")}
        self.assertEqual({name: row["systems"] + row["unregistered"] for name, row in rows.items()},
                         {"cii": 5, "not": 1, "withdrawn": 1, "proposed": 1})
        rows = {row["group"]: row for row in self.rows("designation", "statistics", "--by", "operator")}
        self.assertEqual((rows["op2"]["name"], rows["op2"]["entries"]), ("Second", 1))
        self.assertIn("nothing to count by",
                      self.run_program("designation", "statistics", "--by", "x", code=2).stderr)

    def test_09_the_four_forms(self):
        text = self.run_program("designation", "list").stdout
        self.assertIn("list_no", text.splitlines()[0])
        self.assertIn("兰河电力 <Power>", text)
        rows = list(csv.DictReader(io.StringIO(
            self.run_program("--format", "csv", "designation", "list").stdout)))
        chinese = list(csv.DictReader(io.StringIO(self.run_program(
            "--format", "csv", "designation", "list", "--chinese").stdout)))
        self.assertEqual([list(row.values()) for row in rows], [list(row.values()) for row in chinese])
        self.assertEqual(chinese[0]["清单编号"], rows[0]["list_no"])
        self.assertEqual(chinese[0]["决定文号"], "GX-100")
        self.assertIn("is for --format csv",
                      self.run_program("designation", "list", "--chinese", code=2).stderr)
        self.assertIn("two lists", self.run_program("designation", "list", "--withdrawn",
                                                    "--declined", code=2).stderr)
        document = tree.fromstring(self.run_program("--format", "xml", "designation", "list").stdout)
        self.assertEqual(document[0].find("words").text, "会商 <一致>")
        self.assertEqual({cell.tag for cell in document[0]} | {"list_no"}, set(rows[0]))
        shown = self.run_program("designation", "show", "CII-2026-001").stdout
        self.assertRegex(shown, r"GX-100 +words +会商 <一致>")

    def test_10_two_officials_at_once(self):
        """Both look, both wait; one decides, the other is told of it."""
        self.identify()
        waiting = ("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND classid = 4841 "
                   "AND objid = 14 AND NOT granted")
        self.tables.hold()
        holder = subprocess.Popen(
            [psql_path(), "-X", "-q", "-At", "-h", self.tables.socket(), "-U", "cadastre", "-d", "postgres"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        holder.stdin.write("BEGIN; SELECT pg_advisory_xact_lock(4841, 14); SELECT 'held';\n")
        holder.stdin.flush()
        self.assertEqual([holder.stdout.readline() for _ in range(2)], ["\n", "held\n"])
        both = [self.register.start(
            "designate", *words, "--system", "c6", "--official", official, "--decision", number)
            for words, official, number in (
                (["accept"], "Li Wei", "GX-140"),
                (["override", "--outcome", "not", "--reason", "Not in use"], "Wu Min", "GX-141"))]
        while self.tables.one(waiting) != "2":
            time.sleep(0.05)
        holder.communicate("COMMIT;\n", timeout=60)
        said = [process.communicate(timeout=120)[1] for process in both]
        codes = [process.returncode for process in both]
        self.assertEqual(sorted(codes), [0, 3], said)
        self.assertIn("while this was being decided, decision GX-14", said[codes.index(3)])
        self.assertIn("on system \"c6\" was recorded", said[codes.index(3)])
        self.assertEqual(len(self.rows("designation", "show", "c6")), 1)

    def test_11_replay(self):
        rows = self.rows("designation", "replay")
        self.assertEqual({row["replay"] for row in rows}, {"same"})
        self.assertEqual(len(rows), int(self.tables.one("SELECT count(*) FROM designation_history")))
        self.assertEqual([row["list_no"] for row in self.rows("designation", "replay", "CII-2026-001")],
                         ["CII-2026-001"])
        self.assertIn("nothing was decided",
                      self.run_program("designation", "replay", "ghost", code=3).stderr)
        for change, said in (
                ("explanation_sha256 = repeat('0', 64)", "SHA-256 of the explanation: kept"),
                ("outcome = 'not'", 'outcome: kept "not", now "cii"'),
                ("inputs = replace(inputs, '150000', '150001')", "SHA-256 of the facts: kept"),
                ("inputs = '<inputs/>', inputs_sha256 = encode(sha256('<inputs/>'), 'hex')", 'outcome: kept "cii", now "review"')):
            self.tables.sql("""CREATE TABLE kept AS SELECT e.* FROM norm_eval e JOIN
                designation_history h ON h.eval_id = e.id AND h.list_no = 'CII-2026-001';
                UPDATE norm_eval SET %s WHERE id = (SELECT id FROM kept)""" % change)
            rows = self.rows("designation", "replay", "CII-2026-001", code=1)
            self.assertEqual(rows[0]["replay"], "differs")
            self.assertIn(said, rows[0]["detail"])
            self.tables.sql("""UPDATE norm_eval e SET outcome = k.outcome, inputs = k.inputs,
                inputs_sha256 = k.inputs_sha256, explanation_sha256 = k.explanation_sha256 FROM kept k
                WHERE k.id = e.id; DROP TABLE kept""")
        self.assertEqual(self.rows("designation", "replay", "CII-2026-001")[0]["replay"], "same")

    def test_12_notices(self):
        notices = [row for row in self.rows("notice", "list", "--system", "c1", code=(0, 1))]
        self.assertEqual([(row["kind"], row["to"], row["to_id"], row["from"], row["from_id"], row["state"],
                           row["made"], row["send_due"]) for row in notices],
                         [("identification-result", "兰河电力 <Power>", "op", "Energy Bureau", "bureau",
                           "draft", "2026-11-02", "2026-11-12"),
                          ("report", "公安部", "", "Energy Bureau", "bureau", "draft", "2026-11-02",
                           "2026-11-12")])
        first, second = (str(row["id"]) for row in notices)
        self.assertIn("is a draft", self.run_program("notice", "ack", first, "--by", "Zhao", code=3).stderr)
        self.assertIn("comes before", self.run_program(
            "notice", "send", first, "--number", "N-1", "--date", "2026-11-01", code=3).stderr)
        self.assertIn("has not begun", self.run_program(
            "notice", "send", first, "--number", "N-1", "--date", today(2), code=2).stderr)
        self.assertIn("needs the number", self.run_program("notice", "send", first, code=2).stderr)
        self.run_program("notice", "send", first, "--number", "N-1", "--date", "2026-11-05")
        self.assertIn("was sent already, on 2026-11-05 under number N-1", self.run_program(
            "notice", "send", first, "--number", "N-2", code=3).stderr)
        self.assertIn("number N-1 is that of notice " + first, self.run_program(
            "notice", "send", second, "--number", "N-1", "--date", "2026-11-05", code=3).stderr)
        self.run_program("notice", "send", second, "--number", "N-2", "--date", "2026-11-06")
        self.assertIn("comes before the notice of 2026-11-05", self.run_program(
            "notice", "ack", first, "--by", "Zhao", "--date", "2026-11-04", code=3).stderr)
        self.run_program("notice", "ack", first, "--by", "Zhao", "--date", "2026-11-09",
                         "--response", "收到")
        self.assertIn("was acknowledged already", self.run_program(
            "notice", "ack", first, "--by", "Zhao", code=3).stderr)
        self.assertIn("no notice 99999", self.run_program("notice", "send", "99999", "--number", "N",
                                                          code=3).stderr)
        row = self.listed()["c1"]
        self.assertEqual((row["notice"], row["report"]),
                         ("N-1 of 2026-11-05, acknowledged 2026-11-09", "N-2 of 2026-11-06"))
        open_ones = {str(row["id"]) for row in self.rows("notice", "list", "--open", code=(0, 1))}
        self.assertNotIn(first, open_ones)
        self.assertIn(second, open_ones)
        trail = [row["what"] for row in self.rows("audit", "list") if row["what"].startswith("notice")]
        self.assertEqual(trail, ["notice.send", "notice.send", "notice.ack"])
        self.assertEqual(self.tables.sql(f"SELECT state FROM notice WHERE id = {first} ORDER BY version"),
                         [["draft"], ["sent"], ["acknowledged"]])

    def test_13_letters(self):
        first = self.rows("notice", "list", "--system", "c1", code=(0, 1))[0]["id"]
        letter = self.run_program("notice", "show", str(first)).stdout
        for words in ("关键信息基础设施认定结果通知书", "兰河电力 <Power>：", "第十条", "公网安〔2020〕1960号",
                      "CII-2026-001", "GX-100", "2026-11-02", "System c1", "Article 10", "III(1)",
                      "首次认定", "first identification", "x.energy.power 1.0", "会商 <一致>", "Energy Bureau"):
            self.assertIn(words, letter)
        self.assertNotIn("{", letter)
        self.assertNotIn("?", letter)
        self.assertNotIn("Article", self.run_program("notice", "show", str(first), "--language", "zh").stdout)
        self.assertNotIn("第十条", self.run_program("notice", "show", str(first), "--language", "en").stdout)
        self.assertIn("zh and in en", self.run_program(
            "notice", "show", str(first), "--language", "fr", code=2).stderr)
        document = tree.fromstring(self.run_program(
            "--format", "xml", "notice", "show", str(first)).stdout)
        self.assertIn("CII-2026-001", document[0].find("text_en").text)
        self.assertEqual(document[0].find("basis").text, "Order 745 Art. 10; GWA2020-1960 III(1)")
        declined = [row for row in self.rows("notice", "list", "--system", "r1", code=(0, 1))]
        self.assertIn("未认定", self.run_program("notice", "show", str(declined[0]["id"])).stdout)

    def test_14_overdue(self):
        """The register's days pass by moving the days of the notice."""
        rows = self.rows("notice", "list", "--system", "c6")
        self.assertEqual({row["overdue"] for row in rows}, {""})
        self.assertEqual(self.rows("notice", "list", "--overdue", "--system", "c6"), [])
        id = rows[0]["id"]
        self.tables.sql(f"UPDATE notice SET made = made - 11, send_due = send_due - 11 WHERE id = {id}")
        rows = self.rows("notice", "list", "--overdue", "--system", "c6", code=1)
        self.assertEqual([(row["id"], row["overdue"], row["due"] < today()) for row in rows],
                         [(id, "yes", True)])
        self.run_program("notice", "send", str(id), "--number", "N-9")
        self.assertEqual(self.rows("notice", "list", "--overdue", "--system", "c6"), [])
        self.tables.sql(f"""UPDATE notice SET made = made - 31, issued = issued - 31, ack_due = ack_due - 31
            WHERE id = {id} AND superseded IS NULL""")
        self.assertEqual(self.rows("notice", "list", "--overdue", "--system", "c6", code=1)[0]["id"], id)

    def test_15_addressees(self):
        more = ('<organisation id="psb" name="Provincial Public Security" sector="e-government">'
                '<role code="public-security"/></organisation>')
        self.customers["c7"] = self.customers["c8"] = self.customers["c9"] = 200000
        self.take(more)
        self.identify()

        def told(system):
            return [(row["to_id"], row["to"]) for row in self.rows(
                "notice", "list", "--system", system)][1]
        self.decide("accept", "c7")
        self.assertEqual(told("c7"), ("psb", "Provincial Public Security"))
        self.decide("accept", "c8", report_to="Eleventh Bureau")
        self.assertEqual(told("c8"), ("", "Eleventh Bureau"))
        self.take(more + more.replace('"psb"', '"psb2"'))
        self.identify()
        self.decide("accept", "c9", authority="psb2")
        self.assertEqual(told("c9"), ("", "公安部"))
        self.assertEqual(self.listed()["c9"]["authority"], "Provincial Public Security")

    def test_16_the_trail_is_whole(self):
        self.assertIn("chain is whole", self.run_program("audit", "verify").stdout)
        line = [row for row in self.rows("audit", "list") if row["what"] == "designation.withdraw"][0]
        self.assertEqual(line["object"], "c3")
        for words in ("CII-2026-003", "(change)", "Wu Min", "GX-120 of 2026-11-20", "They closed it"):
            self.assertIn(words, line["detail"])


PACK = """<norm-pack xmlns="urn:cadastre:norm:1" id="t.feeds" version="1" unit="system" language="en" authority="t"
 effective-from="2020-01-01"><title>t</title><facts>
<fact name="customers" type="number" unit="person" label="c" select="metric[@name='customers-served']/@value"/>
<graph name="fed" kind="dependants" direction="in" depth="1" min-strength="supporting" designated="yes"
 label="entries that depend on it"/></facts>
<criteria><criterion id="A1" factor="importance" weight="60" test="$customers &gt;= 1000" basis="b">Many</criterion>
<criterion id="A2" factor="importance" weight="5" test="$fed &gt;= 1" basis="b">Feeds an entry</criterion></criteria>
<outcome value="cii" when="score &gt;= 60"/><examples><example name="e" outcome="cii">
<given fact="customers" value="1000"/><given fact="fed" value="0"/></example></examples></norm-pack>"""
PLANT = """<register xmlns="urn:cadastre:register:1" realm="{realm}" document="D"><organisations>
<organisation id="op" name="Operator of {realm}" sector="energy.power"/></organisations>
<systems>{systems}</systems>{more}</register>"""
PART = """<system id="{id}" name="{id}" organisation="op" sector="energy.power" class="industrial-control"
 kind="information-system" function="f" service-scope="prefecture" counterparts="both" lifecycle="{lifecycle}">
 <metric name="customers-served" value="5000" unit="person"/><dependants complete="yes" hops="1"/></system>"""


class Together(Base):
    """Systems that are facts of each other, of two realms, and while others file."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        pathlib.Path(cls.register.path("pack.xml")).write_text(PACK, encoding="utf-8")
        cls.run_program("pack", "install", "--unsigned", "a test", cls.register.path("pack.xml"))
        cls.tables.hold()

    def plant(self, realm, *ids, lifecycle="in-service", more=""):
        path = pathlib.Path(self.register.path(f"{realm}.xml"))
        path.write_text(PLANT.format(realm=realm, more=more, systems="".join(
            PART.format(id=i, lifecycle=lifecycle) for i in ids)), encoding="utf-8")
        return str(path)

    def state(self, realm, *ids, **options):
        self.run_program("register", "import", self.plant(realm, *ids, **options))
        self.identify()

    def test_1_entries_that_are_facts_of_each_other(self):
        """All that one decision covers is judged as it stood before it."""
        self.state("one", "a", "b", more="""<dependencies><dependency from="a" on="b" strength="essential"/>
            <dependency from="b" on="a" strength="essential"/></dependencies>""")
        self.decide("accept", "a", "b", date="2026-11-02")
        self.assertEqual(set(self.listed()), {"a", "b"})
        self.identify()
        self.assertEqual({row["system"]: row["score"] for row in self.rows("identify", "--list", code=(0, 1))},
                         {"a": 65, "b": 65})

    def test_2_one_decision_is_of_one_realm(self):
        self.state("two", "c")
        self.state("three", "d")
        said = self.decide("accept", "c", "d", code=3).stderr
        self.assertIn('system "c" is of the realm "two" and system "d" of "three"', said)
        self.assertEqual(set(self.listed()), {"a", "b"})
        self.decide("accept", "c")
        self.decide("accept", "d")

    def test_3_operators_are_those_of_their_realm(self):
        rows = self.rows("designation", "statistics", "--by", "operator")
        self.assertEqual([(row["group"], row["realm"], row["name"], row["entries"]) for row in rows], [
            ("op", "one", "Operator of one", 2), ("op", "three", "Operator of three", 1),
            ("op", "two", "Operator of two", 1)])
        self.assertEqual([(row["group"], row["realm"], row["entries"]) for row in self.rows(
            "designation", "statistics")], [("energy.power", "", 4)])

    def test_4_what_is_retired_waits_for_no_decision(self):
        self.state("four", "e")
        counts = lambda: {row["group"]: row["systems"] for row in self.rows(
            "designation", "statistics", "--by", "outcome")}
        self.assertEqual(counts(), {"cii": 4, "proposed": 1})
        self.run_program("register", "import", self.plant("four", "e", lifecycle="retired"))
        self.assertEqual(counts(), {"cii": 4, "undecided": 1})

    def waiting(self, lock, *words, code=0):
        """What ran while somebody else held a lock, and when that one let go of it."""
        query = (SOURCE / f"schema/queries/{lock}.sql").read_text(encoding="utf-8")
        holder = subprocess.Popen(
            [psql_path(), "-X", "-q", "-At", "-h", self.tables.socket(), "-U", "cadastre", "-d", "postgres"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        holder.stdin.write(f"BEGIN; {query}; SELECT 'held';\n")
        holder.stdin.flush()
        while holder.stdout.readline() != "held\n":
            pass
        process = self.register.start(*words)
        while self.tables.one("""SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND classid = 4841
                AND NOT granted""") == "0":
            time.sleep(0.05)
        then = self.tables.one("SELECT clock_timestamp()")
        holder.communicate("COMMIT;\n", timeout=60)
        said = process.communicate(timeout=120)
        self.assertEqual(process.returncode, code, said)
        return then

    def test_5_what_waited_is_known_from_when_it_was_filed(self):
        """Not from when it began to wait: what was decided meanwhile did not know it."""
        then = self.waiting("register_lock", "register", "import", self.plant("five", "f"))
        self.assertEqual(self.tables.one(f"SELECT max(imported) > '{then}' FROM register_import"), "t")
        self.identify()
        for lock in ("register_lock", "intake_lock"):
            system = f"g-{lock}"
            self.state("five", "f", system)
            then = self.waiting(lock, "designate", "accept", "--system", system, "--official", "Li Wei",
                                "--decision", self.number())
            self.assertEqual(self.tables.one(
                f"SELECT recorded > '{then}' FROM designation WHERE system = '{system}'"), "t", lock)
        self.run_program("--realm", "five", "scope", "grant", "--cidr", "198.18.1.0/24", "--authoriser", "A",
                         "--basis", "B", "--until", "2099-01-01")
        path = pathlib.Path(self.register.path("hosts.csv"))
        path.write_text("address\n198.18.1.1\n", encoding="utf-8")
        then = self.waiting("intake_lock", "--realm", "five", "import", str(path))
        self.assertEqual(self.tables.one(f"SELECT max(filed) > '{then}' FROM run"), "t")


if __name__ == "__main__":
    unittest.main()
