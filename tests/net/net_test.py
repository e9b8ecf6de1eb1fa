#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The real backend against the kernel's own stack: two network namespaces joined by two veth
pairs, everything in 198.18.0.0/15 and 2001:db8::/32, no route outside. Needs root or a kernel
that lets users make namespaces; runs itself again inside of fresh ones."""
import concurrent.futures
import contextlib
import json
import os
import pathlib
import select
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
import unittest

SCAN = sys.argv[1]
OPEN = (22, 502)
ASKED = "22,80,443,502,1911"
SERVER = """
import select, socket, sys
sockets = []
for port in map(int, sys.argv[1:]):
    for family, any_ in ((socket.AF_INET, "0.0.0.0"), (socket.AF_INET6, "::")):
        s = socket.socket(family)
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        s.bind((any_, port))
        s.listen(512)
        sockets.append(s)
print("ready", flush=True)
while True:
    for s in select.select(sockets, [], [])[0]:
        peer, _ = s.accept()
        peer.sendall(b"SSH-2.0-OpenSSH_9.2p1\\r\\n" if s.getsockname()[1] == 22 else b"")
        peer.close()
"""
# Datagrams to whatever address of this machine, answered from that address.
DATAGRAMS = """
import socket
def listen(port):
    made = []
    for family, any_ in ((socket.AF_INET, "0.0.0.0"), (socket.AF_INET6, "::")):
        s = socket.socket(family, socket.SOCK_DGRAM)
        if family == socket.AF_INET6:
            s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_RECVPKTINFO, 1)
            s.setsockopt(socket.IPPROTO_IPV6, 78, 1) # IPV6_FREEBIND
        else:
            s.setsockopt(socket.IPPROTO_IP, 8, 1) # IP_PKTINFO
        s.bind((any_, port))
        made.append(s)
    return made
def hear(s):
    data, control, _, peer = s.recvmsg(2048, 256)
    level, kind, info = control[0] # by whatever interface, from the address asked
    info = bytes(4) + info[4:] if level == socket.IPPROTO_IP else info[:16] + bytes(4)
    return data, lambda *parts: s.sendmsg(parts, [(level, kind, info)], 0, peer)
"""
# Answers DNS (the question, as an answer) over UDP; SCTP INITs by INIT ACK on port 3868 and ABORT
# elsewhere; and GRE by GRE. The kernel does the rest, refusals too.
RESPONDER = DATAGRAMS + """
import select, struct
def raw(protocol):
    return socket.socket(socket.AF_INET, socket.SOCK_RAW, protocol)
dns = listen(53)
sctp, gre = raw(132), raw(47)
def back(protocol, packet, payload):
    # from the address that was asked
    with raw(protocol) as s:
        s.setsockopt(socket.IPPROTO_IP, 15, 1) # IP_FREEBIND
        s.bind((socket.inet_ntoa(packet[16:20]), 0))
        s.sendto(payload, (socket.inet_ntoa(packet[12:16]), 0))
print("ready", flush=True)
while True:
    for s in select.select([*dns, sctp, gre], [], [])[0]:
        if s in dns:
            data, reply = hear(s)
            if len(data) >= 12:
                reply(data[:2], bytes([data[2] | 0x80]), data[3:])
            continue
        packet = s.recv(2048)
        data = packet[(packet[0] & 15) * 4:]
        if s is gre:
            back(47, packet, bytes(4))
        elif len(data) >= 32 and data[12] == 1:
            port, = struct.unpack(">H", data[2:4])
            # as long as with the state cookie that it has from real systems
            chunk = bytes([2, 0, 1, 144]) + bytes(396) if port == 3868 else bytes([6, 0, 0, 4])
            back(132, packet, data[2:4] + data[0:2] + data[16:20] + bytes(4) + chunk)
"""
# Three ports that hold whoever comes: nothing is ever said, a byte now and then, bytes without end.
TARPITS = """
import select, socket, sys
def listener(port):
    s = socket.socket()
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.bind(("0.0.0.0", port))
    s.listen(4096)
    s.setblocking(False)
    return s
mute, drip, flood = map(listener, map(int, sys.argv[1:]))
dripping, flooding = [], []
print("ready", flush=True)
def more(socks, data):
    for s in list(socks):
        try:
            s.send(data)
        except BlockingIOError:
            pass
        except OSError:
            socks.remove(s)
            s.close()
while True:
    ready, writable, _ = select.select([drip, flood], flooding, [], 0.2)
    for s in ready:
        peer = s.accept()[0]
        peer.setblocking(False)
        (dripping if s is drip else flooding).append(peer)
    more(writable and flooding, bytes(65536))
    more(dripping, b"S")
"""
# Takes every connection and never a byte: its window is closed.
CLOSED_WINDOW = """
import socket, struct, sys
s = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(0x0800))
s.bind((sys.argv[1], 0x0800))
out = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
def checksum(data):
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff
print("ready", flush=True)
while True:
    p = s.recv(2048)
    if p[9] != 6 or p[16:19] != bytes((198, 18, 6)):
        continue
    size, t = struct.unpack(">H", p[2:4])[0], (p[0] & 15) * 4
    seq, ack = struct.unpack(">II", p[t + 4:t + 12])
    if p[t + 13] & 4:
        continue
    syn = p[t + 13] & 2
    tcp = p[t + 2:t + 4] + p[t:t + 2] + struct.pack(
        ">IIBBHHH", 1 if syn else ack, seq + 1 if syn else seq, 80, 18 if syn else 16, 0, 0, 0)
    tcp = tcp[:16] + struct.pack(">H", checksum(p[16:20] + p[12:16] + struct.pack(
        ">HH", 6, len(tcp)) + tcp)) + tcp[18:]
    out.sendto(struct.pack(">BBHHHBBH", 69, 0, 20 + len(tcp), 0, 0, 64, 6, 0) + p[16:20] +
               p[12:16] + tcp, (socket.inet_ntoa(p[12:16]), 0))
"""
# All of 198.18.6.0/24 answers the scan's own SYNs, from its port above those that the kernel gives out, and nothing
# else: whoever connects waits. At the end, a packet from LAST, a line for each TCP packet to there: the clock on
# the wall, by the kernel's stamp, and the destination. "again": somebody asked for the second time.
DEAF = CLOSED_WINDOW.split("while True")[0].replace('print("ready"', 's.setsockopt(1, 35, 1)\nprint("ready"') + """
lines, seen = [], set()
while True:
    p, control = s.recvmsg(2048, 256)[:2]
    when = struct.unpack("qq", control[0][2])
    if socket.inet_ntoa(p[12:16]) == sys.argv[2]:
        break
    if p[9] != 6 or p[16:19] != bytes((198, 18, 6)):
        continue
    t = (p[0] & 15) * 4
    lines.append((when[0] + when[1] / 1e9, socket.inet_ntoa(p[16:20])))
    if struct.unpack(">H", p[t:t + 2])[0] < 61000:
        if p[16:20] + p[t:t + 8] in seen:
            print("again", flush=True)
        seen.add(p[16:20] + p[t:t + 8])
        continue
    tcp = p[t + 2:t + 4] + p[t:t + 2] + struct.pack(">IIBBHHH", 1, struct.unpack(">I", p[t + 4:t + 8])[0] + 1, 80, 18, 0, 0, 0)
    tcp = tcp[:16] + struct.pack(">H", checksum(p[16:20] + p[12:16] + struct.pack(">HH", 6, len(tcp)) + tcp)) + tcp[18:]
    if not p[t + 13] & 4:
        out.sendto(struct.pack(">BBHHHBBH", 69, 0, 20 + len(tcp), 0, 0, 64, 6, 0) + p[16:20] + p[12:16] + tcp,
                   (socket.inet_ntoa(p[12:16]), 0))
for line in lines:
    print(*line)
"""
# Answers echoes in place of the kernel, as systems do that number all their packets by one counter.
ONE_COUNTER = """
import itertools, socket, struct
hears = socket.socket(socket.AF_INET, socket.SOCK_RAW, 1)
says = socket.socket(socket.AF_INET, socket.SOCK_RAW, 255)
numbers = itertools.count(65500) # which wraps
print("ready", flush=True)
while True:
    packet = hears.recv(2048)
    icmp = packet[(packet[0] & 15) * 4:]
    if icmp[0] == 8:
        sum_ = struct.unpack(">H", icmp[2:4])[0] + 0x800
        reply = bytes(2) + struct.pack(">H", (sum_ & 0xffff) + (sum_ >> 16)) + icmp[4:]
        head = struct.pack(">BBHHHBBH", 0x45, 0, 0, next(numbers) % 65535 + 1, 0, 64, 1, 0)
        says.sendto(head + packet[16:20] + packet[12:16] + reply,
                    (socket.inet_ntoa(packet[12:16]), 0))
"""
# Everything new that the other side sends over one interface: SYNs, echo requests, datagrams. One
# line each, at the end: monotonic time, source, destination, kind. The end is a packet from LAST, or SIGTERM.
LAST = "198.18.255.254"
SNIFFER = f"""
import signal, socket, struct, sys, time
s = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(0x0800))
s.setsockopt(socket.SOL_SOCKET, 33, 8 << 20) # SO_RCVBUFFORCE
s.bind((sys.argv[1], 0x0800))
lines = []
def end(*_):
    for line in lines:
        print(*line)
    sys.exit()
signal.signal(signal.SIGTERM, end)
print("ready", flush=True)
while True:
    p = s.recv(2048)
    n = (p[0] & 15) * 4
    kind = {{6: "syn" if p[n + 13:n + 14] == b"\\x02" else "", 1: "echo" if p[n] == 8 else "",
            17: "udp"}}.get(p[9])
    if socket.inet_ntoa(p[12:16]) == "{LAST}":
        end()
    lines.append((time.monotonic(), socket.inet_ntoa(p[12:16]), socket.inet_ntoa(p[16:20]), kind or "other"))
"""


# Member of many groups, which its MLD reports name before the older ones.
MEMBER = """
import socket, sys, time
s = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
for n in range(40):
    group = socket.inet_pton(socket.AF_INET6, f"ff05::1:{n:x}")
    s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_JOIN_GROUP,
                 group + socket.if_nametoindex(sys.argv[1]).to_bytes(4, sys.byteorder))
print("ready", flush=True)
time.sleep(900)
"""


def sh(*words):
    subprocess.run(words, check=True, stdin=subprocess.DEVNULL)


def enter_namespaces():
    """Runs this file again in a network namespace of its own, as root of it."""
    if os.environ.get("NET_TEST_INSIDE"):
        return
    words = ["unshare", "-n"] if os.geteuid() == 0 else ["unshare", "-Urn"]
    if subprocess.run([*words, "true"], capture_output=True).returncode:
        print("this machine lets us make no network namespace: neither root nor user namespaces")
        sys.exit(77)
    os.environ["NET_TEST_INSIDE"] = "1"
    os.execvp(words[0], [*words, sys.executable, *sys.argv])


class Network:
    """Here: v0 198.18.0.5/24 and w0 198.18.1.5/24. There: .1 of both, .9 of the first, and all of
    198.18.4.0/24 and 2001:db8:4::/120 by AnyIP."""

    def __init__(self):
        self.target = subprocess.Popen(["unshare", "-n", "sleep", "900"])
        there = f"/proc/{self.target.pid}/ns/net"
        while os.readlink(there) == os.readlink("/proc/self/ns/net"):
            time.sleep(0.01)
        sh("ip", "link", "set", "lo", "up")
        for name, number in (("v", 0), ("w", 1)):
            sh("ip", "link", "add", name + "0", "type", "veth", "peer", "name", name + "1", "netns",
               str(self.target.pid))
            sh("ip", "addr", "add", f"198.18.{number}.5/24", "dev", name + "0")
            sh("ip", "addr", "add", f"2001:db8:{number}::5/64", "dev", name + "0", "nodad")
            sh("ip", "link", "set", name + "0", "up")
            self.there("ip", "addr", "add", f"198.18.{number}.1/24", "dev", name + "1")
            self.there("ip", "addr", "add", f"2001:db8:{number}::1/64", "dev", name + "1", "nodad")
            self.there("ip", "link", "set", name + "1", "up")
        self.there("ip", "link", "set", "lo", "up")
        self.there("ip", "addr", "add", "198.18.0.9/24", "dev", "v1")
        self.there("ip", "route", "add", "local", "198.18.4.0/24", "dev", "lo")
        self.there("ip", "-6", "route", "add", "local", "2001:db8:4::/120", "dev", "lo")
        sh("ip", "route", "add", "198.18.4.0/24", "via", "198.18.0.1")
        sh("ip", "-6", "route", "add", "2001:db8:4::/120", "via", "2001:db8::1")
        self.here_server = subprocess.Popen([sys.executable, "-c", SERVER, *map(str, OPEN)],
                                            stdout=subprocess.PIPE)
        self.there_server = subprocess.Popen(
            ["nsenter", "-t", str(self.target.pid), "-n", sys.executable, "-c", SERVER,
             *map(str, OPEN)], stdout=subprocess.PIPE)
        self.responder = subprocess.Popen(
            ["nsenter", "-t", str(self.target.pid), "-n", sys.executable, "-c", RESPONDER],
            stdout=subprocess.PIPE)
        for server in (self.here_server, self.there_server, self.responder):
            assert server.stdout.readline() == b"ready\n"

    def there(self, *words):
        sh("nsenter", "-t", str(self.target.pid), "-n", *words)

    @contextlib.contextmanager
    def heard(self, interface):
        """What arrives there in the meantime: a list that is filled at the end."""
        words = ["nsenter", "-t", str(self.target.pid), "-n", sys.executable, "-c", SNIFFER]
        heard = []
        with subprocess.Popen([*words, interface], stdout=subprocess.PIPE, text=True) as sniffer:
            self.assert_ready(sniffer)
            try:
                yield heard
            finally:
                for line in self.heard_until_now(sniffer, interface):
                    when, src, dst, kind = line.split()
                    if src == "198.18.0.5":
                        heard.append((float(when), dst, kind))

    @staticmethod
    def heard_until_now(sniffer, interface):
        """What the sniffer at the far end heard of all that left before this: up to a frame that leaves now,
        to everybody. Where none can leave, nothing else can either."""
        frame = struct.pack(">BBHHHBBH4s4s8x", 0x45, 0, 28, 0, 0, 1, 253, 0, socket.inet_aton(LAST), bytes(4))
        with socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM) as s:
            try:
                s.sendto(frame, (interface.replace("1", "0"), 0x0800, 0, 0, b"\xff" * 6))
            except OSError:
                sniffer.terminate()
        return list(sniffer.stdout)

    @staticmethod
    def assert_ready(process):
        assert process.stdout.readline().strip() == "ready"

    def close(self):
        for process in (self.here_server, self.there_server, self.responder, self.target):
            process.kill()
            process.wait()


class Result:
    def __init__(self, output):
        self.lines = [json.loads(line) for line in output.splitlines()]
        self.hosts = {o["addr"] for o in self.lines if o.get("kind") == "host"}
        self.ports = {(o["addr"], o["port"]) for o in self.lines if o.get("kind") == "port"}
        self.coverage = [o["attributes"]["cidr"] for o in self.lines if o.get("kind") == "coverage"]
        self.counters = self.lines[-1].get("counters") if self.lines else None
        self.ended = bool(self.lines) and self.lines[-1].get("end") is True


def services(result):
    return sorted((o["addr"], o["transport"], o["port"], o.get("protocol", ""))
                  for o in result.lines if o.get("kind") == "service")


class Case(unittest.TestCase):
    """A network, and scans in it."""
    network_of = Network

    @classmethod
    def setUpClass(cls):
        cls.network = cls.network_of()
        cls.dir = tempfile.TemporaryDirectory(prefix="net-test-")

    @classmethod
    def tearDownClass(cls):
        cls.network.close()
        cls.dir.cleanup()

    def start(self, *words, wrap=(), grant=True, **options):
        grants = ["-g", "198.18.0.0/15", "-g", "2001:db8::/32"] if grant else []
        return subprocess.Popen([*wrap, SCAN, *grants, *words], stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, text=True, **options)

    def scan(self, *words, code=0, **options):
        run = self.start(*words, **options)
        out, err = run.communicate(timeout=240)
        self.assertEqual(run.returncode, code, err)
        if code:
            self.assertEqual(len(err.strip().splitlines()), 1, err)
            return err
        result = Result(out)
        self.assertTrue(result.ended)
        c = result.counters
        self.assertEqual(c["received"], c["positive"] + c["negative"] + c["hops"] + c["late"] +
                         c["duplicates"] + c["strangers"] + c["malformed"], c)
        return result

    def slow(self, *words, **options):
        """A scan that would take minutes, once it has sent something."""
        run = self.start("-v", "-n", "-P", "standard", "-r", "50", "-p", ASKED, *words,
                         "198.18.4.0/24", **options)
        for line in run.stderr:
            if "found 0" not in line:
                break
        return run

    def children(self, pid):
        return [int(c) for c in
                pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


class Net(Case):
    def test_exactly_what_is_there(self):
        result = self.scan("-n", "-P", "standard", "-p", ASKED, "198.18.0.0/24", "198.18.4.0/28")
        there = {"198.18.0.1", "198.18.0.9"} | {f"198.18.4.{i}" for i in range(16)}
        self.assertEqual(result.hosts, there | {"198.18.0.5"})
        self.assertEqual(result.ports, {(h, p) for h in result.hosts for p in OPEN})
        self.assertEqual(result.coverage, ["198.18.0.0/24", "198.18.4.0/28"])
        macs = {o["addr"]: o.get("mac") for o in result.lines if o.get("kind") == "host"}
        self.assertTrue(macs["198.18.0.9"])
        self.assertIsNone(macs["198.18.4.3"])
        services = [o for o in result.lines if o.get("kind") == "service" and o["port"] == 22]
        self.assertEqual(len(services), len(result.hosts))

    def test_ipv6(self):
        result = self.scan("-n", "-P", "standard", "-p", ASKED, "2001:db8::/123",
                           "2001:db8:4::/124")
        there = {"2001:db8::1", "2001:db8::5"} | {f"2001:db8:4::{i:x}" for i in range(16)}
        # the kernel spells the all-zero host number without it
        there = {"2001:db8:4::" if h == "2001:db8:4::0" else h for h in there}
        self.assertEqual(result.hosts, there)
        self.assertEqual(result.ports, {(h, p) for h in there for p in OPEN})

    def test_all_ports_of_all_addresses(self):
        result = self.scan("-n", "-P", "thorough", "-p", ASKED, "198.18.4.0/25", "198.18.0.9")
        there = {f"198.18.4.{i}" for i in range(128)} | {"198.18.0.9"}
        self.assertEqual(result.ports, {(h, p) for h in there for p in OPEN})

    def test_every_kind(self):
        result = self.scan("-n", "-P", "standard", "-p", "22,80", "-u", "53,123", "-c", "2905,3868",
                           "-i", "47,89", "198.18.0.9", "198.18.4.0/29", "2001:db8:4::/126")
        v4 = {"198.18.0.9"} | {f"198.18.4.{i}" for i in range(8)}
        v6 = {"2001:db8:4::"} | {f"2001:db8:4::{i}" for i in range(1, 4)}
        self.assertEqual(result.hosts, v4 | v6)
        found = {(o["addr"], o["transport"], o["port"]) for o in result.lines
                 if o.get("kind") == "port"}
        self.assertEqual(found, {(h, "tcp", 22) for h in v4 | v6} |
                         {(h, "udp", 53) for h in v4 | v6} | {(h, "sctp", 3868) for h in v4})
        spoken = {o["addr"] for o in result.lines
                  if o.get("kind") == "fact" and "ip.protocol.47" in o["attributes"]}
        self.assertEqual(spoken, v4)
        # the hosts say themselves what they have not
        self.assertGreater(result.counters["unreachable_port"], 0)
        self.assertGreater(result.counters["unreachable_other"], 0)

    def test_answers_longer_than_what_is_captured(self):
        result = self.scan("-n", "-P", "standard", "-p", "80", "-u", "none", "-c", "3868",
                           "198.18.4.0/30")
        self.assertEqual(result.ports, {(f"198.18.4.{i}", 3868) for i in range(4)})

    def test_two_interfaces(self):
        result = self.scan("-n", "-P", "standard", "-p", ASKED, "198.18.0.1", "198.18.1.1",
                           "2001:db8:1::1", "127.0.0.1")
        there = {"198.18.0.1", "198.18.1.1", "2001:db8:1::1", "127.0.0.1"}
        self.assertEqual(result.ports, {(h, p) for h in there for p in OPEN})

    def test_loopback(self):
        result = self.scan("-p", ASKED, "127.0.0.1", "::1", grant=False)
        self.assertEqual(result.hosts, {"127.0.0.1", "::1"})
        self.assertEqual(result.ports, {(h, p) for h in result.hosts for p in OPEN})
        self.assertEqual(result.counters["negative"], 6)

    def test_greeted_meanwhile(self):
        # The sweep takes five seconds at least; it is stopped as soon as a service is told.
        run = self.start("-n", "-P", "standard", "-r", "50", "-p", "22", "-u", "none",
                         "198.18.4.0/24")
        lines = []
        for line in run.stdout:
            lines.append(line)
            if '"kind":"service"' in line:
                break
        run.send_signal(signal.SIGINT)
        lines += run.stdout
        err = run.stderr.read()
        self.assertEqual(run.wait(), 0, err)
        run.stdout.close()
        run.stderr.close()
        result = Result("".join(lines))
        self.assertEqual(result.counters["stopped"], 1)
        self.assertLess(result.counters["sent_syn"], 256)
        said = [o for o in result.lines if o.get("kind") == "service"]
        self.assertGreaterEqual(len(said), 1)
        self.assertGreaterEqual(result.counters["greeted"], len(said))

    @contextlib.contextmanager
    def serving(self, text, *words):
        with subprocess.Popen(["nsenter", "-t", str(self.network.target.pid), "-n", sys.executable,
                               "-c", text, *words], stdout=subprocess.PIPE) as process:
            self.assertEqual(process.stdout.readline(), b"ready\n")
            try:
                yield
            finally:
                process.kill()

    def test_tarpits(self):
        sh("ip", "route", "add", "198.18.6.0/29", "via", "198.18.0.1")
        self.addCleanup(sh, "ip", "route", "del", "198.18.6.0/29")
        with self.serving(TARPITS, "2301", "2302", "2303"), self.serving(CLOSED_WINDOW, "v1"):
            result = self.scan("-n", "-P", "thorough", "-p", "22,80,2301-2303", "-u", "none",
                               "198.18.4.0/24", "198.18.6.0/29")
        there = {f"198.18.4.{i}" for i in range(256)}
        closed = {(f"198.18.6.{i}", p) for i in range(8) for p in (22, 80, 2301, 2302, 2303)}
        self.assertEqual(result.ports, closed | {
            (h, p) for h in there for p in (22, 2301, 2302, 2303)})
        said = {(o["addr"], o["port"]) for o in result.lines if o.get("kind") == "service"}
        self.assertEqual(said, {(h, p) for h in there for p in (22, 2302, 2303)})
        self.assertEqual(result.counters["greeted"], 4 * 256 + len(closed))
        self.assertEqual(result.counters["greet_answered"], 3 * 256)
        for line in pathlib.Path("/proc/net/tcp").read_text("ascii").splitlines()[1:]:
            address, state = line.split()[2:4]
            self.assertFalse(address[2:8] == "0612C6" and state != "06", line)  # 198.18.6.x

    def test_trace(self):
        result = self.scan("-P", "standard", "-p", ASKED, "198.18.4.7")
        hops = [(o["ttl"], o["peer"]) for o in result.lines if o.get("kind") == "hop"]
        self.assertEqual(hops, [(1, "198.18.4.7")])

    def test_trace_past_a_router(self):
        # ten networks behind one router, which says one thing a second when it has said six; the way
        # to one of them comes by another of its interfaces
        spaces = [subprocess.Popen(["unshare", "-n", "sleep", "900"]) for _ in range(2)]
        for space in spaces:
            self.addCleanup(lambda space=space: (space.kill(), space.wait()))
            while os.readlink(f"/proc/{space.pid}/ns/net") == os.readlink("/proc/self/ns/net"):
                time.sleep(0.01)
        router, far = (["nsenter", "-t", str(space.pid), "-n"] for space in spaces)
        sh("ip", "link", "add", "x0", "type", "veth", "peer", "name", "x1", "netns", str(spaces[0].pid))
        self.addCleanup(sh, "ip", "link", "del", "x0")
        sh(*router, "ip", "link", "add", "y0", "type", "veth", "peer", "name", "y1", "netns",
           str(spaces[1].pid))
        sh("ip", "link", "add", "z0", "type", "veth", "peer", "name", "z1", "netns", str(spaces[0].pid))
        self.addCleanup(sh, "ip", "link", "del", "z0")
        for where, addr, port in (([], "198.18.2.5", "x0"), (router, "198.18.2.1", "x1"),
                                  ([], "198.18.6.5", "z0"), (router, "198.18.6.1", "z1"),
                                  (router, "198.18.3.1", "y0"), (far, "198.18.3.2", "y1")):
            sh(*where, "ip", "addr", "add", addr + "/24", "dev", port)
            sh(*where, "ip", "link", "set", port, "up")
        sh(*far, "ip", "link", "set", "lo", "up")
        sh(*far, "ip", "route", "add", "local", "198.18.32.0/20", "dev", "lo")
        sh(*far, "ip", "route", "add", "default", "via", "198.18.3.1")
        sh(*router, "sysctl", "-qw", "net.ipv4.ip_forward=1", "net.ipv4.icmp_echo_ignore_all=1")
        sh(*router, "ip", "route", "add", "198.18.32.0/20", "via", "198.18.3.2")
        sh("ip", "route", "add", "198.18.32.0/20", "via", "198.18.2.1")
        sh("ip", "route", "add", "198.18.41.0/24", "via", "198.18.6.1")
        counter = subprocess.Popen([*router, sys.executable, "-c", ONE_COUNTER],
                                   stdout=subprocess.PIPE, text=True)
        self.addCleanup(lambda: (counter.kill(), counter.communicate()))
        self.network.assert_ready(counter)
        targets = {f"198.18.{n}.7": "198.18.2.1" for n in range(32, 41)} | {"198.18.41.7": "198.18.6.1"}
        result = self.scan("-P", "standard", "-p", "22", *targets)
        hops = {(o["addr"], o["ttl"], o["peer"]) for o in result.lines if o.get("kind") == "hop"}
        self.assertEqual(hops, {(t, 1, r) for t, r in targets.items()} | {(t, 2, t) for t in targets})
        macs = {o["addr"]: o.get("mac") for o in result.lines if o.get("kind") == "host"}
        self.assertTrue(macs["198.18.2.1"] and macs["198.18.6.1"])
        # answers that come late on a busy machine say less: never anything wrong, and all in the end
        together = {(r, "198.18.2.1 198.18.6.1") for r in ("198.18.2.1", "198.18.6.1")}
        for _ in range(8):
            keys = {(o["addr"], o["attributes"]["value"]) for o in result.lines
                    if o.get("kind") == "key" and o["attributes"]["type"] == "ip.counter"}
            self.assertLessEqual(keys, together)
            if keys:
                break
            result = self.scan("-P", "standard", "-p", "22", *targets)
        self.assertEqual(keys, together)

    def sent(self):
        text = pathlib.Path("/proc/net/dev").read_text()
        return [int(line.split()[10]) for line in text.splitlines() if " v0:" in " " + line]

    def test_out_of_scope(self):
        time.sleep(0.5)
        before = self.sent()
        err = self.scan("-p", "22", "198.18.4.0/24", "-g", "198.18.4.0/25", code=5, grant=False)
        self.assertIn("198.18.4.128", err)
        self.assertIn("cadastre scope grant", err)
        self.assertEqual(self.sent(), before)

    def test_exclusion(self):
        result = self.scan("-n", "-P", "standard", "-p", ASKED, "-x", "198.18.4.4/30",
                           "198.18.4.0/28")
        there = {f"198.18.4.{i}" for i in range(16) if not 4 <= i < 8}
        self.assertEqual(result.hosts, there)
        self.assertEqual(result.coverage, ["198.18.4.0/30", "198.18.4.8/29"])

    def test_no_route(self):
        self.assertIn("no route to 198.19.1.0/24", self.scan("-p", "22", "198.19.1.0/24", code=6))
        result = self.scan("-n", "-p", ASKED, "-P", "standard", "198.19.1.0/24", "198.18.0.9")
        self.assertEqual(result.counters["no_route"], 256)
        self.assertEqual(result.coverage, ["198.18.0.9/32"])

    def killed(self, number, whole):
        """A scan that is killed, all of its processes at once, at some moment; and one that goes on."""
        journal = os.path.join(self.dir.name, f"journal{number}")
        words = ("-n", "-P", "standard", "-r", "1500", "-p", ASKED, "-u", "53", "-j", journal,
                 "198.18.0.8/30", "198.18.4.0/24")
        run = self.start(*words, start_new_session=True)
        while not os.path.exists(journal):
            self.assertIsNone(run.poll(), "the scan must have begun")
            time.sleep(0.005)
        time.sleep(0.05 * number)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(run.pid, signal.SIGKILL)
        out, _ = run.communicate()
        again = self.scan("-R", *words)
        header = json.loads(out.splitlines()[0]) if out else dict(again.lines[0])
        ids = [header.pop("id"), again.lines[0].pop("id")] # bundles of one scan, apart
        return (again.lines[0] == header and ids[0][:24] == ids[1][:24], again.hosts == whole.hosts, again.ports == whole.ports,
                sorted(again.coverage) == sorted(whole.coverage),
                services(again) == services(whole))

    def test_killed_at_any_moment(self):
        whole = self.scan("-n", "-P", "standard", "-r", "1500", "-p", ASKED, "-u", "53",
                          "198.18.0.8/30", "198.18.4.0/24")
        self.assertEqual(len(whole.hosts), 257)
        with concurrent.futures.ThreadPoolExecutor(10) as pool:
            for number, same in enumerate(pool.map(lambda n: self.killed(n, whole), range(30))):
                self.assertEqual(same, (True,) * 5, f"killed after {number} twentieths of a second")

    def test_no_permission(self):
        run = self.start("-n", "-P", "standard", "-p", ASKED, "198.18.4.0/29",
                         wrap=("setpriv", "--bounding-set", "-net_raw"))
        out, err = run.communicate(timeout=240)
        self.assertEqual(run.returncode, 0, err)
        self.assertIn("CAP_NET_RAW", err)
        self.assertIn("slower", err)
        self.assertEqual(Result(out).ports, {(f"198.18.4.{i}", p) for i in range(8) for p in OPEN})
        # the ways that are asked for by name are not exchanged for another
        err = self.scan("-T", "af-xdp", "-p", "22", "198.18.4.1", code=5,
                        wrap=("setpriv", "--bounding-set", "-net_raw"))
        self.assertIn("CAP_NET_RAW", err)

    def test_connections(self):
        there = {"198.18.0.1", "198.18.0.9"} | {f"198.18.4.{i}" for i in range(16)}
        six = {"2001:db8:4::"} | {f"2001:db8:4::{i:x}" for i in range(1, 8)}
        words = ("-n", "-P", "standard", "-p", ASKED, "-u", "53,123", "198.18.0.0/28",
                 "198.18.4.0/28", "2001:db8:4::/125")
        plain = self.scan("-T", "connect", *words)
        self.assertEqual(plain.hosts, there | {"198.18.0.5"} | six)
        raw = self.scan(*words)
        self.assertEqual(plain.ports, raw.ports)
        self.assertEqual({(h, 53) for h in (there | six)} - raw.ports, set())
        self.assertEqual(plain.coverage, raw.coverage)
        self.assertEqual(plain.counters["kernel_drops"], 0)

    def test_echoes_without_raw_sockets(self):
        here = pathlib.Path("/proc/sys/net/ipv4/ping_group_range")
        before = here.read_text(encoding="ascii").split()
        self.addCleanup(here.write_text, " ".join(before), "ascii")
        words = ("-T", "connect", "-n", "-P", "standard", "-p", "none", "198.18.0.0/28",
                 "2001:db8:4::/126")
        here.write_text("1 0", encoding="ascii")
        result = self.scan(*words)
        self.assertEqual((result.hosts, result.coverage), ({"198.18.0.5"} & result.hosts, []))
        here.write_text("0 65534", encoding="ascii")
        result = self.scan(*words)
        self.assertEqual(result.hosts, {"198.18.0.1", "198.18.0.5", "198.18.0.9"} |
                         {"2001:db8:4::", *(f"2001:db8:4::{i}" for i in range(1, 4))})
        self.assertEqual(result.coverage, ["198.18.0.0/28", "2001:db8:4::/126"])

    def test_connections_that_cannot_begin(self):
        sh("nft", "add table ip plain; add chain ip plain out { type filter hook output priority 0; };"
           " add rule ip plain out ip daddr 198.18.4.3 drop")
        self.addCleanup(sh, "nft", "delete table ip plain")
        result = self.scan("-T", "connect", "-n", "-P", "standard", "-p", ASKED, "-u", "53",
                           "198.18.4.0/29")
        there = {f"198.18.4.{i}" for i in range(8) if i != 3}
        self.assertEqual(result.hosts, there)
        self.assertEqual(result.ports, {(h, p) for h in there for p in (*OPEN, 53)})
        self.assertGreater(result.counters["send_errors"], 0)

    def test_a_firewall_that_refuses(self):
        # in its own name, for many; and a host that refuses by itself what is not open
        sh("ip", "route", "add", "198.18.7.0/28", "via", "198.18.0.1")
        self.addCleanup(sh, "ip", "route", "del", "198.18.7.0/28")
        self.network.there("sysctl", "-qw", "net.ipv4.icmp_ratelimit=0")
        sh("ip", "-6", "route", "add", "2001:db8:7::/124", "via", "2001:db8::1")
        self.addCleanup(sh, "ip", "-6", "route", "del", "2001:db8:7::/124")
        self.network.there("ip", "addr", "add", "2001:db8:4::3/128", "dev", "lo", "nodad") # which it then signs with
        self.addCleanup(self.network.there, "ip", "addr", "del", "2001:db8:4::3/128", "dev", "lo")
        self.network.there("sysctl", "-qw", "net.ipv6.icmp.ratelimit=0")
        self.network.there("nft", "add table ip6 refusing;"
            " add chain ip6 refusing before { type filter hook prerouting priority 0; };"
            " add rule ip6 refusing before ip6 daddr 2001:db8:7::/124 reject with icmpv6 type port-unreachable;"
            " add chain ip6 refusing here { type filter hook input priority 0; };"
            " add rule ip6 refusing here ip6 daddr 2001:db8:4::3 tcp dport != 22 reject")
        self.addCleanup(self.network.there, "nft", "delete table ip6 refusing")
        self.network.there("nft", "add table ip refusing;"
            " add chain ip refusing before { type filter hook prerouting priority 0; };"
            " add rule ip refusing before ip daddr 198.18.7.0/28 reject with icmp type port-unreachable;"
            " add chain ip refusing here { type filter hook input priority 0; };"
            " add rule ip refusing here ip daddr 198.18.4.3 tcp dport != 22 reject")
        self.addCleanup(self.network.there, "nft", "delete table ip refusing")
        for words in ((), ("-T", "connect")):
            result = self.scan(*words, "-n", "-G", "-P", "standard", "-p", "80,443", "-u", "53",
                               "198.18.7.0/28", "198.18.4.2/31", "2001:db8:7::/124", "2001:db8:4::2/127")
            self.assertEqual(result.hosts, {"198.18.4.2", "198.18.4.3", "2001:db8:4::2", "2001:db8:4::3"}, words)
            self.assertGreaterEqual(result.counters["unreachable_port"], 16 * 2 * 2)

    def test_connections_with_itself(self):
        # the kernel has one port only to give our ends, and nobody listens there
        here = pathlib.Path("/proc/sys/net/ipv4/ip_local_port_range")
        self.addCleanup(here.write_text, here.read_text(encoding="ascii"), "ascii")
        here.write_text("40000 40000", encoding="ascii")
        result = self.scan("-T", "connect", "-n", "-G", "-P", "standard", "-p", "39999-40001",
                           "198.18.0.5", "2001:db8::5")
        self.assertEqual((result.hosts, result.ports), ({"198.18.0.5", "2001:db8::5"}, set()))

    def test_a_link_as_a_whole(self):
        # two hosts on a bridge: one answers echoes to all, the other tells its groups only
        quiet = subprocess.Popen(["unshare", "-n", "sleep", "900"])
        self.addCleanup(lambda: (quiet.kill(), quiet.wait()))
        while os.readlink(f"/proc/{quiet.pid}/ns/net") == os.readlink("/proc/self/ns/net"):
            time.sleep(0.01)
        inside = ("nsenter", "-t", str(quiet.pid), "-n")
        sh("ip", "link", "add", "br9", "type", "bridge")
        self.addCleanup(sh, "ip", "link", "del", "br9")
        for port, pid in (("u0", self.network.target.pid), ("u2", quiet.pid)):
            sh("ip", "link", "add", port, "type", "veth", "peer", "name", "u1", "netns", str(pid))
            self.addCleanup(sh, "ip", "link", "del", port)
            sh("ip", "link", "set", port, "master", "br9", "up")
        sh("ip", "addr", "add", "2001:db8:9::5/64", "dev", "br9", "nodad")
        sh("ip", "link", "set", "br9", "up")
        for where, addr in ((self.network.there, "2001:db8:9:0:7f3a:91c2:e5d4:6b08"),
                            (lambda *words: sh(*inside, *words), "2001:db8:9::42:17")):
            where("ip", "addr", "add", addr + "/64", "dev", "u1", "nodad")
            where("ip", "link", "set", "u1", "up")
        sh(*inside, "sysctl", "-qw", "net.ipv6.icmp.echo_ignore_multicast=1")
        for words in ((), inside, ("nsenter", "-t", str(self.network.target.pid), "-n")):
            deadline = time.monotonic() + 30
            while subprocess.run([*words, "ip", "-6", "addr", "show", "tentative"],
                                 capture_output=True, check=True).stdout:
                self.assertLess(time.monotonic(), deadline)
                time.sleep(0.1)
        # its reports are longer than what is captured of answers to SYNs
        member = subprocess.Popen([*inside, sys.executable, "-c", MEMBER, "u1"], stdout=subprocess.PIPE, text=True)
        self.addCleanup(lambda: (member.kill(), member.communicate()))
        self.network.assert_ready(member)
        result = self.scan("-n", "-P", "standard", "-p", ASKED, "-u", "none", "2001:db8:9::/64")
        there = {"2001:db8:9:0:7f3a:91c2:e5d4:6b08", "2001:db8:9::42:17", "2001:db8:9::5"}
        self.assertEqual(result.hosts, there)
        self.assertEqual(result.ports, {(h, p) for h in there - {"2001:db8:9::42:17"} for p in OPEN})
        self.assertEqual(set(result.coverage), {h + "/128" for h in there})
        self.assertEqual(result.counters["links_asked"], 1)
        # one address is excluded: nobody is asked, and a note says so
        run = self.start("-n", "-P", "standard", "-p", ASKED, "-x", "2001:db8:9::42:17",
                         "2001:db8:9::/64")
        out, err = run.communicate(timeout=240)
        self.assertIn("is not asked as a whole", err)
        self.assertEqual(Result(out).counters["sent_link"], 0)
        self.assertIn("too large to be walked", self.scan("2001:db8:9::/65", code=2))

    def test_bad_plans(self):
        self.assertIn("/112", self.scan("2001:db8:7::/64", code=2))
        self.assertIn("/112", self.scan("-T", "connect", "2001:db8::/64", code=2))
        self.assertIn("/112", self.scan("2001:db8::/63", code=2))
        self.assertIn("never probed", self.scan("224.0.0.0/24", code=2))
        self.assertIn("\"x\"", self.scan("-p", "22,x", "127.0.0.1", code=2))

    def test_other_spellings_of_an_address(self):
        for target in ("::ffff:198.18.0.9", "::ffff:198.18.4.0/120"):
            err = self.scan("-p", "22", target, "-g", "::/0", code=2)
            self.assertIn("never probed", err)
        self.assertIn("link-local", self.scan("-p", "22", "fe80::1", "-g", "::/0", code=2))

    def test_safe_is_gentle(self):
        # Discovery, ports, trace, greeting and datagrams: two beginnings a second, to any host.
        # Three may fall into one second as it is measured here.
        with self.network.heard("v1") as heard:
            self.scan("-p", "22,502,80", "-u", "161,47808", "198.18.0.9", "198.18.4.7",
                      "198.18.4.8")
        for host in ("198.18.0.9", "198.18.4.7", "198.18.4.8"):
            times = [when for when, dst, kind in heard if dst == host and kind != "other"]
            self.assertGreater(len(times), 6)
            for first, third in zip(times, times[3:]):
                self.assertGreater(third - first, 0.9, (host, times))

    def test_a_grant_that_ends(self):
        end = time.monotonic() + 2
        with self.network.heard("v1") as heard:
            run = self.start("-t", "2", "-g", "198.18.0.0/15", "-p", "22,80,443,502,1-200",
                             "198.18.4.7", grant=False)
            out, err = run.communicate(timeout=60)
        self.assertEqual(run.returncode, 7, err)
        self.assertIn("the authorisation ended before the scan did", err)
        result = Result(out)
        self.assertEqual(result.counters["stopped"], 1)
        self.assertEqual(result.coverage, [])
        begun = [when for when, _, kind in heard if kind != "other"]
        self.assertTrue(begun)
        self.assertLess(max(begun), end + 1.0)

    def deaf_until_the_end(self, meanwhile):
        """Greetings of who never answers, under a grant that ends while another goes on. Returns what
        arrived, by how long before the end, and the counters."""
        sh("ip", "route", "add", "198.18.6.0/28", "via", "198.18.0.1")
        self.addCleanup(sh, "ip", "route", "del", "198.18.6.0/28")
        deaf = subprocess.Popen(["nsenter", "-t", str(self.network.target.pid), "-n", sys.executable, "-c", DEAF,
                                 "v1", LAST], stdout=subprocess.PIPE, text=True)
        self.addCleanup(lambda: (deaf.kill(), deaf.communicate()))
        self.network.assert_ready(deaf)
        end = time.time() + 8
        run = self.start("-n", "-P", "thorough", "-p", "9001-9016", "-u", "none", "-r", "1500", "-e", str(end), "-g",
                         "198.18.6.0/28", "-t", "1000", "-g", "198.18.4.0/24", "198.18.6.0/28", "198.18.4.0/24",
                         grant=False)
        self.addCleanup(run.kill)
        self.assertTrue(select.select([deaf.stdout], [], [], max(0, end - time.time()))[0],
                        "nobody who is deaf was asked a second time before the grant ended")
        self.assertEqual(deaf.stdout.readline().strip(), "again")
        meanwhile(run, end)
        out, err = run.communicate(timeout=240)
        self.assertEqual(run.returncode, 0, err)
        time.sleep(max(0, end + 2 - time.time()))
        lines = [line.split() for line in self.network.heard_until_now(deaf, "v1")]
        return [end - float(line[0]) for line in lines if len(line) == 2], Result(out).counters

    def test_greetings_end_with_their_grant(self):
        arrived, counters = self.deaf_until_the_end(lambda run, end: None)
        self.assertGreater(min(arrived), 0)
        self.assertGreater(counters["greeted"], 0)

    def test_the_kernel_ends_with_the_grant(self):
        """Also where the worker stands still."""
        def stand_still(run, end):
            worker = self.children(self.children(run.pid)[0])[0]
            os.kill(worker, signal.SIGSTOP)
            time.sleep(max(0, end + 2 - time.time()))
            os.kill(worker, signal.SIGCONT)
        arrived, _ = self.deaf_until_the_end(stand_still)
        self.assertGreater(min(arrived), 0)

    def test_the_interface_goes_down(self):
        self.addCleanup(self.mend)
        run = self.slow()
        sh("ip", "link", "set", "v0", "down")
        out, err = run.communicate(timeout=60)
        self.assertEqual(run.returncode, 6, err)
        self.assertIn("v0", err)
        self.assertTrue(Result(out).hosts)

    def mend(self):
        sh("ip", "link", "set", "v0", "up")
        sh("ip", "-6", "addr", "replace", "2001:db8::5/64", "dev", "v0", "nodad")
        sh("ip", "route", "replace", "198.18.4.0/24", "via", "198.18.0.1")
        sh("ip", "-6", "route", "replace", "2001:db8:4::/120", "via", "2001:db8::1")

    def stopped(self, run):
        out, err = run.communicate(timeout=60)
        self.assertEqual(run.returncode, 0, err)
        result = Result(out)
        self.assertTrue(result.ended)
        self.assertEqual(result.counters["stopped"], 1)
        self.assertEqual(result.coverage, [])
        self.assertTrue(result.hosts)

    def test_stop_by_signal(self):
        run = self.slow()
        run.send_signal(signal.SIGINT)
        self.stopped(run)

    def test_stop_file(self):
        path = os.path.join(self.dir.name, "stop")
        run = self.slow("-S", path)
        pathlib.Path(path).touch()
        self.stopped(run)

    def handles(self, pid):
        names = {os.readlink(fd) for fd in pathlib.Path(f"/proc/{pid}/fd").iterdir()}
        return {name.split(":")[0] for name in names}

    def test_processes(self):
        a_file = open(os.path.join(self.dir.name, "open"), "w", encoding="ascii")
        self.addCleanup(a_file.close)
        run = self.slow(pass_fds=(a_file.fileno(),))
        helper = self.children(run.pid)[0]
        worker = self.children(helper)[0]
        for pid in (helper, worker):
            status = pathlib.Path(f"/proc/{pid}/status").read_text()
            fields = dict(line.split(":\t") for line in status.splitlines() if ":\t" in line)
            self.assertEqual(int(fields["CapEff"], 16), 0)
            self.assertEqual(int(fields["CapPrm"], 16), 0)
            self.assertEqual(int(fields["CapBnd"], 16), 0)
            self.assertEqual(fields["NoNewPrivs"], "1")
            self.assertEqual(fields["Seccomp"], "2")
        # The caller's own handles, a database among them, are in neither.
        # The helper has one of its own that tells when the worker is gone.
        self.assertEqual(self.handles(helper) - {"/dev/null", "anon_inode", "pidfd"}, {"pipe"})
        self.assertLessEqual(self.handles(worker) - {"/dev/null"}, {"pipe", "socket", "anon_inode"})
        os.kill(worker, signal.SIGKILL)
        _, err = run.communicate(timeout=60)
        self.assertEqual(run.returncode, 70)
        self.assertIn("KILL", err)

    def test_parent_dies(self):
        run = self.slow()
        helper = self.children(run.pid)[0]
        worker = self.children(helper)[0]
        run.kill()
        run.communicate()
        deadline = time.monotonic() + 30
        while any(os.path.exists(f"/proc/{pid}") for pid in (helper, worker)):
            self.assertLess(time.monotonic(), deadline, "processes stay behind")
            with contextlib.suppress(ChildProcessError):
                os.waitpid(-1, os.WNOHANG)
            time.sleep(0.05)


if __name__ == "__main__":
    enter_namespaces()
    del sys.argv[1]
    unittest.main()
