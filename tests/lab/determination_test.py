#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A protection department on the lab, by the commands of its guide (docs/guide/department.md): a norm
pack is written, checked, signed and installed, the lab surveyed and overheard, the boundary drawn, the
dispatch system decided on, told of and listed. Then a router stops, a database moves to another network,
the operator takes over another company: each opens a case, whose clock runs until it ends in a new entry.
The list of any day stays what it was, and every decision is evaluated again.

  determination_test.py MODBUSD CADASTRE"""
import contextlib
import csv
import datetime
import io
import json
import os
import pathlib
import re
import shlex
import subprocess
import sys
import unittest
import unittest.mock

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
sys.dont_write_bytecode = True
import driver  # noqa: E402

MODBUSD, PROGRAM = sys.argv.pop(1), sys.argv.pop(1)
ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PACK, SYSTEM, ENTRY = "lanhe.power", "distribution-dispatch", "CII-2026-001"
GUIDE = (ROOT / "docs/guide/department.md").read_text(encoding="utf-8")
NETWORKS = ("198.18.2.0/29", "198.18.30.0/24", "198.18.40.0/24", "198.18.50.0/24")
BACKUP = "198.18.60.11"
# The SCADA servers and the front end ask the database where it moved to: into the management network.
MOVED = tuple((node, ((BACKUP, 5432, driver.DATABASE),)) for node in ("scada1", "scada2", "front-end"))
# Answers everybody who asks a database, until its input ends.
SERVE = """import socket, sys, threading
def serve(server):
    while True:
        with server.accept()[0] as peer:
            peer.recv(64)
            peer.sendall(b"N")
server = socket.create_server((sys.argv[1], 5432))
threading.Thread(target=serve, args=(server,), daemon=True).start()
print("ready", flush=True)
sys.stdin.read()"""
TODAY = datetime.datetime.now(datetime.timezone.utc).date()


def blocks(title):
    """The commands of a chapter of the guide, one list for each block of them."""
    chapter = re.search(rf"^## {title}\n(.*?)(?=^## |\Z)", GUIDE, re.M | re.S).group(1)
    return [[shlex.split(line)[1:] for line in block.splitlines()]
            for block in re.findall(r"(?:^    cadastre .*\n)+", chapter, re.M)]


class DeterminationTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        driver.bring_up(cls, PROGRAM, MODBUSD)
        cls.dir = pathlib.Path(cls.place.name)
        cls.addClassCleanup(os.chdir, os.getcwd())  # the guide's files stand where one is
        os.chdir(cls.dir)
        cls.lists = {}  # what the list was at a moment, as it was known then
        cls.cases = 0

    # ---- the guide's commands

    def cadastre(self, words, codes=(0, 1)):
        done = self.utility.cadastre(*words, codes=codes)
        self.said = done.stderr
        return done.stdout

    def walk(self, block):
        """What each command printed."""
        return {" ".join(words): self.cadastre(words) for words in block}

    def rows(self, *words):
        return [json.loads(line) for line in self.cadastre(["--format", "json", *words]).splitlines()]

    def listed(self, *words):
        """The whole list, as it is told."""
        return self.rows("designation", "list", *words)

    def remember(self):
        moment = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        self.lists[moment] = self.listed("--as-of", moment, "--known-at", moment)

    def survey(self):
        self.utility.cadastre("survey", "--profile", "standard", "--snmp", self.utility.logins(), "-o",
                              self.place.name + "/maps", *NETWORKS, node=driver.INSIDE, codes=(0, 1))

    def check(self):
        """What `case check` finds, by trigger and subject, all in the newest case."""
        found = {(row["trigger"], row["subject"]): row for row in self.rows("case", "check")}
        self.assertTrue(found)
        type(self).cases += 1
        self.assertEqual({row["case"] for row in found.values()}, {self.cases})
        self.assertEqual({row["system"] for row in found.values()}, {SYSTEM})
        return found

    # ---- the list

    def test_1_a_pack_is_written(self):
        path = self.dir / f"{PACK}.xml"
        text = (ROOT / "inventory/norms/x.energy.power.xml").read_text(encoding="utf-8")
        for old, new in (('id="x.energy.power"', f'id="{PACK}"'), ("cadastre project (example, not an authority)",
                         "Lanhe Energy Bureau"), ('supersedes="cn.guide.2016"', 'supersedes="x.energy.power"'), ('jaccard="0.8"', 'jaccard="0.99"'),
                         ("$customers &gt;= 100000", "$customers &gt;= 120000"),
                         # what the register states is of a day, the test of any
                         ('"P180D"', '"P99999D"')):
            self.assertIn(old, text)
            text = text.replace(old, new)
        path.write_text(text, encoding="utf-8")
        first, rest = blocks("From a pack to the list")[0][:1], blocks("From a pack to the list")[0][1:]
        said = str(self.walk(first)) + self.said
        self.assertRegex(said, r'"the same with 100 000 customers": line \d+: outcome not, expected cii')
        path.write_text(text.replace('value="100000"', 'value="120000"').replace(
            "the same with 100 000", "the same with 120 000"), encoding="utf-8")
        self.cadastre(first[0], codes=(0,))
        self.cadastre(["pack", "install", f"{PACK}.xml"], codes=(3,))
        said = self.walk(rest)
        self.assertIn("Lanhe Energy Bureau", said["pack list"])

    def test_2_the_system_is_decided_on(self):
        (self.dir / "register.xml").write_bytes(driver.REGISTER.read_bytes())
        decide, tell = blocks("From a pack to the list")[1:]
        self.walk(decide[:1])
        self.survey()
        self.utility.overhear(self.place.name + "/core.bundle")
        said = self.walk(decide[1:])
        self.assertEqual(said[" ".join(decide[3])].strip(), "2", "the number that is taken next")
        self.assertIn(SYSTEM, said["identify --explain"])
        self.assertIn("A2", said["identify --explain"])
        said = self.walk(tell)
        letter = said["notice show 1"]
        for words in ("关键信息基础设施认定结果通知书", "Lanhe Power", ENTRY, "LH-2026-1"):
            self.assertIn(words, letter)
        entry = next(csv.DictReader(io.StringIO(said["--format csv designation list --chinese"])))
        self.assertEqual((entry["清单编号"], entry["系统编号"], entry["决定文号"], entry["认定规则"],
                          entry["边界编号"], entry["保护工作部门"]),
                         (ENTRY, SYSTEM, "LH-2026-1", PACK, "2", "Lanhe Energy Bureau"))
        self.assertIn("LH-N-1 of", entry["通知运营者"])
        self.assertEqual(self.rows("case", "check"), [], "nothing changed since")
        self.remember()

    # ---- changes

    def renumber(self, block):
        """The commands of the guide's first case, for the case at hand."""
        n = self.cases
        numbers = {"1": str(n), "LH-R-1": f"LH-R-{n}", "report-1.html": f"report-{n}.html",
                   "LH-2026-2": f"LH-2026-{n + 1}", "3": str(2 * n + 1), "4": str(2 * n + 2),
                   "LH-N-3": f"LH-N-{2 * n + 1}", "LH-N-4": f"LH-N-{2 * n + 2}"}
        return [[numbers.get(word, word) for word in words] for words in block]

    def finish(self):
        """From what was found to a new entry: the same number, another decision."""
        received, decided, _ = blocks("From a change to a new entry")
        self.assertEqual(received[0], ["case", "check"])
        self.walk(self.renumber(received[1:]))
        case = self.rows("case", "list", "--open")[0]
        due = datetime.date.fromisoformat(case["due"])
        months = due.year * 12 + due.month - TODAY.year * 12 - TODAY.month
        self.assertEqual((case["id"], case["state"], case["action"], months),
                         (self.cases, "received", "re-identify", 3))
        html = (self.dir / f"report-{self.cases}.html").read_text(encoding="utf-8")
        self.assertIn("<svg", html)
        self.assertEqual(list(self.dir.glob("*.map.svg")), [])
        self.walk(self.renumber(decided))
        self.assertEqual(self.rows("case", "list", "--open"), [])
        entry, = self.listed()
        self.assertEqual((entry["list_no"], entry["decision"], entry["reason"]),
                         (ENTRY, f"LH-2026-{self.cases + 1}", "change"))
        self.assertEqual(self.rows("case", "check"), [], "the new decision is what is compared with")
        for moment, then in self.lists.items():
            self.assertEqual(self.listed("--as-of", moment, "--known-at", moment), then, moment)
        self.remember()

    def test_3_a_router_stops(self):
        """What lies behind it is not met any more, and nothing is left to take over from what is."""
        for cable in ("substation-b", "wan"):
            self.utility.do("exec", "router-b", "--", "ip", "link", "set", "dev", cable, "down")
        self.survey()
        found = self.check()
        plc = found["redundancy", "plc"]
        self.assertEqual((plc["before"], plc["after"], plc["class"]), ("2", "1", "major"))
        self.finish()

    @contextlib.contextmanager
    def database(self, node, address):
        with subprocess.Popen([*self.utility.command, "exec", node, "--", sys.executable, "-I", "-c", SERVE,
                               address], env=self.utility.env, stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE, text=True) as server:
            self.assertEqual(server.stdout.readline(), "ready\n")
            yield
            server.stdin.close()
            server.wait(timeout=driver.CALL_SECONDS)

    def test_4_a_service_moves(self):
        self.utility.do("stop-service", "historian", "postgresql")
        with self.database("backup", BACKUP), unittest.mock.patch.object(driver, "TALKS", MOVED):
            self.utility.overhear(self.place.name + "/moved.bundle")
        found = self.check()
        crossing = found["zone-crossing", "control - management"]
        self.assertIn(BACKUP, crossing["after"])
        self.assertIn(("added", BACKUP), {(row["act"], row["asset"]) for row in self.rows(
            "boundary", "diff", "--from", "maximum/1", SYSTEM)})
        self.assertIn(" added, 0 removed", found["boundary", ""]["after"])
        self.finish()

    def test_5_an_organisation_is_merged(self):
        path = self.dir / "register.xml"
        text = path.read_text(encoding="utf-8")
        event = '<event kind="merge" on="2010-01-01"'
        self.assertIn(event, text)
        path.write_text(text.replace(event, f'<event kind="merge" on="{TODAY}" with="lanhe-telecom" '
                                     f'document="LH-M-1"/>{event}'), encoding="utf-8")
        self.cadastre(["register", "import", "register.xml"])
        found = self.check()
        merger = found["organisation-event", f"lanhe-power merge {TODAY}"]
        self.assertEqual((merger["after"], merger["class"]), ("merge lanhe-telecom", "major"))
        self.assertIn("LH-M-1", merger["evidence"])
        self.finish()

    # ---- afterwards

    def test_6_the_list_of_any_day(self):
        said = self.walk(blocks("From a change to a new entry")[2])
        self.assertIn("LH-2026-1", said["designation list --as-of 2026-11-15"])
        self.assertEqual(self.listed("--as-of", "2026-11-01"), [])
        for day in ("2026-11-02", "2026-11-15"):
            self.assertEqual([row["decision"] for row in self.listed("--as-of", day)], ["LH-2026-1"], day)
        self.assertEqual(len(self.lists), 4)
        self.assertEqual([[row["decision"] for row in then] for then in self.lists.values()],
                         [[f"LH-2026-{n}"] for n in range(1, 5)])
        self.assertEqual([row["replay"] for row in self.rows("designation", "replay")], ["same"] * 4)
        self.assertEqual([row["decision"] for row in self.rows("designation", "show", ENTRY)],
                         [f"LH-2026-{n}" for n in range(1, 5)])
        self.assertIn("chain is whole", self.cadastre(["audit", "verify"]))


if __name__ == "__main__":
    unittest.main(verbosity=2)
