#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Turns a file into a C array: embed.py FILE NAME HEADER OUTPUT. The array is aligned for ELF."""
import pathlib
import sys

source, name, header, output = sys.argv[1:]
data = pathlib.Path(source).read_bytes()
rows = [", ".join(f"{byte:#04x}" for byte in data[i:i + 12]) for i in range(0, len(data), 12)]
pathlib.Path(output).write_text(
    f'#include "{header}"\n\nconst _Alignas(8) unsigned char {name}[] = {{\n\t'
    + ",\n\t".join(rows) + f"}};\nconst unsigned long {name}_size = sizeof({name});\n",
    encoding="ascii")
