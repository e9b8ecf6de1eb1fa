#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Nothing of what a level of redaction hides is in a file: test_leaks.py REDACTED-PROGRAM

Every type of map in every format, of the lab and of the hostile sample, once with the texts they
have and once with a text of its own in every field of every record. Searched are the bytes, the
text without XML escapes, every string of the page's data, the streams of the PDF and what
pdftotext and pdfinfo read in it; addresses in every notation.
"""
import html
import ipaddress
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
import zlib

PROGRAM = sys.argv.pop(1)
LEVELS = ["internal", "partner", "public"]
# What may be there, up to a level; see mapper/redact.h. All else is hidden.
KEPT = {
    "partner": ["systems.sector", "organisations.sector", "businesses.sector", "supports.strength",
                "dependencies.strength", "zones.protects", "services.protocol", "services.kind",
                "estate.realm", "zones.purdue"],
    "internal": ["systems.name", "systems.organisation", "systems.business", "systems.manages",
                 "systems.operates", "systems.designation_no", "systems.designation_pack",
                 "systems.division", "organisations.name", "organisations.division",
                 "businesses.name", "businesses.organisation", "supplies.service", "exits.name",
                 "exits.carrier", "exits.systems", "zones.name", "conduits.name",
                 "conduits.protocols", "subnets.name", "subnets.zone", "assets.responsible"],
}
KEPT["internal"] += KEPT["partner"]
KEPT["public"] = []


def pdf_text(path, data):
    parts = [data]
    for stream in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", data, re.S):
        try:
            parts.append(zlib.decompress(stream))
        except zlib.error:
            parts.append(stream)
    text = b"\n".join(parts).decode("latin-1")
    # Hexadecimal strings of the document's outline and metadata are UTF-16.
    for digits in re.findall(r"<(FEFF[0-9A-Fa-f]*)>", text, re.I):
        text += "\n" + bytes.fromhex(digits).decode("utf-16", "replace")
    for tool in (["pdftotext", str(path), "-"], ["pdfinfo", str(path)]):
        if shutil.which(tool[0]):
            text += subprocess.run(tool, capture_output=True, check=True).stdout.decode(
                "utf-8", "replace")
    return text


def png_text(data):
    names, at = [], 8
    while at < len(data):
        size = int.from_bytes(data[at:at + 4], "big")
        names.append(data[at + 4:at + 8])
        at += size + 12
    extra = set(names) - {b"IHDR", b"pHYs", b"IDAT", b"IEND", b"bKGD"}
    if extra:
        raise AssertionError(f"a PNG with chunks {extra}")
    return ""


def strings(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, one in value.items():
            yield key
            yield from strings(one)
    elif isinstance(value, list):
        for one in value:
            yield from strings(one)


DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"


def numbers(text, last=1):
    """A column of differences; see mapper/render/html_data.c."""
    value, shift, again, step = 0, 0, False, 0
    for char in text:
        if char == "*":
            again = True
            continue
        digit = DIGITS.index(char)
        value |= (digit & 31) << shift
        shift += 5
        if digit & 32:
            continue
        if not again:
            step = -(value >> 1) if value & 1 else value >> 1
        for _ in range(value if again else 1):
            last += step
            yield last - 1
        value, shift, again = 0, 0, False


def columns(block):
    """What the columns of a page say, as the page shows it."""
    for table in ("assets", "addresses", "services", "systems", "subnets"):
        for name, column in block.get(table, {}).items():
            if isinstance(column, str):
                for number in numbers(column):
                    yield str(number)
                    if name == "mac" and number > 0:
                        yield ":".join(re.findall("..", f"{number:012x}"))
                    if name == "v4" and number > 0:
                        yield str(ipaddress.IPv4Address(number))
            elif "wide" in column:
                yield from (str(number + 1) for number in numbers(column["wide"], 0))
            elif "heads" in column:
                head, at = "", numbers(column["tails"]["at"])
                for line, tail in zip(column["heads"].split("\n"), at):
                    head = head[:DIGITS.index(line[0])] + line[1:]
                    yield head + column["tails"]["words"][tail]


def page_text(data):
    text = data.decode("utf-8")
    parts = [text, html.unescape(text)]
    for block in re.findall(r'<script type="application/json"[^>]*>(.*?)</script>', text, re.S):
        parts += strings(json.loads(block))
        parts += columns(json.loads(block))
    return "\n".join(parts)


def text_of(path):
    data = path.read_bytes()
    if path.suffix == ".pdf":
        return pdf_text(path, data)
    if path.suffix == ".png":
        return png_text(data)
    return page_text(data)


def notations(text):
    """An address or MAC address as people and programs write it."""
    if re.fullmatch(r"([0-9a-f]{2}:){5}[0-9a-f]{2}", text):
        plain = text.replace(":", "")
        return {text, text.replace(":", "-"), plain,
                ".".join(plain[i:i + 4] for i in (0, 4, 8))}
    address = ipaddress.ip_address(text)
    number = f"{int(address):x}"
    return {text, address.exploded, address.reverse_pointer, str(int(address)),
            number.zfill(8 if address.version == 4 else 32)}


class Drawn:
    def __init__(self, sample, how, level):
        self.folder = tempfile.TemporaryDirectory()
        out = subprocess.run([PROGRAM, sample, how, level, self.folder.name],
                             capture_output=True, check=True, text=True).stdout
        self.told = []
        for line in out.splitlines():
            field, _, text = line.partition("\t")
            self.told.append((field, json.loads(f'"{text}"')))
        # Formats of the future too: what is no picture is searched as text.
        self.files = {path.name: text_of(path) for path in
                      sorted(pathlib.Path(self.folder.name).iterdir())}
        self.folder.cleanup()

    def hidden(self, level):
        """Text by text: what it is, and what must not be found of it."""
        stays = {text for field, text in self.told if field in KEPT[level]}
        for field, text in self.told:
            if field in KEPT[level] or not text or text == "internet":
                continue
            if field in ("addresses.addr", "addresses.mac"):
                yield field, notations(text)
            # Hidden everywhere or nowhere: a word of a text that stays is no secret.
            elif not any(text in other for other in stays):
                yield field, {text}


def lines_of(texts):
    """The different lines, in small letters, without the numbers of paths."""
    lines = set()
    for text in texts:
        text = re.sub(r' d="[-MLHVCZmlhvcz0-9. ]*"', "", text.lower())
        lines.update(line for line in text.split("\n")
                     if not re.fullmatch(r"[-0-9. ]+ ([lmch]|re|cm|rg|w)( [nfs]\*?)?", line))
    return "\n".join(sorted(lines))


def found(text, what):
    """In a text of small letters; what looks like a number or a word is one by itself."""
    what = what.lower()
    if what not in text:
        return False
    if re.fullmatch(r"[0-9.]+|[0-9a-f:]+|[0-9a-z-]+", what):
        return re.search(rf"(?<![0-9a-z]){re.escape(what)}(?![0-9a-z])", text) is not None
    return True


class Leaks(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        # What files say of themselves and of no estate: words of the page and the legend.
        cls.plain = lines_of(Drawn("empty", "plain", "none").files.values())

    def check(self, sample, how, least):
        for level in LEVELS:
            drawn = Drawn(sample, how, level)
            self.assertGreaterEqual(len(drawn.files), 12)
            whole = lines_of(drawn.files.values())
            searched = 0
            for field, forms in drawn.hidden(level):
                forms = {form for form in forms
                         if len(form) >= 4 and not found(self.plain, form)}
                searched += len(forms)
                for form in forms:
                    if found(whole, form):
                        self.fail(f"{sample} {how} {level}: {field} {form!r} is told by " +
                                  ", ".join(name for name, text in drawn.files.items()
                                            if found(text.lower(), form)))
            self.assertGreater(searched, least)
            if level == "internal":
                self.assertNotRegex(whole, r"198\.18\.\d+\.[1-9]")
            else:
                self.assertNotIn("198.18.", whole)
                self.assertNotIn("2001:db8", whole)
            self.assertIn(level, drawn.files["topology.svg"])

    def test_the_lab(self):
        self.check("lab", "plain", 400)

    def test_hostile_texts(self):
        self.check("hostile", "plain", 100)

    def test_every_field(self):
        self.check("lab", "marked", 600)

    def test_every_field_of_hostile(self):
        self.check("hostile", "marked", 250)

    def test_the_search_finds(self):
        """Without redaction the same search finds what there is, in every format that has text."""
        drawn = Drawn("lab", "plain", "none")
        for text in ("scada1.lanhe.example", "198.18.30.11", "Siemens", "LH-2026-001",
                     "Distribution dispatch SCADA"):
            for name, content in drawn.files.items():
                if not name.endswith(".png") and name.startswith("both"):
                    short = text.split(".lanhe")[0]
                    self.assertTrue(found(content.lower(), short), f"{name} has no {short}")
        page = drawn.files["both.html"].lower()
        for text in ("4611686018427300005", "02:00:00:00:00:05", "Debian 12"):
            self.assertTrue(found(page, text), text)
        marked = Drawn("lab", "marked", "none")
        page = marked.files["both.html"].lower()
        fields = {field for field, text in marked.told if found(page, text)}
        self.assertLessEqual({"systems.name", "assets.name", "assets.vendor", "services.product",
                              "subnets.name", "assets.os"}, fields)


if __name__ == "__main__":
    unittest.main()
