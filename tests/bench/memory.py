# SPDX-License-Identifier: Apache-2.0
"""How much memory a large campaign takes: alone, over a link that keeps nothing (a /8 where nobody
answers, a million addresses where everybody does), and as it really runs, every process of a scan
with its own peak, over the cable of the scan's bench. The kernel's capture ring is in the figures of
helper and worker, which share it: 16 MiB on each interface, 32 MiB with datagrams. So they are not
added up: what all have together is the greatest sum of their proportional shares.

Last, what greeting takes where every server is hostile: 4,096 of TLS that send nearly all of a certificate of
64 KiB, the most that is taken, and then nothing more, so that as many as may be are held at once; beside them as
many that send a banner."""
import contextlib
import json
import os
import pathlib
import subprocess

import greet
import inventory
import kernel
import report
import scan

ALONE = (("a /8 x 1 port, silent", "10.0.0.0/8", "silent"),
         ("1,048,576 addresses x 1 port, all open", "10.0.0.0/12", "answering"))
SILENT = scan.Work("65,536 addresses x 128 ports, silent", ports=128)
ANSWERING = scan.Work("65,536 addresses x 16 ports, all open", ports=16)
NAMES = ("caller", "helper", "worker")
LOOK_SECONDS = 0.05
SCAN_SECONDS = 900  # a million services are filed


def account(pid, file, what):
    """KiB, or 0 if it is gone."""
    with contextlib.suppress(OSError):
        for line in pathlib.Path(f"/proc/{pid}/{file}").read_text(encoding="utf-8").splitlines():
            if line.startswith(what + ":"):
                return int(line.split()[1])
    return 0


def child(pid):
    with contextlib.suppress(OSError, IndexError):
        return int(pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text(
            encoding="ascii").split()[0])
    return 0


class Peaks(scan.Watcher):
    """The peaks of a scan's processes, as long as all three are there."""

    def __init__(self):
        super().__init__()
        self.pid, self.peaks = None, [0, 0, 0]
        self.together = 0

    def run(self):
        while not self.ending.wait(LOOK_SECONDS):
            pids = [self.pid]
            while pids[-1] and len(pids) < len(NAMES):
                pids.append(child(pids[-1]))
            if len(pids) == len(NAMES) and pids[-1]:
                self.peaks = [max(was, account(pid, "status", "VmHWM"))
                              for was, pid in zip(self.peaks, pids)]
                self.together = max(self.together, sum(account(pid, "smaps_rollup", "Pss")
                                                       for pid in pids))


def alone(tool, runs):
    report.heading("Memory of a campaign alone", runs)
    rows = []
    for title, prefix, how in ALONE:
        said = [json.loads(subprocess.run([str(tool), prefix, how], capture_output=True, text=True,
                                          check=True).stdout) for _ in range(runs)]
        rows.append([title, f"{said[0]['sent']:,}", f"{said[0]['ports']:,}",
                     report.spread([s["peak_kib"] / 1024 for s in said], lambda v: f"{v:.1f} MiB")])
    print(report.table(["campaign", "packets", "open ports", "peak"], rows), flush=True)


def words_of(tool, work, filed):
    words = tool.words(work)
    if filed:
        at = words.index("--bundle")
        del words[at:at + 2]
    return words


def really(work, register, runs):
    wire, tool = scan.Wire(), scan.Cadastre(work, register)
    report.heading("Memory of a scan's processes", runs)
    rows = []
    for what, here in ((SILENT, wire.sinking(work)), (ANSWERING, wire.answering(ANSWERING))):
        taken = []
        with here:
            for _ in range(runs):
                with Peaks() as peaks:
                    run = scan.Run(wire, words_of(tool, what, what is ANSWERING), tool.env, peaks,
                                   SCAN_SECONDS)
                if not run.ok:
                    raise OSError(run.said[-300:])
                taken.append([p / 1024 for p in (*peaks.peaks, peaks.together)])
        rows.append([what.title, f"{what.truth:,}",
                     *(report.spread([t[i] for t in taken], lambda v: f"{v:.1f} MiB")
                       for i in range(len(NAMES) + 1))])
    print(report.table(["campaign", "questions", *NAMES, "together"], rows), flush=True)


def greeting(work, register, program, runs):
    wire, tool = scan.Wire(), greet.Cadastre(work, register)
    report.heading("Memory of greetings", runs)
    rows = []
    for title, ports in (("4,096 servers of TLS that never end", (443, 993)), ("4,096 that send a banner", (25, 110))):
        servers = greet.Servers(wire, greet.responder(program))
        servers.ports = ports
        taken = []
        for _ in range(runs):
            words = tool.words()
            words[words.index("--ports") + 1] = ",".join(map(str, ports))
            with servers.serving(), Peaks() as peaks:
                run = scan.Run(wire, words, tool.env, peaks, SCAN_SECONDS)
            if not run.ok:
                raise OSError(run.said[-300:])
            taken.append([servers.banners, peaks.peaks[2] / 1024])
        rows.append([title, report.spread([t[0] for t in taken], lambda v: f"{v:,.0f}"),
                     report.spread([t[1] for t in taken], lambda v: f"{v:.1f} MiB")])
    print(report.table(["servers", "answers that left them", "worker"], rows), flush=True)


def bench(work, program, runs):
    tool = pathlib.Path(program or "").resolve().parent.parent / "tests/bench/bench_memory"
    if not os.access(tool, os.X_OK):
        return f"{tool} is not built"
    try:
        alone(tool, runs)
        register = inventory.Register(work, program)
        with register.running():
            really(work, register, runs)
            greeting(work, register, program, runs)
    except (OSError, kernel.Refused, subprocess.CalledProcessError) as error:
        return str(error)
    return None
