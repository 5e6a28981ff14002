#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""dot_same_as_go.py GO OURS: does `cprof svg --dot` (OURS) draw what `go tool pprof -dot` (GO) does,
both with the same -unit? Nodes with flat and cum, edges with weight, inline and residual marks, and
the boxes for labels. Not here: how it looks (integration/svg.bats).
"""
import re
import sys

NODE = re.compile(r"(N\d+) \[label=")
BOX = re.compile(r'(N+\d+(?:_s?\d+)+) \[label ?= ?"((?:\\.|[^"\\])*)"')
EDGE = re.compile(r"(N+\d+(?:_s?\d+)*) -> (N+\d+(?:_s?\d+)*) \[")


def attribute(line, name):
    match = re.search(r' %s="((?:\\.|[^"\\])*)"' % name, line) or re.search(r"\[%s=\"((?:\\.|[^\"\\])*)\"" % name, line)
    return match[1] if match else ""


def number(text):
    return round(float(re.match(r"[-0-9.]+", text.strip())[0]), 2)


def unquote(text):
    text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    return text.replace('\\"', '"').replace("\\\\", "\\")


def go_node(line):
    tooltip = attribute(line, "tooltip")
    cum = tooltip[tooltip.rindex("(") + 1:-1]
    words = re.split(r"\\n", re.search(r'label="((?:\\.|[^"\\])*)"', line)[1])
    last = words[-1] if not words[-1].startswith("of ") else words[-2]
    return unquote(tooltip[:tooltip.rindex(" (")]), number(last), number(cum)


def our_node(line):
    name, flat, cum = attribute(line, "tooltip").rsplit("\\n", 2)
    return unquote(name), number(flat[len("flat "):]), number(cum[len("cum "):])


def read(path, node_of, residual):
    nodes, names, boxes, box_names, edges = {}, {}, {}, {}, {}
    lines = open(path, errors="replace").read().splitlines()
    for line in lines:
        if NODE.match(line):
            name, flat, cum = node_of(line)
            names[NODE.match(line)[1]] = name
            nodes[name] = flat, cum
        elif BOX.match(line):
            box_names[BOX.match(line)[1]] = BOX.match(line)[2]
    for line in lines:
        match = EDGE.match(line)
        if not match:
            continue
        source, target = match.groups()
        # Where bases cancel Go has edges of 0 to a node it does not draw: N0.
        if "N0" in (source, target):
            continue
        label = re.search(r'label="((?:\\.|[^"\\])*)"', line)[1]
        if target in names:
            style = residual in line
            edges[names[source], names[target]] = number(label), "inline" in label, style
        else:
            place = names.get(source) or box_names[source]
            boxes.setdefault((place, box_names[target]), []).append((number(label), "dotted" in line))
    return nodes, edges, {key: sorted(value) for key, value in boxes.items()}


def main():
    theirs = read(sys.argv[1], go_node, 'style="dotted"')
    ours = read(sys.argv[2], our_node, "style=dashed")
    assert theirs[0], "Go drew no nodes"
    for what, left, right in zip(("nodes", "edges", "boxes"), theirs, ours):
        differ = sorted(key for key in set(left) | set(right) if left.get(key) != right.get(key))
        assert not differ, "%s: %s" % (what, [(key, left.get(key), right.get(key)) for key in differ[:8]])
    print("%d nodes, %d edges, %d boxes" % tuple(map(len, ours)))


if __name__ == "__main__":
    main()
