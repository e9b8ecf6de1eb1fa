#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Listening on an interface: what passes there is filed, into the register or a bundle, until a time,
a stop or a stop file; nothing is sent, and each refusal says what to do."""
import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import threading
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from harness import Register, own_loopback  # noqa: E402

own_loopback()
PROGRAM = os.path.abspath(sys.argv.pop(1))
MAC = bytes.fromhex("020000000010")
ARP = b"\xff" * 6 + MAC + bytes.fromhex("0806 0001 0800 06 04 0001") + MAC + bytes.fromhex(
    "c6121409 000000000000 c6121401")
DESCRIPTION = b"Arista Networks EOS version 4.21.1F running on an Arista Networks DCS-7050TX-64"


def tlv(kind, value):
    return (kind << 9 | len(value)).to_bytes(2, "big") + value


LLDP = bytes.fromhex("0180c200000e") + MAC + bytes.fromhex("88cc") + b"".join((
    tlv(1, b"\x04" + MAC), tlv(2, b"\x05Ethernet1"), tlv(3, b"\0\x78"), tlv(5, b"leaf9"), tlv(6, DESCRIPTION),
    tlv(8, bytes.fromhex("05 01 c6121409 02 00000001 00")), tlv(0, b"")))


def sockets():
    return len(pathlib.Path("/proc/net/packet").read_text(encoding="ascii").splitlines())


def sent(interface):
    lines = pathlib.Path("/proc/net/dev").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[10]) for line in lines if line.split()[0] == interface + ":")


class Traffic(threading.Thread):
    """Frames on the wire, until stop(): when the kernel begins to keep them for a listener does not show."""

    def __init__(self, wire):
        super().__init__(daemon=True)
        self.wire, self.over = wire, threading.Event()
        self.start()

    def run(self):
        while not self.over.wait(0.05):
            self.wire.send(ARP)
            self.wire.send(LLDP)

    def stop(self):
        self.over.set()
        self.join()


class Listen(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        for command in ("ip link add v0 type veth peer name v1", "ip link set v0 up", "ip link set v1 up",
                        "ip link add down0 type veth peer name down1"):
            subprocess.run(command.split(), check=True)
        for name in ("v0", "v1"):  # which would speak by itself
            pathlib.Path(f"/proc/sys/net/ipv6/conf/{name}/disable_ipv6").write_text("1", encoding="ascii")
        cls.wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
        cls.wire.bind(("v0", 0))
        cls.register = Register(PROGRAM)
        cls.register.run("db", "init")
        cls.traffic = Traffic(cls.wire)

    @classmethod
    def tearDownClass(cls):
        cls.traffic.stop()
        cls.wire.close()
        cls.register.close()

    def begin(self, *words):
        """Listening, for a second at least."""
        before = sockets()
        run = self.register.start("--format", "json", "listen", "-i", "v1", *words, start_new_session=True)
        deadline = time.monotonic() + 60
        while sockets() == before:
            self.assertIsNone(run.poll(), "it must listen")
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.02)
        time.sleep(1)
        return run

    def end(self, run, code=0):
        out, err = run.communicate(timeout=60)
        self.assertEqual(run.returncode, code, err)
        return [json.loads(line) for line in out.splitlines()]

    def is_filed(self, realm, run):
        asset, = self.register.rows("--realm", realm, "asset", "list")
        self.assertEqual((asset["name"], asset["product"], asset["os"], asset["role"]),
                         ("leaf9", "DCS-7050TX-64", "Arista EOS 4.21.1F", "switch"))
        counters = {row["name"]: int(row["value"]) for row in self.register.rows("run", "show", str(run))
                    if row["kind"] == "counter"}
        self.assertGreaterEqual(counters["frames"], 6)
        self.assertEqual(counters["frames.dropped"], 0)

    def test_until_it_is_stopped(self):
        before = sent("v1")
        run = self.begin("--realm", "stopped")
        run.send_signal(signal.SIGINT)
        row, = self.end(run)
        self.is_filed("stopped", row["run"])
        self.assertEqual(sent("v1"), before)

    def test_for_a_time(self):
        row, = self.end(self.begin("--realm", "time", "--for", "3s"))
        self.is_filed("time", row["run"])

    def test_several_runs(self):
        stop = self.register.path("stop-several")
        run = self.begin("--realm", "several", "--every", "1s", "--stop-file", stop)
        time.sleep(2.2)
        pathlib.Path(stop).touch()
        rows = self.end(run)
        self.assertGreaterEqual(len(rows), 2)
        self.is_filed("several", rows[0]["run"])
        self.assertEqual([row["assets_new"] for row in rows][:2], [1, 0])

    def test_into_a_bundle(self):
        bundle, stop = self.register.path("b.jsonl"), self.register.path("stop")
        key = self.register.path("key")
        self.register.run("key", "make", "--signer", "Lanhe Power", key)
        run = self.begin("--bundle", bundle, "--stop-file", stop, "--sign", key)
        pathlib.Path(stop).touch()
        self.assertEqual(self.end(run), [])
        self.assertTrue(os.path.exists(bundle + ".sig"))
        self.assertIn(DESCRIPTION.decode(), pathlib.Path(bundle).read_text(encoding="utf-8"))
        row, = self.register.rows("--realm", "carried", "import", bundle)
        self.assertGreater(row["taken"], 0)
        self.assertIn(("listen.bundle", bundle), [(r["what"], r["object"])
                                                  for r in self.register.rows("audit", "list")])

    def refused(self, code, *words, says):
        result = self.register.run("listen", *words, code=code)
        self.assertIn(says, result.stderr)
        self.assertEqual(result.stderr.count("\n"), 1)

    def test_refusals(self):
        self.refused(6, "-i", "nope", says="no such interface")
        self.refused(6, "-i", "down0", says="ip link set down0 up")
        self.refused(2, "-i", "v1", "-r", "x.pcap", says="listen -r FILE, or -i INTERFACE")
        self.refused(2, says="listen -r FILE, or -i INTERFACE")
        self.refused(2, "-r", "x.pcap", "--for", "3s", says="a capture file is read")
        self.refused(2, "-i", "v1", "--every", "1s", "--bundle", "x", says="a bundle is one")
        self.refused(2, "-i", "v1", "--sign", "x", says="name it with --bundle")
        for wrong in ("0", "", "1x", "3mm", "-1", "367d", "99999999999999999999"):
            self.refused(2, "-i", "v1", "--for", wrong, says="is no time from 1s to 366d")
        stop = self.register.path("stop-now")
        pathlib.Path(stop).touch()
        bundle = self.register.path("kept")
        pathlib.Path(bundle).write_text("kept", encoding="ascii")
        self.refused(2, "-i", "v1", "--bundle", bundle, says="is there already")
        self.assertEqual(pathlib.Path(bundle).read_text(encoding="ascii"), "kept")


if __name__ == "__main__":
    unittest.main(verbosity=2)
