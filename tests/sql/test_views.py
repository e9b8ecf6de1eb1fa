#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The views for people: facts with both times, what runs began and ended, what was looked for."""
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from register import Bundle, Register  # noqa: E402

TOOL, SOURCE = sys.argv.pop(1), sys.argv.pop(1)
VIEWS = ("asset_history", "change_log", "asset_looked", "service_looked")
FACTS = ("address", "name", "service", "identity_key", "fact", "link", "hop")


class Views(unittest.TestCase):
    """Three runs: A and B are met; B is quiet and A's web server is another one; only A's subnet is
    looked at. The third is filed last and looks at one port of A."""

    @classmethod
    def setUpClass(cls):
        cls.register = Register(TOOL)
        cls.register.run("status")
        cls.register.run("grant", "plant", "198.18.0.0/15", "2020-01-01", "2099-01-01")
        cls.sql = cls.register.sql
        one = Bundle(at=1).covered("198.18.1.0/24").covered("198.18.2.0/24")
        one.host("198.18.1.1").port("198.18.1.1", 22, 80)
        one.service("198.18.1.1", 80, "http", product="nginx", version="1.0")
        one.name("198.18.1.1", "web.plant.example").key("198.18.1.1", "ssh-host-key", "k1")
        one.host("198.18.2.1").port("198.18.2.1", 443)
        two = Bundle(at=2).covered("198.18.1.0/24").covered("198.18.2.0/24")
        two.host("198.18.1.1").port("198.18.1.1", 22, 80)
        two.service("198.18.1.1", 80, "http", product="nginx", version="2.0")
        three = Bundle(at=3).covered("198.18.1.0/24", "22")
        three.host("198.18.1.1").port("198.18.1.1", 22)
        for bundle in (one, two, three):
            cls.register.intake(bundle)

    @classmethod
    def tearDownClass(cls):
        cls.register.close()

    def test_1_history_has_every_fact_and_both_times(self):
        self.assertEqual(
            self.sql("""SELECT value, from_run, until_run, valid_from < valid_until,
                known_from < known_until, evidence <> '' FROM asset_history
                WHERE kind = 'service' AND subject = '198.18.1.1 tcp/80' ORDER BY from_run"""),
            [["nginx 1.0", "1", "2", "t", "t", "t"], ["nginx 2.0", "2", "", "", "", "t"]])
        for table, kind in [(t, {"identity_key": "key"}.get(t, t)) for t in FACTS]:
            self.assertEqual(
                self.register.one(f"SELECT count(*) FROM asset_history WHERE kind = '{kind}'"),
                self.register.one(f"SELECT count(*) FROM {table}"), table)
        self.assertEqual(self.sql("""SELECT DISTINCT valid_from = ended, known_from = filed
            FROM asset_history JOIN run ON run_id = from_run"""), [["t", "t"]])

    def test_2_the_log_is_the_history_by_runs(self):
        self.assertEqual(
            self.sql("""SELECT what, value FROM change_log WHERE run_id = 2
                AND subject = '198.18.1.1 tcp/80' ORDER BY what"""),
            [["begins", "nginx 2.0"], ["ends", "nginx 1.0"]])
        self.assertEqual(self.register.one("SELECT count(*) FROM change_log"), self.register.one(
            "SELECT count(*) + count(until_run) FROM asset_history"))
        self.assertEqual(self.register.one("SELECT count(*) FROM change_log WHERE run_id = 3"),
                         "0")

    def test_3_not_seen_differs_from_not_looked(self):
        self.assertEqual(
            self.sql("""SELECT address, looked_run, met_run, standing FROM asset_looked
                ORDER BY address"""),
            [["198.18.1.1", "3", "3", "met"], ["198.18.2.1", "2", "1", "not met"]])
        rows = self.sql("""BEGIN; DELETE FROM coverage WHERE cidr = '198.18.2.0/24';
            SELECT standing, last_looked IS NULL FROM asset_looked WHERE address = '198.18.2.1';
            ROLLBACK""")
        self.assertIn(["never looked for", "t"], rows)

    def test_4_a_port_that_nobody_asked_for(self):
        self.assertEqual(
            self.sql("""SELECT port, looked_run, met_run FROM service_looked
                WHERE address = '198.18.1.1' ORDER BY port"""),
            [["22", "3", "3"], ["80", "2", "2"]])

    def test_5_views_and_what_is_not_plain_in_them_have_comments(self):
        for view in VIEWS:
            self.assertEqual(self.register.one(
                f"SELECT obj_description('{view}'::regclass) <> ''"), "t", view)
            self.assertNotEqual(self.register.one(f"""SELECT count(*) FROM pg_description
                WHERE objoid = '{view}'::regclass AND objsubid > 0"""), "0", view)

    def test_6_conditions_reach_the_indexes(self):
        """No fact table is read whole for one asset, nor for what a run ended."""
        self.sql("""INSERT INTO fact SELECT n, 'x', 'y', 'z', '', 1, '', '', NULL, 1, CASE WHEN
            n % 2 = 0 THEN 2 END FROM generate_series(1000::int8, 31000) n; ANALYZE fact""")
        for question, index in (
                ("SELECT * FROM asset_history WHERE asset_id = 5000 AND kind = 'fact'", "fact_"),
                ("SELECT * FROM change_log WHERE run_id = 77 AND what = 'ends'", "fact_until")):
            plan = "\n".join(row[0] for row in self.sql("EXPLAIN " + question))
            self.assertIn(index, plan, question)
            self.assertNotIn("Seq Scan on fact", plan, question)


class Sctp(unittest.TestCase):
    """A port of SCTP from the Internet, with a fact, which is gone the next time."""

    @classmethod
    def setUpClass(cls):
        cls.register = Register(TOOL)
        cls.register.run("status")
        cls.register.run("grant", "plant", "198.18.0.0/15", "2020-01-01", "2099-01-01")
        for at in (1, 2):
            bundle = Bundle(at=at, vantage="internet")
            bundle.covered("198.18.1.0/24", "3868", transport="sctp").host("198.18.1.1")
            if at == 1:
                bundle.port("198.18.1.1", 3868, transport="sctp")
                bundle.service("198.18.1.1", 3868, "diameter", transport="sctp",
                               **{"diameter.realm": "plant.example"})
            cls.register.intake(bundle)

    @classmethod
    def tearDownClass(cls):
        cls.register.close()

    def test_it_is_spelt_and_ends(self):
        spot = "198.18.1.1 sctp/3868"
        self.assertEqual(self.register.sql(
            f"SELECT kind, from_run, until_run FROM asset_history WHERE subject = '{spot}' "
            "ORDER BY kind"), [["fact", "1", "2"], ["service", "1", "2"]])
        self.assertEqual(self.register.sql("SELECT transport, port FROM service_looked"), [])
        self.register.intake(Bundle(at=3, vantage="internet").host("198.18.1.1").port(
            "198.18.1.1", 3868, transport="sctp"))
        self.assertEqual(self.register.sql("SELECT transport, port FROM service_looked"),
                         [["sctp", "3868"]])
        self.assertEqual(self.register.sql("SELECT transport, port FROM service_current"),
                         [["sctp", "3868"]])
        self.assertEqual(self.register.sql("SELECT transport, port FROM exposure_current"),
                         [["sctp", "3868"]])


if __name__ == "__main__":
    unittest.main()
