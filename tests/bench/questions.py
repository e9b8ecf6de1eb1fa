# SPDX-License-Identifier: Apache-2.0
"""What people ask of N assets with M services each: in the database and through the program.

The register is filled by SQL with the rows that filing and a register import would write: RUNS
runs, of which the first finds everything, the second looks from the Internet, and each after that
finds other versions in 1 % of the services; the last in 20,000. A system has 128 assets, an operator eight systems, and
one asset in 16 two services that answer to the Internet."""
import os
import random
import statistics
import subprocess
import time

import inventory
import report

SEED = 20260102
RUNS = 6
SYSTEM_ASSETS, OPERATOR_SYSTEMS, EXPOSED_ONE_IN = 128, 8, 16
CHANGES = 20000
FIRST_PORT = 1000
CLI_MORE = 30  # milliseconds
ASK_SECONDS = 1800
WARM = 10  # questions that fill the caches and plan what is kept; they do not count
FILL = """SET search_path = cadastre, pg_temp;
SET maintenance_work_mem = '512MB';
SET work_mem = '256MB';
INSERT INTO realm (name) VALUES ('bench') ON CONFLICT DO NOTHING;
CREATE TEMP TABLE r AS SELECT realm_id FROM realm WHERE name = 'bench';
INSERT INTO run (run_id, bundle_id, realm_id, vantage, tool, plan, started, ended, filed, outcome)
    SELECT k, 'bench ' || k, realm_id, CASE k WHEN 2 THEN 'internet' ELSE 'internal' END, 'bench',
        '', '2026-01-01'::timestamptz + k * interval '1 day',
        '2026-01-01'::timestamptz + k * interval '1 day 1 second',
        '2026-01-01'::timestamptz + k * interval '1 day 2 seconds', 'complete'
    FROM r, generate_series(1, {runs}) AS k;
INSERT INTO batch_ledger (bundle_id, run_id, observations)
    SELECT bundle_id, run_id, 0 FROM run;
INSERT INTO coverage (run_id, cidr, method, transport, ports)
    SELECT run_id, '{net}', 'syn', 6, '{{[1,65536)}}' FROM run;
INSERT INTO register_import (realm_id, file, sha256, document, complete, imported)
    SELECT realm_id, 'bench.xml', '', 'bench', true, '2026-01-01' FROM r;
CREATE TEMP TABLE i AS SELECT max(id) AS id FROM register_import;
INSERT INTO organisation (realm_id, id, name, sector, credit_code, unit_type, affiliation,
        division, as_of, document, from_import)
    SELECT realm_id, 'operator-' || o, 'Operator ' || o, 'energy', '', '', '', '', '2026-01-01',
        'bench', i.id
    FROM r, i, generate_series(0, ({hosts} - 1) / {operator_assets}) AS o;
INSERT INTO system (realm_id, id, name, organisation, sector, external, class, kind, function,
        service_scope, counterparts, lifecycle, as_of, document, from_import)
    SELECT realm_id, 'system-' || y, 'System ' || y, 'operator-' || y / {operator_systems},
        'energy', false, '', 'information-system', '', '', '', '', '2026-01-01', 'bench', i.id
    FROM r, i, generate_series(0, ({hosts} - 1) / {system_assets}) AS y;
INSERT INTO system_tier (realm_id, system, s, a, as_of, document, from_import)
    SELECT realm_id, id, 2, 1 + length(id) % 3, '2026-01-01', 'bench', from_import FROM system JOIN r
        USING (realm_id);
INSERT INTO system_rule (realm_id, system, rule, value, as_of, document, from_import)
    SELECT realm_id, 'system-' || y, 'prefix',
        host('{base}'::inet + y * {system_assets}) || '/{prefix}', '2026-01-01', 'bench', i.id
    FROM r, i, generate_series(0, ({hosts} - 1) / {system_assets}) AS y;
CREATE TEMP TABLE numbered AS
    SELECT ((hashint8(g) & 4095)::int8 << 48) | g + 1 AS asset_id, g, '{base}'::inet + g AS address,
        r.realm_id
    FROM r, generate_series(0, {hosts} - 1) AS g ORDER BY 1;
UPDATE asset_counter SET last = {hosts} + 1;
INSERT INTO asset (asset_id, realm_id, name, role, vendor, os, seen_from, first_run, last_run)
    SELECT asset_id, realm_id, 'host-' || g || '.example', 'server', 'Lanhe', 'LanOS 3', 1, 1, 1
    FROM numbered;
INSERT INTO asset_seen (asset_id, last_run, n, up)
    SELECT asset_id, {runs}, count(*), range_agg(int4range(run_id::int4, run_id::int4, '[]'))
    FROM run, numbered WHERE run_id <> 2 OR g % {exposed} = 0 GROUP BY asset_id ORDER BY asset_id;
INSERT INTO asset_member (asset_id, realm_id, system)
    SELECT asset_id, realm_id, 'system-' || g / {system_assets} FROM numbered;
INSERT INTO address (asset_id, address, realm_id, grade, method, reason, from_run)
    SELECT asset_id, address, realm_id, 'measured', 'syn', 'first met at this address', 1
    FROM numbered;
INSERT INTO name (asset_id, address, name, source, realm_id, grade, method, from_run)
    SELECT asset_id, address, 'host-' || g || '.example', 'dns', realm_id, 'claimed', 'greeting', 1
    FROM numbered;
INSERT INTO identity_key (asset_id, type, value, realm_id, strength, shared, verdict, reason, method,
        from_run)
    SELECT asset_id, 'ssh.hostkey.sha256', encode(sha256(int8send(g)), 'hex'), realm_id, 'strong',
        false, 'auto', '', 'greeting', 1
    FROM numbered WHERE g % 3 = 0;
INSERT INTO service (asset_id, address, transport, port, realm_id, protocol, vendor, product,
        version, cpe, internal, exposed, method, from_run)
    SELECT asset_id, address, 6, {port} + s, realm_id, 'http', 'Lanhe', 'Server ' || (g + s) % 40,
        (g % 12) || '.' || s, '', true, false, 'greeting', 1
    FROM numbered, generate_series(1, {services}) AS s ORDER BY asset_id, s;
INSERT INTO fact (asset_id, subject, attribute, source, value, realm_id, grade, method, from_run)
    SELECT asset_id, host(address) || ' tcp/' || {port} + s, a, 'http', 'value ' || g, realm_id,
        'measured', 'greeting', 1
    FROM numbered, generate_series(1, 2) AS s,
        unnest(ARRAY['http.server', 'tls.certificate.subject', 'tls.certificate.not_after']) AS a
    ORDER BY asset_id, s, a;
ANALYZE;
"""
# One run's changes; 1 % of the services, or so many.
CHANGE = """SET search_path = cadastre, pg_temp;
SET work_mem = '256MB';
CREATE TEMP TABLE changed AS
    SELECT ctid AS row, s.* FROM service s WHERE {which};
UPDATE service s SET until_run = {run} FROM changed c WHERE s.ctid = c.row;
INSERT INTO service (asset_id, address, transport, port, realm_id, protocol, vendor, product,
        version, cpe, internal, exposed, method, from_run)
    SELECT asset_id, address, transport, port, realm_id, protocol, vendor, product,
        CASE WHEN {run} = 2 THEN version ELSE '{run}.' || port END, cpe, internal,
        exposed OR {run} = 2, method, {run}
    FROM changed ORDER BY asset_id, port;
UPDATE run SET services_changed = (SELECT count(*) FROM changed) WHERE run_id = {run};
"""
SEEN = "s.until_run IS NULL AND s.port <= {last} AND EXISTS (SELECT FROM asset_met m WHERE " \
       "m.asset_id = s.asset_id AND m.run_id = 2)"
SOME = "s.until_run IS NULL AND ctid IN (SELECT ctid FROM service WHERE until_run IS NULL " \
       "ORDER BY hashint8extended(asset_id, port + {run} * 65536) LIMIT {n})"


def fill(register, hosts, services):
    few = hosts <= inventory.HOSTS_MAX
    base, net, bits = ("198.18.0.0", "198.18.0.0/15", 32) if few else \
        ("2001:db8::", "2001:db8::/32", 128)
    prefix = bits - SYSTEM_ASSETS.bit_length() + 1
    register.sql(FILL.format(
        hosts=hosts, services=services, runs=RUNS, base=base, net=net, prefix=prefix,
        system_assets=SYSTEM_ASSETS, operator_systems=OPERATOR_SYSTEMS,
        operator_assets=SYSTEM_ASSETS * OPERATOR_SYSTEMS, exposed=EXPOSED_ONE_IN,
        port=FIRST_PORT))
    count = hosts * services
    for run in range(2, RUNS + 1):
        which = SEEN.format(last=FIRST_PORT + 2) if run == 2 else \
            SOME.format(run=run, n=min(CHANGES, count) if run == RUNS else count // 100)
        register.sql(CHANGE.format(run=run, which=which))
    register.sql("VACUUM (ANALYZE)", "CHECKPOINT")


def addresses(hosts):
    few = hosts <= inventory.HOSTS_MAX

    def address(number):
        if few:
            value = (198 << 24 | 18 << 16) + number
            return ".".join(str(value >> shift & 255) for shift in (24, 16, 8, 0))
        return f"2001:db8::{number >> 16:x}:{number & 65535:x}"
    return address


class Question:
    """Title, goal in milliseconds, and what makes its words, others every time, for bench_ask and
    for the program."""

    def __init__(self, title, goal, make, ask, command):
        self.title, self.goal, self.make = title, goal, make
        self.ask, self.command = ask, command

    def some(self, times):
        made = [self.make() for _ in range(times)]
        return [self.ask(*words) for words in made], [self.command(*words) for words in made]


def questions(hosts, services):
    choice, address = random.Random(SEED), addresses(hosts)
    systems = (hosts - 1) // SYSTEM_ASSETS + 1
    operators = (systems - 1) // OPERATOR_SYSTEMS + 1

    def asset():
        return address(choice.randrange(hosts))

    def where():
        return f"port = {FIRST_PORT + choice.randrange(services) + 1} and " \
               f"system = system-{choice.randrange(systems)}"

    def then():
        return f"2026-01-{choice.randrange(2, 2 + RUNS):02}T12:{choice.randrange(60):02}:00Z"

    return [
        Question("one asset, whole", 5, lambda: (asset(),), lambda a: ["show", a],
            lambda a: ["asset", "show", a]),
        Question("port X in system Y", 10, lambda: (where(),), lambda w: ["list", w],
            lambda w: ["asset", "list", w]),
        Question(f"{min(CHANGES, hosts * services):,} changes of the last run", 50, lambda: (RUNS,),
            lambda r: ["changes", str(r)], lambda r: ["changes", "--run", str(r)]),
        Question("one asset, as of", 5, lambda: (asset(), then()), lambda a, t: ["show", a, t],
            lambda a, t: ["asset", "show", a, "--as-of", t]),
        Question("exposure of an operator", 50, lambda: (f"operator-{choice.randrange(operators)}",),
            lambda o: ["exposure", o], lambda o: ["exposure", "list", "--operator", o]),
    ]


def ask_tool(program):
    tool = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(program))),
                        "tests/bench/bench_ask")
    return tool if os.access(tool, os.X_OK) else None


def in_database(register, tool, asked):
    """Milliseconds of each, in order, and how many rows there were; on a connection of its own."""
    words = "".join("\t".join(words) + "\n" for words in asked)
    done = subprocess.run([tool], input=words, capture_output=True, text=True, env=register.env,
                          timeout=ASK_SECONDS, check=False)
    if done.returncode:
        raise OSError(f"bench_ask: {done.stderr}")
    pairs = [tuple(map(int, line.split())) for line in done.stdout.splitlines()]
    return [us / 1000 for us, _ in pairs], [rows for _, rows in pairs]


def through_program(register, words):
    """Milliseconds of a whole command."""
    began = time.monotonic()
    done = subprocess.run([register.program, "-q", *words], stdout=subprocess.DEVNULL,
                          stderr=subprocess.PIPE, env=register.env, timeout=ASK_SECONDS,
                          check=False)
    wall = time.monotonic() - began
    if done.returncode not in (0, 1):
        raise OSError(f"cadastre {words[0]}: {done.stderr}")
    return wall * 1000


def percentile(values, part):
    """The smallest value that so many percent of the values do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * part // 100) - 1)]


def verdict(value, goal):
    return "reached" if value <= goal else f"not reached, {value / goal:.1f} times"


def measure(register, tool, question, times, calls, empty):
    asked, commands = question.some(times + WARM)
    walls, rows = (part[WARM:] for part in in_database(register, tool, asked))
    whole = [through_program(register, words) for words in commands[:calls]]
    more = statistics.median(whole) - empty - statistics.median(walls)
    p99 = percentile(walls, 99)
    return {"p50": statistics.median(walls), "p99": p99, "rows": statistics.median(rows),
            "cli": statistics.median(whole), "cli99": percentile(whole, 99), "more": more,
            "row": [question.title, f"{statistics.median(rows):,.0f}", f"{question.goal} ms",
                    f"{statistics.median(walls):.1f} ms", f"{p99:.1f} ms",
                    verdict(p99, question.goal), f"{statistics.median(whole):.1f} ms",
                    f"{percentile(whole, 99):.1f} ms", f"{more:+.1f} ms",
                    verdict(more, CLI_MORE)]}


def measure_all(work, program, hosts, services, times, calls):
    register, tool = inventory.Register(work, program), ask_tool(program)
    if not tool:
        raise OSError("bench_ask is not built")
    with register.running():
        began = time.monotonic()
        fill(register, hosts, services)
        filled = time.monotonic() - began
    with register.running():  # begun anew, with the cache that such a register gets
        empty = statistics.median(through_program(register, ["--version"])
                                  for _ in range(calls))
        figures = [measure(register, tool, q, times, calls, empty)
                   for q in questions(hosts, services)]
        load = os.getloadavg()[0]
    print(f"{hosts:,} assets, {hosts * services:,} services, {RUNS} runs, filled in {filled:.0f} "
          f"s; load {load:.1f} at the end; an empty command takes {empty:.1f} ms\n")
    print(report.table(["question", "rows", "goal", "p50", "p99", "p99 against the goal",
                        "command p50", "command p99", "command more", "against 30 ms"],
                       [f["row"] for f in figures]) + "\n", flush=True)
    return figures


def bench(work, program, hosts, services, times, tenfold=False):
    """Returns a reason if it could not be done at all."""
    if not program:
        return "the program is not built"
    report.heading(f"Questions about {hosts * services:,} services", times)
    try:
        sizes = [hosts, hosts * 10] if tenfold else [hosts]
        figures = []
        for size in sizes:
            place = os.path.join(work, f"questions-{size}")
            os.mkdir(place, 0o755)
            figures.append(measure_all(place, program, size, services, times, min(times, 50)))
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    if tenfold:
        print(report.table(["question", "p99 at ten times the size, ratio", "against at most 2"],
                           [[a["row"][0], f"{b['p99'] / a['p99']:.2f}",
                             verdict(b["p99"] / a["p99"], 2)] for a, b in zip(*figures)]),
              flush=True)
    return None
