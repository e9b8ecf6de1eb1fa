#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The one-way staircase: who may include whom, and which room sees which library.

common <- common/model <- {scanner, inventory, mapper} <- cli. Engines never include each
other. Project includes are written from the root. A third-party header is seen by the rooms
named here and by no other (docs/architecture.md says why).
"""
import pathlib
import re
import sys

root = pathlib.Path(sys.argv[1])
faults = []

floors = {"common": {"common"},
          "common/model": {"common", "common/model"},
          "scanner": {"common", "common/model", "scanner"},
          "inventory": {"common", "common/model", "inventory"},
          "mapper": {"common", "common/model", "mapper"},
          "cli": {"common", "common/model", "scanner", "inventory", "mapper", "cli"}}

# header pattern: the only folders that may include it
libraries = {
    r"pcap(/.*)?\.h": {"scanner/link"},
    r"libnet\.h": {"scanner/link"},
    r"xdp/.*": {"scanner/link"},
    r"bpf/.*": {"scanner/link"},
    r"zlib\.h": {"scanner/link", "inventory/exchange"},
    r"libpq-fe\.h|postgres.*": {"inventory/store"},
    r"graphviz/.*|gvc\.h|cgraph\.h": {"mapper/layout"},
    r"cairo.*|pango/.*": {"mapper/render"},
    r"libxml/.*": {"common/xml", "scanner/fingerprint", "inventory", "inventory/norm", "inventory/exchange"},
    r"pcre2\.h": {"scanner/fingerprint"},
    r"jansson\.h": {"common/model", "inventory/exchange"},
    r"seccomp\.h": {"common/confine"},
    r"cap-ng\.h": {"scanner/priv"},
    r"openssl/.*": {"common/model", "scanner/protocol"},
    r"nghttp2/.*": {"scanner/protocol"},
}


def room_of(path):
    """The floor a folder belongs to: common, common/model, or the engine's name."""
    parts = path.split("/")
    if parts[:2] == ["common", "model"]:
        return "common/model"
    return parts[0]


def is_generated(header):
    """True if the header's own room makes it at build time."""
    build = root / pathlib.Path(header).parent / "meson.build"
    return build.exists() and pathlib.Path(header).name in build.read_text()


include = re.compile(r'^\s*#\s*include\s+([<"])([^>"]+)[>"]')
for floor in ("common", "scanner", "inventory", "mapper", "cli"):
    for file in sorted((root / floor).rglob("*.[ch]")):
        name = file.relative_to(root)
        folder = str(name.parent)
        for number, line in enumerate(file.read_text().splitlines(), 1):
            found = include.match(line)
            if not found:
                continue
            kind, header = found.groups()
            if kind == '"':
                if "/" not in header or not (
                        (root / header).exists() or is_generated(header)):
                    faults.append(f"{name}:{number}: \"{header}\" is not written from the root")
                elif room_of(str(pathlib.Path(header).parent)) not in floors[room_of(folder)]:
                    faults.append(f"{name}:{number}: {folder} may not include \"{header}\"")
                continue
            for pattern, rooms in libraries.items():
                if re.fullmatch(pattern, header) and folder not in rooms:
                    faults.append(f"{name}:{number}: <{header}> belongs to {', '.join(sorted(rooms))}")

print("\n".join(faults) or "the staircase holds")
sys.exit(1 if faults else 0)
