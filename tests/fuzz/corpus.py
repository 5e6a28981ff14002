#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""corpus.py report|http DIR [PROFILE...]: inputs to begin fuzzing with, the same every time.

report: a choice byte and then a profile. Small profiles of every message and field, plain and gzipped, whole and damaged
in the ways that files are damaged; and the given files (Go's own profiles, ours).
http: two choice bytes and then what a client sends. Every endpoint and parameter, every header that means something,
several requests in one; whole and damaged.
Not here: what is done with them (fuzz_report.c, fuzz_http.c).
"""
import gzip
import os
import random
import sys


def varint(number):
    number &= (1 << 64) - 1
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    out.append(number)
    return bytes(out)


def num(field, value):
    return varint(field << 3) + varint(value)


def msg(field, data):
    return varint(field << 3 | 2) + varint(len(data)) + data


def packed(field, values):
    return msg(field, b"".join(map(varint, values)))


def make_profile(draw):
    """A whole profile of random shape: few samples, shared places, labels, inlined lines."""
    texts = ["", "alloc_objects", "count", "alloc_space", "bytes", "inuse_objects", "inuse_space", "space", "main",
             "leaf", "_ZN2ns4PoolIiE4growEi", "ns::Pool<int>::grow(int) const", "a.c", "/src/b.cc", "/usr/bin/x",
             "libc.so.6", "0123abcd", "who", "me", "pprof::base", "true", "cprofalloc: version=1 pid=7 rate_bytes=512",
             "malloc|operator new", "x\n\x01\xff", "<T as U>::f", "operator<<", "cpu", "nanoseconds", "milliseconds"]
    string = {text: number for number, text in enumerate(texts)}
    types = draw.choice([[("alloc_objects", "count"), ("alloc_space", "bytes"), ("inuse_objects", "count"),
                          ("inuse_space", "bytes")], [("space", "bytes")], [("cpu", "nanoseconds")],
                         [("alloc_objects", "count"), ("cpu", "milliseconds")]])
    wide = draw.choice([1, 1, 1, 7, 1 << 33])
    mappings, functions, locations = draw.randint(0, 3), draw.randint(1, 6), draw.randint(1, 9)
    out = [msg(1, num(1, string[name]) + num(2, string[unit])) for name, unit in types]
    for _ in range(draw.randint(0, 8)):
        ids = [wide * draw.randint(1, locations) for _ in range(draw.randint(0, 7))]
        values = [draw.choice([0, 1, 7, 4096, -3, 1 << 40, (1 << 63) - 1]) for _ in types]
        body = packed(1, ids) if draw.random() < 0.8 else b"".join(num(1, value) for value in ids)
        body += packed(2, values)
        for _ in range(draw.randint(0, 3)):
            body += msg(3, draw.choice([num(1, string["bytes"]) + num(3, draw.choice([1, 16, 1 << 20, -1])),
                                        num(1, string["who"]) + num(2, string["me"]),
                                        num(1, string["pprof::base"]) + num(2, string["true"]),
                                        num(1, string["who"]) + num(3, 5) + num(4, string["milliseconds"])]))
        out.append(msg(2, body))
    for number in range(1, mappings + 1):
        start = draw.choice([0x1000, 0x400000, 0x7f0000000000])
        out.append(msg(3, num(1, number) + num(2, start) + num(3, start + draw.choice([0x1000, 0x9001, 1 << 24])) +
                       num(4, draw.choice([0, 0x1000])) + num(5, string[draw.choice(["/usr/bin/x", "libc.so.6", ""])]) +
                       num(6, draw.choice([0, string["0123abcd"]])) +
                       b"".join(num(field, draw.randint(0, 1)) for field in range(7, 11))))
    for number in range(1, locations + 1):
        body = num(1, wide * number) + num(2, draw.randint(0, mappings)) + num(3, draw.choice([0x1234, 0x400010, 1 << 47]))
        for _ in range(draw.randint(0, 3)):
            body += msg(4, num(1, draw.randint(0, functions)) + num(2, draw.choice([0, 9, -1])) + num(3, 4))
        out.append(msg(4, body + num(5, draw.randint(0, 1))))
    for number in range(1, functions + 1):
        name = draw.randrange(len(texts))
        out.append(msg(5, num(1, number) + num(2, name) + num(3, draw.choice([name, draw.randrange(len(texts))])) +
                       num(4, draw.choice([0, string["a.c"], string["/src/b.cc"]])) + num(5, draw.choice([0, 3]))))
    strings = [msg(6, text.encode("latin-1")) for text in texts]
    out.extend(strings)
    for field, value in ((7, string["malloc|operator new"]), (8, 0), (9, 1700000000000000000), (10, 30), (12, 524288),
                         (13, string["cprofalloc: version=1 pid=7 rate_bytes=512"]), (14, types[0][0] and 1), (15, 12)):
        if draw.random() < 0.7:
            out.append(num(field, value))
    if draw.random() < 0.9:
        kind = draw.choice([("space", "bytes"), ("cpu", "nanoseconds")])
        out.append(msg(11, num(1, string[kind[0]]) + num(2, string[kind[1]])))
    if draw.random() < 0.2:
        out.append(msg(90, b"later") + varint(91 << 3 | 1) + bytes(8) + varint(92 << 3 | 5) + bytes(4))
    if draw.random() < 0.1:  # fields may come in any order
        head, tail = out[:len(types)], out[len(types):]
        tail = [part for part in tail if part not in strings]
        draw.shuffle(tail)
        out = head + tail + strings
    return b"".join(out)


def damage(draw, data):
    """One way in which a file is no longer whole."""
    at = draw.randrange(len(data))
    return draw.choice([data[:at], data[:at] + bytes([draw.randrange(256)]) + data[at + 1:],
                        data[:at] + data[at + 1:], data[:at] + data[at:at + 9] * 3 + data[at + 9:], data + data[at:]])


def write(directory, inputs):
    os.makedirs(directory, exist_ok=True)
    for number, data in enumerate(inputs):
        with open(os.path.join(directory, f"seed-{number:04}"), "wb") as file:
            file.write(data)


def make_reports(draw, paths):
    inputs = []
    for _ in range(150):
        data = make_profile(draw)
        inputs.append(data)
        inputs.append(damage(draw, data))
    inputs.extend(gzip.compress(data, mtime=0) for data in inputs[:40:2])
    inputs.extend(damage(draw, gzip.compress(inputs[number], mtime=0)) for number in range(0, 40, 2))
    for path in paths:
        with open(path, "rb") as file:
            data = file.read()
        inputs.append(data)
        if data[:2] == b"\x1f\x8b":
            inputs.append(gzip.decompress(data))
    return [bytes([draw.randrange(256)]) + data for data in inputs]


PATHS = ["", "heap", "allocs", "block", "mutex", "goroutine", "threadcreate", "a:b", "mylib/%3c&%22'%3E", "nobody", "profile",
         "trace", "symbol", "cmdline", "heap/", "/heap", "../x", "%2e%2e/", "./", "heap%00"]  # fmt: skip
PARAMETERS = ["debug=1", "debug=2", "debug=-9223372036854775808", "gc=1", "seconds=1", "seconds=0", "seconds=0.1",
              "seconds=1e-3", "seconds=99999999999999999999", "delta=alloc", "fraction=1", "rate=1", "hz=100", "hz=1001",
              "sites=7", "names=1", "symbolize=none", "symbolize=names", "symbolize=lines",
              "labels=a=b", "labels=a%3Db&labels=c=", "token=t", "token=%00", "%64ebug=%31", "a;b=c", "&&",
              "x=%zz", "0x1+017+99+0b1+0o7+ffff"]  # fmt: skip
HEADERS = ["Connection: close", "Connection: keep-alive", "Expect: 100-continue", "Authorization: Bearer t",
           "Content-Type: application/x-www-form-urlencoded", "Transfer-Encoding: chunked", "A:", "Accept-Encoding: gzip",
           "Host: localhost", "Host: evil.example", "Content-Length: 7", " folded"]  # fmt: skip


WHOLE = ["", "heap", "heap?debug=1", "heap?gc=1", "heap?seconds=1", "heap?seconds=1&delta=alloc", "mutex?seconds=1&fraction=7",
         "block?seconds=1&rate=7", "profile", "profile?seconds=1&hz=7", "trace?seconds=0.1", "symbol?0x1+0x2", "cmdline",
         "mylib/%3c&%22'%3e", "/heap?a=b"]  # fmt: skip


def make_request(draw):
    prefix = draw.choice(["/debug/pprof/"] * 8 + ["/debug/pprof", "/", "http://localhost/debug/pprof/",
                                                  "/debug/cprof/flame/", "/debug/cprof/live"])  # fmt: skip
    target = prefix + draw.choice(PATHS)
    for number in range(draw.choice([0, 1, 1, 2, 3])):
        target += "&?"[number == 0] + draw.choice(PARAMETERS)
    method = draw.choice(["GET"] * 6 + ["POST", "POST", "HEAD", "BREW"])
    body = "&".join(draw.choice(PARAMETERS) for _ in range(draw.randint(0, 2))) if method == "POST" else ""
    lines = [f"{method} {target} HTTP/1.{draw.choice('1110')}", "Host: " + draw.choice(["localhost", "127.0.0.1:1", "[::1]"])]
    if body:
        lines.append(f"Content-Length: {len(body)}")
    lines.extend(draw.choice(HEADERS) for _ in range(draw.choice([0, 0, 0, 1, 2])))
    return (draw.choice(["\r\n"] * 5 + ["\n"]).join([*lines, "", ""]) + body).encode("latin-1")


def make_requests(draw):
    inputs = []
    for _ in range(300):
        data = b"".join(make_request(draw) for _ in range(draw.choice([1, 1, 1, 2, 4])))
        if draw.random() < 0.3:
            data = damage(draw, data)
        inputs.append(bytes([draw.randrange(256), draw.choice([0, 7, 63]) + draw.choice([0, 128, 192])]) + data)
    # Each endpoint, answered at once, in time, never, or not at all (fuzz_http.c has the bits).
    for target in WHOLE:
        data = f"GET /debug/pprof/{target} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
        inputs.extend(bytes([choice, 0]) + data for choice in (0, 32, 64, 32 + 64, 32 + 128, 8 + 32))
    # Through the command beside the program, which ends well, badly, late or is not waited for.
    for target in ("pprof/heap", "pprof/heap?seconds=1", "pprof/profile", "cprof/flame/heap", "cprof/flame/profile?seconds=1",
                   "cprof/live", "cprof/live.json?sites=20&names=1"):  # fmt: skip
        data = f"GET /debug/{target} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
        for choice in (0, 32, 32 + 128, 32 + 4, 64, 8 + 32):
            inputs.extend(bytes([choice, tool]) + data for tool in (128, 192))
    return inputs


def main():
    target, directory, *paths = sys.argv[1:]
    draw = random.Random(20240901)
    write(directory, make_requests(draw) if target == "http" else make_reports(draw, paths))


main()
