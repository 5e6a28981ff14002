#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""random_stacks.py SEED FUNCTIONS SAMPLES: a profile in make_profile's words, always the same for a
seed: a dense call graph with recursion, inlined frames, sizes from 16 B to 3 MB and text labels.
Not here: writing profiles (unit/make_profile.c).
"""
import random
import sys


def main():
    dice, function_count = random.Random(int(sys.argv[1])), int(sys.argv[2])
    print("type inuse_objects count\ntype inuse_space bytes\nperiod space bytes 524288")
    print("mapping 1000 900000 1000 /usr/bin/server 0123abcd")
    files = [dice.choice("abc") + ".c" for _ in range(function_count)]

    def frame(number):
        return "f%d@%s:%d" % (number, files[number], dice.randint(1, 5) * 10)

    for _ in range(int(sys.argv[3])):
        frames = []
        for depth in range(dice.randint(1, 12)):
            number = int(dice.gauss(function_count * depth / 12, function_count / 8))
            frames.append(frame(min(function_count - 1, max(0, number))))
            if dice.random() < 0.15:
                frames[-1] += "^" + frame(dice.randrange(function_count))
        size = dice.choice([16, 100, 1000, 1024, 5000, 70000, 1 << 20, 3000000])
        count = int(dice.paretovariate(0.8)) + 1
        labels = ["bytes=%d" % size]
        if dice.random() < 0.2:
            labels.append("worker=w%d" % dice.randint(1, 6))
        if dice.random() < 0.1:
            labels.append("phase=" + dice.choice("xyz"))
        print("sample", count, count * size, "|", *labels, "|", *frames)


if __name__ == "__main__":
    main()
