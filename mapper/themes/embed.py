#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks a theme and writes it as C: embed.py THEME theme.h OUT.c

Fails on an unknown or missing style, a colour, number or shape that is malformed, a coordinate
outside the unit square, a name given twice, or a symbol without a shape. Shapes are turned so
that they run clockwise and holes counter-clockwise, as the non-zero rule of theme.h wants.
"""
import re
import shlex
import sys

KAPPA = 0.5522847498  # a quarter of a circle as one cubic


class Fault(Exception):
    pass


def colour(text):
    if text == "none":
        return "THEME_NONE"
    if not re.fullmatch(r"#[0-9a-f]{6}", text):
        raise Fault(f"colour {text!r}: expected none or #rrggbb")
    return "0x" + text[1:]


def number(text, least, most):
    value = float(text)
    if not least <= value <= most:
        raise Fault(f"{text} is not in {least}..{most}")
    return value


def style_row(words):
    name, row = words[0], {"fill": "none", "stroke": "none", "width": "0", "dash": "0,0"}
    for word in words[1:]:
        key, _, value = word.partition("=")
        if key not in row:
            raise Fault(f"style {name}: unknown attribute {key!r}")
        row[key] = value
    on, off = (number(v, 0, 20) for v in row["dash"].split(","))
    if (on > 0) != (off > 0):
        raise Fault(f"style {name}: dash needs both lengths or none")
    if (row["stroke"] != "none") != (number(row["width"], 0, 5) > 0):
        raise Fault(f"style {name}: stroke and width go together")
    return name, (f'\t[THEME_{name.upper().replace("-", "_")}] = {{"{name}", '
                  f'{colour(row["fill"])}, {colour(row["stroke"])}, '
                  f'{number(row["width"], 0, 5):g}, {{{on:g}, {off:g}}}}},')


def fmt(*values):
    for value in values:
        if not -1e-9 <= value <= 1 + 1e-9:
            raise Fault(f"coordinate {value:g} lies outside the unit square")
    return " ".join(f"{v:.4f}".rstrip("0").rstrip(".") for v in values)


def polygon(points, hole):
    area = sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(points, points[1:] + points[:1]))
    if abs(area) < 1e-6:
        raise Fault("a shape without area")
    if (area < 0) != hole:  # y down: a positive area runs clockwise
        points = points[::-1]
    return " ".join([f"M {fmt(*points[0])}"] + [f"L {fmt(*p)}" for p in points[1:]] + ["Z"])


def ellipse(cx, cy, rx, ry, hole):
    kx, ky = rx * KAPPA, ry * KAPPA
    quarters = [((cx + rx, cy + ky), (cx + kx, cy + ry), (cx, cy + ry)),
                ((cx - kx, cy + ry), (cx - rx, cy + ky), (cx - rx, cy)),
                ((cx - rx, cy - ky), (cx - kx, cy - ry), (cx, cy - ry)),
                ((cx + kx, cy - ry), (cx + rx, cy - ky), (cx + rx, cy))]
    if hole:  # mirrored, so that it runs the other way
        quarters = [tuple((x, 2 * cy - y) for x, y in quarter) for quarter in quarters]
    return " ".join([f"M {fmt(cx + rx, cy)}"] +
                    ["C " + " ".join(fmt(*p) for p in q) for q in quarters] + ["Z"])


def shape(words):
    hole = words[0] == "hole"
    kind, values = words[hole], [number(v, 0, 1) for v in words[hole + 1:]]
    wanted = {"rect": 4, "circle": 3, "ellipse": 4}
    if kind in wanted and len(values) != wanted[kind]:
        raise Fault(f"{kind} takes {wanted[kind]} numbers")
    if kind == "rect":
        x1, y1, x2, y2 = values
        return polygon([(x1, y1), (x2, y1), (x2, y2), (x1, y2)], hole)
    if kind == "circle":
        return ellipse(values[0], values[1], values[2], values[2], hole)
    if kind == "ellipse":
        return ellipse(*values, hole)
    if kind == "poly" and len(values) >= 6 and len(values) % 2 == 0:
        return polygon(list(zip(values[::2], values[1::2])), hole)
    raise Fault(f"unknown or malformed shape {' '.join(words)!r}")


def read(path):
    styles, symbols = {}, {}
    for number_, line in enumerate(open(path, encoding="utf-8"), 1):
        line = line.split("#")[0] if line.lstrip().startswith("#") else line
        try:
            words = shlex.split(line)
            if not words:
                continue
            if words[0] == "style":
                name, row = style_row(words[1:])
                if name in styles:
                    raise Fault(f"style {name} given twice")
                styles[name] = row
            elif words[0] == "symbol":
                name, label, label_zh = words[1:]
                if name in symbols:
                    raise Fault(f"symbol {name} given twice")
                if any(not text.isprintable() or '"' in text or "\\" in text
                       for text in (label, label_zh)):
                    raise Fault(f"symbol {name}: label is not plain text")
                symbols[name] = ((label, label_zh), [])
            elif symbols:
                list(symbols.values())[-1][1].append(shape(words))
            else:
                raise Fault(f"unknown statement {words[0]!r}")
        except (Fault, ValueError, IndexError) as fault:
            raise Fault(f"{path}:{number_}: {fault}")
    for name, (_, shapes) in symbols.items():
        if not shapes:
            raise Fault(f"{path}: symbol {name} has no shape")
    return styles, symbols


def check(path, header, styles, symbols):
    block = re.search(r"enum theme_style \{(.*?)THEME_STYLE_N", header, re.S).group(1)
    wanted = [n.lower().replace("_", "-") for n in re.findall(r"^\tTHEME_(\w+),", block, re.M)]
    for name in wanted:
        if name not in styles:
            raise Fault(f"{path}: no style {name}")
    for name in styles:
        if name not in wanted:
            raise Fault(f"{path}: style {name} is not in theme.h")
    if "unknown" not in symbols or len(symbols) > 20:
        raise Fault(f"{path}: needs a symbol 'unknown' and at most 20 in all")


def main(theme, header, out):
    try:
        styles, symbols = read(theme)
        check(theme, open(header, encoding="utf-8").read(), styles, symbols)
    except Fault as fault:
        sys.exit(f"embed.py: {fault}")
    lines = ["/* Made from the theme by mapper/themes/embed.py. */",
             '#include "mapper/themes/theme.h"', "",
             "const struct theme_style_row theme_styles[THEME_STYLE_N] = {",
             *styles.values(), "};", "", "const struct theme_symbol theme_symbols[] = {"]
    for name, ((label, label_zh), shapes) in symbols.items():
        lines.append(f'\t{{"{name}", "{label}", "{label_zh}",')
        lines += [f'\t "{s} "' for s in shapes[:-1]] + [f'\t "{shapes[-1]}", true}},']
    lines += ["};", "const size_t theme_n_symbols = "
              "sizeof(theme_symbols) / sizeof(theme_symbols[0]);", ""]
    open(out, "w", encoding="utf-8").write("\n".join(lines))


if __name__ == "__main__":
    main(*sys.argv[1:])
