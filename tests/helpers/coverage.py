# SPDX-License-Identifier: BSD-2-Clause
"""coverage.py RATE TABLE:TOP...: do the intervals of `cprof top --json` hold the known truth?

TABLE is what programs/sites.c says of itself, TOP the report on its profile. A site that is not in the report counts as held when
its truth is below what the report calls invisible.

Asked are: the sites of each kind, all together, and their sums in the callers (cum). False alarms: the method itself holds 94.3 to
95.5% here (tests/unit/test_coverage.c). Wanted is that, and 4.9 standard deviations more on both sides; for 7,000 site-runs these are
93.0 to 96.8%, for 2,000 92 to 98%. So one call fails a correct program less than once in 10^5 times.
"""
import json
import math
import sys


def read_table(path):
    sites, callers = {}, {}
    with open(path) as file:
        for line in file:
            site, caller, kind, _, size = line.split()
            sites[site] = kind, int(size)
            callers[caller] = callers.get(caller, 0) + int(size)
    return sites, callers


def main(rate, *pairs):
    held, plain, absent = {}, {}, {}
    for pair in pairs:
        table, top = pair.split(":")
        sites, callers = read_table(table)
        with open(top) as file:
            report = json.load(file)
        assert report["period"] == int(rate), report["period"]
        rows = {row["name"]: row for row in report["rows"]}
        asked = [(kind, rows.get(site), "flat", truth) for site, (kind, truth) in sites.items()]
        asked += [("callers", rows.get(caller), "cum", truth) for caller, truth in callers.items()]
        for kind, row, column, truth in asked:
            if row is None:
                is_held = is_plain = truth <= report["invisible_below_bytes"]
            else:
                is_held = row[column + "_low"] <= truth <= row[column + "_high"]
                is_plain = abs(row[column] - truth) <= row[column + "_half_width"]
            for counts, is_so in ((held, is_held), (plain, is_plain), (absent, row is None)):
                counts.setdefault(kind, []).append(is_so)
    kinds = ["small", "large", "mixed"]
    for counts in (held, plain, absent):
        counts["all sites"] = sum((counts[kind] for kind in kinds), [])
    wrong = False
    for kind in kinds + ["all sites", "callers"]:
        runs = len(held[kind])
        low, high = (100 * share + side * 490 * math.sqrt(share * (1 - share) / runs) for share, side in ((0.943, -1), (0.955, 1)))
        share = 100 * sum(held[kind]) / runs
        is_wrong = not low <= share <= high
        wrong |= is_wrong
        print("%s %-9s %5d: %.1f%% held (value +- half width %.1f%%), %.1f%% absent%s" % (
            rate, kind, runs, share, 100 * sum(plain[kind]) / runs, 100 * sum(absent[kind]) / runs,
            ": want %.1f to %.1f%%" % (low, high) if is_wrong else ""))
    sys.exit(wrong)


if __name__ == "__main__":
    main(*sys.argv[1:])
