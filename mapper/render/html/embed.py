#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes C text of the HTML page's style and script, and the CSP hash of the script."""
import base64
import hashlib
import sys

style_path, script_path, out_path = sys.argv[1:]


def literal(name, text):
    """One C string, a source line per line, bytes outside printable ASCII in octal."""
    rows = []
    for line in text.splitlines(keepends=True):
        row = ""
        for byte in line.encode():
            char = chr(byte)
            if char in '"\\?':
                row += "\\" + char
            elif 0x20 <= byte < 0x7f:
                row += char
            else:
                row += f"\\{byte:03o}"
        rows.append(f'\t"{row}"')
    return f"const char {name}[] =\n" + "\n".join(rows) + ";\n"


with open(style_path, encoding="utf-8") as file:
    style = file.read()
with open(script_path, encoding="utf-8") as file:
    script = file.read()
for name, text, end in (("style", style, "</style"), ("script", script, "</script")):
    if end in text.lower() or "<!--" in text:
        sys.exit(f"the {name} would end its own element")

# The page writes <script>, a newline, the text and </script>: the hash covers what is between.
digest = base64.b64encode(hashlib.sha256(("\n" + script).encode()).digest()).decode()
with open(out_path, "w", encoding="ascii") as file:
    file.write("/* Made by embed.py from page.css and page.js. */\n"
               '#include "mapper/render/html.h"\n\n')
    file.write(literal("html_style", style) + "\n" + literal("html_script", script) + "\n")
    file.write(literal("html_script_hash", "sha256-" + digest))
