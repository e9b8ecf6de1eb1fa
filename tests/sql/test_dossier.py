#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Dossiers on a real private cluster: every element of the four units where the register and runs say
what it says, and none where they do not; one subject alone and all in bulk give the same bytes."""
import pathlib
import subprocess
import sys
import unittest
import xml.etree.ElementTree as ElementTree

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from register import Bundle, Register  # noqa: E402

TOOL, PROGRAM, SOURCE = sys.argv.pop(1), sys.argv.pop(1), pathlib.Path(sys.argv.pop(1))
LAB = SOURCE / "schema/examples/good/register-power-utility.xml"
UNITS = ("system", "organisation", "zone", "subnet")
DAY = "2026-02-01"

PLANT = f"""<register xmlns="urn:cadastre:register:1" realm="plant" document="P-1" as-of="{DAY}">
<organisations>
 <organisation id="op" name="The &quot;Op&quot; &lt;&amp;&gt; 电力" sector="energy.power"
   unit-type="enterprise" affiliation="province" division="110000" industry="44" parent="top"
   countries="fr de">
  <role code="operator" scope="all" valid-from="2020-01-01"/>
  <role code="owner" valid-until="2021-01-01"/>
  <event kind="split" on="2025-05-05" with="top"/>
  <metric name="staff" value="250.0" unit="person" document="M-1"/>
  <answer pack="eu.nis2" criterion="N1" met="yes" official="Office 7"/>
 </organisation>
 <organisation id="top" name="Top" sector="energy"/>
 <organisation id="carrier" name="Carrier" sector="telecom"/>
</organisations>
<zones>
 <zone id="site" name="Site" organisation="op"/>
 <zone id="control" name="Control" organisation="op" parent="site" purdue-level="2" sl-t="3"
   protects="computing-environment" importance="key" function="control"/>
 <zone id="dmz" name="DMZ" organisation="op" purdue-level="3.5" sl-t="2" protects="area-boundary"/>
 <zone id="office" name="Office" organisation="op" purdue-level="4" sl-t="1"/>
</zones>
<conduits><conduit id="c1" name="Firewall" zones="control dmz" protocols="https iec104"
  boundary-device="198.18.1.1"/></conduits>
<subnets>
 <subnet prefix="198.18.1.0/24" name="control" zone="control" vlan="10" function="plc"
   importance="key"/>
 <subnet prefix="198.18.1.128/25" name="deep" zone="dmz"/>
 <subnet prefix="198.18.2.0/24" name="office" zone="office"/>
 <subnet prefix="198.18.3.0/24" name="quiet"/>
</subnets>
<businesses>
 <business id="dispatch" name="Dispatch" organisation="op" sector="energy.power"
   function="distribution-dispatch" key="yes" rto-hours="4" fallback-hours="8"
   as-of="2026-01-05" document="B-1"/>
</businesses>
<systems>
 <system id="scada" name="SCADA" organisation="op" sector="energy.power" class="industrial-control"
   kind="information-system" function="control" service-scope="province" counterparts="both"
   business-type="dispatch" technology="cloud industrial-control" deployment="wan"
   network-nature="business-private" in-service="2014-05-01" parent="all" carried-by="cloud">
  <tier s="2" a="3" determined="2025-06-30"/>
  <damage aspect="s" object="order" degree="general"/>
  <damage aspect="a" object="security" degree="serious"/>
  <filing status="filed" form-no="11010100001" certificate-no="11010100001-00001" body="top"
    received="2025-07-10" issued="2025-07-22" valid-until="2028-07-21"/>
  <assessment kind="tier" on="2025-05-20" body="top" report-no="R-2" result="conform" score="91.50"/>
  <assessment kind="tier" on="2024-05-20"/>
  <metric name="customers" value="140000.0" unit="person" document="M-2"/>
  <supports complete="yes"><support business="dispatch" strength="essential"/></supports>
  <controls complete="no"><unit id="u1" name="U" mw="100" kv="345" lines="2" interconnection="east"/>
   <unit id="u2"/></controls>
  <dependants complete="yes" hops="2"/>
  <answer pack="x.p" criterion="H1" met="no" official="Office 7"/>
  <assets><prefix cidr="198.18.1.0/24"/></assets>
 </system>
 <system id="cloud" name="Cloud" organisation="op" sector="telecom" class="cloud-platform"
   kind="network-facility" function="hosting" service-scope="province" counterparts="both">
  <tier s="3" a="3"/>
 </system>
 <system id="mail" name="Mail" organisation="op" sector="energy" class="general"
   kind="information-system" function="mail" service-scope="other" counterparts="internal">
  <assets><prefix cidr="198.18.2.0/24"/></assets>
 </system>
 <system id="all" name="All" organisation="op" sector="energy" class="general"
   kind="information-system" function="f" service-scope="other" counterparts="internal"/>
 <system id="old" name="Old" organisation="op" sector="energy" class="general" lifecycle="retired"
   kind="information-system" function="f" service-scope="other" counterparts="internal"
   carried-by="cloud"/>
 <external-system id="theirs" name="Theirs" organisation="top" sector="water"/>
</systems>
<responsibilities><responsibility subject="prefix" value="203.0.113.0/24" duty="operates"
  organisation="op"/><responsibility subject="prefix" value="192.0.2.0/24" duty="uses"
  organisation="op"/></responsibilities>
<circuits>
 <circuit id="i1" name="Internet" organisation="op" kind="internet" carrier="carrier"
   blocks="198.51.100.0/24" bandwidth-mbps="200" systems="scada"/>
 <circuit id="p1" name="Line" organisation="op" kind="private-line" systems="scada"/>
</circuits>
<contracts>
 <contract id="k1" supplier="carrier" organisation="op" service="operation-maintenance"
   systems="scada" access-path="VPN" valid-from="2025-01-01" valid-until="2099-01-01"/>
 <contract id="k2" supplier="top" organisation="op" service="cloud" systems="scada"
   valid-until="2025-01-01"/>
</contracts>
<remote-maintenance>
 <remote-access id="m1" supplier="carrier" system="scada" path="VPN" necessity="n" assessment="a"
   controls="c" valid-until="2099-01-01"/>
 <remote-access id="m2" supplier="carrier" system="scada" path="VPN" necessity="n" assessment="a"
   controls="c" valid-until="2025-01-01"/>
</remote-maintenance>
<data-resources>
 <data-resource id="d1" name="Records" organisation="op" system="scada" level="important"
   class="customers" personal-information="general" volume-gb="40" records="140000"
   cross-border="no"/>
</data-resources>
<asset-statements>
 <asset by="address" is="198.18.1.11" attribute="tag" value="wireless"/>
 <asset by="address" is="198.18.1.11" attribute="tag" value="safety"/>
</asset-statements>
</register>"""


class Dossiers(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.register = Register(TOOL)
        cls.register.hold()
        cls.take(PLANT)
        cls.register.run("grant", "plant", "198.18.0.0/16", "2020-01-01", "2099-01-01")
        cls.file(Bundle("plant").host("198.18.1.11").host("198.18.1.12").host("198.18.1.200")
                 .host("198.18.2.5").host("198.18.2.6")
                 .service("198.18.1.11", 502, "modbus").service("198.18.2.5", 443, "http")
                 .link("198.18.1.11", "198.18.1.200", "flow", "flow")
                 .link("198.18.1.11", "198.18.2.5", "flow", "flow")
                 .link("198.18.1.12", "198.18.2.5", "flow", "flow")
                 .link("198.18.1.11", "198.18.1.12", "flow", "flow")
                 .covered("198.18.0.0/16", ports="", method="echo"))
        cls.file(Bundle("plant", "internet", at=48).host("198.18.1.11").host("198.18.1.12")
                 .service("198.18.1.11", 22, "ssh").service("198.18.1.12", 502, "modbus")
                 .service("198.18.1.11", 443, "http").covered("198.18.1.0/25"))
        cls.file(Bundle("plant", at=240).host("198.18.2.5").host("198.18.2.6")
                 .covered("198.18.2.0/25").covered("198.18.2.64/26").covered("198.18.2.128/25"))
        cls.file(Bundle("plant", at=264).host("198.18.2.5")
                 .covered("198.18.2.0/25").covered("198.18.2.64/26"))

    @classmethod
    def tearDownClass(cls):
        cls.register.close()

    @classmethod
    def take(cls, text):
        path = cls.register.path("register.xml")
        pathlib.Path(path).write_text(text, encoding="utf-8")
        subprocess.run([PROGRAM, "register", "import", path], env=cls.register.env, check=True,
                       capture_output=True)

    @classmethod
    def file(cls, bundle):
        cls.register.intake(bundle)

    def all(self, unit, *ids, realm=1, code=0):
        rows = self.register.run("dossiers", unit, realm, "each", *ids, code=code)
        rows = rows if isinstance(rows, list) else [rows]
        self.end = rows.pop() if code == 0 else None
        return rows

    def root(self, unit, name, realm=1):
        rows = self.all(unit, name, realm=realm)
        self.assertEqual([row["id"] for row in rows], [name])
        return ElementTree.fromstring(rows[0]["text"])

    def says(self, root, expected, grade="attested", as_of=DAY, document="P-1"):
        """The elements of a name: exactly these, in this order."""
        name, rows = expected[0], expected[1:]
        found = root.findall(name)
        evidence = {"grade": grade, "as-of": as_of} | ({"document": document} if document else {})
        for element, row in zip(found, rows):
            self.assertEqual(dict(element.attrib), {**evidence, **row}, name)
        self.assertEqual(len(found), len(rows), name)

    # ---- one and all ------------------------------------------------------------------------

    def test_alone_and_in_bulk_are_the_same_bytes(self):
        self.take(LAB.read_text(encoding="utf-8"))
        for unit in UNITS:
            rows = self.all(unit, realm=0)
            self.assertGreater(len(rows), 4)
            keys = [(row["realm"], row["id"].encode()) for row in rows]
            self.assertEqual(keys, sorted(set(keys)), unit)
            self.assertEqual({row["realm_name"] for row in rows}, {"plant", "lanhe"})
            for row in rows:
                self.assertEqual(row["n"], len(row["text"].encode()))
                self.assertEqual(self.all(unit, row["id"], realm=row["realm"]), [row])
            some = [row for row in rows if row["realm"] == 1][::2]
            ids = [row["id"] for row in some]
            self.assertEqual(self.all(unit, *reversed(ids), *ids), some)
            self.assertEqual(self.all(unit, realm=1), [row for row in rows if row["realm"] == 1])
            self.assertEqual(self.all(unit, "nobody", "a\nb", ids[0] + "\n", "' OR 1=1"), [])
            self.assertEqual(self.all(unit, realm=77), [])

    def test_batches_join_without_a_seam(self):
        """More subjects than are fetched at once, ids that sort otherwise than numbers do."""
        self.register.sql("""
            INSERT INTO realm (name) VALUES ('many'), ('more');
            INSERT INTO register_import (realm_id, file, sha256, document, complete)
            SELECT realm_id, 'f', '', 'D', false FROM realm WHERE name IN ('many', 'more');
            INSERT INTO system (realm_id, id, name, organisation, sector, external, class, kind,
                function, service_scope, counterparts, lifecycle, as_of, document, from_import)
            SELECT i.realm_id, 's' || n, 'S' || n, 'o', 'energy', false, 'general',
                'information-system', 'f', 'other', 'other', 'in-service', '2026-01-01', '', i.id
            FROM register_import i JOIN realm r USING (realm_id)
            CROSS JOIN generate_series(1, CASE r.name WHEN 'many' THEN 4100 ELSE 3 END) n
            WHERE r.name IN ('many', 'more')""")
        try:
            rows = self.all("system", realm=0)
            keys = [(row["realm"], row["id"].encode()) for row in rows]
            self.assertEqual(keys, sorted(set(keys)))
            self.assertEqual(sum(row["realm_name"] == "many" for row in rows), 4100)
            self.assertEqual(sum(row["realm_name"] == "more" for row in rows), 3)
            # each() ends it
            self.register.sql("UPDATE system SET name = 'Stop' WHERE id = 's1000'")
            realm = next(row["realm"] for row in rows if row["realm_name"] == "many")
            rows = self.all("system", realm=realm)
            self.assertEqual([row["id"] for row in rows], ["s1", "s10", "s100", "s1000"])
            self.assertEqual(self.end["returned"], 1)
        finally:
            self.register.sql("DELETE FROM system WHERE realm_id IN (SELECT realm_id FROM realm "
                              "WHERE name IN ('many', 'more'))")

    def test_a_dossier_too_large_is_named(self):
        self.register.sql("""INSERT INTO controlled_unit (realm_id, system, id, name, as_of, document,
            from_import) SELECT 1, 'mail', 'x' || n, repeat('"', 300), '2026-01-01', '', 1
            FROM generate_series(1, 9500) n""")
        try:
            self.all("system", "mail", code=3)
            self.assertIn('the dossier of the system "mail" of realm "plant" is larger than 16777216 '
                          'bytes; divide the system', self.register.message)
            self.all("system", realm=1, code=3)
            self.assertEqual([row["id"] for row in self.all("system", "scada")], ["scada"])
        finally:
            self.register.sql("DELETE FROM controlled_unit WHERE system = 'mail'")

    # ---- the system -------------------------------------------------------------------------

    def test_system_as_stated(self):
        root = self.root("system", "scada")
        self.assertEqual(root.tag, "system")
        self.assertEqual(dict(root.attrib), {
            "realm": "plant", "id": "scada", "name": "SCADA", "organisation": "op",
            "sector": "energy.power", "class": "industrial-control", "kind": "information-system",
            "function": "control", "service-scope": "province", "counterparts": "both",
            "lifecycle": "in-service", "business-type": "dispatch",
            "technology": "cloud industrial-control", "deployment": "wan",
            "network-nature": "business-private", "in-service": "2014-05-01", "parent": "all",
            "carried-by": "cloud", "grade": "attested", "as-of": DAY, "document": "P-1"})
        for expected in (
                ("operator", {"id": "op", "name": 'The "Op" <&> 电力', "sector": "energy.power",
                              "unit-type": "enterprise", "affiliation": "province",
                              "industry": "44", "division": "110000"}),
                ("tier", {"s": "2", "a": "3", "final": "3", "determined": "2025-06-30"}),
                ("damage", {"aspect": "a", "object": "security", "degree": "serious"},
                 {"aspect": "s", "object": "order", "degree": "general"}),
                ("filing", {"form-no": "11010100001", "certificate-no": "11010100001-00001",
                            "body": "top", "received": "2025-07-10", "issued": "2025-07-22",
                            "valid-until": "2028-07-21", "status": "filed"}),
                ("assessment", {"kind": "tier", "on": "2024-05-20"},
                 {"kind": "tier", "on": "2025-05-20", "body": "top", "report-no": "R-2",
                  "result": "conform", "score": "91.5"}),
                ("supports", {"complete": "yes"}), ("controls", {"complete": "no"}),
                ("dependants", {"complete": "yes", "hops": "2"}),
                ("unit", {"id": "u1", "name": "U", "mw": "100", "kv": "345", "lines": "2",
                          "interconnection": "east"}, {"id": "u2"}),
                ("answer", {"pack": "x.p", "criterion": "H1", "met": "no", "official": "Office 7"}),
                ("data", {"id": "d1", "name": "Records", "level": "important", "class": "customers",
                          "personal-information": "general", "volume-gb": "40", "records": "140000",
                          "cross-border": "no"}),
                ("carrier", {"id": "cloud", "name": "Cloud", "class": "cloud-platform", "tier": "3"}),
                ("exit", {"id": "i1", "name": "Internet", "carrier": "carrier",
                          "bandwidth-mbps": "200"}),
                ("supplier", {"contract": "k1", "id": "carrier", "service": "operation-maintenance",
                              "access-path": "VPN", "valid-until": "2099-01-01"}),
                ("remote-access", {"id": "m1", "supplier": "carrier", "valid-until": "2099-01-01"}),
                ("carries",), ("designation",)):
            self.says(root, expected)
        self.says(root, ("metric", {"name": "customers", "value": "140000", "unit": "person"}),
                  document="M-2")
        # as old as the older of the two statements
        self.says(root, ("support", {"business": "dispatch", "strength": "essential", "key": "yes",
                                     "name": "Dispatch", "function": "distribution-dispatch",
                                     "sector": "energy.power", "rto-hours": "4",
                                     "fallback-hours": "8"}), as_of="2026-01-05", document="B-1")
        cloud = self.root("system", "cloud")
        self.says(cloud, ("carries", {"id": "scada", "name": "SCADA", "class": "industrial-control",
                                      "sector": "energy.power", "tier": "3"}))
        for name in ("zone", "assets", "exposure", "unit", "filing"):
            self.says(cloud, (name,))

    def test_retired_and_others_systems_have_none(self):
        self.assertEqual([row["id"] for row in self.all("system")], ["all", "cloud", "mail", "scada"])
        self.assertEqual(self.all("system", "old", "theirs"), [])

    def test_system_as_measured(self):
        root = self.root("system", "scada")
        # one of its three addresses lies outside what was asked for from the Internet
        self.says(root, ("exposure", {"looked": "part", "addresses": "2", "services": "3",
                                      "administration": "1", "remote-maintenance": "0",
                                      "industrial": "1", "unjustified": "3"}),
                  "measured", "2026-03-03", "run 2")
        self.says(root, ("zone", {"id": "control", "name": "Control", "purdue-level": "2",
                                  "sl-t": "3", "assets": "2"},
                         {"id": "dmz", "name": "DMZ", "purdue-level": "3.5", "sl-t": "2",
                          "assets": "1"}), "derived")
        counts = {e.get("role"): (e.get("kind"), e.get("count"), e.get("grade"), e.get("as-of"),
                                  e.get("document")) for e in root.findall("assets")}
        self.assertEqual(counts, {
            "controller": ("industrial", "2", "measured", "2026-03-03", "run 2"),
            "host": ("other", "1", "measured", "2026-03-01", "run 1")})
        # met, but never looked at from the Internet: nothing is said, not zero
        self.says(self.root("system", "mail"), ("exposure",))

    def test_exposure_is_justified_and_wholly_looked_at(self):
        self.register.sql("""INSERT INTO exposure_justification (realm_id, prefix, transport, ports,
            reason, approver, document, author, expires)
            VALUES (1, '198.18.1.11', 6, '{[443,444)}', 'r', 'a', '', 'x', now() + interval '1 day');
            INSERT INTO coverage VALUES (2, '198.18.1.128/25', 'syn', 6, '{[22,23)}')""")
        try:
            self.says(self.root("system", "scada"), (
                "exposure", {"looked": "yes", "addresses": "2", "services": "3",
                             "administration": "1", "remote-maintenance": "0", "industrial": "1",
                             "unjustified": "2"}), "measured", "2026-03-03", "run 2")
            # exposed by what somebody told, while nobody looked
            self.register.sql("UPDATE run SET vantage = 'internal' WHERE run_id = 2")
            self.assertEqual(self.root("system", "scada").find("exposure").get("looked"), "no")
        finally:
            self.register.sql("""UPDATE run SET vantage = 'internet' WHERE run_id = 2;
                DELETE FROM exposure_justification;
                DELETE FROM coverage WHERE cidr = '198.18.1.128/25'""")

    def test_designation_is_shown_where_it_matters(self):
        self.register.sql("""
            INSERT INTO norm_pack (id, version, sha256, title, authority, effective_from,
                supersedes, file) VALUES ('p', '1', '', 't', 'a', '2020-01-01', '', '');
            INSERT INTO norm_eval (realm_id, system, pack, version, pack_sha256, outcome, score,
                missing, inputs, inputs_sha256, explanation)
            VALUES (1, 'cloud', 'p', '1', '', 'cii', 1, '', '', '', '');
            INSERT INTO designation (list_no, realm_id, system, outcome, eval_id, pack, version,
                pack_sha256, official, decision_no, decided, decision_id, entered,
                reason, evidence, valid_from, recorded)
            SELECT 'CII-2026-001', 1, 'cloud', 'cii', max(id), 'p', '1', '', 'o', 'DN-1', '2026-04-05', 1, '2026-04-05', 'initial',
                '', '2026-04-05', '2026-04-05' FROM norm_eval""")
        try:
            self.says(self.root("system", "cloud"), (
                "designation", {"list-no": "CII-2026-001", "outcome": "cii", "pack": "p",
                                "decided": "2026-04-05"}), as_of="2026-04-05", document="DN-1")
            carrier = self.root("system", "scada").find("carrier")
            self.assertEqual(carrier.get("designation"), "CII-2026-001")
            cloud = [e for e in self.root("organisation", "op").findall("system")
                     if e.get("id") == "cloud"]
            self.assertEqual(cloud[0].get("designation"), "CII-2026-001")
        finally:
            self.register.sql("DELETE FROM designation; DELETE FROM norm_eval; DELETE FROM norm_pack")

    # ---- the organisation -------------------------------------------------------------------

    def test_organisation(self):
        root = self.root("organisation", "op")
        self.assertEqual(dict(root.attrib), {
            "realm": "plant", "id": "op", "name": 'The "Op" <&> 电力', "sector": "energy.power",
            "unit-type": "enterprise", "affiliation": "province", "division": "110000",
            "industry": "44", "parent": "top", "countries": "de fr", "grade": "attested",
            "as-of": DAY, "document": "P-1"})
        own = {"class": "general", "kind": "information-system", "sector": "energy"}
        for expected in (
                ("role", {"code": "operator", "scope": "all", "valid-from": "2020-01-01"}),
                ("event", {"kind": "split", "on": "2025-05-05", "with": "top"}),
                ("answer", {"pack": "eu.nis2", "criterion": "N1", "met": "yes",
                            "official": "Office 7"}),
                ("system", {"id": "all", "name": "All", **own},
                 {"id": "cloud", "name": "Cloud", "class": "cloud-platform",
                  "kind": "network-facility", "sector": "telecom", "tier": "3"},
                 {"id": "mail", "name": "Mail", **own},
                 {"id": "scada", "name": "SCADA", "class": "industrial-control",
                  "kind": "information-system", "sector": "energy.power", "tier": "3"}),
                ("network", {"prefix": "198.18.1.0/24"}, {"prefix": "198.18.1.128/25"},
                 {"prefix": "198.18.2.0/24"}, {"prefix": "198.51.100.0/24"},
                 {"prefix": "203.0.113.0/24"}),
                ("exit", {"id": "i1", "name": "Internet", "carrier": "carrier",
                          "bandwidth-mbps": "200"})):
            self.says(root, expected)
        self.says(root, ("metric", {"name": "staff", "value": "250", "unit": "person"}),
                  document="M-1")
        self.says(root, ("business", {"id": "dispatch", "name": "Dispatch",
                                      "function": "distribution-dispatch",
                                      "sector": "energy.power", "key": "yes"}),
                  as_of="2026-01-05", document="B-1")
        self.assertEqual(len(self.root("organisation", "carrier")), 0)

    # ---- the zone ---------------------------------------------------------------------------

    def test_zone(self):
        root = self.root("zone", "control")
        self.assertEqual(dict(root.attrib), {
            "realm": "plant", "id": "control", "name": "Control", "organisation": "op",
            "parent": "site", "purdue-level": "2", "sl-t": "3", "protects": "computing-environment",
            "importance": "key", "function": "control", "grade": "attested", "as-of": DAY,
            "document": "P-1"})
        self.says(root, ("subnet", {"prefix": "198.18.1.0/24", "name": "control", "vlan": "10",
                                    "function": "plc"}))
        self.says(root, ("system", {"id": "scada", "name": "SCADA", "class": "industrial-control",
                                    "sector": "energy.power", "kind": "information-system",
                                    "tier": "3", "assets": "2"}), "derived")
        ids = dict(self.register.sql("SELECT host(address), asset_id FROM address WHERE realm_id = 1"))
        one = {"role": "controller", "kind": "industrial", "system": "scada",
               "class": "industrial-control"}
        members = sorted([
            {"id": ids["198.18.1.11"], "name": "198.18.1.11", "tags": "safety wireless",
             "exposed": "2", **one},
            {"id": ids["198.18.1.12"], "name": "198.18.1.12", "exposed": "1", **one}],
            key=lambda e: e["id"])
        self.says(root, ("asset", *members), "derived")
        self.says(root, ("conduit", {"id": "c1", "name": "Firewall", "other": "dmz",
                                     "other-level": "3.5", "other-sl-t": "2",
                                     "other-protects": "area-boundary",
                                     "protocols": "https iec104", "boundary-device": "198.18.1.1"}))
        self.says(root, ("crossing", {"other": "dmz", "flows": "1", "conduit": "yes"},
                         {"other": "office", "flows": "2", "conduit": "no"}),
                  "measured", "2026-03-01", "run 1")
        # from the other side the same flows; the longer prefix has its own zone
        office = self.root("zone", "office")
        self.says(office, ("crossing", {"other": "control", "flows": "2", "conduit": "no"}),
                  "measured", "2026-03-01", "run 1")
        self.assertEqual([e.get("name") for e in self.root("zone", "dmz").findall("asset")],
                         ["198.18.1.200"])
        site = self.root("zone", "site")
        self.says(site, ("inner", {"id": "control", "name": "Control", "purdue-level": "2",
                                   "sl-t": "3"}))
        self.assertEqual(len(site), 1)

    def test_flow_to_an_address_that_is_no_asset(self):
        self.register.sql("""INSERT INTO link (asset_id, layer, peer_asset_id, peer_address, source,
            realm_id, grade, method, detail, from_run) SELECT asset_id, 'flow', 0, '198.18.1.222',
            'flow', 1, 'measured', 'flow', '', 1 FROM address WHERE address = '198.18.2.5'""")
        try:
            self.assertEqual([(e.get("other"), e.get("flows"))
                              for e in self.root("zone", "office").findall("crossing")],
                             [("control", "2"), ("dmz", "1")])
        finally:
            self.register.sql("DELETE FROM link WHERE peer_address = '198.18.1.222'")

    # ---- the subnet -------------------------------------------------------------------------

    def test_subnet(self):
        root = self.root("subnet", "198.18.1.0/24")
        self.assertEqual(dict(root.attrib), {
            "realm": "plant", "id": "198.18.1.0/24", "name": "control", "zone": "control",
            "vlan": "10", "function": "plc", "importance": "key", "grade": "attested", "as-of": DAY,
            "document": "P-1"})
        run = {"methods": "syn", "vantage": "internet", "ports": "yes", "covered": "part"}
        first, second = root.findall("run")
        self.assertEqual(dict(first.attrib), {
            "id": "1", "started": "2026-03-01", "ended": "2026-03-01", "methods": "echo",
            "vantage": "internal", "ports": "no", "covered": "whole", "grade": "measured",
            "as-of": "2026-03-01", "document": "run 1"})
        self.assertEqual(dict(second.attrib), {
            "id": "2", "started": "2026-03-03", "ended": "2026-03-03", "grade": "measured",
            "as-of": "2026-03-03", "document": "run 2", **run})
        self.says(root, ("coverage", {"first": "2026-03-01", "newest": "2026-03-01"}),
                  "measured", "2026-03-01", "run 1")
        self.says(root, ("assets", {"role": "controller", "kind": "industrial", "count": "2"}),
                  "measured", "2026-03-03", "run 2")
        self.says(root, ("services", {"open": "4", "exposed": "3"}), "measured", "2026-03-03", "run 2")
        # two halves are a whole, a half and a quarter within it are not
        office = self.root("subnet", "198.18.2.0/24")
        self.assertEqual([(e.get("id"), e.get("covered")) for e in office.findall("run")],
                         [("1", "whole"), ("3", "whole"), ("4", "part")])
        self.says(office, ("coverage", {"first": "2026-03-01", "newest": "2026-03-11",
                                        "longest-gap": "10"}), "measured", "2026-03-11", "run 3")
        # nobody was met there, though it was looked at
        quiet = self.root("subnet", "198.18.3.0/24")
        self.assertEqual([e.tag for e in quiet], ["run", "coverage"])

    def test_only_the_newest_runs_are_shown(self):
        self.register.sql("""INSERT INTO run (run_id, bundle_id, realm_id, vantage, tool, plan, started,
            ended, outcome) SELECT n, 'b' || n, 1, 'internal', '', '', t, t, 'complete'
            FROM generate_series(1001, 1450) n, LATERAL (SELECT timestamptz '2020-01-01'
            + n * interval '1 day' AS t) AS t;
            INSERT INTO coverage SELECT n, '198.18.3.0/24', 'arp', 0, '{}'
            FROM generate_series(1001, 1450) n""")
        try:
            root = self.root("subnet", "198.18.3.0/24")
            shown = [int(e.get("id")) for e in root.findall("run")]
            self.assertEqual(shown, [1] + list(range(1052, 1451)))
            self.assertEqual(root.find("coverage").get("longest-gap"), "801")
            # Of each kind: many that asked for no port, or saw a part, drive out no other.
            self.register.sql("""INSERT INTO coverage
                SELECT n, '198.18.3.0/24', 'syn', 6, '{[22,23)}' FROM unnest(ARRAY[1002, 1003]) n;
                UPDATE coverage SET cidr = '198.18.3.0/25' WHERE run_id IN (1004, 1005)""")
            root = self.root("subnet", "198.18.3.0/24")
            shown = [int(e.get("id")) for e in root.findall("run")]
            self.assertEqual(shown, [1] + list(range(1002, 1006)) + list(range(1052, 1451)))
        finally:
            self.register.sql("DELETE FROM coverage WHERE run_id > 1000; "
                              "DELETE FROM run WHERE run_id > 1000")


if __name__ == "__main__":
    unittest.main()
