# SPDX-License-Identifier: BSD-2-Clause
"""exact.py TABLE PROFILE: does the profile say of each call site exactly what the plan's table says, to the byte?

Asks twice: our own reading of the file, and `go tool pprof -top` in the four views.
"""
import re
import subprocess
import sys

from pprof_file import VIEWS, Profile


def wanted(path):
    sites = {}
    with open(path) as file:
        for line in file:
            name, alloc_objects, alloc_bytes, inuse_objects, inuse_bytes, how = line.split()
            sites[name] = ([int(alloc_objects), int(alloc_bytes), int(inuse_objects), int(inuse_bytes)], how)
    return sites


def told_by_file(profile):
    """{site: [values at the leaf, values under the site]}"""
    told = {}
    order = [profile.view(view) for view in VIEWS]
    for stack, values, _ in profile.samples:
        names = profile.names(stack)
        for depth, name in enumerate(names):
            if name.startswith("site_"):
                sums = told.setdefault(name, [[0] * 4, [0] * 4])
                for which in (0, 1) if depth == 0 else (1,):
                    sums[which] = [total + values[at] for total, at in zip(sums[which], order)]
                break
    return told


def told_by_go(path, view):
    text = subprocess.run(["go", "tool", "pprof", "-top", "-unit=B", "-nodecount=100000", "-nodefraction=0",
                           "-sample_index=" + view, path], check=True, capture_output=True, text=True).stdout
    told = {}
    for line in text.splitlines():
        match = re.match(r"\s*(\d+)B?\s+\S+%\s+\S+%\s+(\d+)B?\s+\S+%\s+(site_\w+)$", line)
        if match:
            told[match.group(3)] = (int(match.group(1)), int(match.group(2)))
    return told


def main(table, path):
    sites, profile = wanted(table), Profile(path)
    profile.check()
    told = told_by_file(profile)
    wrong = ["%s is in the profile but not in the plan" % name for name in told if name not in sites]
    for name, (want, how) in sites.items():
        got = told.get(name, [[0] * 4, [0] * 4])[1 if how == "through-libc" else 0]
        if got != want:
            wrong.append("%-34s want %s got %s" % (name, want, got))
        # All that a site holds it holds as the leaf, or all of it through libc; failing costs an exception.
        if how == "leaf" and want[0] and name in told and told[name][0] != told[name][1]:
            wrong.append("%s is not always the leaf" % name)
    for column, view in enumerate(VIEWS):
        go = told_by_go(path, view)
        for name, (want, how) in sites.items():
            got = go.get(name, (0, 0))[1 if how == "through-libc" else 0]
            if got != want[column]:
                wrong.append("go tool pprof: %s of %s: want %d got %d" % (view, name, want[column], got))
    if wrong:
        sys.exit("\n".join(wrong))
    print("%d sites exact in %d views" % (len(sites), len(VIEWS)))


if __name__ == "__main__":
    main(*sys.argv[1:])
