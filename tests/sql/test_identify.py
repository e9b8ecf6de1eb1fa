#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Identification of what changed, by the program: whatever changed, it says what judging everything
says; what is twice the same writes nothing; what is far away changes nothing. Packs of this test
mirror whole dossiers, so that nothing in one can change unseen. And packs: who answers for them."""
import json
import os
import pathlib
import random
import re
import subprocess
import sys
import unittest
from xml.sax.saxutils import quoteattr

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from register import Bundle, Register, psql_path, wait_for  # noqa: E402

TOOL, SOURCE, PROGRAM = sys.argv.pop(1), pathlib.Path(sys.argv.pop(1)), sys.argv.pop(1)
SEEDS, ALL_STEPS = (71,), 32
STEPS = int(sys.argv.pop(1))  # fewer under the sanitizers, which slow the program down
NET = "198.18.0.0/15"
SSH = "ssh.hostkey.sha256"
STANDING = """SELECT r.name, o.unit, o.system, o.pack, o.eval_id, o.outcome, o.notable, o.silent,
    o.measured, o.until_day, e.inputs_sha256 FROM norm_standing o JOIN realm r USING (realm_id)
    JOIN norm_eval e ON e.id = o.eval_id ORDER BY 1, 2, 3, 4"""
ACROSS = 2  # elements of a name that a mirror looks at one by one
PART = 3    # elements of one mirror: more steps than a pack may take on a large dossier


def elements(unit):
    """Names and attributes of a unit's dossier, from the table that the program writes it by."""
    text = (SOURCE / "inventory/norm/dossier.c").read_text()
    table = re.search(rf"{unit}_elements\[\] = {{(.*?)\t{{0}}}};", text, re.S)[1]
    return [(name, re.findall(r'"([^"]+)"', values))
            for name, values in re.findall(r'{"([a-z-]+)", {(.*?)}}', table, re.S)]


def mirror(unit, part=0):
    """A pack that selects a part of a dossier; all parts, all of it."""
    facts = []
    root = elements(unit)[0][0]
    for name, attributes in elements(unit)[part * PART:(part + 1) * PART]:
        at = ["."] if name == root else [f"{name}[{k}]" for k in range(1, ACROSS + 1)]
        words = [f"{place}/@{a}" for place in at for a in [*attributes, "as-of", "document"]]
        count = "1" if name == root else f"count({name})"
        facts.append(f"<fact name='f-{name}' type='code' label='l' select=\"concat({count}, '|', "
                     + ", '|', ".join(words) + ")\"/>")
    facts.append("<fact name='n' type='number' label='l' select='count(*)' max-age='P400D'/>")
    if unit == "system" and part == 0:
        facts.append("<graph name='near' unit='sector' kind='distinct-sectors' direction='in' "
                     "depth='2' min-strength='important' label='l' max-age='P400D'/>"
                     "<graph name='below' unit='system' kind='dependants' direction='out' "
                     "depth='3' min-strength='supporting' label='l'/>")
    return f"""<norm-pack xmlns='urn:cadastre:norm:1' id='mirror.{unit}.{part}' version='1'
        unit='{unit}' language='en' authority='t' effective-from='2020-01-01'><title>t</title><facts>
        {"".join(facts)}</facts><criteria><criterion id='A' factor='harm' bright-line='yes'
        test='$n &gt;= 9' basis='b'>t</criterion></criteria><outcome value='cii' when='bright'/>
        <examples><example name='e' outcome='cii'><given fact='n' value='9'/></example></examples>
        </norm-pack>"""


KINDS = ("customers", "tier", "name", "units", "supports", "hops", "carried", "prefix", "prefix",
         "lifecycle", "aim", "organisation", "business", "depend", "undepend", "add", "remove",
         "external", "zone", "subnet", "exit", "contract", "of", "name", "tier", "facility",
         "facility", "remote", "statement")
OTHERS = ("run", "run", "designation", "justification", "withdrawal", "merge")
ROUTER = ("198.18.0.100", "198.18.1.100")


class Model:
    """A register that changes at random, whole each time."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        r = self.random
        self.organisations = {f"o{i}": {"name": f"O {i}", "sector": "energy.power"}
                              for i in range(4)}
        self.businesses = {f"b{i}": {"key": "yes", "rto": 4, "organisation": f"o{i % 4}"}
                           for i in range(5)}
        self.systems, self.external = {}, {}
        for i in range(24):
            self.systems[f"s{i}"] = self.system()
        for i in range(3):
            self.external[f"x{i}"] = r.choice(("water", "health", "telecom"))
        self.dependencies = set()
        for _ in range(30):
            self.depend()
        self.zones = {f"z{i}": str(i) for i in range(3)}
        self.subnets = {f"198.18.{i}.0/24": f"z{i % 3}" for i in range(4)}
        for i in range(6):
            self.systems[f"s{i + 12}"]["carried"] = f"s{i % 3 + 20}"
        self.kinds, self.changed = [], set()
        self.remote, self.importance = "s4", "key"
        self.exits = {"internet-1": ["s0", "s1"]}
        self.contracts = {"c1": ["s2"]}

    def system(self):
        r = self.random
        return {"name": "S", "organisation": f"o{r.randrange(4)}", "tier": r.randrange(1, 5),
                "customers": r.randrange(200000), "units": r.randrange(3),
                "kind": "information-system",
                "supports": [f"b{r.randrange(5)}"], "hops": r.randrange(1, 4), "carried": None,
                "prefix": None, "lifecycle": "in-service", "aim": r.choice(("order", "rights"))}

    def depend(self):
        ids = [*self.systems, *self.external]
        a, b = self.random.choice(ids), self.random.choice([*self.systems])
        if a != b and (b, a) not in {(x, y) for x, y, _ in self.dependencies} \
                and (a, b) not in {(x, y) for x, y, _ in self.dependencies}:
            self.dependencies.add((a, b, self.random.choice(("essential", "important"))))

    def change(self):
        """One thing at random; what it was, for a message."""
        r = self.random
        # Half of the time one of which others tell.
        told = [i for i in self.systems if any(s["carried"] == i for s in self.systems.values())]
        id_ = r.choice(told if told and r.random() < 0.5 else [*self.systems])
        system = self.systems[id_]
        if not self.kinds:
            self.kinds = r.sample(KINDS, len(KINDS))
        what = self.kinds.pop()
        self.changed.add(what)
        if what in ("customers", "units", "hops"):
            system[what] = 1 + (system[what] + r.randrange(1, 3)) % 4
        elif what == "tier":
            system["tier"] = system["tier"] % 5 + 1
        elif what == "name":
            system["name"] += "x"
        elif what == "supports":
            system["supports"] = sorted(r.sample([*self.businesses], r.randrange(3)))
        elif what == "carried":
            other = r.choice([i for i in self.systems if i != id_])
            system["carried"] = None if system["carried"] or self.systems[other]["carried"] \
                or any(s["carried"] == id_ for s in self.systems.values()) else other
        elif what == "prefix":
            free = set(self.subnets) - {s["prefix"] for s in self.systems.values()}
            system["prefix"] = None if system["prefix"] or not free else min(free)
        elif what == "lifecycle":
            system["lifecycle"] = "in-service" if system["lifecycle"] == "retired" else "retired"
        elif what == "aim":
            system["aim"] = "rights" if system["aim"] == "order" else "order"
        elif what == "organisation":
            self.organisations[r.choice([*self.organisations])]["name"] += "y"
        elif what == "of":
            system["organisation"] = r.choice([*self.organisations])
        elif what == "business":
            business = self.businesses[r.choice([*self.businesses])]
            business["key"] = "no" if business["key"] == "yes" else "yes"
        elif what == "depend":
            self.depend()
        elif what == "undepend" and self.dependencies:
            self.dependencies.discard(r.choice(sorted(self.dependencies)))
        elif what == "add":
            self.systems[f"n{r.randrange(10 ** 9)}"] = self.system()
        elif what == "remove" and len(self.systems) > 10:
            self.remove(id_)
        elif what == "external":
            self.external[r.choice([*self.external])] = r.choice(("water", "health", "finance"))
        elif what == "zone":
            self.zones[r.choice([*self.zones])] = str(r.randrange(5))
        elif what == "subnet":
            self.subnets[r.choice([*self.subnets])] = r.choice([*self.zones])
        elif what == "exit":
            self.exits["internet-1"] = sorted(r.sample([*self.systems], 2))
        elif what == "contract":
            self.contracts["c1"] = sorted(r.sample([*self.systems], 1))
        elif what == "facility":
            near = [i for i in self.systems if self.systems[i]["prefix"]] or [id_]
            id_ = r.choice(near)
            self.systems[id_]["kind"] = "network-facility" \
                if self.systems[id_]["kind"] == "information-system" else "information-system"
        elif what == "remote":
            self.remote = r.choice([*self.systems])
        elif what == "statement":
            self.importance = "general" if self.importance == "key" else "key"
        return f"{what} of {id_}"

    def remove(self, id_):
        del self.systems[id_]
        if self.remote == id_:
            self.remote = next(iter(self.systems))
        self.dependencies = {d for d in self.dependencies if id_ not in d}
        for lists in (self.exits, self.contracts):
            for key in lists:
                lists[key] = [s for s in lists[key] if s != id_] or [next(iter(self.systems))]
        for system in self.systems.values():
            if system["carried"] == id_:
                system["carried"] = None

    def xml(self):
        out = ["<register xmlns='urn:cadastre:register:1' realm='plant' document='D-1' "
               "as-of='2026-01-05' complete='yes'><organisations>"]
        for id_, o in self.organisations.items():
            out.append(f"<organisation id='{id_}' name='{o['name']}' sector='{o['sector']}'/>")
        out.append("</organisations><zones>")
        for id_, level in self.zones.items():
            out.append(f"<zone id='{id_}' name='{id_}' organisation='o0' purdue-level='{level}'/>")
        out.append("</zones><conduits><conduit id='k' name='k' zones='z0 z1'/></conduits><subnets>")
        for prefix, zone in self.subnets.items():
            out.append(f"<subnet prefix='{prefix}' name='n' zone='{zone}'/>")
        out.append("</subnets><businesses>")
        for id_, b in self.businesses.items():
            out.append(f"<business id='{id_}' name='{id_}' organisation='{b['organisation']}' "
                       f"sector='energy.power' function='distribution-dispatch' key='{b['key']}' "
                       f"rto-hours='{b['rto']}' fallback-hours='8'/>")
        out.append("</businesses><systems>")
        for id_, s in self.systems.items():
            carried = f" carried-by='{s['carried']}'" if s["carried"] else ""
            out.append(
                f"<system id='{id_}' name={quoteattr(s['name'])} organisation='{s['organisation']}' "
                f"sector='energy.power' class='industrial-control' kind='{s['kind']}' "
                f"function='f' service-scope='prefecture' counterparts='both'{carried} "
                f"lifecycle='{s['lifecycle']}'><tier s='1' a='{s['tier']}'/>"
                f"<damage aspect='s' object='{s['aim']}' degree='serious'/>"
                f"<metric name='customers-served' value='{s['customers']}' unit='person'/>"
                "<supports complete='yes'>"
                + "".join(f"<support business='{b}' strength='essential'/>" for b in s["supports"])
                + "</supports><controls complete='yes'>"
                + "".join(f"<unit id='u{id_}{i}' mw='9'/>" for i in range(s["units"]))
                + f"</controls><dependants complete='yes' hops='{s['hops']}'/>"
                + (f"<assets><prefix cidr='{s['prefix']}'/></assets>" if s["prefix"] else "")
                + "</system>")
        for id_, sector in self.external.items():
            out.append(f"<external-system id='{id_}' name='X' organisation='o1' "
                       f"sector='{sector}'/>")
        out.append("</systems><dependencies>")
        for a, b, strength in sorted(self.dependencies):
            out.append(f"<dependency from='{a}' on='{b}' strength='{strength}'/>")
        out.append("</dependencies><circuits>")
        for id_, systems in self.exits.items():
            out.append(f"<circuit id='{id_}' name='I' organisation='o0' kind='internet' "
                       f"blocks='198.18.0.0/24' systems='{' '.join(systems)}'/>")
        out.append("</circuits><contracts>")
        for id_, systems in self.contracts.items():
            out.append(f"<contract id='{id_}' supplier='o3' organisation='o0' "
                       f"service='technical-service' systems='{' '.join(systems)}' "
                       "valid-from='2025-01-01'/>")
        out.append(f"</contracts><remote-maintenance><remote-access id='r' supplier='o3' "
                   f"system='{self.remote}' path='p' necessity='n' assessment='a' controls='c' "
                   "valid-until='2099-01-01'/></remote-maintenance><asset-statements>"
                   f"<asset by='address' is='{ROUTER[0]}' attribute='importance' "
                   f"value='{self.importance}'/></asset-statements></register>")
        return "".join(out)


class Case(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.register = Register(TOOL)
        cls.register.run("status")
        cls.register.run("grant", "plant", NET, "2020-01-01", "2099-01-01")
        cls.register.hold()

    @classmethod
    def tearDownClass(cls):
        cls.register.close()

    def call(self, *words, codes=(0,)):
        done = subprocess.run([PROGRAM, "--realm", "plant", "--format", "json", *words],
                              capture_output=True, text=True, env=self.register.env, timeout=300,
                              check=False)
        self.assertIn(done.returncode, codes, done.stderr)
        self.message = done.stderr.strip()
        return [json.loads(line) for line in done.stdout.splitlines() if line[:1] == "{"]

    def file(self, name, text):
        path = self.register.path(name)
        pathlib.Path(path).write_text(text, encoding="utf-8")
        return path

    def install(self, name, text, *more, codes=(0,)):
        return self.call("pack", "install", "--unsigned", "a pack of this test",
                         self.file(name, text), *more, codes=codes)

    def take(self, model):
        self.call("register", "import", self.file("register.xml", model.xml()))

    def identify(self, *words):
        """What came out; self.judged, of self.subjects, self.new of them."""
        rows = self.call("identify", *words, codes=(0, 1))
        self.judged, self.subjects, _, self.new = map(int, re.search(
            r"judged (\d+) of (\d+): (\d+) proposals, (\d+) of them new", self.message).groups())
        return rows


WHOLE = """<norm-pack xmlns='urn:cadastre:norm:1' id='t.whole' version='1' unit='system'
    language='en' authority='t' effective-from='2020-01-01'><title>t</title><facts>
    <graph name='all' unit='system' kind='dependants' direction='in' depth='all'
    min-strength='supporting' label='l' max-age='P4000D'/><graph name='cut' kind='cut-impact'
    unit='percent' min-coverage='10' min-strength='important' label='l'/></facts><criteria>
    <criterion id='A' factor='harm' bright-line='yes' test='$all &gt;= 3 or $cut &gt; 20' basis='b'>t</criterion></criteria>
    <outcome value='cii' when='bright'/><examples><example name='e' outcome='cii'>
    <given fact='all' value='9'/></example></examples></norm-pack>"""


class WhatChanged(Case):
    MORE, STEPS = None, STEPS
    others = ()

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if cls.MORE:
            cls("install").install("more.xml", cls.MORE)
        case = cls("install")
        for unit in ("system", "organisation", "zone", "subnet"):
            for part in range((len(elements(unit)) + PART - 1) // PART):
                case.install(f"{unit}{part}.xml", mirror(unit, part))
        case.call("pack", "install", "shipped:x.energy.power")

    def same_as_all(self, what):
        """Judging everything finds nothing that judging what changed did not."""
        before = self.register.sql(STANDING)
        self.identify("--all")
        after = self.register.sql(STANDING)
        self.assertEqual([r for r in before if r not in after],
                         [r for r in after if r not in before], what)
        self.assertEqual(self.new, 0, what)

    def run_of(self, r, hour):
        b = Bundle(realm="plant", at=hour,
                   vantage=r.choice(("internal", "internal", "internet")))
        for net in range(4):
            if r.random() < 0.6:
                b.covered(f"198.18.{net}.0/24", "22,443")
                for host in r.sample(range(1, 12), 3):
                    addr = f"198.18.{net}.{host}"
                    b.host(addr).port(addr, r.choice((22, 443)))
        for addr in ROUTER:
            b.host(addr).fact(addr, host__type="router").key(addr, SSH, "router")
        return b

    def other_change(self, r, hour):
        """What is no statement of the register; what it was."""
        if not self.others:
            self.others = r.sample(OTHERS, len(OTHERS))
        what = self.others.pop()
        if what == "run":
            self.register.intake(self.run_of(r, hour))
        elif what == "justification":
            self.call("exposure", "justify", f"198.18.{r.randrange(4)}.0/24", "--port", "any",
                      "--reason", "r", "--approver", "a", "--until", "2099-01-01T00:00:00Z")
        elif what == "withdrawal":
            for row in self.register.sql("SELECT id FROM exposure_justification "
                                         "WHERE withdrawn IS NULL ORDER BY 1 LIMIT 1"):
                self.call("exposure", "withdraw", row[0], "--reason", "r")
        elif what == "merge":
            assets = [row[0] for row in self.register.sql(
                "SELECT asset_id FROM asset WHERE merged_into IS NULL ORDER BY 1 LIMIT 2")]
            if len(assets) == 2:
                self.call("asset", "merge", *assets, "--reason", "r", codes=(0, 3))
        else:
            proposals = [p for p in self.call("identify", "--list", "--pack", "x.energy.power",
                                              codes=(0, 1)) if p["outcome"] == "cii"]
            if proposals:
                p = r.choice(proposals)
                self.call("designate", "accept", "--system", p["system"], "--official", "o",
                          "--decision", f"No {hour}", codes=(0, 1, 3))
        return what

    def test_what_changed_is_all_that_differs(self):
        for seed in SEEDS:
            model = Model(seed)
            r = random.Random(seed)
            self.take(model)
            self.identify()
            saved, others = 0, set()
            for step in range(self.STEPS):
                if r.random() < 0.3:
                    what = self.other_change(r, step)
                    others.add(what)
                else:
                    what = " and ".join(model.change() for _ in range(r.choice((1, 2))))
                    self.take(model)
                self.identify()
                saved += self.judged < self.subjects // 2
                self.same_as_all(f"seed {seed}, step {step}: {what}")
            self.assertGreater(saved, self.STEPS // 3)
            if self.STEPS == ALL_STEPS:
                self.assertEqual((model.changed, others), (set(KINDS), set(OTHERS)))

    def test_one_change_and_what_is_far_away(self):
        model = Model(5)
        model.dependencies = {("s1", "s2", "essential"), ("s2", "s3", "essential"),
                              ("s3", "s4", "essential"), ("s4", "s5", "essential")}
        self.take(model)
        self.identify()
        self.identify()
        self.assertEqual((self.judged, self.new), (0, 0))
        before = {tuple(r[:4]): r[4] for r in self.register.sql(STANDING)}
        model.systems["s9"]["customers"] += 1
        self.take(model)
        rows = self.identify()
        self.assertEqual(({r["system"] for r in rows}, self.judged), ({"s9"}, 1))
        # Another sector depends on s1: seen two hops on by one pack, and no further.
        model.dependencies.add(("x0", "s1", "essential"))
        self.take(model)
        self.assertLessEqual({r["system"] for r in self.identify()}, {"s1", "s2"})
        # A system that nothing has to do with: nothing else is said otherwise.
        model.systems["aside"] = model.system() | {"organisation": "o3", "supports": []}
        self.take(model)
        self.identify()
        after = {tuple(r[:4]): r[4] for r in self.register.sql(STANDING)}
        differs = {k[1:3] for k in before if before[k] != after[k]}
        self.assertEqual(differs, {("system", "s9"), ("system", "s1"), ("system", "s2"),
                                   ("organisation", "o3")})
        self.same_as_all("a system aside")

    def test_what_is_retired_is_no_dependency(self):
        """Nor a dependant: it leaves the graph, and comes back into it."""
        model = Model(9)
        model.dependencies = {("s1", "s2", "essential"), ("s2", "s3", "essential")}
        self.take(model)
        self.identify()
        below = []
        for lifecycle in ("in-service", "retired", "in-service"):
            model.systems["s2"]["lifecycle"] = lifecycle
            self.take(model)
            self.identify()
            self.same_as_all(lifecycle)
            below.append(self.register.one("""SELECT
                (regexp_match(e.inputs, 'name="below" state="([^"]*" value="[^"]|[^"]*)'))[1]
                FROM norm_standing o JOIN norm_eval e ON e.id = o.eval_id
                WHERE o.pack = 'mirror.system.0' AND o.system = 's1'"""))
        self.assertEqual(below, ['at least" value="2', "missing", 'at least" value="2'])

    def test_packs_that_come_and_go_and_days_that_come(self):
        model = Model(6)
        self.take(model)
        self.identify()
        self.register.sql("UPDATE norm_pack SET effective_until = current_date - 1 "
                          "WHERE id = 'mirror.zone.0'")
        self.identify()
        self.assertEqual(self.judged, self.subjects)
        self.assertEqual(self.register.sql(
            "SELECT DISTINCT silent FROM norm_standing WHERE pack = 'mirror.zone.0'"), [["t"]])
        self.register.sql("UPDATE norm_pack SET effective_until = NULL WHERE id = 'mirror.zone.0'")
        self.identify()
        self.assertEqual((self.judged, self.new), (self.subjects, 0))
        self.register.sql("UPDATE norm_standing SET until_day = 1 WHERE system = 's3'")
        rows = self.identify()
        self.assertEqual(({r["system"] for r in rows}, self.new), ({"s3"}, 0))
        self.assertEqual(self.register.one(
            "SELECT count(*) FROM norm_standing WHERE until_day = 1"), "0")
        self.same_as_all("days")


    def test_a_kind_that_moves_assets(self):
        """A device that forwards is a network facility's, before it is anybody else's."""
        model = Model(9)
        model.systems["s1"]["prefix"], model.systems["s2"]["prefix"] = \
            "198.18.0.0/24", "198.18.1.0/24"
        for system in model.systems.values():
            if system is not model.systems["s1"] and system is not model.systems["s2"]:
                system["prefix"] = None
        self.take(model)
        b = Bundle(realm="plant", at=900)
        for addr in ROUTER:
            b.host(addr).fact(addr, host__type="router").key(addr, SSH, "router")
        self.register.intake(b)
        self.identify()
        members = ("SELECT m.system FROM asset_member m JOIN address USING (asset_id) "
                   f"WHERE until_run IS NULL AND address = '{ROUTER[0]}'")
        self.assertEqual(self.register.sql(members), [["s1"]])
        for kind, system in (("network-facility", "s2"), ("information-system", "s1")):
            model.systems["s2"]["kind"] = kind
            self.take(model)
            self.assertEqual(self.register.sql(members), [[system]])
            self.assertLessEqual({"s1", "s2"}, {r["system"] for r in self.identify()})
            self.same_as_all(f"s2 is a {kind}")

    def open_transaction(self, *statements):
        """Held open by psql until it is told COMMIT."""
        psql = subprocess.Popen(
            [psql_path(), "-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", self.register.socket(),
             "-U", "cadastre", "-d", "postgres"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        psql.stdin.write("BEGIN; SET search_path = cadastre, pg_temp;"
                         + "".join(s + ";\n" for s in statements) + "\\echo held\n")
        psql.stdin.flush()
        line = psql.stdout.readline()
        while "held" not in line:
            self.assertTrue(line)
            line = psql.stdout.readline()
        return psql

    def justify(self, net):
        self.call("exposure", "justify", net, "--port", "any", "--reason", "r", "--approver", "a",
                  "--until", "2099-01-01T00:00:00Z")

    def test_what_was_begun_before_and_is_kept_after(self):
        """Others write while something is judged: the next time it is looked at."""
        self.take(Model(10))
        self.register.intake(self.run_of(random.Random(10), 950))
        self.justify("198.18.7.0/24")
        self.identify()
        for statement in (
                """INSERT INTO exposure_justification (realm_id, prefix, transport, ports, reason,
                    approver, document, author, expires)
                SELECT realm_id, '198.18.8.0/24', 0, '{}', 'r', 'a', '', 'a', '2099-01-01'
                FROM realm WHERE name = 'plant'""",
                "UPDATE exposure_justification SET withdrawn = now(), withdrawn_by = 'x', "
                "withdrawn_reason = 'r' WHERE prefix = '198.18.7.0/24' AND withdrawn IS NULL"):
            self.identify()
            self.identify()
            self.assertEqual(self.judged, 0)
            other = self.open_transaction(statement)
            self.justify("198.18.9.0/24")
            self.identify()
            other.communicate("COMMIT;\n", timeout=60)
            self.identify()
            self.assertGreater(self.judged, 0, statement)
            self.same_as_all(statement)

    def test_a_run_that_not_all_nodes_have_filed(self):
        self.take(Model(11))
        self.register.intake(self.run_of(random.Random(11), 960))
        self.identify()
        self.identify()
        self.assertEqual(self.judged, 0)
        self.register.intake(self.run_of(random.Random(12), 970))
        self.register.sql("INSERT INTO node_filing (bundle_id, run_id, truncated, assets_new, "
                          "merges, splits) SELECT 'b', max(run_id), false, 0, 0, 0 FROM run")
        self.identify()
        self.register.sql("DELETE FROM node_filing")
        self.identify()
        self.assertGreater(self.judged, 0)
        self.identify()
        self.assertEqual(self.judged, 0)

    def test_nobody_waits_for_a_survey(self):
        """Registers are taken, norms installed and systems judged while a bundle is filed, and the
        other way round."""
        model = Model(12)
        survey = self.open_transaction("SELECT pg_advisory_lock_shared(4841, 3)",
                                       "SELECT pg_advisory_lock(4841, 4)")
        self.take(model)
        self.install("again.xml", mirror("system"))
        self.identify()
        survey.communicate("COMMIT;\n", timeout=60)
        judge = self.open_transaction("SELECT pg_advisory_xact_lock(4841, 14)",
                                      "SELECT pg_advisory_xact_lock(4841, 13)")
        self.register.intake(self.run_of(random.Random(13), 980))
        judge.communicate("COMMIT;\n", timeout=60)
        self.identify()
        self.same_as_all("a survey")


class WithoutLimit(WhatChanged):
    """A pack that looks over dependencies without limit sees any change from anywhere."""
    MORE = WHOLE
    test_what_is_retired_is_no_dependency = None
    test_packs_that_come_and_go_and_days_that_come = None
    test_a_kind_that_moves_assets = None
    test_what_was_begun_before_and_is_kept_after = None
    test_a_run_that_not_all_nodes_have_filed = None
    test_nobody_waits_for_a_survey = None
    STEPS = STEPS // 2

    def test_one_change_and_what_is_far_away(self):
        model = Model(8)
        model.dependencies = {("s1", "s2", "essential"), ("s2", "s3", "essential"),
                              ("s3", "s4", "essential"), ("s6", "s7", "essential")}
        self.take(model)
        self.identify()
        model.systems["s9"]["customers"] += 1
        self.take(model)
        self.assertEqual({r["system"] for r in self.identify()}, {"s9"})
        model.dependencies.add(("x0", "s1", "essential"))
        self.take(model)
        self.assertLessEqual({r["system"] for r in self.identify()}, {"s1", "s2", "s3", "s4"})
        self.assertGreaterEqual(self.judged, 4)
        # Of one system what is kept of the graph is taken.
        self.identify("--system", "s4")
        self.assertEqual(self.new, 0)
        self.same_as_all("without limit")


class Proposals(Case):
    def test_they_are_made_again(self):
        self.call("pack", "install", "shipped:x.energy.power")
        model = Model(7)
        self.take(model)
        self.identify("--all")
        rows = self.call("identify", "--list", codes=(0, 1))
        self.assertEqual(len(rows), len(model.systems))
        for row in rows[:5]:
            again, = self.call("identify", "--replay", str(row["proposal"]))
            self.assertEqual((again["same"], again["outcome"], again["difference"]),
                             ("yes", row["outcome"], ""))
        explained = self.call("identify", "--list", "--system", "s1", "--explain", codes=(0, 1))
        asked = self.call("identify", "--system", "s1", "--explain", codes=(0, 1))
        self.assertEqual(explained, asked)
        self.assertTrue(explained[0]["reason"].startswith("A1 "))
        self.assertEqual(self.register.one("SELECT count(*) FROM criterion_result"), "0")
        # What was altered is told, however long it is.
        id_ = rows[2]["proposal"]
        self.register.sql("UPDATE norm_eval SET inputs = replace(inputs, '<inputs>', '<inputs><!--' "
                          f"|| repeat('\u7535', 3000) || '-->') WHERE id = {id_}")
        again, = self.call("identify", "--replay", str(id_), codes=(1,))
        self.assertEqual(again["same"], "no")
        self.assertRegex(again["difference"],
                         r'facts, line 1: kept "<inputs><!--\u7535+", now "<inputs>"')
        self.assertLess(len(again["difference"]), 1000)
        id_ = rows[0]["proposal"]
        self.register.sql(f"UPDATE norm_eval SET outcome = 'cii', score = 99, "
                          f"inputs = replace(inputs, 'person', 'people') WHERE id = {id_}")
        again, = self.call("identify", "--replay", str(id_), codes=(1,))
        self.assertIn("score: kept \"99\", now", again["difference"])
        self.register.sql("UPDATE norm_pack SET file = file || '\\x0a'")
        self.call("identify", "--all", codes=(4,))
        self.assertIn("was altered", self.message)
        again, = self.call("identify", "--replay", str(rows[1]["proposal"]), codes=(1,))
        self.assertIn("SHA-256 of the pack", again["difference"])
        self.call("identify", "--replay", "0", codes=(2,))
        self.call("identify", "--replay", "123456", codes=(3,))


def told_to(pid):
    """Arguments and environment of a process."""
    try:
        return b"".join(pathlib.Path(f"/proc/{pid}/{what}").read_bytes()
                        for what in ("cmdline", "environ"))
    except OSError:
        return b""


def children_of(pid):
    return pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()


class Secrets(Case):
    def test_the_process_that_reads_a_register_knows_none_either(self):
        """As long as it waits for its file, it can be looked at."""
        dsn = f"host={self.register.socket()} user=cadastre dbname=postgres password=an-argument"
        reading = subprocess.Popen(
            [PROGRAM, "--db", dsn, "--realm", "plant", "register", "import", "-"],
            stdin=subprocess.PIPE, env=self.register.env, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE)
        wait_for(lambda: b"password=an-argument" in told_to(reading.pid), "it has begun")
        wait_for(lambda: any(b"--realm" in told and b"an-argument" not in told
                             for told in map(told_to, children_of(reading.pid))), "it is known")
        reading.communicate(b"", timeout=120)

    def test_processes_that_judge_know_no_connection(self):
        """Neither their arguments nor their environment say how the database is opened."""
        self.install("one.xml", mirror("system"))
        self.take(Model(15))
        config = self.file("config", "db = host=elsewhere password=in-a-configuration\n")
        dsn = f"host={self.register.socket()} user=cadastre dbname=postgres password=an-argument"
        env = dict(self.register.env, CADASTRE_DB="host=elsewhere password=an-environment",
                   PGPASSWORD="a-password")
        holder = subprocess.Popen(
            [psql_path(), "-X", "-q", "-h", self.register.socket(), "-U", "cadastre",
             "-d", "postgres"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        holder.stdin.write("BEGIN; LOCK TABLE cadastre.norm_standing;\n\\echo held\n")
        holder.stdin.flush()
        self.assertEqual(holder.stdout.readline(), "held\n")
        judging = subprocess.Popen(
            [PROGRAM, "--db", "host=elsewhere password=an-argument-too", "identify", "--config",
             config, "--all", "--db", dsn], env=env, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True)
        wait_for(lambda: self.register.one(
            "SELECT count(*) FROM pg_locks WHERE NOT granted "
            "AND relation = 'cadastre.norm_standing'::regclass") == "1", "it has begun to judge")
        told = b"".join(told_to(pid) for pid in children_of(judging.pid))
        holder.communicate("COMMIT;\n", timeout=60)
        _, said = judging.communicate(timeout=120)
        self.assertIn(judging.returncode, (0, 1), said)
        self.assertIn(b"--all", told)
        self.assertIn(b"CADASTRE_DB=", told)
        for word in (b"password", b"argument", b"environment"):
            self.assertNotIn(word, told.replace(b"PGPASSWORD=", b""))


class Superseded(Case):
    def test_a_pack_that_is_named_speaks_no_louder(self):
        self.install("old.xml", mirror("system").replace("mirror.system.0", "t.old"))
        self.take(Model(14))
        self.assertEqual(len(self.identify("--pack", "t.old")), 24)
        self.install("new.xml", mirror("system").replace("mirror.system.0' ", "t.new' ")
                     .replace("effective-from", "supersedes='t.old' effective-from"))
        self.install("aside.xml", mirror("system", 1))
        self.identify("--all")
        standing = "SELECT pack, count(*) FROM norm_standing WHERE NOT silent GROUP BY 1 ORDER BY 1"
        expected = [["mirror.system.1", "24"], ["t.new", "24"]]
        self.assertEqual(self.register.sql(standing), expected)
        self.assertEqual(self.identify("--pack", "t.old"), [])
        self.assertEqual(self.new, 0)
        self.assertEqual(self.register.sql(standing), expected)
        self.assertEqual(self.identify("--pack", "t.old", "--system", "s1"), [])
        self.assertEqual({r["pack"] for r in self.identify("--pack", "t.new")}, {"t.new"})
        self.assertEqual(self.register.sql(standing), expected)
        self.call("identify", "--pack", "t.none", codes=(3,))


class Packs(Case):
    def sign(self, path, key):
        self.call("sign", "--key", key, path)

    def test_packs_that_would_silence_each_other(self):
        def pack(name, rest):
            head = f"id='{name}' {rest}"
            return mirror("zone").replace("id='mirror.zone.0' version='1'", head)
        self.install("a.xml", pack("r.a", "version='1' supersedes='r.b'"))
        self.install("b.xml", pack("r.b", "version='1' supersedes='r.c'"))
        for rest in ("version='1' supersedes='r.a'",
                     "version='1' supersedes='r.a' effective-until='2020-01-01'"):
            self.install("c.xml", pack("r.c", rest), codes=(3,))
            self.assertIn("from 2020-01-01 on: r.c supersedes r.a supersedes r.b supersedes r.c",
                          self.message)
        self.assertEqual({p["pack"] for p in self.call("pack", "list")}, {"r.a", "r.b"})
        # A version that says otherwise speaks for a while; what it hid would come back.
        self.install("d.xml", pack("r.b", "version='2' effective-until='2030-12-31'"))
        self.install("c.xml", pack("r.c", "version='1' supersedes='r.a'"), codes=(3,))
        self.install("e.xml", pack("r.b", "version='3'"))
        self.install("c.xml", pack("r.c", "version='1' supersedes='r.a'"))

    def test_who_answers_for_a_pack(self):
        path = self.file("one.xml", mirror("system").replace("mirror.system.0", "t.one"))
        keys = self.register.path("trusted")
        os.mkdir(keys)
        key, stranger = self.register.path("key"), self.register.path("stranger")
        self.call("key", "make", "--signer", "Energy Bureau", key)
        self.call("key", "make", "--signer", "Stranger", stranger)
        os.rename(key + ".pub", keys + "/bureau.pub")
        self.call("pack", "install", path, codes=(3,))
        self.assertIn("nobody answers for this norm pack", self.message)
        self.call("pack", "install", "--trusted", keys, path, codes=(3,))
        self.sign(path, stranger)
        self.call("pack", "install", "--trusted", keys, path, codes=(3,))
        self.assertIn("a key that is not trusted here", self.message)
        self.sign(path, key)
        self.call("pack", "install", path, codes=(3,))
        self.assertIn("was not checked", self.message)
        with open(path, "a", encoding="utf-8") as file:
            file.write("<!-- more -->")
        self.call("pack", "install", "--trusted", keys, "--unsigned", "r", path, codes=(3,))
        self.assertIn("it was altered", self.message)
        self.sign(path, key)
        self.call("pack", "install", "--trusted", keys, path)
        self.install("two.xml", mirror("zone").replace("mirror.zone.0", "t.two"))
        self.call("pack", "install", "--unsigned", " ", self.file("three.xml", mirror("subnet")),
                  codes=(2,))
        self.call("pack", "install", "shipped:x.energy.power")
        packs = {p["pack"]: p for p in self.call("pack", "list") if p["pack"][:2] != "r."}
        self.assertEqual(set(packs), {"t.one", "t.two", "x.energy.power"})
        self.assertRegex(packs["t.one"]["signed_by"], r"^Energy Bureau \(key [0-9a-f]{64}\)$")
        self.assertEqual((packs["t.two"]["signed_by"], packs["t.two"]["unsigned_because"],
                          packs["t.two"]["unit"]), ("", "a pack of this test", "zone"))
        self.assertEqual(packs["x.energy.power"]["signed_by"], "shipped with the program")
        # One that was taken without a signature has one now.
        two = self.register.path("two.xml")
        self.install("two.xml", mirror("zone").replace("mirror.zone.0", "t.two"))
        self.sign(two, key)
        for _ in range(2):
            self.call("pack", "install", "--trusted", keys, two)
        self.install("two.xml", mirror("zone").replace("mirror.zone.0", "t.two"))
        signed = {p["pack"]: p for p in self.call("pack", "list")}["t.two"]
        self.assertRegex(signed["signed_by"], r"^Energy Bureau \(key [0-9a-f]{64}\)$")
        self.assertEqual((signed["unsigned_because"], signed["installed"]),
                         ("", packs["t.two"]["installed"]))
        self.assertEqual(self.register.one("SELECT count(*) FROM audit WHERE what = 'pack.sign' "
                                           "AND detail LIKE '%signed by Energy Bureau%'"), "1")
        self.assertEqual(self.register.one("SELECT count(*) FROM norm_pack WHERE id = 't.two' "
                                           "AND signed IS NOT NULL"), "1")
        trail = self.call("audit", "list")
        said = " ".join(json.dumps(row) for row in trail)
        self.assertIn("signed by Energy Bureau", said)
        self.assertIn("not signed: a pack of this test", said)
        self.assertIn("pack.refuse", said)


if __name__ == "__main__":
    unittest.main()
