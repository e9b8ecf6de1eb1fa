# SPDX-License-Identifier: Apache-2.0
"""The program on the lab: what may be probed, from where, into which register. Shared by the
demonstration and by the survey's test."""
import collections
import contextlib
import fcntl
import json
import os
import pathlib
import subprocess
import sys
import tempfile

import description
import services

HERE = pathlib.Path(__file__).resolve().parent
REGISTER = HERE.parent.parent / "schema/examples/good/register-power-utility.xml"
INSIDE, OUTSIDE = "scanner", "internet-vantage"
CALL_SECONDS = 900
HEARINGS_MAX = 5
# An ordinary minute of the dispatch centre: the front end polls the substations by IEC 104 and Modbus; a desk in
# the office and the web server ask the historian. What stays in one network the router does not hear.
ASDU, REGISTERS, DATABASE = "680443000000", "000100000006010300000001", "0000000804d2162f"
TALKS = (
    ("front-end", (("198.18.40.11", 2404, ASDU), ("198.18.50.11", 2404, ASDU),
                   ("198.18.40.11", 502, REGISTERS), ("198.18.40.14", 502, REGISTERS),
                   ("198.18.50.14", 502, REGISTERS))),
    ("ws-lin", (("198.18.30.13", 5432, DATABASE),)),
    ("www", (("198.18.30.13", 5432, DATABASE),)),
)
TALK = """import json, socket, sys
for address, port, words in json.load(sys.stdin):
    with socket.create_connection((address, port), 20) as sock:
        sock.sendall(bytes.fromhex(words))
        sock.recv(1)"""
FORBIDDEN, SKIP = 5, 77
# Anything that would lead the program to another register than the one given.
FOREIGN = ("CADASTRE_DB", "PGHOST", "PGHOSTADDR", "PGSERVICE", "PGDATABASE", "PGPORT", "PGUSER")


class Failed(Exception):
    """A command ended with an exit code that was not asked for."""


def bring_up(case, program, modbusd, name="lanhe.lab"):
    """For a class of tests: its place, a lab that is up in it, a register in which everything of the
    lab may be probed. Where namespaces are not allowed the tests are passed over."""
    case.place = tempfile.TemporaryDirectory(prefix="cadastre-lab-test-")
    case.addClassCleanup(case.place.cleanup)
    os.chmod(case.place.name, 0o755)
    case.utility = Utility(program, case.place.name + "/data", case.place.name + "/lab", modbusd,
                           name=name)
    up = case.utility.do("up", codes=(0, FORBIDDEN))
    print(up.stderr.strip())
    if up.returncode == FORBIDDEN:
        sys.exit(SKIP)
    case.addClassCleanup(case.utility.do, "down")
    case.utility.grant("2099-01-01T00:00:00Z")


class Utility:
    """A lab and a register. `data` is the register's directory; `quiet` collects what commands
    print instead of showing it."""

    def __init__(self, program, data, place, modbusd=None, quiet=True, name="lanhe.lab"):
        self.lab = description.Lab.read(HERE / name)
        self.program, self.data, self.quiet = os.path.abspath(program), data, quiet
        self.command = [sys.executable, "-I", str(HERE / "lab"), "--dir", place,
                        "--description", str(HERE / name)]
        if modbusd:
            self.command += ["--modbusd", os.path.abspath(modbusd)]
        self.env = {k: v for k, v in os.environ.items() if k not in FOREIGN}
        self.env["CADASTRE_DATA"] = data

    # -- what belongs to the company: all but the Internet, of which it has its border's address

    def scope(self):
        prefixes = [str(p) for n in self.lab.networks.values() if n.name != "internet"
                    for p in (n.v4, n.v6) if p]
        return prefixes + [f"{a}/{a.max_prefixlen}" for a in self._border()]

    def targets(self):
        """IPv4 by prefix. IPv6 by address, since a prefix cannot be swept."""
        v4 = [str(n.v4) for n in self.lab.networks.values() if n.name != "internet"]
        v6 = [str(i.v6) for n in self.lab.nodes.values() for i in n.interfaces
              if i.v6 and i.network.name != "internet" and n.role != "vantage"]
        return v4 + v6 + [str(a) for a in self._border()]

    def _border(self):
        network = self.lab.networks.get("internet")
        if not network:
            return []
        interface = self.lab.nodes[network.gateway].interface(network)
        return [a for a in (interface.v4, interface.v6) if a]

    # -- commands

    def run(self, words, codes=(0,)):
        pipe = subprocess.PIPE if self.quiet else None
        result = subprocess.run(words, stdout=pipe, stderr=pipe, text=True, env=self.env,
                                errors="surrogateescape", timeout=CALL_SECONDS, check=False)
        if result.returncode not in codes:
            said = (result.stderr or "") + (result.stdout or "")
            raise Failed(f"{' '.join(words)}: exit {result.returncode}\n{said}".strip())
        return result

    def do(self, *words, **options):
        """One order to the lab."""
        return self.run([*self.command, *words], **options)

    def words(self, *words):
        return [self.program, "--realm", self.lab.realm, *words]

    def cadastre(self, *words, node=None, **options):
        """The program, on a node or on the machine itself: the register is reached by a socket
        in the file system either way."""
        command = self.words(*words)
        return self.do("exec", node, "--", *command, **options) if node else self.run(
            command, **options)

    def rows(self, *words, **options):
        out = self.cadastre("--format", "json", *words, **options).stdout
        return [json.loads(line) for line in out.splitlines()]

    # -- the steps of the main job

    def grant(self, until):
        words = ["scope", "grant", "--authoriser", "Head of operations, Lanhe Power",
                 "--basis", "Work order for the lab", "--profile", "standard", "--until", until]
        for prefix in self.scope():
            words += ["--cidr", prefix]
        return self.cadastre(*words)

    def logins(self):
        """A file of what the lab's SNMP agents let a reader in with: version 3 where the network is
        managed, a community elsewhere."""
        path = self.data + ".logins"
        managed = self.lab.networks.get("management")
        lines = [f"0.0.0.0/0 community {services.COMMUNITY}\n"]
        if managed:
            lines.append(f"{managed.v4} user {services.USER} sha256 {services.AUTHENTICATION} "
                         f"aes128 {services.PRIVACY}\n")
        with contextlib.suppress(FileNotFoundError):
            os.unlink(path)
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w",
                  encoding="ascii") as file:
            file.writelines(lines)
        return path

    def survey(self, maps, *more):
        return self.cadastre(*more, "survey", "--profile", "standard", "--snmp", self.logins(),
                             "-o", maps, *self.targets(), node=INSIDE, codes=(0, 1))

    def answer(self, *words):
        """What the program prints, also where commands show it."""
        return subprocess.run(self.words(*words), check=True, stdout=subprocess.PIPE, text=True,
                              env=self.env, timeout=CALL_SECONDS).stdout

    def known(self):
        """The addresses that the register knows by now."""
        return [address for line in self.answer("--format", "json", "asset", "list").splitlines()
                for address in json.loads(line)["addresses"].replace(",", " ").split()]

    def look_from_outside(self, bundle):
        """What is known, seen from the Internet: a bundle, as one would carry it in. Where a
        border drops everything, each port of each address is waited for, so empty addresses
        are not asked again."""
        self.cadastre("scan", "--vantage", "internet", "--profile", "standard", "--bundle",
                      bundle, *self.known(), node=OUTSIDE)
        return self.cadastre("import", bundle)

    def packet_sockets(self, node):
        out = subprocess.run([*self.command, "exec", node, "--", "cat", "/proc/net/packet"], check=True,
                             capture_output=True, text=True, env=self.env, timeout=CALL_SECONDS).stdout
        return len(out.splitlines())

    def overhear(self, bundle):
        """Who talks to whom: heard on the core router, at the dispatch centre's side, and filed. What the
        kernel still held when the listener ended is lost to it, so they talk until all was heard."""
        for _ in range(HEARINGS_MAX):
            if self._overhear_once(bundle):
                return self.cadastre("import", bundle)
        raise Failed(f"not all that was said was heard, {HEARINGS_MAX} times over")

    def _overhear_once(self, bundle):
        stop = pathlib.Path(bundle + ".stop")
        for old in (stop, pathlib.Path(bundle)):
            old.unlink(missing_ok=True)
        before = self.packet_sockets("core")
        with subprocess.Popen(
                [*self.command, "exec", "core", "--", *self.words(
                    "listen", "-i", "dispatch", "--stop-file", str(stop), "--bundle", bundle)],
                env=self.env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as listener:
            while listener.poll() is None and self.packet_sockets("core") == before:
                pass
            for node, talks in TALKS:
                subprocess.run([*self.command, "exec", node, "--", sys.executable, "-I", "-c", TALK],
                               input=json.dumps(talks), text=True, env=self.env, check=True,
                               timeout=CALL_SECONDS)
            stop.touch()
            said = listener.communicate(timeout=CALL_SECONDS)[1]
        if listener.returncode:
            raise Failed(f"listen: exit {listener.returncode}\n{said}")
        with open(bundle, encoding="utf-8") as file:
            heard = {(o["addr"], o["peer"], o["port"]) for o in map(json.loads, file)
                     if o.get("kind") == "link" and "port" in o}
        # Two may ask the same of the same: each is to be heard. What told of its neighbour has no port.
        asked = collections.Counter((address, port) for _, talks in TALKS for address, port, _ in talks)
        return not asked - collections.Counter((peer, port) for _, peer, port in heard)

    @contextlib.contextmanager
    def register_open(self):
        """Holds the private cluster's lock for users, so that it is not stopped and started
        around every question."""
        with open(os.path.join(self.data, "users.lock"), "rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_SH)
            yield
        self.cadastre("db", "status")  # the last one out stops the cluster
