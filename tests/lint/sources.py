#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""House rules that a reader would check by eye: SPDX lines, no SQL in C, no unsafe functions,
no process killed by name, no packet pointer cast to a struct, sizes of files and lines, no merge
leftovers."""
import pathlib
import re
import subprocess
import sys

root = pathlib.Path(sys.argv[1])
listed = subprocess.run(["git", "-C", root, "ls-files", "-co", "--exclude-standard"],
                        capture_output=True, text=True)
names = listed.stdout.split("\n")[:-1] if listed.returncode == 0 else [
    str(p.relative_to(root)) for p in root.rglob("*") if p.is_file()]
faults = []

MAX_LINES = 1000
MAX_COLUMNS = 96  # a tab goes to the next multiple of 8
# A text that people are told may stand in one line, however long, so that it is found.
one_text = re.compile(r'^\s*(\.\w+ = )?"([^"\\]|\\.)*"[,;)]*$')
TEXT = ("", ".c", ".h", ".py", ".sh", ".js", ".mjs", ".sql", ".md", ".xml", ".xsd", ".scd", ".lab",
        ".list", ".build", ".txt", ".html", ".css", ".json",
        ".theme")
# Data that a test compares byte by byte or reads as it is, and the licence itself.
BARE = re.compile(r"^(LICENSE$|tests/fuzz/corpus/|tests/(golden|pcap/expected)/.*\.txt$)")
sql = re.compile(r'"[^"]*\b(SELECT\s.+\sFROM|INSERT\s+INTO|UPDATE\s+\w+\s+SET|DELETE\s+FROM|'
                 r'CREATE\s+(TABLE|INDEX)|ALTER\s+TABLE|TRUNCATE\s)', re.I)
unsafe = re.compile(r'(?<![\w.>])(strcpy|strcat|sprintf|vsprintf|gets|strtok|alloca|system|popen|atoi)\s*\(')
by_name = re.compile(r'\b(pkill|killall)\b')
# What belongs to one machine: a home directory, another package registry than the default.
one_machine = re.compile(r'(?<![\w.])/(root|home/\w+|work)/|"resolved"\s*:|^\s*registry\s*=')
header_cast = re.compile(r'\(\s*(const\s+)?struct\s+(tcphdr|udphdr|iphdr|ip6_hdr|ethhdr|ether_header|arphdr|icmphdr)\s*\*\s*\)')

for name in names:
    path = root / name
    if not path.is_file() or path.suffix not in TEXT or BARE.search(name):
        continue
    try:
        lines = path.read_text().splitlines()
    except UnicodeDecodeError:
        continue
    if not lines:
        continue
    if path.suffix != ".json" and not any("SPDX-License-Identifier: Apache-2.0" in line for line in lines[:3]):
        faults.append(f"{name}: no SPDX line")
    if path.suffix in (".c", ".h") and len(lines) > MAX_LINES:
        faults.append(f"{name}: {len(lines)} lines; split it")
    for number, line in enumerate(lines, 1):
        where = f"{name}:{number}"
        if re.match(r"^(<{7}|>{7}|={7})( |$)", line):
            faults.append(f"{where}: merge leftover")
        if by_name.search(line) and not name.startswith("tests/lint/"):
            faults.append(f"{where}: end processes by pid, not by name")
        if one_machine.search(line):
            faults.append(f"{where}: names something of one machine only")
        if path.suffix in (".c", ".h"):
            if len(line.expandtabs(8)) > MAX_COLUMNS and not one_text.match(line):
                faults.append(f"{where}: more than {MAX_COLUMNS} columns")
            code = line.split("/*")[0]
            if not name.startswith("tests/") and sql.search(code):
                faults.append(f"{where}: SQL belongs to schema/")
            call = unsafe.search(re.sub(r'"[^"]*"', '""', code))
            if call and not name.startswith("tests/"):
                faults.append(f"{where}: {call.group(1)}() is not used here")
            if name.startswith("scanner/") and header_cast.search(code):
                faults.append(f"{where}: packets are read through the cursor")

print("\n".join(faults) or f"{len(names)} files are in order")
sys.exit(1 if faults else 0)
