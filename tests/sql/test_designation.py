#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Decisions in both times: random sequences of them against a model in memory, nothing overwritten, order
kept, the views of now and of other times, and what an earlier release had written."""
import datetime
import hashlib
import pathlib
import random
import re
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from register import Register, psql_path  # noqa: E402

TOOL, SOURCE = sys.argv.pop(1), pathlib.Path(sys.argv.pop(1))
SEQUENCES, STEPS, PROBES, FULL_PROBES = 10_000, 6, 100, 20
BEGIN = datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc)
NEXT = {"": ("cii", "cii", "not"), "cii": ("cii", "withdrawn"), "not": ("cii", "not"),
        "withdrawn": ("cii", "not")}
REASONS = {"cii": ("initial", "change", "norm change", "override"), "not": ("override",),
           "withdrawn": ("change", "norm change", "correction", "withdrawal")}
PROPOSAL = """INSERT INTO realm (name) VALUES ('lanhe') ON CONFLICT DO NOTHING;
    INSERT INTO norm_pack (id, version, sha256, title, authority, effective_from, supersedes, file)
    VALUES ('p', '1', 's', 't', 'a', '2020-01-01', '', '');
    INSERT INTO norm_eval (realm_id, system, pack, version, pack_sha256, outcome, score, missing,
        inputs, inputs_sha256, explanation) SELECT realm_id, 'x', 'p', '1', 's', 'cii', 1, '', '', '', ''
        FROM realm WHERE name = 'lanhe'"""
DECIDE = """designation_decide(realm_id, system, outcome, list_no, eval, 'A', 'Li Wei', decision_no,
    (valid AT TIME ZONE 'UTC')::date, reason, 'words', '', NULL, valid, recorded)"""


def digest(rows):
    return hashlib.md5(",".join(sorted(rows)).encode()).hexdigest()


class Model:
    """Sequences of decisions, one for each system, and what holds when, as known when."""

    def __init__(self, seed):
        chance = random.Random(seed)
        self.steps = []  # (round, system, outcome, list_no, reason, decision, valid, recorded)
        for n in range(SEQUENCES):
            outcome, number, valid = "", "", BEGIN + datetime.timedelta(days=chance.randint(0, 9))
            for k in range(chance.randint(1, STEPS)):
                recorded = BEGIN + datetime.timedelta(
                    days=10 * (k + 1), seconds=chance.randint(0, 20 * 86400))
                if self.steps and self.steps[-1][1] == f"s{n}":
                    recorded = max(recorded, self.steps[-1][7] + datetime.timedelta(microseconds=1))
                # the same moment now and then: the earlier decision is then valid for no time
                valid += datetime.timedelta(seconds=chance.choice((0, 1, 3600, 86400 * 3, 86400 * 11)))
                valid = min(valid, recorded)
                if self.steps and self.steps[-1][1] == f"s{n}":
                    valid = max(valid, self.steps[-1][6])
                was, outcome = outcome, chance.choice(NEXT[outcome])
                if outcome == "not":
                    number = ""
                elif was != "cii":
                    number = f"CII-2026-{n * STEPS + k + 1:03}"
                self.steps.append((k, f"s{n}", outcome, number, chance.choice(REASONS[outcome]),
                                   f"D-{n}-{k}", valid, recorded))

    def at(self, valid, known):
        """The union of the decisions that are valid then, as known then."""
        last = {}
        for step in self.steps:
            if step[7] <= known and step[6] <= valid:
                last[step[1]] = step
        return last.values()

    def listed(self, valid, known, outcome="cii"):
        return [f"{s[1]} {s[3]} {s[5]}" for s in self.at(valid, known) if s[2] == outcome]


class Decisions(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.register = Register(TOOL)
        cls.register.run("status")
        cls.sql, cls.one = cls.register.sql, cls.register.one
        cls.model = Model(7)
        cls.sql(PROPOSAL)
        path = cls.register.path("steps.csv")
        with open(path, "w", encoding="utf-8") as file:
            for step in cls.model.steps:
                file.write(",".join(str(v) for v in step) + "\n")
        cls.sql(f"""CREATE TABLE step (k int4, system text, outcome text, list_no text, reason text,
            decision_no text, valid timestamptz, recorded timestamptz);
            \\copy step FROM '{path}' WITH (FORMAT csv, FORCE_NOT_NULL (list_no))
            ALTER TABLE step ADD realm_id int4, ADD eval int8;
            UPDATE step SET realm_id = (SELECT realm_id FROM realm), eval = (SELECT id FROM norm_eval)""")

    @classmethod
    def tearDownClass(cls):
        cls.register.close()

    def test_1_recorded_in_rounds_nothing_is_overwritten(self):
        """All sequences at once, round by round: what was written before stays as it is, and what was known
        then is told as before."""
        early = BEGIN + datetime.timedelta(days=33)
        rows = """SELECT sum(hashtextextended(ROW(id, list_no, realm_id, system, outcome, eval_id, pack, version,
            pack_sha256, official, decision_no, reason, evidence, valid_from, valid_until, recorded, replaces,
            authority, decided, words, boundary_id, decision_id, entered)::text, 0))
            FROM designation d WHERE id <= %d"""
        known = f"""SELECT coalesce(md5(string_agg(decision_no, ',' ORDER BY decision_no)), '')
            FROM designation_at('{early}', '{early}')"""
        told = []
        for k in range(STEPS):
            newest = int(self.one("SELECT coalesce(max(id), 0) FROM designation"))
            before = self.one(rows % newest)
            self.sql(f"SELECT count({DECIDE}) FROM step WHERE k = {k}")
            self.assertEqual(self.one(rows % newest), before)
            told.append(self.one(known))
        self.assertEqual(len(set(told[3:])), 1)
        self.assertEqual(self.one("SELECT count(*) FROM designation WHERE valid_until IS NULL"),
                         str(len(self.model.steps)))
        self.assertEqual(self.one("SELECT count(*) FROM designation_history"), str(len(self.model.steps)))

    def probes(self, n, seed):
        chance = random.Random(seed)
        some = chance.sample(self.model.steps, n)
        for i, step in enumerate(some):
            other = chance.choice(self.model.steps)
            # exactly at a decision, just before it, and anywhere
            valid = step[6] if i % 3 else step[6] - datetime.timedelta(microseconds=1)
            known = (other[7], step[7], step[7] - datetime.timedelta(microseconds=1),
                     BEGIN + datetime.timedelta(days=365))[i % 4]
            yield valid, known

    def test_2_the_list_is_the_union_of_what_was_decided(self):
        probes = list(self.probes(PROBES, 8))
        times = ", ".join(f"({i}, timestamptz '{v}', timestamptz '{k}')" for i, (v, k) in enumerate(probes))
        rows = self.sql(f"""SELECT p.i, o.outcome, md5(string_agg(d.system || ' ' || d.list_no || ' '
                || d.decision_no, ',' ORDER BY (d.system || ' ' || d.list_no || ' ' || d.decision_no)
                COLLATE "C")), count(*), count(DISTINCT d.system)
            FROM (VALUES {times}) p (i, valid, known)
            CROSS JOIN (VALUES ('cii'), ('not'), ('withdrawn')) o (outcome)
            CROSS JOIN LATERAL (SELECT * FROM designation_at(p.valid, p.known) a
                WHERE a.outcome = o.outcome) d GROUP BY 1, 2""")
        told = {(int(i), outcome): (md5, n, systems) for i, outcome, md5, n, systems in rows}
        n_listed = 0
        for i, (valid, known) in enumerate(probes):
            for outcome in ("cii", "not", "withdrawn"):
                expected = self.model.listed(valid, known, outcome)
                n_listed += len(expected)
                if expected:
                    self.assertEqual(told.pop((i, outcome)),
                                     (digest(expected), str(len(expected)), str(len(expected))))
        self.assertEqual(told, {})
        self.assertGreater(n_listed, PROBES * SEQUENCES // 4)

    def test_3_the_list_as_it_is_asked_for(self):
        """The query behind `designation list`, and the view of other times."""
        query = re.sub(r"^--[^\n]*\n", "", (SOURCE / "schema/queries/designation_list.sql").read_text(),
                       flags=re.M)
        told = """SELECT count(*), md5(string_agg(q.system || ' ' || q.list_no || ' ' || q.decision_no, ','
            ORDER BY (q.system || ' ' || q.list_no || ' ' || q.decision_no) COLLATE "C")) FROM (%s) q"""
        for valid, known in self.probes(FULL_PROBES, 9):
            expected = self.model.listed(valid, known)
            asked = query.replace("$1", f"timestamptz '{valid}'").replace(
                "$2", f"timestamptz '{known}'").replace("$3", "'cii'")
            view = f"""SET cadastre.as_of = '{valid}'; SET cadastre.known_at = '{known}';
                SET search_path = cadastre_as_of, cadastre, pg_temp; """
            rows = self.sql(told % asked) + self.sql(view + told % "SELECT * FROM designation_list")
            md5 = digest(expected) if expected else ""
            self.assertEqual(rows, [[str(len(expected)), md5]] * 2)

    def test_4_what_stands_now(self):
        known = BEGIN + datetime.timedelta(days=3650)
        standing = self.model.at(known, known)
        self.assertEqual(self.one("""SELECT md5(string_agg(system || ' ' || list_no || ' ' || decision_no, ','
            ORDER BY (system || ' ' || list_no || ' ' || decision_no) COLLATE "C"))
            FROM designation_standing WHERE outcome = 'cii'"""), digest(self.model.listed(known, known)))
        self.assertEqual(self.one("SELECT count(*) FROM designation_standing"), str(len(standing)))

    def test_5_order_is_kept_in_both_times(self):
        self.sql("""CREATE TABLE one AS SELECT * FROM step WHERE false;
            INSERT INTO one (k, system, outcome, list_no, reason, decision_no, valid, recorded, realm_id, eval)
            SELECT 0, 'order', 'cii', 'CII-2026-1', 'initial', 'O-1', '2026-05-01', '2026-05-02', realm_id,
                (SELECT max(id) FROM norm_eval) FROM realm;""" + f"SELECT {DECIDE} FROM one")
        for valid, recorded, fits in (("2026-04-30", "2026-06-01", False), ("2026-05-01", "2026-05-02", False),
                                      ("2026-05-01", "2026-05-01", False), ("2026-05-01", "2026-06-01", True)):
            self.sql(f"UPDATE one SET decision_no = 'O-2', valid = '{valid}', recorded = '{recorded}'; "
                     f"SELECT {DECIDE} FROM one", code=0 if fits else 1)
            if not fits:
                self.assertIn("decision O-2 on system order would come before O-1", self.register.message)
        for column, value in (("eval", "99999999"), ("reason", "'whim'"), ("outcome", "'maybe'"),
                              ("list_no", "''")):
            self.sql(f"""UPDATE one SET recorded = recorded + interval '1 hour', {column} = {value};
                SELECT {DECIDE} FROM one""", code=1)
            self.sql(f"UPDATE one SET {column} = s.{column} FROM step s WHERE s.decision_no = 'D-0-0' "
                     "AND s.outcome = 'cii'" if column == "eval" else
                     "UPDATE one SET reason = 'change', outcome = 'cii', list_no = 'CII-2026-1'")

        self.sql("UPDATE designation SET boundary_id = 99 WHERE decision_no = 'O-2'", code=1)
        self.assertIn("designation_boundary", self.register.message)

    def test_6_views_have_comments(self):
        for view in ("designation_list", "designation_history", "designation_standing", "notice_current"):
            self.assertEqual(self.one(f"SELECT obj_description('{view}'::regclass) <> ''"), "t", view)
            self.assertNotEqual(self.one(f"""SELECT count(*) FROM pg_description
                WHERE objoid = '{view}'::regclass AND objsubid > 0"""), "0", view)


class Notices(unittest.TestCase):
    """The tables themselves hold what a notice may be, and tell it as it was known."""

    @classmethod
    def setUpClass(cls):
        cls.register = Register(TOOL)
        cls.register.run("status")
        cls.sql, cls.one = cls.register.sql, cls.register.one
        cls.sql(PROPOSAL)
        cls.sql("""INSERT INTO notice (id, kind, state, realm_id, system, from_org, from_name, to_org,
            to_name, basis, subject_zh, subject_en, text_zh, text_en, made, send_due, ack_days, recorded)
            SELECT 1, 'report', 'draft', realm_id, 'x', '', '', '', 'M', '', '', '', '', '',
                '2026-03-01', '2026-03-11', 30, '2026-03-01' FROM realm""")

    @classmethod
    def tearDownClass(cls):
        cls.register.close()

    def change(self, when, *values, code=0):
        query = re.sub(r"^--[^\n]*\n", "", (SOURCE / "schema/queries/notice_change.sql").read_text(), flags=re.M)
        self.sql(f"PREPARE q (int8, text, text, text, text, text, text, timestamptz) AS {query}; "
                 f"EXECUTE q (1, {', '.join(values)}, '{when}')", code=code)

    def then(self, when):
        return self.sql(f"""SET cadastre.as_of = '{when}'; SET cadastre.known_at = '{when}';
            SET search_path = cadastre_as_of, cadastre, pg_temp;
            SELECT state, number, issued, ack_due, acknowledged, due, overdue FROM notice_current""")

    def test_states(self):
        self.change("2026-03-05", "'sent'", "'N-1'", "'2026-02-28'", "NULL", "''", "''", code=1)
        self.change("2026-03-05", "'sent'", "''", "'2026-03-05'", "NULL", "''", "''", code=1)
        self.change("2026-03-05", "'sent'", "'N-1'", "'2026-03-05'", "NULL", "''", "''")
        self.change("2026-03-09", "'acknowledged'", "NULL", "NULL", "'2026-03-04'", "'Z'", "''", code=1)
        self.change("2026-04-20", "'acknowledged'", "NULL", "NULL", "'2026-04-19'", "'Z'", "'ok'")
        self.assertEqual(self.then("2026-03-04"), [["draft", "", "", "", "", "2026-03-11", "f"]])
        self.assertEqual(self.then("2026-04-04"),
                         [["sent", "N-1", "2026-03-05", "2026-04-04", "", "2026-04-04", "f"]])
        self.assertEqual(self.then("2026-04-05")[0][6], "t")
        self.assertEqual(self.then("2026-05-01"), [["acknowledged", "N-1", "2026-03-05", "2026-04-04",
                                                    "2026-04-19", "", "f"]])
        self.assertEqual(self.then("2026-02-01"), [])


class Earlier(unittest.TestCase):
    """What was decided by an earlier release is told as before, and goes on."""

    def test_upgrade(self):
        register = Register(TOOL)
        self.addCleanup(register.close)
        register.hold()
        register.sql("CREATE DATABASE old TEMPLATE template0")
        dsn = f"host={register.socket()} user=cadastre dbname=old"

        def psql(text):
            done = subprocess.run([psql_path(), "-X", "-At", "-q", "-v", "ON_ERROR_STOP=1", dsn],
                                  input="SET search_path = cadastre, pg_temp; SET timezone = 'UTC';\n" + text,
                                  capture_output=True, text=True, timeout=300, check=False)
            self.assertEqual(done.returncode, 0, done.stderr)
            return done.stdout.splitlines()
        for path in sorted((SOURCE / "schema/migrations").glob("*.sql")):
            number, name = path.stem.split("_", 1)
            if name == "decided":
                break
            text = path.read_text()
            psql("BEGIN;" + text + ";COMMIT;")
            psql("INSERT INTO cadastre.migration (number, name, sha256) VALUES "
                 f"({int(number)}, '{name}', '{hashlib.sha256(text.encode()).hexdigest()}');")
        else:
            self.fail("there is no migration of decisions")
        psql(PROPOSAL + """; INSERT INTO designation (list_no, realm_id, system, outcome, eval_id, pack, version,
            pack_sha256, official, decision_no, reason, evidence, valid_from, valid_until, recorded, superseded,
            replaces) SELECT 'CII-2026-001', realm_id, 'x', 'cii', 1, 'p', '1', 's', 'Li Wei', no, reason, '',
            f::timestamptz, u::timestamptz, r::timestamptz, s::timestamptz, o
            FROM realm, (VALUES ('No 1', 'initial', '2026-02-01 10:00', NULL, '2026-02-01 10:00',
                '2026-03-01 10:00', NULL), ('No 1', 'initial', '2026-02-01 10:00', '2026-03-01 10:00',
                '2026-03-01 10:00', NULL, 1), ('No 2', 'change', '2026-03-01 10:00', NULL, '2026-03-01 10:00',
                NULL, 1)) AS v (no, reason, f, u, r, s, o);""")
        register.env["CADASTRE_DB"] = dsn
        status = register.run("status")
        self.assertEqual(status["schema"], status["newest"])
        self.assertEqual(psql("""SELECT decision_id, decision_no, decided, known_from, valid_until
            FROM designation_history ORDER BY 1;"""),
            ["1|No 1|2026-02-01|2026-02-01 10:00:00+00|2026-03-01 10:00:00+00",
             "3|No 2|2026-03-01|2026-03-01 10:00:00+00|"])
        self.assertEqual(psql("SELECT decision_no, list_no FROM designation_list;"), ["No 2|CII-2026-001"])
        self.assertEqual(psql("""SELECT designation_decide(realm_id, 'x', 'withdrawn', 'CII-2026-001', 1, 'A', 'B',
            'No 3', '2026-03-02', 'withdrawal', 'w', '', NULL, '2026-03-02', '2026-03-03') FROM realm;
            SELECT count(*) FROM designation_list;"""), ["4", "0"])


if __name__ == "__main__":
    unittest.main()
