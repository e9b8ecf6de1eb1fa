# SPDX-License-Identifier: Apache-2.0
"""responder.py KIND PORT [KEY=VALUE...]: answers for devices that no package can stand in for.

Each kind answers identification requests, correctly framed, and nothing else. References:
IEC 60870-5-104; RFC 1006 and S7 communication as the field knows it; IEEE 1815 (DNP3);
ASHRAE 135 (BACnet/IP, annex J); ODVA CIP volume 2 (EtherNet/IP); RFC 5321, 959, 854; PJL.
"""
import selectors
import socket
import struct
import sys
import time

CONNECTIONS_MAX = 64
IDLE_SECONDS = 30
BUFFER_MAX = 8192


class Stream:
    """A kind on TCP. `greeting` is sent at once; `take` gets all bytes so far and returns how
    many it used and what to answer. (0, b"") waits for more; None closes."""

    greeting = b""

    def __init__(self, options):
        self.options = options

    def take(self, data):
        raise NotImplementedError


class Iec104(Stream):
    CONFIRM = {0x43: 0x83, 0x07: 0x0b, 0x13: 0x23}

    def take(self, data):
        if len(data) < 2:
            return 0, b""
        if data[0] != 0x68:
            return None
        size = data[1] + 2
        if len(data) < size:
            return 0, b""
        confirm = self.CONFIRM.get(data[2]) if size == 6 else None
        return size, bytes([0x68, 4, confirm, 0, 0, 0]) if confirm else b""


class S7(Stream):
    def take(self, data):
        if len(data) < 4:
            return 0, b""
        size = struct.unpack(">H", data[2:4])[0]
        if data[0] != 3 or size < 7 or size > 1024:
            return None
        if len(data) < size:
            return 0, b""
        frame = data[4:size]
        if frame[1] == 0xe0:
            return size, self.tpkt(frame[:1] + b"\xd0" + frame[4:6] + b"\x00\x44" + frame[6:])
        if frame[1] == 0x80:
            return None
        if frame[1] == 0xf0 and frame[3:4] == b"\x32":
            return size, self.s7(frame[3:])
        return size, b""

    @staticmethod
    def tpkt(payload):
        return struct.pack(">BBH", 3, 0, len(payload) + 4) + payload

    def s7(self, pdu):
        if len(pdu) < 12:
            return b""
        kind, reference = pdu[1], pdu[4:6]
        if kind == 1 and pdu[10] == 0xf0:
            body = (b"\x32\x03\0\0" + reference + b"\0\x08\0\0\0\0"
                    + b"\xf0\0\0\x01\0\x01\0\xf0")
            return self.tpkt(b"\x02\xf0\x80" + body)
        if kind == 7 and pdu[10:18] == bytes.fromhex("0001120411440100") and len(pdu) >= 26:
            return self.tpkt(b"\x02\xf0\x80" + self.szl(reference, pdu[22:24], pdu[24:26]))
        return b""

    def szl(self, reference, identity, index):
        option = self.options.get
        if identity == b"\0\x11":
            size, items = 28, []
            firmware = [int(n) for n in option("firmware", "1.0.0").split(".")]
            order = option("order", "").ljust(20).encode()[:20]
            for number, version in ((1, b"\0\x01\0\0"), (6, b"\0\x01\0\0"),
                                    (7, bytes([0x56] + firmware))):
                items.append(struct.pack(">H", number) + order + b"\0\xc0" + version)
        elif identity == b"\0\x1c":
            size, texts = 34, {1: "station", 2: "module", 3: "plant", 5: "serial", 7: "module"}
            items = [struct.pack(">H", number) + option(key, "").encode()[:32].ljust(32, b"\0")
                     for number, key in texts.items()]
        else:
            return (b"\x32\x07\0\0" + reference + b"\0\x0c\0\x04"
                    + bytes.fromhex("000112081284010100000000") + b"\x0a\0\0\0")
        data = (identity + index + struct.pack(">HH", size, len(items)) + b"".join(items))
        return (b"\x32\x07\0\0" + reference + struct.pack(">HH", 12, len(data) + 4)
                + bytes.fromhex("000112081284010100000000")
                + b"\xff\x09" + struct.pack(">H", len(data)) + data)


def dnp3_crc(data):
    crc = 0
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ 0xa6bc if crc & 1 else crc >> 1
    return struct.pack("<H", ~crc & 0xffff)


class Dnp3(Stream):
    def take(self, data):
        if len(data) < 10:
            return 0, b""
        if data[:2] != b"\x05\x64" or dnp3_crc(data[:8]) != data[8:10]:
            return None
        address = int(self.options.get("address", "1"))
        user = data[2] - 5
        size = 10 + user + (user + 15) // 16 * 2
        if len(data) < size:
            return 0, b""
        destination, source = struct.unpack("<HH", data[4:8])
        if data[3] & 0x4f != 0x49 or destination != address:
            return size, b""
        head = struct.pack("<BBBBHH", 5, 0x64, 5, 0x0b, source, address)
        return size, head + dnp3_crc(head)


class Enip(Stream):
    def take(self, data):
        if len(data) < 24:
            return 0, b""
        size = 24 + struct.unpack("<H", data[2:4])[0]
        if size > 600:
            return None
        if len(data) < size:
            return 0, b""
        return size, self.reply(data[:size])

    def datagram(self, data):
        return self.reply(data) if len(data) >= 24 else b""

    def reply(self, data):
        command = struct.unpack("<H", data[:2])[0]
        if command == 0x63:
            body, session = self.identity(), b"\0\0\0\0"
        elif command == 0x65 and len(data) >= 28:
            body, session = data[24:28], b"\x01\0\x02\0"
        elif command == 0x66:
            return b""
        else:
            return data[:2] + b"\0\0" + data[4:8] + b"\x01\0\0\0" + data[12:24]
        return data[:2] + struct.pack("<H", len(body)) + session + b"\0\0\0\0" + data[12:24] + body

    def identity(self):
        option = self.options.get
        major, minor = (int(n) for n in option("revision", "1.1").split("."))
        product = option("product", "").encode()[:32]
        item = struct.pack("<H", 1) + struct.pack(">HHI8x", 2, 44818, 0)
        item += struct.pack("<HHHBBHI", int(option("vendor-id", "1")), int(option("type", "14")),
                            int(option("code", "1")), major, minor, 0x60,
                            int(option("serial", "1"), 0))
        item += bytes([len(product)]) + product + b"\x03"
        return struct.pack("<HHH", 1, 0x0c, len(item)) + item


class Bacnet:
    TEXTS = {121: "vendor", 70: "model", 44: "firmware", 12: "firmware", 77: "name", 58: "location"}
    NO_PROPERTY = b"\x91\x02\x91\x20"

    def __init__(self, options):
        self.options = options
        self.object = struct.pack(">I", 8 << 22 | int(options.get("instance", "1")))

    def datagram(self, data):
        if len(data) < 8 or data[0] != 0x81 or data[1] not in (0x0a, 0x0b):
            return b""
        at = 6
        if data[4] != 1 or data[5] & 0x80:
            return b""
        if data[5] & 0x20:
            at += 4 + data[at + 2]
        apdu = data[at:]
        if apdu[:2] == b"\x10\x08":
            return self.wrap(b"\x10\0\xc4" + self.object + b"\x22\x05\xc4\x91\x03"
                             + b"\x21" + bytes([int(self.options.get("vendor-id", "1"))]))
        if len(apdu) < 10 or apdu[0] & 0xf0 or apdu[4] != 0x0c or not self.mine(apdu[5:9]):
            return b""
        if apdu[3] == 0x0c and apdu[9] == 0x19:
            value = self.value(apdu[10])
            if value is None:
                return self.wrap(b"\x50" + apdu[2:3] + b"\x0c" + self.NO_PROPERTY)
            return self.wrap(b"\x30" + apdu[2:3] + b"\x0c\x0c" + self.object + b"\x19"
                             + apdu[10:11] + b"\x3e" + value + b"\x3f")
        if apdu[3] == 0x0e and apdu[9] == 0x1e:
            return self.wrap(b"\x30" + apdu[2:3] + b"\x0e\x0c" + self.object
                             + b"\x1e" + self.several(apdu[10:]) + b"\x1f")
        return b""

    def mine(self, identifier):
        return identifier in (self.object, struct.pack(">I", 8 << 22 | 0x3fffff))

    def several(self, wanted):
        answer = b""
        while len(wanted) >= 2 and wanted[0] == 0x09:
            value = self.value(wanted[1])
            answer += b"\x29" + wanted[1:2]
            answer += b"\x4e" + value + b"\x4f" if value is not None else (
                b"\x5e" + self.NO_PROPERTY + b"\x5f")
            wanted = wanted[2:]
        return answer

    def value(self, number):
        if number == 75:
            return b"\xc4" + self.object
        if number == 120:
            return b"\x21" + bytes([int(self.options.get("vendor-id", "1"))])
        if number not in self.TEXTS:
            return None
        text = b"\0" + self.options.get(self.TEXTS[number], "").encode()
        return (bytes([0x70 | len(text)]) if len(text) < 5 else b"\x75" + bytes([len(text)])) + text

    @staticmethod
    def wrap(apdu):
        return struct.pack(">BBH", 0x81, 0x0a, len(apdu) + 6) + b"\x01\0" + apdu


class Lines(Stream):
    """Protocols of text lines: a greeting, then an answer by the first word."""

    answers, otherwise = {}, b""

    def __init__(self, options):
        super().__init__(options)
        self.greeting = options.get("banner", "").encode() + b"\r\n"

    def take(self, data):
        line, end, _ = data.partition(b"\n")
        if not end:
            return 0, b""
        words = line.upper().split()
        if words[:1] == [b"QUIT"]:
            return None
        return len(line) + 1, self.answers.get(words[0] if words else b"", self.otherwise)


class Smtp(Lines):
    answers = {b"EHLO": b"250-mail.lanhe.example\r\n250-PIPELINING\r\n250-SIZE 10240000\r\n"
                        b"250 8BITMIME\r\n",
               b"HELO": b"250 mail.lanhe.example\r\n", b"NOOP": b"250 2.0.0 Ok\r\n"}
    otherwise = b"502 5.5.2 Error: command not recognized\r\n"


class Ftp(Lines):
    answers = {b"USER": b"331 Please specify the password.\r\n", b"SYST": b"215 UNIX Type: L8\r\n",
               b"FEAT": b"211-Features:\r\n UTF8\r\n211 End\r\n"}
    otherwise = b"530 Please login with USER and PASS.\r\n"


class Telnet(Stream):
    def __init__(self, options):
        super().__init__(options)
        self.greeting = (b"\xff\xfd\x18\xff\xfb\x01\xff\xfb\x03\r\n"
                         + options.get("banner", "").encode() + b"\r\n\r\nlogin: ")

    def take(self, data):
        return len(data), b"Password: " if data.endswith(b"\n") else b""


class Jetdirect(Stream):
    def take(self, data):
        if b"@PJL INFO ID" not in data:
            return (0, b"") if len(data) < 512 else (len(data), b"")
        return len(data), b'@PJL INFO ID\r\n"' + self.options.get("id", "").encode() + b'"\r\n\x0c'


KINDS = {"iec104": Iec104, "s7": S7, "dnp3": Dnp3, "enip": Enip, "bacnet": Bacnet, "smtp": Smtp,
         "ftp": Ftp, "telnet": Telnet, "jetdirect": Jetdirect}


class Connection:
    def __init__(self, sock, kind):
        self.sock, self.kind, self.buffer, self.since = sock, kind, b"", time.monotonic()
        sock.settimeout(0)

    def send(self, data):
        if data:
            self.sock.send(data)

    def readable(self):
        """False when the connection is over."""
        try:
            data = self.sock.recv(4096)
            if not data:
                return False
            self.since = time.monotonic()
            self.buffer += data
            while self.buffer:
                taken = self.kind.take(self.buffer)
                if taken is None:
                    return False
                used, answer = taken
                self.send(answer)
                if not used:
                    break
                self.buffer = self.buffer[used:]
            return len(self.buffer) <= BUFFER_MAX
        except BlockingIOError:
            return True
        except OSError:
            return False


class Server:
    def __init__(self, kind, port, options):
        self.make = lambda: KINDS[kind](options)
        self.selector, self.connections = selectors.DefaultSelector(), set()
        if hasattr(KINDS[kind], "take"):
            listener = socket.create_server(("::", port), family=socket.AF_INET6,
                                            dualstack_ipv6=True, backlog=32)
            listener.setblocking(False)
            self.selector.register(listener, selectors.EVENT_READ, self.accept)
        if hasattr(KINDS[kind], "datagram"):
            family = socket.AF_INET if kind == "bacnet" else socket.AF_INET6
            sock = socket.socket(family, socket.SOCK_DGRAM)
            sock.bind(("" if family == socket.AF_INET else "::", port))
            self.selector.register(sock, selectors.EVENT_READ, self.datagram)
            self.packets = self.make()

    def accept(self, listener):
        sock, _ = listener.accept()
        if len(self.connections) >= CONNECTIONS_MAX:
            sock.close()
            return
        connection = Connection(sock, self.make())
        self.connections.add(connection)
        self.selector.register(sock, selectors.EVENT_READ, connection)
        try:
            connection.send(connection.kind.greeting)
        except OSError:
            self.close(connection)

    def datagram(self, sock):
        data, sender = sock.recvfrom(2048)
        try:
            answer = self.packets.datagram(data)
        except (IndexError, struct.error):
            answer = b""
        if answer:
            sock.sendto(answer, sender)

    def close(self, connection):
        self.connections.discard(connection)
        self.selector.unregister(connection.sock)
        connection.sock.close()

    def run(self):
        while True:
            for key, _ in self.selector.select(1 if self.connections else None):
                try:
                    if isinstance(key.data, Connection):
                        if not key.data.readable():
                            self.close(key.data)
                    else:
                        key.data(key.fileobj)
                except (OSError, IndexError, struct.error) as error:
                    print(f"responder: {error}", file=sys.stderr)
                    if isinstance(key.data, Connection):
                        self.close(key.data)
            oldest = time.monotonic() - IDLE_SECONDS
            for connection in [c for c in self.connections if c.since < oldest]:
                self.close(connection)


def main():
    kind, port = sys.argv[1], int(sys.argv[2])
    Server(kind, port, dict(word.split("=", 1) for word in sys.argv[3:])).run()


if __name__ == "__main__":
    main()
