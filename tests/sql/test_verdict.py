#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The verdict about operating system and hardware of an asset: who is believed, how sure that is, and that
what contradicts it is shown. By the program, so that a list, a dossier and another time are held together."""
import json
import pathlib
import re
import subprocess
import sys
import unittest
from xml.etree import ElementTree

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from register import Bundle, Register  # noqa: E402

TOOL, SOURCE, PROGRAM = sys.argv.pop(1), sys.argv.pop(1), sys.argv.pop(1)
NET = "198.18.1.0/24"
DEBIAN = {"os.vendor": "Debian", "os.family": "Linux", "os.product": "Linux", "os.version": "12"}
WINDOWS = {"os.vendor": "Microsoft", "os.family": "Windows", "os.product": "Windows 10"}
LINUX = {"os.vendor": "Linux", "os.family": "Linux", "os.product": "Linux", "os.version": "5.10"}


class Verdict(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.register = Register(TOOL)
        cls.register.run("status")
        cls.register.run("grant", "plant", "198.18.0.0/15", "2020-01-01", "2099-01-01")
        cls.register.hold()
        cls.n = 0

    @classmethod
    def tearDownClass(cls):
        cls.register.close()

    def setUp(self):
        Verdict.n += 1
        self.addr = f"198.18.1.{self.n}"

    def bundle(self):
        Verdict.hour = getattr(Verdict, "hour", 0) + 1
        return Bundle(realm="plant", at=self.hour).covered(f"{self.addr}/32", "1-65535")

    def call(self, *words, form="json"):
        done = subprocess.run([PROGRAM, "--realm", "plant", "--format", form, "asset", *words],
                              capture_output=True, text=True, env=self.register.env, timeout=120,
                              check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout if form != "json" else \
            [json.loads(line) for line in done.stdout.splitlines() if line[:1] == "{"]

    def said(self, *words, addr=None):
        """The verdict as {attribute: [values]}; of the list, what it says of the asset."""
        rows = {}
        for row in self.call("show", *words, addr or self.addr):
            if row["chapter"] == "verdict":
                self.assertEqual((row["grade"], row["evidence"], row["run"]), ("derived", "", ""))
                rows.setdefault(row["attribute"], []).append(row["value"])
                rows[row["attribute"] + " source"] = row["source"]
        row, = self.call("list", "--address", (addr or self.addr) + "/32", *words)
        self.assertEqual(row["os"], rows.get("os", [""])[0])
        self.assertEqual(row["vendor"], rows.get("vendor", [""])[0])
        self.assertIn(rows.get("model", [""])[0], row["product"])
        return rows

    def take(self, bundle):
        self.register.intake(bundle)
        return self.said()

    def test_only_a_mac_vendor(self):
        said = self.take(self.bundle().host(self.addr, mac="02:00:00:00:00:01",
                                            attributes={"hw.vendor": "Siemens AG"}))
        self.assertEqual(said["vendor"], ["Siemens AG"])
        self.assertEqual(said["vendor.confidence"], ["40"])
        self.assertEqual(said["vendor source"], "possible")
        self.assertEqual(said["vendor.reason"], [f"arp at {self.addr} says Siemens AG"])
        self.assertNotIn("os", said)

    def test_what_it_says_of_itself_is_more_than_a_mac(self):
        b = self.bundle().host(self.addr, mac="02:00:00:00:00:02", attributes={"hw.vendor": "Intel"})
        b.service(self.addr, 161, "snmp", transport="udp", **{"hw.vendor": "Cisco"})
        said = self.take(b)
        self.assertEqual((said["vendor"], said["vendor.confidence"]), (["Cisco"], ["90"]))
        self.assertEqual(said["vendor.besides"], [f"arp at {self.addr} says Intel"])
        self.assertNotIn("vendor.contradiction", said)

    def test_snmp_before_a_banner(self):
        b = self.bundle().service(self.addr, 80, "http", **WINDOWS)
        b.service(self.addr, 161, "snmp", transport="udp", **{
            "os.vendor": "Cisco", "os.family": "IOS", "os.product": "IOS", "os.version": "15.2"})
        said = self.take(b)
        self.assertEqual(said["os"], ["Cisco IOS 15.2"])
        self.assertEqual(said["os.contradiction"], [
            f"http at {self.addr} tcp/80 says Microsoft Windows 10, at the same address: perhaps a "
            "reverse proxy or address translation"])

    def test_two_that_agree(self):
        b = self.bundle().service(self.addr, 161, "snmp", transport="udp", **LINUX)
        said = self.take(b.service(self.addr, 22, "ssh", **DEBIAN))
        self.assertEqual(said["os"], ["Debian Linux 12"], "it says more than the kernel")
        self.assertEqual(said["os.confidence"], ["98"])  # 1 - 0.1 * 0.25
        self.assertEqual(said["os source"], "certain")
        self.assertEqual(len(said["os.reason"]), 2)
        self.assertIn(f"ssh at {self.addr} tcp/22 says Debian Linux 12", said["os.reason"])
        self.assertNotIn("os.contradiction", said)

    def test_who_says_more_of_the_same_family(self):
        b = self.bundle().service(self.addr, 161, "snmp", transport="udp", **LINUX)
        said = self.take(b.service(self.addr, 22, "ssh", **{
            "os.family": "Linux", "os.product": "Debian GNU/Linux", "os.version": "12"}))
        self.assertEqual(said["os"], ["Debian GNU/Linux 12"], "product and version of one record")
        self.assertNotIn("os.contradiction", said)

    def test_many_places_of_one_source_count_once(self):
        b = self.bundle()
        for port in (22, 2222, 2223):
            b.service(self.addr, port, "ssh", **DEBIAN)
        said = self.take(b)
        self.assertEqual(said["os.confidence"], ["75"])
        self.assertEqual(said["os.reason"],
                         [f"ssh at {self.addr} tcp/22 and 2 more says Debian Linux 12"])

    def test_linux_and_windows(self):
        b = self.bundle().service(self.addr, 22, "ssh", **DEBIAN)
        said = self.take(b.service(self.addr, 445, "smb", **WINDOWS))
        self.assertEqual(said["os"], ["Microsoft Windows 10"])
        self.assertEqual(said["os.confidence"], ["69"])  # 0.9 * 0.25 / (1 - 0.9 * 0.75)
        self.assertEqual(said["os source"], "likely")
        self.assertEqual(len(said["os.contradiction"]), 1)
        self.assertIn("ssh", said["os.contradiction"][0])
        text = self.call("show", self.addr, form="text")
        self.assertRegex(text, r"operating system +Microsoft Windows 10 \(likely, 69 of 100\)\n"
                         rf" +smb at {self.addr} tcp/445 says Microsoft Windows 10\n"
                         rf"contradiction +ssh at {self.addr} tcp/22 says Debian Linux 12, at the")
        self.assertNotIn("in dispute", text)

    def test_an_unclear_family_contradicts_nothing(self):
        b = self.bundle().service(self.addr, 22, "ssh", **DEBIAN)
        b.service(self.addr, 21, "ftp", **{"os.family": "Unix", "os.product": "Unix"})
        b.service(self.addr, 23, "telnet", **{"os.product": "Something Never Heard Of"})
        said = self.take(b)
        self.assertEqual((said["os"], said["os.confidence"]), (["Debian Linux 12"], ["75"]))
        self.assertEqual(len(said["os.besides"]), 2)
        self.assertNotIn("os.contradiction", said)

    def test_model_and_maker_are_of_one_device(self):
        b = self.bundle().service(self.addr, 102, "s7", **{
            "hw.vendor": "Siemens", "hw.model": "6ES7 315-2EH14-0AB0", "hw.device": "PLC"})
        b.service(self.addr, 80, "http", **{"hw.vendor": "Dell", "hw.product": "iDRAC",
                                            "hw.device": "Lights Out Management"})
        said = self.take(b)
        self.assertEqual((said["vendor"], said["model"], said["device"]),
                         (["Siemens"], ["6ES7 315-2EH14-0AB0"], ["PLC"]))
        self.assertEqual([len(said[a + ".contradiction"]) for a in ("vendor", "model", "device")],
                         [1, 1, 1])

    def test_no_model_of_another_maker(self):
        b = self.bundle().service(self.addr, 161, "snmp", transport="udp", **{"hw.vendor": "Cisco"})
        b.service(self.addr, 80, "http", **{"hw.vendor": "Dell", "hw.product": "iDRAC"})
        said = self.take(b)
        self.assertNotIn("model", said)
        self.assertIn("iDRAC", said["model.contradiction"][0])
        self.assertRegex(self.call("show", self.addr, form="text"),
                         r"product +no verdict\ncontradiction +http at .* says iDRAC, at the same address")

    def test_names_of_one_maker(self):
        b = self.bundle().service(self.addr, 161, "snmp", transport="udp", **{"hw.vendor": "HP"})
        said = self.take(b.service(self.addr, 80, "http", **{"hw.vendor": "Hewlett-Packard"}))
        self.assertNotIn("vendor.contradiction", said)
        self.assertEqual(said["vendor.confidence"], ["96"])

    def test_the_certainty_of_a_fingerprint_counts(self):
        said = self.take(self.bundle().service(self.addr, 22, "ssh", **DEBIAN, **{"os.certainty": "0.5"}))
        self.assertEqual(said["os.confidence"], ["38"])

    def test_a_certainty_that_is_none(self):
        for n, text in enumerate(("1e9", "-1", "NaN", "0.5x", "7", ".")):
            self.addr = f"198.18.1.{200 + n}"
            said = self.take(self.bundle().service(self.addr, 22, "ssh", **DEBIAN,
                                                   **{"os.certainty": text}))
            self.assertEqual(said["os.confidence"], ["75"], text)

    def test_a_weak_hint_never_leads(self):
        b = self.bundle().service(self.addr, 22, "ssh", **DEBIAN)
        b.fact(self.addr, source="stack", stack__family="Windows NT kernel")
        said = self.take(b)
        self.assertEqual((said["os"], said["os.confidence"]), (["Debian Linux 12"], ["75"]))
        self.assertEqual(said["os.besides"], [f"stack at {self.addr} says Windows NT kernel"])

    def test_stacks_that_are_overheard(self):
        b = self.bundle().fact(self.addr, source="stack.request", stack__family="Linux",
                               stack__signature="4:64:0:1460:64240,7:mss,sok,ts,nop,ws:df,id+:0")
        b.fact(self.addr, source="stack.response", stack__family="Linux")
        b.fact(self.addr, source="stack", stack__family="Linux")
        said = self.take(b)
        self.assertEqual((said["os"], said["os.confidence"], said["os source"]),
                         (["Linux"], ["20"], "doubtful"), "three looks at one stack count once")
        self.assertEqual(len(said["os.reason"]), 3)
        said = self.take(self.bundle().service(self.addr, 80, "http", **WINDOWS))
        self.assertEqual((said["os"], said["os.confidence"]), (["Microsoft Windows 10"], ["60"]))
        self.assertEqual(len(said["os.besides"]), 3)
        self.assertNotIn("os.contradiction", said)

    def test_another_stack_of_an_address_is_a_hint(self):
        linux = "4:64:0:1460:64240,7:mss,sok,ts,nop,ws:df,id+:0"
        panes = "4:128:0:1460:64240,8:mss,nop,ws,nop,nop,sok:df,id+:0"
        before = self.register.one("SELECT count(*) FROM asset")
        said = self.take(self.bundle().fact(
            self.addr, source="stack.request", stack__family="Linux", stack__certainty="0.5",
            stack__signature=linux, stack__other=panes))
        self.assertEqual((said["os"], said["os.confidence"]), (["Linux"], ["10"]))
        sure = self.take(self.bundle().fact(self.addr, source="stack.request", stack__family="Linux",
                                            stack__certainty="1", stack__signature=linux))
        self.assertEqual((sure["os"], sure["os.confidence"]), (["Linux"], ["20"]), "the last that was told counts")
        rows = [row for row in self.call("show", self.addr) if row["attribute"].endswith("stack.other")]
        self.assertEqual([(row["value"], row["source"]) for row in rows], [(panes, "stack.request")])
        self.assertEqual(int(self.register.one("SELECT count(*) FROM asset")), int(before) + 1)
        self.assertEqual(self.register.one("SELECT count(*) FROM identity_key WHERE value LIKE '4:%'"), "0")

    def test_at_another_time(self):
        b = self.bundle().service(self.addr, 22, "ssh", **DEBIAN)
        then = b.stamp()
        before = self.take(b)
        now = self.take(self.bundle().service(self.addr, 22, "ssh", **DEBIAN)
                        .service(self.addr, 445, "smb", **WINDOWS))
        self.assertEqual(self.said("--as-of", then), before)
        self.assertNotEqual(now, before)

    def test_hostile_texts(self):
        word = "'; DROP TABLE fact; -- $1 %s {} " + "x " * 900
        said = self.take(self.bundle().service(self.addr, 22, "ssh", **{
            "os.product": word, "os.family": word, "hw.vendor": word, "hw.product": word}))
        self.assertEqual((said["os"], said["vendor"]), ([word], [word]))
        self.assertIn("DROP TABLE fact", self.call("show", self.addr, form="text"))

    def among(self, *named):
        """The verdict where sources say so: ("ssh", {...}), at ports of their own."""
        b = self.bundle()
        for n, (source, attributes) in enumerate(named):
            b.service(self.addr, 1000 + n, source, **attributes)
        return self.take(b)

    @staticmethod
    def system(vendor, product="Linux", version=None, family="Linux"):
        words = {"os.vendor": vendor, "os.family": family, "os.product": product,
                 "os.version": version}
        return {name: value for name, value in words.items() if value}

    def test_two_distributions(self):
        said = self.among(("ssh", DEBIAN), ("http", self.system("Ubuntu")))
        self.assertEqual((said["os"], said["os.confidence"]), (["Debian Linux 12"], ["55"]))
        self.assertEqual(said["os.contradiction"], [
            f"http at {self.addr} tcp/1001 says Ubuntu Linux, at the same address: perhaps a reverse "
            "proxy or address translation"])

    def test_two_distributions_behind_a_kernel(self):
        said = self.among(("snmp", LINUX), ("ssh", DEBIAN), ("http", self.system("Ubuntu")))
        self.assertEqual(said["os"], ["Debian Linux 12"])
        self.assertEqual((len(said["os.reason"]), len(said["os.contradiction"])), (2, 1))

    def test_two_versions_of_one_distribution(self):
        said = self.among(("ssh", DEBIAN), ("mysql", self.system("Debian", version="10")))
        self.assertIn("Debian Linux 10", said["os.contradiction"][0])

    def test_a_version_said_shorter(self):
        said = self.among(("ssh", DEBIAN),
                          ("mysql", self.system("Debian", "Debian GNU/Linux", "12.4")))
        self.assertNotIn("os.contradiction", said)
        self.assertEqual(said["os.confidence"], ["91"])

    def test_which_systems_agree(self):
        def fortios(**_):
            return {"os.vendor": "Fortinet", "os.product": "FortiOS"}
        for one, other, stand in (
                (fortios(), self.system("Ubuntu"), "contradiction"),
                (fortios(), self.system("Linux"), "reason"),
                (self.system("Debian"), self.system("", "Proxmox VE"), "reason"),
                (self.system("Debian"), self.system("", "TrueNAS SCALE", "", ""), "reason"),
                (self.system("Debian"), self.system("", "TrueNAS", "", ""), "besides"),
                (self.system("Debian"), self.system("", "CentOS"), "contradiction"),
                (self.system("Debian"), self.system("", "Wind River Linux"), "besides"),
                (self.system("Ubuntu"), self.system("Oracle", "Solaris", "11", ""), "contradiction"),
                (self.system("", "SunOS", "5.11", ""), self.system("", "Oracle Solaris", "", ""),
                 "reason"),
                (self.system("FreeBSD", "FreeBSD", "14", "FreeBSD"),
                 self.system("", "pfSense", "2.7", ""), "reason"),
                (self.system("FreeBSD", "FreeBSD", "", "FreeBSD"),
                 self.system("", "OpenBSD", "", ""), "contradiction"),
                (WINDOWS, self.system("Microsoft", "Windows 10 or Windows Server", "", "Windows"),
                 "reason"),
                (WINDOWS, self.system("Microsoft", "Windows 7", "", "Windows"), "contradiction"),
                (WINDOWS, self.system("Microsoft", "", "", "Windows"), "reason")):
            Verdict.n += 1
            self.addr = f"198.18.1.{self.n}"
            said = self.among(("smb", one), ("ssh", other))
            self.assertEqual(len(said["os." + stand]), 2 if stand == "reason" else 1, (one, other))

    def test_a_distribution_is_more_than_its_kernel(self):
        self.assertEqual(self.among(("snmp", LINUX), ("http", self.system("Debian")))["os"],
                         ["Debian Linux"], "the kernel alone is broad, that of a distribution is not")

    def test_firmware_and_windows(self):
        said = self.among(("s7", {"os.vendor": "Siemens", "os.product": "SIMATIC firmware",
                                  "os.version": "V3.2"}), ("smb", WINDOWS))
        self.assertEqual(said["os"], ["Siemens SIMATIC firmware V3.2"])
        self.assertEqual(len(said["os.contradiction"]), 1)

    def test_every_product_of_our_own_has_a_family(self):
        products, lacks = set(), []
        for path in sorted((pathlib.Path(SOURCE) / "scanner/fingerprints").glob("*.xml")):
            for param in ElementTree.parse(path).iter("param"):
                if param.get("name") == "os.product" and param.get("value"):
                    products.add(param.get("value"))
        self.assertGreater(len(products), 20)
        for product in sorted(products):
            words = " ".join(re.findall("[a-z0-9]+", product.lower()))
            if self.register.one("SELECT count(*) FROM evidence_family WHERE aspect = 'os' AND family <> '' "
                                 f"AND strpos(' {words} ', ' ' || word || ' ') > 0") == "0":
                lacks.append(product)
        self.assertEqual(lacks, [])

    def test_one_look_up_counts_once(self):
        b = self.bundle().host(self.addr, mac="02:00:00:00:00:03", attributes={"hw.vendor": "Intel"})
        b.fact(self.addr, source="mac", hw__vendor="Intel")
        b.fact(self.addr, source="echo", hw__vendor="Intel")
        said = self.take(b)
        self.assertEqual((said["vendor.confidence"], said["vendor source"]), (["40"], "possible"))
        self.assertEqual(len(said["vendor.reason"]), 3)

    def test_one_front_end_counts_once(self):
        said = self.among(("http", DEBIAN), ("http2", DEBIAN))
        self.assertEqual(said["os.confidence"], ["60"])

    def test_sources_without_a_rule_count_each(self):
        said = self.among(("rsync", DEBIAN), ("nntp", DEBIAN))
        self.assertEqual(said["os.confidence"], ["75"])

    def test_a_file_contradicts_nothing(self):
        self.register.intake(self.bundle().service(self.addr, 21, "ftp", **DEBIAN))
        b = self.bundle().say("fact", "import", self.addr, attributes={
            **WINDOWS, "hw.vendor": "Dell", "source": "host list"})
        b.service(self.addr, 21, "ftp", **DEBIAN)
        said = self.take(b)
        self.assertEqual(said["os"], ["Debian Linux 12"])
        self.assertEqual(len(said["os.besides"]), 1)
        self.assertNotIn("os.contradiction", said)
        self.assertEqual((said["vendor"], said["vendor.confidence"]), (["Dell"], ["50"]))

    def test_what_a_neighbour_says_of_itself(self):
        for source in ("dcp", "lldp", "cdp", "listening"):
            Verdict.n += 1
            self.addr = f"198.18.1.{self.n}"
            b = self.bundle().fact(self.addr, source=source, hw__vendor="Siemens")
            b.service(self.addr, 80, "http", **{"hw.vendor": "Dell"})
            said = self.take(b)
            self.assertEqual(said["vendor"], ["Siemens"], source)
            self.assertEqual(len(said["vendor.contradiction"]), 1, source)

    def test_which_makers_are_one(self):
        for one, other, stand in (
                ("Hangzhou X Electronics Co., Ltd", "Hangzhou Y Electronics Co., Ltd", "contradiction"),
                ("American Power Conversion Corp", "American Megatrends", "contradiction"),
                ("APC", "American Power Conversion Corp", "reason"),
                ("Hangzhou Hikvision Digital Technology Co.,Ltd.", "Hikvision", "reason"),
                ("Zhejiang Dahua Technology", "Zhejiang Uniview Technologies", "contradiction"),
                ("Phoenix Technologies Ltd", "Phoenix Contact", "contradiction"),
                ("PHOENIX CONTACT GmbH & Co. KG", "Phoenix Contact", "reason"),
                ("Wago", "WAGO GmbH", "reason"), ("Wago GmbH", "Wago Kontakttechnik AG", "reason"),
                ("\u041e\u0412\u0415\u041d", "\u041e\u0412\u0415\u041d \u041e\u041e\u041e", "reason"),
                ("\u041e\u0412\u0415\u041d", "\u0422\u0420\u042d\u0418", "contradiction")):
            Verdict.n += 1
            self.addr = f"198.18.1.{self.n}"
            said = self.among(("snmp", {"hw.vendor": one}), ("http", {"hw.vendor": other}))
            self.assertEqual(len(said["vendor." + stand]), 2 if stand == "reason" else 1, (one, other))

    def test_rules_are_sound(self):
        self.assertEqual(self.register.sql("SELECT source FROM evidence_rule WHERE source = ''"), [[""]])
        low = int(self.register.one("SELECT min(weight) FROM evidence_rule WHERE self"))
        high = int(self.register.one("SELECT max(weight) FROM evidence_rule WHERE NOT self"))
        self.assertGreater(low, high, "what is no self-identification never leads where there is one")
        stacks = "source = 'stack' OR source LIKE 'stack.%'"
        self.assertEqual(self.register.one(f"SELECT count(*) FROM evidence_rule WHERE {stacks}"), "3")
        self.assertLess(int(self.register.one(f"SELECT max(weight) FROM evidence_rule WHERE {stacks}")),
                        int(self.register.one(f"SELECT min(weight) FROM evidence_rule WHERE NOT ({stacks})")),
                        "the stack is the weakest hint")


if __name__ == "__main__":
    unittest.main()
