#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""What the compatibility tests cannot say in shell.

    compat.py cpu URL PID FILE   fetch a CPU profile; prints the CPU time of the process meanwhile, in s
    compat.py ui SOURCE          each page of go tool pprof -http, and what must be in it
    compat.py pages TRACE [PAGE TEXT]...   each page of go tool trace -http that its first one leads to;
                                 and what must be in some

Not here: clients of our server that go wrong (http_client.py).
"""

import os
import re
import signal
import subprocess
import sys
import urllib.parse
import urllib.request

LIMIT_S = 60  # against hanging; not a measure


def get(url):
    with urllib.request.urlopen(url, timeout=LIMIT_S) as answer:
        assert answer.status == 200, url
        return answer.read()


def cpu_seconds(pid):
    """Of all its threads, those that ended too, as the kernel counts."""
    with open(f"/proc/{pid}/stat", encoding="utf-8") as stat:
        fields = stat.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def cpu(url, pid, path):
    before_s = cpu_seconds(pid)
    profile = get(url)
    after_s = cpu_seconds(pid)
    with open(path, "wb") as file:
        file.write(profile)
    print(after_s - before_s)


class Server:
    """A go tool that serves pages, until the end of the block."""

    def __init__(self, *command):
        self.command = command

    def __enter__(self):
        # It wants to open a browser. It must not write where its reader has gone: one file for all.
        self.process = subprocess.Popen(self.command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
                                        env=dict(os.environ, BROWSER="true"), start_new_session=True)  # fmt: skip
        said = ""
        for line in self.process.stderr:
            said += line
            if found := re.search(r"http://(?:127\.0\.0\.1|localhost):\d+$", line.rstrip("/\n ")):
                return found[0]
        raise AssertionError(said)

    def __exit__(self, *unused):
        os.killpg(self.process.pid, signal.SIGTERM)
        self.process.wait()


# Each page of pprof, and what must be in it.
PAGES = {
    "/ui/": "leak_site", "/ui/top": "leak_site", "/ui/flamegraph": "leak_site", "/ui/peek?f=leak_site": "leak_site",
    "/ui/source?f=leak_site": "malloc(size_bytes)", "/ui/disasm?f=leak_site": "CALL",
    "/ui/top?si=alloc_objects": "leak_site", "/ui/download": None,
}  # fmt: skip


def ui(source):
    with Server("go", "tool", "pprof", "-http=localhost:", "-no_browser", source) as url:
        for path, text in PAGES.items():
            page = get(url + path)
            assert text is None or text in page.decode(), (path, page[:2000])
            assert text or page.startswith(b"\x1f\x8b"), path
    print(len(PAGES), "pages")


def pages(trace, *wanted):
    with Server("go", "tool", "trace", "-http=127.0.0.1:0", trace) as url:
        seen, left = set(), ["/"]
        while left:
            path = left.pop()
            page = get(url + path)
            seen.add(path)
            # Drawings and viewers need more than a client; the tables are followed one level down.
            if path.count("?") or b"<a href" not in page:
                continue
            for link in re.findall(r'<a href="(/[^"]*)"', page.decode()):
                link = link.replace("&amp;", "&")
                if link not in seen and link not in left:
                    left.append(link)
        for path, text in zip(wanted[::2], wanted[1::2]):
            assert text in get(url + path).decode(), (path, text)
    kinds = sorted({urllib.parse.urlsplit(path).path for path in seen})
    print("\n".join(kinds))


def main():
    verb, *rest = sys.argv[1:]
    {"cpu": cpu, "ui": ui, "pages": pages}[verb](*rest)


main()
