# SPDX-License-Identifier: Apache-2.0
"""Reads a lab description and works out what follows from it: routes, paths, and the truth
that a survey is compared with. Never touches the kernel. The format: top of lanhe.lab."""
import collections
import ipaddress
import shlex

import services

PREFIXES = (ipaddress.ip_network("198.18.0.0/15"), ipaddress.ip_network("2001:db8::/32"))
MAX_BYTES = 1 << 20
MAX_NAME = 15  # an interface is named after its network


class Fault(Exception):
    """The description cannot be used; the text says where and why."""


class Network:
    def __init__(self, name, v4, v6, gateway, title):
        self.name, self.v4, self.v6, self.gateway, self.title = name, v4, v6, gateway, title


class Interface:
    def __init__(self, network, v4, v6):
        self.network, self.v4, self.v6 = network, v4, v6
        self.mac = None


class Service:
    def __init__(self, name, kind, ports, options):
        self.name, self.kind, self.ports, self.options = name, kind, ports, options


class Filter:
    def __init__(self, source, to, protocol, ports, action):
        self.source, self.to, self.protocol = source, to, protocol
        self.ports, self.action = ports, action

    def matches(self, network, address, protocol, port):
        return (self.source == network
                and (self.to is None or
                     (self.to.version == address.version and address in self.to))
                and (self.protocol is None or self.protocol == protocol)
                and (not self.ports or port in self.ports))


class Node:
    def __init__(self, name, role, title):
        self.name, self.role, self.title, self.oui = name, role, title, "02:00:00"
        self.interfaces, self.services, self.filters = [], [], []

    @property
    def forwards(self):
        return len(self.interfaces) > 1

    def interface(self, network):
        return next((i for i in self.interfaces if i.network is network), None)

    def addresses(self):
        return [a for i in self.interfaces for a in (i.v4, i.v6) if a]

    def allows(self, network, address, protocol, port):
        for rule in self.filters:
            if rule.matches(network.name, address, protocol, port):
                return rule.action == "accept"
        return True


class Lab:
    def __init__(self):
        self.realm = self.title = None
        self.networks, self.nodes = {}, {}

    # -- reading

    @classmethod
    def read(cls, path):
        lab, node = cls(), None
        with open(path, encoding="utf-8") as file:
            text = file.read(MAX_BYTES + 1)
        if len(text) > MAX_BYTES:
            raise Fault(f"{path}: longer than {MAX_BYTES} bytes")
        for number, line in enumerate(text.splitlines(), 1):
            try:
                words = shlex.split(line, comments=True)
                if words:
                    node = lab._statement(words, node)
            except (ValueError, IndexError, KeyError) as error:
                raise Fault(f"{path}:{number}: {error or 'incomplete statement'}") from None
        lab._finish(path)
        return lab

    def _statement(self, words, node):
        verb, words = words[0], words[1:]
        if verb == "realm":
            self.realm, self.title = words
        elif verb == "network":
            self._network(words)
        elif verb == "node":
            name, role, title = words
            if name in self.nodes:
                raise ValueError(f"a second node {name}")
            node = self.nodes[name] = Node(name, role, title)
        elif node is None:
            raise ValueError(f"{verb} outside of a node")
        elif verb == "at":
            self._interface(node, *words)
        elif verb == "oui":
            bytes.fromhex(words[0].replace(":", ""))
            node.oui = words[0].lower()
        elif verb == "service":
            self._service(node, words)
        elif verb == "filter":
            self._filter(node, words)
        else:
            raise ValueError(f"no such statement: {verb}")
        return node

    def _network(self, words):
        name, title = words[0], words[-1]
        options = dict(w.split("=", 1) for w in words[1:-1] if "=" in w)
        prefixes = [ipaddress.ip_network(w) for w in words[1:-1] if "=" not in w]
        for prefix in prefixes:
            if not any(p.version == prefix.version and prefix.subnet_of(p) for p in PREFIXES):
                raise ValueError(f"{prefix} is not one of the prefixes for tests")
        if len(name) > MAX_NAME:
            raise ValueError(f"network names have at most {MAX_NAME} characters")
        self.networks[name] = Network(name, prefixes[0],
                                      prefixes[1] if len(prefixes) > 1 else None,
                                      options["gateway"], title)

    def _interface(self, node, network, v4, v6=None):
        network = self.networks[network]
        v4 = ipaddress.ip_address(v4)
        v6 = ipaddress.ip_address(v6) if v6 else None
        if v4 not in network.v4 or (v6 and v6 not in network.v6):
            raise ValueError(f"the address is not in network {network.name}")
        for other in self.nodes.values():
            if v4 in other.addresses() or (v6 and v6 in other.addresses()):
                raise ValueError(f"{other.name} has that address")
        node.interfaces.append(Interface(network, v4, v6))

    def _service(self, node, words):
        options = dict(w.split("=", 1) for w in words[1:])
        kind = services.KINDS[words[0]]
        ports = [(protocol, port) for protocol, port in kind.ports]
        if "port" in options:
            ports = [(protocol, int(options["port"])) for protocol, _ in ports]
        name = options.get("as", words[0])
        if any(s.name == name or set(s.ports) & set(ports) for s in node.services):
            raise ValueError(f"{node.name} has {name}, or its port, already")
        node.services.append(Service(name, words[0], ports, options))

    def _filter(self, node, words):
        action = words[-1]
        if words[0] != "from" or action not in ("accept", "drop"):
            raise ValueError("filter from NETWORK ... accept|drop")
        source, rest = self.networks[words[1]].name, words[2:-1]
        to = protocol = None
        if rest[:1] == ["to"]:
            to, rest = ipaddress.ip_network(rest[1]), rest[2:]
        if rest[:1] in (["tcp"], ["udp"]):
            protocol, rest = rest[0], rest[1:]
        node.filters.append(Filter(source, to, protocol, [int(p) for p in rest], action))

    def _finish(self, path):
        for network in self.networks.values():
            gateway = self.nodes.get(network.gateway)
            if not gateway or not gateway.interface(network):
                raise Fault(f"{path}: the gateway of {network.name} is not on it")
        for node in self.nodes.values():
            for interface in node.interfaces:
                octets = interface.v4.packed
                interface.mac = f"{node.oui}:{octets[2]:02x}:{octets[3]:02x}:01"

    # -- what follows

    def on(self, network):
        return [n for n in self.nodes.values() if n.interface(network)]

    def next_hops(self, node):
        """For every network the node is not on: the neighbour to go by, and over which
        network. Breadth first, so by the fewest routers."""
        routes, seen = {}, {i.network.name for i in node.interfaces}
        queue = collections.deque((i.network, None) for i in node.interfaces)
        while queue:
            network, first = queue.popleft()
            for router in self.on(network):
                if not router.forwards or router is node:
                    continue
                for interface in router.interfaces:
                    if interface.network.name not in seen:
                        seen.add(interface.network.name)
                        hop = first or (router, network)
                        routes[interface.network.name] = hop
                        queue.append((interface.network, hop))
        return routes

    def path(self, node, network):
        """Routers between a node and a network, each with the network it is entered by."""
        path = []
        while not node.interface(network):
            router, over = self.next_hops(node)[network.name]
            path.append((router, over))
            node = router
        return path

    def entered(self, vantage, target, address):
        """Routers a packet passes, and the target itself, with the network each is entered
        by. A router's own far address is reached through the router."""
        node, steps = vantage, []
        network = next(i.network for i in target.interfaces if address in (i.v4, i.v6))
        while node is not target:
            shared = next((i.network for i in node.interfaces if i.network is network), None)
            if shared:
                steps.append((target, shared))
                return steps
            node, over = self.next_hops(node)[network.name]
            steps.append((node, over))
        return steps

    def reachable(self, vantage, target, address, protocol, port):
        return all(node.allows(network, address, protocol, port)
                   for node, network in self.entered(vantage, target, address))

    def vantage(self, network):
        return next(n for n in self.on(self.networks[network]) if n.role == "vantage")

    def runs(self, service, root):
        return root or not services.KINDS[service.kind].needs_root

    def truth(self, root=True):
        """What a survey is compared with; only what really runs in the given mode."""
        outside, inside = self.vantage("internet"), self.vantage("management")
        return {
            "realm": self.realm, "title": self.title,
            "networks": [{"name": n.name, "title": n.title, "v4": str(n.v4),
                          "v6": n.v6 and str(n.v6), "gateway": n.gateway}
                         for n in self.networks.values()],
            "hosts": [self._host(n, outside, root) for n in self.nodes.values()],
            "links": [{"router": n.name, "network": i.network.name, "v4": str(i.v4),
                       "v6": i.v6 and str(i.v6)}
                      for n in self.nodes.values() if n.forwards for i in n.interfaces],
            "paths": [{"from": inside.name, "network": n.name,
                       "hops": [str(r.interface(over).v4)
                                for r, over in self.path(inside, n)]}
                      for n in self.networks.values()],
        }

    def names(self, node, root=True):
        """The names of a node's addresses that name servers within tell the inner vantage."""
        inside = self.vantage("management")
        told = any(node in services.known_to(self, s.options.get("zone") == "public")
                   and self.reachable(inside, server, address, "udp", 53)
                   for server in self.nodes.values() for s in server.services
                   for address in server.addresses()
                   if s.kind == "dns" and self.runs(s, root))
        return [{"address": str(a), "name": services.host_name(node)}
                for pair in services.named(node) for a in pair if a and told]

    def _host(self, node, outside, root):
        running = [s for s in node.services if self.runs(s, root)]
        return {
            "name": node.name, "role": node.role, "title": node.title,
            "router": node.forwards, "names": self.names(node, root),
            "addresses": [{"network": i.network.name, "v4": str(i.v4),
                           "v6": i.v6 and str(i.v6), "mac": i.mac} for i in node.interfaces],
            "services": [{"name": s.name, "kind": s.kind,
                          "software": services.KINDS[s.kind].software,
                          "options": s.options,
                          "ports": [{"protocol": p, "port": n} for p, n in s.ports]}
                         for s in running],
            "left_out": [{"name": s.name, "needs": "root"} for s in node.services
                         if s not in running],
            "ports": [{"protocol": p, "port": n, "service": services.KINDS[s.kind].service,
                       "families": services.KINDS[s.kind].families}
                      for s in running for p, n in s.ports],
            "internet": [{"address": str(a), "protocol": p, "port": n}
                         for a in node.addresses() for s in running for p, n in s.ports
                         if node is not outside and a.version in services.KINDS[s.kind].families
                         and (a.version == 4 or self._v6_all_the_way(outside, node, a))
                         and self.reachable(outside, node, a, p, n)],
        }

    def _v6_all_the_way(self, vantage, target, address):
        return all(node.interface(network).v6
                   for node, network in self.entered(vantage, target, address))
