#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Late bundles and clocks that jump: what an older run than those filed already found is history, in
its own time and nowhere else; what is dated in the future is refused."""
import csv
import datetime
import pathlib
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from register import START, Bundle, Register  # noqa: E402

TOOL, SOURCE, PROGRAM = sys.argv.pop(1), sys.argv.pop(1), sys.argv.pop(1)
FACTS = ("address", "name", "service", "identity_key", "fact", "link", "hop")
NET = "198.18.1.0/24"


class Late(unittest.TestCase):
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
        self.fresh_realm()

    def fresh_realm(self):
        Late.realms += 1
        self.realm = f"late-{Late.realms}"
        self.register.run("grant", self.realm, "198.18.0.0/15", "2020-01-01", "2099-01-01")

    def at(self, hour):
        return Bundle(realm=self.realm, at=hour).covered(NET)

    def take(self, bundle, late=1, **expected):
        result = self.register.intake(bundle)
        self.assertEqual(result["late"], late)
        for name, value in expected.items():
            self.assertEqual(result[name], value, name)
        return result

    def open_rows(self):
        """What the register holds now, and what it says of its assets."""
        rows = []
        for table in FACTS:
            rows += self.register.sql(
                f"SELECT to_jsonb(t) FROM {table} t JOIN realm r USING (realm_id) "
                f"WHERE r.name = '{self.realm}' AND until_run IS NULL ORDER BY 1")
        return rows, self.register.sql(
            "SELECT a.asset_id, a.name, a.state, a.role, c.last_seen FROM asset a "
            "JOIN asset_current c USING (asset_id) JOIN realm r ON r.realm_id = a.realm_id "
            f"WHERE r.name = '{self.realm}' ORDER BY 1")

    def as_of(self, hour):
        """Asset files as they were then; half hours lie between runs."""
        time = (START + datetime.timedelta(hours=hour)).strftime("%Y-%m-%dT%H:%M:%SZ")
        done = subprocess.run(
            [PROGRAM, "--realm", self.realm, "--format", "csv", "asset", "list", "--as-of", time],
            capture_output=True, text=True, timeout=120, env=self.register.env, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        return list(csv.DictReader(done.stdout.splitlines()))

    def services(self, hour):
        """Address, port, product and version that held then."""
        rows = self.register.sql(
            "SET search_path = cadastre_as_of, cadastre, pg_temp;"
            f"SET cadastre.as_of = '{(START + datetime.timedelta(hours=hour)).isoformat()}';"
            "SET cadastre.known_at = '2099-01-01'; SET cadastre.known_run = 1000000;"
            "SET cadastre.known_import = 1000000; DO $$ BEGIN "
            "PERFORM set_config('cadastre.runs', runs_at(as_of(), 1000000)::text, false), "
            "set_config('cadastre.imports', imports_at(as_of(), 1000000)::text, false); END $$;"
            "SELECT host(s.address), s.port, s.product, s.version FROM service s "
            f"JOIN realm r USING (realm_id) WHERE r.name = '{self.realm}' ORDER BY 1, 2")
        return [row for row in rows if row != ["DO"]]

    def web(self, hour, version, *ports):
        b = self.at(hour).host("198.18.1.10").port("198.18.1.10", 443, *ports)
        b.service("198.18.1.10", 443, "https", product="nginx", version=version)
        return b.key("198.18.1.10", "ssh.hostkey.sha256", self.realm)

    # ---- history

    def test_the_present_stands_and_the_past_is_told(self):
        self.take(self.web(10, "1.2"), late=0)
        before = self.open_rows()
        old = self.web(5, "1.0", 22)
        result = self.take(old, assets_new=0, assets_seen=1, assets_quiet=0, services_gone=0)
        self.assertEqual(self.open_rows(), before)
        address = "198.18.1.10"
        self.assertEqual(self.services(4.5), [])
        self.assertEqual(self.services(7), [[address, "22", "", ""], [address, "443", "nginx", "1.0"]])
        self.assertEqual(self.services(11), [[address, "443", "nginx", "1.2"]])
        self.assertEqual(self.as_of(4.5), [])
        self.assertEqual([(a["services"], a["addresses"]) for a in self.as_of(7)], [("2", address)])
        self.assertEqual([(a["services"], a["addresses"]) for a in self.as_of(11)], [("1", address)])
        # Once is enough.
        again = self.register.intake(old)
        self.assertEqual((again["already"], again["run"]), (1, result["run"]))
        self.assertEqual(self.register.one(
            f"SELECT late FROM run WHERE run_id = {result['run']}"), "t")
        self.assertEqual(self.register.one(
            f"SELECT ended < '2026-03-01 14:00Z' FROM run WHERE run_id = {result['run']}"), "t")
        # The next run is an ordinary one again.
        self.take(self.web(12, "1.2"), late=0, facts=0)

    def test_what_an_ordinary_run_holds_for_that_time_stands(self):
        self.take(self.web(1, "1.0"), late=0)
        self.take(self.web(10, "1.2"), late=0)
        before = self.open_rows()
        self.take(self.web(5, "1.0"), facts=0)
        self.assertEqual(self.open_rows(), before)
        self.assertEqual(self.services(6), [["198.18.1.10", "443", "nginx", "1.0"]])

    def test_quiet_and_gone_are_not_told_by_late_runs(self):
        self.take(self.web(10, "1.2").host("198.18.1.11").port("198.18.1.11", 22), late=0)
        before = self.open_rows()
        self.take(self.at(5).host("198.18.1.99"), assets_new=1, assets_quiet=0, services_gone=0)
        after = self.open_rows()
        self.assertEqual(after[0], before[0] + [r for r in after[0] if r not in before[0]])
        self.assertEqual([r for r in after[1] if r in before[1]], before[1])

    def test_unknown_asset(self):
        self.take(self.web(10, "1.2"), late=0)
        b = self.at(5).host("198.18.1.20").port("198.18.1.20", 80)
        b.key("198.18.1.20", "ssh.hostkey.sha256", self.realm + "x")
        b.key("198.18.1.21", "ssh.hostkey.sha256", self.realm + "x")
        b.host("192.0.2.1", method="listening")
        self.take(b, assets_new=2)
        self.assertEqual(sorted(a["addresses"] for a in self.as_of(6)),
                         ["192.0.2.1", "198.18.1.20 198.18.1.21"])
        # The newer run looked there and met nothing; nobody looked at the other one.
        rows = self.register.sql(
            "SELECT a.name, a.state FROM asset a JOIN realm r USING (realm_id) "
            f"WHERE r.name = '{self.realm}' AND a.name <> '198.18.1.10' ORDER BY 1")
        self.assertEqual(rows, [["192.0.2.1", "seen"], ["198.18.1.20", "quiet"]])
        self.assertEqual(self.services(11), [["198.18.1.10", "443", "nginx", "1.2"]])

    def test_address_that_was_anothers(self):
        key = "ssh.hostkey.sha256"
        for hour, name in ((1, "one"), (10, "two")):
            b = self.at(hour).host("198.18.1.30").port("198.18.1.30", 22)
            self.take(b.service("198.18.1.30", 22, "ssh", product=name)
                      .key("198.18.1.30", key, self.realm + name), late=0)
        owner = self.register.sql(
            "SELECT k.asset_id FROM identity_key k JOIN realm r USING (realm_id) "
            f"WHERE r.name = '{self.realm}' GROUP BY 1 ORDER BY min(from_run)")
        self.assertEqual(len(owner), 2)
        before = self.open_rows()
        self.take(self.at(5).host("198.18.1.30").port("198.18.1.30", 22, 80), assets_new=0)
        self.assertEqual(self.open_rows()[0], before[0])
        self.assertEqual(self.register.sql(
            "SELECT asset_id FROM service s JOIN realm r USING (realm_id) "
            f"WHERE r.name = '{self.realm}' AND port = 80"), [owner[0]])

    def test_capture(self):
        self.take(self.web(10, "1.2"), late=0)
        before = self.open_rows()
        b = Bundle(realm=self.realm, at=5)
        b.lines[0]["started"] = "2026-08-01T00:00:00Z"  # when the file was read
        b.host("198.18.1.10", method="listening")
        b.service("198.18.1.10", 8080, "http", method="listening", product="old")
        self.take(b, assets_new=0)
        self.assertEqual(self.open_rows()[1], before[1])
        self.assertEqual([s[1] for s in self.services(6)], ["8080"])

    def test_order_of_late_bundles(self):
        answers = []
        for order in ((3, 5, 7), (7, 5, 3), (5, 3, 7)):
            self.fresh_realm()
            self.take(self.web(10, "1.2"), late=0)
            bundles = {3: self.web(3, "1.0", 22), 5: self.web(5, "1.1"), 7: self.web(7, "1.0", 22)}
            for hour in order:
                self.take(bundles[hour])
            answers.append([self.services(hour) for hour in (2, 4, 6, 8, 11)])
        self.assertEqual(answers[0], answers[1])
        self.assertEqual(answers[0], answers[2])
        self.assertEqual([[s[3] for s in then] for then in answers[0]],
                         [[], ["", "1.0"], ["1.1"], ["", "1.0"], ["1.2"]])

    # ---- what is not late

    def test_other_places_are_not_late(self):
        self.take(self.web(10, "1.2"), late=0)
        other = Bundle(realm=self.realm, at=5).covered("198.18.7.0/24").host("198.18.7.1")
        self.take(other, late=0, assets_new=1)

    # ---- clocks

    def test_future(self):
        b = self.at(1).host("198.18.1.50")
        b.time = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=1)
        b.host("198.18.1.51")
        result = self.take(b, late=0, taken=2, refused_invalid=1, assets_new=1)
        self.assertGreater(result["future"], 0)
        self.assertIn("the clock of this machine says", self.register.one(
            f"SELECT detail FROM audit WHERE object = 'run {result['run']}' AND what = 'run.refuse'"))
        b = Bundle(realm=self.realm)
        b.lines[0]["started"] = "2098-01-01T00:00:00Z"
        result = self.register.intake(b)
        self.assertEqual(self.register.one(
            f"SELECT ended <= now() FROM run WHERE run_id = {result['run']}"), "t")

    def test_z_one_asset_is_told_as_all_are(self):
        """What functions tell of one asset is what the views tell of all, now and at other times."""
        for time in [None, *self.register.times()[-20:]]:
            self.assertEqual(self.register.told_apart(time), [], time)


if __name__ == "__main__":
    unittest.main()
