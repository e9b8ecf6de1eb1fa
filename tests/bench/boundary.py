# SPDX-License-Identifier: Apache-2.0
"""The boundary of one system among N assets that exchange ten flows each: derived and written, and derived
again when nothing changed; beside it the same closure as one recursive query over the same rows.

Assets are in networks of 128, each a system, all of one zone: nothing stops the walk, which is the
longest that there is. One flow in ten is a service of the network, one in ten older than the window."""
import time

import inventory
import questions
import report

FLOWS = 10
FILL = """SET search_path = cadastre, pg_temp;
INSERT INTO business (realm_id, id, name, organisation, sector, function, is_key, as_of, document, from_import)
    SELECT realm_id, 'supply', 'Supply', 'operator-0', 'energy', 'supply', true, '2026-01-01', 'bench',
        from_import FROM system WHERE id = 'system-0';
INSERT INTO business_support (realm_id, system, business, strength, as_of, document, from_import)
    SELECT realm_id, id, 'supply', 'essential', '2026-01-01', 'bench', from_import FROM system
    WHERE id = 'system-0';
INSERT INTO subnet (realm_id, prefix, name, zone, as_of, document, from_import)
    SELECT realm_id, network(value::inet), system, 'control', '2026-01-01', 'bench', from_import
    FROM system_rule;
UPDATE run SET ended = now() - interval '200 days', started = ended, filed = ended WHERE run_id = 1;
UPDATE run SET ended = now() - interval '1 day', started = ended, filed = ended WHERE run_id = {runs};
SELECT setseed(0.5);
INSERT INTO flow_seen (realm_id, client, server, transport, port, protocol, way, first_run, last_run)
    SELECT a.realm_id, a.address, '{base}'::inet + (random() * ({hosts} - 1))::int8, 6, 2000 + s,
        CASE s WHEN 0 THEN 'dns' ELSE (ARRAY['iec104', 'modbus', 'https', ''])[1 + s % 4] END, 'both', 1,
        CASE s WHEN 1 THEN 1 ELSE {runs} END
    FROM address a, generate_series(0, {flows} - 1) AS s
    ON CONFLICT DO NOTHING;
DELETE FROM flow_seen WHERE client = server;"""
EDGES = """CREATE TABLE IF NOT EXISTS edge AS
    SELECT c.asset_id AS a, s.asset_id AS b
    FROM cadastre.flow_seen f
    JOIN cadastre.run e ON e.run_id = f.last_run AND e.ended > now() - interval '90 days'
    JOIN cadastre.address c ON c.address = f.client
    JOIN cadastre.address s ON s.address = f.server
    WHERE f.protocol <> 'dns'"""
CLOSURE = """WITH RECURSIVE reach (asset_id) AS (
        SELECT asset_id FROM cadastre.asset_member WHERE system = 'system-0'
        UNION
        SELECT w.b FROM reach r JOIN (SELECT a, b FROM edge UNION ALL SELECT b, a FROM edge) AS w
            ON w.a = r.asset_id)
    SELECT count(*) FROM reach"""


def derive(register):
    """Seconds, seconds of processors, MiB at most, and the row that the program tells."""
    began, cpu = time.monotonic(), register.server_cpu()
    rows, usage = register.call("boundary", "derive", "system-0")
    took = time.monotonic() - began
    return took, usage.ru_utime + usage.ru_stime + register.server_cpu() - cpu, \
        usage.ru_maxrss / 1024, rows[0]


def closure(register):
    """Seconds, seconds of processors, and how many are reached."""
    register.sql("DROP TABLE IF EXISTS edge")
    began, cpu = time.monotonic(), register.server_cpu()
    register.sql(EDGES, "CREATE INDEX ON edge (a)", "CREATE INDEX ON edge (b)", "ANALYZE edge")
    reached = register.number(CLOSURE)
    return time.monotonic() - began, register.server_cpu() - cpu, reached


def fill(register, hosts):
    few = hosts <= inventory.HOSTS_MAX
    questions.fill(register, hosts, 1)
    register.sql(FILL.format(hosts=hosts, flows=FLOWS, runs=questions.RUNS,
                             base="198.18.0.0" if few else "2001:db8::"), "VACUUM (ANALYZE)")


def bench(work, program, runs, hosts):
    if not program:
        return "there is no program"
    register = inventory.Register(work, program)
    with register.running():
        fill(register, hosts)
        report.heading(f"The boundary of one system among {hosts:,} assets", runs)
        first, cpu, memory, row = derive(register)
        again = [derive(register) for _ in range(runs)]
        peer = [closure(register) for _ in range(runs)]
        flows = register.number("SELECT count(*) FROM cadastre.flow_seen")
    if any(told["written"] != "no" for *_, told in again) or row["members"] != peer[0][2]:
        return "what was derived is not what the query reaches, or was derived twice"
    rows = [["derived and written", f"{row['members']:,}", report.seconds(first),
             report.seconds(cpu), f"{memory:.0f} MiB"],
            ["derived again, unchanged", f"{row['members']:,}"]
            + [report.spread([a[i] for a in again], report.seconds) for i in (0, 1)]
            + [f"{max(a[2] for a in again):.0f} MiB"],
            ["recursive query, no reasons", f"{peer[0][2]:,}"]
            + [report.spread([p[i] for p in peer], report.seconds) for i in (0, 1)] + ["-"]]
    print(report.table([f"{flows:,} flows", "members", "time", "processor", "peak"], rows))
    ratios = [report.ratio([a[i] for a in again], [p[i] for p in peer], False) for i in (0, 1)]
    print(f"\nagainst the query: {ratios[0]} times by time, {ratios[1]} by processor")
    return None
