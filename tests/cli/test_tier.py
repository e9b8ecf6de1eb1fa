#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Protection tiers at the command line: what is stated beside what the norms determine, one system with
its reasons, and the clocks that hang on it."""
import datetime
import json
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from harness import Register  # noqa: E402

PROGRAM, SOURCE = sys.argv.pop(1), pathlib.Path(sys.argv.pop(1))
DEGREES = ("rights", "order", "security")
TODAY = datetime.datetime.now(datetime.timezone.utc).date()


def day(days):
    return (TODAY + datetime.timedelta(days=days)).isoformat()


def damages(s, a):
    """Of information and of service: degrees of harm to rights, order and security."""
    return "".join(f'<damage aspect="{aspect}" object="{of}" degree="{degree}" document="T-{aspect}"/>'
                   for aspect, degrees in (("s", s), ("a", a))
                   for of, degree in zip(DEGREES, degrees) if degree)


def system(name, tier, damage, more=""):
    stated = f'<tier s="{tier[0]}" a="{tier[1]}" determined="{day(-400)}" document="T-1"/>' if tier else ""
    return (f'<system id="{name}" name="{name.upper()}" organisation="op" sector="energy" class="core-business" '
            'kind="information-system" function="f" service-scope="prefecture" counterparts="both">'
            f'{stated}{damage}{more}</system>')


NONE = ("none", "none", "none")
GENERAL, SERIOUS = ("none", "general", "none"), ("none", "serious", "none")
FILED = (f'<filing status="filed" certificate-no="C-7" valid-until="{day(1000)}" document="F-1"/>')


def assessed(days):
    return f'<assessment kind="tier" on="{day(days)}" report-no="R-1" result="conform" document="R-1"/>'


SYSTEMS = {
    "even": system("even", (2, 3), damages(GENERAL, SERIOUS), FILED + assessed(-300)),
    "late": system("late", (2, 3), damages(GENERAL, SERIOUS), FILED + assessed(-380)),
    "high": system("high", (3, 3), damages(GENERAL, GENERAL), FILED + assessed(-10)),
    "low": system("low", (2, 2), damages(GENERAL, SERIOUS), FILED),
    "parts": system("parts", (3, 2), damages(GENERAL, SERIOUS), FILED + assessed(-10)),
    "unsaid": system("unsaid", None, damages(GENERAL, SERIOUS)),
    "open": system("open", (2, 2), damages(GENERAL, ("none", None, "none")), FILED),
    "one": system("one", (1, 1), damages(NONE, ("general", "none", "none"))),
}


class Tiers(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.register = Register(PROGRAM)
        cls.run_program, cls.rows = cls.register.run, cls.register.rows
        for pack in ("cn.mlps.gb22240-2020", "cn.cadence.2025"):
            cls.run_program("pack", "install", str(SOURCE / f"inventory/norms/{pack}.xml"))
        cls.take(SYSTEMS)

    @classmethod
    def tearDownClass(cls):
        cls.register.close()

    @classmethod
    def take(cls, systems, extra="", realm="lanhe"):
        path = pathlib.Path(cls.register.path("register.xml"))
        path.write_text(f'<register xmlns="urn:cadastre:register:1" realm="{realm}" document="D-1" '
                        f'as-of="{day(-1)}" complete="yes"><organisations><organisation id="op" name="Operator" '
                        'sector="energy"><role code="operator"/></organisation></organisations>'
                        f'<systems>{"".join(systems.values())}{extra}</systems></register>')
        cls.run_program("register", "import", str(path))

    def test_1_before_anything_is_judged(self):
        self.assertEqual(self.rows("tier", "due"), [])
        said = self.run_program("tier", "due").stderr
        self.assertIn("cadastre identify", said)
        shown = self.rows("tier", "show", "even")
        self.assertIn("not judged", [row["value"] for row in shown if row["what"] == "by norm"])

    def test_2_determine(self):
        rows = {row["system"]: row for row in self.rows("tier", "determine", code=1)}
        self.assertEqual({name: row["verdict"] for name, row in rows.items()}, {
            "even": "as stated", "late": "as stated", "high": "stated higher", "low": "stated lower",
            "parts": "parts differ", "unsaid": "not stated", "open": "open", "one": "parts differ"})
        self.assertEqual([rows["even"][key] for key in ("s", "a", "tier")], ["2", "3", "3"])
        self.assertEqual([rows["even"][key] for key in ("stated_s", "stated_a", "stated")], [2, 3, 3])
        self.assertEqual((rows["open"]["tier"], rows["open"]["missing"]), ("2-4", "a-order"))
        self.assertEqual((rows["even"]["certificate"], rows["even"]["assessed"]), ("C-7", day(-300)))
        self.assertEqual(rows["even"]["pack"], "cn.mlps.gb22240-2020")
        text = self.run_program("tier", "determine", "--system", "even").stdout.splitlines()
        self.assertEqual(text[0].split(), ["system", "name", "stated", "s", "a", "tier", "verdict",
                                           "missing", "pack"])
        self.assertIn("3 (S2A3)", text[1])

    def test_3_what_is_asked_of_another_realm(self):
        self.assertEqual(self.rows("--realm", "other", "tier", "determine"), [])
        self.assertEqual(self.rows("--realm", "other", "tier", "due"), [])

    def test_4_show(self):
        shown = self.rows("tier", "show", "low")
        by_what = {}
        for row in shown:
            by_what.setdefault(row["what"], []).append(row)
        self.assertEqual(by_what["tier"][0]["value"], f"S2A2, tier 2, determined {day(-400)}")
        self.assertEqual(by_what["tier"][0]["document"], "T-1")
        self.assertIn("S 2, A 3, tier 3 by cn.mlps.gb22240-2020", by_what["by norm"][0]["value"])
        self.assertIn("stated lower", by_what["by norm"][0]["value"])
        self.assertTrue(any("a-order = serious" in row["value"] and "gives 3" in row["value"] for row in by_what["because"]))
        self.assertEqual(len(by_what["damage"]), 6)
        self.assertIn("certificate C-7", by_what["filing"][0]["value"])
        self.assertIn("register list", self.run_program("tier", "show", "nobody", code=3).stderr)

    def test_5_due(self):
        overdue = [row for row in self.rows("tier", "due", code=1) if row["overdue"]]
        self.assertEqual({(row["system"], row["then"]) for row in overdue},
                         {("late", "the yearly assessment is overdue")})
        self.assertEqual((overdue[0]["criterion"], overdue[0]["days"] < 0), ("A3", True))
        soon = [row["system"] for row in self.rows("tier", "due", "--system", "even")]
        self.assertEqual(soon, ["even"])  # within 90 days
        self.assertEqual(self.rows("tier", "due", "--system", "even", "--within", "1"), [])
        later = self.rows("tier", "due", "--all", "--system", "even")
        self.assertIn("the filing certificate has run out", [row["then"] for row in later])
        # Tier two is not assessed every year: no clock hangs on it.
        self.assertNotIn("the yearly assessment is overdue",
                         [row["then"] for row in self.rows("tier", "due", "--all", "--system", "low")])
        self.assertEqual(self.rows("tier", "due", "--all", "--system", "one"), [])
        for words in (["--within", "soon"], ["--within", "5", "--all"]):
            self.run_program("tier", "due", *words, code=2)

    def test_6_a_register_that_changed(self):
        """What stood before is shown with the day it ended, and clocks say that they are behind."""
        systems = dict(SYSTEMS, low=system("low", (2, 3), damages(GENERAL, SERIOUS), FILED))
        self.take(systems)
        self.assertIn("cadastre identify", self.run_program("tier", "due", code=1).stderr)
        ended = [row for row in self.rows("tier", "show", "low") if row["what"] == "tier" and row["until"]]
        self.assertEqual([row["value"] for row in ended], [f"S2A2, tier 2, determined {day(-400)}"])
        self.assertEqual(self.rows("tier", "determine", "--system", "low")[0]["verdict"], "as stated")

    def test_7_hostile_names(self):
        self.take(SYSTEMS, '<system id="x" name="=cmd() &lt;b&gt; &#x202e;" organisation="op" sector="energy" '
                  'class="core-business" kind="information-system" function="f" service-scope="prefecture" '
                  'counterparts="both"><tier s="1" a="1"/></system>')
        self.assertIn("'=cmd()", self.run_program("--format", "csv", "tier", "determine", code=1).stdout)
        self.assertIn("&lt;b&gt;", self.run_program("--format", "xml", "tier", "determine", code=1).stdout)
        for line in self.run_program("--format", "json", "tier", "determine", code=1).stdout.splitlines():
            json.loads(line)

    def test_8_one_id_in_two_realms(self):
        self.take({"low": system("low", (5, 5), damages(GENERAL, GENERAL), FILED)}, realm="other")
        self.run_program("identify", code=(0, 1))
        said = self.run_program("tier", "show", "low", code=3).stderr
        self.assertIn('the realms "lanhe" and "other" both have a system "low": name one with --realm', said)
        shown = self.rows("--realm", "other", "tier", "show", "low")
        self.assertIn("S 2, A 2, tier 2 by", [row["value"][:19] for row in shown if row["what"] == "by norm"])
        because = [row["value"] for row in shown if row["what"] == "because"]
        self.assertEqual(len(because), len(set(because)))
        self.assertTrue(any(line.startswith("a 2:") for line in because), because)
        self.assertFalse(any(line.startswith("a 3:") for line in because), because)


if __name__ == "__main__":
    unittest.main()
