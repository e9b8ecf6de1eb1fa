#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The two XDP ways of sending against the kernel's own stack: two network namespaces joined by a
veth pair, everything in 198.18.0.0/15, no route outside. What arrives at the far end is counted
there and not taken from what the sender says. Runs itself again inside of fresh namespaces."""
import contextlib
import ctypes
import fcntl
import json
import os
import pathlib
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
import unittest

from net_test import Result, enter_namespaces, sh

SCAN, XDPLIVE = sys.argv[1:3]
NEAR, FAR = "198.18.0.5", "198.18.0.1"
PREFIX, SIZE = "198.19.0.0/20", 4096
SERVER = """
import select, socket
sockets = [socket.create_server(("", port), backlog=4096) for port in (80, 81)]
print("ready", flush=True)
while True:
    for s in select.select(sockets, [], [])[0]:
        s.accept()[0].close()
"""
# SYNs as they arrive: at the end of the input, one line for each, destination and port.
SNIFFER = """
import contextlib, select, socket, sys
s = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM)
with contextlib.suppress(PermissionError):
    s.setsockopt(socket.SOL_SOCKET, 33, 64 << 20)  # SO_RCVBUFFORCE
s.bind((sys.argv[1], 0x0800))
print("ready", flush=True)
lines = []
while True:
    ready = select.select([s, sys.stdin], [], [])[0]
    if s not in ready:
        break
    p = s.recv(2048)
    n = (p[0] & 15) * 4
    if p[9] == 6 and p[n + 13] == 2:
        lines.append(f"{socket.inet_ntoa(p[16:20])} {int.from_bytes(p[n + 2:n + 4], 'big')}")
print("\\n".join(lines))
"""
SIOCETHTOOL, ETHTOOL_SGRO = 0x8946, 0x2c


def set_gro(name, on):
    """A veth takes XDP frames from its peer while it has GRO."""
    value = ctypes.create_string_buffer(struct.pack("II", ETHTOOL_SGRO, on))
    request = struct.pack("16sP", name.encode(), ctypes.addressof(value)) + bytes(16)
    with socket.socket() as sock:
        fcntl.ioctl(sock, SIOCETHTOOL, request)


def addresses(third):
    return {f"198.19.{third}.{i}" for i in range(256)}


class Network:
    """Here: v0 198.18.0.5/24. There: 198.18.0.1, and all of 198.19.0.0/20 by AnyIP, which forgets
    nobody (SYN cookies)."""

    def __init__(self):
        self.target = subprocess.Popen(["unshare", "-n", "sleep", "900"])
        there = f"/proc/{self.target.pid}/ns/net"
        while os.readlink(there) == os.readlink("/proc/self/ns/net"):
            time.sleep(0.01)
        sh("ip", "link", "set", "lo", "up")
        sh("ip", "link", "add", "v0", "type", "veth", "peer", "name", "v1", "netns",
           str(self.target.pid))
        self.there("ip", "addr", "add", FAR + "/24", "dev", "v1")
        self.there("ip", "link", "set", "v1", "up")
        self.there("ip", "link", "set", "lo", "up")
        self.there("ip", "route", "add", "local", PREFIX, "dev", "lo")
        self.there("sh", "-c", "echo 2 > /proc/sys/net/ipv4/tcp_syncookies")
        self.up()
        self.mac = self.read("cat", "/sys/class/net/v1/address") or self.mac_of()
        self.set_gro(True)
        self.server = subprocess.Popen([*self.words(), sys.executable, "-c", SERVER],
                                       stdout=subprocess.PIPE)
        assert self.server.stdout.readline() == b"ready\n"

    def up(self):
        sh("ip", "link", "set", "v0", "up")
        sh("ip", "addr", "replace", NEAR + "/24", "dev", "v0")
        sh("ip", "route", "replace", "198.19.0.0/16", "via", FAR)

    def words(self):
        return ["nsenter", "-t", str(self.target.pid), "-n"]

    def there(self, *words):
        sh(*self.words(), *words)

    def read(self, *words):
        return subprocess.run([*self.words(), *words], capture_output=True, text=True,
                              check=False).stdout.strip()

    def mac_of(self):
        return json.loads(self.read("ip", "-j", "link", "show", "v1"))[0]["address"]

    def set_gro(self, on):
        self.there(sys.executable, "-c", f"import sys; sys.argv[1:] = {[SCAN, XDPLIVE]!r}; "
                   f"sys.path.insert(0, {str(pathlib.Path(__file__).parent)!r}); "
                   f"import xdp_test; xdp_test.set_gro('v1', {on:d})")

    @contextlib.contextmanager
    def heard(self):
        """SYNs that arrive there in the meantime: a list that is filled at the end."""
        heard = []
        with subprocess.Popen([*self.words(), sys.executable, "-c", SNIFFER, "v1"], text=True,
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE) as sniffer:
            assert sniffer.stdout.readline() == "ready\n"
            try:
                yield heard
            finally:
                out, _ = sniffer.communicate(timeout=60)
                heard += [(dst, int(port)) for dst, port in
                          (line.split() for line in out.split("\n") if line)]

    def close(self):
        for process in (self.server, self.target):
            process.kill()
            process.wait()


class Xdp(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.network = Network()
        cls.addClassCleanup(cls.network.close)
        cls.dir = tempfile.TemporaryDirectory(prefix="xdp-test-")
        cls.addClassCleanup(cls.dir.cleanup)
        probe = cls.ask("-r", "1000", "-g", PREFIX, "198.19.0.0/32", check=False)
        cls.live = probe.returncode == 0
        cls.why = probe.stderr.strip()

    @classmethod
    def ask(cls, *words, check=True):
        return subprocess.run([XDPLIVE, "-i", "v0", "-s", NEAR, "-m", cls.network.mac_of(), *words],
                              capture_output=True, text=True, check=check, timeout=120)

    def pass_of(self, *words):
        if not self.live:
            self.skipTest(self.why)
        return json.loads(self.ask(*words).stdout)

    def start(self, *words, wrap=()):
        return subprocess.Popen([*wrap, SCAN, "-g", "198.18.0.0/15", "-n", "-u", "none", *words],
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def scan(self, *words, transmit, note="", wrap=()):
        if transmit == "xdp-live" and not note and not self.live:
            self.skipTest(self.why)
        run = self.start("-T", transmit, "-P", "thorough", *words, wrap=wrap)
        out, err = run.communicate(timeout=240)
        self.assertEqual(run.returncode, 0, err)
        if "was built without" in err:
            self.skipTest(err.strip())
        self.assertIn(note, err)
        if not note:
            self.assertEqual(err, "")
        result = Result(out)
        self.assertTrue(result.ended)
        return result

    # --- both

    def test_every_address_is_found(self):
        there = {(f"198.19.{i // 256}.{i % 256}", 80) for i in range(SIZE)}
        for transmit in ("af-xdp", "xdp-live"):
            with self.subTest(transmit):
                result = self.scan("-r", "100000", "-p", "80", PREFIX, transmit=transmit)
                self.assertEqual(result.ports, there)
                self.assertEqual(result.coverage, [PREFIX])

    def test_the_interface_goes_down(self):
        self.addCleanup(self.network.up)
        for transmit in ("af-xdp", "xdp-live"):
            with self.subTest(transmit):
                self.network.up()
                run = self.start("-v", "-T", transmit, "-P", "thorough", "-r", "400", "-p", "80",
                                 PREFIX)
                for line in run.stderr:
                    if "found" in line and "found 0" not in line:
                        break
                sh("ip", "link", "set", "v0", "down")
                _, err = run.communicate(timeout=60)
                self.assertEqual(run.returncode, 6, err)
                self.assertIn("v0", err)

    # --- AF_XDP

    def test_af_xdp_small_and_many(self):
        with self.network.heard() as heard:
            result = self.scan("-r", "20000", "-p", "80,81", "-x", "198.19.3.0/24", PREFIX,
                               transmit="af-xdp")
        there = {(f"198.19.{i // 256}.{i % 256}", port) for i in range(SIZE) for port in (80, 81)
                 if i // 256 != 3}
        self.assertEqual(result.ports, there)
        self.assertLessEqual({syn for syn in heard if syn[1] in (80, 81)}, there)
        self.assertEqual(result.counters["send_errors"], 0)

    def test_af_xdp_refused(self):
        result = self.scan("-r", "20000", "-p", "80", "198.19.0.0/28", transmit="af-xdp",
                           wrap=("setpriv", "--bounding-set", "-ipc_lock", "prlimit",
                                 "--memlock=0:0"),
                           note="cannot use AF_XDP on interface v0: No buffer space available; "
                                "sending by packet socket there")
        self.assertEqual(len(result.ports), 16)

    # --- live frames: the scan

    def test_live_first_pass(self):
        with self.network.heard() as heard:
            result = self.scan("-r", "50000", "-p", "80,81,9", PREFIX, transmit="xdp-live")
        asked = {(f"198.19.{i // 256}.{i % 256}", port) for i in range(SIZE)
                 for port in (80, 81, 9)}
        self.assertEqual(result.ports, {syn for syn in asked if syn[1] != 9})
        c = result.counters
        self.assertEqual((c["live_sent"], c["live_out_of_scope"], c["live_skipped"]),
                         (3 * SIZE, 0, 0))
        self.assertEqual(c["sent"], c["sent_syn"] + c["sent_echo"] + c["sent_solicit"])
        self.assertGreaterEqual(c["sent_syn"], 3 * SIZE)
        self.assertEqual(set(heard), asked)
        self.assertEqual(c["received"], c["positive"] + c["negative"] + c["hops"] + c["late"] +
                         c["duplicates"] + c["strangers"] + c["malformed"], c)
        self.assertEqual(c["strangers"], 0)

    def test_live_exclusions(self):
        with self.network.heard() as heard:
            result = self.scan("-r", "50000", "-p", "80", "-x", "198.19.3.0/24", "-x",
                               "198.19.8.7/32", PREFIX, transmit="xdp-live")
        out = addresses(3) | {"198.19.8.7"}
        self.assertEqual({host for host, _ in heard} & out, set())
        self.assertEqual(result.counters["live_sent"], SIZE - 257)
        self.assertEqual(len(result.ports), SIZE - 257)
        self.assertEqual(result.counters["excluded"], 257)

    def test_live_small_sweeps_go_by_packet_socket(self):
        result = self.scan("-r", "50000", "-p", "80", "198.19.0.0/24", transmit="xdp-live")
        self.assertEqual(result.counters["live_sent"], 0)
        self.assertEqual(len(result.ports), 256)

    def test_live_stops(self):
        if not self.live:
            self.skipTest(self.why)
        for how in ("signal", "file"):
            with self.subTest(how), self.network.heard() as heard:
                path = os.path.join(self.dir.name, how)
                run = self.start("-v", "-G", "-T", "xdp-live", "-P", "thorough", "-r", "400",
                                 "-p", "80", "-S", path, PREFIX)
                for line in run.stderr:
                    if "found" in line and "found 0" not in line:
                        break
                if how == "signal":
                    run.send_signal(signal.SIGINT)
                else:
                    pathlib.Path(path).touch()
                out, err = run.communicate(timeout=60)
                self.assertEqual(run.returncode, 0, err)
                result = Result(out)
            self.assertEqual(result.counters["stopped"], 1)
            self.assertLess(result.counters["live_sent"], SIZE)
            self.assertEqual(result.counters["live_sent"], result.counters["sent_syn"])
            self.assertEqual(len(heard), result.counters["sent_syn"])
            self.assertTrue(result.hosts)
            self.assertEqual(result.coverage, [])

    def test_live_not_for_these_targets(self):
        result = self.scan("-r", "50000", "-p", "80", FAR + "/32", transmit="xdp-live",
                           note="no XDP live frames: they take targets that are all behind IPv4 "
                                "gateways of one interface")
        self.assertEqual(result.ports, {(FAR, 80)})

    def test_live_is_not_gentle(self):
        run = self.start("-T", "xdp-live", "-P", "safe", "-p", "80", PREFIX)
        _, err = run.communicate(timeout=60)
        self.assertEqual(run.returncode, 2, err)
        self.assertIn("profile safe", err)

    def test_live_refused(self):
        cases = [("no XDP live frames: cannot load the program, which takes root: Operation not "
                  "permitted; sending by packet socket",
                  ("setpriv", "--bounding-set", "-sys_admin,-bpf,-perfmon"))]
        if os.geteuid() == 0 and self.live:
            cases.append(("cannot make a network namespace for the program, which takes root: "
                          "Operation not permitted", ("setpriv", "--bounding-set", "-sys_admin")))
        for note, wrap in cases:
            with self.subTest(note):
                result = self.scan("-r", "50000", "-p", "80", PREFIX, transmit="xdp-live",
                                   note=note, wrap=wrap)
                self.assertEqual(len(result.ports), SIZE)

    def test_live_refused_by_the_device(self):
        self.network.set_gro(False)
        self.addCleanup(self.network.set_gro, True)
        result = self.scan("-r", "50000", "-p", "80", PREFIX, transmit="xdp-live",
                           note="no XDP live frames on interface v0: its driver does not send "
                                "them now")
        self.assertEqual(len(result.ports), SIZE)

    # --- live frames: what the program does by itself, whatever it is asked for

    def test_program_exclusions_win(self):
        with self.network.heard() as heard:
            done = self.pass_of("-r", "50000", "-g", PREFIX, "-g", "198.19.4.64/26", "-x",
                                "198.19.4.0/24", "-x", "198.19.9.9/32", PREFIX, "198.19.200.0/24",
                                "224.0.0.0/24", "10.0.0.0/30")
        out = 256 + 1 + 256 + 256 + 4
        self.assertEqual((done["sent"], done["refused"], done["skipped"]),
                         (SIZE - 257, out, 0))
        self.assertTrue(done["ended"])
        there = {f"198.19.{i // 256}.{i % 256}" for i in range(SIZE)}
        self.assertEqual({host for host, _ in heard}, there - addresses(4) - {"198.19.9.9"})
        self.assertEqual(len(heard), SIZE - 257)

    def test_program_without_a_grant(self):
        with self.network.heard() as heard:
            done = self.pass_of("-r", "50000", PREFIX)
        self.assertEqual((done["sent"], done["refused"]), (0, SIZE))
        self.assertEqual(heard, [])

    def test_program_grant_ends(self):
        with self.network.heard() as heard:
            done = self.pass_of("-r", "4000", "-g", PREFIX, "-t", "300", PREFIX)
        self.assertTrue(done["ended"])
        self.assertGreater(done["sent"], 0)
        self.assertGreater(done["refused"], 0)
        self.assertEqual(done["sent"] + done["refused"], SIZE)
        self.assertEqual(len(heard), done["sent"])

    def test_program_holds_the_rate(self):
        # However often it is run: what has fallen due, and two milliseconds' worth of it.
        if not self.live:
            self.skipTest(self.why)
        for pps in (500, 5000):
            with self.subTest(pps), self.network.heard() as heard:
                done = self.pass_of("-r", str(pps), "-w", "400", "-g", PREFIX, PREFIX)
            self.assertFalse(done["ended"])
            self.assertGreater(done["sent"], 0)
            self.assertLessEqual(done["sent"], (done["us"] + 2000) * pps / 1e6 + 2)
            self.assertEqual(len(heard), done["sent"])

    def test_program_no_interval_is_too_long(self):
        # A time between frames so long that sums of it wrap makes none of them earlier.
        gap_us = (2**64 - 2_000_000) // 1000
        with self.network.heard() as heard:
            done = self.pass_of("-r", "500", "-w", "400", "-G", str(gap_us), "-g", PREFIX, "-p",
                                "1-60000", "198.19.0.1/32")
        self.assertEqual((done["sent"], done["ended"]), (1, False))
        self.assertEqual(len(heard), 1)

    def test_program_has_one_source(self):
        if not self.live:
            self.skipTest(self.why)
        refused = self.ask("-r", "1000", "-g", PREFIX, "-S", "198.18.0.77", PREFIX, check=False)
        self.assertEqual(refused.returncode, 1)
        self.assertIn("not for this link", refused.stderr)


if __name__ == "__main__":
    enter_namespaces()
    del sys.argv[1:3]
    unittest.main()
