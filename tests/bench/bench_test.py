#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The benches measure what they say they measure; nothing here depends on a time."""
import contextlib
import functools
import hashlib
import io
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
sys.path.insert(0, str(HERE.parent / "lab"))
sys.dont_write_bytecode = True
PROGRAM = sys.argv.pop(1) if len(sys.argv) > 1 else None
import atlas  # noqa: E402
import boundary  # noqa: E402
import days  # noqa: E402
import export  # noqa: E402
import fingerprint  # noqa: E402
import graph  # noqa: E402
import greet  # noqa: E402
import identify  # noqa: E402
import inventory  # noqa: E402
import kernel  # noqa: E402
import map as district  # noqa: E402
import memory  # noqa: E402
import questions  # noqa: E402
import report  # noqa: E402
import scan  # noqa: E402
import supervisor  # noqa: E402
import targets  # noqa: E402
import topology  # noqa: E402


class Report(unittest.TestCase):
    def test_medians_and_ratios(self):
        self.assertEqual(report.spread([3, 1, 2], str), "2 (1-3)")
        self.assertEqual(report.spread([], str), "-")
        self.assertEqual(report.ratio([4, 6, 5], [2], True), "2.5")
        self.assertEqual(report.ratio([4], [2], False), "0.5")
        self.assertEqual(report.ratio([], [2], False), "-")

    def test_only_like_is_compared_with_like(self):
        ours, fewer, none = greet.Tries(), greet.Tries(), greet.Tries()
        ours.whole, ours.took = [1000], [2]
        fewer.took = [1]
        for whole, said in ((899, "-"), (900, "0.5")):
            fewer.whole = [whole]
            self.assertEqual(greet.ratio(ours, fewer, "took"), said)
        self.assertEqual(greet.ratio(ours, none, "took"), "-")

    def test_table(self):
        self.assertEqual(report.table(["a", "bb"], [["ccc", 1]]),
                         "| a   | bb |\n|-----|----|\n| ccc | 1  |")


class Topology(unittest.TestCase):
    def test_shares(self):
        ours, a, b = ({"crossings": x, "hits": h} for x, h in ((3, 1), (5, 3), (20, 0)))
        self.assertEqual(topology.share(ours, [a, b]), "0.50")
        self.assertEqual(topology.share(ours, []), "-")
        self.assertEqual(topology.share(ours, [{"crossings": 0, "hits": 0}]), "-")

    @unittest.skipUnless(PROGRAM and topology.find_program(PROGRAM), "the program is not built")
    def test_every_estate_is_placed_without_overlap(self):
        done = subprocess.run([topology.find_program(PROGRAM)], capture_output=True, text=True, check=True)
        found = topology.read(done.stdout.splitlines())
        self.assertGreaterEqual(len(found), 7)
        for by in found.values():
            self.assertLessEqual(by["cadastre"]["nodes"], 150)
            self.assertEqual(by["cadastre"]["overlaps"], 0)

    @unittest.skipUnless(PROGRAM and topology.find_program(PROGRAM), "the program is not built")
    def test_month_after_month_things_stay(self):
        rows = topology.churn(topology.find_program(PROGRAM), "campus-1k")["campus-1k"]
        self.assertEqual(len(rows), 10)
        for row in rows:
            self.assertEqual(row["overlaps"], 0)
            self.assertGreaterEqual(row["near"], 0.9, row)
            if shutil.which("sfdp"):
                self.assertLessEqual(row["kept"] * 2, row["sfdp"], row)
        self.assertEqual(sorted(row["median"] for row in rows)[5], 0)
        self.assertGreaterEqual(sum(row["near"] for row in rows) / len(rows), 0.95)
        self.assertIn("| campus-1k | 10", topology.months({"campus-1k": rows}))


class Graph(unittest.TestCase):
    def test_the_same_numbers(self):
        ours = {"first": [1, 2, 3], "sum": 6}
        self.assertTrue(graph.same(ours, {"first": [1, 2], "sum": None}))
        self.assertTrue(graph.same(ours, {"first": [1, 2, 3], "sum": 6}))
        self.assertFalse(graph.same(ours, {"first": [1, 2, 3], "sum": 7}))
        self.assertFalse(graph.same(ours, {"first": [1, 3], "sum": None}))

    @unittest.skipUnless(PROGRAM and graph.find_program(PROGRAM), "the program is not built")
    def test_every_question_is_answered(self):
        with tempfile.TemporaryDirectory() as work:
            found = graph.ask([graph.find_program(PROGRAM), "500", "2000", os.path.join(work, "edges")])
        self.assertEqual(set(graph.QUESTIONS) - set(found), set())
        self.assertGreater(found["dependants-all"]["sum"], found["dependants-2"]["sum"])
        self.assertGreater(found["dependants-2"]["sum"], found["tier-3-dependants-2"]["sum"])


class Map(unittest.TestCase):
    def setting(self, **values):
        for name, value in values.items():
            self.addCleanup(setattr, district, name, getattr(district, name))
            setattr(district, name, value)

    def test_a_peer_that_does_not_end_is_ended(self):
        self.setting(PEER_SECONDS=1)
        python = sys.executable
        self.assertEqual(district.run([python, "-c", "while True: pass"]), "did not end in 1 s")
        self.assertEqual(district.run([python, "-c", "raise SystemExit(3)"]), "ended with 3")
        seconds, peak = district.run([python, "-c", ""])
        self.assertTrue(seconds > 0 and peak > 1)

    @unittest.skipUnless(PROGRAM and os.access(PROGRAM, os.X_OK), "the program is not built")
    def test_a_small_estate_beside_every_peer_there_is(self):
        self.setting(SIZES=(300,), OVERVIEW=2000, PAGE=300, PAGE_RUNS=1, PAGE_QUERY="h1000200",
                     LATER=((300, 2),))
        tool = pathlib.Path(PROGRAM).resolve().parent.parent / "tests/bench/bench_draw"
        said = io.StringIO()
        with tempfile.TemporaryDirectory() as place, contextlib.redirect_stdout(said):
            self.assertIsNone(district.bench(place, tool, 1))
        print(said.getvalue())
        rows = {row.split("|")[2].strip(): [c.strip() for c in row.split("|")[3:]]
                for row in said.getvalue().splitlines() if row.startswith("| ")}
        self.assertRegex(rows["cadastre"][0], "^[0-9]")
        for name, _, words in district.peers():
            self.assertRegex(rows[name][0], "^[0-9]" if words else "^not installed$")
        self.assertRegex(said.getvalue(), "in one HTML file|HTML page not measured: .* not installed")
        self.assertRegex(said.getvalue(), r"\| 300 +\| [0-2] of 2 ")
        self.assertRegex(said.getvalue(), r"\| SVG of 300, bytes per asset .*\| not reached, [0-9.]+ times")
        self.assertRegex(said.getvalue(), r"\| 2,000 assets, s .*\| reached")

    def test_verdicts(self):
        held = [("size", 7, "{}", 6, False), ("requests", 1, "{}", 0, False), ("none", 0, "{}", 0, False),
                ("times", 50, "{}", 50, True), ("share", 40, "{}", 80, True)]
        self.assertEqual([row[2:] for row in district.verdicts(held)], [
            ["at most 6", "not reached, 1.2 times"], ["at most 0", "not reached"], ["at most 0", "reached"],
            ["at least 50", "reached"], ["at least 80", "not reached, 2.0 times"]])

    @unittest.skipUnless(PROGRAM and os.access(PROGRAM, os.X_OK), "the program is not built")
    def test_a_page_that_does_not_find_is_told(self):
        self.setting(PAGE=300, PAGE_RUNS=1, PAGE_QUERY="nobody")
        tool = pathlib.Path(PROGRAM).resolve().parent.parent / "tests/bench/bench_draw"
        with tempfile.TemporaryDirectory() as place:
            said = district.page(place, tool)
        self.assertRegex(said, "not installed|the search for nobody led to")

    @unittest.skipUnless(PROGRAM and os.access(PROGRAM, os.X_OK), "the program is not built")
    def test_seeds_make_estates(self):
        tool = pathlib.Path(PROGRAM).resolve().parent.parent / "tests/bench/bench_draw"
        first, again, other = (district.ask(tool, 1000, "later", 50, seed) for seed in (1, 1, 2))
        self.assertEqual(first, again)
        self.assertNotEqual(first, other)
        self.assertEqual(first, district.ask(tool, 1000, "later", 50))


class Targets(unittest.TestCase):
    @unittest.skipUnless(PROGRAM and os.access(PROGRAM, os.X_OK), "the program is not built")
    def test_every_case_plans_what_its_lists_say(self):
        said = io.StringIO()
        with tempfile.TemporaryDirectory() as place, contextlib.redirect_stdout(said):
            self.assertIsNone(targets.bench(place, PROGRAM, 1, 1000))
        rows = [row.split("|") for row in said.getvalue().splitlines() if row.startswith("|")]
        counts = [row[2].strip() for row in rows[2:]]
        self.assertEqual(counts[:2], ["16,727,216", "16,727,216"])
        self.assertTrue(980 <= int(counts[2].replace(",", "")) <= 1000, counts)
        self.assertEqual(counts[3], "1,000")


class Fingerprint(unittest.TestCase):
    @unittest.skipUnless(PROGRAM and os.access(PROGRAM, os.X_OK), "the program is not built")
    def test_our_own_fingerprints_both_ways(self):
        data = pathlib.Path(__file__).resolve().parents[2] / "scanner/fingerprints"
        said = io.StringIO()
        with tempfile.TemporaryDirectory() as place, contextlib.redirect_stdout(said):
            self.assertIsNone(fingerprint.bench(place, PROGRAM, 1, str(data), {}, 0.05))
            lookups = pathlib.Path(place, "hits").read_text(encoding="ascii").splitlines()
        self.assertIn(f"{len(lookups):,} examples, {len(lookups):,} of them match", said.getvalue())
        for row in ("cadastre", "every pattern, PCRE2-JIT", "loading, CPU", "limits reached, and told"):
            self.assertRegex(said.getvalue(), rf"\| {row} +\| [0-9]")

    @unittest.skipUnless(PROGRAM and os.access(PROGRAM, os.X_OK), "the program is not built")
    def test_absent_data_is_a_reason(self):
        self.assertIn("--data", fingerprint.bench("/nowhere", PROGRAM, 1, "/nowhere", {}))


class Atlas(unittest.TestCase):
    @unittest.skipUnless(PROGRAM and os.access(PROGRAM, os.X_OK), "the program is not built")
    def test_a_small_book_is_made_and_the_same_twice(self):
        said = io.StringIO()
        with tempfile.TemporaryDirectory() as place, contextlib.redirect_stdout(said):
            self.assertIsNone(atlas.bench(place, PROGRAM, 1, 300))
        self.assertEqual(said.getvalue().count("yes"), 2)
        self.assertIn("singletons", said.getvalue())


class Memory(unittest.TestCase):
    @unittest.skipUnless(PROGRAM and os.access(PROGRAM, os.X_OK), "the program is not built")
    def test_all_that_answer_are_found(self):
        tool = pathlib.Path(PROGRAM).resolve().parent.parent / "tests/bench/bench_memory"
        for how, ports in (("answering", 4096), ("silent", 0)):
            said = json.loads(subprocess.run([str(tool), "198.19.0.0/20", how], check=True,
                                             capture_output=True, text=True).stdout)
            self.assertEqual((said["hosts"], said["ports"]), (ports, ports))
            self.assertGreaterEqual(said["sent"], 4096)
            self.assertGreater(said["peak_kib"], 0)

    def test_peaks_are_of_what_runs(self):
        self.assertGreater(memory.account(os.getpid(), "status", "VmHWM"), 1000)
        self.assertEqual(memory.account(0, "status", "VmHWM"), 0)


class Inventory(unittest.TestCase):
    def setUp(self):
        self.place = tempfile.TemporaryDirectory()
        self.addCleanup(self.place.cleanup)

    def test_a_bundle_counts_and_hashes_itself(self):
        path = self.place.name + "/bundle"
        count = inventory.write_bundle(path, 7, inventory.Network(20, 3))
        data = pathlib.Path(path).read_bytes()
        lines = data.splitlines(keepends=True)
        trailer = json.loads(lines[-1])
        self.assertEqual(trailer["observations"], count)
        self.assertEqual(count, len(lines) - 2)
        self.assertEqual(count, 20 + 20 * 3 * 2 + 7 + 1)  # hosts, services twice, keys, coverage
        self.assertEqual(trailer["sha256"], hashlib.sha256(data[:-len(lines[-1])]).hexdigest())
        self.assertEqual(len(json.loads(lines[0])["id"]), 32)
        for line in lines:
            json.loads(line)

    def test_the_same_network_again_and_one_in_a_hundred_changed(self):
        network = inventory.Network(500, 10)
        first = list(network.lines("now"))
        self.assertEqual(first, list(inventory.Network(500, 10).lines("now")))
        changed = network.change()
        self.assertTrue(25 <= changed <= 75, changed)  # seeded: always the same number
        third = list(network.lines("now"))
        self.assertEqual(sum(a != b for a, b in zip(first, third)), changed)
        self.assertEqual(len(first), len(third))

    def test_addresses_stay_in_the_prefix(self):
        self.assertEqual(inventory.address(0), "198.18.0.1")
        self.assertEqual(inventory.address(inventory.HOSTS_MAX - 1), "198.19.255.254")

    @unittest.skipUnless(PROGRAM and os.access(PROGRAM, os.X_OK), "the program is not built")
    def test_a_small_register_by_every_figure_there_is(self):
        os.chmod(self.place.name, 0o755)
        said = io.StringIO()
        with contextlib.redirect_stdout(said):
            reason = inventory.bench(self.place.name, PROGRAM, 14, 300, 4)
        self.assertIsNone(reason)
        print(said.getvalue())
        for key, goal in inventory.GOALS.items():
            self.assertIn(goal + " ", said.getvalue(), key)
        rows = {row.split("|")[1].strip(): [c.strip() for c in row.split("|")[2:-1]]
                for row in said.getvalue().splitlines() if row.startswith("| ")}
        self.assertEqual(rows["third, nothing changed"][-1], "0", "no fact rows")
        self.assertGreater(int(rows["first run"][-1].replace(",", "")), 300 * 4)

    @unittest.skipUnless(PROGRAM and os.access(PROGRAM, os.X_OK), "the program is not built")
    def test_a_small_boundary(self):
        """Which it refuses to tell of if a plain query reaches other assets."""
        os.chmod(self.place.name, 0o755)
        said = io.StringIO()
        with contextlib.redirect_stdout(said):
            self.assertIsNone(boundary.bench(self.place.name, PROGRAM, 1, 260))
        self.assertIn("| derived and written         | 260 ", said.getvalue())

    @unittest.skipUnless(PROGRAM and os.access(PROGRAM, os.X_OK), "the program is not built")
    def test_a_small_export_of_every_kind(self):
        os.chmod(self.place.name, 0o755)
        said = io.StringIO()
        with contextlib.redirect_stdout(said):
            self.assertIsNone(export.bench(self.place.name, PROGRAM, 30, 2))
        for kind in export.KINDS:
            self.assertIn(f"| {kind} ", said.getvalue())

    @unittest.skipUnless(PROGRAM and os.access(PROGRAM, os.X_OK), "the program is not built")
    def test_norms_over_a_few_systems(self):
        os.chmod(self.place.name, 0o755)
        said = io.StringIO()
        with contextlib.redirect_stdout(said):
            self.assertIsNone(identify.bench(self.place.name, PROGRAM, 60))
        rows = {row.split("|")[1].strip(): [c.strip() for c in row.split("|")[5:8]]
                for row in said.getvalue().splitlines() if row.startswith("| ")}
        self.assertEqual(rows["everything again"][2], "0")
        self.assertEqual(rows["nothing changed"], ["0", "0", "0"])
        self.assertEqual(rows["a figure of one system changed"][0], "1")

    @unittest.skipUnless(PROGRAM and os.access(PROGRAM, os.X_OK), "the program is not built")
    def test_small_questions_of_rows_as_the_program_makes_them(self):
        os.chmod(self.place.name, 0o755)
        said = io.StringIO()
        with contextlib.redirect_stdout(said):
            self.assertIsNone(questions.bench(self.place.name, PROGRAM, 260, 4, 5))
        for title in ("one asset, whole", "port X in system Y", "1,040 changes of the last run",
                      "one asset, as of", "exposure of an operator"):
            self.assertRegex(said.getvalue(), rf"\| {title} +\| [1-9]")
        register = inventory.Register(self.place.name + "/questions-260", PROGRAM)
        with register.running():
            # Members are those of the rules; what is open and closed follows one another.
            self.assertEqual(register.number(
                "SELECT count(*) FROM cadastre.asset_member m FULL JOIN cadastre.asset_system y "
                "USING (asset_id, system) WHERE m.asset_id IS NULL OR y.asset_id IS NULL"), 0)
            self.assertEqual(register.number(
                "SELECT count(*) FROM cadastre.service s WHERE until_run IS NOT NULL AND NOT EXISTS "
                "(SELECT FROM cadastre.service n WHERE (n.asset_id, n.port, n.from_run) = "
                "(s.asset_id, s.port, s.until_run))"), 0)
            self.assertEqual(register.number("SELECT count(*) FROM cadastre.asset"), 260)
            # Plans that a connection keeps answer for their own time only.
            asked = [["show", "198.18.0.16"], ["show", "198.18.0.16", "2026-01-02T12:00:00Z"]] * 4
            _, rows = questions.in_database(register, questions.ask_tool(PROGRAM), asked)
            self.assertEqual(rows, rows[:2] * 4)
            self.assertGreater(rows[0], rows[1])

    @unittest.skipUnless(PROGRAM and os.access(PROGRAM, os.X_OK), "the program is not built")
    def test_a_small_map_of_another_day(self):
        os.chmod(self.place.name, 0o755)
        said = io.StringIO()
        with contextlib.redirect_stdout(said):
            self.assertIsNone(days.bench(self.place.name, PROGRAM, 1100, 2, 1))
        for title, _, _ in days.MAPS:
            self.assertRegex(said.getvalue(), rf"\| {title} +\| \d+\.\d\d s ")
        register = inventory.Register(self.place.name + "/days", PROGRAM)
        drawn = []
        with register.running():
            for words in ((), ("--as-of", "2026-01-09"), ("--as-of", days.DAY), ("--as-of", "2026-01-03")):
                path = self.place.name + "/map.json"
                days.draw(register, path, words)
                with open(path, encoding="utf-8") as file:
                    drawn.append(json.load(file))
        # The last day is now; before, fewer had been merged, had moved, were quiet or retired.
        self.assertEqual(drawn[0], drawn[1])
        self.assertEqual([len(d["nodes"]) for d in drawn], [1089, 1089, 1091, 1100])
        self.assertNotEqual(drawn[1], drawn[2])

    def test_percentiles(self):
        self.assertEqual(questions.percentile(list(range(1, 201)), 99), 198)
        self.assertEqual(questions.percentile([7], 99), 7)
        self.assertEqual(questions.verdict(5, 5), "reached")
        self.assertEqual(questions.verdict(10, 5), "not reached, 2.0 times")

    @unittest.skipUnless(PROGRAM and os.access(PROGRAM, os.X_OK), "the program is not built")
    def test_more_addresses_than_are_remembered(self):
        """Some addresses are pushed out of the client's memory and told in pieces, which add up."""
        os.chmod(self.place.name, 0o755)
        path = self.place.name + "/bundle"
        count = inventory.write_bundle(path, 5, inventory.Network(inventory.HOSTS_MAX, 2))
        register = inventory.Register(self.place.name, PROGRAM)
        tool = inventory.stage_tool(PROGRAM)
        with register.running():
            self.assertEqual(inventory.stage_alone(register, tool, path)["observations"], count)
            rows, addresses, least, most = map(int, register.sql(
                "SELECT sum(rows), count(*), min(ports), max(ports) FROM (SELECT count(*) AS rows, "
                "sum(ports) AS ports FROM cadastre.stage_endpoint GROUP BY address) s")[0])
            self.assertEqual((addresses, least, most), (inventory.HOSTS_MAX, 2, 2))
            self.assertGreater(rows, addresses)
            # Both ports greeted: what all gave is what greeted gave, at each address.
            self.assertEqual(register.number(
                "SELECT count(*) FROM (SELECT sum(sum_all) <> sum(sum_greeted) AS differs FROM "
                "cadastre.stage_endpoint GROUP BY address) s WHERE differs"), 0)


@functools.cache
def become_self():
    if supervisor.rootless():
        kernel.become_self()
        kernel.keep_capabilities()


class Scan(unittest.TestCase):
    @staticmethod
    def inside(bench):
        try:
            become_self()
            return bench()
        except kernel.Refused as error:
            return f"cannot make namespaces here: {error}"

    def test_a_small_scan_by_every_peer_there_is(self):
        prefix, size, works = scan.PREFIX, scan.PREFIX_SIZE, scan.WORKS
        scan.PREFIX, scan.PREFIX_SIZE = "198.19.7.0/24", 256
        scan.WORKS = (scan.Work("2 k/s", "198.19.7.0/24", 256, rate=2000),
                      scan.Work("2 ports", "198.19.7.0/25", 128, 2, 2000, 6))
        self.addCleanup(lambda: (setattr(scan, "PREFIX", prefix),
                                 setattr(scan, "PREFIX_SIZE", size),
                                 setattr(scan, "WORKS", works)))
        said = io.StringIO()
        with tempfile.TemporaryDirectory() as work, contextlib.redirect_stdout(said):
            reason = self.inside(lambda: scan.bench(work, None, 1))
        if reason:
            self.skipTest(reason)
        print(said.getvalue())
        for peer in ("masscan", "zmap"):
            path = kernel.shutil.which(peer, path=os.environ["PATH"] + ":" + kernel.PATH)
            if path:
                row = next(line for line in said.getvalue().splitlines()
                           if line.startswith("| 2 k/s") and peer in line)
                self.assertNotIn(" 0.00 %", row)

    @unittest.skipUnless(PROGRAM and os.access(PROGRAM, os.X_OK), "the program is not built")
    def test_the_floor_sends_every_question_once(self):
        """By a socket of the far end, which sees whole frames: each address and port, checksums right."""
        def run():
            wire = scan.Wire()
            work = scan.Work("floor", "198.19.7.0/28", 16, 3)
            with kernel.inside(wire.far):
                hears = scan.socket.socket(scan.socket.AF_PACKET, scan.socket.SOCK_RAW, 0x0008)
                hears.bind((scan.CABLE, 0x0800))
                hears.settimeout(10)
            with hears:
                done = scan.Run(wire, scan.Floor(PROGRAM).words(work))
                self.assertTrue(done.ok, done.said)
                frames = [hears.recv(2000) for _ in range(work.truth)]
            asked = {(frame[30:34], int.from_bytes(frame[36:38], "big")) for frame in frames}
            self.assertEqual(asked, {(bytes((198, 19, 7, host)), scan.PORT + port)
                                     for host in range(16) for port in range(3)})
            for frame in frames:
                head, segment = frame[14:34], frame[34:58]
                for part in (head, frame[26:34] + bytes((0, 6, 0, 24)) + segment):
                    words = sum(int.from_bytes(part[i:i + 2], "big") for i in range(0, len(part), 2))
                    self.assertEqual(words % 0xffff, 0)
            return None
        reason = self.inside(run)
        if reason:
            self.skipTest(reason)

    def test_the_floor_stays_where_it_belongs(self):
        floor = pathlib.Path(PROGRAM or "x").resolve().parent.parent / "tests/bench/bench_floor"
        if not floor.exists():
            self.skipTest("the floor is not built")
        done = subprocess.run([floor, "lo", scan.NEAR_MAC, scan.FAR_MAC, scan.NEAR, "192.0.2.1", "1", "80",
                               "1"], capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 2)
        self.assertIn("198.18.0.0/15", done.stderr)

    @unittest.skipUnless(PROGRAM and os.access(PROGRAM, os.X_OK), "the program is not built")
    def test_small_scans_in_a_row(self):
        kept = scan.PREFIX, scan.WORKS
        scan.PREFIX = "198.19.7.0/24"
        scan.WORKS = (scan.Work("256 x 2", "198.19.7.0/24", 256, 2),
                      scan.Work("256 x 4, 30 % lost", "198.19.7.0/24", 256, 4, lost=30),
                      scan.Work("left out", rate=5))
        self.addCleanup(lambda: [setattr(scan, *pair) for pair in zip(("PREFIX", "WORKS"), kept)])
        said = io.StringIO()
        with tempfile.TemporaryDirectory() as work, contextlib.redirect_stdout(said):
            os.chmod(work, 0o755)
            reason = self.inside(lambda: scan.bench(work, PROGRAM, 1, 2))
        if reason:
            self.skipTest(reason)
        print(said.getvalue())
        rows = {row.split("|")[1].strip(): [c.strip() for c in row.split("|")[2:]]
                for row in said.getvalue().splitlines() if row.startswith("| 256")}
        self.assertEqual(rows["256 x 2"][:3], ["2 of 2", "0 of 512", "0"])
        self.assertTrue(rows["256 x 2"][4].startswith("0.0 %"), rows)
        lost = float(rows["256 x 4, 30 % lost"][4].split()[0])
        self.assertTrue(20 < lost < 40, rows)
        self.assertEqual(len(rows), 2)

    @unittest.skipUnless(PROGRAM and os.access(PROGRAM, os.X_OK), "the program is not built")
    def test_a_small_greeting_beside_its_peer(self):
        kept = greet.PREFIX, greet.ADDRESSES, greet.RATES, greet.WAIT
        greet.PREFIX, greet.ADDRESSES, greet.RATES, greet.WAIT = "198.19.0.0/27", 32, (1000,), 2
        self.addCleanup(lambda: [setattr(greet, *pair) for pair in zip(
            ("PREFIX", "ADDRESSES", "RATES", "WAIT"), kept)])
        said = io.StringIO()
        with tempfile.TemporaryDirectory() as work, contextlib.redirect_stdout(said):
            os.chmod(work, 0o755)
            reason = self.inside(lambda: greet.bench(work, PROGRAM, 1))
        if reason:
            self.skipTest(reason)
        print(said.getvalue())
        rows = {row.split("|")[1].strip(): [c.strip() for c in row.split("|")[2:4]]
                for row in said.getvalue().splitlines() if row.startswith("| ")}
        self.assertEqual(rows["cadastre"], ["160", "160"])
        for name, row in rows.items():
            if name.startswith("masscan"):
                self.assertGreater(int(row[1]), 0)

    def test_times_of_observations(self):
        self.assertEqual(scan.when("1970-01-01T00:00:01.5Z"), 1.5)
        self.assertEqual(scan.when("1970-01-01T00:00:01.250000Z"), 1.25)


if __name__ == "__main__":
    unittest.main(verbosity=2)
