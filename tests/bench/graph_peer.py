#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The questions of graph.c, answered by igraph over the same edges: graph_peer.py FILE SAMPLE.
One JSON line for each, with the seconds of processor. Where igraph has no way to ask for all systems at once that ends in
time, it is asked for SAMPLE systems, spread evenly after the first of them; "systems" says for how many."""
import json
import sys
import time

import igraph

FIRST = 200


def read(path):
    sectors, tiers, edges = [], [], []
    with open(path, encoding="ascii") as lines:
        for line in lines:
            what, a, b = line.split()
            if what == "n":
                sectors.append(int(a))
                tiers.append(int(b))
            else:
                edges.append((int(a), int(b)))
    return sectors, tiers, edges


def tell(question, began, answers, n, systems):
    print(json.dumps({"question": question, "seconds": time.process_time() - began, "systems": systems,
                      "sum": sum(answers) if systems == n else None,
                      "first": answers[:FIRST]}), flush=True)


def cut_impact(graph, node):
    """Percent of the others of its component that are not in the largest piece without it."""
    component = graph.subcomponent(node, mode="all")
    if len(component) == 1:
        return 0.0
    rest = graph.induced_subgraph([v for v in component if v != node])
    largest = max(rest.connected_components(mode="weak").sizes())
    return 100.0 * (len(component) - 1 - largest) / (len(component) - 1)


def main():
    sectors, tiers, edges = read(sys.argv[1])
    n, sample = len(sectors), int(sys.argv[2])
    few = list(range(min(n, sample)))
    began = time.process_time()
    graph = igraph.Graph(n=n, edges=edges, directed=True)
    print(json.dumps({"question": "build", "seconds": time.process_time() - began}), flush=True)
    for hops in (1, 2):
        began = time.process_time()
        sizes = graph.neighborhood_size(order=hops, mode="in")
        tell(f"dependants-{hops}", began, [size - 1 for size in sizes], n, n)
    began = time.process_time()
    near = graph.neighborhood(order=2, mode="in")
    walk = time.process_time() - began  # in both questions that need it
    tell("sectors-2", began, [len({sectors[v] for v in reached} - {sectors[i]})
                              for i, reached in enumerate(near)], n, n)
    began = time.process_time() - walk
    tell("tier-3-dependants-2", began, [sum(v != i and tiers[v] >= 3 for v in reached)
                                        for i, reached in enumerate(near)], n, n)
    del near
    began = time.process_time()
    reached = [graph.subcomponent(i, mode="in") for i in few]
    tell("dependants-all", began, [len(r) - 1 for r in reached], n, len(few))
    few = few[:20]
    began = time.process_time()
    tell("cut-impact", began, [cut_impact(graph, i) for i in few], n, len(few))


main()
