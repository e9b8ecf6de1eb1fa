# SPDX-License-Identifier: Apache-2.0
"""Filing into the register, side by side with raw COPY BINARY of exactly the rows that it staged.

A made-up network of N hosts with M services each, the same for the same seed, is imported into an
empty register; again with 1 % of the services changed; again with nothing changed; then again and
again, 1 % changed each time. After the first import the rows that stand in staging are taken out
in PostgreSQL's binary format and copied into unlogged tables of the same columns: the peer, which
judges nothing, has no index and keeps no history."""
import contextlib
import fcntl
import hashlib
import json
import os
import random
import subprocess
import time

import report

SEED = 20260101
FIRST = 198 << 24 | 18 << 16
HOSTS_MAX = 131072 - 2
PORTS = (22, 80, 443, 21, 25, 53, 102, 110, 143, 389, 445, 502, 1883, 2222, 2404, 3306, 5432,
         6379, 8080, 20000)
CHANGED = 0.01
KEYED = 3  # one host in so many shows an SSH host key
GROWTH_RUNS = 10
CALL_SECONDS = 1800
CLOCK_TICK = os.sysconf("SC_CLK_TCK")
FACTS = ("service", "address", "name", "identity_key", "fact", "link", "hop")
STATE = FACTS + ("key_sighting", "asset", "asset_past", "asset_seen", "asset_run", "asset_member",
                 "evidence")
STAGING = ("stage_endpoint", "stage_service", "stage_port", "stage_statement", "stage_link",
           "stage_coverage", "stage_evidence")
# What the issue asks for, by the name of the figure.
GOALS = {"staging": "at least 0.7", "memory": "at most 16 MiB", "first": "at most 15",
         "changed": "at most 4", "changed WAL": "at most 250 MB", "unchanged WAL": "at most 60 MB",
         "growth": "at most 2 %", "observation": "at most 15 B", "service": "at most 400 B"}


def address(number):
    value = FIRST + 1 + number
    return ".".join(str(value >> shift & 255) for shift in (24, 16, 8, 0))


class Network:
    """Hosts with services; change() gives another version to a part of the services."""

    def __init__(self, hosts, services):
        choice = random.Random(SEED)
        self.ports, self.change_choice = PORTS[:services], random.Random(SEED + 1)
        self.hosts = [address(n) for n in range(hosts)]
        self.versions = [[f"{choice.randrange(1, 12)}.{choice.randrange(100)}"
                          for _ in self.ports] for _ in self.hosts]
        self.products = [[f"Server {choice.randrange(40)}" for _ in self.ports]
                         for _ in self.hosts]

    def change(self, part=CHANGED):
        changed = 0
        for versions in self.versions:
            for n in range(len(versions)):
                if self.change_choice.random() < part:
                    versions[n] = f"{self.change_choice.randrange(12, 99)}." \
                                  f"{self.change_choice.randrange(100)}"
                    changed += 1
        return changed

    def lines(self, now):
        """Observations in the order of a scan: hosts, open ports, then greetings."""
        end = f'"time":"{now}"}}\n'
        for addr in self.hosts:
            yield f'{{"kind":"host","method":"echo","addr":"{addr}","ttl":64,{end}'
        for port in self.ports:
            for addr in self.hosts:
                yield (f'{{"kind":"port","method":"syn","addr":"{addr}","transport":"tcp",'
                       f'"port":{port},{end}')
        for n, addr in enumerate(self.hosts):
            for port, version, product in zip(self.ports, self.versions[n], self.products[n]):
                yield (f'{{"kind":"service","method":"greeting","addr":"{addr}",'
                       f'"transport":"tcp","port":{port},"protocol":"http","attributes":'
                       f'{{"service.vendor":"Lanhe","service.product":"{product}",'
                       f'"service.version":"{version}"}},{end}')
            if n % KEYED == 0:
                key = hashlib.sha256(addr.encode()).hexdigest()
                yield (f'{{"kind":"key","method":"greeting","addr":"{addr}","protocol":"ssh",'
                       f'"attributes":{{"type":"ssh.hostkey.sha256","value":"{key}"}},{end}')
        ports = ",".join(map(str, sorted(PORTS)))
        yield (f'{{"kind":"coverage","method":"syn","attributes":{{"cidr":"198.18.0.0/15",'
               f'"method":"syn","transport":"tcp","ports":"{ports}"}},{end}')


def write_bundle(path, identity, network):
    """The bundle format of common/model/bundle.h. Returns the number of observations."""
    digest, count, block = hashlib.sha256(), 0, []
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    head = {"cadastre": "bundle", "version": 1, "id": f"{identity:016x}{0:016x}", "realm": "bench",
            "vantage": "internal", "tool": "bench", "started": now}
    with open(path, "wb") as file:
        def flush():
            data = "".join(block).encode()
            digest.update(data)
            file.write(data)
            block.clear()
        block.append(json.dumps(head, separators=(",", ":")) + "\n")
        for line in network.lines(now):
            block.append(line)
            count += 1
            if len(block) >= 20000:
                flush()
        flush()
        file.write(json.dumps({"end": True, "observations": count, "sha256": digest.hexdigest(),
                               "counters": {}}, separators=(",", ":")).encode() + b"\n")
    return count


def cpu_of(pid):
    """Ticks of a process and of the children it has waited for; 0 if it is gone."""
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as file:
            fields = file.read().rsplit(")", 1)[1].split()
    except OSError:
        return 0, 0
    return sum(map(int, fields[11:13])), sum(map(int, fields[13:15]))


class Register:
    """A private cluster of its own, kept running by holding its lock for users."""

    def __init__(self, work, program):
        self.program, self.data = os.path.abspath(program), os.path.join(work, "data")
        self.work = work
        self.env = {k: v for k, v in os.environ.items() if not k.startswith(("PG", "CADASTRE"))}
        self.env["CADASTRE_DATA"] = self.data

    def call(self, *words):
        """Runs the program: its rows, and what the process used."""
        out = os.path.join(self.work, "out")
        with open(out, "w+", encoding="utf-8") as stdout, open(out + ".err", "w+",
                                                               encoding="utf-8") as stderr:
            process = subprocess.Popen(
                [self.program, "-q", "--realm", "bench", "--format", "json", *words],
                stdout=stdout, stderr=stderr, env=self.env)
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            stdout.seek(0)
            stderr.seek(0)
            if process.returncode not in (0, 1):
                raise OSError(f"cadastre {words[0]}: exit {process.returncode}: {stderr.read()}")
            rows = [json.loads(line) for line in stdout if line[:1] == "{"]
        return rows, usage

    @contextlib.contextmanager
    def running(self):
        self.call("db", "init")
        with open(os.path.join(self.data, "users.lock"), "rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_SH)
            self.call("db", "status")
            yield
        self.call("db", "status")  # the last one out stops the cluster

    def sql(self, *commands):
        words = ["psql", "-X", "-q", "-At", "-v", "ON_ERROR_STOP=1", "-h",
                 os.path.join(self.data, "run"), "-U", "cadastre", "-d", "postgres"]
        for command in commands:
            words += ["-c", command]
        result = subprocess.run(words, capture_output=True, text=True, env=self.env,
                                timeout=CALL_SECONDS, check=False)
        if result.returncode:
            raise OSError(f"psql: {result.stderr}")
        return [line.split("|") for line in result.stdout.splitlines()]

    def number(self, question):
        return int(self.sql(question)[0][0] or 0)

    def server_cpu(self):
        """Seconds of the server and of the backends that it has buried or still has."""
        with open(os.path.join(self.data, "postgres/postmaster.pid"), encoding="ascii") as file:
            server = int(file.readline())
        own, buried = cpu_of(server)
        ticks = own + buried
        with open(f"/proc/{server}/task/{server}/children", encoding="ascii") as file:
            ticks += sum(sum(cpu_of(int(pid))) for pid in file.read().split())
        return ticks / CLOCK_TICK

    def sizes(self, tables):
        """Bytes of each table with its indexes."""
        rows = self.sql("SELECT relname, pg_total_relation_size(oid) FROM pg_class WHERE "
                        "relnamespace = 'cadastre'::regnamespace AND relkind = 'r'")
        return {name: int(size) for name, size in rows if name in tables}


def wal_place(register):
    return register.number("SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')")


def take(register, path, count):
    """Imports a bundle: what it took, in seconds and bytes, and the row that reports it."""
    wal, cpu = wal_place(register), register.server_cpu()
    began = time.monotonic()
    rows, usage = register.call("import", path)
    wall = time.monotonic() - began
    row = rows[0]
    if row["taken"] != count:
        raise OSError(f"{row['taken']} of {count} observations were taken, so this would be no "
                      f"measure of filing: {row}")
    return {"wall": wall, "server": register.server_cpu() - cpu,
            "client": usage.ru_utime + usage.ru_stime,
            "wal": wal_place(register) - wal, "facts": row["fact_rows"]}


def copy_staged(register, runs):
    """The peer: seconds of wall and server for copying what stands in staging, and its rows."""
    files, rows = [], 0
    for table in STAGING:
        path = os.path.join(register.work, table)
        here = register.number(f"SELECT count(*) FROM cadastre.{table}")
        if here:
            register.sql(f"\\copy (SELECT * FROM cadastre.{table}) TO '{path}' (FORMAT binary)")
            files.append((table, path))
            rows += here
    walls, cpus = [], []
    for _ in range(runs):
        register.sql(*[f"CREATE UNLOGGED TABLE raw_{t} (LIKE cadastre.{t})" for t, _ in files])
        began = time.monotonic()
        register.sql("SELECT 1")
        idle = time.monotonic() - began
        cpu, began = register.server_cpu(), time.monotonic()
        register.sql(*[f"\\copy raw_{t} FROM '{p}' (FORMAT binary)" for t, p in files])
        walls.append(max(time.monotonic() - began - idle, 1e-6))
        cpus.append(register.server_cpu() - cpu)
        register.sql(*[f"DROP TABLE raw_{t}" for t, _ in files])
    for _, path in files:
        os.unlink(path)
    return {"wall": report.median(walls), "walls": walls, "server": report.median(cpus),
            "rows": rows}


def stage_tool(program):
    """The tool that only stages, beside the program in its build; None if it is not built."""
    tool = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(program))),
                        "tests/bench/bench_stage")
    return tool if os.access(tool, os.X_OK) else None


def stage_alone(register, tool, path):
    """Reading and staging without filing, and how far the client's memory grew."""
    cpu = register.server_cpu()
    done = subprocess.run([tool, path], capture_output=True, text=True, env=register.env,
                          timeout=CALL_SECONDS, check=False)
    if done.returncode:
        raise OSError(f"bench_stage: {done.stderr}")
    return json.loads(done.stdout) | {"server": register.server_cpu() - cpu}


def history_bytes(register):
    """Bytes of the service rows that are closed, with their line pointers, and of the indexes that
    hold nothing else."""
    rows = register.number("SELECT coalesce(sum((pg_column_size(s.*) + 7) / 8 * 8 + 4), 0) FROM "
                           "cadastre.service s WHERE until_run IS NOT NULL")
    return rows + register.number(
        "SELECT sum(pg_relation_size(indexrelid)) FROM pg_index "
        "WHERE indrelid = 'cadastre.service'::regclass "
        "AND pg_get_expr(indpred, indrelid) = '(until_run IS NOT NULL)'")


def megabytes(value):
    return f"{value / 1e6:,.1f} MB"


def import_row(title, done, peer):
    return [title, report.seconds(done["wall"]), f"{done['wall'] / peer['wall']:.2f}",
            report.seconds(done["server"]), report.seconds(done["client"]),
            megabytes(done["wal"]), f"{done['facts']:,}"]


def print_imports(imports, peer):
    rows = [["raw COPY BINARY of the rows staged", report.spread(peer["walls"], report.seconds),
             "1", report.seconds(peer["server"]), "", "", ""]]
    rows += [import_row(title, done, peer) for title, done in imports]
    print(report.table(["import", "wall", "x raw COPY", "server CPU", "client CPU", "WAL",
                        "fact rows"], rows), flush=True)


def print_figures(figures):
    print("\n" + report.table(["figure", "measured", "goal"],
                              [[title, value, GOALS[key]] for title, value, key in figures]),
          flush=True)


def print_sizes(sizes, services):
    print("\n" + report.table(["table with indexes", "size", "bytes per service"], [
        [name, megabytes(size), f"{size / services:,.1f}"]
        for name, size in sorted(sizes.items(), key=lambda item: -item[1]) if size > 65536]),
        flush=True)


class Bench:
    def __init__(self, work, program, tool, hosts, services):
        self.register, self.tool = Register(work, program), tool
        self.network, self.path = Network(hosts, services), os.path.join(work, "bundle")
        self.services, self.number, self.figures = hosts * services, 0, []

    def write(self):
        self.number += 1
        self.count = write_bundle(self.path, self.number, self.network)

    def run(self, change=CHANGED):
        if change:
            self.network.change(change)
        self.write()
        return take(self.register, self.path, self.count)

    def imports(self):
        """First, 1 % changed, nothing changed; the peer after the first."""
        first = self.run(0)
        peer = copy_staged(self.register, 3)
        self.current = sum(self.register.sizes(STATE).values())
        changed, same = self.run(), self.run(0)
        print_imports([("first run", first), ("second, 1 % changed", changed),
                       ("third, nothing changed", same)], peer)
        self.figures += [
            ("first run, times raw COPY", f"{first['wall'] / peer['wall']:.2f}", "first"),
            ("1 % changed, times raw COPY", f"{changed['wall'] / peer['wall']:.2f}", "changed"),
            ("WAL, 1 % changed", megabytes(changed["wal"]), "changed WAL"),
            ("WAL, nothing changed", megabytes(same["wal"]), "unchanged WAL")]
        return peer

    def staging(self, peer):
        if not self.tool:
            print("bench_stage is not built; staging alone is not measured", flush=True)
            return
        alone = stage_alone(self.register, self.tool, self.path)
        print(f"\nStaging alone: {alone['observations']:,} observations, {peer['rows']:,} rows, "
              f"{alone['wall']:.2f} s, CPU of client {alone['cpu']:.2f} s, of server "
              f"{alone['server']:.2f} s\n", flush=True)
        self.figures += [
            ("staging, of raw COPY", f"{peer['wall'] / alone['wall']:.2f}", "staging"),
            ("client memory while staging, grown by", f"{alone['grown_kib'] / 1024:.1f} MiB",
             "memory")]

    def years(self, runs):
        """Runs of 1 % change each: what the register grows by."""
        before = self.register.sizes(STATE)["service"] - history_bytes(self.register)
        first = self.number
        for _ in range(runs - self.number):
            self.run()
            if self.number - first == GROWTH_RUNS:
                after = self.register.sizes(STATE)["service"] - history_bytes(self.register)
                self.figures.append((f"service table without history, after {GROWTH_RUNS} re-runs",
                                     f"{100 * (after / before - 1):+.1f} %", "growth"))
        sizes = self.register.sizes(STATE)
        observed = self.services * self.number
        self.figures += [
            (f"bytes per observed fact over {self.number} runs",
             f"{sum(sizes.values()) / observed:.1f} B", "observation"),
            ("current state, per service, after the first run",
             f"{self.current / self.services:.0f} B", "service")]
        return sizes


def bench(work, program, runs, hosts, services):
    """Returns a reason if it could not be done at all."""
    if not program:
        return "the program is not built"
    hosts, services = min(hosts, HOSTS_MAX), min(services, len(PORTS))
    one = Bench(work, program, stage_tool(program), hosts, services)
    report.heading(f"Filing {hosts:,} hosts x {services} services, {runs} runs", 1)
    try:
        with one.register.running():
            one.register.call("scope", "grant", "--cidr", "198.18.0.0/15", "--authoriser", "bench",
                              "--basis", "bench", "--from", "2020-01-01T00:00:00Z", "--until",
                              "2099-01-01T00:00:00Z")
            peer = one.imports()
            one.staging(peer)
            sizes = one.years(runs)
            print_figures(one.figures)
            print_sizes(sizes, one.services)
    except (OSError, subprocess.TimeoutExpired, IndexError) as error:
        return str(error)
    return None
