#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Identity over the register: what is one thing, what only looks like it, and what moved."""
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from register import Bundle, Register  # noqa: E402

TOOL, SOURCE = sys.argv.pop(1), sys.argv.pop(1)
SSH = "ssh.hostkey.sha256"
COUNTER = "ip.counter"
ENGINE = {"snmp.engineid": "80001f8880a1b2c3d4e5f60718"}


class Identity(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.register = Register(TOOL)
        cls.register.run("status")
        cls.register.hold()
        cls.realms = 0

    @classmethod
    def tearDownClass(cls):
        cls.register.close()

    def setUp(self):
        Identity.realms += 1
        self.realm = f"realm-{Identity.realms}"
        self.register.run("grant", self.realm, "198.18.0.0/15", "2020-01-01", "2099-01-01")
        self.register.run("grant", self.realm, "2001:db8::/32", "2020-01-01", "2099-01-01")
        self.hour = 0

    def run_of(self, *hosts, covered=None):
        """Takes a run in which each host is (address, {key type: value, "mac": ...})."""
        self.hour += 1
        b = Bundle(realm=self.realm, at=self.hour)
        for cidr in covered or ():
            b.covered(cidr)
        for addr, keys in hosts:
            b.host(addr, keys.get("mac")).port(addr, 22)
            for kind, value in keys.items():
                if kind != "mac":
                    b.key(addr, kind, value)
        self.counts = self.register.intake(b)
        return self.counts

    def assets(self):
        """Assets that are no aliases, as their open addresses."""
        return self.register.sql(
            "SELECT string_agg(host(d.address), ' ' ORDER BY d.address) FROM asset a "
            "JOIN realm r USING (realm_id) "
            "LEFT JOIN address d ON d.asset_id = a.asset_id AND d.until_run IS NULL "
            f"WHERE r.name = '{self.realm}' AND a.merged_into IS NULL "
            "GROUP BY a.asset_id ORDER BY min(d.address)")

    def ids(self):
        return dict(self.register.sql(
            "SELECT host(address), asset_id FROM address JOIN realm r USING (realm_id) "
            f"WHERE r.name = '{self.realm}' AND until_run IS NULL"))

    def keys(self):
        return self.register.sql(
            "SELECT type, value, shared, count(*) FROM identity_key JOIN realm r USING (realm_id) "
            f"WHERE r.name = '{self.realm}' AND until_run IS NULL GROUP BY 1, 2, 3 ORDER BY 1, 2")

    def test_a_router_is_one_asset(self):
        self.run_of(("198.18.1.1", {SSH: "r", "snmp.engineid": "e"}), ("198.18.2.1", {SSH: "r"}),
                    ("198.18.3.1", {"snmp.engineid": "e"}), ("198.18.4.1", {SSH: "r"}),
                    ("198.18.4.9", {}))
        self.assertEqual(self.assets(), [["198.18.1.1 198.18.2.1 198.18.3.1 198.18.4.1"],
                                         ["198.18.4.9"]])
        reasons = self.register.sql(
            "SELECT host(address), reason FROM address JOIN realm r USING (realm_id) "
            f"WHERE r.name = '{self.realm}' ORDER BY address")
        self.assertTrue(all(reason for _, reason in reasons), reasons)
        self.assertIn(SSH, reasons[1][1])

    def test_interfaces_of_a_router(self):
        """The same engine id, the same MAC on the link: one asset each. One counter of packets beside
        that is no harm, and alone, or with another key that is not proof alone, not enough."""
        both = {COUNTER: "198.18.6.1 198.18.7.1"}
        device = {COUNTER: "198.18.8.1 198.18.9.1", "tls.device.sha256": "e" * 64}
        self.run_of(("198.18.1.1", ENGINE), ("198.18.2.1", ENGINE),
                    ("198.18.3.1", {"mac": "00:00:0c:00:00:03"}),
                    ("198.18.3.2", {"mac": "00:00:0c:00:00:03"}),
                    ("198.18.4.1", {COUNTER: "198.18.4.1 198.18.5.1"}),
                    ("198.18.5.1", {COUNTER: "198.18.4.1 198.18.5.1"}),
                    ("198.18.6.1", both | {SSH: "r"}), ("198.18.7.1", both | {SSH: "r"}),
                    ("198.18.8.1", device), ("198.18.9.1", device))
        self.assertEqual(self.assets(), [["198.18.1.1 198.18.2.1"], ["198.18.3.1 198.18.3.2"],
                                         ["198.18.4.1"], ["198.18.5.1"], ["198.18.6.1 198.18.7.1"],
                                         ["198.18.8.1"], ["198.18.9.1"]])

    def test_a_router_known_on_both_sides(self):
        """By one MAC inside and by another one outside, by two scanners in turn."""
        inside, outside = {SSH: "r", "mac": "00:00:0c:00:00:01"}, {"mac": "00:00:0c:00:00:02"}
        self.run_of(("198.18.1.1", inside), ("198.18.2.1", {SSH: "r"}))
        for _ in range(2):
            self.run_of(("198.18.2.1", outside))
            self.assertEqual(self.assets(), [["198.18.1.1 198.18.2.1"]])
            self.run_of(("198.18.1.1", inside))
            self.assertEqual([row[:2] for row in self.keys() if row[0] == "mac"],
                             [["mac", "00:00:0c:00:00:01"], ["mac", "00:00:0c:00:00:02"]])
        # a card replaced: it is the other side's that stays
        self.run_of(("198.18.1.1", {SSH: "r", "mac": "00:00:0c:00:00:09"}))
        self.assertEqual([row[1] for row in self.keys() if row[0] == "mac"],
                         ["00:00:0c:00:00:02", "00:00:0c:00:00:09"])

    def test_certificates_of_two_ports(self):
        """One address shows several: a run that looks at one port ends those of no other."""
        def shows(*values):
            self.hour += 1
            b = Bundle(realm=self.realm, at=self.hour).host("198.18.1.1").port("198.18.1.1", 443)
            for value in values:
                b.key("198.18.1.1", "tls.certificate.sha256", value)
            self.register.intake(b)
            return [row[1] for row in self.keys()]
        self.assertEqual(shows("a", "b"), ["a", "b"])
        self.assertEqual(shows("b"), ["a", "b"])
        self.assertEqual(shows("a"), ["a", "b"])
        self.assertEqual(shows("c", "d"), ["c", "d"])

    def test_keys_that_end_are_looked_up_once(self):
        """What the batch says of keys is hashed, not read again for every key that may end."""
        path = pathlib.Path(SOURCE) / "schema/queries/intake_key_ended.sql"
        told = path.with_name("intake_key_told.sql").read_text(encoding="utf-8")
        query = path.read_text(encoding="utf-8").replace("$1", "1")
        told = told.replace("ON COMMIT DROP", "").replace("$1", "1")
        plan = "\n".join(row[0] for row in self.register.sql(f"{told};EXPLAIN VERBOSE {query}"))
        self.assertRegex(plan, r"g\.address[^\n]*hashed SubPlan", "what was said, by address")

    def test_snmp_says_which_addresses_are_its_own(self):
        agent = {"snmp.agent": "198.18.1.1"}
        self.run_of(("198.18.1.1", {SSH: "r", **agent}), ("198.18.2.1", agent))
        self.assertEqual(self.assets(), [["198.18.1.1 198.18.2.1"]])

    def test_interfaces_that_were_two_files(self):
        addrs = ("198.18.1.1", "198.18.2.1", "198.18.4.1", "198.18.5.1")
        self.run_of(*((addr, {}) for addr in addrs))
        self.assertEqual(len(self.assets()), 4)
        self.run_of(*((addr, ENGINE) for addr in addrs[:2]),
                    *((addr, {COUNTER: "198.18.4.1 198.18.5.1"}) for addr in addrs[2:]))
        self.assertEqual(self.assets(), [["198.18.1.1 198.18.2.1"], ["198.18.4.1"], ["198.18.5.1"]])
        # A counter is a matter for a person, who is asked once; and nothing is new the next time.
        self.run_of(*((addr, {COUNTER: "198.18.4.1 198.18.5.1"}) for addr in addrs[2:]))
        self.assertEqual(self.decisions("proposal"), ["met together, which is not proof enough"])
        self.assertEqual(self.decisions("conflict"), [])
        self.assertEqual([key for key in self.keys() if key[2] == "t"], [])
        counts = self.run_of(*((addr, ENGINE) for addr in addrs[:2]),
                             *((addr, {COUNTER: "198.18.4.1 198.18.5.1"}) for addr in addrs[2:]))
        self.assertEqual((counts["facts"], counts["assets_new"]), (0, 0))
        self.assertEqual((len(self.decisions("proposal")), len(self.assets())), (1, 3))

    def test_a_counter_against_a_hard_contradiction(self):
        one = {COUNTER: "198.18.1.1 198.18.2.1"}
        self.run_of(("198.18.1.1", one | {SSH: "a"}), ("198.18.2.1", one | {SSH: "b"}))
        two = {COUNTER: "198.18.3.1 198.18.4.1"}
        self.run_of(("198.18.3.1", two | {"serial": "A1"}), ("198.18.4.1", two | {"serial": "A2"}))
        # Two MACs on one link are two things too.
        three = {COUNTER: "198.18.6.1 198.18.6.2"}
        self.run_of(("198.18.6.1", three | {"mac": "00:00:0c:00:00:01"}),
                    ("198.18.6.2", three | {"mac": "00:00:0c:00:00:02"}))
        self.assertEqual(len(self.assets()), 6)

    def test_both_families_of_a_host(self):
        self.run_of(("198.18.1.7", {SSH: "h"}), ("2001:db8:1::7", {SSH: "h"}))
        self.assertEqual(self.assets(), [["198.18.1.7 2001:db8:1::7"]])
        self.run_of(("198.18.1.8", {"mac": "00:00:0c:00:00:08"}),
                    ("2001:db8:1::8", {"mac": "00:00:0c:00:00:08"}))
        self.assertEqual(self.assets()[1], ["198.18.1.8 2001:db8:1::8"])
        # A MAC that somebody made up joins nothing.
        self.run_of(("198.18.1.9", {"mac": "02:00:0c:00:00:09"}),
                    ("2001:db8:1::9", {"mac": "02:00:0c:00:00:09"}))
        self.assertEqual(len(self.assets()), 4)

    def test_addresses_swapped_by_dhcp(self):
        self.run_of(("198.18.1.1", {SSH: "a"}), ("198.18.1.2", {SSH: "b"}))
        before = self.ids()
        n = self.run_of(("198.18.1.1", {SSH: "b"}), ("198.18.1.2", {SSH: "a"}))
        after = self.ids()
        self.assertEqual(after, {"198.18.1.1": before["198.18.1.2"],
                                 "198.18.1.2": before["198.18.1.1"]})
        self.assertEqual(n["assets_new"], 0)
        self.assertEqual(self.register.one(
            "SELECT count(*) FROM asset JOIN realm r USING (realm_id) "
            f"WHERE r.name = '{self.realm}' AND merged_into IS NOT NULL"), "0")

    def test_swapped_by_mac_alone(self):
        one, two = {"mac": "00:00:0c:00:00:01"}, {"mac": "00:00:0c:00:00:02"}
        self.run_of(("198.18.1.1", one), ("198.18.1.2", two))
        before = self.ids()
        self.run_of(("198.18.1.1", two), ("198.18.1.2", one))
        self.assertEqual(self.ids()["198.18.1.1"], before["198.18.1.2"])

    def test_another_machine_at_the_address(self):
        self.run_of(("198.18.1.1", {SSH: "old"}))
        n = self.run_of(("198.18.1.1", {SSH: "new"}))
        self.assertEqual(n["assets_new"], 1)
        states = self.register.sql(
            "SELECT state, count(d.address) FROM asset a JOIN realm r USING (realm_id) LEFT JOIN "
            "address d ON d.asset_id = a.asset_id AND d.until_run IS NULL "
            f"WHERE r.name = '{self.realm}' GROUP BY a.asset_id, state ORDER BY 1")
        self.assertEqual(states, [["quiet", "0"], ["seen", "1"]])
        self.assertEqual(self.register.one(
            "SELECT count(*) FROM service JOIN realm r USING (realm_id) "
            f"WHERE r.name = '{self.realm}' AND until_run IS NULL"), "1")

    def test_a_machine_that_moved(self):
        self.run_of(("198.18.1.1", {SSH: "a"}), covered=["198.18.1.0/24"])
        n = self.run_of(("198.18.1.77", {SSH: "a"}), covered=["198.18.1.0/24"])
        self.assertEqual((n["assets_new"], self.assets()), (0, [["198.18.1.77"]]))

    def test_a_network_card_replaced(self):
        self.run_of(("198.18.1.1", {SSH: "a", "mac": "00:00:0c:00:00:01"}))
        n = self.run_of(("198.18.1.1", {SSH: "a", "mac": "00:00:0c:00:00:99"}))
        self.assertEqual((n["assets_new"], len(self.assets())), (0, 1))
        self.assertEqual([k[1] for k in self.keys()], ["00:00:0c:00:00:99", "a"])

    def test_clones_share_a_key_and_stay_two(self):
        self.run_of(("198.18.1.1", {SSH: "image", "serial": "A1"}),
                    ("198.18.1.2", {SSH: "image", "serial": "A2"}))
        self.assertEqual(len(self.assets()), 2)
        self.assertEqual(self.keys()[-1], [SSH, "image", "t", "2"])
        # Told apart by their MACs on one link.
        self.run_of(("198.18.2.1", {SSH: "vm", "mac": "52:54:00:00:00:01"}),
                    ("198.18.2.2", {SSH: "vm", "mac": "52:54:00:00:00:02"}))
        self.assertEqual(len(self.assets()), 4)
        # Shared for good: a third one does not become one of them.
        n = self.run_of(("198.18.1.3", {SSH: "image"}))
        self.assertEqual(n["assets_new"], 1)

    def test_a_key_found_to_be_shared_later(self):
        self.run_of(("198.18.1.1", {SSH: "image", "serial": "A1"}))
        n = self.run_of(("198.18.1.1", {SSH: "image", "serial": "A1"}),
                        ("198.18.1.2", {SSH: "image", "serial": "A2"}))
        self.assertEqual((n["assets_new"], len(self.assets())), (1, 2))
        reason = self.register.one(
            "SELECT DISTINCT reason FROM identity_key JOIN realm r USING (realm_id) "
            f"WHERE r.name = '{self.realm}' AND until_run IS NULL AND shared")
        self.assertIn("198.18.1.1", reason)
        self.assertEqual(self.run_of(("198.18.1.1", {SSH: "image", "serial": "A1"}),
                                     ("198.18.1.2", {SSH: "image", "serial": "A2"}))["facts"], 0)

    def test_assets_found_to_be_one(self):
        self.run_of(("198.18.1.1", {}), ("198.18.2.1", {}), ("198.18.2.9", {}))
        first = self.ids()
        n = self.run_of(("198.18.1.1", {SSH: "r"}), ("198.18.2.1", {SSH: "r"}))
        self.assertEqual((n["assets_new"], self.assets()),
                         (0, [["198.18.1.1 198.18.2.1"], ["198.18.2.9"]]))
        alias = self.register.sql(
            "SELECT asset_id, merged_into, merge_reason FROM asset JOIN realm r USING (realm_id) "
            f"WHERE r.name = '{self.realm}' AND merged_into IS NOT NULL")
        self.assertEqual(alias[0][:2], [first["198.18.2.1"], first["198.18.1.1"]])
        self.assertIn(SSH, alias[0][2])
        self.assertEqual(self.register.one(
            "SELECT count(*) FROM service s JOIN asset a USING (asset_id) JOIN realm r ON "
            f"r.realm_id = a.realm_id WHERE r.name = '{self.realm}' AND s.until_run IS NULL "
            "AND a.merged_into IS NOT NULL"), "0")
        self.assertEqual(self.run_of(("198.18.1.1", {SSH: "r"}),
                                     ("198.18.2.1", {SSH: "r"}))["facts"], 0)

    def test_junk_identifies_nothing(self):
        for value in ("0", "To be filled by O.E.M.", "N/A", "00000000", "cip:9:00000000"):
            self.run_of(("198.18.1.1", {"serial": value}), ("198.18.1.2", {"serial": value}))
        for value in ("80001f88", "8000000903000000000000", "80001f88017f000001"):
            self.run_of(("198.18.1.1", {"snmp.engineid": value}),
                        ("198.18.1.2", {"snmp.engineid": value}))
        self.run_of(("198.18.1.1", {"mac": "00:00:5e:00:01:05"}),
                    ("198.18.1.2", {"mac": "00:00:5e:00:01:05"}))
        self.assertEqual((len(self.assets()), self.keys()), (2, []))

    def test_certificates_join_nothing(self):
        self.run_of(("198.18.1.1", {"tls.certificate.sha256": "w"}),
                    ("198.18.1.2", {"tls.certificate.sha256": "w"}))
        self.assertEqual(len(self.assets()), 2)

    def test_one_answer_for_a_whole_network(self):
        """A router that answers ARP for everybody is one thing, whatever it answers; those behind
        it who speak for themselves are things of their own."""
        proxy = {"mac": "00:00:0c:00:00:aa"}
        hosts = [(f"198.18.1.{n}", proxy) for n in range(1, 60)]
        hosts[6] = ("198.18.1.7", proxy | {SSH: "seven"})
        self.run_of(*hosts)
        self.assertEqual(sorted(len(row[0].split()) for row in self.assets()), [1, 58])
        self.assertEqual([key[2] for key in self.keys() if key[0] == "mac"], ["t"])
        reason = self.register.one(
            "SELECT DISTINCT reason FROM address JOIN realm r USING (realm_id) "
            f"WHERE r.name = '{self.realm}' AND address <> '198.18.1.7'")
        self.assertIn("58 addresses of 198.18.1.0/24", reason)
        self.assertIn("proxy ARP", reason)
        self.assertEqual(len(self.notes("address.proxied")), 58)
        self.assertEqual(self.run_of(*hosts)["facts"], 0)
        # Neither a comparison of all with all nor a look at a part of it takes it apart.
        self.assertEqual(self.match(), [])
        for part in (hosts[20:30], hosts[20:50]):
            self.run_of(*part)
            self.assertEqual(sorted(len(row[0].split()) for row in self.assets()), [1, 58])
            self.assertEqual(len(self.notes("address.proxied")), 58)
            self.assertEqual(self.match(), [])
        # One of them comes to answer for itself.
        self.run_of((hosts[30][0], {"mac": "00:00:0c:00:00:bb"}))
        self.assertEqual(sorted(len(row[0].split()) for row in self.assets()), [1, 1, 57])
        self.assertEqual(len(self.notes("address.proxied")), 57)

    def test_a_firewall_that_accepts_everything(self):
        """SYN-ACK from everywhere and no word: the network is one thing."""
        b = Bundle(realm=self.realm)
        for n in range(0, 256):
            b.port(f"198.18.5.{n}", *range(1, 10))
        b.port("198.18.6.1", *range(1, 10))
        self.register.intake(b)
        self.assertEqual(sorted(len(row[0].split()) for row in self.assets()), [1, 256])
        self.assertIn("answers for without a word", self.notes("address.proxied")[0][1])

    def notes(self, attribute):
        return self.register.sql(
            "SELECT subject, value FROM fact JOIN realm r USING (realm_id) "
            f"WHERE r.name = '{self.realm}' AND attribute = '{attribute}' AND until_run IS NULL "
            "ORDER BY subject")

    def decisions(self, kind, what="reason"):
        return [row[0] for row in self.register.sql(
            f"SELECT {what} FROM asset_decision JOIN realm r USING (realm_id) "
            f"WHERE r.name = '{self.realm}' AND kind = '{kind}' AND undone IS NULL "
            "ORDER BY decision_id")]

    def decide(self, kind, one, other=None, undoes="NULL"):
        """A decision by hand, as it stands in the table."""
        self.register.sql(
            "INSERT INTO asset_decision (realm_id, kind, asset_id, other_asset_id, verdict, "
            f"author, reason, undoes) SELECT realm_id, '{kind}', {one}, {other or 'NULL'}, "
            f"'manual', 'Registrar', 'seen on site', {undoes} FROM realm "
            f"WHERE name = '{self.realm}'")

    def test_a_pair_with_a_service_address(self):
        """Two assets, and the address that goes from one to the other is flagged."""
        one, two = {SSH: "one", "mac": "00:00:0c:00:00:01"}, {SSH: "two", "mac": "00:00:0c:00:00:02"}
        pair = (("198.18.1.1", one), ("198.18.1.2", two))
        self.run_of(*pair, ("198.18.1.10", one))
        ids = self.ids()
        self.assertEqual(ids["198.18.1.10"], ids["198.18.1.1"])
        n = self.run_of(*pair, ("198.18.1.10", two))
        self.assertEqual(n["assets_new"], 0)
        self.assertEqual(self.ids(), {"198.18.1.1": ids["198.18.1.1"],
                                      "198.18.1.2": ids["198.18.1.2"],
                                      "198.18.1.10": ids["198.18.1.2"]})
        notes = self.notes("address.service")
        self.assertEqual([note[0] for note in notes], ["198.18.1.10"])
        self.assertIn("both of which answer", notes[0][1])
        self.assertEqual([key[2] for key in self.keys()], ["f"] * 4, "no key is shared by that")

    def test_a_service_address_by_its_mac(self):
        self.run_of(("198.18.1.1", {SSH: "one", "mac": "00:00:0c:00:00:01"}),
                    ("198.18.1.2", {SSH: "two", "mac": "00:00:0c:00:00:02"}),
                    ("198.18.1.10", {SSH: "one", "mac": "00:00:5e:00:01:05"}))
        self.assertEqual(self.assets(), [["198.18.1.1 198.18.1.10"], ["198.18.1.2"]])
        self.assertIn("VRRP", self.notes("address.service")[0][1])

    def test_two_operators_with_the_same_address_and_certificate(self):
        device = {"tls.device.sha256": "c" * 64}
        self.register.run("grant", self.realm, "10.1.0.0/16", "2020-01-01", "2099-01-01")
        self.run_of(("10.1.2.3", device))
        first = self.ids()
        other, self.realm = self.realm, self.realm + "-other"
        self.register.run("grant", self.realm, "10.1.0.0/16", "2020-01-01", "2099-01-01")
        self.assertEqual(self.run_of(("10.1.2.3", device))["assets_new"], 1)
        self.assertNotEqual(self.ids()["10.1.2.3"], first["10.1.2.3"])
        self.realm = other

    def test_a_certificate_of_the_device(self):
        """It follows the device; one that makers deliver to many joins nothing."""
        own, default = {"tls.device.sha256": "a" * 64}, {"tls.device.sha256": "d" * 64}
        self.run_of(("198.18.1.1", own), covered=["198.18.1.0/24"])
        before = self.ids()
        n = self.run_of(("198.18.1.9", own), covered=["198.18.1.0/24"])
        self.assertEqual((n["assets_new"], self.ids()["198.18.1.9"]), (0, before["198.18.1.1"]))
        # Not looked for at its address: it may be there still.
        self.run_of(("198.18.3.1", {"tls.device.sha256": "b" * 64}))
        n = self.run_of(("198.18.4.1", {"tls.device.sha256": "b" * 64}))
        self.assertEqual(n["assets_new"], 1)
        self.assertEqual(len(self.decisions("proposal")), 1)
        self.run_of(("198.18.5.1", default), ("198.18.6.1", default))
        self.assertEqual([key[1:] for key in self.keys() if key[2] == "t"], [["d" * 64, "t", "2"]])

    def test_what_a_shared_key_had_joined_is_taken_apart(self):
        """Three copies of an image, met one after the other, look like one that moves. When two
        are met at one time, what only that key had joined is three again; whole or in parts."""
        self.run_of(("198.18.1.1", {SSH: "image"}))
        b = Bundle(realm=self.realm).host("198.18.2.1").service("198.18.2.1", 22, "ssh")
        self.register.intake(b.key("198.18.2.1", SSH, "image").name("198.18.2.1", "two.example"))
        self.run_of(("198.18.3.1", {SSH: "image", "snmp.engineid": "engine 3"}))
        self.assertEqual(self.assets(), [["198.18.1.1 198.18.2.1 198.18.3.1"]])
        one = self.ids()["198.18.3.1"]
        n = self.run_of(("198.18.3.1", {SSH: "image", "snmp.engineid": "engine 3"}),
                        ("198.18.4.1", {SSH: "image", "snmp.engineid": "engine 4"}))
        self.assertEqual(n["assets_new"], 3)
        self.assertEqual(self.assets(), [["198.18.1.1"], ["198.18.2.1"], ["198.18.3.1"],
                                         ["198.18.4.1"]])
        self.assertEqual(self.ids()["198.18.3.1"], one, "what has a key of its own keeps the file")
        self.assertEqual(len(self.decisions("split")), 2)
        self.assertIn("met at one time at 198.18.3.1 and 198.18.4.1",
                      self.decisions("split")[0])
        two = self.ids()["198.18.2.1"]
        self.assertEqual(self.register.one(f"SELECT name FROM asset WHERE asset_id = {two}"),
                         "two.example", "what belongs to the address goes with it")
        self.assertEqual(self.register.one(
            f"SELECT count(*) FROM service WHERE asset_id = {two} AND until_run IS NULL"), "1")
        self.assertEqual(self.register.one(
            f"SELECT string_agg(type, ' ') FROM identity_key WHERE asset_id = {two} "
            "AND until_run IS NULL AND shared"), SSH)
        self.assertEqual(len(self.decisions("conflict")), 1)
        self.assertEqual(len(self.register.sql(
            "SELECT subject FROM review_shared_key JOIN realm USING (realm_id) "
            f"WHERE name = '{self.realm}'")), 1)

    def test_different_serial_numbers_are_a_veto(self):
        """At any time: a serial number does not change."""
        self.run_of(("198.18.1.1", {SSH: "image", "serial": "A1"}))
        n = self.run_of(("198.18.2.1", {SSH: "image", "serial": "A2"}))
        self.assertEqual((n["assets_new"], len(self.assets())), (1, 2))
        self.assertEqual(len(self.decisions("conflict")), 1)
        self.assertEqual(len(self.register.sql(
            "SELECT kind FROM review_identity_conflict JOIN realm USING (realm_id) "
            f"WHERE name = '{self.realm}'")), 1)
        # Numbers of two makers do not contradict each other.
        self.run_of(("198.18.3.1", {SSH: "plc", "serial": "s7:1"}))
        n = self.run_of(("198.18.4.1", {SSH: "plc", "serial": "cip:9:2"}))
        self.assertEqual(n["assets_new"], 0)

    def test_evidence_short_of_the_mark_is_a_proposal(self):
        """Known by its MAC, and by a key elsewhere; both together at one address."""
        self.run_of(("198.18.1.1", {"mac": "00:00:0c:00:00:01"}))
        self.run_of(("198.18.2.1", {SSH: "k"}))
        for _ in range(2):
            self.run_of(("198.18.1.5", {SSH: "k", "mac": "00:00:0c:00:00:01"}))
        self.assertEqual(len(self.decisions("proposal")), 1, "said once")
        self.assertEqual(self.decisions("merge"), [])
        review = self.register.sql(
            "SELECT kind, detail FROM review_merge_proposal JOIN realm USING (realm_id) "
            f"WHERE name = '{self.realm}'")
        self.assertIn("not proof enough", review[0][1])

    def test_a_merge_is_a_row(self):
        self.run_of(("198.18.1.1", {}), ("198.18.2.1", {}))
        self.run_of(("198.18.1.1", {SSH: "r"}), ("198.18.2.1", {SSH: "r"}))
        self.assertEqual(self.decisions("merge", "concat_ws('|', author, verdict, keys)"),
                         [f"program|auto|{SSH} r"])

    def test_joined_and_changed_by_one_run(self):
        """What is carried over to the asset that remains may be stated anew at once."""
        def both(version, key):
            b = Bundle(realm=self.realm, at=int(version))
            for addr in ("198.18.1.1", "198.18.2.1"):
                b.host(addr).service(addr, 80, "http", product="nginx", version=version)
                b.fact(addr, host__type="router" + version)
                if key:
                    b.key(addr, SSH, "r")
            return self.register.intake(b)
        both("1", False)
        both("2", True)
        self.assertEqual(self.assets(), [["198.18.1.1 198.18.2.1"]])
        self.assertEqual(self.register.sql(
            "SELECT version, count(*) FROM service JOIN realm USING (realm_id) "
            f"WHERE name = '{self.realm}' AND until_run IS NULL GROUP BY 1"), [["2", "2"]])

    def test_what_a_person_decided_stands(self):
        clone = {SSH: "image"}
        self.run_of(("198.18.1.1", clone), ("198.18.2.1", {}))
        ids = self.ids()
        self.decide("split", ids["198.18.1.1"], ids["198.18.2.1"])
        for _ in range(2):
            self.run_of(("198.18.1.1", clone), ("198.18.2.1", clone))
            self.assertEqual(self.ids(), ids, "never one again")
        self.assertEqual(self.decisions("merge"), [])
        # Two MACs on one link, which a person says are one.
        one, two = {SSH: "a", "mac": "00:00:0c:00:00:01"}, {SSH: "b", "mac": "00:00:0c:00:00:02"}
        self.run_of(("198.18.3.1", one), ("198.18.3.2", two))
        ids = self.ids()
        self.register.sql(f"""BEGIN;
            UPDATE asset SET merged_into = {ids['198.18.3.1']}, merge_reason = 'by hand'
            WHERE asset_id = {ids['198.18.3.2']};
            INSERT INTO address SELECT {ids['198.18.3.1']}, address, realm_id, mac, grade, method,
                reason, from_run + 1 FROM address WHERE asset_id = {ids['198.18.3.2']};
            UPDATE address SET until_run = from_run + 1 WHERE asset_id = {ids['198.18.3.2']};
            INSERT INTO identity_key SELECT {ids['198.18.3.1']}, type, value, realm_id, strength,
                shared, 'manual', reason, method, evidence, from_run + 1
            FROM identity_key WHERE asset_id = {ids['198.18.3.2']};
            UPDATE identity_key SET until_run = from_run + 1
            WHERE asset_id = {ids['198.18.3.2']}; COMMIT""")
        self.decide("merge", ids["198.18.3.2"], ids["198.18.3.1"])
        for _ in range(2):
            self.run_of(("198.18.3.1", one), ("198.18.3.2", two))
            self.assertEqual(self.ids()["198.18.3.2"], ids["198.18.3.1"], "never two again")

    def test_a_retired_asset_that_answers_is_reported(self):
        self.run_of(("198.18.1.1", {SSH: "a"}))
        ids = self.ids()
        self.register.sql(f"UPDATE asset SET state = 'retired' WHERE asset_id = {ids['198.18.1.1']}")
        for _ in range(2):
            self.run_of(("198.18.1.1", {SSH: "a"}))
        self.assertEqual(self.register.one(
            f"SELECT state FROM asset WHERE asset_id = {ids['198.18.1.1']}"), "retired")
        self.assertEqual(self.decisions("conflict"), ["it was retired and answers again"])

    def test_an_address_taken_by_somebody_without_keys(self):
        """Its asset is met elsewhere: what answers here now is another thing."""
        self.run_of(("198.18.1.1", {SSH: "a"}))
        before = self.ids()
        n = self.run_of(("198.18.1.2", {SSH: "a"}), ("198.18.1.1", {}))
        self.assertEqual((n["assets_new"], self.ids()["198.18.1.2"]), (1, before["198.18.1.1"]))

    def test_uuids_in_both_byte_orders(self):
        told = "12345678-abcd-ef01-89ab-0123456789ab"
        swapped = "78563412-cdab-01ef-89ab-0123456789ab"
        self.run_of(("198.18.1.1", {"smbios.uuid": told.upper()}))
        n = self.run_of(("198.18.2.1", {"smbios.uuid": swapped}))
        self.assertEqual((n["assets_new"], len(self.assets())), (0, 1))
        self.assertIn([swapped], [key[1:2] for key in self.keys()])
        self.assertIn([told], [key[1:2] for key in self.keys()])

    def test_claims_join_nothing(self):
        """What another tool says of a thing proposes."""
        self.run_of(("198.18.1.1", {SSH: "a", "serial": "X9"}))
        b = Bundle(realm=self.realm, at=9).host("198.18.2.1").key("198.18.2.1", SSH, "a")
        self.register.intake(b)
        self.register.sql("UPDATE identity_key SET method = 'import' WHERE value = 'X9'")
        n = self.run_of(("198.18.3.1", {"serial": "X9"}))
        self.assertEqual(n["assets_new"], 1)
        self.assertEqual(self.decisions("proposal"), ["others say that both are one"])

    def test_this_machine(self):
        self.run_of(("127.0.0.1", {SSH: "me"}), ("::1", {SSH: "me"}))
        self.assertEqual(len(self.assets()), 1)
        self.run_of(("127.0.0.2", {}))
        self.run_of(("127.0.0.1", {SSH: "rekeyed"}))
        self.assertEqual(self.assets(), [["127.0.0.1 127.0.0.2 ::1"]])
        self.assertEqual(self.register.one(
            "SELECT a.name FROM asset a JOIN realm r USING (realm_id) "
            f"WHERE r.name = '{self.realm}'"), "this machine")

    def match(self, *words):
        rows = self.register.run("match", self.realm, *words)
        rows = rows if isinstance(rows, list) else [rows]
        self.assertEqual(rows[-1]["decisions"], len(rows) - 1)
        return rows[:-1]

    def test_comparing_all_with_all(self):
        """Two assets that learnt of a key each for itself, which intake never had in one bundle."""
        self.assertEqual(self.match(), [])
        self.run_of(("198.18.1.1", {SSH: "a"}), ("198.18.2.1", {SSH: "b"}), ("198.18.3.1", {}))
        ids = self.ids()
        self.assertEqual(self.match(), [])
        # As after a rule that was too strict was changed.
        for table in ("identity_key", "key_sighting"):
            self.register.sql(f"UPDATE {table} SET value = 'a' WHERE value = 'b' "
                              f"AND asset_id = {ids['198.18.2.1']}")
        runs = self.register.one("SELECT count(*) FROM run")
        found = self.match("dry-run")
        self.assertEqual([(row["kind"], row["asset"], row["other"]) for row in found],
                         [("merge", ids["198.18.2.1"], ids["198.18.1.1"])])
        self.assertEqual((self.ids(), self.register.one("SELECT count(*) FROM run")), (ids, runs))
        self.assertEqual(len(self.match()), 1)
        self.assertEqual(self.assets(), [["198.18.1.1 198.18.2.1"], ["198.18.3.1"]])
        self.assertEqual(self.match(), [], "nothing more to say")
        self.assertEqual(self.run_of(("198.18.1.1", {SSH: "a"}), ("198.18.2.1", {SSH: "a"}),
                                     ("198.18.3.1", {}))["facts"], 0)
        self.register.run("match", "nowhere", code=3)
        # A person took them apart: they stay two.
        self.run_of(("198.18.4.1", {SSH: "c"}), ("198.18.5.1", {}))
        two = self.ids()
        self.decide("split", two["198.18.4.1"], two["198.18.5.1"])
        self.register.sql(
            "INSERT INTO identity_key SELECT " + two["198.18.5.1"] + ", type, value, realm_id, "
            "strength, shared, verdict, reason, method, evidence, from_run FROM identity_key "
            f"WHERE asset_id = {two['198.18.4.1']} AND until_run IS NULL")
        self.match()
        self.assertEqual(self.ids(), two)

    def test_comparing_takes_apart_what_a_shared_key_had_joined(self):
        self.run_of(("198.18.1.1", {SSH: "a"}), ("198.18.2.1", {SSH: "a"}))
        self.assertEqual(self.assets(), [["198.18.1.1 198.18.2.1"]])
        self.assertEqual(self.match(), [])
        self.register.sql("UPDATE identity_key SET shared = true WHERE value = 'a' AND until_run IS NULL")
        self.assertEqual([row["kind"] for row in self.match()], ["split"])
        self.assertEqual(self.assets(), [["198.18.1.1"], ["198.18.2.1"]])
        self.assertEqual(self.register.one(
            "SELECT string_agg(a.name, ' ' ORDER BY a.name) FROM asset a JOIN realm r USING (realm_id) "
            f"WHERE r.name = '{self.realm}' AND merged_into IS NULL"), "198.18.1.1 198.18.2.1")

    def test_what_is_only_proposed_moves_nothing(self):
        """Which address showed which key is kept as it was, whoever it is compared with."""
        self.run_of(("198.18.1.1", {SSH: "a", "mac": "00:0e:cf:00:00:01"}),
                    ("198.18.2.1", {"mac": "00:0e:cf:00:00:02"}))
        ids = self.ids()
        for table in ("identity_key", "key_sighting"):
            self.register.sql(f"UPDATE {table} SET value = '00:0e:cf:00:00:01' WHERE type = 'mac' "
                              f"AND asset_id = {ids['198.18.2.1']}")
        sightings = "SELECT asset_id, address, type, value FROM key_sighting WHERE until_run IS NULL ORDER BY 1, 2, 3"
        before = self.register.sql(sightings)
        self.assertEqual([row["kind"] for row in self.match()], ["proposal"])
        self.assertEqual(self.register.sql(sightings), before)
        self.assertEqual(self.ids(), ids)

    def test_what_is_joined_leaves_nothing_behind(self):
        """An address of an asset that is joined, and that by itself would be another thing, goes with its asset."""
        one = ENGINE | {SSH: "a"}
        self.run_of(("198.18.1.1", one), ("198.18.1.2", one),
                    ("198.18.1.3", {SSH: "b"}), ("198.18.1.4", {SSH: "b"}))
        ids = self.ids()
        two = ids["198.18.1.3"]
        self.assertEqual(len(set(ids.values())), 2)
        # The other asset learnt of both keys where it has one of its addresses.
        self.register.sql(
            "INSERT INTO identity_key (asset_id, type, value, realm_id, strength, shared, verdict, reason, method, from_run) "
            f"SELECT {two}, type, value, realm_id, strength, shared, verdict, reason, method, from_run "
            f"FROM identity_key WHERE asset_id = {ids['198.18.1.1']}")
        self.register.sql(
            f"DELETE FROM key_sighting WHERE asset_id = {two} AND address = '198.18.1.3'; "
            "INSERT INTO key_sighting (asset_id, address, type, value, realm_id, source, from_run) "
            f"SELECT {two}, '198.18.1.3', type, value, realm_id, source, from_run "
            f"FROM key_sighting WHERE asset_id = {ids['198.18.1.1']} AND address = '198.18.1.1'")
        rows = self.match()
        self.assertIn("merge", [row["kind"] for row in rows], rows)
        for _ in range(2):
            self.assertEqual(self.register.sql(
                "SELECT address, type, value FROM key_sighting g WHERE until_run IS NULL "
                "AND NOT EXISTS (SELECT FROM asset a WHERE a.asset_id = g.asset_id)"), [])
            self.assertEqual(set(self.ids().values()), {ids["198.18.1.1"]})
            self.assertEqual(self.register.sql(
                "SELECT DISTINCT g.asset_id FROM key_sighting g JOIN realm r USING (realm_id) "
                f"WHERE r.name = '{self.realm}' AND until_run IS NULL"), [[ids["198.18.1.1"]]])
            self.match()

    def test_identifiers(self):
        self.run_of(*((f"198.18.7.{n}", {}) for n in range(1, 200)))
        buckets = self.register.sql(
            "SELECT count(*), count(DISTINCT asset_id), count(DISTINCT asset_id >> 48), "
            "min(asset_id) > 0, max(asset_id >> 48) < 4096, "
            "count(DISTINCT asset_id & 281474976710655) FROM asset")[0]
        self.assertEqual(buckets[0], buckets[1])
        self.assertEqual(buckets[0], buckets[5], "the counter alone tells them apart")
        self.assertGreater(int(buckets[2]), 100, "buckets spread")
        self.assertEqual(buckets[3:5], ["t", "t"])

    def test_zz_an_address_is_one_assets(self):
        """After everything above, no address of a realm is open at two assets."""
        self.assertEqual(self.register.sql(
            "SELECT realm_id, address FROM address WHERE until_run IS NULL "
            "GROUP BY 1, 2 HAVING count(*) > 1"), [])
        for table in ("address", "service", "name", "fact", "identity_key", "link", "hop"):
            self.assertEqual(self.register.one(
                f"SELECT count(*) FROM {table} t LEFT JOIN asset a USING (asset_id) "
                "WHERE a.asset_id IS NULL OR a.realm_id <> t.realm_id "
                "OR (t.until_run IS NULL AND a.merged_into IS NOT NULL)"), "0", table)


if __name__ == "__main__":
    unittest.main()
