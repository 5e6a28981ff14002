#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""A client of the HTTP server that sends exactly the bytes it is told, and judges what comes back.

    http_client.py table ADDRESS            every status, header and body of the endpoints
    http_client.py bad ADDRESS              requests that are none: the right status, and the server lives
    http_client.py crowd ADDRESS COUNT      COUNT heap profiles at the same time, each valid
    http_client.py vanish ADDRESS           clients that go away while a CPU profile is taken for them
    http_client.py slow ADDRESS COUNT       COUNT clients that never end their requests; others are served
    http_client.py pipeline ADDRESS         several requests in one segment are answered in order
    http_client.py old ADDRESS              HTTP/1.0, with a connection that is kept and without
    http_client.py status ADDRESS PATH [HEADER...]   the status of one GET

ADDRESS is PORT, or the path of a socket. Not here: what go tool pprof and curl make of it (http.bats).
"""

import gzip
import re
import socket
import struct
import sys
import threading
import time

LIMIT_S = 60  # against hanging; not a measure


def connect(address):
    if address.isdigit():
        return socket.create_connection(("127.0.0.1", int(address)), timeout=LIMIT_S)
    client = socket.socket(socket.AF_UNIX)
    client.settimeout(LIMIT_S)
    client.connect(address)
    return client


def read_answer(file, is_head=False):
    """(status, headers, body), or None at the end of the connection."""
    line = file.readline()
    if not line:
        return None
    version, status, _ = line.decode().split(" ", 2)
    assert version in ("HTTP/1.1", "HTTP/1.0"), line
    headers = {}
    while (line := file.readline().decode().rstrip("\r\n")) != "":
        name, value = line.split(": ", 1)
        assert name not in headers, f"{name} twice"
        headers[name] = value
    body = b"" if is_head else file.read(int(headers["Content-Length"]))
    return int(status), headers, body


def ask(address, request, is_head=False):
    with connect(address) as client:
        client.sendall(request)
        return read_answer(client.makefile("rb"), is_head)


def head(method, target, *headers, host="localhost"):
    lines = [f"{method} {target} HTTP/1.1", f"Host: {host}", *headers]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


TEXT = "text/plain; charset=utf-8"
OCTETS = "application/octet-stream"
UNKNOWN = (404, TEXT, "Unknown profile\n")
SECONDS = (400, TEXT, 'invalid value for "seconds" - must be a positive integer\n')
NO_DELTA = (400, TEXT, '"seconds" parameter is not supported for this profile type\n')
DEBUG = (400, TEXT, "seconds and debug params are incompatible\n")
P = "/debug/pprof/"

# Target, and the status, type and body (or the beginning of it, or None for any) of the answer.
TABLE = [
    (P, 200, "text/html; charset=utf-8", "<!DOCTYPE html>"),
    ("/debug/pprof", 301, "text/html; charset=utf-8", '<a href="/debug/pprof/">Moved Permanently</a>.\n\n'),
    ("/debug//pprof/heap?debug=1", 301, "text/html; charset=utf-8", '<a href="/debug/pprof/heap?debug=1">'),
    (P + "/heap", 301, "text/html; charset=utf-8", '<a href="/debug/pprof/heap">'),
    (P + "../../etc/passwd", 301, "text/html; charset=utf-8", '<a href="/etc/passwd">'),
    (P + "%2e%2e/%2e%2e/etc/passwd", 301, "text/html; charset=utf-8", '<a href="/etc/passwd">'),
    ("/", 404, TEXT, "404 page not found\n"),
    ("/etc/passwd", 404, TEXT, "404 page not found\n"),
    (P + "heap", 200, OCTETS, None),
    (P + "heap?gc=1", 200, OCTETS, None),
    (P + "heap?gc=x&debug=x", 200, OCTETS, None),
    (P + "heap?debug=1", 200, TEXT, "heap profile: "),
    (P + "heap?debug=2", 200, TEXT, "heap profile: "),
    (P + "heap?debug=0", 200, OCTETS, None),
    (P + "h%65ap", 200, OCTETS, None),
    (P + "heap?debug=-1", 200, TEXT, "heap profile: "),
    (P + "allocs", 200, OCTETS, None),
    (P + "allocs?gc=1&debug=1", 200, TEXT, "heap profile: "),
    (P + "block", 200, OCTETS, None),
    (P + "goroutine", 200, OCTETS, None),
    (P + "mutex", 200, OCTETS, None),
    (P + "threadcreate", 200, OCTETS, None),
    (P + "threadcreate?debug=1", 200, TEXT, "threadcreate profile: total 2\n"),
    (P + "goroutine?debug=1", 200, TEXT, "goroutine profile: total 3\n"),
    (P + "goroutine?debug=2", 200, TEXT, "goroutine "),
    (P + "mutex?debug=1", 200, TEXT, "--- mutex:\ncycles/second=1000000000\nsampling period=1\n"),
    (P + "block?debug=1", 200, TEXT, "--- contention:\ncycles/second=1000000000\n"),
    (P + "mylib/sessions?debug=1", 200, TEXT, "mylib/sessions profile: total 3\n3 @ 0x"),
    (P + "mylib/sessions", 200, OCTETS, None),
    (P + "heap/", *UNKNOWN),
    (P + "Heap", *UNKNOWN),
    (P + "heap%00", *UNKNOWN),
    (P + "cpu", *UNKNOWN),
    (P + "mylib", *UNKNOWN),
    (P + "nobody?debug=1&gc=1", *UNKNOWN),
    (P + "a" * 300, *UNKNOWN),
    (P + "heap?seconds=0", *SECONDS),
    (P + "heap?seconds=-1", *SECONDS),
    (P + "heap?seconds=1.5", *SECONDS),
    (P + "heap?seconds=x&debug=1", *SECONDS),
    (P + "heap?seconds=99999999999999999999", *SECONDS),
    (P + "nobody?seconds=x", *UNKNOWN),
    (P + "mylib/sessions?seconds=1", *NO_DELTA),
    (P + "mylib/sessions?seconds=0", *SECONDS),
    (P + "heap?seconds=1&debug=1", *DEBUG),
    (P + "heap?seconds=1", 200, OCTETS, None),
    (P + "heap?seconds=&debug=1", 200, TEXT, "heap profile: "),
    (P + "mutex?fraction=1", 400, TEXT, '"fraction" needs "seconds": it holds for one request\n'),
    (P + "mutex?fraction=0&seconds=1", 400, TEXT, 'invalid value for "fraction" - must be a positive integer\n'),
    (P + "block?rate=x&seconds=1", 400, TEXT, 'invalid value for "rate" - must be a positive integer\n'),
    (P + "mutex?fraction=1&seconds=1", 200, OCTETS, None),
    (P + "block?rate=1&seconds=1", 200, OCTETS, None),
    (P + "profile?seconds=1", 200, OCTETS, None),
    (P + "profile?hz=0", 400, TEXT, 'invalid value for "hz" - must be an integer from 1 to 1000\n'),
    (P + "profile?hz=1001", 400, TEXT, 'invalid value for "hz" - must be an integer from 1 to 1000\n'),
    (P + "heap?symbolize=x", 400, TEXT, 'invalid value for "symbolize" - must be none, names or lines\n'),
    (P + "heap?symbolize=names", 200, OCTETS, None),
    (P + "heap?symbolize=lines", 200, OCTETS, None),
    ("/debug/cprof/flame/nobody", *UNKNOWN),
    ("/debug/cprof/flame/heap?seconds=0", *SECONDS),
    ("/debug/cprof/flame/heap?symbolize=x", 400, TEXT, 'invalid value for "symbolize" - must be none, names or lines\n'),
    ("/debug/cprof/flame", 404, TEXT, "404 page not found\n"),
    (P + "heap?symbolize=none", 200, OCTETS, None),
    (P + "cmdline", 404, TEXT, "cmdline is off: the setting http_cmdline=1 allows it\n"),
    (P + "symbol", 200, TEXT, "num_symbols: 1\n"),
    (P + "symbol?0x1+garbage+017+99+0", 200, TEXT, "num_symbols: 1\n"),
]

FILES = {
    "heap": "heap", "heap?seconds=1": "heap-delta", "allocs": "allocs", "profile?seconds=1": "profile", "block": "block",
    "goroutine": "goroutine", "mutex": "mutex", "threadcreate": "threadcreate", "heap?symbolize=none": "heap",
    "mylib/sessions": "mylib/sessions", "mutex?fraction=1&seconds=1": "mutex-delta",
}  # fmt: skip


def judge(target, answer, status, content_type, body):
    got, headers, content = answer
    where = f"{target}: {got} {headers} {content[:200]!r}"
    assert got == status, f"{where}\nwanted {status}"
    assert headers["Content-Type"] == content_type, where
    assert headers["X-Content-Type-Options"] == "nosniff", where
    assert "Content-Encoding" not in headers, where
    assert re.fullmatch(r"[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT", headers["Date"]), where
    is_pprof_error = status >= 400 and body != "404 page not found\n"
    assert (headers.get("X-Go-Pprof") == "1") == is_pprof_error, where
    assert ("Content-Disposition" in headers) == (content_type == OCTETS), where
    name = FILES.get(target.removeprefix(P))
    if name:
        assert headers["Content-Disposition"] == f'attachment; filename="{name}"', where
    if content_type == OCTETS:
        assert len(gzip.decompress(content)) > 100, where
    elif status >= 400 or body.startswith("num_symbols"):
        assert content.decode() == body, where
    else:
        assert content.decode().startswith(body), where


def index(address):
    """What reads Go's page finds the same: a row each, by name, with a link to its text."""
    page = ask(address, head("GET", P))[2].decode()
    rows = re.findall(r'<tr><td>(\d+)</td><td><a href="([^"]*)\?debug=1">([^<]*)</a></td></tr>', page)
    names = [name for _, _, name in rows]
    builtin = ["allocs", "block", "goroutine", "heap", "mutex", "threadcreate"]
    assert names == sorted([*builtin, "cmdline", "mylib/sessions", "profile", "trace"]), rows
    assert all(link == name for _, link, name in rows), rows
    counts = {name: int(count) for count, _, name in rows}
    # Of these nothing is counted; threads and the program's own things are (programs/served.c).
    assert [counts[name] for name in ("cmdline", "profile", "trace")] == [0, 0, 0], rows
    assert (counts["threadcreate"], counts["goroutine"], counts["mylib/sessions"]) == (2, 3, 3), rows
    assert counts["heap"] == counts["allocs"] > 0, rows
    for text in ("<title>/debug/pprof/</title>", "Types of profiles available:", "Profile Descriptions:",
                 '<a href="goroutine?debug=2">full goroutine stack dump</a>'):  # fmt: skip
        assert text in page, text
    for name in builtin:
        assert f"<b>{name}:</b>" in page, name


def table(address):
    index(address)
    for target, *want in TABLE:
        judge(target, ask(address, head("GET", target)), *want)
        # A head has the same headers, and no body. (Not twice what takes a second.)
        if "seconds=1" not in target:
            got = ask(address, head("HEAD", target), is_head=True)
            assert got[0] == want[0] and got[1]["Content-Type"] == want[1], target
    assert ask(address, head("GET", "/debug//pprof/heap?a=b"))[1]["Location"] == "/debug/pprof/heap?a=b"
    assert ask(address, head("GET", "/debug/pprof"))[1]["Location"] == P
    # Only ASCII gets into a header, whatever the query was.
    got = ask(address, head("GET", "/debug//pprof/heap?\xc3\xa4=%c3%a4+b"))
    assert got[1]["Location"] == "/debug/pprof/heap?%C3%A4=%c3%a4+b", got
    got = ask(address, head("DELETE", P + "heap"))
    assert got[0] == 405 and got[1]["Allow"] == "GET, HEAD, POST", got
    # A form's parameters count, and come first.
    form = b"debug=1"
    kind = "Content-Type: application/x-www-form-urlencoded"
    got = ask(address, head("POST", P + "heap?debug=0", kind, f"Content-Length: {len(form)}") + form)
    assert got[1]["Content-Type"] == TEXT, got
    print(f"{len(TABLE)} targets")


def bad(address):
    long = "x" * 9000
    rows = [
        (b"\r\n\r\n", 400),
        (b"GET\r\n\r\n", 400),
        (b"GET / \r\n\r\n", 400),
        (b"get / HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
        (b"GET / HTTP/2.0\r\nHost: localhost\r\n\r\n", 505),
        (b"GET  / HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\n folded: x\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\nno colon\r\n\r\n", 400),
        (b"GET /\x00 HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
        (b"GET /a\rb HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
        (b"GET /%zz HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
        (b"GET /% HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
        (b"GET * HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\x00\n", 400),
        (f"GET /{long} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode(), 414),
        (b"GET /" + long.encode(), 414),
        (f"GET / HTTP/1.1\r\nHost: localhost\r\n{'a: b' * 9 + chr(13) + chr(10)}".encode() * 1000, 431),
        (b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1x\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999999999999\r\n\r\n", 413),
        (b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1048577\r\n\r\n", 413),
        (b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 411),
        (head("GET", P, host="evil.example"), 403),
        (head("GET", P, host="localhost.evil.example:80"), 403),
        (head("GET", P, host="[::1"), 403),
    ]
    for request, status in rows:
        got = ask(address, request)
        assert got and got[0] == status, (request[:80], status, got)
    for host in ("localhost", "LOCALHOST:1", "127.0.0.1:6060", "127.9.9.9", "[::1]", "[::1]:6060"):
        assert ask(address, head("GET", P, host=host))[0] == 200, host
    print(f"{len(rows)} bad requests")


def pipeline(address):
    with connect(address) as client:
        client.sendall(head("GET", P + "nobody") + head("GET", P + "heap?seconds=1") + head("GET", P + "threadcreate?debug=1")
                       + head("POST", P + "symbol", "Content-Length: 3", "Expect: 100-continue") + b"0x1"
                       + head("GET", P, "Connection: close"))  # fmt: skip
        file = client.makefile("rb")
        got = [read_answer(file) for _ in range(3)]
        assert file.readline() == b"HTTP/1.1 100 Continue\r\n" and file.readline() == b"\r\n"
        got += [read_answer(file), read_answer(file)]
        assert [answer[0] for answer in got] == [404, 200, 200, 200, 200], got
        assert got[4][1]["Connection"] == "close" and read_answer(file) is None
    print("in order")


def old(address):
    """HTTP/1.0 as ab speaks it, without and with -k; and wget, which sends a Host."""
    for more in (b"", b"Host: localhost\r\n", b"Connection: close\r\n"):
        with connect(address) as client:
            client.sendall(b"GET /debug/pprof/heap HTTP/1.0\r\n" + more + b"\r\n")
            file = client.makefile("rb")
            assert file.peek(9).startswith(b"HTTP/1.0 "), file.peek(9)
            status, headers, _ = read_answer(file)
            assert status == 200 and headers["Connection"] == "close", (more, status, headers)
            assert read_answer(file) is None
    with connect(address) as client:
        file = client.makefile("rb")
        for path in (b"heap", b"nobody", b"heap?debug=1"):
            client.sendall(b"GET /debug/pprof/" + path + b" HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n")
            status, headers, _ = read_answer(file)
            assert status == (404 if path == b"nobody" else 200), status
            assert headers["Connection"] == "keep-alive", headers
    # The host is still looked at where there is one.
    assert ask(address, b"GET /debug/pprof/ HTTP/1.0\r\nHost: evil.example\r\n\r\n")[0] == 403
    assert ask(address, head("GET", "http://evil.example" + P))[0] == 403
    assert ask(address, head("GET", "http://localhost" + P, host="evil.example"))[0] == 200
    print("as of old")


def crowd(address, count):
    answers = []

    def fetch():
        answers.append(ask(address, head("GET", P + "heap")))

    threads = [threading.Thread(target=fetch) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == count
    for status, _, body in answers:
        assert status == 200 and b"inuse_space" in gzip.decompress(body)
    print(f"{count} valid")


def close(client):
    client.close()


def reset(client):
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.close()


def close_half(client):
    """It could still read: Go takes it for gone too."""
    client.shutdown(socket.SHUT_WR)
    assert client.recv(1) == b""
    client.close()


def vanish(address):
    busy = (500, "Could not enable CPU profiling: cpu profiling already in use\n")
    for go_away in (close, reset, close_half):
        client = connect(address)
        client.sendall(head("GET", P + "profile?seconds=1000"))
        # In use from now on: the next one is refused, and does not harm the first.
        while (got := ask(address, head("GET", P + "profile?seconds=1")))[0] == 200:
            pass
        assert (got[0], got[2].decode()) == busy, got
        assert got[1]["Content-Type"] == TEXT and got[1]["X-Go-Pprof"] == "1", got
        # Given back with the connection, not after 1000 s.
        go_away(client)
        end = time.monotonic() + LIMIT_S
        while ask(address, head("GET", P + "profile?seconds=1"))[0] != 200:
            assert time.monotonic() < end, "still in use"
    print("given back")


def slow(address, count):
    clients = []
    for _ in range(count):
        clients.append(connect(address))
        clients[-1].sendall(b"GET /debug/pprof/ HTTP/1.1\r\nHost: ")
    for _ in range(10):
        assert ask(address, head("GET", P))[0] == 200
    # Most were dropped to make room, none was answered.
    dropped = 0
    for client in clients:
        client.setblocking(False)
        try:
            assert client.recv(1) == b""
            dropped += 1
        except ConnectionResetError:
            dropped += 1
        except BlockingIOError:
            pass
    assert count - dropped <= 64, dropped
    print(f"{count} slow ones, others served")


def main():
    verb, address, *rest = sys.argv[1:]
    if verb == "status":
        print(ask(address, head("GET", rest[0], *rest[1:]))[0])
    else:
        verbs = {
            "table": table, "bad": bad, "crowd": crowd, "vanish": vanish, "slow": slow, "pipeline": pipeline, "old": old,
        }  # fmt: skip
        verbs[verb](address, *map(int, rest))


main()
