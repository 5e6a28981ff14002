# SPDX-License-Identifier: BSD-2-Clause
"""Profiles of random addresses of a binary, and what other tools say of those addresses.

  symbols.py make BINARY OUT COUNT [PATH [ID]]  a profile with COUNT addresses in functions of BINARY, as if PATH (BINARY)
                                                with the build id ID (BINARY's own; "": none) had been loaded somewhere
  symbols.py compare PROFILE BINARY [addr2line] are its functions, files, lines and inlined frames those that
                                                llvm-symbolizer (or addr2line alone) finds in BINARY?
  symbols.py lined PROFILE                      how many of its addresses have a line

Not here: decoding profiles (pprof_file.py).

Where the tools themselves differ, and who is right:
- addr2line 2.40 tells the file of the unit for a line of an included file, of DWARF 5 (llvm-symbolizer knows better), and
  the file of the symbol table's FILE entry where DWARF has nothing: we say nothing.
- It loses the inlined frames of clang's range lists and all of split DWARF. Hence addr2line is asked about gcc's DWARF 4.
- addr2line calls the innermost frame by the symbol of the outermost function where DWARF has no linkage name for it.
- A function without a linkage name in DWARF is called by its last part; for the outermost one we have the symbol's name,
  as llvm-symbolizer does. For one with several symbols (constructors C1 and C2) llvm-symbolizer takes the first
  symbol of the table, we the linkage name of DWARF, as addr2line does.
"""
import os
import random
import re
import subprocess
import sys

import pprof_file

BASE = 0x7F0000000000  # where the position-independent ones "were loaded"


def tool(*command, **keywords):
    return subprocess.run(command, check=True, capture_output=True, text=True, **keywords).stdout


def elf_type(binary):
    return re.search(r"Type:\s+(\w+)", tool("readelf", "-hW", binary)).group(1)


def segments(binary):
    """(offset, vaddr, size) of the executable ones."""
    found = []
    for line in tool("readelf", "-lW", binary).splitlines():
        words = line.split()
        if words[:1] == ["LOAD"] and "E" in "".join(words[6:-1]):
            found.append((int(words[1], 16), int(words[2], 16), int(words[5], 16)))
    return found


def build_id(binary):
    match = re.search(r"Build ID: (\w+)", tool("readelf", "-nW", binary))
    return match.group(1) if match else ""


def functions(binary):
    """(address, size) of the functions with a size."""
    found = set()
    for line in tool("readelf", "-sW", binary).splitlines():
        words = line.split()
        if len(words) >= 8 and words[3] == "FUNC" and words[6] != "UND":
            size = int(words[2], 0)
            if size > 0:
                found.add((int(words[1], 16), size))
    return sorted(found)


def varint(value):
    data = b""
    while value > 127:
        data += bytes([value & 127 | 128])
        value >>= 7
    return data + bytes([value])


def number(field, value):
    return varint(field << 3) + varint(value)


def block(field, data):
    return varint(field << 3 | 2) + varint(len(data)) + data


def write_profile(path, binary, wanted, name, id_text):
    texts = ["", "space", "bytes", name, id_text]
    bias = BASE if elf_type(binary) != "EXEC" else 0
    data = block(1, number(1, 1) + number(2, 2)) + block(11, number(1, 1) + number(2, 2)) + number(12, 1)
    loaded = segments(binary)
    for i, (offset, vaddr, size) in enumerate(loaded):
        data += block(3, number(1, i + 1) + number(2, bias + vaddr) + number(3, bias + vaddr + size) +
                      number(4, offset) + number(5, 3) + number(6, 4 if id_text else 0))
    for i, address in enumerate(wanted):
        mapping = [k for k, (_, vaddr, size) in enumerate(loaded) if vaddr <= address < vaddr + size][0] + 1
        data += block(4, number(1, i + 1) + number(2, mapping) + number(3, bias + address))
        data += block(2, block(1, varint(i + 1)) + block(2, varint(1)))
    for text in texts:
        data += block(6, text.encode())
    with open(path, "wb") as out:
        out.write(data)


def make(binary, path, count, name=None, id_text=None):
    random.seed(1)
    every = functions(binary)
    wanted = set()
    for _ in range(int(count)):
        address, size = random.choice(every)
        wanted.add(address + random.randrange(size))
    write_profile(path, binary, sorted(wanted), os.path.abspath(binary) if name is None else name,
                  build_id(binary) if id_text is None else id_text)


def fold(text):
    """A path as we clean it."""
    if text in ("", "??"):
        return ""
    clean = os.path.normpath(text)
    return clean[1:] if clean.startswith("//") else clean


def frames_of(lines):
    result = []
    for name, place in zip(lines[::2], lines[1::2]):
        path, _, line = place.split(" (discriminator")[0].rpartition(":")
        result.append((name, fold(path), int(line.replace("?", "0"))))
    return result


def asked(command, wanted):
    """address: frames, of a tool that prints each address before its frames."""
    output = tool(*command, input="".join("0x%x\n" % address for address in wanted))
    result, lines, address = {}, [], None
    for line in output.splitlines() + ["0x0"]:
        if re.fullmatch("0x[0-9a-f]+", line):
            if address is not None:
                result[address] = frames_of(lines)
            address, lines = int(line, 16), []
        elif line:
            lines.append(line)
    return result


def ours(profile):
    result = {}
    for location in profile.locations.values():
        address = location["address"] - (BASE if location["address"] >= BASE else 0)
        frames = []
        for line in location["lines"]:
            record = pprof_file.record(line, {1: "function", 2: "line"}) if isinstance(line, bytes) else line
            function = profile.functions[record["function"]]
            frames.append((function["system_name"], profile.strings[function["file"]], record["line"]))
        result[address] = frames
    return result


def mangled(name):
    return name.startswith("_Z")


def same_name(name, theirs):
    """Without versions, and without ".cold" and its like: symbols have them, DWARF does not."""
    return re.split("[.@]", name)[0] == re.split("[.@]", theirs)[0] or mangled(name) != mangled(theirs)


def same_place(mine, theirs):
    return mine[2] == theirs[2] and (mine[1] == theirs[1] or mine[2] == 0)  # line 0 is in no file


def same_frames(mine, theirs):
    if not any(line for _, _, line in theirs):  # no line known to them: none to us
        return not any(line for _, _, line in mine)
    return len(mine) == len(theirs) and all(
        same_place(one, other) and (same_name(one[0], other[0]) or other[0].split(".")[0] == theirs[-1][0].split(".")[0])
        for one, other in zip(mine, theirs))


def compare(path, binary, only=None):
    profile = pprof_file.Profile(path)
    mine = ours(profile)
    addr2line = asked(["addr2line", "-a", "-i", "-f", "-e", binary], mine)
    llvm = addr2line if only else asked(["llvm-symbolizer", "--obj=" + binary, "--output-style=GNU", "-a", "-i", "-f",
                                         "--no-demangle"], mine)
    bad = 0
    for address, frames in sorted(mine.items()):
        outermost = {theirs[address][-1][0].partition("@")[0] for theirs in (addr2line, llvm)}
        right = same_frames(frames, llvm[address]) and (
            not frames or any(same_name(frames[-1][0], name) for name in outermost))
        if not right:
            bad += 1
            if bad <= 5:
                print("%x\n  ours      %s\n  llvm      %s\n  addr2line %s" % (
                    address, frames, llvm[address], addr2line[address]))
    inlined = sum(len(frames) > 1 for frames in mine.values())
    print("%d addresses, %d with inlined frames, %d differ" % (len(mine), inlined, bad))
    return bad == 0


def lined(path):
    return sum(any(line for _, _, line in frames) for frames in ours(pprof_file.Profile(path)).values())


def main(arguments):
    if arguments[:1] == ["make"]:
        make(*arguments[1:])
    elif arguments[:1] == ["compare"]:
        sys.exit(0 if compare(*arguments[1:]) else 1)
    elif arguments[:1] == ["lined"]:
        print(lined(arguments[1]))
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
