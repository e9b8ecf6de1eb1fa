#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes the captures of the cases: every byte is written here, the same ones each time.

    make.py DIRECTORY

Addresses are of 198.18.0.0/15 and 2001:db8::/32, MACs are locally administered.
"""
import gzip
import ipaddress
import pathlib
import struct
import sys

START = 1_750_000_000_000_000  # microseconds: 2025-06-15T15:06:40Z


def mac(n):
    return b"\xff" * 6 if n == 0xffff else bytes([2, 0, 0, 0, n >> 8, n & 255])


def ip(text):
    return ipaddress.ip_address(text).packed


def checksum(data):
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def ether(src, dst, ethertype, payload, vlans=()):
    tags = b"".join(struct.pack(">HH", 0x8100, v) for v in vlans)
    return mac(dst) + mac(src) + tags + struct.pack(">H", ethertype) + payload


def ipv4(src, dst, protocol, payload, ttl=64, ident=1):
    head = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(payload), ident, 0x4000, ttl, protocol, 0)
    head += ip(src) + ip(dst)
    return head[:10] + struct.pack(">H", checksum(head)) + head[12:] + payload


def ipv6(src, dst, protocol, payload, hops=64):
    return struct.pack(">IHBB", 0x60000000, len(payload), protocol, hops) + ip(src) + ip(dst) + payload


def packet(src, dst, protocol, payload, ttl=64):
    return (ipv6 if ":" in src else ipv4)(src, dst, protocol, payload, ttl)


def tcp_header(sport, dport, flags, seq, ack, payload=b"", options=b""):
    return struct.pack(">HHIIBBHHH", sport, dport, seq & 0xffffffff, ack & 0xffffffff,
                       (20 + len(options)) // 4 << 4, flags, 64240, 0, 0) + options + payload


def udp_header(sport, dport, payload):
    return struct.pack(">HHHH", sport, dport, 8 + len(payload), 0) + payload


class End:
    """One end of a conversation."""

    def __init__(self, address, port, station, ttl=64):
        self.address, self.port, self.station, self.ttl = address, port, station, ttl


class Capture:
    """Frames and their times."""

    def __init__(self, vlans=()):
        self.frames, self.now, self.vlans = [], START, vlans

    def add(self, frame, step=1000, original=None):
        self.now += step
        self.frames.append((self.now, frame, original or len(frame)))

    def ip(self, src, dst, protocol, payload):
        body = packet(src.address, dst.address, protocol, payload, src.ttl)
        self.add(ether(src.station, dst.station, 0x86dd if ":" in src.address else 0x0800, body,
                       self.vlans))

    def udp(self, src, dst, payload):
        self.ip(src, dst, 17, udp_header(src.port, dst.port, payload))

    def tcp(self, client, server, answers, asks=None):
        """A whole connection; answers and asks alternate, the client first if it asks."""
        cseq, sseq = 1000, 900000
        mss = b"\x02\x04\x05\xb4"
        self.ip(client, server, 6, tcp_header(client.port, server.port, 2, cseq, 0, options=mss))
        self.ip(server, client, 6, tcp_header(server.port, client.port, 18, sseq, cseq + 1, options=mss))
        cseq, sseq = cseq + 1, sseq + 1
        self.ip(client, server, 6, tcp_header(client.port, server.port, 16, cseq, sseq))
        for i, answer in enumerate(answers):
            if asks:
                self.ip(client, server, 6, tcp_header(client.port, server.port, 24, cseq, sseq, asks[i]))
                cseq += len(asks[i])
            self.ip(server, client, 6, tcp_header(server.port, client.port, 24, sseq, cseq, answer))
            sseq += len(answer)
        self.ip(client, server, 6, tcp_header(client.port, server.port, 17, cseq, sseq))
        self.ip(server, client, 6, tcp_header(server.port, client.port, 17, sseq, cseq + 1))

    def arp(self, src, target, operation=1):
        body = struct.pack(">HHBBH", 1, 0x0800, 6, 4, operation) + mac(src.station) + ip(src.address)
        body += mac(0 if operation == 1 else target.station) + ip(target.address)
        self.add(ether(src.station, 0xffff if operation == 1 else target.station, 0x0806, body, self.vlans))

    def pcap(self, link=1):
        out = struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 262144, link)
        for when, frame, original in self.frames:
            out += struct.pack("<IIII", when // 1000000, when % 1000000, len(frame), original) + frame
        return out

    def pcapng(self, link=1):
        def block(kind, body):
            body += b"\0" * (-len(body) % 4)
            return struct.pack("<II", kind, len(body) + 12) + body + struct.pack("<I", len(body) + 12)
        out = block(0x0a0d0d0a, struct.pack("<IHHq", 0x1a2b3c4d, 1, 0, -1))
        out += block(1, struct.pack("<HHI", link, 0, 262144))
        out += block(0x0bad, b"an unknown block")
        for when, frame, original in self.frames:
            out += block(6, struct.pack("<IIIII", 0, when >> 32, when & 0xffffffff, len(frame), original) + frame)
        return out


def name(text):
    return b"".join(bytes([len(l)]) + l.encode() for l in text.split(".")) + b"\0"


def question(text, kind):
    return name(text) + struct.pack(">HH", kind, 1)


def record(owner, kind, data, ttl=120):
    return owner + struct.pack(">HHIH", kind, 1, ttl, len(data)) + data


def dns(ident, questions=(), answers=(), flags=0x8180):
    return struct.pack(">HHHHHH", ident, flags, len(questions), len(answers), 0, 0) + \
        b"".join(questions) + b"".join(answers)


def option(code, data):
    return bytes([code, len(data)]) + data


def dhcp(op, client, yours, options):
    return struct.pack(">BBBBIHH", op, 1, 6, 0, 0x1234, 0, 0) + bytes(4) + ip(yours) + bytes(8) + \
        mac(client) + bytes(10 + 192) + b"\x63\x82\x53\x63" + b"".join(options) + b"\xff"


def tlv(kind, data):
    return struct.pack(">H", kind << 9 | len(data)) + data


def lldp(chassis, port, system, address=None, vlan=None):
    out = tlv(1, b"\x04" + mac(chassis)) + tlv(2, b"\x05" + port) + tlv(3, b"\0\x78")
    out += tlv(5, system) + tlv(6, b"Example switch software 1.2") + tlv(7, struct.pack(">HH", 0x14, 0x04))
    if address:
        out += tlv(8, b"\x05\x01" + ip(address) + b"\x02" + bytes(4) + b"\0")
    if vlan:
        out += tlv(127, b"\x00\x80\xc2\x01" + struct.pack(">H", vlan))
    return out + b"\0\0"


SSH = b"SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3\r\n"
HTTP = b"HTTP/1.1 200 OK\r\nServer: nginx/1.22.1\r\nContent-Type: text/html\r\nContent-Length: 35\r\n\r\n" \
    b"<html><title>Dispatch</title></html"
GET = b"GET / HTTP/1.1\r\nHost: dispatch\r\n\r\n"


def office(vlans=()):
    """A client finds its way: lease, ARP, name, web page, remote shell."""
    c = Capture(vlans)
    nobody, everybody = End("0.0.0.0", 68, 0x21), End("255.255.255.255", 67, 0xffff)
    granter, leased = End("198.18.1.1", 67, 0x01), End("198.18.1.50", 68, 0x21)
    client = End("198.18.1.50", 40001, 0x21, 128)
    resolver, web, shell = End("198.18.1.53", 53, 0x53), End("198.18.1.80", 80, 0x80), End("198.18.1.22", 22, 0x22)
    c.udp(nobody, everybody, dhcp(1, 0x21, "0.0.0.0", [option(53, b"\x03"), option(12, b"desk-21"),
          option(60, b"MSFT 5.0"), option(61, b"\x01" + mac(0x21)), option(55, bytes([1, 3, 6, 15]))]))
    c.udp(granter, leased, dhcp(2, 0x21, "198.18.1.50", [option(53, b"\x05"), option(54, ip("198.18.1.1")),
          option(1, ip("255.255.255.0")), option(3, ip("198.18.1.254")), option(15, b"grid.example")]))
    c.arp(client, resolver)
    c.arp(resolver, client, 2)
    c.udp(client, resolver, dns(7, [question("www.grid.example", 1)], flags=0x0100))
    c.udp(resolver, client, dns(7, [question("www.grid.example", 1)], [
        record(b"\xc0\x0c", 5, name("web1.grid.example")),
        record(name("web1.grid.example"), 1, ip("198.18.1.80")),
        record(name("elsewhere.example"), 1, ip("198.19.255.1"))]))
    c.tcp(client, web, [HTTP], [GET])
    client.port += 1
    c.tcp(client, shell, [SSH])
    return c


def ipv6_link():
    """A router announces itself, a neighbour answers, a connection has extension headers."""
    c = Capture()

    def icmp6(src, dst, station, kind, body, hops=255):
        c.add(ether(station, 0x3333, 0x86dd, ipv6(src, dst, 58, bytes([kind, 0, 0, 0]) + body, hops)))

    prefix = struct.pack(">BBBBIII", 3, 4, 64, 0xc0, 86400, 14400, 0) + ip("2001:db8:1::")
    icmp6("fe80::1", "ff02::1", 0x01, 134, bytes([64, 0, 7, 8]) + bytes(8) + b"\1\1" + mac(1) + prefix)
    icmp6("2001:db8:1::10", "ff02::1:ff00:22", 0x10, 135, bytes(4) + ip("2001:db8:1::22") + b"\1\1" + mac(0x10))
    icmp6("2001:db8:1::22", "2001:db8:1::10", 0x22, 136, b"\x60\0\0\0" + ip("2001:db8:1::22") + b"\2\1" + mac(0x22))
    icmp6("2001:db8:1::66", "ff02::1", 0x66, 136, b"\x20\0\0\0" + ip("2001:db8:1::22") + b"\2\1" + mac(0x66), 254)
    client, server = End("2001:db8:1::10", 40001, 0x10), End("2001:db8:1::22", 22, 0x22)
    c.tcp(client, server, [SSH])
    extended = struct.pack(">BB6x", 60, 0) + struct.pack(">BB6x", 6, 0) + \
        tcp_header(80, 40002, 18, 1, 2)
    c.add(ether(0x22, 0x10, 0x86dd, ipv6("2001:db8:1::22", "2001:db8:1::10", 0, extended)))
    return c


def neighbours():
    """Two stations on one cable; one of them speaks CDP too."""
    c = Capture()
    c.add(ether(0x31, 0x000e, 0x88cc, lldp(0x30, b"Gi1/0/1", b"sw-core", "198.18.9.1", 100)))
    c.add(ether(0x41, 0x000e, 0x88cc, lldp(0x40, b"ge-0/0/2", b"sw-substation")))
    c.arp(End("198.18.9.2", 0, 0x41), End("198.18.9.1", 0, 0x31))
    cdp = b"\x02\xb4\0\0"
    for kind, value in ((1, b"sw-core"), (3, b"Gi1/0/1"), (4, b"\0\0\0\x28"), (5, b"Example OS 12"),
                        (6, b"example C1"), (2, struct.pack(">IBBBH", 1, 1, 1, 0xcc, 4) + ip("198.18.9.1"))):
        cdp += struct.pack(">HH", kind, 4 + len(value)) + value
    body = b"\xaa\xaa\x03\x00\x00\x0c\x20\x00" + cdp
    c.add(mac(0xcccc) + mac(0x31) + struct.pack(">H", len(body)) + body + bytes(4))
    return c


def dcp(frame, service, kind, *blocks):
    body = b"".join(struct.pack(">HH", code, len(value)) + value + bytes(len(value) % 2) for code, value in blocks)
    return struct.pack(">HBBIHH", frame, service, kind, 7, 1, len(body)) + body


def mms(pdu):
    """A message in its presentation, session and transport."""
    values = b"\2\1\3\xa0" + bytes([len(pdu)]) + pdu
    data = b"\1\0\1\0\x61" + bytes([len(values) + 2]) + b"\x30" + bytes([len(values)]) + values
    return struct.pack(">BBHBBB", 3, 0, len(data) + 7, 2, 0xf0, 0x80) + data


def substation():
    """Control protocols: identification where somebody asks for it, ordinary traffic elsewhere."""
    c = Capture()
    master = End("198.18.3.10", 41000, 0x10)

    def talk(address, port, station, asks, answers):
        master.port += 1
        c.tcp(master, End(address, port, station), answers, asks)

    objects = b"".join(bytes([i, len(v)]) + v for i, v in enumerate((b"Example Works", b"RTU-7", b"V2.1")))
    ident = bytes([1, 0x2b, 0x0e, 1, 1, 0, 0, 3]) + objects
    registers = bytes([1, 3, 4, 0, 1, 0, 2])
    talk("198.18.3.21", 502, 0x21,
         [struct.pack(">HHH", 1, 0, 6) + b"\1\3\0\0\0\2", struct.pack(">HHH", 2, 0, 5) + b"\1\x2b\x0e\1\0"],
         [struct.pack(">HHH", 1, 0, len(registers)) + registers, struct.pack(">HHH", 2, 0, len(ident)) + ident])
    talk("198.18.3.22", 2404, 0x22, [b"\x68\x04\x43\0\0\0"], [b"\x68\x04\x83\0\0\0"])
    talk("198.18.3.23", 20000, 0x23, [bytes.fromhex("056405c901000300753e")], [bytes.fromhex("0564050b0300010086a9")])
    talk("198.18.3.24", 44818, 0x24, [bytes.fromhex("650004000000000000000000000000000000000000000000 01000000")],
         [bytes.fromhex("650004007856341200000000000000000000000000000000 01000000")])
    station, listener = End("198.18.3.25", 47808, 0x25), End("198.18.3.255", 47808, 0xffff)
    c.udp(station, listener, bytes.fromhex("810b0015 0120ffff00ff 10 00 c40200000a 2201e0 9100 21 0a".replace(" ", "")))
    c.arp(End("198.18.3.26", 0, 0x26), End("198.18.3.10", 0, 0x10))
    fields = ((0x80, b"IED26/LLN0$GO$trip"), (0x81, b"\x0a"), (0x82, b"IED26/LLN0$DS1"), (0x83, b"trip"))
    pdu = b"".join(bytes([tag, len(value)]) + value for tag, value in fields)
    c.add(ether(0x26, 0x0101, 0x88b8, struct.pack(">HHI", 3, 10 + len(pdu), 0) + bytes([0x61, len(pdu)]) + pdu))
    unit = b"".join(bytes([tag, len(value)]) + value for tag, value in (
        (0x80, b"MU0101"), (0x82, b"\x0f\xa0"), (0x83, b"\0\0\0\1"), (0x85, b"\2"), (0x87, bytes(64))))
    units = bytes([0x30, len(unit)]) + unit
    pdu = b"\x80\1\1" + bytes([0xa2, len(units)]) + units
    c.add(ether(0x27, 0x0104, 0x88ba, struct.pack(">HHI", 0x4000, 10 + len(pdu), 0) + bytes([0x60, len(pdu)]) + pdu))
    # PROFINET: a controller asks for a station by its name, which answers; another has no address
    c.add(ether(0x10, 0xcf, 0x8892, dcp(0xfefe, 5, 0, (0x0202, b"pump-7"))))
    c.add(ether(0x28, 0x10, 0x8892, dcp(0xfeff, 5, 1, (0x0201, b"\0\0ET 200SP"), (0x0202, b"\0\0pump-7"),
        (0x0203, b"\0\0\0\x2a\3\x13"), (0x0204, b"\0\0\1\0"),
        (0x0102, b"\0\1" + ip("198.18.3.28") + b"\xff\xff\0\0" + ip("198.18.3.1")))))
    c.add(ether(0x29, 0x10, 0x8892, dcp(0xfefc, 6, 0, (0x0202, b"\0\0valve-1"), (0x0203, b"\0\0\0\xb0\0\1"))))
    c.add(ether(0x28, 0x10, 0x8892, b"\xc0\2" + bytes(40)))  # values of the process: not read
    # MMS: the association, then identify
    talk("198.18.3.29", 102, 0x2a, [bytes.fromhex("0300001611e00000000100c0010ac1020001c2020001"), b"\3\0\0\x07\2\xf0\x80",
                                    bytes.fromhex("0300001b02f08001000100610e300c020103a007a0050201018200")],
         [bytes.fromhex("0300001611d00001000200c0010ac1020001c2020001"),
          bytes.fromhex("0300001002f0800e07") + bytes.fromhex("060528ca220203"),
          mms(b"\xa1\x1b\2\1\1\xa2\x16\x80\5Lanhe\x81\7Bay 4/1\x82\x042.10")])
    return c


def names():
    """What hosts say of themselves to everybody."""
    c = Capture()
    printer, mdns = End("198.18.4.9", 5353, 0x09, 255), End("224.0.0.251", 5353, 0xfb)
    c.udp(printer, mdns, dns(0, [], [
        record(name("printer-9.local"), 1, ip("198.18.4.9")),
        record(name("Front Desk._ipp._tcp.local"), 33, struct.pack(">HHH", 0, 0, 631) + name("printer-9.local")),
        record(name("Front Desk._device-info._tcp.local"), 16, b"\x0amodel=P900")], flags=0x8400))
    pc, asker = End("198.18.4.20", 137, 0x20, 128), End("198.18.4.30", 137, 0x30, 128)
    table = b"\2" + b"PC-20".ljust(15) + b"\0\x04\0" + b"GRID".ljust(15) + b"\0\x84\0" + mac(0x20) + bytes(40)
    star = bytes([32]) + b"CK" + b"A" * 30 + b"\0"
    c.udp(pc, asker, dns(9, [], [record(star, 33, table)], flags=0x8400))
    pc.port, asker.port = 5355, 50123
    c.udp(pc, asker, dns(11, [question("pc-20", 1)], [record(name("pc-20"), 1, ip("198.18.4.20"))], flags=0x8000))
    c.udp(asker, End("198.18.4.53", 53, 0x53), dns(12, [question("20.4.18.198.in-addr.arpa", 12)], flags=0x0100))
    c.udp(End("198.18.4.53", 53, 0x53), asker, dns(12, [question("20.4.18.198.in-addr.arpa", 12)], [
        record(b"\xc0\x0c", 12, name("pc-20.grid.example"))]))
    return c


def router():
    """Hosts behind a router, whose MAC is none of theirs; a scan that opens nothing."""
    c = Capture()
    gateway, inside = End("198.18.5.1", 0, 0x01), End("198.18.5.10", 50000, 0x10)
    c.arp(gateway, inside)
    for i in range(1, 5):
        far = End(f"198.19.0.{i}", 443, 0x01, 50 + i)
        inside.port += 1
        c.ip(inside, far, 6, tcp_header(inside.port, 443, 2, 1, 0))
        c.ip(far, inside, 6, tcp_header(443, inside.port, 18 if i < 3 else 20, 7, 2))
    c.ip(End("224.0.0.5", 0, 0x01), inside, 89, b"never a source")
    c.ip(End("127.0.0.1", 0, 0x10), inside, 1, b"\x08\0\0\0\0\0\0\0")
    return c


def hostile():
    """Lengths that lie, names that loop, elements past the end, escapes in every text."""
    c = Capture()
    bad, victim = End("198.18.6.6", 53, 0x66), End("198.18.6.1", 40000, 0x01)
    head = struct.pack(">HHHHHH", 1, 0x8180, 0, 1, 0, 0)
    c.udp(bad, victim, head + b"\xc0\x0c\0\1\0\1\0\0\0\0\0\4" + ip("198.18.6.6"))          # points at itself
    c.udp(bad, victim, head + b"\x01a\xc0\x0c\0\1\0\1\0\0\0\0\0\4" + ip("198.18.6.6"))      # grows by a loop
    c.udp(bad, victim, head + b"\x3fshort")
    c.udp(bad, victim, head + b"\0\0\1\0\1\0\0\0\0\xff\xff" + ip("198.18.6.6"))             # data past the end
    c.udp(bad, victim, struct.pack(">HHHHHH", 1, 0x8180, 65535, 65535, 65535, 65535))
    c.add(ether(0x66, 0x000e, 0x88cc, b"\x02\xff\x04" + mac(0x66)))
    c.add(ether(0x66, 0x000e, 0x88cc, lldp(0x66, b"\x1b[31m\0\xe2\x80\xae", b"\x1b]0;owned\x07<script>", "198.18.6.6")))
    c.add(ether(0x66, 0x01, 0x0800, b"\x45\0\0\x10" + bytes(16)))                           # total below header
    c.add(ether(0x66, 0x01, 0x0800, b"\x4f\0\0\x3c" + bytes(20)))                           # options past the end
    c.add(ether(0x66, 0x01, 0x0800, ipv4("198.18.6.6", "198.18.6.1", 6, tcp_header(1, 2, 16, 0, 0)[:12] + b"\xf0\x10" + bytes(6))))
    c.add(ether(0x66, 0x01, 0x0800, ipv4("198.18.6.6", "198.18.6.1", 17, struct.pack(">HHHH", 53, 1, 60000, 0))))
    c.add(ether(0x66, 0x01, 0x86dd, ipv6("2001:db8:6::6", "2001:db8:6::1", 60, bytes([60, 0] + [0] * 6) * 40)))
    c.add(ether(0x66, 0x01, 0x8100, b"\0\1\x81\0"))
    c.add(mac(0x66)[:5])
    c.udp(End("198.18.6.6", 67, 0x66), End("198.18.6.1", 68, 0x01), dhcp(2, 0x01, "198.18.6.1", [b"\x0c\xff"])[:-1])
    c.tcp(End("198.18.6.1", 40001, 0x01), End("198.18.6.6", 22, 0x66), [b"SSH-2.0-\x1b[2J\0\xff<img src=x>\r\n"])
    return c


def raw_packets():
    """IP without a link layer: there is no MAC to tell."""
    c = Capture()
    for frame in office().frames:
        if frame[1][12:14] == b"\x08\x00":
            c.frames.append((frame[0], frame[1][14:], frame[2] - 14))
    return c


def cooked():
    c = Capture()
    for when, frame, original in office().frames:
        head = struct.pack(">HHH", 0, 1, 6) + frame[6:12] + b"\0\0" + frame[12:14]
        c.frames.append((when, head + frame[14:], original + 2))
    return c


def stacks():
    """Who opens connections and accepts them, by SYN and SYN-ACK: a server, two stations, and a gateway
    with two machines behind it; repetitions, a tool's probes, and connections that are refused."""
    c = Capture()
    linux = b"\x02\x04\x05\xb4\x04\x02\x08\x0a\0\0\0\x07\0\0\0\0\x01\x03\x03\x07"
    panes = b"\x02\x04\x05\xb4\x01\x03\x03\x08\x01\x01\x04\x02"
    mss = b"\x02\x04\x05\xb4"
    server = End("198.18.7.1", 443, 0x01)

    def syn(client, options, ttl):
        client.ttl, client.port = ttl, client.port + 1
        c.ip(client, server, 6, tcp_header(client.port, server.port, 2, 7000, 0, options=options))

    def accept(client, options):
        c.ip(server, client, 6, tcp_header(server.port, client.port, 18, 9000, 7001, options=options))

    one, two, gateway = End("198.18.7.11", 40000, 0x11), End("198.18.7.12", 40000, 0x12), \
        End("198.18.7.254", 40000, 0xfe)
    syn(one, mss, 64)  # as a port scan does
    accept(one, mss)
    for _ in range(2):
        syn(one, linux, 64)
        accept(one, linux)
        syn(two, panes, 128)
        accept(two, linux[:10] + b"\x01\x01\x04\x02")
    syn(gateway, panes, 127)
    c.ip(server, gateway, 6, tcp_header(server.port, gateway.port, 20, 0, 7001))
    syn(gateway, linux, 63)
    return c


def main():
    out = pathlib.Path(sys.argv[1])
    out.mkdir(parents=True, exist_ok=True)
    whole = office().pcap()
    files = {
        "office.pcap": whole,
        "office.pcap.gz": gzip.compress(whole, mtime=0),
        "office.pcapng": office().pcapng(),
        "office-vlan.pcap": office((100,)).pcap(),
        "office-qinq.pcap": office((200, 100)).pcap(),
        "office-cut.pcap": whole[:-30],
        "office-cut.pcap.gz": gzip.compress(whole, mtime=0)[:-200],
        "office-raw.pcap": raw_packets().pcap(101),
        "office-cooked.pcap": cooked().pcap(113),
        "ipv6.pcap": ipv6_link().pcap(),
        "neighbours.pcapng": neighbours().pcapng(),
        "substation.pcap": substation().pcap(),
        "names.pcap": names().pcap(),
        "router.pcap": router().pcap(),
        "stacks.pcap": stacks().pcap(),
        "hostile.pcap": hostile().pcap(),
        "unknown-link.pcap": office().pcap(147),
        "no-capture.pcap": b"this is no capture\n",
    }
    for file, data in files.items():
        (out / file).write_bytes(data)


main()
