# SPDX-License-Identifier: Apache-2.0
"""What the SQL cases share: a register on a private cluster of its own in a temporary directory,
bundles made line by line, and questions to the tables."""
import base64
import datetime
import glob
import hashlib
import json
import os
import pathlib
import pwd
import re
import shutil
import subprocess
import tempfile
import time

DATABASE_VARIABLES = ("CADASTRE_DB", "PGHOST", "PGHOSTADDR", "PGSERVICE", "PGDATABASE", "PGPORT",
                      "PGUSER", "PGPASSWORD")
START = datetime.datetime(2026, 3, 1, 8, tzinfo=datetime.timezone.utc)


def psql_path():
    """The program itself: what Debian puts first on the path is a script in Perl around it, which
    takes longer to start than most questions take."""
    versions = glob.glob("/usr/lib/postgresql/*/bin/psql")
    return max(versions, key=lambda path: int(path.split("/")[4])) if versions \
        else shutil.which("psql")


# What the views tell of all assets, and what functions tell of one.
TOLD = (
    ("asset_system", "asset_id, system, rule, value, as_of, document, from_import",
     "a.asset_id, f.system, f.rule, f.value, f.as_of, f.document, f.from_import", "system_of({id})"),
    ("asset_attested", "asset_id, attribute, value, selector, asset, as_of, document, from_import",
     "a.asset_id, f.attribute, f.value, f.selector, f.asset, f.as_of, f.document, f.from_import",
     "attested_of({id})"),
    ("asset_responsible", "asset_id, duty, organisation, organisation_name, value",
     "a.asset_id, f.duty, f.organisation, f.organisation_name, f.value",
     "responsible_of({id}, {day})"),
    ("asset", "asset_id, name, role, role_reason, state, vendor, model, os, first_run, last_run",
     "a.asset_id, f.name, f.role, f.role_reason, f.state, f.vendor, f.model, f.os, f.first_run, "
     "f.last_run", "asset_of({id})"),
)
THEN = """SELECT set_config('cadastre.as_of', '{time}', false),
    set_config('cadastre.known_at', '{time}', false),
    set_config('cadastre.known_run', '{run}', false),
    set_config('cadastre.known_import', '1000000', false),
    set_config('cadastre.runs', runs_at('{time}', {run})::text, false),
    set_config('cadastre.imports', imports_at('{time}', 1000000)::text, false) IS NULL;
    SET search_path = cadastre_as_of, cadastre, pg_temp;"""

# What is kept of another time for questions about all assets, in the order in which the program does it.
SOURCE = pathlib.Path(__file__).resolve().parents[2]
KEEP = sorted(re.findall(r"&query_(as_of_keep_\w+)", (SOURCE / "inventory/questions/moment.c").read_text(
    encoding="ascii")), key=lambda name: name != "as_of_keep_begin")
KEPT = ("address", "asset_seen", "asset", "asset_attested", "asset_system", "asset_responsible")


class Register:
    def __init__(self, tool):
        self.tool = tool
        self.dir = tempfile.TemporaryDirectory(prefix="cadastre-sql-")
        os.chmod(self.dir.name, 0o755)
        self.data = self.dir.name + "/data"
        self.env = dict(os.environ, CADASTRE_DATA=self.data)
        for name in DATABASE_VARIABLES:
            self.env.pop(name, None)
        self.holder = None

    def close(self):
        self.release()
        self.run("stop")
        self.dir.cleanup()

    def path(self, name):
        return os.path.join(self.dir.name, name)

    def popen(self, *words, **options):
        return subprocess.Popen([self.tool, *words], stdin=subprocess.PIPE, env=self.env,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                **options)

    def run(self, *words, code=0, stdin=None):
        done = subprocess.run([self.tool, *map(str, words)], capture_output=True, env=self.env,
                              text=True, timeout=300, input=stdin)
        assert done.returncode == code, \
            f"{words}: exit {done.returncode}, not {code}\n{done.stderr}{done.stdout}"
        self.message = done.stderr.strip()
        rows = [json.loads(line) for line in done.stdout.splitlines()]
        return rows[0] if len(rows) == 1 else rows

    def hold(self):
        """Keeps the server up, so that tables can be asked between calls."""
        if not self.holder:
            self.holder = self.popen("hold")
            line = self.holder.stdout.readline()
            assert "open" in line, self.holder.stderr.read()

    def release(self):
        if self.holder:
            self.holder.communicate("", timeout=120)
            self.holder = None

    def socket(self):
        with open(self.data + "/postgres/cadastre.conf", encoding="utf-8") as file:
            text = file.read()
        return text.split("unix_socket_directories = '")[1].split("'")[0]

    def sql(self, statement, code=0):
        """Rows as lists of text."""
        self.hold()
        done = subprocess.run(
            [psql_path(), "-X", "-h", self.socket(), "-U", "cadastre", "-d", "postgres", "-At",
             "-F", "\x1f", "-v", "ON_ERROR_STOP=1"],
            input="SET search_path = cadastre, pg_temp; SET timezone = 'UTC';\n" + statement + ";",
            capture_output=True, text=True, timeout=300)
        assert (done.returncode == 0) == (code == 0), done.stderr + done.stdout
        self.message = done.stderr.strip()
        return [line.split("\x1f") for line in done.stdout.splitlines() if line != "SET"]

    def one(self, statement):
        rows = self.sql(statement)
        assert len(rows) == 1 and len(rows[0]) == 1, rows
        return rows[0][0]

    def told_apart(self, time=None, run=1000000):
        """Of which assets the functions tell another thing than the views, now or at a time."""
        day = "cadastre.as_of()::date" if time else "current_date"
        parts = []
        for view, columns, told, function in TOLD:
            one = f"""SELECT {told} FROM alone a
                CROSS JOIN LATERAL {function.format(id="a.asset_id", day=day)} f"""
            every = f"SELECT {columns} FROM {view} JOIN alone USING (asset_id)"
            parts.append(f"SELECT '{view}', x::text FROM (({one}) EXCEPT ({every})) x")
            parts.append(f"SELECT 'no {view}', x::text FROM (({every}) EXCEPT ({one})) x")
        question = "CREATE TEMP TABLE alone AS SELECT asset_id FROM asset WHERE merged_into IS NULL;" \
            + " UNION ALL ".join(parts)
        rows = self.sql((THEN.format(time=time, run=run) if time else "") + question)
        return [row for row in rows if len(row) == 2] + (self.kept_apart(time, run) if time else [])

    def kept_apart(self, time, run=1000000):
        """Rows in which what is kept for questions about all assets differs from the views."""
        parts = [f"""SELECT '{name}', told, sum(n) FROM (
            SELECT x::text AS told, 1 AS n FROM cadastre_as_of.{name} x
            UNION ALL SELECT x::text, -1 FROM pg_temp.{name} x) AS rows
            GROUP BY told HAVING sum(n) <> 0""" for name in KEPT]
        rows = self.sql(THEN.format(time=time, run=run) + self.keep() + " UNION ALL ".join(parts))
        return [row for row in rows if len(row) == 3]

    @staticmethod
    def keep():
        return "".join((SOURCE / f"schema/queries/{name}.sql").read_text(encoding="ascii") + ";\n"
                       for name in KEEP)

    def times(self, realm=None):
        """Of the runs, or those of a realm: a second after the newest observation of each, and between them."""
        whose = f"JOIN realm USING (realm_id) WHERE name = '{realm}'" if realm else ""
        return [row[0] for row in self.sql(f"""SELECT DISTINCT ended + interval '1 second' FROM run {whose}
            UNION SELECT DISTINCT ended - interval '1 second' FROM run {whose} ORDER BY 1""")]

    def server_pid(self):
        try:
            with open(self.data + "/postgres/postmaster.pid", encoding="utf-8") as file:
                return int(file.readline())
        except FileNotFoundError:
            return 0

    def intake(self, bundle, code=0):
        path = self.path("bundle")
        with open(path, "wb") as file:
            file.write(bundle if isinstance(bundle, bytes) else bundle.bytes())
        return self.run("intake", path, "a case", code=code)


class Bundle:
    """Observations in the order in which they are told. `at` moves the clock of the run."""
    number = 0

    def __init__(self, realm="plant", vantage="internal", at=0, identity=None):
        Bundle.number += 1
        self.id = identity or hashlib.sha256(b"%d" % Bundle.number).hexdigest()[:32]
        self.time = START + datetime.timedelta(hours=at)
        self.lines = [{"cadastre": "bundle", "version": 1, "id": self.id, "realm": realm,
                       "vantage": vantage, "tool": "case", "started": self.stamp()}]

    def stamp(self):
        return self.time.strftime("%Y-%m-%dT%H:%M:%SZ")

    def say(self, kind, method, addr=None, raw=None, attributes=None, **members):
        self.time += datetime.timedelta(seconds=1)
        line = {"kind": kind, "method": method, "time": self.stamp()}
        if addr:
            line["addr"] = addr
        line.update(members)
        if attributes:
            line["attributes"] = attributes
        if raw is not None:
            line["raw"] = base64.b64encode(raw).decode()
        self.lines.append(line)
        return self

    def host(self, addr, mac=None, method=None, **more):
        members = {"mac": mac} if mac else {}
        return self.say("host", method or ("arp" if mac else "echo"), addr, **members, **more)

    def port(self, addr, *ports, transport="tcp"):
        for port in ports:
            self.say("port", "syn", addr, transport=transport, port=port)
        return self

    def service(self, addr, port, protocol=None, raw=b"hello", transport="tcp",
                method="greeting", **attributes):
        names = {k if "." in k else "service." + k: v for k, v in attributes.items()}
        members = {"protocol": protocol} if protocol else {}
        return self.say("service", method, addr, raw=raw, attributes=names, transport=transport,
                        port=port, **members)

    def key(self, addr, kind, value, method="greeting"):
        return self.say("key", method, addr, attributes={"type": kind, "value": value})

    def name(self, addr, name, source="dns", method="greeting"):
        return self.say("name", method, addr, attributes={"name": name, "source": source})

    def fact(self, addr, **attributes):
        return self.say("fact", "greeting", addr,
                        attributes={k.replace("__", "."): v for k, v in attributes.items()})

    def hop(self, addr, ttl, peer):
        return self.say("hop", "trace", addr, peer=peer, ttl=ttl)

    def link(self, addr, peer, layer="l2", source="lldp", method="greeting"):
        return self.say("link", method, addr, peer=peer,
                        attributes={"layer": layer, "source": source})

    def covered(self, cidr, ports="22,80,443", method="syn", **members):
        return self.say("coverage", "syn", **members,
                        attributes={"cidr": cidr, "method": method, "ports": ports})

    def bytes(self, trailer=True, **counters):
        body = b"".join(json.dumps(line).encode() + b"\n" for line in self.lines)
        if not trailer:
            return body
        end = {"end": True, "observations": len(self.lines) - 1,
               "sha256": hashlib.sha256(body).hexdigest(), "counters": {"sent": 100} | counters}
        return body + json.dumps(end).encode() + b"\n"


def wait_for(condition, what, seconds=60):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.05)


def ordinary_user():
    """A user that owns no cluster by default, for running as somebody who is not root."""
    return pwd.getpwnam("nobody")
