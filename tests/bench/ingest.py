# SPDX-License-Identifier: Apache-2.0
"""Filing side by side with raw COPY BINARY: a bundle of N hosts with M services each, made up
with a seed, is imported three times (new; again under a new id with nothing changed; again with
1 % of the services changed). Beside it, as many rows as the bundle has observations go by COPY
BINARY into an unlogged table of the same private cluster, which is the ceiling: no judgement, no
index, no history."""
import contextlib
import fcntl
import hashlib
import json
import os
import random
import struct
import subprocess
import time

import report

SEED = 20260101
FIRST = 198 << 24 | 18 << 16
HOSTS_MAX = 131072 - 2
PORTS = (22, 80, 443, 21, 25, 53, 102, 110, 143, 389, 445, 502, 1883, 2222, 2404, 3306, 5432,
         6379, 8080, 20000)
CHANGED = 0.01
CALL_SECONDS = 900
COPY_HEAD = b"PGCOPY\n\xff\r\n\0" + struct.pack(">II", 0, 0)
TABLE = ("asset_id int8, addr inet, port int4, proto int2, seen timestamptz, source int4, "
         "banner text, hash bytea")


def address(number):
    value = FIRST + 1 + number
    return ".".join(str(value >> shift & 255) for shift in (24, 16, 8, 0))


def observations(hosts, services, changed=0.0):
    """Rows of a bundle. The same seed gives the same network, of which `changed` then differs
    in the version of its services."""
    choice = random.Random(SEED)
    change = random.Random(SEED + 1)
    for number in range(hosts):
        addr = address(number)
        yield {"kind": "host", "method": "echo", "addr": addr, "ttl": 64}
        for port in PORTS[:services]:
            version = f"{choice.randrange(1, 12)}.{choice.randrange(100)}"
            if change.random() < changed:
                version += ".1"
            yield {"kind": "port", "method": "syn", "addr": addr, "transport": "tcp",
                   "port": port}
            yield {"kind": "service", "method": "greeting", "addr": addr, "transport": "tcp",
                   "port": port, "protocol": "http",
                   "attributes": {"service.vendor": "Lanhe", "service.version": version,
                                  "service.product": f"Server {choice.randrange(40)}"}}


def write_bundle(path, identity, rows):
    """The bundle format of common/model/bundle.h. Returns the number of observations."""
    digest, count, cidr = hashlib.sha256(), 0, "198.18.0.0/15"
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    with open(path, "wb") as file:
        def put(row):
            line = json.dumps(row, separators=(",", ":")).encode() + b"\n"
            digest.update(line)
            file.write(line)
        put({"cadastre": "bundle", "version": 1, "id": f"{identity:032x}", "realm": "bench",
             "vantage": "internal", "tool": "bench", "started": now})
        for row in rows:
            put(row | {"time": now})
            count += 1
        put({"kind": "coverage", "method": "syn", "time": now,
             "attributes": {"cidr": cidr, "method": "syn", "transport": "tcp",
                            "ports": ",".join(map(str, sorted(PORTS)))}})
        count += 1
        file.write(json.dumps({"end": True, "observations": count, "sha256": digest.hexdigest(),
                               "counters": {}}, separators=(",", ":")).encode() + b"\n")
    return count


def write_copy(path, count):
    """As many rows in PostgreSQL's binary COPY format, each of 224 bytes or so."""
    choice = random.Random(SEED)
    with open(path, "wb") as file:
        file.write(COPY_HEAD)
        for number in range(count):
            banner = b"x" * choice.randrange(80, 200)
            fields = (struct.pack(">q", number),
                      struct.pack(">BBBBI", 2, 32, 0, 4, FIRST + 1 + number % HOSTS_MAX),
                      struct.pack(">i", PORTS[number % len(PORTS)]), struct.pack(">h", 6),
                      struct.pack(">q", number), struct.pack(">i", 1), banner,
                      struct.pack(">QQ", number, number))
            file.write(struct.pack(">h", len(fields)) + b"".join(
                struct.pack(">i", len(f)) + f for f in fields))
        file.write(struct.pack(">h", -1))


class Register:
    """A private cluster of its own, kept running by holding its lock for users."""

    def __init__(self, work, program, number):
        self.program, self.data = os.path.abspath(program), os.path.join(work, f"data{number}")
        self.env = {k: v for k, v in os.environ.items() if not k.startswith(("PG", "CADASTRE"))}
        self.env["CADASTRE_DATA"] = self.data

    def call(self, *words):
        result = subprocess.run([self.program, "-q", "--realm", "bench", "--format", "json",
                                 *words], capture_output=True, text=True, env=self.env,
                                timeout=CALL_SECONDS, check=False)
        if result.returncode not in (0, 1):
            raise OSError(f"cadastre {words[0]}: exit {result.returncode}: {result.stderr}")
        return [json.loads(line) for line in result.stdout.splitlines() if line[:1] == "{"]

    @contextlib.contextmanager
    def running(self):
        self.call("db", "init")
        with open(os.path.join(self.data, "users.lock"), "rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_SH)
            self.call("db", "status")
            yield
        self.call("db", "status")  # the last one out stops the cluster

    def sql(self, *commands):
        words = ["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", os.path.join(self.data, "run"),
                 "-U", "cadastre", "-d", "postgres"]
        for command in commands:
            words += ["-c", command]
        began = time.monotonic()
        result = subprocess.run(words, capture_output=True, text=True, env=self.env,
                                timeout=CALL_SECONDS, check=False)
        if result.returncode:
            raise OSError(f"psql: {result.stderr}")
        return time.monotonic() - began

    def copy(self, path):
        """Seconds for the COPY alone: a connection that does nothing else is taken off."""
        self.sql("DROP TABLE IF EXISTS bench_raw", f"CREATE UNLOGGED TABLE bench_raw ({TABLE})")
        idle = self.sql("SELECT 1")
        took = self.sql(f"\\copy bench_raw FROM '{path}' (FORMAT binary)")
        self.sql("DROP TABLE bench_raw")
        return max(took - idle, 1e-6)

    def take(self, path):
        """Imports a bundle: seconds, and the row that reports it."""
        began = time.monotonic()
        row = self.call("import", path)[0]
        return time.monotonic() - began, row


PASSES = (("first", 0.0), ("second, nothing changed", 0.0), ("third, 1 % changed", CHANGED))


def measure(work, program, number, files, copied):
    """One register: the rates of each pass and of COPY, in observations a second."""
    register, rates = Register(work, program, number), {}
    bundles, count = files
    with register.running():
        register.call("scope", "grant", "--cidr", "198.18.0.0/15", "--authoriser", "bench",
                      "--basis", "bench", "--from", "2020-01-01T00:00:00Z", "--until", "2099-01-01T00:00:00Z")
        rates["COPY BINARY, unlogged"] = count / register.copy(copied)
        for (title, _), bundle in zip(PASSES, bundles):
            took, row = register.take(bundle)
            if row["taken"] != count:
                raise OSError(f"{title}: {row['taken']} of {count} observations were taken, so "
                              f"this would be no measure of filing: {row}")
            rates[title] = count / took
            rates[title, "facts"] = row["fact_rows"]
    return rates


def bench(work, program, runs, hosts, services):
    """Returns a reason if it could not be done at all."""
    if not program:
        return "the program is not built"
    hosts, services = min(hosts, HOSTS_MAX), min(services, len(PORTS))
    bundles = [os.path.join(work, f"bundle{i}") for i in range(len(PASSES))]
    for number, ((_, changed), path) in enumerate(zip(PASSES, bundles), 1):
        count = write_bundle(path, number, observations(hosts, services, changed))
    copied = os.path.join(work, "rows")
    write_copy(copied, count)
    os.chmod(copied, 0o644)
    report.heading(f"Filing {hosts:,} hosts x {services} services, {count:,} observations", runs)
    all_rates = {}
    for number in range(runs):
        try:
            for key, value in measure(work, program, number, (bundles, count), copied).items():
                all_rates.setdefault(key, []).append(value)
        except (OSError, subprocess.TimeoutExpired, IndexError) as error:
            return f"run {number + 1}: {error}"
    ceiling = all_rates["COPY BINARY, unlogged"]
    rows = []
    for title in ["COPY BINARY, unlogged"] + [t for t, _ in PASSES]:
        facts = all_rates.get((title, "facts"))
        rows.append([title, report.spread(all_rates[title], report.rate),
                     report.ratio(all_rates[title], ceiling, True),
                     report.spread(facts, lambda v: f"{v:,.0f}") if facts else ""])
    print(report.table(["path", "observations/s", "of COPY", "fact rows written"], rows),
          flush=True)
    return None
