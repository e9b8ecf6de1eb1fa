# SPDX-License-Identifier: Apache-2.0
"""What the lab and the bench ask of Linux: namespaces by unshare(2) and setns(2), mounts,
capabilities, and batches for ip(8) and nft(8). Python 3.11 has none of the system calls.

Network namespaces have no name; a descriptor holds each, and with the last one it goes."""
import contextlib
import ctypes
import errno
import os
import shutil
import subprocess

NEWNS, NEWUSER, NEWPID, NEWNET = 0x00020000, 0x10000000, 0x20000000, 0x40000000
MS_BIND, MS_REC, MS_PRIVATE, MS_SLAVE = 4096, 16384, 1 << 18, 1 << 19
MNT_DETACH = 2
PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE = 47, 2
CAP_VERSION_3 = 0x20080522
NOBODY = 1000
PATH = "/usr/sbin:/sbin:/usr/bin:/bin"

_libc = ctypes.CDLL(None, use_errno=True)


class Refused(Exception):
    """The kernel, or what guards it, does not allow namespaces here."""


def _call(what, result):
    if result < 0:
        number = ctypes.get_errno()
        text = f"{what}: {os.strerror(number)}"
        if number in (errno.EPERM, errno.EACCES, errno.ENOSYS, errno.ENOSPC, errno.EINVAL):
            raise Refused(text)
        raise OSError(number, text)


def unshare(flags):
    _call("unshare", _libc.unshare(flags))


def setns(fd, kind):
    _call("setns", _libc.setns(fd, kind))


def mount(source, target, fstype=None, flags=0, data=None):
    def text(value):
        return value.encode() if value else None
    _call(f"mount on {target}", _libc.mount(text(source), text(target), text(fstype),
                                            ctypes.c_ulong(flags), text(data)))


def umount(target):
    _call(f"umount {target}", _libc.umount2(target.encode(), MNT_DETACH))


def become_self():
    """A new user namespace with the own user and group and nobody else. Programs must not
    take that user for root, for there is nobody they could become, so root goes by another
    number."""
    uid, gid = os.getuid(), os.getgid()
    unshare(NEWUSER)
    for name, text in (("setgroups", "deny"), ("uid_map", f"{uid or NOBODY} {uid} 1"),
                       ("gid_map", f"{gid or NOBODY} {gid} 1")):
        with open(f"/proc/self/{name}", "w", encoding="ascii") as file:
            file.write(text)


def keep_capabilities():
    """Makes every permitted capability inheritable and ambient."""
    header = (ctypes.c_uint32 * 2)(CAP_VERSION_3, 0)
    sets = (ctypes.c_uint32 * 6)()  # effective, permitted, inheritable; low word, high word
    _call("capget", _libc.capget(header, sets))
    sets[2], sets[5] = sets[1], sets[4]
    _call("capset", _libc.capset(header, sets))
    for number in range(64):
        if sets[1 if number < 32 else 4] >> number % 32 & 1:
            _call("prctl", _libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE,
                                       ctypes.c_ulong(number), 0, 0))


def current_net():
    return os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)


@contextlib.contextmanager
def inside(fd):
    """The calling thread works in a network namespace for a while."""
    home = current_net()
    try:
        setns(fd, NEWNET)
        yield
    finally:
        setns(home, NEWNET)
        os.close(home)


def new_net():
    """A new, empty network namespace: its descriptor."""
    home = current_net()
    try:
        unshare(NEWNET)
        return current_net()
    finally:
        setns(home, NEWNET)
        os.close(home)


def program(name):
    """Debian keeps some programs in sbin, which is not in everybody's PATH."""
    path = shutil.which(name, path=os.environ.get("PATH", "") + ":" + PATH)
    if not path:
        raise FileNotFoundError(f"{name} is not installed; see packages.txt")
    return path


def batch(fd, words, lines, pass_fds=()):
    """Feeds lines to a program inside the namespace; an error says what the program said."""
    with inside(fd):
        result = subprocess.run([program(words[0]), *words[1:]], input="\n".join(lines) + "\n",
                                capture_output=True, text=True, pass_fds=pass_fds, check=False)
    if result.returncode:
        raise OSError(f"{words[0]}: {result.stderr.strip() or result.returncode}")


def ip(fd, lines, pass_fds=()):
    batch(fd, ["ip", "-batch", "-"], lines, pass_fds)


def nft(fd, lines):
    batch(fd, ["nft", "-f", "-"], lines)


def sysctl(fd, values):
    """Sets kernel parameters of the namespace: {"net.ipv4.ip_forward": 1}; "/" in a name
    stands for itself, so that an interface may have a dot."""
    with inside(fd):
        for name, value in values.items():
            try:
                with open(os.path.join("/proc/sys", name.replace(".", "/")), "w",
                          encoding="ascii") as file:
                    file.write(str(value))
            except PermissionError as error:
                raise Refused(f"sysctl {name}: {error.strerror}") from None
