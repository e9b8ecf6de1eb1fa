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
        for value in ("0", "To be filled by O.E.M.", "N/A", "00000000"):
            self.run_of(("198.18.1.1", {"serial": value}), ("198.18.1.2", {"serial": value}))
        self.run_of(("198.18.1.1", {"mac": "00:00:5e:00:01:05"}),
                    ("198.18.1.2", {"mac": "00:00:5e:00:01:05"}))
        self.assertEqual((len(self.assets()), self.keys()), (2, []))

    def test_certificates_join_nothing(self):
        self.run_of(("198.18.1.1", {"tls.certificate.sha256": "w"}),
                    ("198.18.1.2", {"tls.certificate.sha256": "w"}))
        self.assertEqual(len(self.assets()), 2)

    def test_one_answer_for_a_whole_network_is_not_one_key_for_all(self):
        """A proxy that answers ARP for everybody does not make them one."""
        proxy = {"mac": "00:00:0c:00:00:aa"}
        self.run_of(*((f"198.18.1.{n}", proxy) for n in range(1, 60)))
        self.assertEqual(len(self.assets()), 59)
        self.assertEqual(self.keys()[0][2], "t")

    def test_this_machine(self):
        self.run_of(("127.0.0.1", {SSH: "me"}), ("::1", {SSH: "me"}))
        self.assertEqual(len(self.assets()), 1)
        self.run_of(("127.0.0.2", {}))
        self.run_of(("127.0.0.1", {SSH: "rekeyed"}))
        self.assertEqual(self.assets(), [["127.0.0.1 127.0.0.2 ::1"]])
        self.assertEqual(self.register.one(
            "SELECT a.name FROM asset a JOIN realm r USING (realm_id) "
            f"WHERE r.name = '{self.realm}'"), "this machine")

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
