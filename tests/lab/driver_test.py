#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""driver.py: what it makes of a listener that missed something. The lab and the program are played
by a script."""
import json
import pathlib
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE))
sys.dont_write_bytecode = True
import driver  # noqa: E402

# Hears all from a certain time on; does not write over a bundle. Keeps a line of each call.
PLAY = """import json, pathlib, sys
place, words = pathlib.Path(sys.argv[1]), sys.argv[2:]
with open(place / "calls", "a") as calls:
    print(*words, file=calls)
if "listen" in words:
    heard = sum(" listen " in line for line in open(place / "calls"))
    all_of_them = json.loads((place / "links").read_text())
    links = all_of_them if heard >= int((place / "from").read_text()) else all_of_them[:-1]
    with open(words[words.index("--bundle") + 1], "x") as bundle:
        for link in [{"addr": "198.18.1.1", "peer": "198.18.1.2", "layer": "l2"}, *links]:
            print(json.dumps({"kind": "link", **link}), file=bundle)
"""


class Hearing(unittest.TestCase):
    def setUp(self):
        self.dir = tempfile.TemporaryDirectory(prefix="cadastre-driver-test-")
        self.addCleanup(self.dir.cleanup)
        self.place = pathlib.Path(self.dir.name)
        play = self.place / "play.py"
        play.write_text(PLAY, encoding="ascii")
        links = [{"addr": node, "peer": address, "port": port}
                 for node, talks in driver.TALKS for address, port, _ in talks]
        (self.place / "links").write_text(json.dumps(links), encoding="ascii")
        self.utility = driver.Utility("/nonexistent", self.dir.name, self.dir.name)
        self.utility.command = [sys.executable, "-I", str(play), self.dir.name]
        self.utility.words = lambda *words: [*self.utility.command, *words]

    def overhear(self, hears_all_from):
        (self.place / "from").write_text(str(hears_all_from), encoding="ascii")
        self.utility.overhear(self.dir.name + "/core.bundle")
        calls = (self.place / "calls").read_text(encoding="ascii").splitlines()
        return ["listen" if " listen " in line else "import" for line in calls
                if " listen " in line or line.startswith("import ")]

    def test_all_is_heard_at_once(self):
        self.assertEqual(self.overhear(1), ["listen", "import"])

    def test_what_was_missed_is_said_again(self):
        self.assertEqual(self.overhear(3), ["listen"] * 3 + ["import"])

    def test_not_for_ever(self):
        with self.assertRaisesRegex(driver.Failed, "5 times over"):
            self.overhear(6)


if __name__ == "__main__":
    unittest.main()
