# SPDX-License-Identifier: Apache-2.0
"""What the command-line suites share: a register of their own in a temporary directory, and a
server on loopback that says what a test tells it to say."""
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading


INSIDE = "CADASTRE_CLI_TEST_INSIDE"


def inside():
    """In a network namespace of the suite's own."""
    return INSIDE in os.environ


def own_loopback():
    """Runs the suite again in a network namespace of its own, where nobody else opens ports on
    loopback: suites run side by side. Who may not make one has only the machine's."""
    words = ["unshare", "-n", "sh", "-c", 'ip link set lo up && exec "$@"', "sh"]
    if os.environ.get(INSIDE) or subprocess.run([*words, "true"], capture_output=True,
                                                check=False).returncode:
        return
    os.environ[INSIDE] = "1"
    os.execvp(words[0], [*words, sys.executable, *sys.argv])


class Register:
    """A private cluster in a temporary directory; `run` calls the program on it."""

    def __init__(self, program):
        self.program = program
        self.dir = tempfile.TemporaryDirectory(prefix="cadastre-cli-")
        os.chmod(self.dir.name, 0o755)
        self.data = self.dir.name + "/data"
        self.env = dict(os.environ, CADASTRE_DATA=self.data)
        for name in ("CADASTRE_DB", "PGHOST", "PGSERVICE", "PGDATABASE", "PGPORT", "PGUSER"):
            self.env.pop(name, None)

    def close(self):
        self.dir.cleanup()

    def path(self, name):
        return os.path.join(self.dir.name, name)

    def start(self, *words, **options):
        return subprocess.Popen([self.program, *words], stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, text=True, env=self.env, **options)

    def run(self, *words, code=0, **options):
        result = subprocess.run([self.program, *words], capture_output=True, text=True,
                                env=self.env, timeout=300, errors="surrogateescape", **options)
        allowed = (code,) if isinstance(code, int) else code
        assert result.returncode in allowed, \
            f"{words}: exit {result.returncode}, not {code}\n{result.stderr}{result.stdout}"
        return result

    def rows(self, *words, code=0):
        out = self.run("--format", "json", *words, code=code).stdout
        return [json.loads(line) for line in out.splitlines()]


class Speaker:
    """A TCP server on 127.0.0.1 that says the same bytes to everybody and hangs up."""

    def __init__(self, greeting, port=0):
        self.greeting = greeting
        self.socket = socket.create_server(("127.0.0.1", port))
        self.port = self.socket.getsockname()[1]
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    def serve(self):
        while True:
            try:
                peer, _ = self.socket.accept()
            except OSError:
                return
            with peer:
                try:
                    peer.sendall(self.greeting)
                    peer.settimeout(1)
                    peer.recv(4096)
                except OSError:
                    pass

    def close(self):
        # shutdown() wakes the thread that waits in accept(); close() alone would leave the
        # port open until somebody connects.
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()
        self.thread.join()
