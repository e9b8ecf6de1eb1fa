# SPDX-License-Identifier: Apache-2.0
"""The process that holds a running lab: first in a PID namespace of its own, so that whatever
it started ends with it, however it ends; with a mount namespace of its own, so that servers
that want a place in /run get one of the lab's.

Services start in parallel and count as ready when they answer. Orders come over a socket in
the lab's directory, one JSON object each way: {"do": "status"|"stop"|"start"|"down"}."""
import json
import os
import pwd
import selectors
import signal
import socket
import subprocess
import time
import traceback

import kernel
import network
import services

READY_SECONDS = 180
STOP_SECONDS = 5
POLL_SECONDS = 0.02
PREPARING_MAX = 4
ORDER_MAX = 65536

WAITING, PREPARING, STARTING, READY, STOPPED, FAILED = (
    "waiting", "preparing", "starting", "ready", "stopped", "failed")


class Failure(Exception):
    """The lab cannot come up; the text says why."""


class Running:
    """One service of one node, and the process that does its work now."""

    def __init__(self, job, net, log):
        self.job, self.net, self.log = job, net, log
        self.todo, self.process, self.state, self.status = list(job.prepare), None, WAITING, None

    def spawn(self, argv, user):
        who = {}
        if user:
            entry = pwd.getpwnam(user)
            who = {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
        with open(self.log, "ab") as log, kernel.inside(self.net):
            self.process = subprocess.Popen(
                argv, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.job.directory,
                env=self.job.environment | {"PATH": kernel.PATH, "LANG": "C.UTF-8",
                                            "HOME": self.job.directory}, **who)

    def advance(self):
        """The next thing this service needs done."""
        if self.todo:
            self.state = PREPARING
            self.spawn(self.todo.pop(0), self.job.user)
        else:
            self.state = STARTING
            self.spawn(self.job.argv, self.job.user)

    def ended(self, status):
        self.process.returncode, self.process = status, None
        if self.state == PREPARING and status == 0:
            self.advance()
        elif self.state != STOPPED:
            self.state, self.status = FAILED, status

    def answers(self):
        """Whether the service does what others come for; asked from its own node."""
        kind = services.KINDS[self.job.service.kind]
        with kernel.inside(self.net):
            return kind.ready(self.job)

    def tail(self):
        with open(self.log, "rb") as log:
            text = log.read()[-2000:].decode(errors="replace").strip()
        return text.splitlines()[-1] if text else "its log is empty"


class Supervisor:
    def __init__(self, lab, directory, root, modbusd, report):
        self.lab, self.directory, self.root = lab, directory, root
        self.modbusd, self.report = modbusd, report
        self.network, self.running, self.leaving = None, {}, False
        self.selector = selectors.DefaultSelector()

    def path(self, *names):
        return os.path.join(self.directory, *names)

    # -- coming up

    def start(self):
        began = time.monotonic()
        self.network = network.Network(self.lab)
        self.network.build()
        self.report(f"network   {len(self.lab.nodes)} nodes on {len(self.lab.networks)} "
                    f"networks in {time.monotonic() - began:.1f} s")
        self._signals()
        for node in self.lab.nodes.values():
            for service in node.services:
                if self.lab.runs(service, self.root):
                    self._add(node, service)
        self._wait(self.running.values(), READY)
        self.report(f"services  {len(self.running)} ready after "
                    f"{time.monotonic() - began:.1f} s")
        self._listen()
        self._save()

    def _add(self, node, service):
        place = self.path("run", node.name, service.name)
        job = services.Job(node, service, place, self.lab, self.root, self.modbusd)
        if not self.root:
            job.user = None
        if job.user:
            entry = pwd.getpwnam(job.user)
            os.chown(place, entry.pw_uid, entry.pw_gid)
        log = self.path("log", f"{node.name}-{service.name}.log")
        self.running[job.name] = Running(job, self.network.nodes[node.name], log)

    def _signals(self):
        read, write = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        signal.set_wakeup_fd(write, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._leave)
        self.selector.register(read, selectors.EVENT_READ, self._drain)

    def _leave(self, *_):
        self.leaving = True

    @staticmethod
    def _drain(fd):
        try:
            os.read(fd, 4096)
        except BlockingIOError:
            pass

    def _listen(self):
        with here(self.directory) as place:
            listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            listener.bind(os.path.join(place, "control"))
        listener.listen(8)
        self.selector.register(listener, selectors.EVENT_READ, self._order)

    def _save(self):
        state = {"pid": self.pid, "root": self.root, "nets": self.network.nodes}
        with open(self.path("state.new"), "w", encoding="utf-8") as file:
            json.dump(state, file)
        os.rename(self.path("state.new"), self.path("state.json"))

    # -- processes

    def _reap(self):
        """Ends what is over, our own and what others left to the first process."""
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            for running in self.running.values():
                if running.process and running.process.pid == pid:
                    running.ended(os.waitstatus_to_exitcode(status))

    def _advance(self):
        busy = sum(r.state == PREPARING for r in self.running.values())
        for running in self.running.values():
            if running.state == WAITING and (busy < PREPARING_MAX or not running.todo):
                running.advance()
                busy += running.state == PREPARING
            elif running.state == STARTING and running.answers():
                running.state = READY

    def _wait(self, some, state):
        until = time.monotonic() + READY_SECONDS
        while any(r.state != state for r in some):
            if self.leaving:
                raise Failure("told to end")
            self._reap()
            self._advance()
            for running in some:
                if running.state == FAILED:
                    raise Failure(f"{running.job.name} ended with {running.status}: "
                                  f"{running.tail()}; see {running.log}")
            if time.monotonic() > until:
                late = [r.job.name for r in some if r.state != state]
                raise Failure(f"not ready after {READY_SECONDS} s: {', '.join(late)}")
            time.sleep(POLL_SECONDS)

    def _stop(self, some):
        some = [r for r in some if r.process]
        for running in some:
            running.state = STOPPED
            running.process.terminate()
        until = time.monotonic() + STOP_SECONDS
        while any(r.process for r in some):
            if time.monotonic() > until:
                for running in some:
                    if running.process:
                        running.process.kill()
            self._reap()
            time.sleep(POLL_SECONDS / 4)

    # -- orders

    def _order(self, listener):
        peer, _ = listener.accept()
        with peer:
            peer.settimeout(5)
            try:
                answer = self.obey(json.loads(peer.recv(ORDER_MAX)))
            except (Failure, KeyError, OSError, ValueError) as error:
                answer = {"error": str(error) or type(error).__name__}
            try:
                peer.sendall(json.dumps(answer).encode())
            except OSError:
                pass

    def obey(self, order):
        verb = order["do"]
        if verb == "down":
            self.leaving = True
            return {}
        if verb == "status":
            return {"pid": self.pid, "root": self.root, "services": [
                {"name": r.job.name, "state": r.state, "pid": r.process and r.process.pid}
                for r in self.running.values()]}
        running = self.running.get(order["service"])
        if not running:
            return {"error": f"no service {order['service']}; `lab status` names them"}
        if verb == "stop":
            self._stop([running])
            running.state = STOPPED
        elif running.state in (STOPPED, FAILED):
            running.state = WAITING
            self._wait([running], READY)
        return {}

    def run(self):
        while not self.leaving:
            for key, _ in self.selector.select():
                key.data(key.fileobj)
            self._reap()
        self._stop(self.running.values())


class here:
    """A short name for a directory: socket addresses have 107 bytes."""

    def __init__(self, directory):
        self.fd = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)

    def __enter__(self):
        return f"/proc/self/fd/{self.fd}"

    def __exit__(self, *_):
        os.close(self.fd)


def order(directory, verb, **more):
    """Tells a running lab something; its answer."""
    with here(directory) as place, socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as sock:
        sock.settimeout(READY_SECONDS + 30)
        sock.connect(os.path.join(place, "control"))
        sock.sendall(json.dumps({"do": verb} | more).encode())
        parts = []
        while part := sock.recv(ORDER_MAX):
            parts.append(part)
    return json.loads(b"".join(parts))


def rootless():
    """Whether there is more to us than one user; if not, servers must not think they are
    root, for they could not become anybody else."""
    with open("/proc/self/uid_map", encoding="ascii") as file:
        alone = [line.split()[2] for line in file] == ["1"]
    return os.geteuid() != 0 or alone


def _own_mounts(directory):
    keep = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    kernel.mount("none", "/", flags=kernel.MS_REC | kernel.MS_PRIVATE)
    kernel.mount("proc", "/proc", "proc")
    kernel.mount("tmpfs", "/run", "tmpfs", data="mode=755,size=16m")
    for name in ("sshd", "lldpd"):
        os.mkdir(f"/run/{name}", 0o755)
    if directory.startswith(("/run/", "/var/run/")):
        os.makedirs(directory, exist_ok=True)
        kernel.mount(f"/proc/self/fd/{keep}", directory, flags=kernel.MS_BIND)
    os.close(keep)


def hold(lab, directory, modbusd, pipe):
    """Becomes the supervisor of a new lab; does not return. What is written to `pipe` is for
    whoever asked: lines, the last of which begins with "up" or "error"."""
    def report(text):
        os.write(pipe, text.encode() + b"\n")

    try:
        root = not rootless()
        os.setsid()
        if not root:
            kernel.become_self()
        kernel.unshare(kernel.NEWNS | kernel.NEWPID | kernel.NEWNET)
        if os.fork():
            os._exit(0)
        supervisor = Supervisor(lab, directory, root, modbusd, report)
        supervisor.pid = int(os.readlink("/proc/self"))
        if not root:
            kernel.keep_capabilities()
        _own_mounts(directory)
        supervisor.start()
        report("up")
        os.close(pipe)
        supervisor.run()
        os._exit(0)
    except kernel.Refused as error:
        report(f"refused {error}")
    except (Failure, OSError) as error:
        report(f"error {error}")
    except BaseException:
        report("error " + traceback.format_exc().strip().replace("\n", " | "))
    os._exit(1)
