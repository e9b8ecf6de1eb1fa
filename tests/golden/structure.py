#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compares the structure of a drawn map with the one kept here.

    structure.py DRAW SAMPLE TYPE GOLDEN            compares
    structure.py --update DRAW SAMPLE TYPE GOLDEN   keeps what is drawn now

Structure: size, marks by sheet, layer and class, ids, every text, and the bounds of every layer
in whole centimetres. What a theme or a finer position changes does not show; a mark, a name or
a layer that is gone does.
"""
import collections
import difflib
import math
import pathlib
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET

SVG = "{http://www.w3.org/2000/svg}"
NUMBER = r"-?(?:\d+\.?\d*|\.\d+)"


def commands(path):
    """The points that a path of M, L, H, V, Z and their relative forms passes."""
    x = y = start_x = start_y = 0.0
    for verb, text in re.findall(r"([MmLlHhVvZz])([^MmLlHhVvZz]*)", path):
        v = [float(n) for n in re.findall(NUMBER, text)]
        low = verb.lower()
        if low == "z":
            x, y = start_x, start_y
        elif low == "h":
            for n in v:
                x = n + (x if verb == "h" else 0)
                yield x, y
        elif low == "v":
            for n in v:
                y = n + (y if verb == "v" else 0)
                yield x, y
        else:
            for i in range(0, len(v) - 1, 2):
                relative = verb.islower()
                x, y = v[i] + (x if relative else 0), v[i + 1] + (y if relative else 0)
                if low == "m" and i == 0:
                    start_x, start_y = x, y
                yield x, y


def points(element):
    get = lambda name: float(element.get(name, "0"))
    tag = element.tag.removeprefix(SVG)
    if tag in ("rect", "use"):
        yield get("x"), get("y")
        yield get("x") + get("width"), get("y") + get("height")
    elif tag == "text":
        yield get("x"), get("y")
    elif tag == "path":
        yield from commands(element.get("d", ""))
    elif tag in ("polyline", "polygon", "line"):
        v = [float(n) for n in re.findall(NUMBER, element.get("points", ""))]
        yield from zip(v[::2], v[1::2])


def marks(element):
    """A path may hold many marks of one class: every M begins one."""
    if element.tag == SVG + "path":
        return len(re.findall(r"[Mm]", element.get("d", "")))
    return 1


def describe(svg):
    root = ET.parse(svg).getroot()
    lines = [f"size {root.get('width')} {root.get('height')} viewBox {root.get('viewBox')}"]
    width, height = (float(v) for v in root.get("viewBox").split()[2:])
    counts, texts, ids, bounds = collections.Counter(), [], [], {}

    def walk(element, trail, dx, dy, style):
        tag = element.tag.removeprefix(SVG)
        if tag in ("defs", "style", "title", "desc"):
            return
        move = re.match(rf"translate\(({NUMBER})(?:[ ,]+({NUMBER}))?\)", element.get("transform", ""))
        if move:
            dx, dy = dx + float(move[1]), dy + float(move[2] or 0)
        if element.get("id"):
            ids.append(element.get("id"))
        style = element.get("class") or style
        if tag == "g" and element.get("id"):
            trail = element.get("id")
        elif tag not in ("svg", "g", "a", "tspan"):
            counts[f"{trail} {tag} {style}"] += marks(element)
            for x, y in points(element):
                x, y = x + dx, y + dy
                if not (-0.1 <= x <= width + 0.1 and -0.1 <= y <= height + 0.1):
                    lines.append(f"OFF THE SHEET {tag} {style} {x:.1f} {y:.1f}")
                b = bounds.setdefault(trail, [math.inf, math.inf, -math.inf, -math.inf])
                b[:] = min(b[0], x), min(b[1], y), max(b[2], x), max(b[3], y)
        if tag == "text":
            texts.append("".join(element.itertext()))
        for child in element:
            walk(child, trail, dx, dy, style)

    walk(root, "", 0.0, 0.0, "")
    lines += [f"id {i}" for i in ids]
    lines += [f"bounds {k} " + " ".join(f"{v / 10:.0f}" for v in b) for k, b in bounds.items()]
    lines += [f"marks {k}: {n}" for k, n in sorted(counts.items())]
    lines += [f"text {t}" for t in sorted(texts)]
    return lines


def main(arguments):
    update = arguments[0] == "--update"
    draw, sample, kind, golden = arguments[update:]
    with tempfile.TemporaryDirectory() as folder:
        svg = pathlib.Path(folder) / "map.svg"
        subprocess.run([draw, sample, kind, svg], check=True)
        now = describe(svg)
    if any(line.startswith("OFF") for line in now):
        sys.exit("\n".join(line for line in now if line.startswith("OFF")))
    if update:
        pathlib.Path(golden).write_text("\n".join(now) + "\n")
        print(f"{golden}: {len(now)} lines")
        return
    kept = pathlib.Path(golden).read_text().splitlines()
    difference = list(difflib.unified_diff(kept, now, "kept", "drawn", lineterm="", n=0))
    print("\n".join(difference) or f"{len(now)} lines of structure agree")
    sys.exit(1 if difference else 0)


if __name__ == "__main__":
    main(sys.argv[1:])
