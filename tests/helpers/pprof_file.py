# SPDX-License-Identifier: BSD-2-Clause
"""Reads a pprof profile with nothing but Python's own library, so that the tests do not believe our encoder or decoder.

  pprof_file.py check FILE...             is each a whole, consistent profile?
  pprof_file.py leaves FILE               the leaf function of each stack, once each
  pprof_file.py functions FILE VIEW       VALUE NAME of each leaf function
  pprof_file.py total FILE VIEW           the sum of one view
  pprof_file.py growth OLD NEW VIEW       the sum of what grew, sample by sample: the same stack, the same labels
  pprof_file.py stack FILE NAME        the stacks with this leaf, as "LEAF < CALLER < ..."
  pprof_file.py comment FILE KEY          the value of a comment "KEY: value" or "GROUP: ... KEY=value ..."
  pprof_file.py comments FILE          all of them
  pprof_file.py time|period FILE       nanoseconds since 1970; bytes between samples
  pprof_file.py mapping FILE           file and build id of the first mapping
  pprof_file.py same-totals FILE CPROF    do go tool pprof and `CPROF top` tell these totals too?

Not here: what the numbers should be (exact.py, truth.py).
"""
import gzip
import re
import subprocess
import sys

VIEWS = ["alloc_objects", "alloc_space", "inuse_objects", "inuse_space"]


def varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return value, at


def signed(value):
    return value - (1 << 64) if value >> 63 else value


def fields(data):
    """(number, value) of each field of a message: int, or bytes for a length-delimited one."""
    at = 0
    while at < len(data):
        key, at = varint(data, at)
        kind = key & 7
        if kind == 0:
            value, at = varint(data, at)
        elif kind == 2:
            length, at = varint(data, at)
            value = data[at:at + length]
            if len(value) != length:
                raise ValueError("field runs over the end")
            at += length
        else:
            raise ValueError("wire type %d" % kind)
        yield key >> 3, value


def numbers(value):
    """A repeated number, packed or not."""
    if isinstance(value, int):
        return [value]
    at, result = 0, []
    while at < len(value):
        number, at = varint(value, at)
        result.append(number)
    return result


def record(data, names, repeated=()):
    result = {name: 0 for name in names.values()}
    for name in repeated:
        result[name] = []
    for number, value in fields(data):
        name = names.get(number)
        if name is None:
            continue
        if name in repeated:
            result[name].append(value)
        else:
            result[name] = value
    return result


class Profile:
    def __init__(self, path):
        with open(path, "rb") as file:
            raw = file.read()
        # One whole gzip stream, and nothing behind it.
        data = gzip.decompress(raw)
        self.path = path
        self.strings, samples, mappings, locations, functions = [], [], [], [], []
        self.sample_types, self.comments = [], []
        self.period = self.time_nanos = self.duration_nanos = self.default_type = 0
        self.period_type = None
        types = []
        comments = []
        for number, value in fields(data):
            if number == 1:
                types.append(record(value, {1: "type", 2: "unit"}))
            elif number == 2:
                samples.append(value)
            elif number == 3:
                mappings.append(record(value, {1: "id", 2: "start", 3: "limit", 4: "offset", 5: "file", 6: "build_id",
                                               7: "has_functions"}))
            elif number == 4:
                locations.append(record(value, {1: "id", 2: "mapping", 3: "address", 4: "lines"}, ["lines"]))
            elif number == 5:
                functions.append(record(value, {1: "id", 2: "name", 3: "system_name", 4: "file"}))
            elif number == 6:
                self.strings.append(value.decode("utf-8", "surrogateescape"))
            elif number == 9:
                self.time_nanos = signed(value)
            elif number == 10:
                self.duration_nanos = signed(value)
            elif number == 11:
                self.period_type = record(value, {1: "type", 2: "unit"})
            elif number == 12:
                self.period = signed(value)
            elif number == 13:
                comments += numbers(value)
            elif number == 14:
                self.default_type = value
        text = self.strings
        self.sample_types = [(text[t["type"]], text[t["unit"]]) for t in types]
        self.comments = [text[c] for c in comments]
        self.mappings = {m["id"]: dict(m, file=text[m["file"]], build_id=text[m["build_id"]]) for m in mappings}
        self.mapping_order = [m["id"] for m in mappings]
        self.functions = {f["id"]: dict(f, name=text[f["name"]], system_name=text[f["system_name"]]) for f in functions}
        self.locations = {}
        for location in locations:
            lines = [record(line, {1: "function", 2: "line"}) for line in location["lines"]]
            location["line_records"] = lines
            location["names"] = [self.functions[line["function"]]["name"] for line in lines]
            self.locations[location["id"]] = location
        if len(self.locations) != len(locations) or len(self.functions) != len(functions):
            raise ValueError("an id is there twice")
        self.samples = [self.sample(data) for data in samples]

    def sample(self, data):
        stack, values, labels = [], [], []
        for number, value in fields(data):
            if number == 1:
                stack += numbers(value)
            elif number == 2:
                values += [signed(v) for v in numbers(value)]
            elif number == 3:
                label = record(value, {1: "key", 2: "str", 3: "num", 4: "unit"})
                labels.append((self.strings[label["key"]], label["num"]))
        return stack, values, labels

    def view(self, name):
        return [t for t, _ in self.sample_types].index(name)

    def names(self, stack):
        """Function names of a stack, leaf first."""
        return [name for id in stack for name in (self.locations[id]["names"] or ["?"])]

    def total(self, view):
        index = self.view(view)
        return sum(values[index] for _, values, _ in self.samples)

    def comment(self, key):
        for text in self.comments:
            head, _, rest = text.partition(": ")
            pairs = [word.partition("=") for word in rest.split()]
            if pairs and all(equals for _, equals, _ in pairs):
                for name, _, value in pairs:
                    if name == key:
                        return value
            elif head == key:
                return rest
        raise KeyError(key)

    def check(self):
        """Raises when something is not as a reader may expect."""
        want = [("alloc_objects", "count"), ("alloc_space", "bytes"), ("inuse_objects", "count"), ("inuse_space", "bytes")]
        problems = []
        if self.strings[:1] != [""]:
            problems.append("string 0 is not empty")
        if self.sample_types != want:
            problems.append("sample types %s" % self.sample_types)
        if self.time_nanos <= 0 or self.period < 0:
            problems.append("time %d, period %d" % (self.time_nanos, self.period))
        for stack, values, _ in self.samples:
            if not stack:
                problems.append("a sample without a stack")
            if len(values) != 4 or min(values) < 0:
                problems.append("sample values %s" % values)
            problems += ["no location %d" % id for id in stack if id not in self.locations]
        # Any order would do for the format, but not for all who read it.
        for what, ids in ("mapping", self.mapping_order), ("function", self.functions), ("location", self.locations):
            if list(ids) != list(range(1, len(ids) + 1)):
                problems.append("%s ids are not 1, 2, 3, ..." % what)
        for location in self.locations.values():
            mapping = self.mappings.get(location["mapping"])
            if location["mapping"] and not mapping:
                problems.append("no mapping %d" % location["mapping"])
            elif mapping and not mapping["start"] <= location["address"] < mapping["limit"]:
                problems.append("address %x is not in its mapping %s" % (location["address"], mapping["file"]))
        if problems:
            raise ValueError("; ".join(problems[:5]))


def go_totals(path):
    result = {}
    for view in VIEWS:
        text = subprocess.run(["go", "tool", "pprof", "-top", "-unit=B", "-sample_index=" + view, path], check=True,
                              capture_output=True, text=True).stdout
        match = re.search(r"of (-?[\d.]+)B? total", text)
        result[view] = int(float(match.group(1)))
    return result


def cprof_totals(path, cprof):
    import json
    result = {}
    for view in VIEWS:
        text = subprocess.run([cprof, "top", "--json", "-sample_index=" + view, path], check=True, capture_output=True,
                              text=True).stdout
        result[view] = json.loads(text)["total"]
    return result


def main(verb, *args):
    if verb == "check":
        for path in args:
            try:
                Profile(path).check()
            except Exception as error:
                sys.exit("%s: %s: %s" % (path, type(error).__name__, error))
    elif verb == "leaves":
        profile = Profile(args[0])
        for name in sorted({profile.names(stack)[0] for stack, _, _ in profile.samples}):
            print(name)
    elif verb == "functions":
        profile = Profile(args[0])
        index, sums = profile.view(args[1]), {}
        for stack, values, _ in profile.samples:
            name = profile.names(stack)[0]
            sums[name] = sums.get(name, 0) + values[index]
        for name in sorted(sums, key=sums.get, reverse=True):
            print(sums[name], name)
    elif verb == "growth":
        old, new = Profile(args[0]), Profile(args[1])
        seen = {}
        for profile, sign in (old, -1), (new, 1):
            index = profile.view(args[2])
            for stack, values, labels in profile.samples:
                key = tuple(profile.locations[number]["address"] for number in stack), tuple(sorted(labels))
                seen[key] = seen.get(key, 0) + sign * values[index]
        print(sum(value for value in seen.values() if value > 0))
    elif verb == "total":
        print(Profile(args[0]).total(args[1]))
    elif verb == "stack":
        profile = Profile(args[0])
        for text in sorted({" < ".join(profile.names(stack)) for stack, _, _ in profile.samples}):
            if text == args[1] or text.startswith(args[1] + " < "):
                print(text)
    elif verb == "comment":
        print(Profile(args[0]).comment(args[1]))
    elif verb == "comments":
        print("\n".join(Profile(args[0]).comments))
    elif verb == "time":
        print(Profile(args[0]).time_nanos)
    elif verb == "period":
        print(Profile(args[0]).period)
    elif verb == "mapping":
        profile = Profile(args[0])
        first = profile.mappings[profile.mapping_order[0]]
        print(first["file"], first["build_id"])
    elif verb == "same-totals":
        profile = Profile(args[0])
        want = {view: profile.total(view) for view in VIEWS}
        for who, got in ("go tool pprof", go_totals(args[0])), ("cprof top", cprof_totals(args[0], args[1])):
            if got != want:
                sys.exit("%s: %s says %s, the file %s" % (args[0], who, got, want))
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main(*sys.argv[1:])
