#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The real backend on bad networks: floods, replies longer than what is captured, links of 1280 bytes,
two default routes, redirects, addresses that are never asked. Everything happens in network namespaces
of its own, in 198.18.0.0/15 and 2001:db8::/32, without a route outside. Runs itself again inside of
fresh ones."""
import contextlib
import os
import signal
import subprocess
import sys
import time
import unittest

from net_test import ASKED, DATAGRAMS, LAST, OPEN, SNIFFER, Case, Network, Result, enter_namespaces, sh

# Answers in several protocols, each with three thousand bytes: more than is captured, and more than
# a packet holds. On port 80 it sends whoever asks to somebody else.
LONG = DATAGRAMS + r"""
import select, threading
def ber(tag, *parts):
    data = b"".join(parts)
    return bytes([tag, 0x82, len(data) >> 8, len(data) & 255]) + data
def number(n):
    return bytes([2, 4]) + n.to_bytes(4, "big")
def dns(q):
    record = b"\xc0\x0c\x00\x10\x00\x01\x00\x00\x00\x3c\x00\xc8\xc7" + b"x" * 199
    return q[:2] + b"\x84\x00\x00\x01\x00\x0e\x00\x00\x00\x00" + q[12:] + 14 * record
def snmp(q):
    # of the question: sequence, version, and a sequence that begins with the number of the message
    at = q.index(b"\x02\x04", 5)
    engine = b"\x80\x00\x1f\x88\x04" + b"e" * 20
    report = ber(0xa8, number(1), number(0), number(0), ber(0x30, ber(0x30, b"\x06\x01\x00", ber(4, b"v" * 2800))))
    return ber(0x30, b"\x02\x01\x03", ber(0x30, q[at:at + 6], number(65507), b"\x04\x01\x00", b"\x02\x01\x03"),
               ber(4, ber(0x30, ber(4, engine), number(7), number(9), ber(4), ber(4), ber(4))),
               ber(0x30, ber(4, engine), ber(4), report))
def sip(q):
    lines = [l for l in q.split(b"\r\n") if l[:4] in (b"Via:", b"From", b"To: ", b"Call", b"CSeq")]
    return b"SIP/2.0 200 OK\r\n" + b"\r\n".join(lines) + b"\r\nX: " + b"x" * 2500 + b"\r\n\r\n"
def ssdp(q):
    return (b"HTTP/1.1 200 OK\r\nST: upnp:rootdevice\r\nUSN: uuid:1::upnp:rootdevice\r\nX: " +
            b"x" * 2900 + b"\r\n\r\n")
def wsd(q):
    at = q.index(b"urn:uuid:")
    return (b'<?xml version="1.0"?><e:Envelope><e:Header><a:RelatesTo>' + q[at:q.index(b"<", at)] +
            b"</a:RelatesTo></e:Header><e:Body><d:ProbeMatches><d:ProbeMatch><d:Types>x:Y</d:Types><d:Scopes>" +
            b"s " * 1400 + b"</d:Scopes></d:ProbeMatch></d:ProbeMatches></e:Body></e:Envelope>")
def mssql(q):
    data = b"ServerName;S;InstanceName;I;IsClustered;No;Version;16.0.1000.6;tcp;1433;;" * 40
    return b"\x05" + len(data).to_bytes(2, "little") + data
def coap(q):
    return bytes([0x60 | q[0] & 15, 0x45]) + q[2:4 + (q[0] & 15)] + b"\xc1\x28\xff" + b"</x>," * 580
says = {53: dns, 161: snmp, 1434: mssql, 1900: ssdp, 3702: wsd, 5060: sip, 5683: coap}
sockets = {s: say for port, say in says.items() for s in listen(port)}
for s in sockets:
    if s.family == socket.AF_INET:
        s.setsockopt(socket.IPPROTO_IP, 10, 0)  # IP_MTU_DISCOVER: fragments
web = socket.create_server(("0.0.0.0", 80))
print("ready", flush=True)
def redirect():
    while True:
        peer = web.accept()[0]
        peer.settimeout(5)
        try:
            if peer.recv(4096):
                peer.sendall(b"HTTP/1.1 302 Found\r\nLocation: http://198.18.1.1/elsewhere\r\nContent-Length: 0\r\n\r\n")
        except OSError:
            pass
        peer.close()
threading.Thread(target=redirect, daemon=True).start()
while True:
    for s in select.select(list(sockets), [], [])[0]:
        try:
            data, reply = hear(s)
            reply(sockets[s](data))
        except (OSError, ValueError, IndexError):
            pass
"""
# Answers SYNs to 198.18.8.0/24, where nobody is, each address in another bad way.
CRAFTED = r"""
import socket, struct
PAD = b"p" * 8000
s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x0800))
s.bind(("x2", 0x0800))
def ip(src, dst, protocol, data, fragment=0, stated=None):
    head = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(data) if stated is None else stated, 7, fragment, 60,
                       protocol, 0, src, dst)
    total = sum(struct.unpack(">10H", head))
    total = (total & 0xffff) + (total >> 16)
    return head[:10] + struct.pack(">H", ~(total + (total >> 16)) & 0xffff) + head[12:] + data
def tcp(q, flags, data, offset=5):
    return q[2:4] + q[:2] + bytes(4) + struct.pack(">IBBHHH", struct.unpack(">I", q[4:8])[0] + 1 & 0xffffffff,
                                                   offset << 4, flags, 1000, 0, 0) + data
def answer(src, dst, q, whole):
    last = dst[3]
    if last == 1:
        return ip(dst, src, 6, tcp(q, 0x12, PAD))
    if last == 2:
        return ip(dst, src, 6, tcp(q, 0x14, PAD))
    if last == 3:  # no such host, and more of it than anybody asked for
        body = b"\x03\x01\x00\x00" + bytes(4) + whole + PAD
        total = sum(struct.unpack(f">{len(body + bytes(len(body) % 2)) // 2}H", body + bytes(len(body) % 2)))
        while total >> 16:
            total = (total & 0xffff) + (total >> 16)
        return ip(bytes([198, 18, 3, 2]), src, 1, body[:2] + struct.pack(">H", ~total & 0xffff) + body[4:])
    if last == 4:  # the first of two fragments
        return ip(dst, src, 6, tcp(q, 0x12, PAD[:1480]), fragment=0x2000)
    if last == 5:  # a header that is longer than its packet
        return ip(dst, src, 6, tcp(q, 0x12, b"", offset=15))
    return None
print("ready", flush=True)
while True:
    frame = s.recv(65536)
    p = frame[14:]
    n = (p[0] & 15) * 4
    if p[9] != 6 or p[16:19] != bytes([198, 18, 8]) or p[n + 13] != 2:
        continue
    said = answer(p[12:16], p[16:20], p[n:], p)
    if said:
        s.send(frame[6:12] + frame[:6] + b"\x08\x00" + said)
"""
# Errors and answers that nobody's probe caused, to the address that scans: the number in all, and a second;
# 0: no limit. What they quote and repeat is drawn anew for each of four thousand.
FLOOD = r"""
import itertools, random, socket, struct, sys, time
count, rate, mac = int(sys.argv[1]), int(sys.argv[2]), bytes.fromhex(sys.argv[3].replace(":", ""))
s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
s.bind(("v1", 0x0800))
here, router = bytes([198, 18, 0, 5]), bytes([198, 18, 0, 1])
draw = random.Random(5)
def packet(src, protocol, data):
    return (mac + s.getsockname()[4] + b"\x08\x00" +
            struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(data), 0, 0, 60, protocol, 0, src, here) + data)
def one():
    target = bytes([198, 18, 4, draw.randrange(256)])
    mark = draw.getrandbits(32).to_bytes(4, "big")
    kind = draw.randrange(6)
    if kind < 2:  # an echo reply
        return packet(target, 1, b"\x00\x00\x00\x00" + mark + bytes(8))
    if kind == 2:  # an answer to a datagram
        return packet(target, 17, struct.pack(">HHHH", 53, 32768 + draw.randrange(28000), 20, 0) + mark[:2] +
                      b"\x80" + bytes(9))
    code = draw.choice(((3, 0), (3, 1), (3, 3), (3, 4), (3, 13), (11, 0), (4, 0), (5, 1)))
    quoted = draw.choice(((6, struct.pack(">HH", 61000 + draw.randrange(4000), 22) + mark),
                          (1, b"\x08\x00\x00\x00" + mark),
                          (17, struct.pack(">HHHH", 32768 + draw.randrange(28000), 53, 20, 0))))
    head = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 60, draw.getrandbits(16), 0, 1, quoted[0], 0, here, target)
    return packet(draw.choice((router, target)), 1, struct.pack(">BBHI", *code, 0, 0) + head + quoted[1])
frames = [one() for _ in range(4096)]
print("ready", flush=True)
began = time.monotonic()
for n in range(count) if count else itertools.count():
    if rate and n % 64 == 0:
        left = began + n / rate - time.monotonic()
        if left > 0:
            time.sleep(left)
    try:
        s.send(frames[n % 4096])
    except OSError:
        pass
print(f"{n + 1} in {time.monotonic() - began:.1f}", flush=True)
"""
REDIRECT = r"""
import socket, struct
def checksum(data):
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    total = (total & 0xffff) + (total >> 16)
    return ~(total + (total >> 16)) & 0xffff
s = socket.socket(socket.AF_INET, socket.SOCK_RAW, 1)
s.bind(("198.18.0.1", 0))
print("ready", flush=True)
for n in range(256):
    quoted = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 60, n, 0, 64, 6, 0, bytes([198, 18, 0, 5]),
                         bytes([198, 18, 4, n])) + bytes(8)
    body = b"\x05\x01\x00\x00" + bytes([198, 18, 1, 1]) + quoted
    s.sendto(body[:2] + struct.pack(">H", checksum(body)) + body[4:], ("198.18.0.5", 0))
"""


class Far(Network):
    """Behind "there" a third namespace, joined by x1 198.18.3.1/24 and x2 198.18.3.2/24: it is all of
    198.18.7.0/24 and 2001:db8:7::/120, and beside it nobody is 198.18.8.0/24."""

    def __init__(self):
        super().__init__()
        self.far = subprocess.Popen(["unshare", "-n", "sleep", "900"])
        while os.readlink(f"/proc/{self.far.pid}/ns/net") == os.readlink("/proc/self/ns/net"):
            time.sleep(0.01)
        self.there("ip", "link", "add", "x1", "type", "veth", "peer", "name", "x2", "netns", str(self.far.pid))
        self.there("sh", "-c", "echo 1 > /proc/sys/net/ipv4/ip_forward;"
                   "echo 1 > /proc/sys/net/ipv6/conf/all/forwarding")
        for run, name, number in ((self.there, "x1", 1), (self.beyond, "x2", 2)):
            run("ip", "addr", "add", f"198.18.3.{number}/24", "dev", name)
            run("ip", "addr", "add", f"2001:db8:3::{number}/64", "dev", name, "nodad")
            run("ip", "link", "set", name, "up")
        for prefix in ("198.18.7.0/24", "198.18.8.0/24"):
            self.there("ip", "route", "add", prefix, "via", "198.18.3.2")
            sh("ip", "route", "add", prefix, "via", "198.18.0.1")
        self.there("ip", "-6", "route", "add", "2001:db8:7::/120", "via", "2001:db8:3::2")
        sh("ip", "-6", "route", "add", "2001:db8:7::/120", "via", "2001:db8::1")
        self.beyond("ip", "link", "set", "lo", "up")
        self.beyond("ip", "route", "add", "local", "198.18.7.0/24", "dev", "lo")
        self.beyond("ip", "-6", "route", "add", "local", "2001:db8:7::/120", "dev", "lo")
        self.beyond("ip", "route", "add", "default", "via", "198.18.3.1")
        self.beyond("ip", "-6", "route", "add", "default", "via", "2001:db8:3::1")
        self.beyond("ip", "route", "add", "blackhole", "198.18.8.0/24")
        for namespace in (self.target, self.far, None):
            self.wait_until_addresses_are_usable(namespace)
        self.answering = [self.python(self.far, code) for code in (LONG, CRAFTED)]

    def beyond(self, *words):
        sh("nsenter", "-t", str(self.far.pid), "-n", *words)

    @staticmethod
    def python(namespace, code, *words):
        process = subprocess.Popen(["nsenter", "-t", str(namespace.pid), "-n", sys.executable, "-c", code,
                                    *words], stdout=subprocess.PIPE, text=True)
        Network.assert_ready(process)
        return process

    @staticmethod
    def wait_until_addresses_are_usable(namespace):
        inside = ["nsenter", "-t", str(namespace.pid), "-n"] if namespace else []
        deadline = time.monotonic() + 30
        while subprocess.run([*inside, "ip", "-6", "addr", "show", "tentative"], check=True,
                             capture_output=True).stdout.strip():
            assert time.monotonic() < deadline
            time.sleep(0.1)

    @contextlib.contextmanager
    def arrived(self, *interfaces):
        """{interface: [(source, destination, kind)]} of what reaches "there" meanwhile."""
        heard = {name: [] for name in interfaces}
        sniffers = {name: self.python(self.target, SNIFFER, name) for name in interfaces}
        try:
            yield heard
        finally:
            for name, sniffer in sniffers.items():
                heard[name] += [tuple(line.split()[1:]) for line in self.heard_until_now(sniffer, name)]
                sniffer.wait()
                sniffer.stdout.close()

    @contextlib.contextmanager
    def flood(self, count, rate):
        """At most so many frames in all and a second; 0: until it is ended, and as fast as it goes."""
        flood = self.python(self.target, FLOOD, str(count), str(rate), mac_of("v0"))
        try:
            yield flood
        finally:
            flood.kill()
            flood.wait()
            flood.stdout.close()

    def close(self):
        for process in self.answering:
            process.stdout.close()
        for process in (*self.answering, self.far):
            process.kill()
            process.wait()
        super().close()


def mac_of(name):
    words = subprocess.run(["ip", "-br", "link", "show", name], check=True, capture_output=True,
                           text=True).stdout.split()
    return next(word for word in words if word.count(":") == 5)


def redirects_heard():
    """By the kernel, here."""
    with open("/proc/net/snmp", encoding="ascii") as file:
        names, values = [line.split() for line in file if line.startswith("Icmp:")]
    return int(values[names.index("InRedirects")])


class Bad(Case):
    network_of = Far

    def mend(self):
        for name in ("v0", "w0"):
            sh("ip", "link", "set", name, "mtu", "1500")
        for name in ("v1", "w1"):
            self.network.there("ip", "link", "set", name, "mtu", "1500")

    # ---- long replies -----------------------------------------------------------------------

    LONG_PORTS = (53, 161, 1434, 1900, 3702, 5060, 5683)

    def long_replies(self):
        result = self.scan("-n", "-P", "standard", "-p", "22", "-u", ",".join(map(str, self.LONG_PORTS)),
                           "198.18.7.0/30", "2001:db8:7::/126")
        v4 = {f"198.18.7.{i}" for i in range(4)}
        v6 = {"2001:db8:7::", *(f"2001:db8:7::{i}" for i in range(1, 4))}
        self.assertEqual(result.hosts, v4 | v6)
        self.assertEqual(result.ports, {(h, p) for h in v4 | v6 for p in self.LONG_PORTS})
        said = {(o["addr"], o["protocol"]) for o in result.lines if o.get("kind") == "service" and "protocol" in o}
        self.assertLessEqual({(h, p) for h in v4 | v6 for p in ("dns", "snmp", "sip", "mssql", "coap")}, said)
        self.assertEqual(result.counters["malformed"], 0)
        return result

    def mtu(self, mtu, *names):
        self.addCleanup(self.mend)
        for name in names:
            (self.network.there if name[1] == "1" else sh)("ip", "link", "set", name, "mtu", str(mtu))

    def test_datagrams_in_fragments(self):
        self.long_replies()

    def test_jumbo_datagrams(self):
        self.mtu(9000, "v0", "v1")
        self.network.there("ip", "link", "set", "x1", "mtu", "9000")
        self.network.beyond("ip", "link", "set", "x2", "mtu", "9000")
        self.long_replies()

    def test_mtu_1280(self):
        """On our own interface, so that everybody farther off learns it of a router."""
        self.mtu(1280, "v0", "v1")
        self.long_replies()
        # and of a host that is asked over TCP and greeted
        result = self.scan("-n", "-P", "standard", "-p", ASKED, "198.18.4.0/29", "2001:db8:4::/125")
        self.assertEqual(len(result.ports), 2 * 16)
        self.assertEqual(sum(o.get("kind") == "service" and o["port"] == 22 for o in result.lines), 16)

    def test_crafted_frames(self):
        self.mtu(9000, "v0", "v1")
        self.network.there("ip", "link", "set", "x1", "mtu", "9000")
        self.network.beyond("ip", "link", "set", "x2", "mtu", "9000")
        # at a port that is never greeted: nobody is there to talk to
        result = self.scan("-n", "-P", "thorough", "-p", "9100", "-u", "none", "198.18.8.0/29")
        self.assertEqual(result.ports, {("198.18.8.1", 9100), ("198.18.8.4", 9100)})
        self.assertEqual(result.hosts, {f"198.18.8.{i}" for i in (1, 2, 4)})
        self.assertEqual(result.counters["unreachable_host"], 1)
        self.assertGreater(result.counters["malformed"], 0)

    # ---- floods -----------------------------------------------------------------------------

    def exact(self, result, transport_ports=()):
        there = {f"198.18.4.{i}" for i in range(256)}
        self.assertEqual(result.hosts, there)
        self.assertEqual(result.ports, {(h, p) for h in there for p in (*OPEN, *transport_ports)})
        self.assertEqual(result.coverage[0], "198.18.4.0/24")

    def test_icmp_flood(self):
        with self.network.flood(0, 40000) as flood:
            result = self.scan("-n", "-P", "thorough", "-p", ASKED, "-u", "53", "-r", "2000", "198.18.4.0/24")
            self.assertIsNone(flood.poll())
        self.exact(result, (53,))
        # of 40,000 a second those of half a second at least, however slow the machine that sends them is
        self.assertGreater(result.counters["strangers"] + result.counters["kernel_drops"], 20000)
        self.assertEqual(result.counters["quenched"] + result.counters["too_big"], 0)
        self.assertEqual(result.counters["unreachable_net"] + result.counters["unreachable_host"], 0)

    def test_what_the_kernel_drops_is_told_and_asked_again(self):
        """The worker stands still while more arrives than its ring holds."""
        run = self.start("-v", "-n", "-P", "thorough", "-p", ASKED, "-r", "400", "198.18.4.0/24")
        for line in run.stderr:
            if "found 0" not in line:
                break
        self.addCleanup(run.kill)
        worker = self.children(self.children(run.pid)[0])[0]
        os.kill(worker, signal.SIGSTOP)
        try:
            with self.network.flood(200000, 0) as flood:
                self.assertRegex(flood.stdout.readline(), r"^200000 in ")
        finally:
            os.kill(worker, signal.SIGCONT)
        out, err = run.communicate(timeout=240)
        self.assertEqual(run.returncode, 0, err)
        result = Result(out)
        self.exact(result)
        self.assertGreater(result.counters["kernel_drops"], 0)
        self.assertGreater(result.counters["slowed_down"], 0)

    # ---- ways -------------------------------------------------------------------------------

    TARGETS = [f"198.18.6.{i}" for i in range(16)]
    TARGETS6 = ["2001:db8:6::", *(f"2001:db8:6::{i:x}" for i in range(1, 16))]

    def two_ways(self, *routes, back=()):
        """Everything is found behind default routes; returns which way each target was asked."""
        self.network.there("ip", "route", "replace", "local", "198.18.6.0/24", "dev", "lo")
        self.network.there("ip", "-6", "route", "replace", "local", "2001:db8:6::/120", "dev", "lo")
        for name, on in (("all", 0), ("default", 0), ("v0", 0), ("w0", 0)):
            with contextlib.suppress(OSError), open(f"/proc/sys/net/ipv4/conf/{name}/rp_filter", "w",
                                                    encoding="ascii") as file:
                file.write(str(on))
        with contextlib.ExitStack() as undo:
            for words in routes:
                sh("ip", *words)
            undo.callback(sh, "sh", "-c", "while ip route del default; do :; done 2> /dev/null;"
                          "while ip -6 route del default; do :; done 2> /dev/null")
            for words in back:
                self.network.there("ip", *words)
                undo.callback(self.network.there, "ip", *[{"add": "del"}.get(w, w) for w in words])
            chosen = {t: self.kernels_way(t) for t in self.TARGETS}
            with self.network.arrived("v1", "w1") as arrived:
                result = self.scan("-n", "-P", "standard", "-p", ASKED, "198.18.6.0/28", "2001:db8:6::/124")
        there = {*self.TARGETS, *self.TARGETS6}
        self.assertEqual(result.hosts, there)
        self.assertEqual(result.ports, {(h, p) for h in there for p in OPEN})
        ways = {t: {name for name in arrived for _, dst, kind in arrived[name]
                    if dst == t and kind == "echo"} for t in self.TARGETS}
        return chosen, ways

    @staticmethod
    def kernels_way(target):
        words = subprocess.run(["ip", "route", "get", target], check=True, capture_output=True,
                               text=True).stdout.split()
        return words[words.index("dev") + 1].replace("0", "1")

    V = ("route", "append", "default", "via", "198.18.0.1", "dev", "v0", "metric")
    W = ("route", "append", "default", "via", "198.18.1.1", "dev", "w0", "metric")
    V6 = ("-6", "route", "append", "default", "via", "2001:db8::1", "dev", "v0", "metric")
    W6 = ("-6", "route", "append", "default", "via", "2001:db8:1::1", "dev", "w0", "metric")

    def test_default_routes_of_two_metrics(self):
        for v, w in ((10, 20), (20, 10)):
            with self.subTest(v=v, w=w):
                chosen, ways = self.two_ways((*self.V, str(v)), (*self.W, str(w)), (*self.V6, str(v)),
                                             (*self.W6, str(w)))
                self.assertEqual(ways, {t: {chosen[t]} for t in self.TARGETS})
                self.assertEqual({*chosen.values()}, {"v1" if v < w else "w1"})

    def test_default_routes_of_one_metric(self):
        """The kernel takes the first of which it knows no ill, and which that is may change from one
        question to the next; ours is the first that it names."""
        for routes, way in (((self.V, self.W), "v1"), ((self.W, self.V), "w1")):
            chosen, ways = self.two_ways(*((*words, "7") for words in routes), (*self.V6, "7"))
            self.assertEqual(ways, {t: {way} for t in self.TARGETS})
            self.assertLessEqual({*chosen.values()}, {"v1", "w1"})

    def test_answers_by_the_other_way(self):
        back = (("route", "add", "198.18.0.5/32", "via", "198.18.1.5", "dev", "w1"),
                ("-6", "route", "add", "2001:db8::5/128", "via", "2001:db8:1::5", "dev", "w1"))
        chosen, ways = self.two_ways((*self.V, "10"), (*self.W, "20"), (*self.V6, "10"), (*self.W6, "20"),
                                     back=back)
        self.assertEqual(ways, {t: {chosen[t]} for t in self.TARGETS})

    def test_several_next_hops(self):
        hops = ("nexthop", "via", "198.18.0.1", "dev", "v0", "nexthop", "via", "198.18.1.1", "dev", "w0")
        hops6 = ("nexthop", "via", "2001:db8::1", "dev", "v0", "nexthop", "via", "2001:db8:1::1", "dev", "w0")
        _, ways = self.two_ways(("route", "add", "default", *hops), ("-6", "route", "add", "default", *hops6))
        # The kernel spreads them, any of the two ways is its; one probe does not go both.
        self.assertEqual({len(way) for way in ways.values()}, {1})

    HOPS = ("route", "add", "default", "nexthop", "via", "198.18.0.1", "dev", "v0", "weight", "1",
            "nexthop", "via", "198.18.1.1", "dev", "w0", "weight", "1")
    HOPS6 = ("-6", "route", "add", "default", "nexthop", "via", "2001:db8::1", "dev", "v0",
             "nexthop", "via", "2001:db8:1::1", "dev", "w0")

    def test_next_hops_share_the_targets(self):
        _, ways = self.two_ways(self.HOPS, self.HOPS6)
        self.assertEqual({next(iter(way)) for way in ways.values()}, {"v1", "w1"})

    def without(self, gateways):
        """Gateways, by interface there, that are silent, as far as ARP and neighbour discovery go."""
        for name in gateways:
            self.network.there("sh", "-c", f"nft add table netdev mute_{name};"
                               f"nft add chain netdev mute_{name} in '{{ type filter hook ingress device {name} priority 0; }}';"
                               f"nft add rule netdev mute_{name} in ip saddr {LAST} accept;"
                               f"nft add rule netdev mute_{name} in drop")
            self.addCleanup(self.unmute, name)

    def unmute(self, name):
        self.network.there("sh", "-c", f"nft delete table netdev mute_{name} 2> /dev/null || true")

    def test_a_next_hop_that_is_dead(self):
        """At the beginning: of several in one entry, and of several default routes of one metric."""
        self.without(["v1"])
        for routes in ((self.HOPS, self.HOPS6), (("route", "append", "default", "via", "198.18.0.1", "dev", "v0", "metric", "7"),
                                                 (*self.W, "7"), (*self.V6, "7"), (*self.W6, "7"))):
            sh("ip", "neigh", "flush", "all")
            _, ways = self.two_ways(*routes)
            self.assertEqual(ways, {t: {"w1"} for t in self.TARGETS})

    def test_a_next_hop_that_dies(self):
        """In the middle: whoever was asked by it is asked once more by the other one."""
        self.network.there("ip", "route", "replace", "local", "198.18.6.0/24", "dev", "lo")
        sh("ip", *self.HOPS)
        self.addCleanup(sh, "ip", "route", "del", "default")
        run = self.start("-v", "-n", "-G", "-P", "standard", "-r", "6", "-p", "22", "-u", "none", "198.18.6.0/25")
        self.addCleanup(run.kill)
        for line in run.stderr:
            if "found 0" not in line:
                break
        self.without(["v1"])
        out, err = run.communicate(timeout=240)
        self.assertEqual(run.returncode, 0, err)
        result = Result(out)
        self.assertEqual(result.hosts, {f"198.18.6.{i}" for i in range(128)})
        self.assertEqual(result.coverage, ["198.18.6.0/25"])
        self.assertEqual(result.counters["next_hops_changed"], 1)

    def kernels_source(self, target):
        words = subprocess.run(["ip", "route", "get", target], check=True, capture_output=True, text=True).stdout.split()
        return words[words.index("src") + 1], words[words.index("dev") + 1].replace("0", "1")

    def test_sources_and_links(self):
        """Several addresses in one subnet, one without a route of its own, a link-scoped route on another
        interface: where the kernel would send it, and from the address that it would."""
        there, here = self.network.there, self
        for words in (("addr", "add", "198.18.0.2/24", "dev", "v0"), ("addr", "add", "198.18.10.7/24", "dev", "v0", "noprefixroute"),
                      ("addr", "add", "198.18.11.7/24", "dev", "w0", "noprefixroute"),
                      ("route", "add", "198.18.9.0/24", "dev", "w0", "scope", "link"),
                      ("route", "add", "198.18.11.0/24", "dev", "w0"),
                      ("route", "add", "198.18.12.0/24", "via", "198.18.0.1"),
                      ("route", "add", "198.18.13.0/24", "via", "198.18.0.1", "src", "198.18.1.5"),
                      ("route", "add", "198.18.10.9/32", "via", "198.18.1.1")):
            sh("ip", *words)
            here.addCleanup(sh, "ip", *[{"add": "del"}.get(w, w) for w in words if w != "noprefixroute"])
        targets = ["198.18.0.1", "198.18.9.3", "198.18.11.3", "198.18.12.3", "198.18.13.3", "198.18.10.9"]
        for target, name in zip(targets[1:], ("w1", "w1", "lo", "lo", "lo")):
            there("ip", "addr", "add", target + "/32", "dev", name)
            self.addCleanup(there, "ip", "addr", "del", target + "/32", "dev", name)
        for network in ("198.18.10.0/24", "198.18.11.0/24"):
            there("ip", "route", "add", network, "via", "198.18.1.5", "dev", "w1")
            self.addCleanup(there, "ip", "route", "del", network)
        wanted = {target: self.kernels_source(target) for target in targets}
        with self.network.arrived("v1", "w1") as arrived:
            result = self.scan("-n", "-G", "-P", "standard", "-p", ASKED, "-u", "none", *targets)
        self.assertEqual(result.ports, {(t, p) for t in targets for p in OPEN})
        sent = {(dst, (src, name)) for name in arrived for src, dst, kind in arrived[name] if kind == "syn"}
        self.assertEqual(sent, set(wanted.items()))

    def test_a_next_hop_that_is_down(self):
        hops = ("nexthop", "via", "198.18.0.1", "dev", "v0", "nexthop", "via", "198.18.1.1", "dev", "w0")
        self.addCleanup(self.both_up)
        chosen, ways = self.two_ways(("route", "add", "default", *hops), (*self.W6, "7"),
                                     ("link", "set", "v0", "down"))
        self.assertEqual({*chosen.values()}, {"w1"})
        self.assertEqual(ways, {t: {"w1"} for t in self.TARGETS})

    def both_up(self):
        sh("ip", "link", "set", "v0", "up")
        sh("ip", "-6", "addr", "replace", "2001:db8::5/64", "dev", "v0", "nodad")
        for prefix in ("198.18.4.0/24", "198.18.7.0/24", "198.18.8.0/24"):
            sh("ip", "route", "replace", prefix, "via", "198.18.0.1")
        for prefix in ("2001:db8:4::/120", "2001:db8:7::/120"):
            sh("ip", "-6", "route", "replace", prefix, "via", "2001:db8::1")

    def test_an_interface_that_comes_back(self):
        self.addCleanup(self.both_up)
        run = self.slow()
        sh("ip", "link", "set", "v0", "down")
        _, err = run.communicate(timeout=60)
        self.assertEqual(run.returncode, 6, err)
        self.both_up()
        self.exact(self.scan("-n", "-P", "thorough", "-p", ASKED, "198.18.4.0/24"))

    # ---- who is not asked -------------------------------------------------------------------

    def test_network_and_broadcast_addresses(self):
        with self.network.arrived("v1") as arrived:
            for transmit in ("packet", "connect"):
                self.scan("-T", transmit, "-n", "-P", "thorough", "-p", "22", "-u", "none", "198.18.0.0/30",
                          "198.18.0.8/30", "198.18.0.252/30")
        asked = {dst for src, dst, _ in arrived["v1"] if src == "198.18.0.5"}
        self.assertIn("198.18.0.9", asked)
        self.assertEqual(asked & {"198.18.0.0", "198.18.0.255", "255.255.255.255"}, set())

    def test_neither_hops_nor_redirects_out_of_scope(self):
        """The router on the way is met and told, a page points elsewhere: both are out of scope."""
        with self.network.arrived("v1", "w1") as arrived:
            result = self.scan("-g", "198.18.7.0/24", "-P", "standard", "-p", "80", "198.18.7.3", grant=False)
        hops = {(o["ttl"], o["peer"]) for o in result.lines if o.get("kind") == "hop"}
        self.assertEqual(hops, {(1, "198.18.0.1"), (2, "198.18.7.3")})
        page = next(o for o in result.lines if o.get("kind") == "service")
        self.assertIn("302", str(page))
        asked = {dst for name in arrived for src, dst, _ in arrived[name] if src.startswith("198.18.0.5")}
        self.assertEqual(asked, {"198.18.7.3"})
        self.assertEqual(arrived["w1"], [])

    def test_icmp_redirects(self):
        """A router says that another way is better: the campaign goes on by its routes. It says so when some
        addresses have answered, and the campaign has not ended when the kernel has heard all of it."""
        with self.network.arrived("v1", "w1") as arrived:
            run = self.start("-v", "-n", "-P", "thorough", "-r", "400", "-p", ASKED, "198.18.4.0/24")
            self.addCleanup(run.kill)
            for line in run.stderr:
                if "found 0" not in line:
                    break
            heard = redirects_heard()
            redirect = self.network.python(self.network.target, REDIRECT)
            self.assertEqual(redirect.wait(timeout=60), 0)
            redirect.stdout.close()
            while redirects_heard() < heard + 256:
                self.assertIsNone(run.poll())
                time.sleep(0.01)
            self.assertIsNone(run.poll())
            out, err = run.communicate(timeout=240)
        self.assertEqual(run.returncode, 0, err)
        self.exact(Result(out))
        probed = {dst for _, dst, kind in arrived["w1"] if kind == "echo"}
        self.assertEqual(probed, set())


if __name__ == "__main__":
    enter_namespaces()
    del sys.argv[1]
    unittest.main()
