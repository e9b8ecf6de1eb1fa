#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The schema, read from PostgreSQL's own catalogue: the rules for fact tables that keep the register
fit for many servers, comments on everything, indexes that are there, and every query parses."""
import pathlib
import re
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from register import Register, THEN  # noqa: E402

TOOL, SOURCE = sys.argv.pop(1), pathlib.Path(sys.argv.pop(1))

TABLES = """SELECT c.oid, c.relname, c.relpersistence FROM pg_class c
    WHERE c.relnamespace = 'cadastre'::regnamespace AND c.relkind = 'r'"""
# A table with from_run is a fact table; those of what each run met are kept by the same rules.
RUN_TABLES = "('asset_run', 'asset_seen')"
FACT_TABLES = f"""SELECT t.oid, t.relname FROM ({TABLES}) t WHERE EXISTS (
    SELECT FROM pg_attribute a WHERE a.attrelid = t.oid AND a.attname = 'asset_id'
      AND NOT a.attisdropped) AND (t.relname IN {RUN_TABLES} OR EXISTS (
    SELECT FROM pg_attribute a WHERE a.attrelid = t.oid AND a.attname = 'from_run'
      AND NOT a.attisdropped))"""


class Schema(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.register = Register(TOOL)
        cls.register.run("status")
        cls.sql = cls.register.sql

    @classmethod
    def tearDownClass(cls):
        cls.register.close()

    def facts(self):
        return {row[1] for row in self.sql(FACT_TABLES)}

    def test_there_are_fact_tables(self):
        self.assertLessEqual({"address", "name", "service", "identity_key", "fact", "link", "hop",
                              "asset_run", "asset_seen"}, self.facts())

    def breaches(self):
        """Each rule, as a question whose rows are breaches of it."""
        rules = {
            "asset_id leads every key": f"""SELECT f.relname, i.indexrelid::regclass
                FROM ({FACT_TABLES}) f JOIN pg_index i ON i.indrelid = f.oid
                JOIN pg_attribute a ON a.attrelid = f.oid AND a.attnum = i.indkey[0]
                WHERE (i.indisunique OR i.indisprimary) AND a.attname <> 'asset_id'""",
            # asset_run: what a run says once is held by the ledger (docs/adr/0005).
            "there is a unique key": f"""SELECT f.relname FROM ({FACT_TABLES}) f
                WHERE f.relname <> 'asset_run' AND NOT EXISTS (
                  SELECT FROM pg_index i WHERE i.indrelid = f.oid AND i.indisunique)""",
            "open and closed rows are found by asset_id": f"""SELECT f.relname, p.predicate
                FROM ({FACT_TABLES}) f
                CROSS JOIN (VALUES ('(until_run IS NULL)'), ('(until_run IS NOT NULL)'))
                  AS p (predicate)
                WHERE f.relname NOT IN {RUN_TABLES} AND NOT EXISTS (
                  SELECT FROM pg_index i JOIN pg_attribute a ON a.attrelid = f.oid
                    AND a.attnum = i.indkey[0]
                  WHERE i.indrelid = f.oid AND a.attname = 'asset_id'
                    AND pg_get_expr(i.indpred, i.indrelid) = p.predicate)""",
            "no index is the beginning of another": f"""SELECT i.indexrelid::regclass,
                  o.indexrelid::regclass
                FROM ({FACT_TABLES}) f JOIN pg_index i ON i.indrelid = f.oid
                JOIN pg_index o ON o.indrelid = f.oid AND o.indexrelid <> i.indexrelid
                  AND coalesce(pg_get_expr(o.indpred, f.oid), '')
                    = coalesce(pg_get_expr(i.indpred, f.oid), '')
                JOIN pg_class c ON c.oid = i.indexrelid
                JOIN pg_class d ON d.oid = o.indexrelid AND d.relam = c.relam
                WHERE i.indexprs IS NULL AND o.indexprs IS NULL
                  AND starts_with(o.indkey::text || ' ', i.indkey::text || ' ')""",
            "no triggers, foreign keys or rules": f"""SELECT f.relname, t.tgname
                FROM ({FACT_TABLES}) f JOIN pg_trigger t ON t.tgrelid = f.oid
                UNION ALL SELECT f.relname, r.rulename FROM ({FACT_TABLES}) f
                JOIN pg_rewrite r ON r.ev_class = f.oid""",
            "asset_id is int8, not null, made by the program": f"""SELECT f.relname
                FROM ({FACT_TABLES}) f JOIN pg_attribute a ON a.attrelid = f.oid
                  AND a.attname = 'asset_id'
                WHERE a.atttypid <> 'int8'::regtype OR NOT a.attnotnull OR a.atthasdef
                  OR a.attidentity <> ''""",
            "no sequences in facts": f"""SELECT f.relname, a.attname FROM ({FACT_TABLES}) f
                JOIN pg_attribute a ON a.attrelid = f.oid
                WHERE a.attidentity <> '' OR pg_get_serial_sequence(
                  'cadastre.' || f.relname, a.attname) IS NOT NULL AND a.attnum > 0""",
            "from_run and until_run": f"""SELECT f.relname FROM ({FACT_TABLES}) f
                LEFT JOIN pg_attribute a ON a.attrelid = f.oid AND a.attname = 'from_run'
                  AND a.atttypid = 'int8'::regtype AND a.attnotnull
                LEFT JOIN pg_attribute b ON b.attrelid = f.oid AND b.attname = 'until_run'
                  AND b.atttypid = 'int8'::regtype AND NOT b.attnotnull
                WHERE f.relname NOT IN {RUN_TABLES} AND (a.attnum IS NULL OR b.attnum IS NULL)""",
            "one open row for a key": f"""SELECT f.relname FROM ({FACT_TABLES}) f
                WHERE f.relname NOT IN {RUN_TABLES} AND NOT EXISTS (
                  SELECT FROM pg_index i WHERE i.indrelid = f.oid AND i.indisunique
                    AND pg_get_expr(i.indpred, i.indrelid) = '(until_run IS NULL)')""",
            "facts are logged, staging is not": f"""SELECT t.relname FROM ({TABLES}) t
                WHERE (t.relname LIKE 'stage\\_%') <> (t.relpersistence = 'u')""",
            "staging has no index": f"""SELECT t.relname FROM ({TABLES}) t
                JOIN pg_index i ON i.indrelid = t.oid WHERE t.relname LIKE 'stage\\_%'""",
            "tables have comments": f"""SELECT t.relname FROM ({TABLES}) t
                WHERE obj_description(t.oid) IS NULL""",
            "no document columns": f"""SELECT f.relname, a.attname FROM ({FACT_TABLES}) f
                JOIN pg_attribute a ON a.attrelid = f.oid
                WHERE a.atttypid IN ('json'::regtype, 'jsonb'::regtype, 'xml'::regtype)""",
        }
        return {rule: rows for rule, question in rules.items() if (rows := self.sql(question))}

    def test_1_rules(self):
        self.assertEqual(self.breaches(), {})

    def test_2_the_rules_can_be_broken(self):
        """Each rule finds what it is there to find."""
        self.sql("""CREATE TABLE bad (serial_no int8 GENERATED ALWAYS AS IDENTITY,
            asset_id int4 DEFAULT 1 REFERENCES realm (realm_id), from_run int4, extra jsonb,
            UNIQUE (from_run, asset_id));
            CREATE UNLOGGED TABLE bad_facts (asset_id int8, from_run int8 NOT NULL,
            until_run int8);
            CREATE INDEX ON bad (from_run);
            CREATE UNLOGGED TABLE stage_bad (one int8 UNIQUE)""")
        try:
            found = self.breaches()
        finally:
            self.sql("DROP TABLE bad, bad_facts, stage_bad")
        self.assertEqual(len(found), 13, found)

    def test_3_asset_id_is_never_updated(self):
        for path in sorted((SOURCE / "schema/queries").glob("*.sql")):
            text = re.sub(r"--[^\n]*", "", path.read_text())
            for clause in re.findall(r"\bSET\b(.*?)(?:\bFROM\b|\bWHERE\b|\Z)", text, re.S):
                self.assertNotRegex(clause, r"(?<![\w.])asset_id\s*=", path.name)

    def test_4_every_query_is_understood(self):
        """PREPARE knows every table, column and type that a query names. Temporary tables, which
        cannot be prepared, are made, empty."""
        failed, temporary, prepared = {}, [], {}
        for path in sorted((SOURCE / "schema/queries").glob("*.sql")):
            text = re.sub(r"^--[^\n]*\n", "", path.read_text(), flags=re.M).strip()
            if re.match(r"(COPY|BEGIN|COMMIT|ROLLBACK|ANALYZE|LOCK|SET|VACUUM|TRUNCATE|DROP|CREATE INDEX)\b", text):
                continue
            if "cadastre_all." in text:  # is there in a register of several nodes: test_nodes.py
                continue
            if path.stem.startswith("as_of_keep_"):  # tables that are called as views; register.py runs them
                continue
            types = re.findall(r"^-- \$\d+::(\w+)", path.read_text(), re.M)
            if text.startswith("CREATE TEMPORARY TABLE stage_"):
                continue  # less of a table that is there
            if text.startswith("CREATE TEMPORARY TABLE"):
                text = re.sub(r"\$(\d+)", lambda m, t=types: f"NULL::{t[int(m[1]) - 1]}", text)
                temporary.append(text.replace("ON COMMIT DROP", ""))
            else:
                types = "(" + ", ".join(types) + ")" if types else ""
                prepared[path.stem] = f"PREPARE q{types} AS {text}"
        self.assertTrue(temporary)

        def made_from(table):
            return [o for o in temporary if o != table and re.search(rf"\b{o.split()[3]}\b", table)]

        def depth(table):
            return max((1 + depth(o) for o in made_from(table)), default=0)
        # What another one is made from comes first.
        temporary = sorted(temporary, key=depth)
        for name, text in prepared.items():
            made = temporary if any(re.search(rf"\b{t.split()[3]}\b", text)
                                    for t in temporary) else []
            try:
                self.sql(";\n".join([*made, text]))
            except AssertionError as error:
                failed[name] = str(error)
        self.assertEqual(failed, {})

    def test_5_questions_use_indexes(self):
        columns = "asset_id, address, transport, port, realm_id, protocol, vendor, product, version, " \
            "cpe, internal, exposed, method, evidence, from_run, until_run"
        self.sql(f"""INSERT INTO service ({columns}) SELECT (n % 4096) << 48 | n, '198.18.0.0'::inet + n % 65536,
            6, 1 + n % 1000, 1, 'http', '', 'nginx', '', '', true, false, 'syn', NULL, 1, NULL
            FROM generate_series(1::int8, 30000) n;
            INSERT INTO address SELECT asset_id, address, 1, NULL, 'measured', 'syn', '', 1, NULL
            FROM service;
            INSERT INTO service ({columns}) SELECT asset_id, address, 17, port, 1, '', '', '', '', '', true,
            false, 'syn', NULL, 1, 2 + port % 50 FROM service; ANALYZE service; ANALYZE address""")
        for question, index in (
                ("SELECT * FROM service WHERE port = 22 AND transport = 6 AND until_run IS NULL",
                 "service_find"),
                ("SELECT * FROM service WHERE asset_id = 3 AND until_run IS NULL", "service_"),
                ("SELECT * FROM address WHERE address = '198.18.3.4' AND until_run IS NULL",
                 "address_find"),
                ("SELECT * FROM address WHERE address <<= '198.18.3.0/24' AND until_run IS NULL",
                 "address_find"),
                ("SELECT * FROM service WHERE until_run = 7", "service_until")):
            plan = "\n".join(row[0] for row in self.sql("EXPLAIN " + question))
            self.assertIn(index, plan, question)

    def test_6_stations_of_another_time_are_looked_up(self):
        """By the question that finds assets by name or MAC, among many keys that ended."""
        self.sql("""INSERT INTO identity_key (asset_id, type, value, realm_id, strength, shared, verdict,
            reason, method, from_run, until_run) SELECT n, 'mac', 'mac ' || n, 1, 'strong', false, 'auto',
            '', 'arp', 1, 2 FROM generate_series(1, 30000) n; ANALYZE identity_key""")
        path = SOURCE / "schema/queries/asset_find.sql"
        question = path.read_text(encoding="utf-8").replace("$1", "NULL::int8").replace(
            "$2", "NULL::inet").replace("$3", "'00:0e:cf:00:00:01'").replace(
            "$4", "NULL::int4")
        plan = "\n".join(row[-1] for row in self.sql(
            THEN.format(time="2026-03-01T12:00:00Z", run=1000000) + "EXPLAIN " + question))
        self.assertIn("identity_key_station_ended", plan)

    def test_7_what_is_reworded_must_be_there(self):
        """A migration that changes parts of functions refuses what is not as it knows it; here its own work."""
        path = SOURCE / "schema/migrations/0032_stations.sql"
        text = path.read_text(encoding="utf-8")
        self.sql("SET plpgsql.check_asserts = off; BEGIN; "
                 + text[text.index("CREATE FUNCTION pg_temp."):], code=1)
        self.assertIn("the schema is not as expected", self.register.message)


if __name__ == "__main__":
    unittest.main()
