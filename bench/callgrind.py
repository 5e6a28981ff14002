# SPDX-License-Identifier: BSD-2-Clause
"""Counting instructions with valgrind's callgrind: of a whole function, and of what it calls.

Not here: what is counted and what the counts may be (fastpath, sample).
"""
import os
import re
import shutil
import subprocess

import benchlib


def available():
    return shutil.which("valgrind") is not None


class Counts:
    """Instructions executed while inside one function."""

    def __init__(self, total, path):
        self.total = total
        self.calls = {}  # (caller, callee): [calls, instructions of callee and all it calls]
        self._read(path)

    def _read(self, path):
        names, caller, callee, calls = {}, "", "", 0

        def name_of(text):
            match = re.match(r"\((\d+)\)(?: (.*))?", text)
            if match.group(2):
                names[match.group(1)] = match.group(2)
            return names[match.group(1)]

        with open(path) as lines:
            for line in lines:
                line = line.strip()
                if line.startswith("fn="):
                    caller = name_of(line[3:])
                elif line.startswith("cfn="):
                    callee = name_of(line[4:])
                elif line.startswith("calls="):
                    calls = int(line[6:].split()[0])
                elif calls:
                    # The line after "calls=" is the cost of those calls.
                    edge = self.calls.setdefault((caller, callee), [0, 0])
                    edge[0] += calls
                    edge[1] += int(line.split()[1])
                    calls = 0

    def into(self, pattern):
        """(calls, instructions) of the calls into functions of such names from functions of other names."""
        wanted = re.compile(pattern)
        calls = instructions = 0
        for (caller, callee), edge in self.calls.items():
            if wanted.match(callee) and not wanted.match(caller):
                calls += edge[0]
                instructions += edge[1]
        return calls, instructions


def count(variant, function, command):
    """Run a command under callgrind, counting inside one function of it."""
    path = os.path.join(benchlib.scratch(), "callgrind.out")
    whole = ["valgrind", "--tool=callgrind", "--callgrind-out-file=" + path, "--toggle-collect=" + function,
             *command]
    done = subprocess.run(whole, env=variant.environment(), capture_output=True, text=True)
    collected = re.search(r"Collected : (\d+)", done.stderr)
    if done.returncode != 0 or not collected:
        benchlib.fail(f"{variant.name}: {' '.join(whole)}\n{done.stderr}")
    return Counts(int(collected.group(1)), path)
