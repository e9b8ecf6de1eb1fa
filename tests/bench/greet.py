# SPDX-License-Identifier: Apache-2.0
"""Greetings side by side: open ports are found, connected to, and what their servers say is read.
The namespaces are those of scan.py. Servers of FTP, SSH, SMTP and POP3 speak first at every
address of a prefix (banners.c), each banner ending with address and port, so that one that was
read in part is told from a whole one.

"Last banner after" is the time from the first packet on the wire until the last banner left its
server: nobody's start or fixed wait is in it. The whole run is given beside it. masscan speaks TCP
by itself, from an address that is nobody's, so that no kernel resets its connections; how long it
waits for banners is set by hand."""
import base64
import contextlib
import json
import os
import subprocess

import inventory
import kernel
import report
import scan

PREFIX, ADDRESSES = "198.19.0.0/21", 2048
PORTS = (21, 22, 25, 110, 587)
SOURCE = "198.18.1.1"  # of masscan's packets; no machine has it
WAIT = 5  # seconds for which masscan goes on reading
ALIKE = 0.9  # of our banners: who reads fewer is not compared with, for it does other work
RATES = (scan.FULL, 20_000, 1000)  # masscan's, all its packets counted; only slowly it loses none


def responder(program):
    """Our servers, built beside the program."""
    return os.path.join(os.path.dirname(os.path.dirname(program)), "tests/bench/bench_banners")


def banner_end(addr, port):
    return f"end-{addr}-{port}-"


class Servers:
    def __init__(self, wire, program):
        self.wire, self.program = wire, program
        self.banners, self.last = 0, None
        self.ports = PORTS

    @contextlib.contextmanager
    def serving(self):
        kernel.ip(self.wire.far, [f"route add local {PREFIX} dev lo"])
        try:
            with kernel.inside(self.wire.far):
                process = subprocess.Popen([self.program, *map(str, self.ports)], text=True,
                                           stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            process.stdout.readline()
            yield
            out, _ = process.communicate()
            banners, last = out.split()
            self.banners, self.last = int(banners), float(last)
        finally:
            kernel.ip(self.wire.far, [f"route del local {PREFIX} dev lo"])


class Masscan(scan.Masscan):
    def __init__(self, work, rate):
        super().__init__(work)
        self.rate = rate
        self.name = f"masscan, {'full rate' if rate == scan.FULL else report.rate(rate)}"

    def words(self, _work=None):
        return [self.program, PREFIX, "-p", ",".join(map(str, PORTS)), "--rate", str(self.rate),
                "--banners", "--wait", str(WAIT), "-e", scan.CABLE, "--source-ip", SOURCE,
                "--adapter-mac", scan.NEAR_MAC, "--router-mac", scan.FAR_MAC, "-oL", self.out]

    def read(self):
        found, whole = set(), set()
        with open(self.out, encoding="utf-8", errors="replace") as file:
            for line in file:
                words = line.split(" ", 6)
                if words[0] == "open":
                    found.add((words[3], int(words[2])))
                elif words[0] == "banner" and banner_end(words[3], words[2]) in line:
                    whole.add((words[3], int(words[2])))
        return found, whole


class Cadastre:
    name = "cadastre"

    def __init__(self, work, register):
        self.program, self.out = register.program, os.path.join(work, "bundle")
        self.env = register.env
        scan.Cadastre.grant(register)

    def words(self, _work=None):
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self.out)
        return [self.program, "-q", "--realm", "bench", "scan", "--profile", "thorough",
                "--ports", ",".join(map(str, PORTS)), "--udp", "none", "--no-trace", "--rate",
                str(scan.FULL), "--bundle", self.out, PREFIX]

    def read(self):
        found, whole = set(), set()
        with open(self.out, encoding="utf-8") as file:
            for line in file:
                row = json.loads(line)
                place = row.get("addr"), row.get("port")
                if row.get("kind") == "port":
                    found.add(place)
                elif row.get("kind") == "service" and \
                        banner_end(*place).encode() in base64.b64decode(row.get("raw", "")):
                    whole.add(place)
        return found, whole


class Tries:
    def __init__(self):
        self.found, self.whole, self.served, self.took, self.cpu = [], [], [], [], []

    def take(self, tool, run, servers, sampler):
        if not run.ok:
            return
        found, whole = tool.read()
        self.found.append(len(found))
        self.whole.append(len(whole))
        self.took.append(run.seconds)
        self.cpu.append(run.cpu)
        if servers.banners and sampler.first:
            self.served.append(servers.last - sampler.first)


def measure(wire, servers, there, runs):
    """All tools in turns, so that what else goes on here meets all of them."""
    tries = {tool.name: Tries() for tool in there}
    for _ in range(runs):
        for tool in there:
            with servers.serving(), scan.Sampler(wire) as sampler:
                run = scan.run_tool(wire, tool, tool.words())
            tries[tool.name].take(tool, run, servers, sampler)
    return tries


def ratio(ours, theirs, what):
    if not theirs.whole or report.median(theirs.whole) < ALIKE * report.median(ours.whole or [0]):
        return "-"
    return report.ratio(getattr(ours, what), getattr(theirs, what), False)


def show(tries, runs):
    truth = ADDRESSES * len(PORTS)
    report.heading(f"Greetings, {truth:,} open ports", runs)
    ours = next(iter(tries.values()))
    print(report.table(
        ["tool", "found", "whole banners", "last banner after", "whole run", "CPU",
         "cadastre: times faster", "whole run"],
        [[name, report.spread(t.found, lambda v: f"{v:,.0f}"),
          report.spread(t.whole, lambda v: f"{v:,.0f}"), report.spread(t.served, report.seconds),
          report.spread(t.took, report.seconds), report.spread(t.cpu, report.seconds),
          ratio(ours, t, "served"), ratio(ours, t, "took")]
         for name, t in tries.items()]), flush=True)


def bench(work, program, runs):
    """Returns a reason if it could not be done at all."""
    if not program or not os.access(responder(program), os.X_OK):
        return "greetings: cadastre and its bench_banners are not built"
    try:
        wire = scan.Wire()
        kernel.sysctl(wire.far, {"net.core.somaxconn": 65535})
        kernel.ip(wire.far, [
            f"route add {SOURCE}/32 dev {scan.CABLE}",
            f"neigh replace {SOURCE} lladdr {scan.NEAR_MAC} dev {scan.CABLE} nud permanent"])
    except (OSError, kernel.Refused) as error:
        return f"cannot make namespaces here: {error}"
    register = inventory.Register(work, program)
    heartbeat = scan.Heartbeat(wire)
    heartbeat.start()
    try:
        with register.running():
            there = [Cadastre(work, register)]
            with contextlib.suppress(OSError):
                there += [Masscan(work, rate) for rate in RATES]
            show(measure(wire, Servers(wire, responder(program)), there, runs), runs)
    except OSError as error:
        return str(error)
    finally:
        heartbeat.ending.set()
        heartbeat.join()
    return None
