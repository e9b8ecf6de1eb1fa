#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Agents read with a login, against Net-SNMP's: a community, and users of every way to sign and
encrypt; what it says of a real kernel's interfaces, addresses and neighbours, and of tables that a
program of ours hands it. In a network namespace of its own, without a route outside; runs itself
again inside of it."""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

from net_test import enter_namespaces, sh

WALK = sys.argv[1]
PORT = "16100"
SECRET, OTHER = "not in the dark", "nor in the light"
USERS = [("md5des", "MD5", "DES"), ("md5aes", "MD5", "AES"), ("shades", "SHA", "DES"), ("shaaes", "SHA", "AES"),
         ("sha224aes", "SHA-224", "AES"), ("sha256aes", "SHA-256", "AES"), ("sha384des", "SHA-384", "DES"),
         ("sha512aes", "SHA-512", "AES"), ("md5", "MD5", ""), ("sha", "SHA", ""), ("sha256", "SHA-256", ""),
         ("sha512", "SHA-512", "")]
# The forwarding table of a bridge, its ports, a neighbour of each protocol and the chassis: Net-SNMP
# has none of these of its own.
OBJECTS = {
    ".1.3.6.1.2.1.17.1.4.1.2.1": ("integer", "2"),
    ".1.3.6.1.2.1.17.4.3.1.2.2.0.0.0.0.9": ("integer", "1"),
    ".1.3.6.1.2.1.17.4.3.1.3.2.0.0.0.0.9": ("integer", "3"),
    ".1.3.6.1.2.1.47.1.1.1.1.2.1": ("string", "box"),
    ".1.3.6.1.2.1.47.1.1.1.1.5.1": ("integer", "3"),
    ".1.3.6.1.2.1.47.1.1.1.1.11.1": ("string", "SN-0815"),
    ".1.3.6.1.2.1.47.1.1.1.1.12.1": ("string", "Lanhe Works"),
    ".1.3.6.1.2.1.47.1.1.1.1.13.1": ("string", "B-7"),
    ".1.0.8802.1.1.2.1.3.7.1.2.3": ("integer", "5"),
    ".1.0.8802.1.1.2.1.3.7.1.3.3": ("string", "v0"),
    ".1.0.8802.1.1.2.1.4.1.1.4.0.3.1": ("integer", "4"),
    ".1.0.8802.1.1.2.1.4.1.1.5.0.3.1": ("octet", "02 00 00 00 00 11"),
    ".1.0.8802.1.1.2.1.4.1.1.6.0.3.1": ("integer", "5"),
    ".1.0.8802.1.1.2.1.4.1.1.7.0.3.1": ("string", "ge-0/0/1"),
    ".1.0.8802.1.1.2.1.4.1.1.9.0.3.1": ("string", "core2"),
    ".1.0.8802.1.1.2.1.4.2.1.3.0.3.1.1.4.198.18.0.11": ("integer", "2"),
    ".1.3.6.1.4.1.9.9.23.1.2.1.1.3.2.1": ("integer", "1"),
    ".1.3.6.1.4.1.9.9.23.1.2.1.1.4.2.1": ("octet", "c6 12 00 0c"),
    ".1.3.6.1.4.1.9.9.23.1.2.1.1.6.2.1": ("string", "core3"),
    ".1.3.6.1.4.1.9.9.23.1.2.1.1.7.2.1": ("string", "Gi1/0/1"),
}
# A switch that tells its forwarding table by VLAN, and its neighbours by the second MIB of LLDP; what
# it says as VLAN 10 an agent of its own says, which Net-SNMP asks in that context.
SWITCH = {
    ".1.3.6.1.2.1.17.1.4.1.2.1": ("integer", "2"),
    ".1.3.6.1.2.1.17.4.3.1.2.2.0.0.0.0.9": ("integer", "1"),
    ".1.3.6.1.2.1.17.4.3.1.3.2.0.0.0.0.9": ("integer", "3"),
    ".1.3.6.1.4.1.9.9.46.1.3.1.1.2.1.1": ("integer", "1"),
    ".1.3.6.1.4.1.9.9.46.1.3.1.1.2.1.10": ("integer", "1"),
    ".1.3.111.2.802.1.1.13.1.4.1.1.5.0.2.1.4": ("integer", "4"),
    ".1.3.111.2.802.1.1.13.1.4.1.1.6.0.2.1.4": ("octet", "02 00 00 00 00 12"),
    ".1.3.111.2.802.1.1.13.1.4.1.1.7.0.2.1.4": ("integer", "5"),
    ".1.3.111.2.802.1.1.13.1.4.1.1.8.0.2.1.4": ("string", "ge-0/0/2"),
    ".1.3.111.2.802.1.1.13.1.4.1.1.10.0.2.1.4": ("string", "core4"),
    ".1.3.111.2.802.1.1.13.1.4.2.1.3.0.2.1.4.1.4.198.18.0.13": ("integer", "2"),
}
VLAN_10 = {
    ".1.3.6.1.2.1.17.1.4.1.2.7": ("integer", "3"),
    ".1.3.6.1.2.1.17.4.3.1.2.2.0.0.0.0.10": ("integer", "7"),
    ".1.3.6.1.2.1.17.4.3.1.3.2.0.0.0.0.10": ("integer", "3"),
}
BY_VLAN = ["com2sec -Cn vlan-10 by10 default so-called@10", "group by10 v2c by10",
           "access by10 vlan-10 v2c noauth exact all none none", "view all included .1",
           "proxy -Cn vlan-10 -v 2c -c inner udp:127.0.0.1:16102 .1.3.6.1.2.1.17"]
ROOTS = (".1.3.6.1.2.1.17", ".1.3.6.1.2.1.47", ".1.0.8802", ".1.3.6.1.4.1.9.9.23", ".1.3.6.1.4.1.9.9.46", ".1.3.111")
PROGRAM = """
import sys
objects = OBJECTS
key = lambda oid: [int(n) for n in oid.split(".")[1:]]
order = sorted(objects, key=key)
def say(*lines):
    print(*lines, sep="\\n", flush=True)
for line in sys.stdin:
    verb = line.strip()
    if verb == "PING":
        say("PONG")
        continue
    oid = sys.stdin.readline().strip()
    found = [o for o in order if (o == oid if verb == "get" else key(o) > key(oid))][:1]
    say(found[0], *objects[found[0]]) if found else say("NONE")
"""


class Agent:
    """snmpd on loopback, until close()."""

    def __init__(self, directory, objects=OBJECTS, port=PORT, community="so-called", more=()):
        program = pathlib.Path(directory, "objects.py")
        program.write_text(PROGRAM.replace("OBJECTS", repr(objects)), encoding="utf-8")
        lines = [f"agentaddress udp:127.0.0.1:{port},udp6:[::1]:{port}", f"rocommunity {community}", f"rocommunity6 {community}",
                 "sysName box7.lanhe.example", "sysLocation Hall 3", "sysContact somebody", "sysDescr a box",
                 "createUser open", "rouser open noauth", f'createUser strict SHA "{SECRET}" AES "{OTHER}"',
                 "rouser strict priv", *(f"pass_persist {root} {sys.executable} {program}" for root in ROOTS)]
        for name, auth, privacy in USERS:
            lines += [f'createUser {name} {auth} "{SECRET}"' + (f' {privacy} "{OTHER}"' if privacy else ""),
                      f"rouser {name} {'priv' if privacy else 'auth'}"]
        lines += more
        config = pathlib.Path(directory, "snmpd.conf")
        config.write_text("\n".join(lines) + "\n", encoding="utf-8")
        self.log = open(pathlib.Path(directory, "log"), "wb")
        self.process = subprocess.Popen(
            [shutil.which("snmpd", path=os.environ["PATH"] + ":/usr/sbin"), "-f", "-LE4", "-C", "-c", config,
             "-I", "-smux,snmptrapd,agentx"], stdout=self.log, stderr=self.log,
            env={**os.environ, "SNMP_PERSISTENT_DIR": directory, "MIBS": ""})

    def close(self):
        self.process.terminate()
        self.process.wait(10)
        self.log.close()


def walk(*login, extent="itself", address="127.0.0.1", port=PORT):
    done = subprocess.run([WALK, address, port, *login, extent], capture_output=True, text=True, timeout=60, check=True)
    return done.stdout.splitlines()


def user(name, auth, privacy, secret=SECRET, other=OTHER, **more):
    return walk("3", name, auth.lower().replace("-", "").replace("sha", "sha1") if auth == "SHA"
                else auth.lower().replace("-", "") or "none", secret, privacy.lower() or "none", other, **more)


class Walk(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        sh("ip", "link", "set", "lo", "up")
        sh("ip", "link", "add", "w0", "index", "3", "type", "veth", "peer", "name", "v0", "index", "2",
           "address", "02:00:00:00:00:05")
        sh("ip", "addr", "add", "198.18.0.5/24", "dev", "v0")
        sh("ip", "addr", "add", "2001:db8::5/64", "dev", "v0", "nodad")
        sh("ip", "link", "set", "v0", "up")
        sh("ip", "link", "set", "w0", "up")
        sh("ip", "neigh", "add", "198.18.0.7", "lladdr", "02:00:00:00:00:07", "dev", "v0", "nud", "permanent")
        sh("ip", "neigh", "add", "2001:db8::8", "lladdr", "02:00:00:00:00:08", "dev", "v0", "nud", "permanent")
        cls.directory = tempfile.TemporaryDirectory()
        cls.agent = Agent(cls.directory.name)
        cls.wait_for(cls.agent, cls.directory)

    @classmethod
    def tearDownClass(cls):
        cls.agent.close()
        cls.directory.cleanup()

    @staticmethod
    def wait_for(agent, directory, port=PORT, community="so-called"):
        deadline = time.monotonic() + 30
        while "state=read" not in walk("2c", community, port=port):
            if agent.process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(pathlib.Path(directory.name, "log").read_text(encoding="utf-8"))

    def start(self, **options):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        agent = Agent(directory.name, **options)
        self.addCleanup(agent.close)
        self.wait_for(agent, directory, options["port"], options.get("community", "so-called"))

    def holds(self, said, *lines):
        for line in lines:
            self.assertIn(line, said)

    def is_whole(self, said, access):
        """All that the agent has, whoever asks."""
        self.holds(said, "state=read", f"snmp.access={access}", "snmp.sysdescr=a box", "snmp.sysname=box7.lanhe.example",
                   "snmp.syslocation=Hall 3", "hw.vendor=Lanhe Works", "hw.product=B-7", "hw.serial_number=SN-0815",
                   "key serial=lanheworks:SN-0815", "interface 1 lo 00:00:00:00:00:00",
                   "interface 2 v0 02:00:00:00:00:05", "address 2 198.18.0.5", "address 2 2001:db8::5",
                   "arp 2 198.18.0.7 02:00:00:00:00:07", "arp 2 2001:db8::8 02:00:00:00:00:08",
                   "station 2 0 02:00:00:00:00:09",
                   "neighbour lldp v0 02:00:00:00:00:11 198.18.0.11 core2 ge-0/0/1",
                   "neighbour cdp v0 00:00:00:00:00:00 198.18.0.12 core3 Gi1/0/1")
        self.assertTrue(any(line.startswith("key snmp.engineid=80001f88") for line in said), said)
        self.assertFalse(any("somebody" in line for line in said))
        largest = next(int(line[8:]) for line in said if line.startswith("largest="))
        self.assertLessEqual(largest, 1472)

    def test_a_community(self):
        self.is_whole(walk("2c", "so-called", extent="everything"), "2c")
        self.is_whole(walk("2c", "so-called", extent="everything", address="::1"), "2c")

    def test_by_vlan(self):
        self.start(objects=VLAN_10, port="16102", community="inner")
        self.start(objects=SWITCH, port="16101", more=BY_VLAN)
        for said in (walk("2c", "so-called", extent="everything", port="16101"),
                     user("shaaes", "SHA", "AES", extent="everything", port="16101")):
            self.holds(said, "state=read", "station 2 0 02:00:00:00:00:09", "station 3 10 02:00:00:00:00:0a",
                       "neighbour lldp v0 02:00:00:00:00:12 198.18.0.13 core4 ge-0/0/2")

    def test_itself_alone(self):
        said = walk("2c", "so-called")
        self.holds(said, "state=read", "key serial=lanheworks:SN-0815", "address 2 198.18.0.5", "snmp.interfaces=3")
        self.assertFalse([line for line in said if line.startswith(("arp", "station", "neighbour", "interface"))])

    def test_users(self):
        for name, auth, privacy in USERS:
            with self.subTest(name):
                self.is_whole(user(name, auth, privacy, extent="everything"), "3")
        self.is_whole(user("open", "", "", extent="everything"), "3")

    def test_who_is_not_let_in(self):
        self.holds(walk("2c", "another"), "state=silent", "snmp.access=silent", "snmp.version=3", "asked=3")
        for login in (("nobody", "SHA", "AES"), ("shaaes", "SHA", "AES", "another secret"), ("shaaes", "MD5", "AES"),
                      ("strict", "SHA", ""), ("md5", "MD5", "AES")):
            with self.subTest(login):
                said = user(*login)
                self.holds(said, "state=refused", "snmp.access=refused")
                self.assertTrue(any(line.startswith("key snmp.engineid=80001f88") for line in said), said)
                self.assertFalse(any(line.startswith("snmp.sysdescr") for line in said))
        # What it decrypts with another key is no message to it: it says nothing.
        self.holds(user("shaaes", "SHA", "AES", other="another secret"), "state=silent", "snmp.access=silent")


if __name__ == "__main__":
    enter_namespaces()
    unittest.main(argv=sys.argv[:1], verbosity=2)
