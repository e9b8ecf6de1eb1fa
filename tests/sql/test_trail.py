#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Authorisations and the audit trail: every act leaves an entry, no entry can be changed, removed,
added, moved or cut off without being found."""
import pathlib
import random
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from register import Bundle, Register  # noqa: E402

TOOL, SOURCE = sys.argv.pop(1), sys.argv.pop(1)
UNLOCK = "ALTER TABLE audit DISABLE TRIGGER audit_append_only;"
ENTRIES = 8


class Trail(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.register = Register(TOOL)
        cls.register.run("status")
        cls.register.hold()

    @classmethod
    def tearDownClass(cls):
        cls.register.close()

    def verify(self):
        return self.register.run("verify")

    def test_1_empty(self):
        self.assertEqual(self.verify(), {"rows": 0, "bad": 0})

    def test_2_acts_leave_entries(self):
        run = self.register.run
        first = run("grant", "plant", "198.18.0.0/16", "2020-01-01", "2099-01-01", "198.18.5.0/24")
        self.assertEqual(run("check", "plant", "198.18.1.1"),
                         {"verdict": "allowed", "id": first["id"]})
        self.assertEqual(run("check", "plant", "198.18.5.1")["verdict"], "excluded")
        self.assertEqual(run("check", "other", "198.18.1.1")["verdict"], "not granted")
        self.assertEqual(run("check", "other", "127.0.0.1")["verdict"], "allowed")
        run("grant", "plant", "198.19.0.0/16", "2020-01-01", "2021-01-01", "198.18.6.0/24")
        self.assertEqual(run("check", "plant", "198.19.1.1")["verdict"], "not now")
        self.assertEqual(run("check", "plant", "198.18.6.1")["verdict"], "allowed",
                         "an exclusion ends with its authorisation")
        self.assertEqual([row["cidrs"] for row in run("list", 0)], [1, 1])
        self.assertEqual(run("revoke", first["id"], "end\x1b[31m of test")["answer"], 0)
        self.assertEqual(run("revoke", first["id"], "again")["answer"], 1)
        self.assertEqual(run("revoke", 99, "none")["answer"], 1)
        self.assertEqual(run("check", "plant", "198.18.1.1")["verdict"], "not granted")
        run("audit", "scan.refuse", "198.18.1.1", "'); DROP TABLE audit; --")
        self.register.intake(Bundle().host("127.0.0.1").host("203.0.113.1"))
        self.assertEqual([row[0] for row in self.register.sql("SELECT what FROM audit")],
                         ["scope.grant", "scope.grant", "scope.revoke", "scan.refuse", "run.file",
                          "run.refuse"])
        self.assertNotIn("\x1b", str(self.register.sql("SELECT detail FROM audit")))
        self.assertEqual(self.verify(), {"rows": 6, "bad": 0})

    def test_3_a_failed_act_leaves_nothing(self):
        before = self.verify()
        self.register.run("grant", "plant", "198.18.0.0/16", "2099-01-01", "2020-01-01", code=2)
        self.register.run("grant", "", "198.18.0.0/16", "2020-01-01", "2099-01-01", code=2)
        self.assertEqual(self.verify(), before)
        self.assertEqual(self.register.one("SELECT count(*) FROM authorisation"), "2")

    def test_4_append_only(self):
        for statement in ("UPDATE audit SET what = 'x'", "DELETE FROM audit", "TRUNCATE audit"):
            self.register.sql(statement, code=1)
            self.assertIn("append-only", self.register.message)

    def test_5_two_writers(self):
        writers = [self.register.popen("audit", "case", str(n), "") for n in range(ENTRIES)]
        self.assertEqual([w.wait(timeout=120) for w in writers], [0] * ENTRIES)
        for writer in writers:
            writer.communicate()
        self.assertEqual(self.verify(), {"rows": 6 + ENTRIES, "bad": 0})

    def tampered(self, statement):
        """What verify says after a manipulation by somebody who may do everything."""
        self.register.sql(
            "CREATE TABLE saved AS TABLE audit; CREATE TABLE saved_head AS TABLE audit_head;"
            + UNLOCK + statement)
        try:
            return self.verify()["bad"]
        finally:
            self.register.sql(
                "DELETE FROM audit; INSERT INTO audit TABLE saved; DELETE FROM audit_head;"
                "INSERT INTO audit_head TABLE saved_head; DROP TABLE saved; DROP TABLE saved_head;"
                "ALTER TABLE audit ENABLE TRIGGER audit_append_only")

    def test_6_tampering_is_found(self):
        rows = self.verify()["rows"]
        for statement, where in (
                ("UPDATE audit SET detail = detail || ' ' WHERE seq = 3", 3),
                ("UPDATE audit SET actor = 'somebody' WHERE seq = 1", 1),
                ("UPDATE audit SET time = time + interval '1 microsecond' WHERE seq = 2", 2),
                ("UPDATE audit SET object = detail, detail = object WHERE seq = 5", 5),
                ("DELETE FROM audit WHERE seq = 4", 5),
                ("DELETE FROM audit WHERE seq = 1", 2),
                (f"DELETE FROM audit WHERE seq > {rows - 3}", rows - 2),
                ("DELETE FROM audit", 1),
                ("DELETE FROM audit_head", rows + 1),
                ("UPDATE audit SET seq = -seq WHERE seq IN (2, 3);"
                 "UPDATE audit SET seq = 5 + seq WHERE seq < 0", 2),
                (f"INSERT INTO audit SELECT {rows} + 1, time, actor, what, object, detail, hash "
                 "FROM audit WHERE seq = 1", rows + 1)):
            with self.subTest(statement):
                self.assertEqual(self.tampered(statement), where)
        self.assertEqual(self.verify(), {"rows": rows, "bad": 0})

    def test_7_random_edits_are_found(self):
        chance = random.Random(4841)
        rows = self.verify()["rows"]
        for _ in range(12):
            seq = chance.randint(1, rows)
            column = chance.choice(["actor", "what", "object", "detail"])
            at = chance.randint(0, 5)
            statement = (f"UPDATE audit SET {column} = left({column}, {at}) || '~' || "
                         f"substr({column}, {at + 2}) WHERE seq = {seq}")
            self.assertEqual(self.tampered(statement), seq, statement)


if __name__ == "__main__":
    unittest.main()
