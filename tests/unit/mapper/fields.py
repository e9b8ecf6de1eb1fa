#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the text fields of all records of the estate as a table in C: fields.py estate.h OUT.inc

A field that is new in the header is in the table by itself, so that no test has to be told of it.
"""
import re
import sys


def records(header):
    found = re.findall(r"^struct (estate_\w+) \{(.*?)^\};", header, re.S | re.M)
    for name, body in found:
        body = re.sub(r"/\*.*?\*/", "", body, flags=re.S)
        texts = []
        for declared in re.findall(r"const char ([^;]*);", body):
            texts += re.findall(r"\*(\w+)", declared)
        yield name, texts


def main(header, out):
    text = open(header, encoding="utf-8").read()
    whole = re.search(r"^struct estate \{(.*?)^\};", text, re.S | re.M).group(1)
    arrays = dict(re.findall(r"struct (estate_\w+) \*(\w+);", whole))
    lines = []
    for name, texts in records(text):
        if name not in arrays:
            sys.exit(f"fields.py: the estate has no array of struct {name}")
        lines += [f"TEXT({arrays[name]}, {name}, {field})" for field in texts]
    if len(lines) < 30:
        sys.exit("fields.py: too few text fields; has the form of the header changed?")
    open(out, "w", encoding="utf-8").write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
