#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What goes wrong in the middle: the database dies, the disk is full, the operator interrupts, a
file is cut short, a right is missing. One clear message, the right exit code, and nothing that
was stored before is lost."""
import os
import pathlib
import signal
import subprocess
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from harness import Register, Speaker, own_loopback  # noqa: E402

own_loopback()
PROGRAM = sys.argv.pop(1)


class Failures(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.register = Register(PROGRAM)
        cls.speaker = Speaker(b"SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3\r\n")
        cls.scan = ["scan", "--profile", "thorough", "--udp", "none", "127.0.0.1", "--ports"]
        cls.register.run(*cls.scan, str(cls.speaker.port))
        cls.bundle = cls.register.path("run.bundle")
        cls.register.run(*cls.scan, str(cls.speaker.port), "--bundle", cls.bundle)

    @classmethod
    def tearDownClass(cls):
        cls.speaker.close()
        cls.register.close()

    def one_message(self, result, *said):
        lines = result.stderr.strip().splitlines()
        self.assertEqual(len(lines), 1, result.stderr)
        for word in said:
            self.assertIn(word, lines[0])

    def assets(self):
        return self.register.rows("asset", "list")

    def test_a_bundle_twice(self):
        self.assertIn("1", self.register.run("import", self.bundle).stdout)
        again = self.register.rows("import", self.bundle)[0]
        self.assertEqual(again["fact_rows"], 0)
        self.assertIn("taken before", again["note"])

    def test_b_truncated_bundle(self):
        lines = pathlib.Path(self.bundle).read_bytes().splitlines(keepends=True)
        cut = self.register.path("cut.bundle")
        head = lines[0].replace(lines[0].split(b'"id":"')[1][:32], b"c" * 32)
        pathlib.Path(cut).write_bytes(head + b"".join(lines[1:-1]))
        before = self.assets()
        result = self.register.run("import", cut, code=7)
        self.one_message(result, cut)
        self.assertIn("kept", result.stdout + result.stderr)
        self.assertEqual(len(self.assets()), len(before))

    def test_c_damaged_bundles(self):
        good = pathlib.Path(self.bundle).read_bytes()
        path = self.register.path("bad.bundle")
        before = self.assets()
        lines = good.splitlines(keepends=True)
        lines[0] = lines[0].replace(lines[0].split(b'"id":"')[1][:32], b"d" * 32)
        for name, damaged in (
                ("changed byte", b"".join(lines).replace(b'"port":', b'"port":1')),
                ("not JSON", lines[0] + b"{broken\n"),
                ("wrong type", lines[0] + b'{"kind":"port","method":"syn","time":7}\n'),
                ("deep", lines[0] + b"[" * 100000 + b"\n"),
                ("NUL", lines[0] + b"\x00\n")):
            pathlib.Path(path).write_bytes(damaged)
            with self.subTest(name):
                self.one_message(self.register.run("import", path, code=3), path)
                self.assertEqual(len(self.assets()), len(before))

    def postmaster(self):
        for file in pathlib.Path(self.register.data).rglob("postmaster.pid"):
            return int(file.read_text().split()[0])
        return None

    def test_d_database_dies_in_the_middle(self):
        before = self.assets()
        stop = self.register.path("stop")
        run = self.register.start("scan", "--profile", "safe", "--udp", "none", "127.0.0.1",
                                  "--stop-file", stop, "--ports", "1-200")
        deadline = time.monotonic() + 30
        while not self.postmaster() and time.monotonic() < deadline:
            time.sleep(0.1)
        time.sleep(2)
        self.assertIsNone(run.poll(), "the scan must still be at work")
        os.kill(self.postmaster(), signal.SIGQUIT)
        pathlib.Path(stop).touch()
        out, err = run.communicate(timeout=120)
        self.assertEqual(run.returncode, 4, err + out)
        self.assertEqual(len(err.strip().splitlines()), 1, err)
        os.unlink(stop)
        self.assertEqual(self.assets(), before)
        self.assertIn("chain is whole", self.register.run("audit", "verify").stdout)

    def test_e_interrupted_scan_keeps_what_came(self):
        run = self.register.start("scan", "--profile", "safe", "--udp", "none", "127.0.0.1",
                                  "--ports", f"{self.speaker.port},1-400")
        time.sleep(4)
        self.assertIsNone(run.poll(), "the scan must still be at work")
        run.send_signal(signal.SIGINT)
        out, err = run.communicate(timeout=60)
        self.assertEqual(run.returncode, 7, err)
        self.assertIn("stopped before its end", err)
        self.assertIn("kept as run", err)
        self.assertEqual(self.register.rows("changes", code=(0, 1))[-1:][0].get("kind") == "gone",
                         False, out)

    def children(self, pid):
        names = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return [int(name) for name in names]

    def test_e_killed_processes_keep_what_came(self):
        for which in ("helper", "worker"):
            run = self.register.start("scan", "--profile", "safe", "--udp", "none", "127.0.0.1",
                                      "--ports", f"{self.speaker.port},1-400")
            time.sleep(4)
            scanner = [c for c in self.children(run.pid) if self.children(c)
                       and not pathlib.Path(f"/proc/{c}/comm").read_text().startswith("postgres")]
            self.assertEqual(len(scanner), 1)
            os.kill(scanner[0] if which == "helper" else self.children(scanner[0])[0],
                    signal.SIGKILL)
            out, err = run.communicate(timeout=60)
            self.assertEqual(run.returncode, 7, err + out)
            self.assertIn(f"the scanner's {which} was ended by signal 9", err)
            self.assertIn("kept as run", err)

    def test_f_disk_full(self):
        result = self.register.run("scan", "--profile", "thorough", "--udp", "none", "127.0.0.1",
                                   "--ports", "1", "--bundle", "/dev/full", code=(2, 3, 4, 6, 7, 70))
        self.one_message(result, "/dev/full")
        if os.geteuid() != 0:
            self.skipTest("mounting a small file system needs root")
        small = self.register.path("small")
        os.mkdir(small)
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16k", "tmpfs", small],
                                 capture_output=True)
        if mounted.returncode:
            self.skipTest("this machine refuses to mount: " + mounted.stderr.decode().strip())
        try:
            result = self.register.run("survey", "--profile", "thorough", "--udp", "none",
                                       "127.0.0.1", "--ports", str(self.speaker.port), "-o", small,
                                       code=7)
            self.one_message(result, small, "kept as run")
            self.assertEqual(os.listdir(small), [], "no half-written map stays")
        finally:
            subprocess.run(["umount", small], check=True)

    def test_g_no_right_to_send(self):
        if os.geteuid() != 0:
            self.skipTest("dropping rights needs root")
        other = Register(PROGRAM)
        self.addCleanup(other.close)
        os.chmod(other.dir.name, 0o777)
        drop = ["setpriv", "--reuid", "nobody", "--regid", "nogroup", "--clear-groups",
                "--bounding-set", "-all", "--inh-caps", "-all", PROGRAM]
        result = subprocess.run([*drop, "scan", "--ports", "1", "127.0.0.1"], env=other.env,
                                capture_output=True, text=True, timeout=120)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.one_message(result, "CAP_NET_RAW", "ordinary connections", "slower")
        result = subprocess.run([*drop, "scan", "--transmit", "af-xdp", "127.0.0.1"], env=other.env,
                                capture_output=True, text=True, timeout=120)
        self.assertEqual(result.returncode, 5, result.stderr)
        self.one_message(result, "CAP_NET_RAW")

    def test_h_captures(self):
        path = self.register.path("cut.pcap")
        header = bytes.fromhex("d4c3b2a1020004000000000000000000000004000100" "0000")
        packet = bytes.fromhex("0000000000000000" "3c0000003c000000") + b"\x00" * 20
        pathlib.Path(path).write_bytes(header + packet)
        result = self.register.run("listen", "-r", path, code=(6, 7))
        self.one_message(result, path)
        self.one_message(self.register.run("listen", "-r", "/nonexistent", code=6), "/nonexistent")


if __name__ == "__main__":
    unittest.main()
