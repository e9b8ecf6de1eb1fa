# SPDX-License-Identifier: Apache-2.0
"""Full export of N assets with M services each: wall time, rate and peak memory of the program, by
kind. The register is filled by SQL, so that only the way out is measured; every service has a
product, an evidence digest and two facts. Target: 100,000 asset files within 60 s in flat memory,
which the same export of a tenth of the assets shows."""
import os
import subprocess
import time

import inventory
import report

KINDS = ("asset-file", "json", "csv", "csv-services", "cyclonedx", "rfc8345")
FILL = """SET search_path = cadastre, pg_temp;
INSERT INTO realm (name) VALUES ('bench') ON CONFLICT DO NOTHING;
INSERT INTO run (run_id, bundle_id, realm_id, vantage, tool, plan, started, ended, outcome)
    SELECT 1, 'bench', realm_id, 'internal', 'bench', '', now(), now(), 'complete'
    FROM realm WHERE name = 'bench';
INSERT INTO coverage (run_id, cidr, method, transport, ports)
    VALUES (1, '198.18.0.0/15', 'syn', 6, '{{[1,65536)}}');
CREATE TEMP TABLE numbered AS SELECT ((g % 4096)::int8 << 48) | g AS asset_id, g,
    '198.18.0.0'::inet + g AS address, (SELECT realm_id FROM realm WHERE name = 'bench') AS realm_id
    FROM generate_series(1, {hosts}) AS g;
INSERT INTO asset (asset_id, realm_id, name, role, vendor, os, first_run, last_run)
    SELECT asset_id, realm_id, 'host-' || g, 'server', 'Lanhe', 'LanOS 3', 1, 1 FROM numbered;
INSERT INTO asset_seen (asset_id, last_run, n, up)
    SELECT asset_id, 1, 1, '{{[1,2)}}' FROM numbered;
INSERT INTO address (asset_id, address, realm_id, grade, method, reason, from_run)
    SELECT asset_id, address, realm_id, 'measured', 'syn', 'first met at this address', 1
    FROM numbered;
INSERT INTO name (asset_id, address, name, source, realm_id, grade, method, from_run)
    SELECT asset_id, address, 'host-' || g || '.example', 'dns', realm_id, 'claimed', 'greeting', 1
    FROM numbered;
INSERT INTO evidence (sha256, kind, bytes, first_run)
    SELECT sha256(int4send(k)), 'http', '\\x00112233445566778899', 1
    FROM generate_series(0, 9999) AS k;
INSERT INTO service (asset_id, address, transport, port, realm_id, protocol, vendor, product,
        version, cpe, internal, exposed, method, evidence, from_run)
    SELECT asset_id, address, 6, 1000 + s, realm_id, 'http', 'Lanhe', 'Server ' || (g + s) % 40,
        (g % 12) || '.' || s, '', true, false, 'greeting', sha256(int4send((g + s) % 10000)), 1
    FROM numbered, generate_series(1, {services}) AS s;
INSERT INTO fact (asset_id, subject, attribute, source, value, realm_id, grade, method, evidence,
        from_run)
    SELECT asset_id, host(address) || ' tcp/' || 1000 + s, a, 'http', 'value ' || g, realm_id,
        'measured', 'greeting', sha256(int4send((g + s) % 10000)), 1
    FROM numbered, generate_series(1, {services}) AS s,
        unnest(ARRAY['http.server', 'http.title']) AS a;
ANALYZE;"""


def export(register, kind, path):
    """Seconds, and the peak of resident memory in MiB."""
    words = [register.program, "-q", "--realm", "bench", "export", "--kind", kind, "-o", path]
    began = time.monotonic()
    with subprocess.Popen(words, env=register.env, stderr=subprocess.PIPE, text=True) as child:
        said = child.stderr.read()
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise OSError(f"cadastre export: exit {child.returncode}: {said}")
    return time.monotonic() - began, usage.ru_maxrss / 1024


def measure(work, program, name, hosts, services, kinds):
    place = os.path.join(work, f"export-{name}")
    os.mkdir(place, 0o755)
    register = inventory.Register(place, program)
    figures = {}
    with register.running():
        register.sql(FILL.format(hosts=hosts, services=services))
        for kind in kinds:
            path = os.path.join(place, "out")
            seconds, peak = export(register, kind, path)
            figures[kind] = (seconds, peak, os.path.getsize(path) / 2 ** 20)
            os.unlink(path)
    return figures


def bench(work, program, hosts, services, kinds=KINDS):
    """Returns a reason if it could not be done at all."""
    if not program:
        return "the program is not built"
    hosts = min(hosts, inventory.HOSTS_MAX)
    report.heading(f"Export of {hosts:,} assets x {services} services", 1)
    try:
        small = measure(work, program, "small", max(hosts // 10, 1), services, kinds)
        whole = measure(work, program, "whole", hosts, services, kinds)
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    rows = [[kind, f"{whole[kind][0]:.1f} s", f"{hosts / whole[kind][0]:,.0f}",
             f"{whole[kind][2]:,.0f} MiB", f"{whole[kind][1]:.0f} MiB",
             f"{small[kind][1]:.0f} MiB"] for kind in kinds]
    print(report.table(["kind", "wall", "assets/s", "file", "peak memory",
                        "peak, a tenth of the assets"], rows), flush=True)
    return None
