#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A register that was made and filled before facts were stored as they are now gives the same answers
after its upgrade, and files the next run as if nothing had happened."""
import hashlib
import pathlib
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from register import Bundle, Register, psql_path  # noqa: E402

TOOL, SOURCE = sys.argv.pop(1), pathlib.Path(sys.argv.pop(1))

# Asked before and after, in what both have; maker, model and system are by other rules after it.
QUESTIONS = {
    "assets": "SELECT asset_id, realm, name, role, state, system, addresses, services, "
              "first_seen, last_seen FROM asset_current ORDER BY asset_id",
    "services": "SELECT * FROM service_current ORDER BY asset_id, address, transport, port",
    "exposed": "SELECT asset_id, address, port, kind, since, until FROM exposure_history ORDER BY 1, 2, 3, 5",
    "met": "SELECT asset_id, run_id, outcome FROM asset_met ORDER BY 1, 2",
    "aliases": "SELECT asset_id, merged_into, merge_run FROM asset ORDER BY 1",
} | {table: "SELECT asset_id, realm_id, from_run, until_run, md5(concat_ws('|', asset_id, from_run, "
            f"until_run, {columns})) FROM {table} ORDER BY 1, 5"
     for table, columns in (
         ("address", "address, mac, grade, method, reason"),
         ("name", "address, name, source, grade"),
         ("service", "address, transport, port, protocol, vendor, product, version, cpe, internal, "
                     "exposed, method, evidence"),
         ("identity_key", "type, value, strength, shared"),
         ("fact", "subject, attribute, source, value, grade"),
         ("link", "layer, peer_asset_id, peer_address, source, detail"),
         ("hop", "address, vantage, distance, peer_asset_id, peer_address"))}


class Upgrade(unittest.TestCase):
    def setUp(self):
        self.register = Register(TOOL)
        self.addCleanup(self.register.close)
        self.register.hold()
        self.register.sql("CREATE DATABASE old TEMPLATE template0")
        self.dsn = f"host={self.register.socket()} user=cadastre dbname=old"

    def psql(self, text):
        done = subprocess.run(
            [psql_path(), "-X", "-At", "-q", "-v", "ON_ERROR_STOP=1", self.dsn],
            input="SET search_path = cadastre, pg_temp; SET timezone = 'UTC';\n" + text,
            capture_output=True, text=True, timeout=300, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout.splitlines()

    def make_old(self):
        """What an earlier release would have made: all migrations before the one of storage."""
        for path in sorted((SOURCE / "schema/migrations").glob("*.sql")):
            number, name = path.stem.split("_", 1)
            if name == "storage":
                return
            text = path.read_text()
            self.psql("BEGIN;" + text + ";COMMIT;")
            self.psql("INSERT INTO cadastre.migration (number, name, sha256) VALUES "
                      f"({int(number)}, '{name}', '{hashlib.sha256(text.encode()).hexdigest()}');")
        self.fail("there is no migration of storage")

    def answers(self, met="asset_met"):
        return {name: self.psql(question.replace("asset_met", met) + ";")
                for name, question in QUESTIONS.items()}

    def test_upgrade(self):
        self.make_old()
        self.psql((SOURCE / "tests/sql/register_network.sql").read_text())
        self.psql("UPDATE asset SET vendor = 'Who registered the MAC' WHERE asset_id = 102;"
                  "INSERT INTO fact (asset_id, subject, attribute, source, value, realm_id, grade, method, "
                  "from_run) SELECT 102, '198.18.10.11 ' || x.port, x.attribute, x.source, x.value, "
                  "realm_id, 'measured', 'greeting', 3 FROM realm, (VALUES "
                  "('tcp/161', 'hw.vendor', 'snmp', 'Cisco'), ('tcp/22', 'os.vendor', 'ssh', 'Debian'), "
                  "('tcp/22', 'os.product', 'ssh', 'Linux'), ('tcp/22', 'os.version', 'ssh', '12')) "
                  "AS x (port, attribute, source, value) WHERE realm.name = 'lanhe';")
        before = self.answers("asset_run")
        self.assertEqual(len(before["services"]), 2)
        self.assertGreater(len(before["met"]), 10)
        self.register.env["CADASTRE_DB"] = self.dsn
        status = self.register.run("status")
        self.assertEqual(status["schema"], status["newest"])
        self.assertEqual(self.answers(), before)
        summary = self.psql("SELECT vendor, model, os FROM asset WHERE asset_id = 102;")
        self.assertEqual(summary, ["Cisco||Debian Linux 12"], "by the rules of the verdict")
        self.assertEqual(self.psql("SELECT aspect, value FROM claims_of(ARRAY[102]) WHERE place = 1 "
                                   "ORDER BY 1;"), ["os|Debian Linux 12", "vendor|Cisco"])
        self.assertEqual(self.summed_up_apart(), [])
        self.next_run()

    def summed_up_apart(self):
        """Assets of which a list says something else than the verdict."""
        return self.psql("""SELECT a.asset_id, a.vendor, a.model, a.os FROM asset a
            WHERE merged_into IS NULL AND (a.vendor, a.model, a.os) <> (SELECT
                coalesce(max(value) FILTER (WHERE aspect = 'vendor'), ''),
                coalesce(max(value) FILTER (WHERE aspect = 'model'), ''),
                coalesce(max(value) FILTER (WHERE aspect = 'os'), '')
            FROM claims_of(ARRAY[a.asset_id]) WHERE place = 1 AND stand = 'agrees');""")

    def next_run(self):
        """The services of an asset again as they are, then one of them otherwise."""
        run = self.register.run
        run("grant", "lanhe", "198.18.0.0/15", "2020-01-01", "2099-01-01")
        rows = self.psql("SELECT s.asset_id, host(s.address) FROM service s JOIN asset a USING "
                         "(asset_id) WHERE s.until_run IS NULL AND s.internal AND a.state = 'seen' "
                         "AND a.merged_into IS NULL ORDER BY 1, 2 LIMIT 1;")
        asset, address = rows[0].split("|")
        known = [row.split("|") for row in self.psql(
            "SELECT port, protocol, vendor, product, version, cpe FROM service WHERE "
            f"asset_id = {asset} AND address = '{address}' AND until_run IS NULL AND transport = 6 "
            "AND internal ORDER BY port;")]
        self.assertTrue(known)

        def bundle(version=None):
            b = Bundle(realm="lanhe", at=24 * 255)
            for port, protocol, vendor, product, old, cpe in known:
                words = {"vendor": vendor, "product": product, "version": version or old,
                         "cpe23": cpe}
                b.service(address, int(port), protocol or None, raw=None,
                          **{k: v for k, v in words.items() if v})
            return b
        count = "SELECT count(*), count(until_run) FROM service;"
        totals = self.psql(count)
        n = self.register.intake(bundle())
        self.assertEqual((n["services_new"], n["services_changed"], n["services_gone"]), (0, 0, 0))
        self.assertEqual(self.psql(count), totals, "no row is written for what is the same")
        last = self.psql(f"SELECT last_seen FROM asset_current WHERE asset_id = {asset};")
        self.assertEqual(last, self.psql(f"SELECT ended FROM run WHERE run_id = {n['run']};"))
        n = self.register.intake(bundle(version="99"))
        self.assertEqual(n["services_changed"], len(known))
        # What the program filed has digests; the same again is seen by them.
        self.assertEqual(self.psql("SELECT count(*) FROM service WHERE until_run IS NULL AND digest "
                                   f"IS NOT NULL AND asset_id = {asset};"), [str(len(known))])
        self.assertEqual(self.register.intake(bundle(version="99"))["services_changed"], 0)


if __name__ == "__main__":
    unittest.main()
