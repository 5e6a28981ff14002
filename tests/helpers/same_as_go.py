# SPDX-License-Identifier: BSD-2-Clause
"""same_as_go.py PROFILE CASE...: is each report equal to that of `go tool pprof`, to the printed digit?

A CASE is a verb with options that both tools take: "top -lines -focus=main", "peek main -cum", "traces".
VIEWS in the environment: sample types to try each case in, with blanks between them; else the default one.
SYMBOLIZE: what Go is told with -symbolize=, "none" if not set; with "none" it does not demangle either.
Exit status 1 with the first differences. Not here: how Go prints a number (go_text.py).
"""
import collections
import json
import os
import shlex
import subprocess
import sys

import go_text

PPROF = subprocess.run(["go", "tool", "-n", "pprof"], capture_output=True, text=True, check=True).stdout.strip()
RULE = "----"


def run(command):
    done = subprocess.run(command, capture_output=True, text=True, errors="surrogateescape", check=False)
    if done.returncode != 0:
        raise SystemExit("%s\nexit status %d\n%s%s" % (
            shlex.join(command), done.returncode, done.stdout, done.stderr))
    return done.stdout


def go(verb, words, options, profile):
    flag = "-%s=%s" % (verb, words[0]) if words else "-" + verb
    return run([PPROF, flag, "-symbolize=" + os.environ.get("SYMBOLIZE", "none"), *options, profile]).split("\n")


def ours(verb, words, options, profile):
    text = run([os.environ["CPROF"], verb, "--json", "-symbolize=none", *options, *words, profile])
    return json.loads(text)


class Printer:
    """Our exact numbers, printed as Go does; one unit for the whole report."""

    def __init__(self, report, unit, values):
        self.total = report["percent_base"]
        self.from_unit = report["unit"]
        self.unit = go_text.output_unit(values, self.total, self.from_unit, unit)

    def value(self, number):
        return go_text.label(number, self.from_unit, self.unit)

    def part(self, number, total=None):
        return go_text.percentage(number, self.total if total is None else total)

    def row(self, row, flat_sum):
        return [self.value(row["flat"]), self.part(row["flat"]), self.part(flat_sum), self.value(row["cum"]),
                self.part(row["cum"])]


def rows_after(lines, head):
    for number, line in enumerate(lines):
        if line.split()[:1] == [head]:
            return lines[number + 1:]
    raise SystemExit("no table in what Go printed:\n" + "\n".join(lines))


def plain(name):
    for mark in (" (inline)", " (partial-inline)"):
        if name.endswith(mark):
            return name[:-len(mark)]
    return name


def go_top(lines):
    for line in rows_after(lines, "flat"):
        words = line.split(None, 5)
        if len(words) == 6:
            yield words[:5], plain(words[5])


def our_top(report, unit):
    printer = Printer(report, unit, [(row["flat"], row["cum"]) for row in report["rows"]])
    flat_sum = 0
    for row in report["rows"]:
        flat_sum += row["flat"]
        yield [word.strip() for word in printer.row(row, flat_sum)], go_text.name(row)


def go_tree(lines):
    """(node, numbers, callers, callees); an edge is (value, part, name). Where +5 meets -5 Go has no fixed order."""
    block, node = [], None
    for line in rows_after(lines, "flat")[1:]:
        if line.startswith(RULE):
            if node is not None:
                yield (*node, sorted(block[:at]), sorted(block[at:]))
            block, node, at = [], None, 0
            continue
        numbers, bar, name = line.partition("|")
        words = numbers.split()
        if not bar:
            continue
        if len(words) == 5:
            node, at = (name[1:], words), len(block)
        else:
            block.append((words[0], words[1], name[3:]))


def our_edges(printer, edges, cum):
    return sorted((printer.value(edge["value"]), printer.part(edge["value"], cum).strip(),
                   go_text.name(edge) + (" (inline)" if edge["inlined"] else "")) for edge in edges)


def our_tree(report, unit, unit_of):
    printer = Printer(report, unit, unit_of)
    flat_sum = 0
    for row in report["rows"]:
        flat_sum += row["flat"]
        yield (go_text.name(row), [word.strip() for word in printer.row(row, flat_sum)],
               our_edges(printer, row["callers"], row["cum"]), our_edges(printer, row["callees"], row["cum"]))


def go_traces(lines):
    """(labels, value, frames) of each stack. The unit of values is picked anew for each of them."""
    labels, frames, value = [], [], None
    start = next(number for number, line in enumerate(lines) if line.startswith(RULE))
    for line in lines[start:]:
        if line.startswith(RULE):
            if frames:
                yield tuple(sorted(labels)), value, tuple(frames)
            labels, frames, value = [], [], None
        elif line[:10].strip() and ":  " in line[:30] and not frames:
            labels.append(" ".join(line.split()))
        elif line:
            if not frames:
                value = line[:10].strip() or line.split()[0]
            frames.append(line[13:] if len(line) > 10 and line[10:13] == "   " else line.split(None, 1)[1])


def our_traces(report, unit):
    for row in report["rows"]:
        labels = collections.defaultdict(list)
        for label in row["labels"]:
            if "text" in label:
                labels[label["key"]].append(label["text"])
            else:
                unit_name = label["unit"] or {"request": "bytes", "alignment": "bytes"}.get(label["key"], label["key"])
                labels[label["key"]].append(go_text.label(label["number"], unit_name, "auto"))
        yield (tuple(sorted("%s: %s" % (key, " ".join(texts)) for key, texts in labels.items())),
               go_text.label(row["value"], report["unit"], unit),
               tuple(go_text.name(frame) + (" (inline)" if frame["inlined"] else "") for frame in row["stack"]))


def compare(case, go_rows, our_rows):
    """Differences as text; rows in the same order."""
    go_rows, our_rows = list(go_rows), list(our_rows)
    if go_rows == our_rows:
        return len(go_rows)
    wrong = ["%s: %d rows with Go, %d with us" % (case, len(go_rows), len(our_rows))]
    for theirs, mine in zip(go_rows, our_rows):
        if theirs != mine:
            wrong += ["  Go:   %r" % (theirs,), "  ours: %r" % (mine,)]
        if len(wrong) > 6:
            break
    raise SystemExit("\n".join(wrong))


def check(profile, case, view):
    verb, *rest = shlex.split(case)
    options = [word for word in rest if word.startswith("-")]
    words = [word for word in rest if not word.startswith("-")]
    unit = next((option.split("=")[1] for option in options if option.startswith("-unit=")), "minimum")
    if view:
        options.append("-sample_index=" + view)
    lines, report = go(verb, words, options, profile), ours(verb, words, options, profile)
    case = "%s: %s %s" % (profile, case, view)
    if verb == "top":
        return compare(case, go_top(lines), our_top(report, unit))
    if verb == "traces":
        mine = sorted(row for row in our_traces(report, unit))
        theirs = sorted(row for row in go_traces(lines) if row[1] != "0")
        return compare(case, theirs, mine)
    whole = report if verb == "tree" else ours("tree", [], [*options, "-trim=false"], profile)
    values = [(row["flat"], row["cum"]) for row in whole["rows"]]
    return compare(case, go_tree(lines), our_tree(report, unit, values))


def main():
    profile, cases = sys.argv[1], sys.argv[2:]
    views = os.environ.get("VIEWS", "").split() or [""]
    count = sum(check(profile, case, view) for case in cases for view in views)
    assert count > 0, "no row compared"
    print("%d rows equal in %d reports of %s" % (count, len(cases) * len(views), os.path.basename(profile)))


main()
