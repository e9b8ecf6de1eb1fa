#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The command line as a stranger meets it: one clear message and the right exit code for every
kind of bad input, and nothing printed that a terminal would obey. Needs no database."""
import subprocess
import sys
import unittest

PROGRAM = sys.argv.pop(1)


def run(*words):
    return subprocess.run([PROGRAM, *words], capture_output=True, text=True, timeout=60)


class Usage(unittest.TestCase):
    def refused(self, code, said, *words):
        result = run(*words)
        self.assertEqual(result.returncode, code, result.stderr)
        self.assertEqual(len(result.stderr.strip().splitlines()), 1, result.stderr)
        self.assertIn(said, result.stderr)
        self.assertEqual(result.stdout, "")

    def test_help_and_version(self):
        result = run("-h")
        self.assertEqual(result.returncode, 0)
        self.assertIn("survey", result.stdout)
        self.assertRegex(run("--version").stdout, r"^cadastre \d+\.\d+\.\d+\n$")
        self.assertIn("--cidr", run("scope", "grant", "-h").stdout)

    def test_no_verb_shows_the_verbs_and_fails(self):
        result = run()
        self.assertEqual(result.returncode, 2)
        self.assertIn("survey", result.stderr)

    def test_unknown_words(self):
        self.refused(2, 'unknown verb "surwey"', "surwey")
        self.refused(2, '"scope grant"', "scope")
        self.refused(2, 'unknown option "--nonsense"', "survey", "--nonsense")
        self.refused(2, "--realm needs a value", "survey", "--realm")
        self.refused(2, "takes no value", "survey", "--quiet=yes")
        self.refused(2, "is not a format", "--format", "yaml", "asset", "list")

    def test_a_verb_of_a_later_release_is_absent(self):
        self.refused(2, "unknown verb", "warn")

    def test_configuration_errors_name_file_and_line(self):
        self.refused(3, "cannot read", "--config", "/nonexistent", "db", "status")
        self.refused(3, "larger than", "--config", "/dev/zero", "db", "status")

    def test_escapes_in_arguments_reach_no_terminal(self):
        result = run("\x1b[2Jverb")
        self.assertNotIn("\x1b", result.stderr)
        self.assertIn("\\x1b[2Jverb", result.stderr)

    def test_completion(self):
        script = run("completion").stdout + (
            'words() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _cadastre; '
            'echo "${COMPREPLY[*]}"; }\n'
            'words cadastre sur; words cadastre --db x scope gr; words cadastre scope grant --au\n')
        shell = subprocess.run(["bash", "-c", script], capture_output=True, text=True, timeout=60)
        self.assertEqual(shell.stderr, "")
        self.assertEqual(shell.stdout.split("\n")[:3], ["survey", "grant", "--authoriser"])

    def test_questions(self):
        for words in (("baseline", "freeze"), ("baseline", "verify"), ("run", "show"),
                      ("asset", "show"), ("asset", "list", "port = 1", "port = 2"),
                      ("baseline", "list", "x"), ("run", "list", "1"), ("run", "show", "1", "2"),
                      ("changes", "--between", "2026-01-01", "2026-02-01", "2026-03-01")):
            result = run("--db", "host=/nonexistent", *words)
            self.assertEqual(result.returncode, 2, f"{words}: {result.stderr}")
            self.assertNotIn("connect", result.stderr)

    def test_missing_files(self):
        self.refused(3, "/nonexistent", "pack", "check", "/nonexistent")
        self.refused(3, "/nonexistent", "fingerprint", "verify", "/nonexistent")


if __name__ == "__main__":
    unittest.main()
