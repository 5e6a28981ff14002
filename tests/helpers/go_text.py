# SPDX-License-Identifier: BSD-2-Clause
"""Numbers and names as Go's client prints them, written anew from its documented behaviour.

What is exact comes from our --json; this makes from it the text that `go tool pprof` should print, so that a
comparison is to the printed digit. Not here: running the two (same_as_go.py).
"""

BYTES = ([("B", ("b", "byte"), 1.0), ("kB", ("kb", "kbyte", "kilobyte"), 2.0**10),
          ("MB", ("mb", "mbyte", "megabyte"), 2.0**20), ("GB", ("gb", "gbyte", "gigabyte"), 2.0**30),
          ("TB", ("tb", "tbyte", "terabyte"), 2.0**40), ("PB", ("pb", "pbyte", "petabyte"), 2.0**50)], ("B", 1.0))
TIMES = ([("ns", ("ns", "nanosecond"), 1.0), ("us", ("us", "microsecond"), 1e3), ("ms", ("ms", "millisecond"), 1e6),
          ("s", ("s", "sec", "second"), 1e9), ("hrs", ("hour", "hr"), 3600e9)], ("s", 1e9))


def find(kind, name):
    name = name.lower()
    if len(name) > 2 and name.endswith("s"):
        name = name[:-1]
    for unit in kind[0]:
        if name in unit[1]:
            return unit
    return None


def scale(value, unit, wanted):
    """(number, unit) of a measure in the unit that is wanted; "minimum" and "auto" pick one."""
    if value < 0:
        number, name = scale(-value, unit, wanted)
        return -number, name
    for kind in (BYTES, TIMES):
        source = find(kind, unit)
        if source is None:
            continue
        base = value * source[2]
        if wanted in ("minimum", "auto"):
            fitting = [unit for unit in kind[0] if base / unit[2] >= 1]
            target = fitting[-1] if fitting else None
        else:
            target = find(kind, wanted)
        name, factor = (target[0], target[2]) if target else kind[1]
        return base / factor, name
    return float(value), "" if wanted in ("count", "sample", "unit", "minimum", "auto") else wanted


def label(value, unit, wanted):
    number, name = scale(value, unit, wanted)
    text = "%.2f" % number
    if text.endswith(".00"):
        text = text[:-3]
    return "0" if text in ("0", "-0") else text + name


def percentage(value, total):
    ratio = abs(value / total) * 100 if total else 0.0
    if 99.95 <= ratio <= 100.05:
        return "  100%"
    if ratio >= 1:
        return "%5.2f%%" % ratio
    text = "%.2g" % ratio
    return "%5s%%" % text


def output_unit(values, total, unit, wanted):
    """The one unit of a report: that of its smallest row, or of 100 times that where the whole is far larger.
    values: (flat, cum) of all rows shown."""
    if wanted != "minimum" or not values:
        return wanted
    least = 0
    for flat, cum in values:
        smallest = abs(flat) or abs(cum)
        if smallest and (least == 0 or smallest < least):
            least = smallest
    least = least or total
    _, small = scale(least, unit, "minimum")
    _, large = scale(total, unit, "minimum")
    if small != large and least * 100 < total:
        _, small = scale(100 * least, unit, "minimum")
    return small or unit


def name(node):
    """The text of a node; which keys it has depends on the granularity."""
    words = []
    if "address" in node:
        words.append("%016x" % int(node["address"], 16))
    words.append(node["name"])
    if node.get("line"):
        words.append("%s:%d" % (node["source"], node["line"]))
    elif node.get("source"):
        words.append(node["source"])
    return " ".join(words)
