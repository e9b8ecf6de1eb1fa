#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The disk of the register is full: in staging, in the tables, in the log of the server. One message
each, nothing half, and it works again as soon as there is space."""
import os
import pathlib
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from register import Bundle, Register  # noqa: E402

TOOL, SOURCE = sys.argv.pop(1), sys.argv.pop(1)

HOSTS = 6000
DISK_MB = 320
# What is left when a bundle comes. The first cannot even be staged. How far the others get is not
# promised: whatever is reached, it ends whole or not at all.
LEFT_MB = (2, 12, 20, 28, 36)


class Disk(unittest.TestCase):
    def setUp(self):
        if os.geteuid() != 0:
            self.skipTest("mounting a small file system needs root")
        self.register = Register(TOOL)
        small = self.register.path("small")
        os.mkdir(small)
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m,mode=755", "tmpfs",
                                  small], capture_output=True, text=True)
        if mounted.returncode:
            self.register.dir.cleanup()
            self.skipTest("this machine refuses to mount: " + mounted.stderr.strip())
        self.addCleanup(self.register.dir.cleanup)
        self.addCleanup(subprocess.run, ["umount", small], check=True)
        self.addCleanup(self.register.run, "stop")
        self.small = small
        self.register.data = self.register.env["CADASTRE_DATA"] = small + "/data"

    def leave(self, megabytes):
        disk = os.statvfs(self.small)
        with open(self.small + "/fill", "wb") as file:
            for _ in range(disk.f_bavail * disk.f_frsize // (1 << 20) - megabytes):
                file.write(bytes(1 << 20))

    def bundle(self, number):
        b = Bundle(at=number)
        for n in range(HOSTS):
            addr = f"198.{18 + number % 2}.{n // 250}.{1 + n % 250}"
            b.service(addr, 80, "http", raw=b"%d %d " % (number, n) + b"x" * 400,
                      product=f"server {number} {n}")
        return b

    def take(self, bundle):
        path = self.register.path("bundle")
        pathlib.Path(path).write_bytes(bundle.bytes())
        return subprocess.run([TOOL, "intake", path, "a case"], env=self.register.env,
                              capture_output=True, text=True, timeout=300)

    def test_full(self):
        self.register.run("grant", "plant", "198.18.0.0/15", "2020-01-01", "2099-01-01")
        self.register.intake(Bundle().host("198.18.1.1").port("198.18.1.1", 22))
        before = self.register.run("status")
        failed = []
        for number, left in enumerate(LEFT_MB, 1):
            bundle = self.bundle(number)
            self.leave(left)
            done = self.take(bundle)
            if done.returncode:
                failed.append(left)
                self.assertEqual(done.returncode, 4, done.stderr)
                self.assertEqual(len(done.stderr.strip().splitlines()), 1, done.stderr)
                self.assertIn("the disk of the database is full; free space", done.stderr)
                self.assertEqual(done.stdout, "")
            os.unlink(self.small + "/fill")
            self.assertEqual(self.register.run("verify")["bad"], 0)
            after = self.register.run("status")
            if done.returncode:
                self.assertEqual(after, before, f"{left} MiB: nothing half")
            else:
                self.assertEqual(after["runs"], before["runs"] + 1)
            before = after
        self.assertIn(LEFT_MB[0], failed, "so little must not be enough")
        done = self.take(self.bundle(len(LEFT_MB) + 1))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn(f'"taken":{HOSTS}', done.stdout.replace(" ", ""))


if __name__ == "__main__":
    unittest.main()
