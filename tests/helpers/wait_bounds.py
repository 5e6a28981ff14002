# SPDX-License-Identifier: BSD-2-Clause
"""Is each wait as long in a profile as the program's own clocks say?

  wait_bounds.py WHAT MEASURED PROFILE [PERCENT] [only]

MEASURED has lines "WHAT FUNCTION LOWER UPPER" in ns (tests/programs/watch.h); several of one function are summed. Each
function's own time, as go tool pprof tells it, must lie between the two, or beyond them by so many percent; with "only"
no other function may have any.
"""
import collections
import re
import subprocess
import sys


def own_times(profile):
    """Nanoseconds of each function."""
    done = subprocess.run(["go", "tool", "pprof", "-top", "-unit=ns", "-nodefraction=0", "-nodecount=100000", profile],
                          capture_output=True, text=True, check=True)
    rows = re.findall(r"^ *(-?\d+)(?:ns)? +[\d.]+% +[\d.]+% +\d+(?:ns)? +[\d.]+% +(.*)$", done.stdout, re.MULTILINE)
    return {name: int(flat) for flat, name in rows if int(flat)}


def main(what, measured, profile, percent=0, only=False):
    bounds = collections.defaultdict(lambda: [0, 0])
    with open(measured) as lines:
        for line in lines:
            words = line.split()
            if words[:1] == [what]:
                bounds[words[1]][0] += int(words[2])
                bounds[words[1]][1] += int(words[3])
    own = own_times(profile)
    bad = not bounds
    for name, (lower, upper) in sorted(bounds.items()):
        right = lower * (1 - percent / 100) <= own.get(name, 0) <= upper * (1 + percent / 100)
        bad = bad or not right
        print(f"{name}: {own.get(name, 0)} ns, {'' if right else 'NOT '}from {lower} to {upper}")
    if only and own.keys() - bounds.keys():
        bad = True
        print("and also:", *sorted(own.keys() - bounds.keys()))
    return 1 if bad else 0


options = sys.argv[4:]
sys.exit(main(*sys.argv[1:4], percent=sum(int(option) for option in options if option != "only"), only="only" in options))
