# SPDX-License-Identifier: Apache-2.0
"""Full export of N assets with M services each: wall, processor time of both sides, rate and peak
memory of the program, by kind; and one file for each of a tenth of them. The register is filled by SQL
as the bench of questions fills it, with systems, rules and six runs; and every service has evidence and
two facts, every system two responsibilities, one asset in 20 a tag. Target: 100,000 asset files within
60 s in flat memory, which the same export of a tenth of the assets shows."""
import os
import shutil
import subprocess
import time

import inventory
import questions
import report

KINDS = ("asset-file", "json", "csv", "csv-services", "cyclonedx", "rfc8345")
MORE = """SET search_path = cadastre, pg_temp;
SET work_mem = '256MB';
INSERT INTO evidence (sha256, kind, bytes, first_run)
    SELECT sha256(int4send(k)), 'http', '\\x00112233445566778899', 1
    FROM generate_series(0, 9999) AS k;
UPDATE service SET evidence = sha256(int4send(((asset_id & 65535) + port)::int4 % 10000))
    WHERE until_run IS NULL;
INSERT INTO fact (asset_id, subject, attribute, source, value, realm_id, grade, method, evidence,
        from_run)
    SELECT asset_id, host(address) || ' tcp/' || port, a, 'bench', 'value ' || asset_id, realm_id,
        'measured', 'greeting', evidence, 1
    FROM service, unnest(ARRAY['http.header.server', 'http.title']) AS a
    WHERE until_run IS NULL ORDER BY asset_id;
INSERT INTO responsibility (realm_id, subject, value, duty, organisation, as_of, document,
        from_import)
    SELECT realm_id, 'system', id, duty, organisation, as_of, document, from_import
    FROM system, unnest(ARRAY['manages', 'operates']) AS duty;
INSERT INTO asset_statement (realm_id, selector, asset, attribute, item, value, as_of, document,
        from_import)
    SELECT realm_id, 'address', host(address), 'tag', 't', 't', '2026-01-01', 'bench',
        (SELECT max(id) FROM register_import)
    FROM address WHERE until_run IS NULL AND asset_id % 20 = 0;
"""


def export(register, *words):
    """Seconds of wall, of the program and of the server, and the peak of resident memory in MiB."""
    words = [register.program, "-q", "--realm", "bench", "export", *words]
    cpu, began = register.server_cpu(), time.monotonic()
    with subprocess.Popen(words, env=register.env, stderr=subprocess.PIPE, text=True) as child:
        said = child.stderr.read()
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise OSError(f"cadastre export: exit {child.returncode}: {said}")
    return {"wall": time.monotonic() - began, "client": usage.ru_utime + usage.ru_stime,
            "server": register.server_cpu() - cpu, "peak": usage.ru_maxrss / 1024}


def each(register):
    """One file for each asset."""
    path = os.path.join(register.work, "each")
    os.mkdir(path, 0o755)
    figures = export(register, "--each", "asset", "-o", path)
    figures["files"] = len(os.listdir(path))
    shutil.rmtree(path)
    return figures


def measure(work, program, name, hosts, services, kinds):
    place = os.path.join(work, f"export-{name}")
    os.mkdir(place, 0o755)
    register = inventory.Register(place, program)
    figures = {}
    with register.running():
        questions.fill(register, hosts, services)
        register.sql(MORE, "VACUUM (ANALYZE)", "CHECKPOINT")
        for kind in kinds:
            path = os.path.join(place, "out")
            figures[kind] = export(register, "--kind", kind, "-o", path)
            figures[kind]["size"] = os.path.getsize(path) / 2 ** 20
            os.unlink(path)
        if name == "small":
            figures["each"] = each(register)
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
    rows = [[kind, f"{f['wall']:.1f} s", f"{hosts / f['wall']:,.0f}", f"{f['server']:.1f} s",
             f"{f['client']:.1f} s", f"{f['size']:,.0f} MiB", f"{f['peak']:.0f} MiB",
             f"{small[kind]['peak']:.0f} MiB"] for kind, f in whole.items() if kind in kinds]
    print(report.table(["kind", "wall", "assets/s", "server CPU", "client CPU", "file", "peak memory",
                        "peak, a tenth of the assets"], rows))
    few = small["each"]
    print(f"\nA file for each of {few['files']:,} assets: {few['wall']:.1f} s, "
          f"{few['files'] / few['wall']:,.0f} files/s", flush=True)
    return None
