# SPDX-License-Identifier: Apache-2.0
"""igraph_peer.py SVG GRAPH: lays a graph out as igraph's users would, for the map's bench."""
import re
import sys

import igraph

with open(sys.argv[2], encoding="ascii") as file:
    edges = [(int(a), int(b)) for a, b in re.findall(r"^(\d+) -- (\d+);$", file.read(), re.M)]
graph = igraph.Graph(edges=edges)
graph.write_svg(sys.argv[1], layout=graph.layout_fruchterman_reingold(grid=True), vertex_size=2,
                labels=[""] * graph.vcount())
