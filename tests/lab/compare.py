# SPDX-License-Identifier: Apache-2.0
"""A survey's rows beside the lab's truth: what was found, missed and invented. Reads nothing
and runs nothing; the rows are those of `cadastre --format json asset list` and `asset show`."""
import collections
import ipaddress
import re

Count = collections.namedtuple("Count", "found missed invented")

ENDPOINT = re.compile(r"(?:\[?(?P<address>[0-9a-fA-F.:]*[.:][0-9a-fA-F.:]+)\]?[ :])?"
                      r"(?P<protocol>tcp|udp)[/ ](?P<port>\d{1,5})\b")
ADDRESS = re.compile(r"(?<![\w.:])(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9a-f]{0,4}:[0-9a-f:]+)(?![\w.:])")
EXPOSED = re.compile(r"\bexposed\b|\bfrom the internet\b", re.I)
ROUTERS = {"router", "firewall"}


def addresses_in(text):
    found = []
    for word in ADDRESS.findall(text.lower()):
        try:
            found.append(ipaddress.ip_address(word))
        except ValueError:
            pass
    return found


class Asset:
    """One asset file, from its row in the list and the rows that explain it."""

    def __init__(self, row, facts):
        self.name, self.role, self.state = row["name"], row["role"], row["state"]
        self.addresses = set(addresses_in(row["addresses"]))
        self.ports, self.exposed, self.peers, self.names = set(), set(), set(), set()
        for fact in facts:
            if fact.get("until"):
                continue
            if fact["chapter"] in ("service", "exposure"):
                self._service(fact)
            elif fact["chapter"] == "name":
                self.names |= {(a, fact["value"]) for a in addresses_in(fact["attribute"])}
            elif fact["chapter"] == "link":
                self.peers |= set(addresses_in(f"{fact['attribute']} {fact['value']}"))

    def _service(self, fact):
        text = f"{fact['attribute']} {fact['value']}"
        match = ENDPOINT.search(text)
        if not match:
            return
        address = match["address"]
        whose = [ipaddress.ip_address(address)] if address else self.addresses
        ports = {(a, match["protocol"], int(match["port"])) for a in whose}
        self.ports |= ports
        if fact["chapter"] == "exposure" or EXPOSED.search(text):
            self.exposed |= ports


class Truth:
    """What of the lab lies in the given prefixes, without those who only look."""

    def __init__(self, truth, scope):
        self.scope = [ipaddress.ip_network(p) for p in scope]
        self.vantages, self.hosts, self.routers = set(), {}, {}
        self.ports, self.internet, self.names, self.called = set(), set(), set(), set()
        self.networks = {n["name"]: [ipaddress.ip_network(p) for p in (n["v4"], n["v6"]) if p]
                         for n in truth["networks"]}
        for host in truth["hosts"]:
            self._host(host)
        self.links = {(l["router"], l["network"]) for l in truth["links"]
                      if self.covers(ipaddress.ip_address(l["v4"]))}

    def covers(self, address):
        return any(p.version == address.version and address in p for p in self.scope)

    def _host(self, host):
        addresses = {ipaddress.ip_address(a[f]) for a in host["addresses"]
                     for f in ("v4", "v6") if a[f]}
        if host["role"] == "vantage":
            self.vantages |= addresses
            return
        addresses = {a for a in addresses if self.covers(a)}
        if not addresses:
            return
        self.hosts[host["name"]] = addresses
        if host["router"]:
            self.routers[host["name"]] = addresses
        self.ports |= {(a, p["protocol"], p["port"]) for a in addresses for p in host["ports"]
                       if a.version in p["families"]}
        names = {(a, n["name"]) for n in host["names"]
                 if (a := ipaddress.ip_address(n["address"])) in addresses}
        self.names |= names
        self.called |= {(host["name"], name) for _, name in names}
        self.internet |= {(address, i["protocol"], i["port"]) for i in host["internet"]
                          if self.covers(address := ipaddress.ip_address(i["address"]))}

    def host_of(self, address):
        return next((n for n, a in self.hosts.items() if address in a), None)

    def network_of(self, address):
        return next((n for n, prefixes in self.networks.items() for p in prefixes
                     if p.version == address.version and address in p), None)


def count(expected, got):
    return Count(sorted(expected & got, key=str), sorted(expected - got, key=str),
                 sorted(got - expected, key=str))


def hosts(truth, assets):
    """An asset is a host if all its addresses are that host's. A host in two files, or two
    hosts in one, is an invention; so is a file about nobody."""
    found, invented = set(), []
    for asset in assets:
        owners = {truth.host_of(a) for a in asset.addresses}
        if asset.addresses and asset.addresses <= truth.vantages:
            continue
        if len(owners) != 1 or None in owners or owners & found:
            invented.append(f"{asset.name} {' '.join(sorted(map(str, asset.addresses)))}")
        else:
            found |= owners
    return Count(sorted(found), sorted(set(truth.hosts) - found), sorted(invented))


def links(truth, assets):
    """A router is on a network if its file has an address there, or if a link joins it to
    something there. Between two routers it is the network they share."""
    got = set()
    for asset in assets:
        router = next((r for r, a in truth.routers.items() if asset.addresses & a), None)
        if not router and asset.role not in ROUTERS:
            continue
        name = router or asset.name
        got |= {(name, truth.network_of(a)) for a in asset.addresses}
        for peer in asset.peers:
            peer_name = truth.host_of(peer)
            if peer_name in truth.routers and peer_name != name:
                shared = _networks(truth, name) & _networks(truth, peer_name)
                got |= {(name, n) for n in shared} or {(name, f"something with {peer_name}")}
            elif peer not in truth.vantages:
                got.add((name, truth.network_of(peer)))
    return count(truth.links, got)


def called(truth, assets):
    """Each host by the one name that stands for it; an address is no name."""
    got = {(truth.host_of(min(a.addresses, key=str)), a.name) for a in assets
           if a.addresses and not addresses_in(a.name) and not a.addresses <= truth.vantages}
    return count(truth.called, got)


def _networks(truth, router):
    return {network for name, network in truth.links if name == router}


def compare(truth, assets):
    """{what: Count} for everything that the lab knows of itself."""
    assets = [a for a in assets if a.state != "retired"]
    addresses = {a for names in truth.hosts.values() for a in names}
    return {
        "hosts": hosts(truth, assets),
        "addresses": count(addresses, {a for s in assets for a in s.addresses} - truth.vantages),
        "names": count(truth.names, {n for s in assets for n in s.names
                                     if n[0] not in truth.vantages}),
        "called": called(truth, assets),
        "ports": count(truth.ports, {p for s in assets for p in s.ports}),
        "links": links(truth, assets),
        "exposed": count(truth.internet, {p for s in assets for p in s.exposed}),
    }


def table(result):
    lines = [f"{'':10} {'found':>6} {'missed':>7} {'invented':>9}"]
    for what, c in result.items():
        lines.append(f"{what:10} {len(c.found):6} {len(c.missed):7} {len(c.invented):9}")
    for what, c in result.items():
        lines += [f"missed {what}: {' '.join(map(str, m)) if isinstance(m, tuple) else m}"
                  for m in c.missed]
        lines += [f"invented {what}: {' '.join(map(str, m)) if isinstance(m, tuple) else m}"
                  for m in c.invented]
    return "\n".join(lines)
