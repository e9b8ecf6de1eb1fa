# SPDX-License-Identifier: Apache-2.0
"""Scanners side by side: packets per second into a sink, and whole scans with the share of the
truth that was found. Two network namespaces and a cable between them, addresses of 198.18.0.0/15
only, no way out. The kernel of the far one answers for a whole prefix (AnyIP), with SYN cookies,
so that it forgets nothing and nobody's answer is dropped for want of room.

Each tool finds out the same: which addresses have the port open. "Last answer" is the time from
the first packet on the wire to the last answer, so that nobody's start or fixed wait counts; the
whole run is given beside it. cadastre goes on to trace and to greet what it found, on the same
wire, so its last answer is taken from its own observations."""
import contextlib
import datetime
import json
import os
import pathlib
import resource
import socket
import subprocess
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "lab"))
import inventory  # noqa: E402
import kernel  # noqa: E402
import report  # noqa: E402

NEAR, FAR = "198.18.0.1", "198.18.0.2"
NEAR_MAC, FAR_MAC = "02:00:00:00:00:01", "02:00:00:00:00:02"
PREFIX, PREFIX_SIZE = "198.19.0.0/16", 65536
CABLE = "bench"
PORT = 80
FULL = 10_000_000
RATES = ((FULL, "full rate"), (100_000, "100 k/s"), (20_000, "20 k/s"))
SINK_PORTS = 16
SAMPLE_SECONDS = 0.005
TOOL_SECONDS = 120

ANSWERER = """
import select, socket, sys
sock = socket.create_server(("", {port}), backlog=4096)
sock.setblocking(False)
print("ready", flush=True)
while True:
    ready, _, _ = select.select([sock, sys.stdin], [], [])
    if sys.stdin in ready:
        break
    try:
        while True:
            sock.accept()[0].close()
    except OSError:
        pass
"""


class Wire:
    """The two namespaces."""

    def __init__(self):
        self.near, self.far = kernel.new_net(), kernel.new_net()
        kernel.sysctl(self.near, {"net.ipv6.conf.default.disable_ipv6": 1})
        kernel.sysctl(self.far, {"net.ipv6.conf.default.disable_ipv6": 1,
                                 "net.ipv4.tcp_syncookies": 2,
                                 "net.ipv4.conf.default.rp_filter": 0,
                                 "net.ipv4.conf.all.rp_filter": 0})
        kernel.ip(self.near, [
            f"link add name {CABLE} address {NEAR_MAC} type veth peer name {CABLE} "
            f"address {FAR_MAC} netns /proc/self/fd/{self.far}",
            f"addr add {NEAR}/30 dev {CABLE}", f"link set dev {CABLE} up", "link set dev lo up",
            f"route add {PREFIX} via {FAR}",
            f"neigh replace {FAR} lladdr {FAR_MAC} dev {CABLE} nud permanent"], (self.far,))
        kernel.ip(self.far, [
            f"addr add {FAR}/30 dev {CABLE}", f"link set dev {CABLE} up", "link set dev lo up",
            f"neigh replace {NEAR} lladdr {NEAR_MAC} dev {CABLE} nud permanent"])

    @contextlib.contextmanager
    def answering(self):
        kernel.ip(self.far, [f"route add local {PREFIX} dev lo"])
        with kernel.inside(self.far):
            process = subprocess.Popen(
                [sys.executable, "-I", "-S", "-c", ANSWERER.format(port=PORT)],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        try:
            process.stdout.readline()
            yield
        finally:
            process.stdin.close()
            process.stdout.close()
            process.wait()
            kernel.ip(self.far, [f"route del local {PREFIX} dev lo"])


class Heartbeat(threading.Thread):
    """A frame of nobody's (IEEE 802 local experimental) to the near end, ten times a second.
    Debian's masscan waits in the capture for one more packet before it sees that it is done,
    and on a silent wire it would wait for ever."""

    FRAME = bytes.fromhex((NEAR_MAC + FAR_MAC).replace(":", "") + "88b5") + bytes(46)

    def __init__(self, wire):
        super().__init__(daemon=True)
        self.wire, self.ending = wire, threading.Event()

    def run(self):
        kernel.setns(self.wire.far, kernel.NEWNET)
        with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as sock:
            sock.bind((CABLE, 0))
            while not self.ending.wait(0.1):
                sock.send(self.FRAME)


class Sampler(threading.Thread):
    """Counts what the far end receives and sends, and when the first and the last of it came
    by. The heartbeat is taken off: fewer than one packet in two samples is silence."""

    RECEIVED, SENT = 1, 9  # columns of proc(5) net/dev

    def __init__(self, wire):
        super().__init__(daemon=True)
        self.wire, self.ending = wire, threading.Event()
        self.first = self.last = self.last_sent = None
        self.packets = self.sent = 0

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.ending.set()
        self.join()

    def run(self):
        kernel.setns(self.wire.far, kernel.NEWNET)
        base = self.read()
        while not self.ending.wait(SAMPLE_SECONDS):
            self.look(base)
        self.look(base)

    def look(self, base):
        received, sent = (now - then for now, then in zip(self.read(), base))
        now = time.time()
        if received > self.packets:
            self.first = self.first or now
            self.packets, self.last = received, now
        if sent > self.sent + 1:
            self.last_sent = now
        self.sent = sent

    @classmethod
    def read(cls):
        with open("/proc/thread-self/net/dev", encoding="ascii") as file:
            line = next(line for line in file if line.strip().startswith(CABLE))
        columns = line.split(":")[1].split()
        return int(columns[cls.RECEIVED]), int(columns[cls.SENT])

    def rate(self):
        took = self.last - self.first if self.first else 0
        return self.packets / took if took > 0 else 0


class Run:
    """One call of one tool."""

    def __init__(self, wire, words, env=None):
        before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
        try:
            with kernel.inside(wire.near):
                self.process = subprocess.run(
                    words, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                    timeout=TOOL_SECONDS, check=False, env=env)
        except subprocess.TimeoutExpired:
            self.process = subprocess.CompletedProcess(
                words, -1, "", f"stopped after {TOOL_SECONDS} s")
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        self.seconds = time.monotonic() - began
        self.cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        self.said = (self.process.stderr + self.process.stdout).strip()
        self.ok = self.process.returncode == 0


class Masscan:
    name = "masscan"

    def __init__(self, work):
        self.program, self.out = kernel.program("masscan"), os.path.join(work, "masscan")

    def words(self, rate, ports):
        return [self.program, PREFIX, "-p", f"1-{ports}" if ports > 1 else str(PORT),
                "--rate", str(rate), "--wait", "1", "-e", CABLE, "--adapter-ip", NEAR,
                "--adapter-mac", NEAR_MAC, "--router-mac", FAR_MAC, "-oL", self.out]

    def found(self, sampler):
        try:
            with open(self.out, encoding="ascii") as file:
                found = {line.split()[3] for line in file if line.startswith("open ")}
        except FileNotFoundError:
            found = set()
        return len(found), sampler.last_sent


class Zmap:
    name = "zmap"

    def __init__(self, work):
        self.program, self.out = kernel.program("zmap"), os.path.join(work, "zmap")
        self.config, self.block = os.path.join(work, "zmap.conf"), os.path.join(work, "block")
        for path in (self.config, self.block):
            with open(path, "w", encoding="ascii"):
                pass

    def words(self, rate, ports):
        """It asks for one port; into the sink, that many times."""
        return [self.program, "-C", self.config, "-b", self.block, "-p", str(PORT), "-P",
                str(ports), "-r", str(rate), "-c", "1", "-i", CABLE, "-S", NEAR, "-G", FAR_MAC,
                "--source-mac", NEAR_MAC, "-v", "1", "-o", self.out, PREFIX]

    def found(self, sampler):
        try:
            with open(self.out, encoding="ascii") as file:
                found = {line.strip() for line in file if line[:1].isdigit()}
        except FileNotFoundError:
            found = set()
        return len(found), sampler.last_sent


class Cadastre:
    name = "cadastre"

    def __init__(self, work, register):
        self.program, self.out = register.program, os.path.join(work, "bundle")
        self.env = register.env
        register.call("scope", "grant", "--cidr", PREFIX, "--authoriser", "bench", "--basis",
                      "bench", "--profile", "thorough", "--until", "2099-01-01T00:00:00Z")

    def words(self, rate, ports):
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self.out)
        return [self.program, "-q", "--realm", "bench", "scan", "--profile", "thorough",
                "--ports", f"1-{ports}" if ports > 1 else str(PORT), "--udp", "none", "--rate",
                str(rate), "--bundle", self.out, PREFIX]

    def found(self, _sampler):
        found, last = set(), None
        with open(self.out, encoding="utf-8") as file:
            for line in file:
                if '"kind":"port"' in line and '"method":"syn"' in line:
                    row = json.loads(line)
                    found.add(row["addr"])
                    last = max(last or 0, when(row["time"]))
        return len(found), last


def when(text):
    """Seconds since 1970 of RFC 3339 text in UTC."""
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def tools(work, register):
    there, missing = [], []
    makers = [("masscan", lambda: Masscan(work)), ("zmap", lambda: Zmap(work))]
    if register:
        makers.insert(0, ("cadastre", lambda: Cadastre(work, register)))
    for name, make in makers:
        try:
            there.append(make())
        except OSError as error:
            missing.append(f"{name}: {error}")
    return there, missing


def run_tool(wire, tool, rate, ports):
    run = Run(wire, tool.words(rate, ports), getattr(tool, "env", None))
    if not run.ok:
        print(f"{tool.name} ended with {run.process.returncode}: {run.said[-300:]}",
              file=sys.stderr)
    return run


def sink(wire, there, runs):
    """Packets per second that arrive, and CPU time for each."""
    report.heading(f"Sending into a sink, {PREFIX_SIZE * SINK_PORTS:,} SYN frames", runs)
    rates, cpus = {t.name: [] for t in there}, {t.name: [] for t in there}
    for _ in range(runs):
        for tool in there:
            with Sampler(wire) as sampler:
                run = run_tool(wire, tool, FULL, SINK_PORTS)
            if run.ok and sampler.packets:
                rates[tool.name].append(sampler.rate())
                cpus[tool.name].append(run.cpu / sampler.packets)
    ours = there[0].name
    print(report.table(
        ["sender", "packets/s", "CPU per packet", f"{ours} / it"],
        [[t.name, report.spread(rates[t.name], report.rate),
          report.spread(cpus[t.name], lambda v: f"{v * 1e9:.0f} ns"),
          report.ratio(rates[ours], rates[t.name], True)] for t in there]), flush=True)


def whole(wire, there, runs):
    """Whole scans of one port: time, and share of the truth in the tool's own output."""
    report.heading(f"Whole scans, {PREFIX_SIZE:,} addresses x 1 port, all answer", runs)
    rows, ours = [], there[0].name
    with wire.answering():
        for rate, title in RATES:
            took, found = {t.name: [] for t in there}, {t.name: [] for t in there}
            known = {t.name: [] for t in there}
            for _ in range(runs):
                for tool in there:
                    with Sampler(wire) as sampler:
                        run = run_tool(wire, tool, rate, 1)
                    if not run.ok:
                        continue
                    number, last = tool.found(sampler)
                    took[tool.name].append(run.seconds)
                    if last and sampler.first:
                        known[tool.name].append(last - sampler.first)
                    found[tool.name].append(number / PREFIX_SIZE)
            rows += [[title, t.name, report.spread(found[t.name], report.share),
                      report.spread(known[t.name], report.seconds),
                      report.spread(took[t.name], report.seconds),
                      report.ratio(known[ours], known[t.name], False)] for t in there]
    print(report.table(["work", "tool", "found", "last answer after", "whole run",
                        f"{ours}: times faster"], rows), flush=True)


def measure(work, register, runs):
    try:
        wire = Wire()
    except (OSError, kernel.Refused) as error:
        return f"cannot make namespaces here: {error}"
    there, missing = tools(work, register)
    for text in missing:
        print(f"left out: {text}", file=sys.stderr)
    if not there:
        return "no tool to measure"
    heartbeat = Heartbeat(wire)
    heartbeat.start()
    sink(wire, there, runs)
    whole(wire, there, runs)
    heartbeat.ending.set()
    heartbeat.join()
    return None


def bench(work, program, runs):
    """Returns a reason if it could not be done at all. The register runs all the while, so that
    its start counts for nobody."""
    if not program:
        return measure(work, None, runs)
    register = inventory.Register(work, program)
    try:
        with register.running():
            return measure(work, register, runs)
    except OSError as error:
        return str(error)
