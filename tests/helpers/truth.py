# SPDX-License-Identifier: BSD-2-Clause
"""truth.py TABLE:PROFILE...: are the estimates of these runs unbiased, and do they scatter as they should?

An object of s bytes is sampled with p = 1 - exp(-s/rate), independently of the others, and then stands for 1/p objects. Over n
objects the estimate of n has mean n and variance n (1-p)/p; bytes are that times s (squared for the variance).

  Mean    for each site and view, over all runs: the sum of estimates against the truth.
  Spread  for each site and view: the sum over runs of the squared deviations against the sum of the predicted variances.

Both sums are skewed to the right. A gamma law with the same three (mean) or two (spread) moments, by the cube root of Wilson and
Hilferty, makes each nearly a standard normal deviate.

False alarms: the limits are such that all checks of one call together fail a correct library with probability ALPHA or less
(Bonferroni). `truth.py simulate REPEATS TABLE` draws from the law itself and counts the alarms. A site with too few expected
samples over all runs is left out; where nearly every object is a sample, the file's whole numbers hide the spread.
"""
import math
import os
import random
import sys
from statistics import NormalDist

from pprof_file import VIEWS, Profile

ALPHA = 1e-5
SAMPLES_MIN = 100
# The predicted spread is an upper bound only (the rate flickers).
UPPER_ONLY = os.environ.get("CPA_TRUTH_SPREAD") == "upper"


class Law:
    """The moments of one view of one site in one run."""

    def __init__(self):
        self.truth = self.varied = self.step = self.variance = self.third = self.fourth = 0.0
        self.parts = []

    def add(self, count, weight, rate, size):
        p = 1.0 if rate == 1 else -math.expm1(-size / rate)
        q = 1 - p
        self.parts.append((count, weight, p))
        self.truth += count * weight
        # Samples, or misses where these are fewer: what the normal law needs many of.
        self.varied += count * p * q
        self.step = max(self.step, weight / p if p > 0.5 else 0)
        # Cumulants of a sum of independent Bernoulli variables, each times weight / p.
        self.variance += count * (weight / p) ** 2 * p * q
        self.third += count * (weight / p) ** 3 * p * q * (q - p)
        self.fourth += count * (weight / p) ** 4 * p * q * (1 - 6 * p * q)


def read_table(path):
    laws = {}
    with open(path) as file:
        for line in file:
            site, rate, size, allocated, alive = line.split()
            rate, size = int(rate), int(size)
            for view, count, weight in (("alloc_objects", int(allocated), 1), ("alloc_space", int(allocated), size),
                                        ("inuse_objects", int(alive), 1), ("inuse_space", int(alive), size)):
                laws.setdefault((site, view), Law()).add(count, weight, rate, size)
    return laws


def read_estimates(path):
    profile = Profile(path)
    profile.check()
    columns = [(view, profile.view(view)) for view in VIEWS]
    sums, roundings = {}, {}
    for stack, values, _ in profile.samples:
        site = profile.names(stack)[0]
        for view, column in columns:
            sums[site, view] = sums.get((site, view), 0) + values[column]
            roundings[site, view] = roundings.get((site, view), 0) + 0.5
    return sums, roundings


def deviate(ratio, freedom):
    """ratio: of a gamma variable of mean 1 and variance 2/freedom (a chi-square over its freedom)."""
    return (max(ratio, 0) ** (1 / 3) - (1 - 2 / (9 * freedom))) / math.sqrt(2 / (9 * freedom))


def mean_deviate(off, variance, third):
    skew = abs(third) / variance ** 1.5
    if skew < 1e-4:
        return off / math.sqrt(variance)
    freedom = 8 / skew ** 2
    sign = 1 if third > 0 else -1
    return sign * deviate(1 + sign * off / math.sqrt(variance) * math.sqrt(2 / freedom), freedom)


def judge(runs):
    """[(laws, sums, roundings)] -> ([what is wrong], [all deviates], how many were judged)"""
    keys = sorted(runs[0][0])
    limit = NormalDist().inv_cdf(1 - ALPHA / (4 * len(keys)))  # two sides, mean and spread
    wrong, deviates, judged = [], [], 0
    for key in keys:
        laws = [run[0][key] for run in runs]
        offs = [run[1].get(key, 0) - run[0][key].truth for run in runs]
        rounding = sum(run[2].get(key, 0) for run in runs) + 1e-9 * sum(law.truth for law in laws)
        variance, third = sum(law.variance for law in laws), sum(law.third for law in laws)
        varied = sum(law.varied for law in laws)
        off = sum(offs)
        if abs(off) <= rounding:
            judged += 1
        elif varied < SAMPLES_MIN:
            # A few misses among many samples are still bounded, with room for any Poisson number of them.
            if laws[0].step:
                judged += 1
                if abs(off) > rounding + 12 * math.sqrt(variance) + 12 * max(law.step for law in laws):
                    wrong.append("%s %s: off by %.4g of %.6g, with nearly every object a sample" % (
                        *key, off, sum(law.truth for law in laws)))
            continue
        else:
            judged += 1
            z = mean_deviate(math.copysign(abs(off) - rounding, off), variance, third) if variance else math.inf
            deviates.append(z)
            if abs(z) > limit:
                wrong.append("%s %s: off by %.4g of %.6g in %d runs, %.1f standard deviations (limit %.1f)" % (
                    *key, off, sum(law.truth for law in laws), len(runs), z, limit))
        if varied < 20 * len(runs) or variance < 100 * rounding ** 2 / len(runs):
            continue
        freedom = 2 * variance ** 2 / sum(2 * law.variance ** 2 + law.fourth for law in laws)
        ratio = sum(off ** 2 for off in offs) / variance
        z = deviate(ratio, freedom)
        if UPPER_ONLY:
            z = max(z, 0)
        deviates.append(z)
        if abs(z) > limit:
            wrong.append("%s %s: variance is %.2f of the predicted one over %d runs, %.1f standard deviations (limit %.1f)" % (
                *key, ratio, len(runs), z, limit))
    if judged < len(keys) * 2 // 3:
        wrong.append("only %d of %d could be judged" % (judged, len(keys)))
    return wrong, deviates, judged


def simulate(repeats, table):
    """How often does a perfect library raise an alarm, and how far do its deviates go?"""
    laws = read_table(table)
    beyond = {3: 0, 3.5: 0, 4: 0}
    total = alarms = 0
    for _ in range(repeats):
        runs = []
        for _ in range(16):
            sums = {}
            for key, law in laws.items():
                sums[key] = sum(round(binomial(count, p) * weight / p) for count, weight, p in law.parts)
            runs.append((laws, sums, {key: 1 for key in laws}))
        wrong, deviates, _ = judge(runs)
        alarms += bool(wrong)
        total += len(deviates)
        for far in beyond:
            beyond[far] += sum(abs(z) > far for z in deviates)
    for far, count in beyond.items():
        print("beyond %.1f: %d of %d, the normal law says %.1f" % (far, count, total, 2 * total * NormalDist().cdf(-far)))
    print("%d alarms in %d" % (alarms, repeats))


def binomial(count, p):
    """A draw: by gaps between successes, which is quick where p is small."""
    if p > 0.5:
        return count - binomial(count, 1 - p)
    if p == 0:
        return 0
    at, found = 0, 0
    while True:
        at += int(math.log(1 - random.random()) / math.log1p(-p)) + 1
        if at > count:
            return found
        found += 1


def main(*args):
    if args[0] == "simulate":
        simulate(int(args[1]), args[2])
        return
    runs = []
    for pair in args:
        table, profile = pair.split(":")
        runs.append((read_table(table),) + read_estimates(profile))
    wrong, deviates, judged = judge(runs)
    if wrong:
        sys.exit("\n".join(wrong))
    print("%d sites and views judged over %d runs, farthest of %d deviates %.1f" % (
        judged, len(runs), len(deviates), max(map(abs, deviates), default=0)))


if __name__ == "__main__":
    main(*sys.argv[1:])
