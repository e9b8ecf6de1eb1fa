# SPDX-License-Identifier: Apache-2.0
"""The same bundles into a register in one database and into one on three, all on this machine: it
shows what spreading costs, and what the nodes' working at the same time gives back. One import at a
time, the two registers in turn; what follows the first run, several times. The rows that both hold in
the end are counted."""
import contextlib
import os
import subprocess
import time

import report
from inventory import Network, Register, write_bundle

GOAL = "at least 0.9"
STEPS = (("first run", 0), ("1 % changed", 0.01), ("nothing changed", 0))
COUNTED = ("asset", "service", "address", "identity_key", "fact")
THIRDS = (("east", "1366-2730"), ("west", "2731-4095"))


def grant(register):
    register.call("scope", "grant", "--cidr", "198.18.0.0/15", "--authoriser", "bench", "--basis",
                  "bench", "--from", "2020-01-01T00:00:00Z", "--until", "2099-01-01T00:00:00Z")


def place(work, name, program):
    path = os.path.join(work, name)
    os.mkdir(path, 0o755)
    return Register(path, program)


def spread(home, nodes):
    for (name, buckets), node in zip(THIRDS, nodes):
        run = os.path.join(node.data, "run")
        home.call("db", "node", "add", name, "--conninfo",
                  f"host={run} user=cadastre dbname=postgres sslmode=disable")
        home.call("db", "node", "move", "--buckets", buckets, "--to", name)


def take(register, path, count):
    began = time.monotonic()
    rows, _ = register.call("import", path)
    wall = time.monotonic() - began
    if rows[0]["taken"] != count:
        raise OSError(f"{rows[0]['taken']} of {count} observations were taken: {rows[0]}")
    return wall, rows[0]["fact_rows"]


def held(registers):
    return [sum(register.number(f"SELECT count(*) FROM cadastre.{table}")
                for register in registers) for table in COUNTED]


def file_both(registers, path, count, number):
    """Into both, who comes first in turn: their walls. Both write as many rows."""
    names = sorted(registers, reverse=number % 2 == 0)
    found = {name: take(registers[name], path, count) for name in names}
    if found["one"][1] != found["three"][1]:
        raise OSError(f"{found} fact rows were written")
    return {name: wall for name, (wall, _) in found.items()}


def measure(one, home, work, hosts, services, runs):
    network, path = Network(hosts, services), os.path.join(work, "nodes-bundle")
    walls, number, count = {}, 0, 0
    for n in range(runs):
        for title, change in STEPS[1 if n else 0:]:
            number += 1
            if change:
                network.change(change)
            count = write_bundle(path, number, network)
            walls.setdefault(title, []).append(
                file_both({"one": one, "three": home}, path, count, number))
    os.unlink(path)
    return [row(title, count, walls[title]) for title, _ in STEPS]


def row(title, count, walls):
    one, three = ([each[name] for each in walls] for name in ("one", "three"))
    ratios = [each["one"] / each["three"] for each in walls]
    return [title, f"{count:,}", report.spread(one, report.seconds),
            report.spread(three, report.seconds), f"{count / report.median(one):,.0f}",
            f"{count / report.median(three):,.0f}",
            report.spread(ratios, lambda ratio: f"{ratio:.2f}")]


def bench(work, program, hosts, services, runs):
    """Returns a reason if it could not be done at all."""
    if not program:
        return "the program is not built"
    report.heading(f"One database and three nodes, {hosts:,} hosts x {services} services", runs)
    try:
        with contextlib.ExitStack() as stack:
            one, home, east, west = (place(work, name, program)
                                     for name in ("one", "home", "east", "west"))
            for register in (east, west, home, one):
                stack.enter_context(register.running())
            grant(one)
            grant(home)
            spread(home, (east, west))
            rows = measure(one, home, work, hosts, services, runs)
            if held((one,)) != held((home, east, west)):
                return f"they hold different rows: {held((one,))}, {held((home, east, west))}"
    except (OSError, subprocess.TimeoutExpired, IndexError) as error:
        return str(error)
    print(report.table(["import", "observations", "one", "three", "one, per second",
                        "three, per second", f"three to one ({GOAL})"], rows), flush=True)
    return None
