# SPDX-License-Identifier: Apache-2.0
"""Scanners side by side: packets per second into a sink, and whole scans with the share of the
truth that was found. Two network namespaces and a cable between them, addresses of 198.18.0.0/15
only, no way out. The kernel of the far one answers for a whole prefix (AnyIP), with SYN cookies,
so that it forgets nothing and nobody's answer is dropped for want of room.

Each tool finds out the same: which ports of which addresses are open. "Last answer" is the time
from the first packet on the wire to the last answer, so that nobody's start or fixed wait counts;
the whole run is given beside it. cadastre looks neither for routers nor at what the ports say, as
the peers do. With losses, the far end drops that share of what arrives (nftables, at random), and
the packets that were sent are told in terms of a scan that loses nothing; beside them stands the loss
that cadastre itself takes there to be. The floor is a bare loop of sendmmsg(2) (floor.c)."""
import contextlib
import dataclasses
import datetime
import ipaddress
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
PORT = 80  # the first of those that are open
FULL = 10_000_000
SINK_PORTS = 16
TRANSMITS = ("packet", "af-xdp", "xdp-live")
KERNEL_HEADERS = "/usr/include/" + os.uname().machine + "-linux-gnu"
SAMPLE_SECONDS = 0.005
TOOL_SECONDS = 120

ANSWERER = """
import select, socket, sys
first, n = map(int, sys.argv[1:])
socks = [socket.create_server(("", first + i), backlog=4096) for i in range(n)]
for sock in socks:
    sock.setblocking(False)
print("ready", flush=True)
while True:
    ready, _, _ = select.select([*socks, sys.stdin], [], [])
    if sys.stdin in ready:
        break
    for sock in ready:
        try:
            while True:
                sock.accept()[0].close()
        except OSError:
            pass
"""


@dataclasses.dataclass
class Work:
    """What a tool is asked to do; all addresses answer at all of the ports."""
    title: str
    prefix: str = PREFIX
    addresses: int = PREFIX_SIZE
    ports: int = 1
    rate: int = FULL
    lost: int = 0  # of a hundred frames so many are dropped at the far end
    wait: bool = True  # peers wait one second after the last packet, and not as long as they would

    @property
    def truth(self):
        return self.addresses * self.ports

    @property
    def last_port(self):
        return PORT + self.ports - 1


WORKS = (
    Work("65,536 x 1, full rate"), Work("65,536 x 1, 100 k/s", rate=100_000),
    Work("65,536 x 1, 20 k/s", rate=20_000), Work("65,536 x 20, full rate", ports=20),
    Work("4,096 x 100, full rate", "198.19.0.0/20", 4096, 100),
    Work("65,536 x 1, 6 % lost, full rate", lost=6),
    Work("65,536 x 1, full rate, peers wait as they do", wait=False))


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
    def sinking(self, work):
        """The far end drops what arrives as early as it can, by XDP, so that the senders are
        compared and not the sink; it also lets the cable take XDP frames."""
        program = os.path.join(work, "sink.o")
        source = pathlib.Path(__file__).with_name("sink.bpf.c")
        subprocess.run([kernel.program("clang"), "-target", "bpf", "-O2", "-g", "-ffreestanding",
                        "-idirafter", KERNEL_HEADERS, "-c", source, "-o", program], check=True)
        kernel.ip(self.far, [f"link set dev {CABLE} xdpdrv obj {program} sec xdp"])
        try:
            yield
        finally:
            kernel.ip(self.far, [f"link set dev {CABLE} xdpdrv off"])

    def lose(self, percent):
        """Drops so many of a hundred frames that arrive at the far end, at random."""
        kernel.nft(self.far, [
            "table inet bench {", "chain loss {", "type filter hook prerouting priority -300",
            f"iifname {CABLE} numgen random mod 100 < {percent} drop", "}", "}",
        ] if percent else ["delete table inet bench"])

    @contextlib.contextmanager
    def answering(self, work):
        kernel.ip(self.far, [f"route add local {PREFIX} dev lo"])
        with kernel.inside(self.far):
            process = subprocess.Popen(
                [sys.executable, "-I", "-S", "-c", ANSWERER, str(PORT), str(work.ports)],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        try:
            process.stdout.readline()
            if work.lost:
                self.lose(work.lost)
            yield
        finally:
            if work.lost:
                self.lose(0)
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


class Watcher(threading.Thread):
    """Looks on while something else runs."""

    def __init__(self):
        super().__init__(daemon=True)
        self.ending = threading.Event()

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.ending.set()
        self.join()


class Sampler(Watcher):
    """Counts what the far end receives and sends, and when the first and the last of it came
    by. The heartbeat is taken off: fewer than one packet in two samples is silence. The rate is
    that of the samples in which anything came: nobody's waits for answers are in it."""

    RECEIVED, SENT = 1, 9  # columns of proc(5) net/dev

    def __init__(self, wire, enough=None):
        super().__init__()
        self.wire = wire
        self.first = self.last = self.last_sent = None
        self.packets = self.sent = 0
        self.busy, self.looked = 0.0, time.time()
        self.enough = enough  # after so many packets the rate is known, and nothing more counts
        self.pid = self.cpu = self.begin = None

    def run(self):
        kernel.setns(self.wire.far, kernel.NEWNET)
        base = self.read()
        while not self.ending.wait(SAMPLE_SECONDS):
            self.look(base)
        self.look(base)

    def look(self, base):
        received, sent = (now - then for now, then in zip(self.read(), base))
        now = time.time()
        if received > self.packets and self.cpu is None:
            self.busy += now - self.looked
            self.first = self.first or now
            self.packets, self.last = received, now
            if self.enough and self.pid and not self.begin and received > 1:
                self.begin = cpu_of(self.pid), received
            elif self.begin and received >= self.enough:
                self.cpu = (cpu_of(self.pid) - self.begin[0]) / (received - self.begin[1])
        if sent > self.sent + 1:
            self.last_sent = now
        self.sent, self.looked = sent, now

    @classmethod
    def read(cls):
        with open("/proc/thread-self/net/dev", encoding="ascii") as file:
            line = next(line for line in file if line.strip().startswith(CABLE))
        columns = line.split(":")[1].split()
        return int(columns[cls.RECEIVED]), int(columns[cls.SENT])

    def rate(self):
        return self.packets / self.busy if self.busy > 0 else 0


def cpu_of(pid):
    """Seconds on a processor of a process, its threads and its children that are there."""
    total = 0
    with contextlib.suppress(OSError):
        for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
            with contextlib.suppress(OSError):
                total += int((task / "schedstat").read_text().split()[0]) / 1e9
                total += sum(cpu_of(child) for child in (task / "children").read_text().split())
    return total


class Run:
    """One call of one tool."""

    def __init__(self, wire, words, env=None, sampler=None, most=TOOL_SECONDS):
        before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
        with kernel.inside(wire.near), subprocess.Popen(
                words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                text=True, env=env) as process:
            if sampler:
                sampler.pid = process.pid
            try:
                out, err = process.communicate(timeout=most)
            except subprocess.TimeoutExpired:
                process.kill()
                out, err = "", f"stopped after {most} s"
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        self.code = process.returncode
        self.seconds = time.monotonic() - began
        self.cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        self.said = (err + out).strip()
        self.ok = self.code == 0


class Masscan:
    name = "masscan"

    def __init__(self, work):
        self.program, self.out = kernel.program("masscan"), os.path.join(work, "masscan")

    def words(self, work):
        return [self.program, work.prefix, "-p", f"{PORT}-{work.last_port}", "--rate",
                str(work.rate), *(["--wait", "1"] if work.wait else []), "-e", CABLE, "--adapter-ip", NEAR,
                "--adapter-mac", NEAR_MAC, "--router-mac", FAR_MAC, "-oL", self.out]

    def found(self, sampler):
        try:
            with open(self.out, encoding="ascii") as file:
                found = {tuple(line.split()[2:4]) for line in file if line.startswith("open ")}
        except FileNotFoundError:
            found = set()
        return len(found), sampler.last_sent


class Floor:
    """No scanner, but what none that sends by packet socket goes below: only into the sink."""
    name = "bare sendmmsg loop"

    def __init__(self, program):
        self.program = str(pathlib.Path(program).resolve().parent.parent / "tests/bench/bench_floor")
        os.stat(self.program)

    def words(self, work):
        return [self.program, CABLE, NEAR_MAC, FAR_MAC, NEAR, work.prefix.split("/", maxsplit=1)[0],
                str(work.addresses), str(PORT), str(work.ports)]


class Zmap:
    name = "zmap"
    most_ports = 20  # it starts and waits for each, which is all that more would measure

    def __init__(self, work):
        self.program, self.out = kernel.program("zmap"), os.path.join(work, "zmap")
        self.config, self.block = os.path.join(work, "zmap.conf"), os.path.join(work, "block")
        for path in (self.config, self.block):
            with open(path, "w", encoding="ascii"):
                pass

    def words(self, work, sink=False):
        """It asks for one port: into the sink, many times; else it is called for each."""
        words = [self.program, "-C", self.config, "-b", self.block, "-P",
                 str(work.ports if sink else 1), "-r", str(work.rate),
                 *(["-c", "1"] if work.wait else []), "-i", CABLE,
                 "-S", NEAR, "-G", FAR_MAC, "--source-mac", NEAR_MAC, "-v", "1", work.prefix]
        for port in range(PORT, PORT + 100):
            with contextlib.suppress(FileNotFoundError):
                os.unlink(f"{self.out}.{port}")
        if sink or work.ports == 1:
            return [*words, "-p", str(PORT), "-o", f"{self.out}.{PORT}"]
        ports = " ".join(map(str, range(PORT, work.last_port + 1)))
        return ["sh", "-ec", f'for p in {ports}; do "$@" -p $p -o "$0".$p; done', self.out,
                *words]

    def found(self, sampler):
        found = 0
        for path in pathlib.Path(self.out).parent.glob("zmap.[0-9]*"):
            found += len({line for line in path.read_text("ascii").split() if line[0].isdigit()})
        return found, sampler.last_sent


class Cadastre:
    def __init__(self, work, register, transmit="packet"):
        self.name = "cadastre" if transmit == "packet" else f"cadastre, {transmit}"
        self.transmit = transmit
        self.program, self.out = register.program, os.path.join(work, "bundle")
        self.env = register.env
        self.invented, self.lost = 0, None  # of the last bundle read
        if transmit == "packet":
            self.grant(register)

    @staticmethod
    def grant(register):
        register.call("scope", "grant", "--cidr", PREFIX, "--authoriser", "bench", "--basis",
                      "bench", "--profile", "thorough", "--until", "2099-01-01T00:00:00Z")

    def words(self, work):
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self.out)
        return [self.program, "-q", "--realm", "bench", "scan", "--profile", "thorough",
                "--ports", f"{PORT}-{work.last_port}", "--udp", "none", "--no-trace",
                "--no-greeting", "--rate", str(work.rate), "--transmit", self.transmit,
                "--bundle", self.out, work.prefix]

    def found(self, _sampler, work=None):
        """Of a work, what is not of it is invented."""
        network = ipaddress.ip_network(work.prefix) if work else None
        found, last, line = set(), None, "{}"
        with open(self.out, encoding="utf-8") as file:
            for line in file:
                if '"kind":"port"' in line and '"method":"syn"' in line:
                    row = json.loads(line)
                    found.add((row["addr"], row["port"]))
                    last = max(last or 0, when(row["time"]))
        true = {(addr, port) for addr, port in found if not work or (
            ipaddress.ip_address(addr) in network and PORT <= port <= work.last_port)}
        self.invented = len(found) - len(true)
        self.lost = json.loads(line).get("counters", {}).get("lost_permille")
        return len(true), last


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


def run_tool(wire, tool, words, sampler=None):
    run = Run(wire, words, getattr(tool, "env", None), sampler)
    if not run.ok:
        print(f"{tool.name} ended with {run.code}: {run.said[-300:]}", file=sys.stderr)
    return run


def sink(wire, there, runs):
    """Packets per second that arrive, up to the last frame of a first pass, and CPU time for
    each of them. What a tool does afterwards does not count."""
    work = Work("sink", PREFIX, PREFIX_SIZE, SINK_PORTS)
    frames = work.truth
    report.heading(f"Sending into a sink, {frames:,} SYN frames", runs)
    rates, cpus = {t.name: [] for t in there}, {t.name: [] for t in there}
    for _ in range(runs):
        for tool in there:
            with Sampler(wire, frames * 99 // 100) as sampler:
                words = tool.words(work, True) if tool.name == "zmap" else tool.words(work)
                run = run_tool(wire, tool, words, sampler)
            if run.ok and sampler.cpu:
                rates[tool.name].append(sampler.rate())
                cpus[tool.name].append(sampler.cpu)
    ours = there[0].name
    floor = rates.get(Floor.name)
    if floor and rates[ours]:
        share = report.median(rates[ours]) / report.median(floor)
        print(f"{ours} sends {share:.2f} of what a bare sendmmsg loop sends.\n")
    print(report.table(
        ["sender", "packets/s", "CPU per packet", f"{ours} / it"],
        [[t.name, report.spread(rates[t.name], report.rate),
          report.spread(cpus[t.name], lambda v: f"{v * 1e9:.0f} ns"),
          report.ratio(rates[ours], rates[t.name], True)] for t in there]), flush=True)


def senders(there, register, work):
    """All ways of sending beside the peers, ours first."""
    if not register:
        return there
    floor = []
    try:
        floor.append(Floor(register.program))
    except OSError as error:
        print(f"left out: the floor: {error}", file=sys.stderr)
    return [*there[:1], *(Cadastre(work, register, t) for t in TRANSMITS[1:]), *there[1:], *floor]


class Tries:
    """What the runs of one tool at one work gave."""

    def __init__(self):
        self.took, self.known, self.found, self.packets, self.lost = [], [], [], [], []
        self.invented = 0

    def take(self, work, tool, run, sampler):
        if not run.ok:
            return
        if isinstance(tool, Cadastre):
            number, last = tool.found(sampler, work)
            self.lost += [tool.lost / 1000] if tool.lost is not None else []
            self.invented += tool.invented
        else:
            number, last = tool.found(sampler)
        self.took.append(run.seconds)
        self.found.append(number / work.truth)
        self.packets.append(sampler.packets / work.truth)
        if last and sampler.first:
            self.known.append(last - sampler.first)


def percent(value):
    return f"{100 * value:.1f} %"


def repeat(wire, ours, times):
    """Our whole scans again and again: whether each finds all, and only what is there."""
    report.heading("Whole scans in a row, all answer", times)
    rows = []
    for work in (w for w in WORKS if w.rate == FULL and w.wait):
        tries = Tries()
        with wire.answering(work):
            for _ in range(times):
                with Sampler(wire) as sampler:
                    run = run_tool(wire, ours, ours.words(work))
                tries.take(work, ours, run, sampler)
        if tries.found:
            rows.append([work.title, f"{tries.found.count(1)} of {times}",
                         f"{round((1 - min(tries.found)) * work.truth):,} of {work.truth:,}",
                         f"{tries.invented:,}", report.spread(tries.packets, lambda v: f"{v:.2f}"),
                         report.spread(tries.lost, percent), report.spread(tries.took, report.seconds)])
    print(report.table(["work", "runs that found all", "missed by the worst", "invented, in all",
                        "packets for each question", "loss, by its own estimate", "whole run"], rows),
          flush=True)


def whole(wire, there, runs):
    """Whole scans: time, packets, and share of the truth in the tool's own output."""
    report.heading("Whole scans, all answer", runs)
    rows, ours = [], there[0].name
    for work in WORKS:
        tries = {t.name: Tries() for t in there}
        with wire.answering(work):
            for _ in range(runs):
                for tool in there:
                    if work.ports > getattr(tool, "most_ports", work.ports):
                        continue
                    with Sampler(wire) as sampler:
                        run = run_tool(wire, tool, tool.words(work))
                    tries[tool.name].take(work, tool, run, sampler)
        rows += [[work.title, name, report.spread(t.found, report.share),
                  report.spread(t.packets, lambda v: f"{v:.2f}"), report.spread(t.lost, percent),
                  report.spread(t.known, report.seconds), report.spread(t.took, report.seconds),
                  report.ratio(tries[ours].took, t.took, False)]
                 for name, t in tries.items() if t.found]
    print(report.table(["work", "tool", "found", "packets for each question",
                        "loss, by its own estimate", "last answer after", "whole run", f"{ours}: times faster"], rows),
          flush=True)


def measure(work, register, runs, times):
    try:
        wire = Wire()
    except (OSError, kernel.Refused) as error:
        return f"cannot make namespaces here: {error}"
    there, missing = tools(work, register)
    for text in missing:
        print(f"left out: {text}", file=sys.stderr)
    if not there:
        return "no tool to measure"
    if times:
        if not register:
            return "cadastre is not built"
        repeat(wire, there[0], times)
        return None
    heartbeat = Heartbeat(wire)
    heartbeat.start()
    try:
        with wire.sinking(work):
            sink(wire, senders(there, register, work), runs)
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"left out: the sink: {error}", file=sys.stderr)
    whole(wire, there, runs)
    heartbeat.ending.set()
    heartbeat.join()
    return None


def bench(work, program, runs, times=0):
    """Returns a reason if it could not be done at all. The register runs all the while, so that
    its start counts for nobody. `times`: only cadastre, so many times in a row."""
    if not program:
        return measure(work, None, runs, times)
    register = inventory.Register(work, program)
    try:
        with register.running():
            return measure(work, register, runs, times)
    except OSError as error:
        return str(error)
