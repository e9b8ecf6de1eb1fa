#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Embeds schema/queries/*.sql and schema/migrations/*.sql into C.

    embed.py SCHEMA_DIR OUT.c OUT.h DEPFILE

A query file holds one statement. Its leading comment tells what it is for and documents each
parameter in a line of the form

    -- $1::int8 : the run

A line "-- Kept: ..." has its plan kept by a connection that asks it again; a line "-- Binary: ..." has
its rows sent as the server holds them, which takes both sides less than text.

Fails, naming file and parameter, when the documented and the used parameters differ, when a
type is unknown, when a query holds more than one statement, or when migrations are not
numbered 1, 2, 3 without gaps.
"""
import hashlib
import os
import re
import sys

# Order is that of enum db_type in inventory/store/db.h.
TYPES = ['int8', 'int4', 'int2', 'bool', 'float8', 'text', 'bytea', 'timestamptz', 'inet',
         'cidr', 'macaddr']
PARAMETER = re.compile(r'^--\s*\$(\d+)::(\S+)\s*:\s*\S')
KEPT = re.compile(r'^--\s*Kept:', re.M)
BINARY = re.compile(r'^--\s*Binary:', re.M)
TOKEN = re.compile(r"""(?P<line>--[^\n]*)|(?P<block>/\*.*?\*/)|(?P<text>'(?:[^']|'')*')
    |(?P<name>"(?:[^"]|"")*")|(?P<dollar>\$(?P<tag>[A-Za-z_]*)\$.*?\$(?P=tag)\$)
    |(?P<param>\$\d+)|(?P<end>;)|(?P<space>\s+)|(?P<other>.)""", re.S | re.X)


class Bad(Exception):
    pass


def read(path):
    with open(path, encoding='ascii') as f:
        return f.read()


def squeeze(sql):
    """The statement without comments, and what its parameters and semicolons are."""
    out, used, ends = [], set(), 0
    for m in TOKEN.finditer(sql):
        if m['line'] or m['block'] or m['space']:
            if out and out[-1] != ' ':
                out.append(' ')
            continue
        if m['end']:
            ends += 1
            continue
        if ends:
            raise Bad('more than one statement')
        if m['param']:
            used.add(int(m['param'][1:]))
        out.append(m.group(0))
    return ''.join(out).strip(), used


def load_query(path):
    text = read(path)
    documented = {}
    for line in text.splitlines():
        m = PARAMETER.match(line.strip())
        if not m:
            continue
        number, kind = int(m[1]), m[2]
        if kind not in TYPES:
            raise Bad('parameter $%d has unknown type "%s"' % (number, kind))
        if number in documented:
            raise Bad('parameter $%d is documented twice' % number)
        documented[number] = kind
    sql, used = squeeze(text)
    if not sql:
        raise Bad('empty')
    for number in sorted(used - set(documented)):
        raise Bad('parameter $%d is used but not documented' % number)
    for number in sorted(set(documented) - used):
        raise Bad('parameter $%d is documented but not used' % number)
    if sorted(used) != list(range(1, len(used) + 1)):
        raise Bad('parameters are not numbered from $1 without gaps')
    return sql, [documented[i] for i in sorted(documented)], bool(KEPT.search(text)), \
        bool(BINARY.search(text))


def c_string(text, indent):
    lines = []
    for piece in re.findall(r'[^\n]{1,200}\n?|\n', text):
        escaped = piece.replace('\\', '\\\\').replace('"', '\\"').replace('\n', '\\n')
        lines.append(indent + '"' + escaped.replace('??', '?\\?') + '"')
    return '\n'.join(lines) or indent + '""'


def sql_files(directory):
    return sorted(n for n in os.listdir(directory) if n.endswith('.sql'))


def load_migrations(directory):
    rows = []
    for i, name in enumerate(sql_files(directory), 1):
        m = re.match(r'^(\d{4})_([a-z0-9_]+)\.sql$', name)
        if not m or int(m[1]) != i:
            raise Bad('%s: expected number %04d' % (name, i))
        text = read(os.path.join(directory, name))
        rows.append((i, m[2], hashlib.sha256(text.encode()).hexdigest(), text))
    return rows


def load(schema):
    queries = []
    directory = os.path.join(schema, 'queries')
    for name in sql_files(directory):
        try:
            if not re.match(r'^[a-z][a-z0-9_]*\.sql$', name):
                raise Bad('bad file name')
            queries.append((name[:-4], *load_query(os.path.join(directory, name))))
        except (Bad, UnicodeDecodeError) as e:
            raise Bad('schema/queries/%s: %s' % (name, e))
    return queries, load_migrations(os.path.join(schema, 'migrations'))


def depfile_name(path):
    """A file name as a depfile holds it: the place of the sources may have spaces in its name."""
    return re.sub(r'([ #\\])', r'\\\1', path).replace('$', '$$')


def write(path, lines):
    with open(path, 'w', encoding='utf-8', errors='surrogateescape') as f:
        f.write('\n'.join(lines) + '\n')


def main():
    schema, out_c, out_h, depfile = sys.argv[1:5]
    try:
        queries, migrations = load(schema)
    except Bad as e:
        sys.exit('embed.py: %s' % e)

    c = ['/* Written by schema/embed.py; do not edit. */', '#include "inventory/store/queries.h"', '']
    h = ['/* Written by schema/embed.py; do not edit. */', '#ifndef INVENTORY_STORE_QUERIES_H',
         '#define INVENTORY_STORE_QUERIES_H', '', '#include "inventory/store/db.h"', '']
    h += ['/* Queries whose plans are kept. */',
          '#define QUERIES_KEPT %d' % sum(query[3] for query in queries), '']
    for name, sql, types, kept, binary in queries:
        h.append('extern const struct query query_%s;' % name)
        c.append('const struct query query_%s = {"%s", %d, {%s}, %s, %s,\n%s};' % (
            name, name, len(types), ', '.join('DB_' + t.upper() for t in types) or '0',
            str(kept).lower(), str(binary).lower(), c_string(sql, '\t')))
    c.append('\nconst struct migration store_migrations[] = {')
    for number, name, digest, text in migrations:
        c.append('\t{%d, "%s", "%s",\n%s},' % (number, name, digest, c_string(text, '\t\t')))
    c.append('};')
    c.append('const size_t store_n_migrations = %d;' % len(migrations))
    h += ['', 'extern const struct migration store_migrations[];',
          'extern const size_t store_n_migrations;', '', '#endif']
    write(out_c, c)
    write(out_h, h)

    # The directories themselves are listed, so that a new or removed file is noticed.
    inputs = []
    for part in ('queries', 'migrations'):
        directory = os.path.join(schema, part)
        inputs += [directory] + [os.path.join(directory, n) for n in sql_files(directory)]
    write(depfile, ['%s %s: %s' % (out_c, out_h, ' '.join(map(depfile_name, inputs)))])


if __name__ == '__main__':
    main()
