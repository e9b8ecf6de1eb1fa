#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Servers that are greeted: nginx that speaks HTTP/2 alone, and NFS-Ganesha with rpcbind.
In namespaces of its own, without a route outside; runs itself again inside of them.

  servers_test.py SCAN FINGERPRINTS"""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

from net_test import enter_namespaces, sh

SCAN, FINGERPRINTS = sys.argv[1], sys.argv[2]
HERE = "127.0.0.1"
NGINX = """daemon off; master_process off; worker_processes 1; pid {dir}/pid; error_log stderr error;
events {{ worker_connections 64; }}
http {{
  access_log off; types {{ text/html html; }}
  {temporary}
  server {{ listen {here}:50051 http2; listen {here}:8080 http2; root {dir}/root;
    add_header Set-Cookie "sid=verysecret1"; }}
  server {{ listen {here}:8081; return 302 http://{here}:8080/; }}
}}
"""
GANESHA = """NFS_CORE_PARAM {{ Enable_NLM = false; Enable_RQUOTA = false; Protocols = {protocols}; }}
NFSv4 {{ Graceless = true; RecoveryBackend = fs; RecoveryRoot = "{dir}/state"; }}
EXPORT {{ Export_Id = 1; Path = {dir}/root; Pseudo = /export; Access_Type = RO; Protocols = {protocols};
  FSAL {{ Name = VFS; }} }}
"""


def program(name):
    return shutil.which(name, path=os.environ["PATH"] + ":/usr/sbin")


class Servers(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        sh("ip", "link", "set", "lo", "up")

    def setUp(self):
        place = tempfile.TemporaryDirectory(prefix="net-test-")
        self.addCleanup(place.cleanup)
        self.dir = place.name
        root = pathlib.Path(self.dir, "root")
        root.mkdir()
        (root / "index.html").write_text("<html><head><title>Pump &amp; 7</title></head></html>\n")

    def start(self, port, *words):
        with open(pathlib.Path(self.dir, "log"), "ab") as log:
            process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self.addCleanup(process.wait, 20)
        self.addCleanup(process.terminate)
        for _ in range(600):
            there = subprocess.run(["ss", "-Hltn", f"sport = :{port}"], capture_output=True, text=True, check=True)
            if there.stdout.strip():
                return process
            self.assertIsNone(process.poll(), pathlib.Path(self.dir, "log").read_text(errors="replace"))
            time.sleep(0.05)
        self.fail(f"nobody listens at {port}")

    def greeted(self, ports, *words, profile="standard"):
        done = subprocess.run([SCAN, "-g", HERE + "/32", "-p", ports, "-P", profile, "-n", "-f", FINGERPRINTS, *words, HERE],
                              capture_output=True, text=True, timeout=120, check=True)
        rows = [json.loads(line) for line in done.stdout.splitlines()]
        return {(row["transport"], row["port"]): row for row in rows if row.get("kind") == "service"}

    def test_http2_alone(self):
        nginx = program("nginx")
        if not nginx:
            self.skipTest("nginx is not installed; see [lab] in packages.txt")
        temporary = " ".join(f"{kind}_temp_path {self.dir};"
                             for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        config = pathlib.Path(self.dir, "nginx.conf")
        config.write_text(NGINX.format(dir=self.dir, here=HERE, temporary=temporary))
        self.start(8080, nginx, "-e", "stderr", "-p", self.dir, "-c", str(config))
        version = subprocess.run([nginx, "-v"], capture_output=True, text=True, check=True).stderr.split("/")[-1].split()[0]
        for profile in ("safe", "standard"):
            found = self.greeted("8080,8081,50051", profile=profile)
            for port in (8080, 50051):
                row = found["tcp", port]
                self.assertEqual(row["protocol"], "http2")
                told = {k: row["attributes"].get(k) for k in (
                    "http.status", "http.title", "http.content_type", "http.cookie", "service.product", "service.version")}
                self.assertEqual(told, {"http.status": "200", "http.title": "Pump & 7", "http.content_type": "text/html",
                                        "http.cookie": "sid", "service.product": "nginx", "service.version": version})
            self.assertEqual(found["tcp", 8081]["attributes"]["http.leads_to"], f"{HERE} tcp/8080")

    def test_nfs(self):
        ganesha, rpcbind = program("ganesha.nfsd"), program("rpcbind")
        self.assertTrue(ganesha and rpcbind, "nfs-ganesha and rpcbind are wanted (tools/packages test)")
        if pathlib.Path("/proc/self/uid_map").read_text(encoding="ascii").split()[2] == "1":
            self.skipTest("rpcbind needs a user of its own, which this namespace has not")
        self.start(111, rpcbind, "-f", "-w")
        pathlib.Path(self.dir, "state").mkdir()
        pathlib.Path("/run/ganesha").mkdir()
        for protocols, told in (("3,4", {"nfs.versions": "3, 4"}), ("4", {"nfs.versions": "4", "nfs.offered": "4-4"})):
            config = pathlib.Path(self.dir, "ganesha.conf")
            config.write_text(GANESHA.format(dir=self.dir, protocols=protocols))
            process = self.start(2049, ganesha, "-F", "-L", self.dir + "/ganesha.log", "-f", str(config), "-p",
                                 self.dir + "/ganesha.pid")
            found = self.greeted("111,2049")
            process.terminate()
            process.wait(30)
            self.assertEqual((found["tcp", 2049]["protocol"], found["tcp", 2049]["attributes"]), ("nfs", told))
            offered = found["tcp", 111]["attributes"]["portmap.nfs"].split(", ")
            self.assertLessEqual({f"{version} tcp" for version in protocols.split(",")}, set(offered))


def own_run():
    """What servers leave in /run is theirs, and gone with them."""
    if not os.environ.get("NET_TEST_RUN"):
        os.environ["NET_TEST_RUN"] = "1"
        os.execvp("unshare", ["unshare", "-m", sys.executable, *sys.argv])
    sh("mount", "-t", "tmpfs", "none", "/run")


if __name__ == "__main__":
    enter_namespaces()
    own_run()
    unittest.main(argv=sys.argv[:1], verbosity=2)
