#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""register_describe.py PROGRAM DOCUMENT SCHEMA [--update]: docs/register.md lists the tables of the
register as the program knows them (--update writes it anew), and the XML schema has the same
elements, attributes, codes and demands."""
import pathlib
import re
import subprocess
import sys
import xml.etree.ElementTree

BEGIN, END = "<!-- the tables, as the program knows them -->\n", "<!-- end of the tables -->\n"

XS = "{http://www.w3.org/2001/XMLSchema}"
# What the schema has for one table only by the element, or for other readers.
NO_TABLE = {"register"}


def described(tables):
    """Of each element: its attributes, each with its codes and whether it must be there."""
    found = {}
    for section in tables.split("\n### ")[1:]:
        element = re.search(r"XML: `([^`]*)`", section)[1].split("/")[-1]
        rows = [line.split(" | ") for line in section.splitlines() if line.startswith("| `")]
        attributes = {}
        for row in rows:
            name = re.fullmatch(r"`([^`, ]+)`", row[1])
            if name:
                form = row[3].split("; else")[0]
                codes = re.findall(r"`([^`]+)`", form) if re.match("one of|codes:", form) else []
                attributes[name[1]] = (frozenset(codes), row[4].strip(" |"))
        for one in element.split(", "):
            found[one] = attributes
    return found


class Schema:
    def __init__(self, path):
        self.root = xml.etree.ElementTree.parse(path).getroot()
        self.types = {t.get("name"): t for t in self.root if t.tag.endswith("Type")}

    def codes(self, attribute):
        kind = attribute if attribute.get("type") is None else self.types.get(
            attribute.get("type"), attribute)
        return frozenset(e.get("value") for e in kind.iter(XS + "enumeration"))

    def elements(self):
        for element in self.root.iter(XS + "element"):
            kind = self.types.get(element.get("type")) if element.get("type") else \
                element.find(XS + "complexType")
            if kind is not None:
                yield element.get("name"), {
                    a.get("name"): (self.codes(a), a.get("use") == "required")
                    for a in kind.findall(XS + "attribute")}


def differences(tables, path):
    ours = described(tables)
    seen = set()
    for name, attributes in Schema(path).elements():
        if name in NO_TABLE or name not in ours or not attributes:
            continue
        # the assets of a system and the assets of statements are both called asset
        if name in ("asset", "address", "name", "tag", "vlan", "prefix") and len(attributes) == 1:
            continue
        seen.add(name)
        own = {k: v for k, v in ours[name].items()
               if not (name == "external-system" and v[1] != "yes" and k not in attributes)}
        if name in ("supports", "controls"):
            own.pop("hops")
        for attribute in sorted(set(own) | set(attributes)):
            if attribute not in own or attribute not in attributes:
                yield f"{name}/@{attribute} is in one of schema and program only"
                continue
            codes, must = own[attribute]
            if codes and codes != attributes[attribute][0]:
                yield f"{name}/@{attribute} has other codes in the schema"
            if must != "" and not attributes[attribute][1] and name not in ("supports", "controls"):
                yield f"{name}/@{attribute} is required by the program only"
    for name in sorted(set(ours) - seen - {"prefix", "address", "name", "tag", "vlan", "asset"}):
        yield f"the schema has no element {name}"


path = pathlib.Path(sys.argv[2])
text = path.read_text(encoding="utf-8")
tables = subprocess.run([sys.argv[1]], capture_output=True, check=True).stdout.decode() + "\n"
head, rest = text.split(BEGIN)
old, tail = rest.split(END)
if "--update" in sys.argv:
    path.write_text(head + BEGIN + tables + END + tail, encoding="utf-8")
elif old != tables:
    for ours, theirs in zip(tables.splitlines(), old.splitlines()):
        if ours != theirs:
            print(f"{path.name} says\n  {theirs}\nthe program\n  {ours}")
            break
    sys.exit(f"{path.name} does not list the tables as they are; run {sys.argv[0]} with --update")
found = list(differences(tables, sys.argv[3]))
if found:
    sys.exit("\n".join(found))
