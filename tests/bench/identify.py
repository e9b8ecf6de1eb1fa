# SPDX-License-Identifier: Apache-2.0
"""Norms over N systems: everything, everything again, and one change, through the program; beside
evaluating the same norm by XPath over one document of the same facts, as one would write it down
first. That peer looks at a few systems and is extrapolated. The register is filled by SQL with the
rows that an import would write. Norms: those that are shipped, and, should they be
fewer than PACKS, copies of one of them, half of which apply to every system and half to one sector of
six. An organisation, a zone and a subnet stand beside every hundred systems."""
import json
import os
import pathlib
import re
import subprocess
import threading
import time
from xml.sax.saxutils import quoteattr

import inventory
import report

PACKS, PEER_SYSTEMS = 11, 3
SECTORS = ("energy.power", "telecom.public", "water.supply", "finance.bank", "health.hospital",
           "transport.rail")
NORMS = pathlib.Path(__file__).resolve().parents[2] / "inventory/norms"
EXAMPLE = """<examples><example name="e" outcome="not"><given fact="sector" value="{sector}"/>
<given fact="essential" value="false"/></example></examples>"""
GOALS = {"wall": "at most 60 s", "memory": "at most 512 MiB", "ratio": "at least 50",
         "one": "at most 1 s"}
FILL = """SET search_path = cadastre, pg_temp;
SET work_mem = '256MB';
INSERT INTO realm (name) VALUES ('bench') ON CONFLICT DO NOTHING;
CREATE TEMP TABLE r AS SELECT realm_id FROM realm WHERE name = 'bench';
INSERT INTO register_import (realm_id, file, sha256, document, complete)
    SELECT realm_id, 'bench.xml', '', 'bench', true FROM r;
CREATE TEMP TABLE i AS SELECT r.realm_id, max(id) AS id, current_date - 30 AS d, 'B-1'::text AS doc
    FROM register_import, r GROUP BY r.realm_id;
CREATE TEMP TABLE s AS SELECT n, 's' || lpad(n::text, 7, '0') AS id,
    (ARRAY[{sectors}])[1 + n % 6] AS sector FROM generate_series(0, {systems} - 1) AS n;
INSERT INTO organisation (realm_id, id, name, sector, credit_code, unit_type, affiliation,
        division, as_of, document, from_import)
    SELECT realm_id, 'o' || n, 'Operator ' || n, (ARRAY[{sectors}])[1 + n % 6], '', 'enterprise',
        '', '', d, doc, i.id
    FROM i, generate_series(0, {systems} / 100) AS n;
INSERT INTO business (realm_id, id, name, organisation, sector, function, is_key, rto_hours,
        fallback_hours, as_of, document, from_import)
    SELECT realm_id, 'b' || n, 'Business ' || n, 'o' || n % (1 + {systems} / 100),
        (ARRAY[{sectors}])[1 + n % 6], 'distribution-dispatch', n % 2 = 0, 4, n % 9, d, doc, i.id
    FROM i, generate_series(0, {systems} / 10) AS n;
INSERT INTO system (realm_id, id, name, organisation, sector, external, class, kind, function,
        service_scope, counterparts, lifecycle, as_of, document, from_import)
    SELECT realm_id, s.id, 'System ' || n, 'o' || n % (1 + {systems} / 100), sector, false,
        'industrial-control', 'information-system', 'f', 'prefecture', 'both', 'in-service', d, doc,
        i.id
    FROM i, s;
INSERT INTO zone (realm_id, id, name, organisation, purdue_level, protects, importance, function,
        as_of, document, from_import)
    SELECT realm_id, 'z' || n, 'Zone ' || n, 'o' || n, (n % 5)::text, '', '', '', d, doc, i.id
    FROM i, generate_series(0, {systems} / 100) AS n;
INSERT INTO subnet (realm_id, prefix, name, zone, as_of, document, from_import)
    SELECT realm_id, set_masklen('10.0.0.0'::inet + n * 256, 24)::cidr, 'Subnet ' || n, 'z' || n, d,
        doc, i.id
    FROM i, generate_series(0, {systems} / 100) AS n;
INSERT INTO system_tier (realm_id, system, s, a, determined, as_of, document, from_import)
    SELECT realm_id, s.id, 1 + n % 3, 1 + n % 4, d, d, doc, i.id FROM i, s;
INSERT INTO metric (realm_id, system, name, unit, value, as_of, document, from_import)
    SELECT realm_id, s.id, 'customers-served', 'person', n * 7919 % 200000, d, doc, i.id
    FROM i, s WHERE n % 10 <> 3;
INSERT INTO metric (realm_id, system, name, unit, value, as_of, document, from_import)
    SELECT realm_id, s.id, m, 'piece', n % 1000, d, doc, i.id
    FROM i, s, unnest(ARRAY['visits', 'records']) AS m;
INSERT INTO system_list (realm_id, system, list, complete, hops, as_of, document, from_import)
    SELECT realm_id, s.id, l, n % 7 <> 0, CASE l WHEN 'dependants' THEN 2 END, d, doc, i.id
    FROM i, s, unnest(ARRAY['supports', 'controls', 'dependants']) AS l;
INSERT INTO business_support (realm_id, system, business, strength, as_of, document, from_import)
    SELECT realm_id, s.id, 'b' || (n + k * 37) % (1 + {systems} / 10),
        (ARRAY['essential', 'important'])[1 + k], d, doc, i.id
    FROM i, s, generate_series(0, 1) AS k;
INSERT INTO controlled_unit (realm_id, system, id, name, mw, as_of, document, from_import)
    SELECT realm_id, s.id, 'u' || n || '-' || k, 'Unit', 100 * k, d, doc, i.id
    FROM i, s, generate_series(1, 2) AS k;
INSERT INTO dependency (realm_id, from_system, on_system, strength, as_of, document, from_import)
    SELECT DISTINCT ON (a.id, b.id) realm_id, a.id, b.id,
        (ARRAY['essential', 'important', 'essential'])[1 + k], d, doc, i.id
    FROM i, s a CROSS JOIN generate_series(0, 2) AS k
    JOIN s b ON b.n = (a.n::int8 * 31 + k * 7907 + 11) % {systems} WHERE a.id <> b.id;
"""
DEPENDENCY = ("<dependencies><dependency from='{id}' on='s0000005' strength='essential'/>"
              "</dependencies>")


def one_system(n, systems, day, more=""):
    """A register that says of one system what is said already, but for its customers; and more."""
    id_, whole = f"s{n:07}", "no" if n % 7 == 0 else "yes"
    supports = "".join(f"<support business='b{(n + k * 37) % (1 + systems // 10)}' "
                       f"strength='{strength}'/>"
                       for k, strength in enumerate(("essential", "important")))
    units = "".join(f"<unit id='u{n}-{k}' name='Unit' mw='{100 * k}'/>" for k in (1, 2))
    return f"""<register xmlns='urn:cadastre:register:1' realm='bench' document='B-1' as-of='{day}'>
<systems><system id='{id_}' name='System {n}' organisation='o{n % (1 + systems // 100)}'
sector='{SECTORS[n % 6]}' class='industrial-control' kind='information-system' function='f'
service-scope='prefecture' counterparts='both'><tier s='{1 + n % 3}' a='{1 + n % 4}'
determined='{day}'/><metric name='customers-served' value='123456' unit='person'/>
<metric name='visits' value='{n % 1000}' unit='piece'/>
<metric name='records' value='{n % 1000}' unit='piece'/>
<supports complete='{whole}'>{supports}</supports><controls complete='{whole}'>{units}</controls>
<dependants complete='{whole}' hops='2'/></system></systems>{more.format(id=id_)}</register>"""


def packs(work):
    """The shipped ones, and copies: file, id, and the sector of a copy that applies to one."""
    shipped = sorted(NORMS.glob("*.xml"))
    out = [(str(path), None) for path in shipped]
    text = (NORMS / "x.energy.power.xml").read_text()
    when = re.search(r'<applies-to when="[^"]*"/>', text)[0]
    for i in range(len(out), PACKS):
        sector = None if i % 2 else SECTORS[i // 2 % 6]
        body = text.replace('id="x.energy.power"', f'id="x.bench.p{i:02}"').replace(
            when, f'<applies-to when="$sector = \'{sector}\'"/>' if sector else "")
        example = EXAMPLE.format(sector=sector or SECTORS[0])
        body = re.sub(r"<examples>.*</examples>", example, body, flags=re.S)
        path = os.path.join(work, f"p{i:02}.xml")
        pathlib.Path(path).write_text(body)
        out.append((path, sector))
    return out


class Memory(threading.Thread):
    """The most that a process and its children held at once, shared pages counted once."""

    def __init__(self, pid):
        super().__init__(daemon=True)
        self.pid, self.peak, self.end = pid, 0, threading.Event()

    def held(self):
        total, pids = 0, [self.pid]
        while pids:
            pid = pids.pop()
            try:
                with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as file:
                    total += int(re.search(r"^Pss:\s+(\d+)", file.read(), re.M)[1])
                with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
                    pids += map(int, file.read().split())
            except (OSError, TypeError):
                continue
        return total / 1024

    def run(self):
        while not self.end.wait(0.1):
            self.peak = max(self.peak, self.held())


def identify(register, *words):
    """What it took: seconds of wall, of the program with its processes and of the server; MiB."""
    cpu, began = register.server_cpu(), time.monotonic()
    with subprocess.Popen([register.program, "--realm", "bench", "--format", "csv", "identify",
                           *words], env=register.env, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True) as child:
        memory = Memory(child.pid)
        memory.start()
        drain = threading.Thread(target=child.stdout.read, daemon=True)
        drain.start()
        said = child.stderr.read()
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        wall = time.monotonic() - began
        memory.end.set()
        drain.join()
    if child.returncode not in (0, 1):
        raise OSError(f"cadastre identify: exit {child.returncode}: {said}")
    counts = re.search(r"judged (\d+) of (\d+): (\d+) proposals, (\d+) of them new", said)
    return {"wall": wall, "client": usage.ru_utime + usage.ru_stime, "peak": memory.peak,
            "server": register.server_cpu() - cpu, "judged": int(counts[1]),
            "proposals": int(counts[3]), "new": int(counts[4])}


def naive_document(register, path):
    """All that the norm asks for in one document: systems with their statements, dependencies."""
    inner = {}
    for question in (
            "SELECT system, 'tier', 'final', final FROM cadastre.system_tier",
            "SELECT system, 'metric', 'name', name, 'unit', unit, 'value', value "
            "FROM cadastre.metric",
            "SELECT system, list, 'complete', CASE WHEN complete THEN 'yes' ELSE 'no' END "
            "FROM cadastre.system_list",
            "SELECT system, 'support', 'strength', strength, 'function', function, 'key', "
            "CASE WHEN is_key THEN 'yes' ELSE 'no' END, 'rto-hours', rto_hours, 'fallback-hours', "
            "fallback_hours FROM cadastre.business_support s JOIN cadastre.business b "
            "ON b.id = s.business AND b.until_import IS NULL AND s.until_import IS NULL",
            "SELECT system, 'unit', 'id', id, 'mw', mw FROM cadastre.controlled_unit"):
        for system, tag, *values in register.sql(question):
            words = " ".join(f"{n}={quoteattr(v)}" for n, v in zip(values[::2], values[1::2]))
            inner.setdefault(system, []).append(f"<{tag} {words}/>")
    with open(path, "w", encoding="utf-8") as file:
        file.write("<register>\n")
        for id_, sector in register.sql("SELECT id, sector FROM cadastre.system "
                                        "WHERE until_import IS NULL"):
            file.write(f"<system id={quoteattr(id_)} sector={quoteattr(sector)}>"
                       f"{''.join(inner.pop(id_, []))}</system>\n")
        for row in register.sql("SELECT from_system, on_system, strength FROM cadastre.dependency "
                                "WHERE until_import IS NULL"):
            file.write("<dependency from={} on={} strength={}/>\n".format(*map(quoteattr, row)))
        file.write("</register>\n")


def peer_tool(program):
    tool = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(program))),
                        "tests/bench/bench_naive")
    return tool if os.access(tool, os.X_OK) else None


def peer(register, tool, n_packs, systems):
    """Seconds for one system by all packs, each taken for as much as the one that is written down,
    and what the document takes."""
    path = os.path.join(register.work, "all.xml")
    naive_document(register, path)
    step = max(systems // PEER_SYSTEMS, 1)
    ids = [f"s{n:07}" for n in range(0, systems, step)][:PEER_SYSTEMS]
    done = subprocess.run([tool, path, "1", *ids], capture_output=True, text=True,
                          timeout=inventory.CALL_SECONDS, check=False)
    if done.returncode:
        raise OSError(f"bench_naive: {done.stderr}")
    one = json.loads(done.stdout)
    return one | {"seconds": one["seconds"] * n_packs, "cpu": one["cpu"] * n_packs}


def one_change(register, work, n, more=""):
    path = os.path.join(work, "one.xml")
    day = register.sql("SELECT current_date - 30")[0][0]
    pathlib.Path(path).write_text(one_system(n, register.systems, day, more))
    row, = register.call("register", "import", path)[0]
    if row["written"] != (2 if more else 1):
        raise OSError(f"one change is not one: {row}")
    return identify(register)


def measure(register, work, systems):
    chosen = packs(work)
    register.sql(FILL.format(systems=systems, sectors=", ".join(f"'{s}'" for s in SECTORS)),
                 "VACUUM (ANALYZE)", "CHECKPOINT")
    register.systems = systems
    for path, _ in chosen:
        register.call("pack", "install", "--unsigned", "bench", path)
    return [("everything, the first time", identify(register)),
            ("everything again", identify(register, "--all")),
            ("nothing changed", identify(register)),
            ("a figure of one system changed", one_change(register, work, 17)),
            ("another one", one_change(register, work, systems // 2)),
            ("a dependency more", one_change(register, work, 18, DEPENDENCY))], len(chosen)


def bench(work, program, systems):
    """Returns a reason if it could not be done at all."""
    if not program:
        return "the program is not built"
    report.heading(f"Identification of {systems:,} systems by "
                   f"{max(PACKS, len([*NORMS.glob('*.xml')]))} norms", 1)
    place = os.path.join(work, "identify")
    os.mkdir(place, 0o755)
    register = inventory.Register(place, program)
    tool, naive = peer_tool(program), None
    try:
        with register.running():
            done, n_packs = measure(register, place, systems)
            print_done(done)
            if tool:
                naive = peer(register, tool, n_packs, systems)
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    print_figures(done, naive, systems)
    return None


def print_done(done):
    rows = [[name, f"{f['wall']:.2f} s", f"{f['client']:.1f} s", f"{f['server']:.1f} s",
             f"{f['judged']:,}", f"{f['proposals']:,}", f"{f['new']:,}", f"{f['peak']:.0f} MiB"]
            for name, f in done]
    print(report.table(["identify", "wall", "CPU of the program", "CPU of the server", "judged",
                        "evaluations", "new", "memory"], rows), flush=True)


def print_figures(done, naive, systems):
    first = done[0][1]
    figures = [["wall, everything", f"{first['wall']:.1f} s", GOALS["wall"]],
               ["memory", f"{max(f['peak'] for _, f in done):.0f} MiB", GOALS["memory"]],
               ["one change", f"{done[3][1]['wall']:.2f} s", GOALS["one"]],
               ["a dependency more", f"{done[5][1]['wall']:.2f} s", GOALS["one"]]]
    if naive:
        whole, cpu = naive["seconds"] * systems, naive["cpu"] * systems
        figures.append(["naive XPath over one document, wall",
                        f"{whole:,.0f} s (one norm over {naive['systems']} systems was measured, "
                        f"{naive['seconds']:.1f} s for all norms over one system; extrapolated)", ""])
        figures.append(["times as fast", f"{whole / first['wall']:,.0f}", GOALS["ratio"]])
        figures.append(["times less processor, the server's with ours",
                        f"{cpu / (first['client'] + first['server']):,.0f}", ""])
        figures.append(["the document's memory", f"{naive['peak']:.0f} MiB", ""])
    else:
        print("bench_naive is not built; the peer is not measured")
    print("\n" + report.table(["figure", "measured", "goal"], figures), flush=True)
