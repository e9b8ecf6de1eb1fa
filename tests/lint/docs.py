#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The manual page and -h say the same: every verb, every option, the same synopsis."""
import pathlib
import re
import subprocess
import sys

root, program = pathlib.Path(sys.argv[1]), sys.argv[2]
manual = (root / "docs/man/cadastre.1.scd").read_text().replace("\\", "")
faults = []


def help_of(*verb):
    return subprocess.run([program, *verb, "-h"], capture_output=True, text=True, check=True).stdout


overview = help_of()
verbs = re.findall(r"^  ([a-z]+(?: [a-z]+)?)  +\S", overview, re.M)
if len(verbs) < 20:
    faults.append(f"-h lists only {len(verbs)} verbs")
sections = dict(re.findall(r"^## ([a-z]+(?: [a-z]+)?)\b[^\n]*\n(.*?)(?=^## |^# |\Z)", manual, re.M | re.S))
for verb in verbs:
    text = help_of(*verb.split())
    usage = text.splitlines()[0]
    if not usage.startswith(f"usage: cadastre {verb}"):
        faults.append(f"{verb}: odd usage line: {usage}")
    section = sections.get(verb)
    if section is None:
        faults.append(f"{verb}: no section in the manual")
        continue
    for option in re.findall(r"--[a-z-]+", "\n".join(
            l for l in text.splitlines() if re.match(r"  (-\w, |    )--", l))):
        if option not in section:
            faults.append(f"{verb}: the manual does not explain {option}")
for verb in sections:
    if verb not in verbs:
        faults.append(f"the manual explains \"{verb}\", which is no verb")
for option in re.findall(r"^  (?:-\w, |    )(--[a-z-]+)", overview, re.M):
    if option not in manual:
        faults.append(f"the manual does not explain the global option {option}")
for code in ("0", "1", "2", "3", "4", "5", "6", "7", "70"):
    if not re.search(rf"^\*{code}\*", manual, re.M):
        faults.append(f"the manual does not explain exit code {code}")

counters = set()
for pattern, files in (
        (r'bundle_counters_add\(\s*counters,\s*"([a-z_]+)"', "scanner/campaign/*.c"),
        (r'names\[TALLY_N\] = \{([^}]*)\}', "scanner/campaign/campaign.c"),
        (r'\{"([a-z_.]+)", counts->', "scanner/listen/listen.c"),
        (r'add_counter\(intake, "([a-z_.]+)"', "inventory/intake/intake.c"),
        (r'exchange_count\(sink, "([a-z_]+)"', "inventory/exchange/*.c")):
    found = {name for path in root.glob(files) for text in re.findall(pattern, path.read_text())
             for name in re.findall(r"[a-z_.]+", text)}
    if not found:
        faults.append(f"no counters in {files}")
    counters |= found
table = " ".join(re.findall(r"^\| +(.*)", sections.get("run show", ""), re.M))
explained = set(re.findall(r"[a-z][a-z_.]+", table))
faults += [f"run show: the manual does not explain the counter {name}"
           for name in sorted(counters - explained)]
faults += [f"run show: the manual explains the counter {name}, which is none"
           for name in sorted(explained - counters)]

print("\n".join(faults) or f"{len(verbs)} verbs and their options stand in the manual")
sys.exit(1 if faults else 0)
