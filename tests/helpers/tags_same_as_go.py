#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""tags_same_as_go.py GO OURS: does `cprof tags --json -nodecount=0` (OURS) give each key and value of
a label what `go tool pprof -tags` (GO) does, both with the same -unit? Go prints one decimal; values
that are nothing are the same as none. Not here: how it looks (integration/tags.bats).
"""
import json
import re
import sys

KEY = re.compile(r" *(\S+): Total (-?[0-9.]+)")
VALUE = re.compile(r" +(-?[0-9.]+)\S*(?: \([^)]*\))?: (.*)")


def main():
    theirs, key = {}, None
    for line in open(sys.argv[1]):
        head, row = KEY.match(line), VALUE.match(line)
        if head:
            key = head[1]
            theirs[key] = {"": float(head[2])}
        elif row and key and float(row[1]) != 0:
            theirs[key][row[2].strip()] = float(row[1])
    ours = {}
    for tag in json.load(open(sys.argv[2]))["tags"]:
        ours[tag["key"]] = {"": tag["sum"], **{value["value"]: value["sum"] for value in tag["values"]}}
    assert theirs, "no labels in Go's answer"
    assert theirs == ours, "%s\n%s" % (theirs, ours)
    print("%d keys, %d values" % (len(ours), sum(len(values) - 1 for values in ours.values())))


if __name__ == "__main__":
    main()
