#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The lab beside its description: what listens, what can be reached from where, by which way;
that it starts and ends cleanly, as root and as a user, and leaves the machine as it was."""
import concurrent.futures
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

HERE = pathlib.Path(__file__).resolve().parent
FORBIDDEN, SKIP = 5, 77
MODBUSD = os.path.abspath(sys.argv.pop(1)) if len(sys.argv) > 1 else None


class Lab:
    def __init__(self, program, directory, prefix=(), python=sys.executable, modbusd=MODBUSD):
        self.words, self.python = [*prefix, python, "-I", str(program), "--dir", directory], python
        if modbusd:
            self.words += ["--modbusd", modbusd]
        self.directory = directory

    def call(self, *words, **options):
        return subprocess.run([*self.words, *words], capture_output=True, text=True, timeout=300,
                              check=False, **options)

    def must(self, *words, **options):
        result = self.call(*words, **options)
        assert result.returncode == 0, f"{words[:2]}: {result.returncode} {result.stderr}"
        return result.stdout

    def ask(self, node, what, request=None):
        script = (HERE / "on_node.py").read_text()
        return json.loads(self.must("exec", node, "--", self.python, "-I", "-S", "-c",
                                    script, what, input=json.dumps(request)))


def links():
    return subprocess.run(["ip", "-br", "link"], capture_output=True, text=True,
                          check=True).stdout


def alive(marker):
    """Processes that mention the lab's directory."""
    found = []
    for entry in pathlib.Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                if marker.encode() in (entry / "cmdline").read_bytes():
                    found.append(entry.name)
            except OSError:
                pass
    return found


def until(condition, seconds=30):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


class LabTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.place = tempfile.TemporaryDirectory(prefix="lab-test-")
        os.chmod(cls.place.name, 0o755)
        cls.links = links()
        cls.lab = Lab(HERE / "lab", cls.place.name + "/lab")
        result = cls.lab.call("up")
        if result.returncode == FORBIDDEN:
            print(result.stderr.strip())
            sys.exit(SKIP)
        assert result.returncode == 0, result.stderr
        print(result.stderr.strip())
        cls.truth = json.loads(cls.lab.must("truth"))

    @classmethod
    def tearDownClass(cls):
        cls.lab.must("down")
        cls.place.cleanup()

    def endpoints(self, protocol="tcp"):
        return sorted({(a[f], p["port"]) for h in self.truth["hosts"] for a in h["addresses"]
                       for f, family in (("v4", 4), ("v6", 6)) for p in h["ports"]
                       if a[f] and p["protocol"] == protocol and family in p["families"]})

    def test_1_what_listens_is_what_the_description_says(self):
        def look(host):
            return host, self.lab.ask(host["name"], "listening")
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            for host, seen in pool.map(look, self.truth["hosts"]):
                self.assertEqual(sorted([p["protocol"], p["port"]] for p in host["ports"]),
                                 seen["ports"], host["name"])
                self.assertEqual(seen["outside"], [], host["name"])

    def test_2_from_inside_everything_answers(self):
        endpoints = [list(e) for e in self.endpoints()]
        self.assertGreater(len(endpoints), 80)
        self.assertEqual(self.lab.ask("scanner", "connect",
                                      {"endpoints": endpoints, "seconds": 20}), endpoints)
        endpoints = [list(e) for e in self.endpoints("udp")]
        self.assertGreater(len(endpoints), 20)
        self.assertEqual(self.lab.ask("scanner", "udp",
                                      {"endpoints": endpoints, "seconds": 20}), endpoints)

    def test_3_from_outside_only_what_is_exposed(self):
        exposed = {(i["address"], i["port"]) for h in self.truth["hosts"] for i in h["internet"]
                   if i["protocol"] == "tcp"}
        hidden = [list(e) for e in self.endpoints() if e not in exposed]
        self.assertEqual(self.lab.ask("internet-vantage", "connect",
                                      {"endpoints": hidden, "seconds": 2}), [])
        self.assertGreater(len(exposed), 4)
        self.assertEqual({tuple(e) for e in self.lab.ask(
            "internet-vantage", "connect",
            {"endpoints": sorted(exposed), "seconds": 20})}, exposed)

    def test_4_ways(self):
        hosts = {a["network"]: a["v4"] for h in self.truth["hosts"] if not h["router"]
                 for a in h["addresses"]}
        for path in self.truth["paths"]:
            if path["network"] not in hosts:
                continue
            *way, last = self.lab.ask("scanner", "hops", {"address": hosts[path["network"]]})
            self.assertEqual([a for a, _, _ in way], path["hops"], path["network"])
            self.assertEqual(last, [hosts[path["network"]], 3, 3])

    def test_5_lldp_is_heard(self):
        speakers = [h["name"] for h in self.truth["hosts"]
                    if any(s["kind"] == "lldp" for s in h["services"])
                    and any(a["network"] == "management" for a in h["addresses"])]
        if not speakers:
            self.skipTest("lldpd needs root")
        self.assertEqual(self.lab.ask("scanner", "lldp", {"names": speakers, "seconds": 60}),
                         sorted(speakers))

    def test_6_one_service(self):
        broker = [["198.18.30.15", 1883]]
        ask = {"endpoints": broker, "seconds": 5}
        self.lab.must("stop-service", "broker", "mqtt")
        self.assertEqual(self.lab.call("status").returncode, 1)
        self.assertEqual(self.lab.ask("scanner", "connect", ask), [])
        self.lab.must("stop-service", "broker", "mqtt")
        self.lab.must("start-service", "broker", "mqtt")
        self.lab.must("status")
        self.assertEqual(self.lab.ask("scanner", "connect", ask), broker)

    def test_7_again_and_wrong_words(self):
        self.assertIn("is up", self.lab.call("up").stderr)
        for words, code in ((["exec", "nowhere", "--", "true"], 2), (["exec", "scanner"], 2),
                            (["stop-service", "broker", "gopher"], 1), (["fly"], 2),
                            (["exec", "scanner", "--", "/does/not/exist"], 127),
                            (["exec", "scanner", "--", "sh", "-c", "exit 9"], 9)):
            self.assertEqual(self.lab.call(*words).returncode, code, words)

    def test_8_a_killed_supervisor_leaves_nothing(self):
        with open(self.lab.directory + "/state.json", encoding="utf-8") as file:
            os.kill(json.load(file)["pid"], signal.SIGKILL)
        self.assertTrue(until(lambda: not alive(self.lab.directory)))
        self.assertEqual(self.lab.call("status").returncode, 1)
        self.lab.must("up")
        self.lab.must("status")

    def test_9_down(self):
        self.lab.must("down")
        self.lab.must("down")
        self.assertEqual(alive(self.lab.directory), [])
        self.assertEqual(sorted(os.listdir(self.lab.directory)), ["lock", "log"])
        self.assertEqual(links(), self.links)

    def test_a_as_a_user(self):
        if os.geteuid() != 0:
            self.skipTest("this run is a user's already")
        copy = self.place.name + "/copy"
        shutil.copytree(HERE, copy, ignore=shutil.ignore_patterns("__pycache__"))
        modbusd = MODBUSD and shutil.copy(MODBUSD, copy)
        home = self.place.name + "/home"
        os.mkdir(home)
        shutil.chown(home, "nobody")
        lab = Lab(copy + "/lab", home + "/lab", (
            "setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"),
            "/usr/bin/python3", modbusd)
        result = lab.call("up", cwd="/")
        if result.returncode == FORBIDDEN:
            self.skipTest(result.stderr.strip())
        self.assertEqual(result.returncode, 0, result.stderr)
        try:
            self.assertIn("without root", lab.must("status", cwd="/"))
            self.assertEqual(lab.ask("scanner", "connect", {
                "endpoints": [["198.18.40.20", 22]], "seconds": 20}), [["198.18.40.20", 22]])
            hosts = json.loads(lab.must("truth", cwd="/"))["hosts"]
            self.assertTrue(any(h["left_out"] for h in hosts))
        finally:
            lab.must("down", cwd="/")

    def test_b_foreign_directories_are_left_alone(self):
        with tempfile.TemporaryDirectory() as directory:
            shutil.copy(__file__, directory)
            for verb in ("up", "down"):
                self.assertEqual(Lab(HERE / "lab", directory).call(verb).returncode, 2)
            self.assertEqual(len(os.listdir(directory)), 1)


if __name__ == "__main__":
    unittest.main(verbosity=2)
