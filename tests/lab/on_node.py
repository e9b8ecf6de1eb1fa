# SPDX-License-Identifier: Apache-2.0
"""What lab_test.py runs on a node: on_node.py WHAT, JSON in, JSON out."""
import asyncio
import json
import select
import socket
import struct
import sys
import time

TCP_LISTEN, UDP_UNCONNECTED = "0A", "07"
IP_RECVERR, ETH_P_LLDP = 11, 0x88cc


def listening(_):
    """Ports that are open, from proc(5), and whether anything outside has a route."""
    ports = set()
    for name, state in (("tcp", TCP_LISTEN), ("tcp6", TCP_LISTEN), ("udp", UDP_UNCONNECTED),
                        ("udp6", UDP_UNCONNECTED)):
        with open(f"/proc/net/{name}", encoding="ascii") as file:
            for line in file.readlines()[1:]:
                words = line.split()
                if words[3] == state:
                    ports.add((name[:3], int(words[1].rpartition(":")[2], 16)))
    outside = []
    for family, address in ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8:ffff::1")):
        with socket.socket(family, socket.SOCK_DGRAM) as sock:
            if sock.connect_ex((address, 9)) == 0:
                outside.append(address)
    return {"ports": sorted(ports), "outside": outside}


async def _connect(address, port, seconds):
    try:
        _, writer = await asyncio.wait_for(asyncio.open_connection(address, port), seconds)
        writer.close()
        return True
    except (OSError, asyncio.TimeoutError):
        return False


async def _connect_all(request):
    open_ = await asyncio.gather(*(_connect(a, p, request["seconds"])
                                   for a, p in request["endpoints"]))
    return [e for e, yes in zip(request["endpoints"], open_) if yes]


def connect(request):
    return asyncio.run(_connect_all(request))


# One harmless request for each UDP port of the lab: DNS (RFC 1035) for the root's servers, SNMPv3
# discovery (RFC 3414, 4), EtherNet/IP ListIdentity, BACnet ReadProperty of the object identifier.
UDP_REQUESTS = {
    53: "4c4801000001000000000000 00 0002 0001",
    161: "303a020103300f02024a69020300ffe30401040201030410300e0400020100020100040004000400"
         "3012040004 00a00c020237f00201000201003000",
    44818: "6300" + 22 * "00",
    47808: "810a001101040005010c0c023fffff194b",
}


def udp(request):
    """Which endpoints answer from the address that was asked."""
    waiting, answered = {}, []
    for address, port in request["endpoints"]:
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        sock = socket.socket(family, socket.SOCK_DGRAM)
        sock.connect((address, port))  # takes answers from there only
        sock.send(bytes.fromhex(UDP_REQUESTS[port]))
        waiting[sock] = [address, port]
    until = time.monotonic() + request["seconds"]
    while waiting and time.monotonic() < until:
        for sock in select.select(list(waiting), [], [], 0.5)[0]:
            endpoint = waiting.pop(sock)
            try:
                if sock.recv(2048):
                    answered.append(endpoint)
            except ConnectionRefusedError:
                pass
    return sorted(answered)


def hops(request):
    """Routers on the way to an address, by UDP with a growing TTL."""
    found = []
    for ttl in range(1, 9):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            sock.setsockopt(socket.IPPROTO_IP, IP_RECVERR, 1)
            sock.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, ttl)
            sock.sendto(b"", (request["address"], 33434))
            until = time.monotonic() + 5
            while time.monotonic() < until:
                try:
                    _, control, _, _ = sock.recvmsg(1, 512, socket.MSG_ERRQUEUE)
                except BlockingIOError:
                    time.sleep(0.005)
                    continue
                # struct sock_extended_err, then the offender's struct sockaddr_in
                data = control[0][2]
                kind, code = data[5], data[6]
                found.append([socket.inet_ntoa(data[20:24]), kind, code])
                break
            else:
                return found
        if (kind, code) != (11, 0):
            return found
    return found


def lldp(request):
    """System names heard by LLDP."""
    names = set()
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_LLDP)) as sock:
        sock.settimeout(1)
        until = time.monotonic() + request["seconds"]
        while time.monotonic() < until and not set(request["names"]) <= names:
            try:
                frame = sock.recv(2048)[14:]
            except TimeoutError:
                continue
            while len(frame) >= 2:
                head = struct.unpack(">H", frame[:2])[0]
                kind, size = head >> 9, head & 0x1ff
                if kind == 5:
                    names.add(frame[2:2 + size].decode(errors="replace"))
                frame = frame[2 + size:]
    return sorted(names)


print(json.dumps(globals()[sys.argv[1]](json.load(sys.stdin))))
