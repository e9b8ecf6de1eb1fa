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
from register import Bundle, Register  # noqa: E402

TOOL, SOURCE, PROGRAM = sys.argv.pop(1), pathlib.Path(sys.argv.pop(1)), sys.argv.pop(1)
SEEDS, STEPS = (71,), 28
NET = "198.18.0.0/15"
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
    return f"""<norm-pack xmlns='urn:cadastre:norm:1' id='mirror.{unit}.{part}' version='1' unit='{unit}'
        language='en' authority='t' effective-from='2020-01-01'><title>t</title><facts>
        {"".join(facts)}</facts><criteria><criterion id='A' factor='harm' bright-line='yes'
        test='$n &gt;= 9' basis='b'>t</criterion></criteria><outcome value='cii' when='bright'/>
        <examples><example name='e' outcome='cii'><given fact='n' value='9'/></example></examples>
        </norm-pack>"""


KINDS = ("customers", "tier", "name", "units", "supports", "hops", "carried", "prefix", "prefix",
         "lifecycle", "aim", "organisation", "business", "depend", "undepend", "add", "remove",
         "external", "zone", "subnet", "exit", "contract", "of", "name", "tier")


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
        self.kinds = []
        self.exits = {"internet-1": ["s0", "s1"]}
        self.contracts = {"c1": ["s2"]}

    def system(self):
        r = self.random
        return {"name": "S", "organisation": f"o{r.randrange(4)}", "tier": r.randrange(1, 5),
                "customers": r.randrange(200000), "units": r.randrange(3),
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
        return f"{what} of {id_}"

    def remove(self, id_):
        del self.systems[id_]
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
                "sector='energy.power' class='industrial-control' kind='information-system' "
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
        out.append("</contracts></register>")
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

    def install(self, name, text, *more):
        return self.call("pack", "install", "--unsigned", "a pack of this test",
                         self.file(name, text), *more)

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
    unit='percent' min-coverage='10' min-strength='important' label='l'/></facts><criteria><criterion id='A' factor='harm'
    bright-line='yes' test='$all &gt;= 3 or $cut &gt; 20' basis='b'>t</criterion></criteria>
    <outcome value='cii' when='bright'/><examples><example name='e' outcome='cii'>
    <given fact='all' value='9'/></example></examples></norm-pack>"""


class WhatChanged(Case):
    MORE = None

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
        return b

    def other_change(self, r, hour):
        """What is no statement of the register; what it was."""
        what = r.choice(("run", "run", "designation", "justification"))
        if what == "run":
            self.register.intake(self.run_of(r, hour))
        elif what == "justification":
            self.call("exposure", "justify", f"198.18.{r.randrange(4)}.0/24", "--port", "any",
                      "--reason", "r", "--approver", "a", "--until", "2099-01-01T00:00:00Z")
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
            saved = 0
            for step in range(STEPS):
                if r.random() < 0.3:
                    what = self.other_change(r, step)
                else:
                    what = " and ".join(model.change() for _ in range(r.choice((1, 1, 2))))
                    self.take(model)
                self.identify()
                saved += self.judged < self.subjects // 2
                self.same_as_all(f"seed {seed}, step {step}: {what}")
            self.assertGreater(saved, STEPS // 3)

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


class WithoutLimit(WhatChanged):
    """A pack that looks over dependencies without limit sees any change from anywhere."""
    MORE = WHOLE
    test_what_is_retired_is_no_dependency = None
    test_packs_that_come_and_go_and_days_that_come = None

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
        # What was altered is told.
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


class Packs(Case):
    def sign(self, path, key):
        self.call("sign", "--key", key, path)

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
        packs = {p["pack"]: p for p in self.call("pack", "list")}
        self.assertEqual(set(packs), {"t.one", "t.two", "x.energy.power"})
        self.assertRegex(packs["t.one"]["signed_by"], r"^Energy Bureau \(key [0-9a-f]{64}\)$")
        self.assertEqual((packs["t.two"]["signed_by"], packs["t.two"]["unsigned_because"],
                          packs["t.two"]["unit"]), ("", "a pack of this test", "zone"))
        self.assertEqual(packs["x.energy.power"]["signed_by"], "shipped with the program")
        trail = self.call("audit", "list")
        said = " ".join(json.dumps(row) for row in trail)
        self.assertIn("signed by Energy Bureau", said)
        self.assertIn("not signed: a pack of this test", said)
        self.assertIn("pack.refuse", said)


if __name__ == "__main__":
    unittest.main()
