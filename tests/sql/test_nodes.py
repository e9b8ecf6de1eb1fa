#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A register on three private clusters: the same answers to every question as on one, ranges of
buckets that move without a row lost or doubled wherever the program is killed, and nodes that are
absent, foreign or damaged told apart."""
import os
import pathlib
import re
import signal
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from register import Bundle, Register, psql_path, wait_for  # noqa: E402

TOOL, SOURCE, PROGRAM = sys.argv.pop(1), pathlib.Path(sys.argv.pop(1)), sys.argv.pop(1)
EVERY = int(sys.argv.pop(1))  # of the questions so many are asked: under a sanitizer each third
REALM = "lanhe"
HOSTS = 70
BETWEEN, AFTER = "2026-03-01T09:45:00Z", "2026-03-01T11:30:00Z"
FACTS = ("asset", "asset_past", "asset_run", "address", "name", "service", "identity_key",
         "key_sighting", "fact", "asset_seen", "asset_member", "hop", "link", "coverage", "evidence")
HOME_TABLES = ("asset_member", "hop", "link", "coverage", "run", "asset_decision")
THEN = ("--format", "json", "asset", "list", "--as-of", BETWEEN, "port = tcp/80 and name ~ example")
# Groups of addresses that one copied key joins, and when more is shown that takes them apart.
SPLIT_AT = (5, 5, 10, 10, 12, 12)
QUESTION = "0, or 1: there is something to report"


def network(at):
    """Hosts with services, names, keys, paths and links; some change, move or turn out to be one."""
    b = Bundle(REALM, at=at, identity=f"{at:032x}").covered("198.18.0.0/16", "22,80,443")
    b.host("198.18.0.1", "00:00:0c:00:00:01").key("198.18.0.1", "ssh.hostkey.sha256", "gw")
    b.key("198.18.0.2", "ssh.hostkey.sha256", "gw" if at > 1 else "gw2")
    for n in range(HOSTS):
        addr = f"198.18.{10 * (1 + n // 30)}.{1 + n % 30}"
        if (n + at) % 17 == 0:
            continue
        b.host(addr).service(addr, 22, "ssh", raw=b"SSH-%d" % (n % 5), product="OpenSSH",
                             version=str(9 + (at > 1 and n % 9 == 0)), **{"os.product": "Linux"})
        if n % 3 == 0:
            b.port(addr, 80).name(addr, f"h{n}.example", "dns.ptr")
        if n % 4 == 0:
            b.key(addr, "snmp.engineid", f"8000aabb{(n if at < 3 else n // 8 * 8):06x}11")
        if n % 4 == 1 and at >= 3:  # two that were two turn out to be one
            b.key(addr, "ssh.hostkey.sha256", f"pair {n // 8}")
        if n % 5 == 0:
            b.hop(addr, 1, "198.18.0.1").hop(addr, 2, f"198.18.0.{10 + n % 7}").hop(addr, 3, addr)
        if n % 10 == 0:
            b.link(addr, f"198.18.0.{10 + n % 7}").fact(addr, hw__vendor="Acme")
            b.link(addr, "192.0.2.7", "flow", "flow")
    for group, apart in enumerate(SPLIT_AT):
        copied(b, at, group, apart)
    stations(b, at)
    if at > 2:
        answered_for(b, at)
        wandering(b, at)
    return b


def copied(b, at, group, apart):
    """Five addresses with one key; later each with one of its own, but the last, which is silent."""
    for n in range(1, 5 if at >= apart else 6):
        addr = f"198.18.{100 + n}.{1 + group}"
        b.host(addr).service(addr, 22, "ssh", raw=b"copied").name(addr, f"c{n}.example", "dns.ptr")
        b.key(addr, "snmp.engineid", f"8000aa{group:02x}77665544").fact(addr, hw__vendor=f"Maker {n}")
        if n in (1, 5):
            b.hop(addr, 1, "198.18.0.1").hop(addr, 2, addr)
        if at >= apart:
            b.key(addr, "ssh.hostkey.sha256", f"own {addr}")


def stations(b, at):
    """Known by their MAC alone; some get an address, one loses its own."""
    for n in range(1, 13):
        mac, addr = f"00:0e:cf:00:00:{n:02x}", f"198.18.80.{n}"
        if n % 3 == 0 and at >= 3:
            b.host(addr, mac, method="listening" if n % 2 else "arp")
        else:
            b.say("fact", "listening", mac=mac, attributes={
                "dcp.name": f"drive-{n}", "dcp.role": "device", "hw.vendor": f"Maker {n % 2}"})
    if at < 3:
        b.host("198.18.80.20", "00:0e:cf:00:00:20", method="listening")
    else:
        b.say("fact", "listening", mac="00:0e:cf:00:00:20", attributes={"goose.control-block": "trip"})
    for n in range(40, 46):  # each turns out to be what was known from afar
        mac, addr = f"00:0e:cf:00:00:{n:02x}", f"198.18.80.{n}"
        b.host(addr, mac if at >= 3 else None).key(addr, "serial", f"S{n}")
        b.say("fact", "listening", mac=mac, attributes={"dcp.name": f"drive-{n}", "dcp.role": "device"})


def answered_for(b, at):
    """A router answers for addresses of which some speak for themselves later."""
    for n in range(1, 31):
        addr = f"198.18.60.{n}"
        b.host(addr, "00:00:0c:00:60:01").port(addr, 80, 443)
        if at >= 7 and n < 4:
            b.service(addr, 80, "http")


def wandering(b, at):
    """Keys go from address to address of a network, and one is shown no more."""
    for n in range(1, 7):
        addr = f"198.18.70.{n if at < 5 else 10 + n}"
        b.host(addr).service(addr, 22, "ssh").key(addr, "ssh.hostkey.sha256", f"wanders {n}")
    for n in range(30, 34):
        addr = f"198.18.70.{n}"
        b.host(addr)
        if at < 7:
            b.service(addr, 22, "ssh").say("key", "greeting", addr, protocol="ssh", attributes={
                "type": "ssh.hostkey.sha256", "value": f"stays {n}"})
        else:
            b.port(addr, 80)


def outside(at):
    """What answers to the Internet."""
    b = Bundle(REALM, at=at, vantage="internet", identity=f"{at + 900:032x}")
    b.covered("198.18.10.0/24", "22,80,443")
    for n in range(4):
        b.service(f"198.18.10.{1 + n}", 443, "https", raw=b"s", product="nginx")
    return b


def hold_lock(at, lock):
    """A session that holds a lock until it is told to end."""
    holder = subprocess.Popen(
        [psql_path(), "-X", "-q", "-h", at.socket(), "-U", "cadastre", "-d", "postgres"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    holder.stdin.write(f"BEGIN;\n{lock};\n\\echo held\n")
    holder.stdin.flush()
    while "held" not in (line := holder.stdout.readline()):
        assert line or holder.poll() is None, "the lock must be there"
    return holder


def blocked(at):
    return at.sql("SELECT 1 FROM pg_stat_activity WHERE application_name = 'cadastre' "
                  "AND wait_event_type = 'Lock'")


class Spread(Register):
    """The register's home, and the program on it."""

    @classmethod
    def alike(cls, n):
        """So many empty registers: one that is made, and copies of it, which are others. They do not
        wait for a disk."""
        made = [cls(TOOL) for _ in range(n)]
        made[0].run("status")
        made[0].run("stop")
        with open(made[0].data + "/postgres/postgresql.auto.conf", "a", encoding="utf-8") as file:
            file.write("fsync = off\n")
        for register in made[1:]:
            subprocess.run(["cp", "-a", made[0].data, register.data], check=True)
        for register in made:
            register.hold()
        for register in made[1:]:
            register.sql("UPDATE node_self SET register = gen_random_uuid()::text")
        return made

    def program(self, *words, code=0):
        done = subprocess.run([PROGRAM, *words], capture_output=True, text=True, timeout=120,
                              env=dict(self.env, CADASTRE_SHARE=str(SOURCE / "inventory")))
        assert done.returncode in ((0, 1) if code == QUESTION else (code,)), \
            f"{words}: exit {done.returncode}, not {code}\n{done.stderr}{done.stdout}"
        self.message = done.stderr.strip()
        return done.stdout

    def conninfo(self):
        return f"host={self.socket()} user=cadastre dbname=postgres sslmode=disable"

    def move(self, buckets, to, code=0):
        return self.program("db", "node", "move", "--buckets", buckets, "--to", to, code=code)


class Nodes(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.home, cls.east, cls.west = cls.all = Spread.alike(3)
        cls.home.run("grant", REALM, "198.18.0.0/15", "2020-01-01", "2099-01-01")
        cls.home.program("register", "import", str(SOURCE / "schema/examples/good/register-power-utility.xml"))
        cls.home.program("pack", "install", str(SOURCE / "inventory/norms/x.energy.power.xml"))
        for bundle in (network(1), network(2), outside(3), network(5)):
            cls.home.intake(bundle)

    @classmethod
    def tearDownClass(cls):
        for register in cls.all:
            register.close()

    # ---- questions

    def questions(self):
        yield ("db", "status")
        yield ("--format", "csv", "asset", "list")
        listed = [("--address", "198.18.10.0/28"), ("--port", "80", "--product", "openssh"),
                  ("--text", "h3"), ("--system", "office-automation", "--state", "all"),
                  ("--sort", "last-seen", "--limit", "7"),
                  ("--as-of", BETWEEN, "port = tcp/80 and name ~ example")]
        listed += [(where,) for where in (
            "port = tcp/80 and (product ~ openssh or vendor ~ acme) or exposed",
            "not exposed and state = quiet or key ~ gw or mac = 00:00:0c:00:00:01 or tier >= 3",
            "address in (198.18.100.0/22) and protocol = ssh or role = router",
            "organisation ~ power and first-seen < 2026-03-02 and os ~ linux or zone ~ o")]
        for form in ((), *listed):
            yield ("--format", "json", "asset", "list", *form)
        for which in self.which:
            yield ("--format", "json", "asset", "show", which)
        for which in self.which[:1]:
            yield ("--format", "json", "asset", "show", which, "--as-of", BETWEEN)
        for words in ((), ("--run", "2"), ("--where", "exposed"), ("--between", BETWEEN, AFTER),
                      ("--between", BETWEEN, AFTER, "--all"), ("--against", "first")):
            yield ("--format", "json", "changes", *words)
        for words in (("exposure", "list"), ("exposure", "list", "--as-of", AFTER),
                      ("exposure", "summary"), ("exposure", "trend"), ("run", "list"),
                      ("run", "show", "2"), ("asset", "review"), ("asset", "decisions"),
                      ("baseline", "list"), ("baseline", "verify", "first"), ("register", "list"),
                      ("identify", "--all"), ("designation", "list")):
            yield ("--format", "json", *words)
        yield ("--realm", REALM, "map", "-o", self.home.path("map.html"))
        for kind in ("asset-file", "csv", "csv-services", "json", "cyclonedx", "rfc8345", "nmap"):
            yield ("--realm", REALM, "export", "--kind", kind, "-o", self.home.path("out"))
        yield ("--realm", REALM, "export", "--as-of", BETWEEN, "-o", self.home.path("then"))

    def asked(self):
        """Of the list each EVERY-th, and what other cases ask again."""
        return {**dict.fromkeys([*self.questions()][::EVERY]),
                **dict.fromkeys(self.few_questions() + [THEN])}

    def few_questions(self):
        return [("--format", "json", "asset", "list"), ("--format", "json", "changes")]

    def answers(self, questions=None):
        self.which = ["198.18.0.1", "h3.example"] + [row[0] for row in self.home.sql(
            "SELECT asset_id FROM asset WHERE merged_into IS NULL ORDER BY asset_id % 1009 LIMIT 1")]
        found = {}
        for words in questions or self.asked():
            text = self.home.program(*words, code=QUESTION)
            if words[-2] == "-o":
                text += pathlib.Path(words[-1]).read_text()
            if words == ("db", "status"):
                text = re.sub(r"\d+\s*$", "", text)  # bytes of this database
            found[words] = text
        return found

    def same(self, before):
        after = self.answers(list(before))
        self.assertEqual(before.keys(), after.keys())
        for words, text in before.items():
            self.assertEqual(text, after[words], words)

    def good(self):
        self.home.program("db", "node", "check")

    def rows_of(self, register):
        return int(register.one("SELECT count(*) FROM service"))

    # ---- the middle of a move

    def cut_short(self, buckets, to, at, lock):
        """Moves, is stopped by a lock at a node, looks around, and kills the program there."""
        holder = hold_lock(at, lock)
        mover = subprocess.Popen([PROGRAM, "db", "node", "move", "--buckets", buckets, "--to", to],
                                 env=self.home.env, stderr=subprocess.PIPE, text=True)
        wait_for(lambda: blocked(at), "the move must reach the lock")
        self.same(self.fewest)
        os.kill(mover.pid, signal.SIGKILL)
        mover.communicate(timeout=60)
        holder.communicate("ROLLBACK;\n", timeout=60)
        wait_for(lambda: not any(register.sql(
            "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND classid = 4841 AND objid = 7")
            for register in self.all),
            "the sessions of the dead end")
        self.same(self.fewest)
        self.assertIn("cut short", self.home.program("db", "node", "check", code=1))

    # ---- cases, in this order

    def test_1_same_answers(self):
        self.home.program("baseline", "freeze", "first", "--as-of", BETWEEN, "--reason", "a case")
        before = self.answers()
        self.assertLessEqual({words for words, text in before.items() if text.strip() in ("", "[]")},
                             {("--format", "json", "designation", "list")})
        type(self).few = {words: before[words] for words in self.few_questions()}
        type(self).before = before
        type(self).fewest = {words: before[words] for words in self.few_questions()[:1]}
        self.assertGreater(len(before[("--format", "json", "changes")]), 1000)
        total = self.rows_of(self.home)
        # Who opened the register when it had no nodes files nothing where nobody would read it.
        holder = hold_lock(self.home, "SELECT pg_advisory_xact_lock(4841, 4)")
        path = pathlib.Path(self.home.path("early"))
        path.write_bytes(network(6).bytes())
        taker = self.home.popen("intake", path, "a case")
        wait_for(lambda: blocked(self.home), "the intake must reach the lock")
        self.home.program("db", "node", "add", "east", "--conninfo", self.east.conninfo())
        holder.communicate("ROLLBACK;\n", timeout=60)
        self.assertIn("spread over other databases", taker.communicate(timeout=60)[1])
        self.assertEqual(taker.returncode, 4)
        self.home.program("db", "node", "add", "west", "--conninfo", self.west.conninfo())
        self.same(self.few)
        self.home.move("1366-2730", "east")
        self.home.move("2731-4095", "west")
        self.good()
        shares = [self.rows_of(register) for register in self.all]
        self.assertEqual(sum(shares), total)
        self.assertGreater(min(shares), total // 6)
        self.same(before)

    def test_2_every_query_is_understood(self):
        """What is asked of tables here is asked of views of all nodes there."""
        there = r"\bcadastre\.(%s)\b" % "|".join(
            row[0] for row in self.home.sql("SELECT tab FROM node_tables()"))
        self.assertEqual(self.home.sql(
            "SELECT proname FROM pg_proc WHERE pronamespace = 'cadastre'::regnamespace AND "
            f"proname !~ '^(node_|as_of_build)' AND prosrc ~ '{there}'".replace("\\b", "\\y")), [])
        prepared = []
        for path in sorted((SOURCE / "schema/queries").glob("*.sql")):
            text = re.sub(r"^--[^\n]*\n", "", path.read_text(), flags=re.M).strip()
            if not re.match(r"(SELECT|WITH)\b", text) or re.search(
                    r"\b(INSERT INTO|UPDATE|DELETE FROM|FOR UPDATE|node_incoming)\b", text):
                continue
            types = ", ".join(re.findall(r"^-- \$\d+::(\w+)", path.read_text(), re.M))
            if re.search(r"\b(identity_(at|concerned|met)|run_met|key_told)\b|\bpg_temp\.identify_", text):
                continue  # temporary tables of a filing or an identification
            if not path.stem.startswith("node_"):
                self.assertIsNone(re.search(there, text), f"{path.name} names one database's table")
            prepared.append(f"PREPARE {path.stem} {f'({types})' if types else ''} AS {text}")
        self.assertGreater(len(prepared), 50)
        self.home.sql("SET search_path = cadastre_all, cadastre, pg_temp; " + ";\n".join(prepared))

    def test_3_in_pieces(self):
        """Between nodes, of several at once, a single bucket; ranges that meet become one."""
        self.home.move("100", "east")
        self.home.move("2000-3000", "west")
        self.home.move("50-2100", "east")
        self.good()
        self.same(self.few)
        listed = self.home.program("--format", "json", "db", "node", "list")
        self.assertIn('"buckets":"50-2100"', listed)
        self.assertIn('"buckets":"0-49"', listed)
        self.assertIn('"buckets":"2101-4095"', listed)
        self.assertNotEqual(self.home.sql("SELECT 1 FROM audit WHERE what = 'node.move'"), [])

    def test_4_cut_short(self):
        """Killed while rows arrive, before and after the range has changed hands."""
        first, last = 400, 1400
        one = self.east.one("SELECT asset_id FROM asset WHERE asset_id >> 48 BETWEEN "
                            f"{first} AND {last} ORDER BY 1 LIMIT 1")
        self.cut_short(f"{first}-{last}", "west", self.west,
                       "LOCK TABLE cadastre.evidence IN ACCESS EXCLUSIVE MODE")
        self.cut_short(f"{first}-{last}", "west", self.home,
                       "LOCK TABLE cadastre.node_range IN SHARE MODE")
        self.cut_short(f"{first}-{last}", "west", self.east,
                       f"SELECT FROM cadastre.asset WHERE asset_id = {one} FOR UPDATE")
        # That one has happened; and so on, from home and to home.
        self.home.move("0-20", "east")
        self.good()
        self.same(self.few)
        self.cut_short("0-20", "home", self.home,
                       "LOCK TABLE cadastre.node_range IN SHARE MODE")
        self.cut_short("30-45", "west", self.home,
                       "LOCK TABLE cadastre.node_range IN SHARE MODE")
        self.home.move("0-20", "home")
        self.good()
        self.same(self.few)

    def test_5_rows_altered_on_the_way(self):
        self.west.sql("CREATE FUNCTION spoil() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                      "NEW.product := 'other'; RETURN NEW; END $$; CREATE TRIGGER spoil BEFORE "
                      "INSERT ON service FOR EACH ROW EXECUTE FUNCTION spoil()")
        self.home.move("200-300", "west", code=4)
        self.assertIn("west", self.home.message)
        self.assertIn("nothing was changed", self.home.message)
        self.west.sql("DROP TRIGGER spoil ON service; DROP FUNCTION spoil")
        self.same(self.few)
        self.home.move("200-300", "west")
        self.good()

    def test_6_an_absent_node(self):
        self.east.release()
        self.east.run("stop")
        for words in (("asset", "list"), ("changes",)):
            self.home.program(*words, code=4)
            self.assertIn("east", self.home.message)
        self.home.move("200-300", "east", code=4)
        self.assertIn('"east"', self.home.message)
        self.assertIn("cannot connect", self.home.program("db", "node", "list"))
        self.assertIn("cannot connect", self.home.program("db", "node", "check", code=1))
        self.east.hold()
        self.good()
        self.same(self.few)

    def test_7_a_node_by_itself(self):
        self.home.program("--db", self.west.conninfo(), "asset", "list", code=2)
        self.assertIn('node "west"', self.home.message)
        self.home.program("--db", self.west.conninfo(), "db", "status")
        self.home.program("--db", self.west.conninfo(), "db", "backup", self.home.path("west"))
        # Rows that are not its own are shown to nobody, and found.
        self.west.sql("INSERT INTO asset (asset_id, realm_id, name, first_run, last_run) "
                      "VALUES (77, 1, 'stray', 1, 1)")
        self.same(self.few)
        self.assertIn("rows of other nodes", self.home.program("db", "node", "check", code=1))
        self.west.sql("DELETE FROM asset WHERE asset_id = 77")
        # A register that was restored makes its way to the nodes again.
        self.home.sql("DROP SCHEMA cadastre_all, cadastre_far CASCADE")
        self.same(self.few)
        self.home.sql("DROP SCHEMA cadastre_as_of CASCADE")
        self.same({THEN: self.before[THEN]})

    def test_8_refusals(self):
        add = lambda name, conninfo, code: self.home.program(  # noqa: E731
            "db", "node", "add", name, "--conninfo", conninfo, code=code)
        for conninfo in ("host=x password=geheim", "postgresql://u:geheim@x/y",
                         "password=geheim host='", "host=x options=-cwork_mem=1"):
            add("north", conninfo, 2)
            self.assertNotIn("geheim", self.home.message)
        add("north", "host=/nonexistent user=x", 4)
        self.assertIn('node "north"', self.home.message)
        add("north", self.home.conninfo(), 2)
        self.assertIn("own", self.home.message)
        add("north", self.east.conninfo(), 4)
        self.assertIn('node "east" already', self.home.message)
        for name in ("home", "east", "North", "1", "a" * 32, "x;y", ""):
            add(name, self.east.conninfo(), 2)
        for buckets in ("", "-", "5-4", "0-4096", "x", "1-2-3", "99999"):
            self.home.move(buckets, "east", code=2)
        self.home.move("1", "north", code=2)
        self.home.program("db", "node", "remove", "east", code=2)
        self.assertIn("owns", self.home.message)
        self.home.program("db", "node", "remove", "north", code=2)
        self.home.program("db", "node", "sing", code=2)
        self.assertEqual(self.home.sql("SELECT 1 FROM node_option WHERE value LIKE '%geheim%'"), [])

    def test_8b_what_needs_one_database(self):
        """Says so before anything is written."""
        held = self.home.one("SELECT count(*) FROM run"), self.home.one("SELECT count(*) FROM audit")
        for words in (("asset", "merge", "198.18.0.1", "198.18.10.2", "--reason", "x"),
                      ("asset", "merge", "198.18.0.1", "198.18.10.2", "--dry-run"),
                      ("asset", "split", "198.18.0.1", "--address", "198.18.0.2", "--reason", "x"),
                      ("asset", "retire", "198.18.0.1", "--reason", "x"),
                      ("asset", "undo", "1", "--reason", "x"), ("asset", "match")):
            self.home.program(*words, code=2)
            self.assertIn("all of the register in one database", self.home.message, words)
            self.assertIn("--to home", self.home.message)
        self.assertEqual(held, (self.home.one("SELECT count(*) FROM run"),
                                self.home.one("SELECT count(*) FROM audit")))
        # What people state lies at home, and a state that is frozen is the same one.
        self.home.program("baseline", "freeze", "second", "--as-of", BETWEEN, "--reason", "a case")
        self.assertEqual(len(self.home.sql("SELECT DISTINCT sha256, assets, facts FROM baseline")), 1)
        self.home.sql("DELETE FROM baseline WHERE name = 'second'")
        self.home.program("exposure", "justify", "198.18.10.1", "--port", "tcp/443", "--reason", "x",
                          "--approver", "y", "--document", "z", "--until", "2099-01-01", "--dry-run")

    def test_9_home_again(self):
        self.home.move("0-4095", "home")
        self.good()
        self.assertEqual([self.rows_of(register) for register in (self.east, self.west)], [0, 0])
        for name in ("east", "west"):
            self.home.program("db", "node", "remove", name)
        self.assertEqual(self.home.sql("SELECT 1 FROM pg_namespace WHERE nspname IN "
                                       "('cadastre_all', 'cadastre_far')"), [])
        self.same(self.few)


QUESTIONS = (("asset", "list"), ("changes",), ("asset", "show", "198.18.0.1"), ("asset", "review"),
             ("asset", "list", "--as-of", "2026-03-01T12:00:00Z"), ("exposure", "list"),
             ("asset", "list", "not exposed and key ~ own"),
             ("changes", "--between", "2026-03-01T12:00:00Z", "2026-03-01T18:30:00Z"))
# What is compared of the tables that hold what the clock said.
WHOLE = {"run": "SELECT run_id, outcome, taken, facts_written, assets_new, assets_seen, assets_quiet, "
                "services_new, services_changed, services_gone FROM run",
         "asset_decision": "SELECT kind, asset_id, other_asset_id, run_id, verdict, reason, keys, score, "
                           "undone IS NULL FROM asset_decision"}


class Writing(unittest.TestCase):
    """The same bundles into one database and into three."""

    @classmethod
    def setUpClass(cls):
        cls.one, *cls.all = Spread.alike(4)
        cls.home, cls.east, cls.west = cls.all
        for register in (cls.one, cls.home):
            register.run("grant", REALM, "198.18.0.0/15", "2020-01-01", "2099-01-01",
                         "198.18.30.7/32")
            register.program("register", "import",
                             str(SOURCE / "schema/examples/good/register-power-utility.xml"))
        for register in (cls.one, cls.home):
            register.sql("UPDATE register_import SET imported = '2026-01-01'")
        for name, node in (("east", cls.east), ("west", cls.west)):
            cls.home.program("db", "node", "add", name, "--conninfo", node.conninfo())
        cls.home.move("1366-2730", "east")
        cls.home.move("2731-4095", "west")

    @classmethod
    def tearDownClass(cls):
        for register in (cls.one, *cls.all):
            register.close()

    def both(self, bundle, code=0):
        first = self.one.intake(bundle, code=code)
        self.assertEqual(first, self.home.intake(bundle, code=code))
        return first

    def rows(self, register, *tables):
        """All of the tables, wherever their rows lie."""
        found = []
        for node in self.all if register is self.home else (register,):
            parts = [f"SELECT '{table}', t::text FROM ({WHOLE.get(table, f'TABLE {table}')}) t"
                     for table in tables if node is register or table not in HOME_TABLES]
            found += map(tuple, node.sql(" UNION ALL ".join(parts)))
        # The same bytes may prove facts at two nodes.
        return sorted(row for row in found if row[0] != "evidence") + sorted(
            {row for row in found if row[0] == "evidence"})

    def same(self, *questions):
        self.assertEqual(self.rows(self.one, *FACTS, *WHOLE), self.rows(self.home, *FACTS, *WHOLE))
        for words in questions[::EVERY]:
            words = ("--format", "json", *words)
            answers = [register.program(*words, code=QUESTION) for register in (self.one, self.home)]
            if "review" in words:  # decided and filed when the clock said so
                answers = [re.sub(r'"since":"[^"]*"', "", text) for text in answers]
            self.assertEqual(*answers, words)

    def test_1_same_facts(self):
        for at in (1, 3):
            with self.subTest(at):
                self.both(network(at))
                self.same()
        crossing = self.home.sql("SELECT 1 FROM cadastre_all.asset WHERE merged_into IS NOT NULL AND "
                                 "width_bucket(asset_id >> 48, ARRAY[0, 1366, 2731]) <> "
                                 "width_bucket(merged_into >> 48, ARRAY[0, 1366, 2731])")
        self.assertGreater(len(crossing), 3, "assets of two nodes turned out to be one")

    def test_2_after_a_move(self):
        """Rows are staged by the hash of their address; where they belong is another matter."""
        self.home.move("0-700", "west")
        self.home.move("3000-3500", "home")
        b = network(5)
        for n in range(40):  # addresses that change hands
            b.host(f"198.18.40.{1 + n}").key(f"198.18.40.{1 + n}", "snmp.engineid",
                                             f"8000aabb{n // 8 * 8:06x}11")
        self.both(b)
        self.same()
        self.assertEqual(self.both(b)["already"], 1)
        # Rules that claim other prefixes: whose the assets of all nodes are is judged again.
        members = self.rows(self.home, "asset_member")
        stated = (SOURCE / "schema/examples/good/register-power-utility.xml").read_text()
        for register in (self.one, self.home):
            path = pathlib.Path(register.path("register.xml"))
            path.write_text(stated.replace('<prefix cidr="198.18.50.0/24"/>',
                                           '<prefix cidr="198.18.102.0/23"/>'))
            register.program("register", "import", str(path))
            register.sql("UPDATE register_import SET imported = '2026-01-01'")
        self.assertNotEqual(members, self.rows(self.home, "asset_member"))
        self.same()
        crossing = self.home.sql(
            "SELECT 1 FROM asset_decision WHERE kind = 'split' AND "
            "(SELECT node FROM node_range WHERE asset_id >> 48 BETWEEN first_bucket AND last_bucket) <> "
            "(SELECT node FROM node_range WHERE other_asset_id >> 48 BETWEEN first_bucket AND last_bucket)")
        self.assertGreater(len(crossing), 2, "addresses left an asset for one of another node")

    def test_3_cut_short_bundles(self):
        cut = network(7).bytes(trailer=False)
        self.both(cut, code=7)
        self.same()
        self.both(network(7))
        self.same()
        self.assertGreater(int(self.one.one("SELECT count(*) FROM fact "
                                            "WHERE attribute = 'address.proxied'")), 20)
        quiet = Bundle(REALM, at=8).covered("198.18.10.0/24").host("198.18.10.1")
        self.assertGreater(self.both(quiet)["assets_quiet"], 5)
        self.both(Bundle(REALM, at=9, vantage="internet").covered("198.18.10.0/24", "80,443")
                  .port("198.18.10.1", 443).name("198.18.10.1", "www.example"))
        self.same(*QUESTIONS)

    def killed(self, bundle, at, lock):
        """Files a bundle, is stopped by a lock at a node, and is killed there."""
        path = self.home.path("killed")
        pathlib.Path(path).write_bytes(bundle.bytes())
        holder = hold_lock(at, lock)
        taker = self.home.popen("intake", path, "a case")
        wait_for(lambda: blocked(at), "the intake must reach the lock")
        if at is not self.home:  # the others are done with their part
            wait_for(lambda: self.home.sql("SELECT 1 FROM node_ledger WHERE bundle_id = "
                                           f"'{bundle.id}'"), "home must have filed")
        os.kill(taker.pid, signal.SIGKILL)
        taker.communicate(timeout=60)
        holder.communicate("ROLLBACK;\n", timeout=60)
        wait_for(lambda: not any(register.sql(
            "SELECT 1 FROM pg_locks l JOIN pg_stat_activity a USING (pid) WHERE l.locktype = "
            "'advisory' AND a.application_name = 'cadastre'") for register in self.all),
            "the sessions of the dead end")

    def test_4_killed_between_nodes(self):
        bundle = network(10)
        self.killed(bundle, self.west, "LOCK TABLE cadastre.node_ledger IN EXCLUSIVE MODE")
        self.assertEqual(self.west.sql(
            f"SELECT 1 FROM node_ledger WHERE bundle_id = '{bundle.id}'"), [])
        # Nothing else goes on before it.
        self.home.intake(network(11), code=4)
        self.assertIn(bundle.id, self.home.message)
        self.home.move("7", "east", code=4)
        self.assertIn(bundle.id, self.home.message)
        self.assertIn(bundle.id, self.home.program("db", "node", "check", code=1))
        self.one.intake(bundle)
        self.assertEqual(self.home.intake(bundle)["already"], 0)
        self.same()
        # Before any node, and when all have and home does not know it yet.
        for at, lock in ((12, "LOCK TABLE cadastre.hop IN EXCLUSIVE MODE"),
                         (13, "LOCK TABLE cadastre.batch_ledger IN EXCLUSIVE MODE")):
            self.killed(network(at), self.home, lock)
            self.both(network(at))
        self.same(*QUESTIONS[:3])
        self.home.program("db", "node", "check")
        self.assertEqual(self.home.sql("SELECT 1 FROM node_filing"), [])
        self.assertEqual(self.home.sql("SELECT 1 FROM node_decision UNION ALL SELECT 1 FROM node_identity"),
                         [])

    def test_5_a_node_that_is_not_there(self):
        self.east.release()
        self.east.run("stop")
        runs = self.home.one("SELECT count(*) FROM run")
        self.home.intake(network(14), code=4)
        self.assertIn('"east"', self.home.message)
        self.assertEqual(self.home.one("SELECT count(*) FROM run"), runs)
        self.east.hold()
        # It goes away in the middle.
        path = self.home.path("gone")
        pathlib.Path(path).write_bytes(network(14).bytes())
        holder = hold_lock(self.east, "LOCK TABLE cadastre.node_ledger IN EXCLUSIVE MODE")
        taker = self.home.popen("intake", path, "a case")
        wait_for(lambda: blocked(self.east), "the intake must reach the lock")
        os.kill(self.east.server_pid(), signal.SIGKILL)
        out, err = taker.communicate(timeout=120)
        self.assertEqual(taker.returncode, 4, err + out)
        self.assertIn('node "east"', err)
        holder.communicate(timeout=60)
        self.east.release()
        self.east.hold()
        self.both(network(14))
        self.same()

    def test_6_two_at_once(self):
        paths = []
        for at in (15, 16):
            paths.append(self.home.path(f"many{at}"))
            b = network(at)
            if at == 16:  # of the same time: who comes second is not late
                b = Bundle(REALM, at=15).covered("198.18.0.0/16", "22,80,443")
                b.lines += network(15).lines[2:]
            pathlib.Path(paths[-1]).write_bytes(b.bytes())
        takers = [self.home.popen("intake", path, "a case") for path in paths + paths]
        told = [taker.communicate(timeout=300) for taker in takers]
        self.assertEqual([taker.returncode for taker in takers], [0] * 4, told)
        self.assertEqual(sum('"already":1' in out for out, _ in told), 2)
        self.assertEqual(self.home.sql("SELECT count(*), count(DISTINCT (asset_id, address)) "
                                       "FROM cadastre_all.address WHERE until_run IS NULL "
                                       "HAVING count(*) <> count(DISTINCT (asset_id, address))"), [])
        self.home.program("db", "node", "check")

    def test_7_late(self):
        """A bundle that is older than what is filed: refused, and nothing of it stays."""
        held = self.rows(self.home, *FACTS)
        b = network(4)
        b.lines[0]["id"] = f"{77:032x}"
        self.home.intake(b, code=2)
        self.assertIn("a newer one looked at the same things", self.home.message)
        self.assertIn("--to home", self.home.message)
        self.assertEqual(held, self.rows(self.home, *FACTS))
        self.assertEqual(self.home.sql("SELECT 1 FROM node_filing UNION ALL SELECT 1 FROM node_decision"),
                         [])


if __name__ == "__main__":
    unittest.main()
