#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes a C table of files (schemas, norm packs): embed.py OUTPUT FILE..., or of others under a name of
their own: embed.py OUTPUT --as NAME FILE..."""
import os
import sys


def main():
    output, files, room = sys.argv[1], sys.argv[2:], 'norm'
    if files[0] == '--as':
        room, files = files[1], files[2:]
    files.sort(key=os.path.basename)
    lines = ['/* Written by inventory/norm/embed.py; do not edit. */',
             '#include "inventory/%s/embedded.h"' % room, '', '#include <string.h>', '']
    for i, path in enumerate(files):
        with open(path, 'rb') as f:
            data = f.read()
        lines.append('static const unsigned char file_%d[] = {' % i)
        for at in range(0, len(data), 16):
            lines.append('\t' + ''.join('%d,' % b for b in data[at:at + 16]))
        lines.append('\t0};')
    lines.append('const struct norm_embedded %s_embedded_files[] = {' % room)
    for i, path in enumerate(files):
        lines.append('\t{"%s", file_%d, sizeof(file_%d) - 1},' % (os.path.basename(path), i, i))
    lines += ['};', 'const size_t %s_embedded_n = %d;' % (room, len(files)), '']
    if room == 'norm':
        lines += ['const struct norm_embedded *norm_embedded_find(const char *name)', '{',
                  '\tfor (size_t i = 0; i < norm_embedded_n; i++)',
                  '\t\tif (strcmp(norm_embedded_files[i].name, name) == 0)',
                  '\t\t\treturn &norm_embedded_files[i];', '\treturn NULL;', '}', '']
    with open(output, 'w', encoding='ascii') as f:
        f.write('\n'.join(lines))


main()
