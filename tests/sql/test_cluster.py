#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The private cluster: made and started by itself, one for all programs, stopped by the last; alive
after kill -9 and with a stale pid file; migrations, backup and restore; by root and by others."""
import glob
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from register import DATABASE_VARIABLES, Bundle, Register, ordinary_user, psql_path, wait_for  # noqa: E402

TOOL, SOURCE = sys.argv.pop(1), sys.argv.pop(1)


def alive(pid):
    """True for a process that runs; a zombie does not."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8") as file:
            return file.read().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


class Cluster(unittest.TestCase):
    def setUp(self):
        self.register = Register(TOOL)
        self.addCleanup(self.register.close)
        self.run_tool = self.register.run

    def fill(self):
        self.run_tool("grant", "plant", "198.18.0.0/15", "2020-01-01", "2099-01-01")
        self.register.intake(Bundle().host("198.18.1.1").port("198.18.1.1", 22, 80)
                             .service("198.18.1.1", 22, "ssh", product="OpenSSH")
                             .name("198.18.1.1", "a.example"))
        return self.run_tool("status")

    def test_made_used_stopped(self):
        first = self.run_tool("status")
        self.assertEqual((first["schema"], first["private"], first["assets"]),
                         (first["newest"], 1, 0))
        pid = self.register.server_pid()
        self.assertFalse(pid and alive(pid), "the last program out stops the server")
        self.assertEqual(self.run_tool("stop")["answer"], 1)
        mode = os.stat(self.register.data + "/postgres").st_mode & 0o777
        self.assertEqual(mode, 0o700)
        conf = pathlib.Path(self.register.data + "/postgres/cadastre.conf").read_text()
        self.assertIn("listen_addresses = ''", conf)
        self.assertNotIn("fsync = off", conf)
        self.assertIn("shared_buffers = 128MB", conf)
        hba = pathlib.Path(self.register.data + "/postgres/pg_hba.conf").read_text()
        self.assertNotIn("trust", hba)
        # A large register gets a larger cache, as far as the machine has memory for it.
        large = pathlib.Path(self.register.data + "/postgres/base/1/large")
        large.touch()
        os.truncate(large, 16 << 30)
        self.run_tool("status")
        large.unlink()
        memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGESIZE")
        limit = pathlib.Path("/sys/fs/cgroup/memory.max")
        if limit.exists() and limit.read_text().strip() != "max":
            memory = min(memory, int(limit.read_text()))
        memory = memory // 16 >> 20
        conf = pathlib.Path(self.register.data + "/postgres/cadastre.conf").read_text()
        self.assertIn(f"shared_buffers = {max(128, min(1024, memory))}MB", conf)
        self.register.hold()
        self.assertEqual(self.register.one("SHOW data_checksums"), "on")
        self.assertEqual(self.run_tool("stop")["answer"], 0)

    def test_many_at_once(self):
        """Programs started together make one cluster, apply each migration once, and share it."""
        many = [self.register.popen("status") for _ in range(4)]
        told = [p.communicate(timeout=300) for p in many]
        self.assertEqual([p.returncode for p in many], [0] * 4, told)
        self.register.hold()
        self.assertEqual(self.register.one("SELECT count(*) = max(number) FROM migration"), "t")
        pid = self.register.server_pid()
        self.run_tool("status")
        self.assertEqual(self.register.server_pid(), pid, "one that leaves does not stop it")
        self.register.release()
        self.assertFalse(alive(pid))

    def test_killed_server(self):
        before = self.fill()
        for _ in range(3):
            self.register.hold()
            pid = self.register.server_pid()
            os.kill(pid, signal.SIGKILL)
            self.register.release()
            wait_for(lambda: not alive(pid), "the server must be gone")
            self.assertEqual(self.run_tool("status"), before)
        self.assertEqual(self.run_tool("verify")["bad"], 0)

    def test_killed_program(self):
        before = self.fill()
        holder = self.register.popen("hold")
        holder.stdout.readline()
        pid = self.register.server_pid()
        holder.kill()
        holder.communicate()
        self.assertTrue(alive(pid), "the server outlives a program that was killed")
        self.assertEqual(self.run_tool("status"), before)
        wait_for(lambda: not alive(pid), "and is stopped by the next one")

    def test_stale_pid_file(self):
        """A pid file that names another process: the server is not believed to run."""
        before = self.fill()
        other = subprocess.Popen(["sleep", "600"])
        self.addCleanup(other.wait)
        self.addCleanup(other.kill)
        path = self.register.data + "/postgres/postmaster.pid"
        for pid in (other.pid, 4194304 - 1):
            pathlib.Path(path).write_text(
                f"{pid}\n{self.register.data}/postgres\n1\n5432\n{self.register.socket()}\n\n  1 1\n")
            shutil.chown(path, *self.owner())
            self.assertEqual(self.run_tool("status"), before)
        self.assertIsNone(other.poll(), "a stranger's process is left alone")

    def owner(self):
        st = os.stat(self.register.data + "/postgres")
        return st.st_uid, st.st_gid

    def test_interrupted_making(self):
        """What an interrupted first start left behind is made anew."""
        os.makedirs(self.register.data + "/postgres.new/base")
        self.assertEqual(self.run_tool("status")["assets"], 0)
        self.assertFalse(os.path.exists(self.register.data + "/postgres.new"))

    def test_not_ours(self):
        os.makedirs(self.register.data + "/postgres")
        self.run_tool("status", code=4)
        self.assertIn("no private database of ours", self.register.message)

    def test_newer_schema_is_refused(self):
        self.fill()
        self.register.hold()
        newest = int(self.register.one("SELECT max(number) FROM migration"))
        self.register.sql(f"INSERT INTO migration VALUES ({newest + 1}, 'later', 'x')")
        self.run_tool("status", code=4)
        for word in (f"schema {newest + 1}", f"up to {newest}", "newer release"):
            self.assertIn(word, self.register.message)
        self.assertEqual(self.register.one("SELECT count(*) FROM asset"), "1")
        self.register.sql(f"DELETE FROM migration WHERE number = {newest + 1}")
        self.run_tool("status")

    def test_failed_migration_leaves_nothing(self):
        """A migration that cannot be applied is undone whole and said in one message."""
        self.run_tool("status")
        self.register.sql("""DROP SCHEMA cadastre CASCADE;
            CREATE FUNCTION public.refuse() RETURNS event_trigger LANGUAGE plpgsql AS
                $$ BEGIN RAISE 'not today'; END $$;
            CREATE EVENT TRIGGER refuse ON ddl_command_end WHEN TAG IN ('CREATE FUNCTION')
                EXECUTE FUNCTION public.refuse()""")
        self.run_tool("status", code=4)
        self.assertIn("migration 1", self.register.message)
        self.assertIn("not today", self.register.message)
        self.assertEqual(self.register.sql(
            "SELECT nspname FROM pg_namespace WHERE nspname = 'cadastre'"), [])
        self.register.sql("DROP EVENT TRIGGER refuse")
        self.assertEqual(self.run_tool("status")["assets"], 0)

    # ---- databases of somebody else

    def elsewhere(self, database, user="cadastre"):
        """Asks for the status of a database given by CADASTRE_DB; its one message."""
        env = dict(self.register.env, CADASTRE_DATA="/nonexistent/never",
                   CADASTRE_DB=f"host={self.register.socket()} user={user} dbname={database}")
        done = subprocess.run([TOOL, "status"], env=env, capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 4, done.stderr + done.stdout)
        self.assertEqual(len(done.stderr.strip().splitlines()), 1, done.stderr)
        return done.stderr

    def ask(self, database, *commands):
        words = [psql_path(), "-X", "-q", "-At", "-v", "ON_ERROR_STOP=1", "-h",
                 self.register.socket(), "-U", "cadastre", "-d", database]
        for command in commands:
            words += ["-c", command]
        return subprocess.run(words, check=True, capture_output=True, text=True).stdout.split()

    def test_a_database_in_another_encoding(self):
        self.register.hold()
        self.ask("postgres", "CREATE DATABASE bytes ENCODING 'SQL_ASCII' TEMPLATE template0 "
                 "LC_COLLATE 'C' LC_CTYPE 'C'")
        told = self.elsewhere("bytes")
        for word in ("SQL_ASCII", "UTF8", "createdb", "nothing was changed"):
            self.assertIn(word, told)
        self.assertEqual(self.ask("bytes", "SELECT nspname FROM pg_namespace "
                                  "WHERE nspname = 'cadastre'"), [])

    def test_a_schema_of_that_name_that_is_not_ours(self):
        self.register.hold()
        for number, table in enumerate(("parcel (id int4)", "migration (id int4)",
                                        "migration (number text, name text)")):
            with self.subTest(table):
                name = f"land{number}"
                self.ask("postgres", f"CREATE DATABASE {name}")
                self.ask(name, "CREATE SCHEMA cadastre", f"CREATE TABLE cadastre.{table}",
                         f"INSERT INTO cadastre.{table.split()[0]} VALUES (7)")
                told = self.elsewhere(name)
                for word in (name, "not a register of this program", "nothing was changed"):
                    self.assertIn(word, told)
                self.assertEqual(self.ask(name, f"SELECT * FROM cadastre.{table.split()[0]}")[0][0],
                                 "7")
                self.assertEqual(len(self.ask(name, "SELECT relname FROM pg_class WHERE "
                                              "relnamespace = 'cadastre'::regnamespace")), 1)

    def test_a_role_without_rights(self):
        """A peer of the same user on the socket may take a role that has no rights."""
        self.register.hold()
        self.ask("postgres", "CREATE ROLE guest LOGIN", "CREATE DATABASE closed",
                 "CREATE DATABASE ours")
        with open(self.register.data + "/postgres/pg_hba.conf", encoding="utf-8") as file:
            hba = file.read()
        pathlib.Path(self.register.data + "/postgres/pg_hba.conf").write_text(
            "local all guest trust\n" + hba)
        self.ask("postgres", "SELECT pg_reload_conf()")
        wait_for(lambda: subprocess.run(
            [psql_path(), "-X", "-h", self.register.socket(), "-U", "guest", "-d", "closed", "-c",
             "SELECT 1"], capture_output=True).returncode == 0, "the role must get in")
        told = self.elsewhere("closed", "guest")
        self.assertIn("permission denied", told)
        self.assertIn("lacks a right", told)
        env = dict(self.register.env, CADASTRE_DATA="/nonexistent/never",
                   CADASTRE_DB=f"host={self.register.socket()} user=cadastre dbname=ours")
        subprocess.run([TOOL, "status"], env=env, check=True, capture_output=True)
        told = self.elsewhere("ours", "guest")
        self.assertIn("permission denied", told)
        self.assertIn("lacks a right", told)
        self.assertEqual(self.ask("closed", "SELECT nspname FROM pg_namespace "
                                  "WHERE nspname = 'cadastre'"), [])

    def test_long_path(self):
        """The socket of a deep directory lies elsewhere: a socket's path has 107 bytes at most."""
        deep = Register(TOOL)
        self.addCleanup(deep.close)
        deep.data = deep.dir.name + "/" + "/".join(["d" * 40] * 4) + "/it's data"
        deep.env["CADASTRE_DATA"] = deep.data
        there = set(glob.glob("/tmp/cadastre-[0-9]*-*"))
        self.assertEqual(deep.run("status")["assets"], 0)
        self.assertEqual(set(glob.glob("/tmp/cadastre-[0-9]*-*")) - there, set(), "it is left behind")

    def test_backup_and_restore(self):
        before = self.fill()
        path = self.register.path("backup")
        self.run_tool("backup", path)
        self.run_tool("restore", path, code=4)
        self.assertIn("holds a register already", self.register.message)
        other = Register(TOOL)
        self.addCleanup(other.close)
        other.run("restore", path)
        self.assertEqual(other.run("status"), before)
        self.assertEqual(other.run("verify")["bad"], 0)
        self.assertEqual(other.sql("SELECT * FROM service ORDER BY 1, 2, 3, 4"),
                         self.register.sql("SELECT * FROM service ORDER BY 1, 2, 3, 4"))
        # It is a register like any other: the same network again is no change.
        self.assertEqual(other.intake(Bundle(at=1).port("198.18.1.1", 22, 80))["facts"], 0)
        self.assertEqual(other.run("grant", "plant", "198.18.0.0/15", "2020-01-01",
                                   "2099-01-01")["id"], 2)
        self.assertEqual(sorted(p for p in os.listdir(self.register.dir.name)
                                if p.startswith("backup")), ["backup"])

    def test_bad_backups(self):
        self.fill()
        path = self.register.path("backup")
        self.run_tool("backup", "/nonexistent/backup", code=7)
        self.run_tool("backup", path)
        whole = pathlib.Path(path).read_bytes()
        other = Register(TOOL)
        self.addCleanup(other.close)
        for name, data in (("cut", whole[:len(whole) // 2]), ("text", b"SELECT 1;\n"),
                           ("empty", b"")):
            pathlib.Path(path).write_bytes(data)
            with self.subTest(name):
                other.run("restore", path, code=4 if name == "cut" else 3)
                self.assertIn(path, other.message)
        other.run("restore", path + ".not", code=3)
        pathlib.Path(path).write_bytes(whole)
        other.run("restore", path)  # which an empty database only allows

    def test_a_server_that_is_not_there(self):
        env = dict(self.register.env, CADASTRE_DB="host=/nonexistent dbname=x connect_timeout=5")
        done = subprocess.run([TOOL, "status"], env=env, capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 4)
        self.assertEqual(len(done.stderr.strip().splitlines()), 1, done.stderr)
        self.assertIn("CADASTRE_DB", done.stderr)

    def test_a_server_of_somebody_else(self):
        """With a connection given, that server is used, and neither started nor stopped."""
        self.register.hold()
        subprocess.run([psql_path(), "-X", "-q", "-h", self.register.socket(), "-U", "cadastre",
                        "-d", "postgres", "-c", "CREATE DATABASE second"], check=True,
                       capture_output=True)
        env = dict(self.register.env, CADASTRE_DATA="/nonexistent/never",
                   CADASTRE_DB=f"host={self.register.socket()} user=cadastre dbname=second")
        done = subprocess.run([TOOL, "status"], env=env, capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn('"private":0', done.stdout)
        env = {name: value for name, value in env.items() if name not in DATABASE_VARIABLES}
        env.update(PGHOST=self.register.socket(), PGUSER="cadastre", PGDATABASE="second")
        done = subprocess.run([TOOL, "status"], env=env, capture_output=True, text=True, timeout=60)
        self.assertIn('"private":0', done.stdout, done.stderr)
        self.assertTrue(alive(self.register.server_pid()))

    def test_ordinary_user(self):
        if os.geteuid() != 0:
            self.skipTest("the whole suite runs as an ordinary user already")
        user = ordinary_user()
        theirs = self.register.path("theirs")
        os.mkdir(theirs, 0o700)
        os.chown(theirs, user.pw_uid, user.pw_gid)
        tool = self.register.path("tool")
        shutil.copy(TOOL, tool)
        os.chmod(tool, 0o755)
        env = dict(self.register.env, CADASTRE_DATA=theirs + "/data")
        drop = ["setpriv", "--reuid", str(user.pw_uid), "--regid", str(user.pw_gid),
                "--clear-groups"]

        def as_user(*words):
            return subprocess.run([*drop, tool, *words], env=env, capture_output=True, text=True,
                                  timeout=120, cwd="/")

        done = as_user("status")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(os.stat(theirs + "/data/postgres").st_uid, user.pw_uid)
        # Root's register is not theirs, and a message says so.
        self.run_tool("status")
        env["CADASTRE_DATA"] = self.register.data
        done = as_user("status")
        self.assertNotEqual(done.returncode, 0)
        self.assertEqual(len(done.stderr.strip().splitlines()), 1, done.stderr)

    def test_root_of_a_namespace(self):
        """Root of a user namespace in which nobody else is mapped cannot hand over; it nests."""
        inside = ["unshare", "--user", "--map-root-user"]
        if subprocess.run([*inside, "true"], capture_output=True).returncode:
            self.skipTest("this machine gives no user namespaces")
        for _ in range(2):
            done = subprocess.run([*inside, TOOL, "status"], env=self.register.env,
                                  capture_output=True, text=True, timeout=120)
            self.assertEqual(done.returncode, 0, done.stderr)

    def test_nobody_else_gets_in(self):
        if os.geteuid() != 0:
            self.skipTest("asking as another user needs root")
        self.register.hold()
        user = ordinary_user()
        done = subprocess.run(
            ["setpriv", "--reuid", str(user.pw_uid), "--regid", str(user.pw_gid),
             "--clear-groups", psql_path(), "-X", "-h", self.register.socket(), "-U", "cadastre",
             "-d", "postgres", "-c", "SELECT 1"], capture_output=True, text=True)
        self.assertNotEqual(done.returncode, 0)
        listening = subprocess.run(["cat", "/proc/net/tcp"], capture_output=True, text=True).stdout
        self.assertNotIn(f":{5432:04X} 00000000:0000 0A", listening.replace("\n", " ")
                         if not self.somebody_elses_server() else "")

    @staticmethod
    def somebody_elses_server():
        try:
            socket.create_connection(("127.0.0.1", 5432), timeout=1).close()
            return True
        except OSError:
            return False


if __name__ == "__main__":
    unittest.main()
