# SPDX-License-Identifier: BSD-2-Clause
"""series.py MAKE_PROFILE DIR [KEY=VALUE...]: the snapshots of a process that never was, in DIR/EXE.PID.SEQ.heap.pb.gz.

exe=server pid=4242 start=1 count=8 first=1 at=1700000000 every=30 rate=524288 leak=4000 skip=3,5 hole=4:600 rates=4:65536 name=session_new

session_new holds leak objects of 1000 bytes more in each snapshot; keep holds 9,000,000 bytes all the time. skip: snapshots that
are not written; hole=N:SECONDS: so much time passes before number N; rates=N:RATE: from N on.
"""
import subprocess
import sys


def options(words):
    values = dict(exe="server", pid="4242", start="1", count="8", first="1", at="1700000000", every="30", rate="524288",
                  leak="4000", skip="", hole="", rates="", name="session_new")
    for word in words:
        key, _, value = word.partition("=")
        assert key in values, word
        values[key] = value
    return values


def pair(text):
    left, _, right = text.partition(":")
    return (int(left), int(right)) if text else (0, 0)


def main(make_profile, folder, *words):
    values = options(words)
    skipped = {int(one) for one in values["skip"].split(",") if one}
    hole_at, hole_seconds = pair(values["hole"])
    rate_at, other_rate = pair(values["rates"])
    time, rate = int(values["at"]), int(values["rate"])
    for number in range(1, int(values["count"]) + 1):
        time += int(values["every"]) + (hole_seconds if number == hole_at else 0)
        rate = other_rate if number == rate_at else rate
        if number in skipped or number < int(values["first"]):
            continue
        leaked = number * int(values["leak"])
        text = f"""\
type alloc_objects count
type alloc_space bytes
type inuse_objects count
type inuse_space bytes
period space bytes {rate}
time {time}000000000
comment cprofalloc: version=0.1.0 kind=heap program={values["exe"]} pid={values["pid"]} sequence={number} \
start_ns={values["start"]} rate_bytes={rate}
comment exe: /usr/bin/{values["exe"]}
comment memory: jemalloc_allocated_bytes={leaked * 1000 + 9500000} rss_bytes={leaked * 1000 + 20000000}
mapping 1000 900000 1000 /usr/bin/{values["exe"]} 0123abcd
sample {leaked} {leaked * 1000} {leaked} {leaked * 1000} | bytes=1000 | {values["name"]}@session.c:88 loop@main.c:52 main@main.c:9
sample 9000 9000000 9000 9000000 | bytes=1000 | keep@keep.c:7 main@main.c:9
"""
        path = f'{folder}/{values["exe"]}.{values["pid"]}.{number:04d}.heap.pb.gz'
        subprocess.run([make_profile, path], input=text.encode(), check=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
