# SPDX-License-Identifier: Apache-2.0
"""Dossiers of N systems with fourteen statements each, one asset each in N / 10 subnets of N / 100 zones,
and 50 runs that covered all of it: all of each unit in bulk, and one alone. Wall and processor time of
both sides, and the peak of the program's memory, which must not grow with N. Target: 100,000 dossiers
of systems in well under 15 s."""
import pathlib
import sys

import report

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "sql"))
from register import Register  # noqa: E402

UNITS = ("system", "organisation", "zone", "subnet")
STATED = "date '2026-01-01', 'D', 1"
FILL = """
INSERT INTO realm (name) VALUES ('bench');
INSERT INTO register_import (realm_id, file, sha256, document, complete)
    VALUES (1, 'f', '', 'D', false);
INSERT INTO organisation (realm_id, id, name, sector, credit_code, unit_type, affiliation, division,
        as_of, document, from_import)
    SELECT 1, 'o' || i, 'Org ' || i, 'energy', '', 'enterprise', '', '', {stated}
    FROM generate_series(1, {n} / 50) i;
INSERT INTO org_metric SELECT 1, 'o' || i, 'staff', 'person', i, {stated}
    FROM generate_series(1, {n} / 50) i;
INSERT INTO system (realm_id, id, name, organisation, sector, external, class, kind, function,
        service_scope, counterparts, lifecycle, carried_by, as_of, document, from_import)
    SELECT 1, 'sys-' || i, 'System ' || i, 'o' || (i % ({n} / 50) + 1), 'energy.power', false,
        'industrial-control', 'information-system', 'control', 'province', 'both', 'in-service',
        CASE WHEN i % 10 = 0 THEN 'sys-' || (i / 10 + 1) END, {stated} FROM generate_series(1, {n}) i;
INSERT INTO system_tier (realm_id, system, s, a, as_of, document, from_import)
    SELECT 1, 'sys-' || i, 2, 3, {stated} FROM generate_series(1, {n}) i;
INSERT INTO metric SELECT 1, 'sys-' || i, m, 'person', i, {stated}
    FROM generate_series(1, {n}) i, unnest(ARRAY['customers-served', 'visits-per-day']) m;
INSERT INTO system_list
    SELECT 1, 'sys-' || i, l, true, CASE l WHEN 'dependants' THEN 2 END, {stated}
    FROM generate_series(1, {n}) i, unnest(ARRAY['supports', 'controls', 'dependants']) l;
INSERT INTO business (realm_id, id, name, organisation, sector, function, is_key, rto_hours,
        fallback_hours, as_of, document, from_import)
    SELECT 1, 'b' || i, 'Business', 'o' || (i % ({n} / 50) + 1), 'energy.power',
        'distribution-dispatch', true, 4, 8, {stated} FROM generate_series(1, {n} / 10) i;
INSERT INTO business_support
    SELECT 1, 'sys-' || i, 'b' || (i % ({n} / 10) + 1), 'essential', {stated}
    FROM generate_series(1, {n}) i;
INSERT INTO controlled_unit (realm_id, system, id, name, mw, as_of, document, from_import)
    SELECT 1, 'sys-' || i, 'u' || i || '-' || u, 'Unit', 100, {stated}
    FROM generate_series(1, {n}) i, generate_series(1, 2) u;
INSERT INTO damage SELECT 1, 'sys-' || i, 's', 'order', 'serious', {stated}
    FROM generate_series(1, {n}) i;
INSERT INTO filing SELECT 1, 'sys-' || i, 'filed', '01234567890', 'c', NULL, date '2026-01-01',
    date '2026-01-01', date '2029-01-01', {stated} FROM generate_series(1, {n}) i;
INSERT INTO assessment
    SELECT 1, 'sys-' || i, 'tier', date '2026-01-01', NULL, 'r', 'conform', 91, {stated}
    FROM generate_series(1, {n}) i;
INSERT INTO zone (realm_id, id, name, organisation, purdue_level, protects, importance, function,
        as_of, document, from_import)
    SELECT 1, 'z' || i, 'Zone', 'o1', '2', '', '', '', {stated} FROM generate_series(1, {n} / 100) i;
INSERT INTO subnet (realm_id, prefix, name, zone, as_of, document, from_import)
    SELECT 1, set_masklen('10.0.0.0'::inet + i * 64, 26)::cidr, 'net', 'z' || (i % ({n} / 100) + 1),
        {stated} FROM generate_series(0, {n} / 10 - 1) i;
INSERT INTO run (run_id, bundle_id, realm_id, vantage, tool, plan, started, ended, outcome)
    SELECT i, 'b' || i, 1, CASE WHEN i % 5 = 0 THEN 'internet' ELSE 'internal' END, 't', 'p',
        timestamptz '2025-11-01' + i * interval '7 days',
        timestamptz '2025-11-01' + i * interval '7 days', 'complete' FROM generate_series(1, 50) i;
INSERT INTO coverage SELECT r, set_masklen('10.0.0.0'::inet + i * 256, 24), 'syn', 6, '{{[1,1025)}}'
    FROM generate_series(1, 50) r, generate_series(0, {n} / 40) i;
INSERT INTO asset (asset_id, realm_id, name, role, first_run, last_run)
    SELECT i, 1, 'a' || i, CASE i % 5 WHEN 0 THEN 'plc' WHEN 1 THEN 'server' ELSE 'host' END, 1, 50
    FROM generate_series(1, {n}) i;
INSERT INTO asset_seen (asset_id, last_run) SELECT i, 50 FROM generate_series(1, {n}) i;
INSERT INTO asset_member SELECT i, 1, 'sys-' || i FROM generate_series(1, {n}) i;
INSERT INTO address (asset_id, address, realm_id, grade, method, reason, from_run)
    SELECT i, '10.0.0.0'::inet + i * 6, 1, 'measured', 'arp', 'x', 1 FROM generate_series(1, {n}) i;
INSERT INTO service (asset_id, from_run, realm_id, port, transport, internal, exposed, address,
        protocol, vendor, product, version, cpe, method)
    SELECT i, 1, 1, 443, 6, true, i % 20 = 0, '10.0.0.0'::inet + i * 6, 'http', '', '', '', '',
        'greeting' FROM generate_series(1, {n}) i;
INSERT INTO link (asset_id, layer, peer_asset_id, peer_address, source, realm_id, grade, method,
        detail, from_run)
    SELECT i, 'flow', i * 7 % {n} + 1, '0.0.0.0', 'flow', 1, 'measured', 'flow', '', 1
    FROM generate_series(1, {n}) i WHERE i * 7 % {n} + 1 <> i;
ANALYZE"""


def one(register, words):
    figures = register.run("dossiers", *words)
    return [f"{figures['dossiers']:,}", f"{figures['bytes'] / 1e6:.2f} MB",
            f"{figures['ms'] / 1000:.2f} s", f"{figures['cpu_ms'] / 1000:.2f} s",
            f"{figures['server_ms'] / 1000:.2f} s", f"{figures['peak_kib'] / 1024:.0f} MiB"]


def bench(program, systems):
    tool = pathlib.Path(program).resolve().parent.parent / "tests/sql/sql_tool"
    if not tool.exists():
        return f"{tool} is not built"
    register = Register(str(tool))
    try:
        register.sql(FILL.format(n=systems, stated=STATED))
        rows = [[unit, *one(register, (unit, 0, "count"))] for unit in UNITS]
        rows.append(["one system", *one(register, ("system", 1, "count", "sys-77"))])
    finally:
        register.close()
    report.heading(f"Dossiers of {systems:,} systems", 1)
    print(report.table(["unit", "dossiers", "XML", "wall", "program", "server", "peak"], rows))
    return None
