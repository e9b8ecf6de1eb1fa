# SPDX-License-Identifier: Apache-2.0
"""The map of another day beside the map of now: the same command, the same register, in turn.

The register is that of the bench of questions, with what makes other days differ from now: assets that were
merged, retired and quiet, that moved and were called otherwise, systems for which somebody is responsible,
tags, subnets. The bench's small test draws the last day and now, which must be the same."""
import os
import subprocess
import time

import inventory
import questions
import report

DAY = "2026-01-05T12:00:00Z"  # of six runs four count; assets were merged, and not yet retired
MAPS = (("now", (), None), ("as of another day", ("--as-of", DAY), 2),
        ("differences from another day", ("--diff", DAY), 3))
CALL_SECONDS = 1800
# Numbers of assets end in those of their addresses (questions.FILL). Each kind of asset has a remainder.
HISTORY = """SET search_path = cadastre, pg_temp;
SET work_mem = '256MB';
CREATE TEMP TABLE past AS SELECT asset_id, realm_id, (asset_id & 281474976710655) - 1 AS g FROM asset;
CREATE TEMP TABLE merge AS SELECT a.asset_id, b.asset_id AS into_id, a.realm_id
    FROM past a JOIN past b ON b.g = a.g + 1 WHERE a.g % 500 = 7;
UPDATE asset a SET merged_into = m.into_id, merge_run = 4, merge_reason = 'bench'
    FROM merge m WHERE a.asset_id = m.asset_id;
INSERT INTO asset_decision (realm_id, kind, asset_id, other_asset_id, run_id, verdict, author, reason)
    SELECT realm_id, 'merge', asset_id, into_id, 4, 'auto', 'bench', 'bench' FROM merge;
INSERT INTO address (asset_id, address, realm_id, grade, method, reason, from_run)
    SELECT m.into_id, d.address, d.realm_id, d.grade, d.method, d.reason, 4
    FROM address d JOIN merge m USING (asset_id);
UPDATE address SET until_run = 4 WHERE asset_id IN (SELECT asset_id FROM merge);
INSERT INTO service (asset_id, address, transport, port, realm_id, protocol, vendor, product, version, cpe,
        internal, exposed, method, from_run)
    SELECT m.into_id, s.address, s.transport, s.port, s.realm_id, s.protocol, s.vendor, s.product, s.version,
        s.cpe, s.internal, s.exposed, s.method, greatest(s.from_run, 4)
    FROM service s JOIN merge m USING (asset_id) WHERE s.until_run IS NULL;
UPDATE service SET until_run = greatest(from_run, 4)
    WHERE until_run IS NULL AND asset_id IN (SELECT asset_id FROM merge);
UPDATE address SET until_run = 5 WHERE asset_id IN (SELECT asset_id FROM past WHERE g % 300 = 13);
INSERT INTO address (asset_id, address, realm_id, grade, method, reason, from_run)
    SELECT asset_id, address + 131072, realm_id, grade, method, reason, 5 FROM address WHERE until_run = 5;
INSERT INTO asset_decision (realm_id, kind, asset_id, run_id, verdict, author, reason)
    SELECT realm_id, 'retire', asset_id, 5, 'manual', 'bench', 'bench' FROM past WHERE g % 700 = 19;
UPDATE asset SET state = 'retired' WHERE asset_id IN (SELECT asset_id FROM past WHERE g % 700 = 19);
INSERT INTO fact (asset_id, subject, attribute, source, value, realm_id, grade, method, from_run)
    SELECT asset_id, '', 'state', 'intake', 'quiet', realm_id, 'derived', 'intake', 4
    FROM past WHERE g % 200 = 11;
UPDATE asset SET state = 'quiet' WHERE state = 'seen'
    AND asset_id IN (SELECT asset_id FROM past WHERE g % 200 = 11);
UPDATE asset_seen SET last_run = 3, up = up - '{{[4,7)}}', quiet = '{{[4,7)}}'
    WHERE asset_id IN (SELECT asset_id FROM past WHERE g % 200 = 11);
INSERT INTO asset_past (asset_id, until_run, name, role, role_reason, vendor, model, os)
    SELECT p.asset_id, 3 + p.g % 4, 'once ' || p.g, a.role, a.role_reason, a.vendor, '', 'LanOS 2'
    FROM past p JOIN asset a USING (asset_id) WHERE p.g % 10 = 3;
INSERT INTO responsibility (realm_id, subject, value, duty, organisation, as_of, document, from_import)
    SELECT realm_id, 'system', id, duty, organisation, as_of, document, from_import
    FROM system, unnest(ARRAY['manages', 'operates']) AS duty;
INSERT INTO asset_statement (realm_id, selector, asset, attribute, item, value, as_of, document, from_import)
    SELECT realm_id, 'address', host(address), 'tag', 't', 't', '2026-01-01', 'bench', i.id
    FROM address, (SELECT max(id) AS id FROM register_import) AS i
    WHERE until_run IS NULL AND asset_id % 50 = 0;
INSERT INTO subnet (realm_id, prefix, name, zone, as_of, document, from_import)
    SELECT DISTINCT realm_id, network(set_masklen(address, {net}))::cidr, 'net', 'zone', '2026-01-01'::date,
        'bench', i.id
    FROM address, (SELECT max(id) AS id FROM register_import) AS i WHERE until_run IS NULL;
DELETE FROM asset_member;
INSERT INTO asset_member (asset_id, realm_id, system) SELECT asset_id, realm_id, system FROM asset_system;
"""


def fill(register, hosts, services):
    questions.fill(register, hosts, services)
    register.sql(HISTORY.format(net=24 if hosts <= inventory.HOSTS_MAX else 120), "VACUUM (ANALYZE)",
                 "CHECKPOINT")


def draw(register, path, words):
    """Seconds of wall, of the server and of the program, and the program's peak in MiB."""
    cpu, began = register.server_cpu(), time.monotonic()
    with subprocess.Popen([register.program, "-q", "--realm", "bench", "map", "-o", path, *words],
                          env=register.env, stderr=subprocess.PIPE, text=True) as child:
        said = child.stderr.read()
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise OSError(f"cadastre map: exit {child.returncode}: {said}")
    return {"wall": time.monotonic() - began, "server": register.server_cpu() - cpu,
            "program": usage.ru_utime + usage.ru_stime, "peak": usage.ru_maxrss / 1024}


def measure(work, program, hosts, services, runs):
    place = os.path.join(work, "days")
    os.mkdir(place, 0o755)
    register = inventory.Register(place, program)
    figures = {title: [] for title, _, _ in MAPS}
    with register.running():
        fill(register, hosts, services)
    with register.running():  # begun anew, with the cache that such a register gets
        for _ in range(1 + runs):  # the first ones warm the caches
            for title, words, _ in MAPS:
                figures[title].append(draw(register, os.path.join(place, "map.svg"),
                                           ["--type", "district", *words]))
    return {title: found[1:] for title, found in figures.items()}


def middle(found, *names):
    return report.median([sum(f[name] for name in names) for f in found])


def bench(work, program, hosts, services, runs):
    """Returns a reason if it could not be done at all."""
    if not program:
        return "the program is not built"
    report.heading(f"The map of another day, {hosts:,} assets x {services} services", runs)
    try:
        figures = measure(work, program, hosts, services, runs)
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    now, rows = figures["now"], []
    for title, _, goal in MAPS:
        found = figures[title]
        wall = middle(found, "wall") / middle(now, "wall")
        cpu = middle(found, "server", "program") / middle(now, "server", "program")
        rows.append([title, report.spread([f["wall"] for f in found], report.seconds), f"{wall:.2f}",
                     report.seconds(middle(found, "server")), report.seconds(middle(found, "program")),
                     f"{cpu:.2f}", f"{middle(found, 'peak'):.0f} MiB",
                     f"at most {goal}: {questions.verdict(wall, goal)}" if goal else ""])
    print(report.table(["map", "wall", "x now", "server CPU", "program CPU", "CPU x now", "peak memory",
                        "goal, x now"], rows), flush=True)
    return None
