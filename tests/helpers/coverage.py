# SPDX-License-Identifier: BSD-2-Clause
"""coverage.py RATE TABLE:TOP...: do the intervals of `cprof top --json` hold the known truth?

TABLE is what programs/sites.c says of itself, TOP the report on its profile. A site that is not in the report counts as held when
its truth is below what the report calls invisible.

Asked are: the sites of each kind (2,000 and more site-runs), their sums in 100 callers (cum), all together. False alarms: the method
itself holds 94.3 to 95.3% here (tests/unit/test_coverage.c). For each kind 92 to 98% are 4.9 standard deviations (0.47%) and more
away from that, for all kinds together 93 to 97% are 5; so one call fails a correct program less than once in 10^5 times.
"""
import json
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
        # The program's own tables are in the total, too, and a few bytes of the C library.
        asked.append(("total", rows["main"], "cum", sum(callers.values())))
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
    bounds = dict.fromkeys(kinds, (92, 98)) | {"all sites": (93, 97), "callers": (91, 99), "total": (50, 100)}
    for kind, (low, high) in bounds.items():
        runs = len(held[kind])
        share = 100 * sum(held[kind]) / runs
        is_wrong = not low <= share <= high
        wrong |= is_wrong
        print("%s %-9s %5d: %.1f%% held (value +- half width %.1f%%), %.1f%% absent%s" % (
            rate, kind, runs, share, 100 * sum(plain[kind]) / runs, 100 * sum(absent[kind]) / runs,
            ": want %d to %d%%" % (low, high) if is_wrong else ""))
    sys.exit(wrong)


if __name__ == "__main__":
    main(*sys.argv[1:])
