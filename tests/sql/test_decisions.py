#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Decisions by hand on a real cluster: what merges and splits move, that undoing gives back exactly
what was there and keeps what was learnt since, that history still shows what was believed before,
and what is refused."""
import datetime
import json
import pathlib
import random
import re
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from register import Bundle, Register, START, psql_path, wait_for  # noqa: E402

TOOL, SOURCE, PROGRAM = sys.argv.pop(1), sys.argv.pop(1), sys.argv.pop(1)
SSH = "ssh.hostkey.sha256"
SEEDS = (36,)
FACTS = ("address", "name", "service", "identity_key", "key_sighting", "fact", "link", "hop")
ONE, TWO, THREE, FAR = "198.18.1.1", "198.18.2.1", "198.18.3.1", "198.18.4.9"


class Decisions(unittest.TestCase):
    maxDiff = None

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
        Decisions.realms += 1
        self.realm = f"realm-{Decisions.realms}"
        self.register.run("grant", self.realm, "198.18.0.0/15", "2020-01-01", "2099-01-01")
        self.hour = 0

    # ---- what the cases are made of

    def bundle(self):
        self.hour += 1
        return Bundle(realm=self.realm, at=self.hour)

    def take(self, bundle):
        return self.register.intake(bundle)

    def host(self, b, addr, key=None, port=22, title="", mac=None):
        b.host(addr, mac).port(addr, port)
        b.service(addr, port, "ssh", product="OpenSSH", version="9.2",
                  **({"http.title": title} if title else {}))
        b.name(addr, f"h{addr.replace('.', '-')}.plant.example")
        if key:
            b.key(addr, SSH, self.realm + key)
        return b

    def network(self, extra=lambda b: b):
        """Three hosts with all that can be known of them, and one behind them."""
        b = self.bundle().covered("198.18.0.0/16", "22,80")
        for n, addr in enumerate((ONE, TWO, THREE)):
            self.host(b, addr, title=f"page {n}")
            b.fact(addr, hw__vendor="Acme", hw__model=f"M{n}")
        self.host(b, FAR)
        b.hop(FAR, 1, ONE).hop(FAR, 2, TWO).hop(FAR, 3, FAR)
        b.link(ONE, TWO).link(ONE, FAR).link(TWO, FAR).link(THREE, FAR, "flow", "flow")
        b.link(ONE, "192.0.2.7", "flow", "flow")
        self.take(extra(b))
        return self.owners(ONE, TWO, THREE)

    def owners(self, *addresses):
        rows = dict(self.register.sql(
            f"SELECT host(address), asset_id FROM address WHERE realm_id = {self.number()} "
            "AND until_run IS NULL"))
        return [rows[addr] for addr in addresses]

    def owner(self, addr):
        return self.register.one(
            "SELECT asset_id FROM address JOIN realm r USING (realm_id) "
            f"WHERE r.name = '{self.realm}' AND until_run IS NULL AND address = '{addr}'")

    def decide(self, *words, code=0, reason="it is so", by=None):
        """What was decided, as rows, and what the program said."""
        words = ["--format", "json", "asset", *words]
        if reason is not None:
            words += ["--reason", reason]
        if by:
            words += ["--by", by]
        done = subprocess.run([PROGRAM, *words], capture_output=True, env=self.register.env,
                              text=True, timeout=300)
        self.said = done.stderr
        self.assertIn(done.returncode, (code,) if isinstance(code, int) else code,
                      done.stderr + done.stdout)
        if match := re.match(r"decision (\d+):", self.said):
            self.newest = match[1]
        return [json.loads(line) for line in done.stdout.splitlines()]

    def program(self, *words, code=(0, 1)):
        done = subprocess.run([PROGRAM, "--realm", self.realm, "--format", "json", *words],
                              capture_output=True, env=self.register.env, text=True, timeout=300)
        self.assertIn(done.returncode, (code,) if isinstance(code, int) else code, done.stderr)
        self.said = done.stderr
        return [json.loads(line) for line in done.stdout.splitlines()]

    def decisions(self):
        """Those of this realm, without what the program merged by itself."""
        return [row for row in self.program("asset", "decisions") if row["verdict"] == "manual"]

    def last(self):
        return self.newest

    def undo_merge(self, number):
        """By the number it was decided with; what was decided again since has another one."""
        rows = self.decisions()
        row = next(row for row in rows if row["decision"] == int(number))
        if row["undone"]:
            self.decide("undo", number, code=3)
            row = next(r for r in rows if r["asset_id"] == row["asset_id"]
                       and r["kind"] == "merge" and not r["undone"])
            self.assertIn(f"decision {row['decision']} says the same now", self.said)
        self.decide("undo", str(row["decision"]))

    def facts(self):
        """All that is open in this realm, but for the run since which it is."""
        rows = self.register.sql(" UNION ALL ".join(
            f"SELECT '{table}' AS kind, (to_jsonb(t) - 'from_run' - 'until_run')::text AS row "
            f"FROM {table} t WHERE realm_id = {self.number()} AND until_run IS NULL"
            for table in FACTS) + " ORDER BY 1, 2")
        return {table: [row[1] for row in rows if row[0] == table] for table in FACTS}

    def number(self):
        return f"(SELECT realm_id FROM realm WHERE name = '{self.realm}')"

    def summaries(self):
        return self.register.sql(
            "SELECT asset_id, a.name, role, state, vendor, model, os, seen_from, first_run, "
            "merged_into, merge_run, merge_reason FROM asset a JOIN realm r USING (realm_id) "
            f"WHERE r.name = '{self.realm}' ORDER BY asset_id")

    def state(self):
        return self.facts(), self.summaries()

    def assets(self, run=None):
        """Addresses by asset; `run`: as they stood when that run was filed."""
        at = "d.until_run IS NULL" if run is None else \
            f"d.from_run <= {run} AND coalesce(d.until_run, {run} + 1) > {run}"
        return [row[0] for row in self.register.sql(
            "SELECT string_agg(host(d.address), ' ' ORDER BY d.address) FROM address d "
            f"JOIN realm r USING (realm_id) WHERE r.name = '{self.realm}' AND {at} "
            "GROUP BY d.asset_id ORDER BY min(d.address)")]

    def changes(self, run=None):
        words = ["--format", "json", "changes"]
        words += ["--run", str(run)] if run else []
        done = subprocess.run([PROGRAM, *words], capture_output=True, env=self.register.env,
                              text=True, timeout=300)
        self.assertIn(done.returncode, (0, 1), done.stderr)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def newest_run(self):
        return int(self.register.one("SELECT max(run_id) FROM run"))

    # ---- merging

    def test_merge_moves_everything_and_undo_gives_it_back(self):
        one, two, _ = self.network()
        before, run = self.state(), self.newest_run()
        moved = self.decide("merge", two, one, by="Head of networks")
        kinds = {row["what"] for row in moved}
        self.assertEqual(kinds, {"against", "address", "name", "service", "fact", "link", "path"})
        self.assertEqual({row["asset"] for row in moved if row["what"] == "service"}, {one})
        self.assertEqual(self.assets()[0], f"{ONE} {TWO}")
        self.assertEqual(self.assets(run), [ONE, TWO, THREE, FAR], "before it were two")
        self.assertEqual(self.register.one(
            f"SELECT merged_into FROM asset WHERE asset_id = {two}"), one)
        self.assertEqual(self.register.sql(" UNION ALL ".join(
            f"SELECT '{table}', count(*) FROM {table} WHERE asset_id = {two} AND until_run IS NULL "
            "HAVING count(*) > 0" for table in FACTS)), [])
        self.assertEqual(self.register.one(
            f"SELECT count(*) FROM link WHERE asset_id = peer_asset_id OR (until_run IS NULL "
            f"AND (peer_asset_id = {two}))"), "0")
        self.assertEqual(self.register.one(
            f"SELECT count(*) FROM hop WHERE peer_asset_id = {two} AND until_run IS NULL"), "0")
        self.decide("undo", self.last(), reason="they are two after all")
        self.assertEqual(self.state(), before)

    def test_a_preview_changes_nothing(self):
        one, two, three = self.network()
        before = self.state(), self.decisions(), self.newest_run(), self.register.one(
            "SELECT max(seq) FROM audit"), self.register.one("SELECT last FROM asset_counter")
        preview = self.decide("merge", two, one, "--dry-run", code=1)
        self.assertIn("would be decided", self.said)
        self.decide("split", one, "--apart-from", two, "--dry-run")
        self.decide("retire", three, "--dry-run")
        after = self.state(), self.decisions(), self.newest_run(), self.register.one(
            "SELECT max(seq) FROM audit"), self.register.one("SELECT last FROM asset_counter")
        self.assertEqual(after, before)
        self.assertEqual(self.decide("merge", two, one), preview, "it shows what then happens")
        against = {row["subject"]: row["value"] for row in preview if row["what"] == "against"}
        self.assertIn("M1 and M0", against["different model"])

    def test_a_run_between_merge_and_undo(self):
        """What is learnt at its addresses goes with an asset; what went stays gone."""
        one, two, _ = self.network()
        self.decide("merge", two, one)
        b = self.bundle().covered("198.18.2.0/24", "22,80")
        b.host(TWO).port(TWO, 80).service(TWO, 80, "http", product="nginx")
        b.key(TWO, SSH, self.realm + "new").name(TWO, "renamed.plant.example")
        b.host(ONE).port(ONE, 22).service(ONE, 22, "ssh", product="OpenSSH", version="9.9",
                                          **{"http.title": "page 0"})
        self.take(b)
        self.assertEqual(self.assets()[0], f"{ONE} {TWO}", "the program heeds the decision")
        self.decide("undo", self.last())
        self.assertEqual((self.owner(ONE), self.owner(TWO)), (one, two))
        self.assertEqual(self.register.sql(
            "SELECT asset_id, port, product, version FROM service WHERE until_run IS NULL "
            f"AND asset_id IN ({one}, {two}) ORDER BY port"),
            [[one, "22", "OpenSSH", "9.9"], [two, "80", "nginx", ""]])
        self.assertEqual(self.register.sql(
            f"SELECT asset_id, type FROM identity_key WHERE until_run IS NULL "
            f"AND asset_id IN ({one}, {two})"), [[two, SSH]])
        self.assertEqual(self.register.sql(
            f"SELECT name FROM name WHERE asset_id = {two} AND until_run IS NULL"),
            [["renamed.plant.example"]])
        self.assertEqual(self.register.sql(
            "SELECT asset_id, name FROM asset WHERE asset_id = " + two),
            [[two, "renamed.plant.example"]])

    def test_addresses_that_came_since(self):
        """A new address met by a key goes with the asset whose key it is."""
        b = self.bundle()
        for addr, key, mac in ((ONE, "a", "00:00:0c:00:00:01"), (TWO, "b", "00:00:0c:00:00:02")):
            self.host(b, addr, key=key, mac=mac)
        self.take(b)
        one, two = self.owner(ONE), self.owner(TWO)
        self.decide("merge", two, one)
        self.take(self.host(self.bundle(), THREE, key="b"))
        self.take(self.host(self.bundle(), FAR, mac="00:00:0c:00:00:01"))
        self.assertEqual({self.owner(THREE), self.owner(FAR)}, {one})
        self.decide("undo", self.last())
        self.assertEqual((self.owner(THREE), self.owner(FAR)), (two, one))

    def test_undo_of_an_undo(self):
        one, two, _ = self.network()
        apart = self.state()
        self.decide("merge", two, one)
        merged = self.facts()
        first = self.last()
        self.decide("undo", first)
        second = self.last()
        self.decide("undo", second)
        self.assertEqual(self.facts(), merged)
        self.assertEqual(self.register.one(
            f"SELECT merged_into FROM asset WHERE asset_id = {two}"), one)
        self.decide("undo", first, code=3)
        self.assertIn("not in force", self.said)
        self.decide("undo", self.last())
        self.assertEqual(self.state(), apart)
        kinds = [(row["kind"], row["undoes"], bool(row["undone"])) for row in self.decisions()]
        self.assertEqual(kinds, [
            ("merge", "", True), ("split", int(first), True), ("merge", "", True),
            ("split", int(second) + 1, False)])

    def test_a_chain_of_merges(self):
        """A into B into C: each can be undone, in any order."""
        for order in ((0, 1), (1, 0)):
            self.setUp()
            one, two, three = self.network()
            before = self.state()
            self.decide("merge", one, two)
            self.decide("merge", two, three)
            self.assertEqual(self.assets(), [f"{ONE} {TWO} {THREE}", FAR])
            self.assertEqual(self.register.sql(
                f"SELECT DISTINCT merged_into FROM asset WHERE asset_id IN ({one}, {two})"),
                [[three]])
            merges = [str(row["decision"]) for row in self.decisions()]
            # Another program's reason, longer than ours may be: told again, it is cut.
            self.register.sql("UPDATE asset_decision SET reason = repeat('\u754c', 3000) "
                              f"WHERE decision_id = {merges[1]}")
            self.undo_merge(merges[order[0]])
            if order[0] == 0:
                why = self.register.one(
                    f"SELECT merge_reason FROM asset WHERE asset_id = {two}")
                self.assertRegex(why, "^decision \\d+ by [^:]+: \u754c+$")
                self.assertTrue(8192 - 3 < len(why.encode()) <= 8192, len(why.encode()))
                self.assertEqual(self.assets(), [ONE, f"{TWO} {THREE}", FAR])
                self.assertEqual(self.register.one(
                    f"SELECT merged_into FROM asset WHERE asset_id = {two}"), three)
            else:
                self.assertEqual(self.assets(), [f"{ONE} {TWO}", THREE, FAR])
                self.assertEqual(self.register.one(
                    f"SELECT merged_into FROM asset WHERE asset_id = {one}"), two)
            self.undo_merge(merges[order[1]])
            self.assertEqual(self.state(), before)

    def test_two_into_one_keep_what_each_had(self):
        """What both had and the first of them gave is there again when that one has left."""
        one, two, three = self.network()
        self.register.sql(f"""INSERT INTO fact SELECT a, '', 'note', 'case', v, realm_id, 'claimed',
            'case', NULL, first_run, NULL FROM asset,
            LATERAL (VALUES ({one}, 'x'), ({two}, 'y')) AS w (a, v) WHERE asset_id = a""")
        before = self.state()
        self.decide("merge", one, three)
        first = self.last()
        self.decide("merge", two, three)
        self.decide("undo", first)
        self.assertEqual(self.register.sql(
            "SELECT asset_id, value FROM fact WHERE attribute = 'note' AND until_run IS NULL "
            f"AND asset_id IN ({one}, {two}, {three}) ORDER BY value"), [[one, "x"], [three, "y"]])
        self.undo_merge(str(int(first) + 1))
        self.assertEqual(self.state(), before)

    def random_network(self, rng):
        """Five things that have much in common: statements, keys, neighbours, paths."""
        addresses = [f"198.18.{n}.1" for n in range(1, 6)]
        b = self.bundle().covered("198.18.0.0/16", "22,80")
        for addr in addresses:
            self.host(b, addr, title=rng.choice("xyz"))
            if rng.random() < 0.6:
                b.key(addr, "tls.cert", "shared" + rng.choice("ab"))
            if rng.random() < 0.5:
                b.key(addr, "serial", self.realm + addr)
        for _ in range(8):
            one, two = rng.sample(addresses, 2)
            b.link(one, two, *rng.choice((("l2", "lldp"), ("l2", "cdp"), ("flow", "flow"))))
        for addr in rng.sample(addresses, 3):
            b.link(addr, "192.0.2.7", "flow", "flow")
        b.hop(addresses[0], 1, addresses[1]).hop(addresses[0], 2, addresses[2])
        b.hop(addresses[0], 3, addresses[0]).hop(addresses[3], 1, addresses[1])
        b.hop(addresses[3], 2, addresses[4]).hop(addresses[3], 3, addresses[3])
        self.take(b)
        for addr in addresses:
            self.register.sql(f"""INSERT INTO fact SELECT asset_id, '', attribute, 'case', value,
                realm_id, 'claimed', 'case', NULL, from_run, NULL FROM address,
                LATERAL (VALUES ('colour', '{rng.choice("rgb")}'),
                    ('{rng.choice("uvw")}', '{rng.choice("123")}')) AS v (attribute, value)
                WHERE address = '{addr}' AND realm_id = {self.number()}""")
        return self.owners(*addresses)

    def test_any_merges_undone_in_any_order(self):
        for seed in SEEDS:
            self.setUp()
            rng = random.Random(seed)
            left = self.random_network(rng)
            before, merges = self.state(), []
            while len(left) > 1 and len(merges) < 4:
                one, two = rng.sample(left, 2)
                self.decide("merge", one, two)
                merges.append(self.last())
                left.remove(one)
            rng.shuffle(merges)
            for merge in merges:
                self.undo_merge(merge)
            self.assertEqual(self.state(), before, f"seed {seed}")

    def test_an_automatic_merge_is_undone(self):
        self.take(self.host(self.host(self.bundle(), ONE), TWO))
        one, two = self.owner(ONE), self.owner(TWO)
        before = self.facts()
        b = self.bundle()
        for addr in (ONE, TWO):
            self.host(b, addr, key="r")
        self.take(b)
        self.assertEqual((self.owner(ONE), self.owner(TWO)), (one, one))
        if not self.register.sql(f"SELECT FROM asset_decision WHERE asset_id = {two}"):
            self.decide("split", one, "--undo-of", two)  # a merge from before there were rows
        else:
            self.decide("undo", self.register.one(
                f"SELECT max(decision_id) FROM asset_decision WHERE asset_id = {two}"))
        after = self.facts()
        self.assertEqual((self.owner(ONE), self.owner(TWO)), (one, two))
        # The keys by which they were merged were learnt in that very run, of both.
        for table in set(FACTS) - {"identity_key", "key_sighting"}:
            self.assertEqual(after[table], before[table])
        self.assertEqual([row["kind"] for row in self.decisions()][-1], "split")
        self.decide("undo", self.last())
        self.assertEqual(self.owner(TWO), one)

    def test_later_runs_heed_what_was_decided(self):
        def run(**keys):
            b = self.bundle().covered("198.18.0.0/16", "22")
            for addr, key in zip((ONE, TWO), (keys["one"], keys["two"])):
                self.host(b, addr, key=key)
            self.take(b)
            return self.owner(ONE), self.owner(TWO)
        # Two keys of which a thing has one: the program would keep them apart.
        one, two = run(one="a", two="b")
        self.assertNotEqual(one, two)
        self.decide("merge", two, one)
        self.assertEqual(run(one="a", two="b"), (one, one))
        self.decide("undo", self.last())
        self.assertEqual(run(one="a", two="b"), (one, two))
        # One key: the program would make them one.
        self.setUp()
        one, two = run(one=None, two=None)
        self.decide("split", one, "--apart-from", two)
        self.assertEqual(run(one="c", two="c"), (one, two))
        self.assertEqual(run(one="c", two="c"), (one, two))
        self.decide("undo", self.last())

    def test_later_runs_heed_what_was_split(self):
        def run():
            b = self.bundle().covered("198.18.0.0/16", "22")
            for addr in (ONE, TWO, THREE):
                self.host(b, addr, key="r")
            self.take(b)
            return [self.owner(addr) for addr in (ONE, TWO, THREE)]
        one = run()[0]
        self.assertEqual(run(), [one] * 3)
        self.decide("split", one, "--address", TWO)
        two = self.owner(TWO)
        for _ in range(2):
            # The key is on two things now and joins nothing any more, the third address neither.
            after = run()
            self.assertEqual(after[:2], [one, two])
            self.assertNotEqual(after[2], two)

    def test_an_automatic_merge_undone_stays_undone(self):
        def run(**keys):
            b = self.bundle().covered("198.18.0.0/16", "22")
            for addr in (ONE, TWO):
                self.host(b, addr, **keys)
            self.take(b)
            return [self.owner(addr) for addr in (ONE, TWO)]
        one, two = run()
        self.assertEqual(run(key="r"), [one, one])
        merge = self.register.one("SELECT decision_id FROM asset_decision WHERE kind = 'merge' "
                                  f"AND asset_id = {two} AND verdict = 'auto'")
        self.decide("undo", merge)
        self.assertEqual(run(key="r"), [one, two])
        self.assertEqual(run(key="r"), [one, two])
        self.decide("undo", self.last())
        self.assertEqual(run(key="r"), [one, one])

    # ---- splitting

    def test_split_by_address(self):
        b = self.bundle().covered("198.18.0.0/16", "22")
        for addr in (ONE, TWO, THREE):
            self.host(b, addr, key="r", title=addr)
        b.host(FAR).port(FAR, 22)
        b.hop(FAR, 1, ONE).hop(FAR, 2, THREE).hop(FAR, 3, FAR)
        self.take(b)
        before, one = self.facts(), self.owner(ONE)
        rows = self.decide("split", one, "--address", TWO, "--address", THREE)
        new = self.owner(TWO)
        self.assertNotEqual(new, one)
        self.assertEqual(self.owner(THREE), new)
        self.assertIn(SSH, [r["value"] for r in rows if r["what"] == "against"][0])
        for table in ("service", "name"):
            self.assertEqual(self.register.sql(
                f"SELECT asset_id, host(address) FROM {table} WHERE until_run IS NULL "
                f"AND asset_id IN ({one}, {new}) ORDER BY address"),
                [[one, ONE], [new, TWO], [new, THREE]], table)
        self.assertEqual(self.register.sql(
            "SELECT asset_id, value FROM fact WHERE attribute = 'http.title' AND until_run IS NULL "
            f"AND asset_id IN ({one}, {new}) ORDER BY value"),
            [[one, ONE], [new, TWO], [new, THREE]])
        pairs = self.register.sql("SELECT asset_id, peer_asset_id FROM link l JOIN realm r USING "
            f"(realm_id) WHERE r.name = '{self.realm}' AND until_run IS NULL AND source = 'hop'")
        self.assertIn(sorted([one, new], key=int), pairs)
        self.assertEqual(self.register.one(f"SELECT name FROM asset WHERE asset_id = {new}"),
                         "h198-18-2-1.plant.example")
        self.decide("undo", self.last())
        self.assertEqual(self.facts(), before)

    def test_split_by_key(self):
        b = self.bundle()
        for addr, serial, mac in ((ONE, "S1", "00:00:0c:00:00:01"), (TWO, "S2", "00:00:0c:00:00:02")):
            self.host(b, addr, mac=mac).key(addr, "serial", serial + self.realm)
        self.take(b)
        one, two = self.owner(ONE), self.owner(TWO)
        self.decide("merge", two, one)
        self.decide("split", one, "--key", "serial=S2" + self.realm)
        new = self.owner(TWO)
        self.assertNotIn(new, (one, two))
        self.assertEqual([row[0] for row in self.register.sql(
            f"SELECT value FROM identity_key WHERE asset_id = {new} AND until_run IS NULL "
            "ORDER BY value")], ["00:00:0c:00:00:02", "S2" + self.realm])
        self.assertEqual(self.decisions()[-1]["keys"], f"serial S2{self.realm}")
        # The merge can only be undone when the split is.
        merge, split = (str(row["decision"]) for row in self.decisions()[-2:])
        self.decide("undo", merge, code=3)
        self.assertIn(f"cadastre asset undo {split}", self.said)
        self.decide("undo", split)
        self.decide("undo", merge)
        self.assertEqual(self.owner(TWO), two)

    def test_what_cannot_be_split(self):
        one, two, _ = self.network()
        for words, code, said in (
                (["--address", TWO], 3, "no address of asset"),
                (["--address", ONE], 3, "nothing would remain"),
                (["--address", "nonsense"], 2, "nonsense"),
                (["--key", "serial"], 2, "TYPE=VALUE"),
                (["--key", "serial=none"], 3, "has no key"),
                (["--address", ONE] * 1025, 2, "more than 1024"),
                (["--undo-of", two], 3, "not the number of an alias"),
                (["--undo-of", two, "--address", ONE], 2, "alone"),
                (["--apart-from", one], 3, "both names lead"),
                ([], 2, "what leaves")):
            self.decide("split", one, *words, code=code)
            self.assertIn(said, self.said)
        self.assertEqual(self.decisions(), [])

    def test_told_apart(self):
        one, two, _ = self.network()
        before = self.state()
        self.register.sql(f"""INSERT INTO asset_decision (realm_id, kind, asset_id, other_asset_id,
            verdict, author, reason) SELECT realm_id, 'proposal', {two}, {one}, 'auto', 'program',
            'a case' FROM asset WHERE asset_id = {one}""")
        proposal = self.register.one("SELECT max(decision_id) FROM asset_decision")
        self.decide("undo", proposal, code=3)
        self.assertIn("--apart-from", self.said)
        self.decide("split", one, "--apart-from", two)
        self.assertEqual(self.register.one("SELECT undone_reason FROM asset_decision WHERE "
            f"decision_id = {proposal}"), f"answered by decision {self.last()}")
        self.assertEqual(self.state(), before)
        rows = self.decide("merge", two, one, "--dry-run", code=1)
        self.assertTrue(any("told them apart" in row["value"] for row in rows))
        self.decide("undo", self.last())
        self.assertTrue(self.decisions()[-1]["undone"])
        self.assertEqual(self.state(), before)

    # ---- retiring

    def test_retired_is_kept_and_never_revived_by_itself(self):
        one, two, _ = self.network()
        before = self.state()
        self.decide("retire", one, reason="scrapped", by="Stores")
        self.decide("retire", one, code=3)
        self.decide("merge", two, one, code=3)
        self.assertIn("asset revive", self.said)
        listed = lambda *words: {row["name"] for row in self.program("asset", "list", *words)}
        name = "h198-18-1-1.plant.example"
        self.assertNotIn(name, listed())
        self.assertIn(name, listed("--state", "all"))
        self.assertEqual(listed("--state", "retired"), {name})
        self.assertEqual(self.program("asset", "review"), [])
        # Looked for and silent: still retired, not quiet.
        self.take(self.bundle().covered("198.18.1.0/24"))
        self.assertEqual(self.register.one(f"SELECT state FROM asset WHERE asset_id = {one}"),
                         "retired")
        self.take(self.host(self.bundle(), ONE, title="page 0"))
        self.assertEqual(self.register.one(f"SELECT state FROM asset WHERE asset_id = {one}"),
                         "retired")
        self.assertEqual({row["state"] for row in self.program("asset", "list", "--state", "retired")},
                         {"retired, seen again"})
        review = [row for row in self.program("asset", "review", code=1)
                  if row["kind"] == "retired, seen again"]
        self.assertEqual([(row["asset_id"], "scrapped" in row["detail"]) for row in review],
                         [(one, True)])
        self.decide("revive", one)
        self.decide("revive", one, code=3)
        self.assertEqual(self.program("asset", "review", "--kind", "retired, seen again"), [])
        self.assertEqual(self.facts()["fact"], before[0]["fact"])

    def test_retire_and_revive_are_undone(self):
        one, _, _ = self.network()
        before = self.state()
        self.decide("retire", one)
        self.decide("undo", self.last())
        self.assertEqual(self.state(), before)
        self.decide("undo", self.last())
        self.assertEqual(self.register.one(f"SELECT state FROM asset WHERE asset_id = {one}"),
                         "retired")
        self.decide("revive", one)
        self.assertEqual(self.state(), before)

    def test_quiet_ones(self):
        """Merged with one that is there, a quiet one is there; two again, each is as it was."""
        one, two, three = self.network()
        self.take(self.host(self.bundle().covered("198.18.0.0/16", "22,80"), THREE, title="page 2"))
        states = lambda *ids: [self.register.one(f"SELECT state FROM asset WHERE asset_id = {i}")
                               for i in ids]
        self.assertEqual(states(one, two, three), ["quiet", "quiet", "seen"])
        before = self.state()
        for asset, into, then in ((three, one, "seen"), (one, three, "seen"), (two, one, "quiet")):
            self.decide("merge", asset, into)
            self.assertEqual(states(into), [then])
            self.decide("undo", self.last())
            self.assertEqual(self.state(), before)
        # Quiet since: both are.
        self.decide("merge", two, three)
        self.take(self.bundle().covered("198.18.0.0/16", "22,80"))
        self.decide("undo", self.last())
        self.assertEqual(states(two, three), ["quiet", "quiet"])
        self.take(self.host(self.bundle(), TWO))
        self.assertEqual(states(two, three), ["seen", "quiet"])

    # ---- how it is told

    def test_a_decision_is_no_discovery(self):
        one, two, _ = self.network()
        told = self.changes()
        self.decide("merge", two, one, reason="one box", by="Ada")
        rows = self.changes(self.newest_run())
        self.assertEqual([(r["kind"], str(r["asset_id"]), r["before"]) for r in rows],
                         [("changed", one, f"h198-18-2-1.plant.example ({two})")])
        self.assertIn("decided by Ada: one box", rows[0]["after"])
        self.decide("undo", self.last())
        self.decide("retire", one)
        self.decide("split", one, "--apart-from", two)
        rows = [r for r in self.changes() if r not in told]
        self.assertEqual([r["subject"].split()[0] for r in rows], ["decision"] * 3, rows)
        self.take(self.host(self.bundle(), TWO, title="page 1"))
        self.assertEqual(self.changes(self.newest_run()), [])

    def test_history_of_an_undone_automatic_merge(self):
        self.take(self.host(self.host(self.bundle(), ONE), TWO))
        b = self.bundle()
        for addr in (ONE, TWO):
            self.host(b, addr, key="r")
        run = self.take(b)["run"]
        self.decide("split", self.owner(ONE), "--undo-of", self.register.one(
            "SELECT a.asset_id FROM asset a JOIN realm r USING (realm_id) "
            f"WHERE r.name = '{self.realm}' AND merged_into IS NOT NULL"))
        # The run's own discovery is told still: the key. What moved is not.
        self.assertLessEqual({r["subject"].split()[0] for r in self.changes(run)},
                             {"key", "asset"} | {"address", "name", "service", "ssh"})

    def test_asset_show_leads_on_and_explains(self):
        one, two, _ = self.network()
        self.decide("merge", two, one, reason="one box", by="Ada")
        rows = self.program("asset", "show", two)
        self.assertIn(f"merged into asset {one}", self.said)
        chapter = [row for row in rows if row["chapter"] == "decision"]
        self.assertEqual([(r["source"], r["grade"]) for r in chapter], [("Ada", "attested")])
        self.assertIn("one box", chapter[0]["value"])
        self.program("asset", "show", one)
        self.assertEqual(self.said, "")
        self.decide("undo", self.last(), reason="no", by="Bo")
        chapter = [row for row in self.program("asset", "show", two)
                   if row["chapter"] == "decision"]
        self.assertEqual(len(chapter), 2)
        self.assertIn("undone by Bo", chapter[0]["value"])
        self.assertEqual([r["kind"] for r in self.program("asset", "decisions", two)],
                         ["merge", "split"])
        trail = self.program("audit", "list")
        self.assertEqual([t["what"] for t in trail if t["what"].startswith("asset.")][-2:],
                         ["asset.merge", "asset.split"])

    # ---- what is refused

    def test_refusals(self):
        one, two, three = self.network()
        self.decide("merge", one, one, code=3)
        self.assertIn("one already", self.said)
        self.decide("merge", "77", one, code=3)
        self.assertIn("no asset matches", self.said)
        self.decide("undo", "99999", code=3)
        self.decide("undo", "first", code=2)
        self.decide("merge", one, two, reason=None, code=2)
        self.decide("merge", one, two, reason=" \t ", code=2)
        self.decide("merge", one, two, reason="x" * 2001, code=2)
        self.decide("merge", one, two, by="y" * 301, code=2)
        self.assertEqual(self.decisions(), [])
        self.decide("merge", one, two)
        self.decide("merge", two, one, code=3)
        self.assertIn("is an alias of asset " + two, self.said)
        self.decide("merge", one, three, code=3)

    def test_not_across_realms(self):
        one, _, _ = self.network()
        self.setUp()
        other, _, _ = self.network()
        self.decide("merge", one, other, code=3)
        self.assertIn("different things", self.said)
        self.decide("split", one, "--apart-from", other, code=3)

    def test_hostile_words(self):
        one, two, _ = self.network()
        reason = "=cmd()\x1b[31m\u202e<b>'; DROP TABLE asset; --\""
        self.decide("merge", two, one, reason=reason, by="<x>\x07")
        row = self.decisions()[-1]
        for text in (row["reason"], row["author"], self.said):
            self.assertNotRegex(text, "[\x00-\x09\x0b-\x1f\u202e]")
        self.assertIn("DROP TABLE", row["reason"])
        for form, needle in (("csv", "\"'=cmd()"), ("xml", "&lt;b&gt;")):
            done = subprocess.run([PROGRAM, "--format", form, "asset", "decisions", one],
                                  capture_output=True, env=self.register.env, text=True)
            self.assertIn(needle, done.stdout)

    def test_more_keys_than_fit(self):
        b = self.bundle()
        for addr in (ONE, TWO):
            self.host(b, addr, key="r").key(addr, "serial", self.realm + "9" * 80)
        self.take(b)
        words = ["--key", f"serial={self.realm}{'9' * 80}"] * 1000
        self.decide("split", self.owner(ONE), "--address", TWO, *words, code=2)
        self.assertIn("longer than 65536", self.said)

    def test_more_addresses_than_fit(self):
        one, two, _ = self.network()
        self.decide("merge", two, one)
        run = self.newest_run()
        self.register.sql(f"""INSERT INTO address SELECT w.a, '2001:db8::'::inet + n,
            {self.number()}, NULL, 'measured', 'case', '', w.f, w.u FROM generate_series(1, 80000) n,
            LATERAL (VALUES ({two}, {run} - 1, {run}), ({one}, {run}, NULL)) AS w (a, f, u)""")
        self.decide("undo", self.last(), code=(70, 1, 2, 3, 7))
        self.assertIn("more than 1048576 bytes", self.said)
        self.register.sql("DELETE FROM address WHERE method = 'case'")
        self.decide("undo", self.last())

    def test_many_merges_of_neighbours(self):
        """Beyond a bound they are not decided again for the sake of links."""
        addresses = [f"198.18.9.{n}" for n in range(1, 22)]
        b = self.bundle()
        for addr in addresses:
            b.host(addr)
            if addr != addresses[0]:
                b.link(addresses[0], addr)
        self.take(b)
        ids = [self.owner(addr) for addr in addresses[:3]] + [row[0] for row in self.register.sql(
            f"SELECT asset_id FROM address WHERE realm_id = {self.number()} "
            "AND until_run IS NULL AND address > '198.18.9.3'")]
        self.decide("merge", ids[1], ids[0])
        first = self.last()
        for n in range(3, 21, 2):
            self.decide("merge", ids[n], ids[n + 1])
        self.decide("undo", first, "--dry-run")
        self.assertNotIn("decided again", self.said)
        self.decide("undo", self.last())
        self.decide("undo", first)
        self.assertIn("8 later merges", self.said)
        self.assertEqual(len([d for d in self.decisions() if d["kind"] == "merge"
                              and not d["undone"]]), 8)

    def test_a_reason_of_full_length(self):
        one, two, _ = self.network()
        self.decide("merge", two, one, reason="x" * 2000, by="y" * 300)
        self.assertEqual(len(self.decisions()[-1]["reason"]), 2000)
        self.assertEqual(self.register.one(
            f"SELECT length(merge_reason) > 2300 FROM asset WHERE asset_id = {two}"), "t")
        self.decide("undo", self.last(), reason="z" * 2000)
        self.decide("merge", two, one, reason="x" * 2001, code=2)
        self.assertIn("longer than 2000", self.said)
        self.decide("merge", two, one, by="y" * 301, code=2)
        self.assertIn("longer than 300", self.said)

    # ---- trouble

    def test_two_who_decide_at_once(self):
        """The second waits, sees what the first did, and is told."""
        one, two, three = self.network()
        lock = subprocess.Popen(
            [psql_path(), "-X", "-h", self.register.socket(), "-U", "cadastre", "-d", "postgres"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        lock.stdin.write("BEGIN; SELECT pg_advisory_xact_lock(4841, 4);\n\\echo held\n")
        lock.stdin.flush()
        while "held" not in lock.stdout.readline():
            pass
        both = [subprocess.Popen(
            [PROGRAM, "asset", "merge", two, into, "--reason", "race"], env=self.register.env,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for into in (one, three)]
        wait_for(lambda: self.register.one(
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND classid = 4841 "
            "AND objid = 4 AND NOT granted") == "2", "both wait for the lock")
        lock.communicate("COMMIT;\n", timeout=60)
        answers = [(p.communicate(timeout=120)[1], p.returncode) for p in both]
        self.assertEqual(sorted(code for _, code in answers), [0, 3], answers)
        self.assertIn("is an alias of asset", [text for text, code in answers if code == 3][0])
        self.assertEqual(len(self.decisions()), 1)

    def test_a_database_that_goes_away_in_the_middle(self):
        one, two, _ = self.network()
        before = self.state()
        lock = subprocess.Popen(
            [psql_path(), "-X", "-h", self.register.socket(), "-U", "cadastre", "-d", "postgres"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        # The merge gets as far as the hops, and is cut off there.
        lock.stdin.write("BEGIN; LOCK TABLE cadastre.hop IN SHARE MODE;\n\\echo held\n")
        lock.stdin.flush()
        while "held" not in lock.stdout.readline():
            pass
        merge = subprocess.Popen([PROGRAM, "asset", "merge", two, one, "--reason", "cut"],
                                 env=self.register.env, stdout=subprocess.PIPE,
                                 stderr=subprocess.PIPE, text=True)
        waits = "FROM pg_locks WHERE relation = 'cadastre.hop'::regclass AND NOT granted"
        wait_for(lambda: self.register.one(f"SELECT count(*) {waits}") == "1", "the merge waits")
        self.register.sql(f"SELECT pg_terminate_backend(pid) {waits}")
        _, said = merge.communicate(timeout=120)
        self.assertEqual(merge.returncode, 4, said)
        lock.communicate("COMMIT;\n", timeout=60)
        self.assertEqual(self.state(), before)
        self.assertEqual(self.decisions(), [])
        self.decide("merge", two, one)

    def test_clocks_that_were_ahead(self):
        """A decision never holds before what it decides on was observed."""
        ahead = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(minutes=5)
        self.hour = (ahead - START).total_seconds() / 3600 - 1
        one, two, _ = self.network()
        self.decide("merge", two, one)
        self.assertEqual(self.register.one(
            "SELECT count(*) FROM address d JOIN run f ON f.run_id = d.from_run "
            "JOIN run u ON u.run_id = d.until_run WHERE u.ended < f.ended"), "0")

    def test_zz_all_is_whole(self):
        """After everything above."""
        self.assertEqual(self.register.sql(
            "SELECT realm_id, address FROM address WHERE until_run IS NULL "
            "GROUP BY 1, 2 HAVING count(*) > 1"), [])
        for table in FACTS:
            self.assertEqual(self.register.one(
                f"SELECT count(*) FROM {table} t LEFT JOIN asset a USING (asset_id) "
                "WHERE a.asset_id IS NULL OR a.realm_id <> t.realm_id "
                "OR (t.until_run IS NULL AND a.merged_into IS NOT NULL)"), "0", table)
        self.assertEqual(self.register.one(
            "SELECT count(*) FROM asset a JOIN asset b ON b.asset_id = a.merged_into "
            "WHERE b.merged_into IS NOT NULL"), "0", "no alias leads to an alias")
        self.assertEqual(self.register.one("SELECT count(*) FROM stage_touched "
                                           "WHERE batch IN (SELECT -run_id FROM run)"), "0")
        self.assertIn("whole", subprocess.run([PROGRAM, "audit", "verify"], capture_output=True,
                                              env=self.register.env, text=True).stdout)

    def test_z_one_asset_is_told_as_all_are(self):
        """What functions tell of one asset is what the views tell of all, now and at other times."""
        for time in [None, *self.register.times()[-20:]]:
            self.assertEqual(self.register.told_apart(time), [], time)


if __name__ == "__main__":
    unittest.main()
