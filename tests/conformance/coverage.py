#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""coverage.py PROGRAM DOCUMENT FINGERPRINTS [--update]: docs/coverage.md and the manual page of the
protocols say of them what the program and the tests do (--update writes both anew): how each is
asked and heard, what its readers told of the inputs of its corpus, what it is held against, and
whether others know it (peers.tsv)."""
import collections
import pathlib
import re
import subprocess
import sys
import textwrap
import xml.etree.ElementTree

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PAGE = ROOT / "docs/man/cadastre-protocols.7.scd"
BEGIN, END = "<!-- the protocols, as the program knows them -->\n", "<!-- end of the protocols -->\n"
BEGIN2, END2 = "<!-- what they are held against -->\n", "<!-- end of what they are held against -->\n"
BEGINS = {"asks": "a question of ours", "answers": "the server; answered",
          "listens": "the server; only listened to"}
Row = collections.namedtuple("Row", "listed name transport ports risk begins kept reference "
                             "request asked inputs bytes fields")
# What links tell, read by `listen` alone: their readers.
LINKS = ("lldp", "cdp", "dhcp", "ndp", "goose", "nbns", "dns")
SHOWN = 48  # bytes of a request


def rows(program, folder):
    out = subprocess.run([program, folder, ROOT / "tests/fuzz/corpus"], capture_output=True,
                         text=True, check=True).stdout
    return [Row(*line.split("\t")) for line in out.splitlines()]


def fingerprints(folder):
    count = {}
    for path in pathlib.Path(folder).glob("*.xml"):
        root = xml.etree.ElementTree.parse(path).getroot()
        name = root.get("protocol") or root.get("matches").split(".")[0]
        count[name] = count.get(name, 0) + len(root)
    return count


def captures():
    """Captures of the golden cases in which a protocol is read, whole or named."""
    count = collections.Counter()
    for path in (ROOT / "tests/pcap/expected").glob("*.txt"):
        text = path.read_text(encoding="utf-8")
        count.update(set(re.findall(r'"kind":"service".*?"protocol":"([a-z0-9]+)"', text)))
    return count


def fuzzed():
    """Inputs of each target, as docs/fuzzing.md states them."""
    text = (ROOT / "docs/fuzzing.md").read_text(encoding="utf-8")
    return dict(re.findall(r"^\| (\w+) \| ([\d,]+) \|", text, re.M))


def peers():
    lines = (ROOT / "tests/conformance/peers.tsv").read_text(encoding="utf-8").splitlines()
    return {cells[0]: cells[1:] for cells in (line.split("\t") for line in lines
                                              if not line.startswith("#"))}


def markdown(head, body):
    lines = ["| " + " | ".join(row) + " |" for row in [head, *body]]
    lines.insert(1, "|" + "---|" * len(head))
    return "\n".join(lines) + "\n"


def table(found, folder):
    count = fingerprints(folder)
    return markdown(("protocol", "transport", "ports", "from profile", "who begins",
                     "kept when overheard", "our fingerprints", "reference"),
                    [(r.name, r.transport, r.ports or "any", r.risk, BEGINS[r.begins], r.kept,
                      str(count.get(r.name, "")), r.reference) for r in found])


def reached(row, folder):
    """How many fields the replies of the tests give; and of how many that its file names."""
    kinds = {xml.etree.ElementTree.parse(p).getroot().get("matches") for p in pathlib.Path(folder).glob("*.xml")}
    given = {f.split(" ")[-1] for f in row.fields.split(",")}
    named = set(re.findall(r'"([a-z0-9_]+\.[a-z0-9_.]+)"', source_of(row).read_text(encoding="utf-8")))
    own = {f for f in named - kinds if f.split(".")[0] in {g.split(".")[0] for g in given if "." in g}}
    missing = own - given
    return f"{len(row.fields.split(','))}" + (f", without {', '.join(sorted(missing))}" if missing else "")


def evidence(found, folder):
    seen, inputs, others = captures(), fuzzed(), peers()
    body = []
    for r in found:
        theirs = others.get(r.name, ["not looked up"] * 4)
        body.append((r.name, r.transport, reached(r, folder),
                     str(seen.get(r.name, "")), r.inputs, inputs.get(r.listed, ""), *theirs))
    return markdown(("protocol", "transport", "fields", "captures", "corpus", "inputs fuzzed",
                     "zgrab2", "nerva", "Zeek with ICSNPP", "nDPI"), body)


# ---- the manual page ------------------------------------------------------------------------


def comment(text):
    """The paragraphs of a comment in C, without its frame."""
    lines = [re.sub(r"^\s*(/\*+|\*+/|\*)? ?", "", line.replace("*/", "")) for line in text.splitlines()]
    return [" ".join(p.split()) for p in "\n".join(lines).strip().split("\n\n")]


def about(path):
    """What the head of a file says, up to its references."""
    text = path.read_text(encoding="utf-8")
    head = [c for c in re.findall(r"/\*.*?\*/", text, re.S) if "SPDX" not in c][0]
    kept = []
    for paragraph in comment(head):
        if re.match(r"References?:", paragraph):
            break
        kept.append(re.sub(r" References?: .*", "", paragraph))
    return kept


def before(path, function):
    """The comment that stands before a function, if there is one."""
    found = re.search(r"(/\*(?:(?!\*/).)*\*/)\n(?:static )?\w+ (?:\w+ )?" + re.escape(function) + r"\(",
                      path.read_text(encoding="utf-8"), re.S)
    return " ".join(comment(found[1])) if found else ""


def source_of(row):
    for path in sorted((ROOT / "scanner/protocol").glob("*.c")):
        if re.search(rf"^const struct protocol protocol_{row.listed} =", path.read_text(encoding="utf-8"), re.M):
            return path
    sys.exit(f"no file has the protocol {row.listed}")


def member(row, path, name):
    """The function that stands in a member of the protocol's row, or None."""
    text = path.read_text(encoding="utf-8")
    block = re.search(rf"^const struct protocol protocol_{row.listed} =.*?^}};", text, re.M | re.S)[0]
    found = re.search(rf"\.{name} = (\w+)", block)
    return found[1] if found else None


def plain(text):
    return re.sub(r"([\\_*`<>#~\[\]|])", r"\\\1", text)


def wrapped(text):
    lines = textwrap.wrap(plain(text), 96, break_long_words=False, break_on_hyphens=False)
    return "\n".join("\\" + line if line[0] in ".-+&'" else line for line in lines)


def question(row):
    data = bytes.fromhex(row.request)
    if not data:
        return {"asks": "A TLS ClientHello.", "answers": "Nothing, until the server has spoken.",
                "listens": "Nothing; the server speaks first."}[row.begins]
    shown = data[:SHOWN]
    if all(32 <= b < 127 or b in (9, 10, 13) for b in data):
        said = '"' + shown.decode().replace("\r", "\\r").replace("\n", "\\n") + '"'
    else:
        said = shown.hex(" ")
    more = f" ... ({len(data)} bytes)" if len(data) > SHOWN else ""
    return f"{said}{more}"


def then(row):
    if row.asked == "0":
        return ""
    what = "request" if row.asked == "1" else "requests"
    return f". Then at most {row.asked} more {what}, by what was answered" if row.request else \
        f" Then at most {row.asked} {what}, by what it said"


def fields(row):
    """Its own first; then what fingerprints and certificates add."""
    found = sorted(row.fields.split(","), key=lambda f: (not f.startswith(row.name + "."), " " in f, f))
    return ", ".join(found)


def section(group):
    path = source_of(group[0])
    out = [f"## {group[0].name}", ""]
    for paragraph in about(path):
        out += [wrapped(paragraph), ""]
    for row in group:
        recognise, overheard = member(row, path, "recognise"), member(row, path, "overheard")
        told = [("Ports", f"{row.transport} {row.ports or 'any'}"),
                ("Asked", question(row) + then(row)),
                ("From profile", f"{row.risk}; begins: {BEGINS[row.begins]}"),
                ("Recognised", "by its form, on any port. " + before(path, recognise)),
                ("Overheard", "a part of it is kept. " + before(path, overheard) if overheard else
                 "all of it is kept"),
                ("Fields", fields(row)),
                ("Reference", row.reference)]
        for name, text in told:
            text = text.strip().rstrip(".") + "."
            out += [f"*{name}*", "\t" + wrapped(text[0].upper() + text[1:] if name != "Fields" else
                                               text).replace("\n", "\n\t"), ""]
    return out


def page(found):
    out = ["cadastre-protocols(7)", "", "; SPDX-License-Identifier: Apache-2.0",
           "; Made by tests/conformance/coverage.py from the program and its sources; not edited by hand.",
           "", "# NAME", "", "cadastre-protocols - what cadastre asks of services, and what it reads", "",
           "# DESCRIPTION", "",
           wrapped("Every protocol that *scan* and *survey* ask and *listen* overhears. What is sent is shown as it "
                   "would be sent to 198.18.0.1, in hexadecimal or as text; ids in it change from question to question. "
                   "There is no write, no start, no subscription, no log-in and no broadcast in it. Fields are those "
                   "that the replies of the tests give, with what fingerprints add; a key is an identity key, a name a "
                   "claimed name.".replace("*", "")), "", "# PROTOCOLS", ""]
    groups = collections.OrderedDict()
    for row in found:
        groups.setdefault(source_of(row), []).append(row)
    for group in groups.values():
        out += section(group)
    out += ["# READ BY LISTEN ALONE", ""]
    for name in LINKS:
        out += [f"## {name}", ""]
        for paragraph in about(ROOT / f"scanner/wire/{name}.h"):
            out += [wrapped(paragraph), ""]
    out += ["# SEE ALSO", "", "*cadastre*(1)"]
    return "\n".join(out) + "\n"


def between(text, begin, end, new):
    before_, rest = text.split(begin)
    return before_ + begin + new + end + rest.split(end)[1]


def main():
    program, document, folder = sys.argv[1:4]
    found = rows(program, folder)
    path = pathlib.Path(document)
    text = path.read_text(encoding="utf-8")
    wanted = between(between(text, BEGIN, END, table(found, folder)), BEGIN2, END2, evidence(found, folder))
    for file, new in ((path, wanted), (PAGE, page(found))):
        if "--update" in sys.argv:
            file.write_text(new, encoding="utf-8")
        elif not file.exists() or file.read_text(encoding="utf-8") != new:
            sys.exit(f"{file} is not as the program is; run: {' '.join(sys.argv)} --update")
    mute = [r.listed for r in found if not r.fields]
    if mute:
        sys.exit(f"no input of the corpus makes the reader tell anything: {', '.join(mute)}")
    print(f"{len(found)} protocols")


main()
