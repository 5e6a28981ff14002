#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""list_same_as_go.py GO OURS: does `cprof list --json` (OURS) give each line and function what
`go tool pprof -list -unit=B` (GO) does? Not here: how source is found (integration/list.bats).

A line without a value and one that is not listed are the same. Go prints no values of lines that the
source does not have: there only the sum in the head is compared.
"""
import collections
import json
import re
import sys

HEAD = re.compile(r"ROUTINE =+ (.*) in (.*)")
SUMS = re.compile(r" *(\S+) +(\S+) \(flat, cum\)")
LINE = re.compile(r" *(\S+) +(\S+) +(\d+):")


def number(text):
    return 0 if text == "." else round(float(re.sub("[A-Za-z]+$", "", text)))


def read_go(path):
    functions, key, wants_sums = {}, None, False
    for line in open(path, errors="replace"):
        head = HEAD.match(line)
        if head:
            key, wants_sums = head.groups(), True
            functions[key] = {"sums": None, "lines": {}, "found": True}
            continue
        if key is None:
            continue
        match = (SUMS if wants_sums else LINE).match(line)
        if wants_sums and match:
            functions[key]["sums"] = tuple(map(number, match.groups()))
            wants_sums = False
        elif match:
            values = number(match[1]), number(match[2])
            if any(values):
                functions[key]["lines"][int(match[3])] = values
        elif line.startswith(" Error:"):
            functions[key]["found"] = False
    return functions


def read_ours(path):
    functions = {}
    for function in json.load(open(path))["functions"]:
        if not function["source"]:
            continue
        lines = collections.OrderedDict(
            (line["line"], (round(line["flat"]), round(line["cum"])))
            for line in function["lines"] if line["flat"] or line["cum"])
        in_file = {line["line"] for line in function["lines"] if line["text"] is not None}
        shown = {line: value for line, value in lines.items() if line in in_file}
        sums = tuple(sum(value[i] for value in lines.values()) for i in (0, 1))
        functions[function["name"], function["source"]] = {"sums": sums, "lines": shown}
    return functions


def main():
    theirs, ours = read_go(sys.argv[1]), read_ours(sys.argv[2])
    assert theirs, "no functions in Go's listing"
    assert set(theirs) == set(ours), "functions: %s" % sorted(set(theirs) ^ set(ours))
    line_count = 0
    for key, function in theirs.items():
        assert function["sums"] == ours[key]["sums"], (key, function["sums"], ours[key]["sums"])
        if function["found"]:
            assert function["lines"] == ours[key]["lines"], (key, function["lines"], ours[key]["lines"])
            line_count += len(function["lines"])
    print("%d functions, %d lines" % (len(theirs), line_count))


if __name__ == "__main__":
    main()
