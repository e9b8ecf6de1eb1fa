# SPDX-License-Identifier: Apache-2.0
"""One function per kind of service: which files it wants and which command runs it. The
software is Debian's own where there is any; responder.py and modbusd answer for the rest.
Nothing here starts a process; the supervisor does."""
import glob
import os
import socket
import struct
import sys

from kernel import program

HERE = os.path.dirname(os.path.abspath(__file__))
DOMAIN = "lanhe.example"


class Kind:
    def __init__(self, command, software, service, ports, needs_root=False, families=(4, 6),
                 ready=None):
        self.command, self.software, self.service = command, software, service
        self.ports, self.needs_root, self.families = ports, needs_root, list(families)
        self.ready = ready or answers


class Job:
    """What a service wants done: files are written first, then `prepare` runs, then `argv`.
    `user` is who it runs as, if the lab is root."""

    def __init__(self, node, service, directory, lab, root, modbusd):
        self.node, self.service, self.directory = node, service, directory
        self.lab, self.root, self.modbusd = lab, root, modbusd
        self.prepare, self.argv, self.environment, self.user = [], [], {}, None
        self.name = f"{node.name}/{service.name}"
        os.makedirs(directory, 0o755, exist_ok=True)
        KINDS[service.kind].command(self)

    def option(self, key, default=""):
        return self.service.options.get(key, default)

    @property
    def port(self):
        return self.service.ports[0][1]

    def path(self, name):
        return os.path.join(self.directory, name)

    def file(self, name, text):
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(text)
        return self.path(name)


def connect(job, port):
    return socket.create_connection((str(job.node.interfaces[0].v4), port), timeout=1)


def udp_ports():
    """Local UDP ports of the calling thread's network namespace, from proc(5)."""
    ports = set()
    for name in ("udp", "udp6"):
        with open(f"/proc/thread-self/net/{name}", encoding="ascii") as file:
            ports |= {int(line.split()[1].rpartition(":")[2], 16) for line in file.readlines()[1:]}
    return ports


def answers(job):
    """Ready: every TCP port takes a connection, every UDP port is bound."""
    try:
        for protocol, port in job.service.ports:
            if protocol == "tcp":
                connect(job, port).close()
            elif port not in udp_ports():
                return False
        return True
    except OSError:
        return False


def postgresql_answers(job):
    """Ready: it asks for a password (R) and no longer says that it is starting up (E)."""
    parameters = b"user\0lab\0database\0lab\0\0"
    try:
        with connect(job, job.port) as sock:
            sock.sendall(struct.pack(">II", len(parameters) + 8, 3 << 16) + parameters)
            return sock.recv(1) == b"R"
    except OSError:
        return False


def lldp_answers(job):
    return os.path.exists(job.path("socket"))


def ssh(job):
    key = job.path("host_key")
    job.prepare.append([program("ssh-keygen"), "-q", "-t", "ed25519", "-N", "", "-C",
                        job.node.name, "-f", key])
    config = job.file("sshd_config", f"""Port {job.port}
AddressFamily any
HostKey {key}
PidFile none
UsePAM no
UseDNS no
PasswordAuthentication no
KbdInteractiveAuthentication no
AuthorizedKeysFile none
LogLevel ERROR
MaxStartups 100
LoginGraceTime 30
""")
    job.argv = [program("sshd"), "-D", "-e", "-f", config]


ICON = "stands for a picture\n"


def web(job, listen, more=""):
    title = job.option("title", job.node.title)
    os.makedirs(job.path("root"), exist_ok=True)
    job.file("root/index.html", f"<!doctype html><html><head><title>{title}</title></head>"
             f"<body><h1>{title}</h1><p>{job.node.title}</p></body></html>\n")
    job.file("root/favicon.ico", ICON)
    temporary = "".join(f"  {kind}_temp_path {job.path('tmp')};\n"
                        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    config = job.file("nginx.conf", f"""daemon off;
master_process off;
worker_processes 1;
pid {job.path('pid')};
error_log stderr error;
events {{ worker_connections 64; }}
http {{
  access_log off;
{temporary}  server {{
    listen {job.port}{listen};
    listen [::]:{job.port}{listen};
    server_name {job.option('name', job.node.name)};
    root {job.path('root')};
{more}  }}
}}
""")
    job.argv = [program("nginx"), "-e", "stderr", "-p", job.directory, "-c", config]


def http(job):
    web(job, "")


def https(job):
    name = job.option("name", f"{job.node.name}.{DOMAIN}")
    key, certificate = job.path("key.pem"), job.path("cert.pem")
    job.prepare.append([program("openssl"), "req", "-x509", "-newkey", "ec", "-pkeyopt",
                        "ec_paramgen_curve:prime256v1", "-nodes", "-days", "3650",
                        "-subj", f"/O={job.lab.title}/CN={name}",
                        "-addext", f"subjectAltName=DNS:{name}",
                        "-keyout", key, "-out", certificate])
    web(job, " ssl", f"    ssl_certificate {certificate};\n    ssl_certificate_key {key};\n")


def postgresql(job):
    found = sorted(glob.glob("/usr/lib/postgresql/*/bin/postgres"))
    if not found:
        raise FileNotFoundError("postgresql is not installed; see [lab] in packages.txt")
    binaries, data = os.path.dirname(found[-1]), job.path("data")
    job.user = "postgres"
    job.prepare.append([os.path.join(binaries, "initdb"), "-D", data, "-U", "postgres", "-N",
                        "-E", "UTF8", "--locale=C", "--auth=scram-sha-256",
                        "--pwfile", job.file("password", "not-a-secret\n")])
    rules = job.file("pg_hba.conf", "".join(
        f"host all all {n.v4} scram-sha-256\n" for n in job.lab.networks.values()))
    job.argv = [found[-1], "-D", data, "-p", str(job.port), "-c", "listen_addresses=*",
                "-c", f"hba_file={rules}",
                "-c", "unix_socket_directories=", "-c", "fsync=off",
                "-c", "shared_buffers=4MB", "-c", "max_connections=10",
                "-c", "dynamic_shared_memory_type=mmap", "-c", "logging_collector=off"]


# What readers are let in with: not secrets, there is nobody to keep them from.
COMMUNITY = "lanhe-ro"
USER, AUTHENTICATION, PRIVACY = "inventory", "not-a-secret", "no-secret-either"
FIRST_PORT = 100  # ifIndex before a switch's first port


def bridge_ports(lab, node, network):
    """What is plugged into a switch: the others on its network, in the order of the description."""
    return list(enumerate((n for n in lab.on(network) if n is not node), 1))


def bridge_tables(job):
    """A switch is seen to forward between the nodes of a network, as the fabric's bridge does."""
    name = job.option("bridge")
    if not name:
        return ""
    lines, network = [], job.lab.networks[name]
    for port, node in bridge_ports(job.lab, job.node, network):
        mac = ".".join(str(int(byte, 16)) for byte in node.interface(network).mac.split(":"))
        index = FIRST_PORT + port
        lines += [f'.31.1.1.1.1.{index} octet_str "Gi1/0/{port}"',      # IF-MIB ifName
                  f".17.1.4.1.2.{port} integer {index}",                # BRIDGE-MIB dot1dBasePortIfIndex
                  f".17.4.3.1.2.{mac} integer {port}",                  # dot1dTpFdbPort
                  f".17.4.3.1.3.{mac} integer 3"]                       # dot1dTpFdbStatus: learned
    return "".join(f"override .1.3.6.1.2.1{line}\n" for line in lines)


def agentx(job):
    """Where the node's LLDP speaker tells its SNMP agent what it hears; None if it has not both."""
    services = {service.kind: service for service in job.node.services}
    if {"snmp", "lldp"} <= services.keys() and job.root:
        return os.path.join(os.path.dirname(job.directory), services["snmp"].name, "agentx")
    return None


def snmp(job):
    # One socket for each IPv6 address: from a common one, an answer leaves with the address of
    # the interface it leaves by, which need not be the one that was asked.
    socket_path = agentx(job)
    master = f"master agentx\nagentXSocket unix:{socket_path}\n" if socket_path else ""
    own = "".join(f",udp6:[{i.v6}]:{job.port}" for i in job.node.interfaces if i.v6)
    config = job.file("snmpd.conf", f"""exactEngineID 0x80001f8804{job.node.name.encode().hex()}
agentaddress udp:{job.port}{own}
rocommunity {COMMUNITY}
rocommunity6 {COMMUNITY}
createUser {USER} SHA-256 {AUTHENTICATION} AES {PRIVACY}
rouser {USER} authpriv
sysName {job.node.name}.{DOMAIN}
sysDescr {job.option('descr', f'Linux {job.node.name} 6.1.0-18-amd64 #1 SMP Debian x86_64')}
sysObjectID {job.option('oid', '.1.3.6.1.4.1.8072.3.2.10')}
sysLocation {job.option('location', 'Lanhe')}
sysContact operations@{DOMAIN}
{master}{bridge_tables(job)}""")
    job.environment["SNMP_PERSISTENT_DIR"] = job.directory
    job.environment["MIBS"] = ""
    job.argv = [program("snmpd"), "-f", "-LE3", "-C", "-c", config,
                "-I", "-smux,snmptrapd" + ("" if socket_path else ",agentx")]


def known_to(lab, public):
    """Whom a name server knows: the public one those in the dmz, the other one all."""
    return [n for n in lab.nodes.values() if not public
            or any(i.network.name == "dmz" for i in n.interfaces)]


def host_name(node):
    return f"{node.name}.{DOMAIN}"


def named(node):
    """The addresses of each interface; a record takes one of each family."""
    return [(i.v4, i.v6) for i in node.interfaces]


def dns(job):
    public = job.option("zone") == "public"
    shown = known_to(job.lab, public)
    records = "".join(f"host-record={host_name(n)}," + ",".join(str(a) for a in pair if a)
                      + "\n" for n in shown for pair in named(n))
    config = job.file("dnsmasq.conf", f"""port={job.port}
no-resolv
no-hosts
local=/{DOMAIN}/
auth-ttl=300
pid-file=
{records}""")
    job.argv = [program("dnsmasq"), "--keep-in-foreground", f"--conf-file={config}",
                "--log-facility=-"] + (["--user=root"] if job.root else [])


def lldp(job):
    job.file("lldpd.conf", f"configure system hostname {job.node.name}\n"
             f"configure system description \"{job.node.title}\"\nconfigure lldp tx-interval 5\n")
    job.argv = [program("lldpd"), "-d", "-u", job.path("socket"), "-O", job.path("lldpd.conf")]
    if agentx(job):
        # Whoever comes too early tries again only a quarter of a minute later.
        job.prepare.append(["timeout", "20", "sh", "-c", "until [ -S \"$0\" ]; do sleep 0.05; done",
                            agentx(job)])
        job.argv += ["-x", "-X", agentx(job)]


def mqtt(job):
    config = job.file("mosquitto.conf", f"listener {job.port}\nallow_anonymous true\n"
                      "persistence false\nlog_dest stderr\nlog_type error\n")
    job.argv = [program("mosquitto"), "-c", config]


def redis(job):
    config = job.file("redis.conf", f"port {job.port}\nbind * -::*\nprotected-mode no\nsave \"\"\n"
                      f"dir {job.directory}\nlogfile \"\"\nloglevel warning\n")
    job.argv = [program("redis-server"), config]


def modbus(job):
    job.argv = [job.modbusd, str(job.port), job.option("vendor", "Lanhe"),
                job.option("product", "RTU"), job.option("revision", "1.0")]


def responder(job):
    job.argv = [sys.executable, "-I", "-S", os.path.join(HERE, "responder.py"),
                job.service.kind, str(job.port)]
    job.argv += [f"{k}={v}" for k, v in job.service.options.items() if k not in ("port", "as")]


# What a kind runs, how a survey should call what it finds there, and where it listens.
KINDS = {
    "ssh": Kind(ssh, "OpenSSH", "ssh", [("tcp", 22)]),
    "http": Kind(http, "nginx", "http", [("tcp", 80)]),
    "https": Kind(https, "nginx", "https", [("tcp", 443)]),
    "postgresql": Kind(postgresql, "PostgreSQL", "postgresql", [("tcp", 5432)],
                       ready=postgresql_answers),
    "snmp": Kind(snmp, "Net-SNMP", "snmp", [("udp", 161)]),
    "dns": Kind(dns, "dnsmasq", "dns", [("tcp", 53), ("udp", 53)]),
    # lldpd drops to its own user and a chroot before it does anything else.
    "lldp": Kind(lldp, "lldpd", "lldp", [], needs_root=True, ready=lldp_answers),
    "mqtt": Kind(mqtt, "Mosquitto", "mqtt", [("tcp", 1883)]),
    "redis": Kind(redis, "Redis", "redis", [("tcp", 6379)]),
    "modbus": Kind(modbus, "libmodbus", "modbus", [("tcp", 502)]),
    "iec104": Kind(responder, "responder", "iec104", [("tcp", 2404)]),
    "s7": Kind(responder, "responder", "s7", [("tcp", 102)]),
    "dnp3": Kind(responder, "responder", "dnp3", [("tcp", 20000)]),
    "enip": Kind(responder, "responder", "enip", [("tcp", 44818), ("udp", 44818)]),
    "bacnet": Kind(responder, "responder", "bacnet", [("udp", 47808)], families=(4,)),
    "smtp": Kind(responder, "responder", "smtp", [("tcp", 25)]),
    "ftp": Kind(responder, "responder", "ftp", [("tcp", 21)]),
    "telnet": Kind(responder, "responder", "telnet", [("tcp", 23)]),
    "jetdirect": Kind(responder, "responder", "jetdirect", [("tcp", 9100)]),
}
