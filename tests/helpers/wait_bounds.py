# SPDX-License-Identifier: BSD-2-Clause
"""Is each wait as long in a profile as the program's own clocks say?

  wait_bounds.py WHAT PROFILE [PERCENT] [only] [-OPTION...]

The file measured has lines "WHAT FUNCTION LOWER UPPER" in ns (tests/programs/watch.h); several of one function are summed.
Each function's own time, as go tool pprof tells it with these options, must lie between the two, or beyond them by so many
percent; with "only" no other function may have any.
"""
import collections
import re
import subprocess
import sys


def own_times(profile, options):
    """Nanoseconds of each function."""
    done = subprocess.run(["go", "tool", "pprof", "-top", "-unit=ns", "-nodefraction=0", "-nodecount=100000", *options,
                           profile], capture_output=True, text=True, check=True)
    rows = re.findall(r"^ *(-?\d+)(?:ns)? +[\d.]+% +[\d.]+% +\d+(?:ns)? +[\d.]+% +(.*)$", done.stdout, re.MULTILINE)
    return {name: int(flat) for flat, name in rows if int(flat)}


def measured(what):
    """[lower, upper] of each function."""
    bounds = collections.defaultdict(lambda: [0, 0])
    with open("measured") as lines:
        for words in map(str.split, lines):
            if words[0] == what:
                bounds[words[1]][0] += int(words[2])
                bounds[words[1]][1] += int(words[3])
    return bounds


def main(what, profile, *how):
    percent = sum(int(word) for word in how if word.isdigit())
    bounds = measured(what)
    own = own_times(profile, [word for word in how if word.startswith("-")])
    bad = not bounds
    for name, (lower, upper) in sorted(bounds.items()):
        right = lower * (1 - percent / 100) <= own.get(name, 0) <= upper * (1 + percent / 100)
        bad = bad or not right
        print(f"{name}: {own.get(name, 0)} ns, {'' if right else 'NOT '}from {lower} to {upper}")
    if "only" in how and own.keys() - bounds.keys():
        bad = True
        print("and also:", *sorted(own.keys() - bounds.keys()))
    return 1 if bad else 0


sys.exit(main(*sys.argv[1:]))
