#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A scan that is killed, or stopped, goes on: with scan --resume, in the register and in bundles."""
import json
import os
import pathlib
import signal
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from harness import Register, Speaker, own_loopback  # noqa: E402

own_loopback()
PROGRAM = os.path.abspath(sys.argv.pop(1))
PORTS = "1-300"


class Resume(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.register = Register(PROGRAM)
        cls.speakers = [Speaker(b"SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3\r\n", port)
                        for port in (22, 150, 290)]
        cls.words = ("--profile", "standard", "--rate", "100", "--udp", "none", "127.0.0.1",
                     "--ports", PORTS)
        cls.register.run("--realm", "whole", "scan", *cls.words)
        cls.whole = cls.services("whole")
        assert len(cls.whole) == 3, cls.whole

    @classmethod
    def tearDownClass(cls):
        for speaker in cls.speakers:
            speaker.close()
        cls.register.close()

    @classmethod
    def services(cls, realm):
        asset, = cls.register.rows("--realm", realm, "asset", "list")
        return sorted((row["attribute"], row["value"]) for row in cls.register.rows(
            "asset", "show", str(asset["id"])) if row["chapter"] == "service"
            and not row["until"])

    def begin(self, *words):
        run = self.register.start(*words, start_new_session=True, cwd=self.register.dir.name)
        deadline = time.monotonic() + 60
        while sum(file.stat().st_size for file in self.journals()) < 6000:
            self.assertIsNone(run.poll(), "the scan must still be at work")
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.05)
        return run

    def unfinished(self):
        return {row["id"]: row for row in self.register.rows("scan", "--unfinished")}

    def journals(self):
        return pathlib.Path(self.register.data, "scans").glob("*.journal")

    def kill(self, run):
        """All of its processes, at once."""
        os.killpg(run.pid, signal.SIGKILL)
        run.communicate()

    def test_a_killed(self):
        run = self.begin("--realm", "killed", "scan", *self.words)
        self.kill(run)
        journal, = self.journals()
        began = time.monotonic()
        out = self.register.run("--format", "json", "scan", "--resume", journal.name[:6]).stdout
        self.assertLess(time.monotonic() - began, 60)
        self.assertEqual(json.loads(out)["taken"] > 3, True)
        self.assertEqual(self.services("killed"), self.whole)
        self.assertEqual(list(self.journals()), [])
        counters = {row["name"]: row["value"] for row in self.register.rows(
            "run", "show", str(json.loads(out)["run"])) if row["kind"] == "counter"}
        self.assertLess(int(counters["sent_syn"]), 450, "nearly nothing is asked twice")

    def test_b_stopped(self):
        run = self.begin("--realm", "stopped", "scan", *self.words)
        run.send_signal(signal.SIGINT)
        out, err = run.communicate(timeout=60)
        self.assertEqual(run.returncode, 7, out + err)
        self.assertIn("it goes on with: cadastre scan --resume", err)
        filed = self.register.rows("run", "list")
        number = max(row["run"] for row in filed)
        self.register.run("scan", "--resume", str(number))
        self.assertEqual(self.services("stopped"), self.whole)
        self.assertEqual(len(self.register.rows("run", "list")), len(filed) + 1)
        self.assertEqual(list(self.journals()), [])

    def test_b_stopped_in_a_known_network(self):
        """It says that it was stopped, in each form, and nothing is gone for not having been asked."""
        before = self.register.rows("--realm", "whole", "asset", "list")
        run = self.begin("--realm", "whole", "--format", "json", "scan", *self.words)
        run.send_signal(signal.SIGINT)
        out, err = run.communicate(timeout=60)
        self.assertEqual(run.returncode, 7, out + err)
        row = max(self.register.rows("run", "list"), key=lambda row: row["run"])
        self.assertEqual([row[name] for name in ("outcome", "services_gone", "assets_quiet")],
                         ["stopped", 0, 0])
        shown = self.register.rows("run", "show", str(row["run"]))
        self.assertIn({"kind": "run", "name": "outcome", "value": "stopped"}, shown)
        self.assertEqual([line for line in shown if line["kind"] == "coverage"], [])
        for form in ("text", "csv", "xml"):
            for verb in (("run", "list"), ("run", "show", str(row["run"]))):
                self.assertIn("stopped", self.register.run("--format", form, *verb).stdout)
        xml = self.register.run("--realm", "whole", "export", "-o", "-").stdout
        self.assertRegex(xml, rf'<af:run id="{row["run"]}"[^>]* outcome="stopped"')
        self.assertEqual(self.services("whole"), self.whole)
        after = self.register.rows("--realm", "whole", "asset", "list")
        self.assertEqual([a["state"] for a in after], [a["state"] for a in before])
        self.register.run("scan", "--forget", "last")

    def test_c_bundle(self):
        path = self.register.path("half.bundle")
        run = self.begin("scan", *self.words, "--bundle", "half.bundle")
        self.kill(run)
        self.register.run("scan", "--resume", "last")
        self.register.run("--realm", "local", "import", path)
        self.assertEqual(self.services("local"), self.whole)

    def test_d_running_and_unknown(self):
        run = self.begin("--realm", "busy", "scan", *self.words, "--rate", "30")
        name = next(self.journals()).name[:8]
        journal, = self.journals()
        before = journal.stat().st_ino
        self.assertEqual(self.unfinished()[journal.stem]["state"], "running")
        for option in ("--resume", "--forget"):
            self.assertIn("is running", self.register.run("scan", option, name, code=2).stderr)
            self.assertIn("no unfinished scan",
                          self.register.run("scan", option, "last", code=2).stderr)
        self.assertEqual(journal.stat().st_ino, before, "the running one keeps its journal")
        self.kill(run)
        row = self.unfinished()[journal.stem]
        self.assertEqual((row["state"], row["realm"]), ("broken off", "busy"))
        self.assertEqual(row["words"], "scan --profile standard --rate 100 --udp none --ports 1-300 "
                                       "--rate 30 -- 127.0.0.1")
        for bad in ("feedbeef", "", "0", "00", "99999999999"):
            for option in ("--resume", "--forget"):
                self.assertIn(name, self.register.run("scan", option, bad, code=2).stderr)
        self.assertIn("takes nothing else", self.register.run(
            "scan", "--resume", name, "127.0.0.2", code=2).stderr)
        self.assertIn("realm \"busy\"", self.register.run(
            "--realm", "other", "scan", "--resume", name, code=2).stderr)
        self.assertIn(journal.stem, self.register.run("scan", "--forget", name).stderr)
        self.assertIn("no unfinished scan in",
                      self.register.run("scan", "--resume", "last", code=2).stderr)

    def test_f_what_is_told_of_a_start(self):
        """The trail names all targets before the first packet; a bundle that is there stays."""
        path = self.register.path("there.bundle")
        pathlib.Path(path).write_text("mine")
        err = self.register.run("scan", "127.0.0.1", "--bundle", path, code=2).stderr
        self.assertIn("is there already", err)
        self.assertEqual(pathlib.Path(path).read_text(), "mine")
        stop = self.register.path("stop")
        pathlib.Path(stop).write_text("")
        new = self.register.path("new.bundle")
        self.register.run("scan", "127.0.0.0/30", "127.0.0.9", "--stop-file", stop,
                          "--bundle", new, code=5)
        self.assertFalse(os.path.exists(new))
        self.assertEqual(list(self.journals()), [])
        rows = [row for row in self.register.rows("audit", "list")
                if row["what"].startswith("scan.")][-2:]
        self.assertEqual([row["what"] for row in rows], ["scan.start", "scan.fail"])
        self.assertIn("targets: 127.0.0.0/30 127.0.0.9", rows[0]["detail"])
        self.assertIn("stop file", rows[1]["detail"])

    def test_g_standard_input(self):
        result = self.register.run("scan", "--targets", "-", "--ports", "22", "--udp", "none",
                                   input="127.0.0.1\n")
        self.assertIn("cannot go on", result.stderr)

    def test_e_damaged(self):
        run = self.begin("--realm", "damaged", "scan", *self.words)
        self.kill(run)
        journal, = self.journals()
        whole = journal.read_bytes()
        journal.write_bytes(whole[:-7]) # a block that was not written to its end
        self.register.run("scan", "--resume", "last")
        self.assertEqual(self.services("damaged"), self.whole)
        journal.write_bytes(b"x" + whole[1:])
        self.assertIn(journal.name, self.register.run("scan", "--resume", "last", code=3).stderr)
        self.register.run("scan", "--forget", "last")


unittest.main()
