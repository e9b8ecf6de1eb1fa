# SPDX-License-Identifier: Apache-2.0
"""Builds a description's network: one namespace per node, and one, the fabric, with a bridge
per network. The fabric has no way out, and no node has a route to anything that is not in the
description. Holds the descriptors; starts no service."""
import kernel

# A frame to 01-80-C2-00-00-0E, as LLDP's, is for the bridge alone (IEEE 802.1Q, 8.6.3) unless
# its bit is set here. A cable would carry it.
LLDP_PASSES = 0x4000

# Linux shares one table of neighbours between all namespaces, so a sweep over empty addresses
# in here could crowd out the machine's own. What is there is entered by hand; what is not
# there is given up soon.
NEIGHBOUR_GIVES_UP_MS = 100

NODE = {
    "net.ipv4.conf.all.rp_filter": 0,
    "net.ipv4.conf.default.rp_filter": 0,
    "net.ipv4.conf.all.arp_ignore": 1,
    "net.ipv4.conf.all.accept_redirects": 0,
    "net.ipv4.conf.all.send_redirects": 0,
    "net.ipv4.conf.default.send_redirects": 0,
    "net.ipv6.conf.all.accept_dad": 0,
    "net.ipv6.conf.default.accept_dad": 0,
    "net.ipv6.conf.default.accept_ra": 0,
    "net.ipv6.conf.default.autoconf": 0,
    "net.ipv6.conf.default.router_solicitations": 0,
    # An answer that is owed is sent: the lab is there to be counted.
    "net.ipv4.icmp_ratelimit": 0,
    "net.ipv6.icmp.ratelimit": 0,
}
ROUTER = {"net.ipv4.ip_forward": 1, "net.ipv6.conf.all.forwarding": 1}


class Network:
    def __init__(self, lab):
        self.lab = lab
        self.fabric = kernel.new_net()
        self.nodes = {name: kernel.new_net() for name in lab.nodes}

    def build(self):
        for node in self.lab.nodes.values():
            kernel.sysctl(self.nodes[node.name], NODE | (ROUTER if node.forwards else {}))
        kernel.sysctl(self.fabric, {"net.ipv6.conf.default.disable_ipv6": 1})
        kernel.ip(self.fabric, self._cables(), tuple(self.nodes.values()))
        for node in self.lab.nodes.values():
            self._settle(node)

    def _cables(self):
        lines, port = [], 0
        for network in self.lab.networks.values():
            lines.append(f"link add name {network.name} type bridge stp_state 0 "
                         f"forward_delay 0 mcast_snooping 0 group_fwd_mask {LLDP_PASSES}")
            lines.append(f"link set dev {network.name} up")
        for node in self.lab.nodes.values():
            for interface in node.interfaces:
                lines.append(f"link add name p{port} type veth peer name "
                             f"{interface.network.name} address {interface.mac} "
                             f"netns /proc/self/fd/{self.nodes[node.name]}")
                lines.append(f"link set dev p{port} master {interface.network.name} up")
                port += 1
        return lines

    def _settle(self, node):
        fd = self.nodes[node.name]
        quiet = {}
        for interface in node.interfaces:
            name = interface.network.name
            quiet[f"net.ipv6.conf.{name}.disable_ipv6"] = 0 if interface.v6 else 1
            for family in ("ipv4", "ipv6"):
                quiet[f"net.{family}.neigh.{name}.mcast_solicit"] = 1
                quiet[f"net.{family}.neigh.{name}.retrans_time_ms"] = NEIGHBOUR_GIVES_UP_MS
        kernel.sysctl(fd, quiet)
        lines = ["link set dev lo up"]
        for interface in node.interfaces:
            lines += self._addresses(node, interface)
        lines += self._routes(node)
        kernel.ip(fd, lines)
        if node.filters:
            kernel.nft(fd, self._filters(node))

    def _addresses(self, node, interface):
        network = interface.network
        name = network.name
        lines = [f"link set dev {name} up",
                 f"addr add {interface.v4}/{network.v4.prefixlen} dev {name}"]
        if interface.v6:
            lines.append(f"addr add {interface.v6}/{network.v6.prefixlen} dev {name} nodad")
        for other in self.lab.on(network):
            if other is node:
                continue
            theirs = other.interface(network)
            lines += [f"neigh replace {address} lladdr {theirs.mac} dev {name} nud permanent"
                      for address in (theirs.v4, interface.v6 and theirs.v6) if address]
        return lines

    def _routes(self, node):
        lines = []
        for name, (router, over) in self.lab.next_hops(node).items():
            network, via = self.lab.networks[name], router.interface(over)
            lines.append(f"route add {network.v4} via {via.v4} dev {over.name}")
            mine = node.interface(over)
            if network.v6 and via.v6 and mine.v6:
                lines.append(f"route add {network.v6} via {via.v6} dev {over.name}")
        return lines

    @staticmethod
    def _filters(node):
        lines = ["ct state established,related accept",
                 "icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } accept"]
        for rule in node.filters:
            words = [f'iifname "{rule.source}"']
            if rule.to:
                words.append(f"{'ip' if rule.to.version == 4 else 'ip6'} daddr {rule.to}")
            if rule.ports:
                words.append(f"{rule.protocol} dport {{ {', '.join(map(str, rule.ports))} }}")
            elif rule.protocol:
                words.append(f"meta l4proto {rule.protocol}")
            lines.append(" ".join(words + [rule.action]))
        chains = []
        for hook in ("input", "forward"):
            chains += [f"chain {hook} {{",
                       f"type filter hook {hook} priority filter; policy accept;", *lines, "}"]
        return ["table inet lab {", *chains, "}"]
