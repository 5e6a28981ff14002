#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""A server that takes profiles as the documents of Pyroscope's POST /ingest say, and answers as it is told.

    ingest_server.py DIR [ANSWER...]

Writes its port to DIR/port; each request that is good leaves DIR/NUMBER.json (query, headers, sample_type_config, and of
the profile its types, totals, leaf functions, numeric labels, time) and DIR/NUMBER.pb.gz; one that is not is answered 400, and
what is wrong with it is in DIR/wrong. DIR/times has the time of each request. The first requests get the ANSWERs, all
others 200:

    STATUS                  with a short body, which says back what Authorization was
    STATUS/retry=TEXT       and Retry-After
    STATUS/location=URL     a redirect
    drop                    the connection ends without an answer
    drop-after              it ends after the status line of a 200, in the headers
    half                    a 200 whose body ends too soon
    huge                    a 200 with a body without end
    headers                 a 400 with 100 KiB of headers
    silent                  no answer, while the client waits

Not here: what the client should do then (push.bats).
"""
import email.parser
import email.policy
import http.server
import json
import os
import re
import sys
import threading
import time
import urllib.parse

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import pprof_file  # noqa: E402

NAME = re.compile(r"([-\w./]+)\{((?:[A-Za-z0-9_.]+=[^,{}]*(?:,|(?=\})))*)\}")
FIELDS = {"units", "display-name", "aggregation", "sampled"}


def need(condition, what):
    if not condition:
        raise ValueError(what)


def form_of(headers, body):
    """The files of a form by field; fields that have no file's name are none to this API."""
    kind = headers["Content-Type"]
    need(kind.startswith("multipart/form-data; boundary="), "Content-Type %s" % kind)
    message = email.parser.BytesParser(policy=email.policy.HTTP).parsebytes(
        b"Content-Type: " + kind.encode() + b"\r\n\r\n" + body)
    form = {}
    for part in message.iter_parts():
        name = part.get_param("name", header="content-disposition")
        need(part.get_filename(), "field %s has no file name" % name)
        need(name not in form, "field %s twice" % name)
        form[name] = part.get_payload(decode=True)
    return form


def check_query(query):
    need(set(query) <= {"name", "from", "until", "spyName", "sampleRate", "units", "aggregationType"},
         "query %s: with a form the format must not be named" % sorted(query))
    for key, values in query.items():
        need(len(values) == 1, "%s twice" % key)
    match = NAME.fullmatch(query["name"][0])
    need(match, "name %s" % query["name"][0])
    labels = dict(pair.split("=", 1) for pair in match[2].split(",") if pair)
    need(not any(key.startswith("__") for key in labels), "a label of the server's own")
    begin, until = (query[key][0] for key in ("from", "until"))
    need(re.fullmatch(r"\d{10}", begin) and re.fullmatch(r"\d{10}", until), "from %s, until %s" % (begin, until))
    need(int(begin) < int(until), "from %s is not before until %s" % (begin, until))


def check_types(config, profile):
    need(set(config) == {name for name, _ in profile.sample_types}, "sample types %s" % sorted(config))
    for name, fields in config.items():
        need(set(fields) <= FIELDS and fields["aggregation"] in ("sum", "average") and
             isinstance(fields["sampled"], bool), "%s: %s" % (name, fields))
        need("-" not in name, "sample type %s" % name)


def take(directory, number, handler, body):
    query = urllib.parse.parse_qs(urllib.parse.urlsplit(handler.path).query, strict_parsing=True)
    check_query(query)
    form = form_of(handler.headers, body)
    need(set(form) == {"profile", "sample_type_config"}, "fields %s" % sorted(form))
    path = os.path.join(directory, "%d.pb.gz" % number)
    with open(path, "wb") as file:
        file.write(form["profile"])
    profile = pprof_file.Profile(path)
    config = json.loads(form["sample_type_config"])
    check_types(config, profile)
    need(profile.time_nanos > 0, "no time")
    for stack, values, _ in profile.samples:
        need(len(values) == len(profile.sample_types) and min(values) >= 0, "values %s" % values)
    said = {
        "query": {key: values[0] for key, values in query.items()},
        "headers": dict(handler.headers),
        "config": config,
        "kind": profile.comment("kind"),
        "sequence": int(profile.comment("sequence")),
        "types": [name for name, _ in profile.sample_types],
        "totals": {name: profile.total(name) for name, _ in profile.sample_types},
        "leaves": sorted({profile.names(stack)[0] for stack, _, _ in profile.samples}),
        "is_joined": len({tuple(stack) for stack, _, _ in profile.samples}) == len(profile.samples),
        "numbers": sorted({key for _, _, labels in profile.samples for key, number in labels if number}),
        "lines": sum(line["line"] > 0 for l in profile.locations.values() for line in l["line_records"]),
        "time_ns": profile.time_nanos,
        "duration_ns": profile.duration_nanos,
    }
    with open(os.path.join(directory, "%d.json" % number), "w") as file:
        json.dump(said, file)


def main(directory, *answers):
    lock = threading.Lock()
    answers = list(answers)
    counts = {"requests": 0, "taken": 0}

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *args):
            pass

        def reply(self, status, headers=(), body=b""):
            self.send_response(status)
            for name, value in headers:
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def raw(self, *pieces):
            try:
                for piece in pieces:
                    self.wfile.write(piece)
                    self.wfile.flush()
            except OSError:
                pass
            self.close_connection = True

        def endless(self, begin, piece):
            try:
                self.wfile.write(begin)
                while True:
                    self.wfile.write(piece)
            except OSError:
                pass
            self.close_connection = True

        def do_POST(self):
            body = self.body()
            with lock:
                counts["requests"] += 1
                with open(os.path.join(directory, "times"), "a") as file:
                    file.write("%.6f\n" % time.monotonic())
                answer = answers.pop(0) if answers else "200"
            status, _, more = answer.partition("/")
            if status == "drop":
                self.close_connection = True
            elif status == "silent":
                self.rfile.read(1)
                self.close_connection = True
            elif status == "headers":
                self.raw(b"HTTP/1.1 400 No\r\n", 100 * (b"X-A: " + 1024 * b"x" + b"\r\n"), b"Content-Length: 0\r\n\r\n")
            elif status.startswith("2") or status in ("drop-after", "half", "huge"):
                self.accept(status, body)
            else:
                key, _, value = more.partition("=")
                names = {"retry": "Retry-After", "location": "Location"}
                said = "no\x1b[31m: %s\nsecond line" % self.headers.get("Authorization", "")
                self.reply(int(status), [(names[key], value)] if key else [], said.encode())

        def accept(self, status, body):
            with lock:
                counts["taken"] += 1
                try:
                    need(urllib.parse.urlsplit(self.path).path.endswith("/ingest"), "path %s" % self.path)
                    take(directory, counts["taken"], self, body)
                except Exception as error:
                    with open(os.path.join(directory, "wrong"), "a") as file:
                        file.write("%s: %s\n" % (type(error).__name__, error))
                    return self.reply(400, body=str(error).encode())
            if status == "drop-after":
                self.raw(b"HTTP/1.1 200 OK\r\nX-Part: ")
            elif status == "half":
                self.raw(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
            elif status == "huge":
                self.endless(b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 65536)
            else:
                self.reply(int(status))

        def body(self):
            if self.headers.get("Expect", "").lower() == "100-continue":
                self.send_response_only(100)
                self.end_headers()
            return self.rfile.read(int(self.headers["Content-Length"]))

        def handle_expect_100(self):
            return True

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    with open(os.path.join(directory, "port.new"), "w") as file:
        file.write(str(server.server_address[1]))
    os.rename(os.path.join(directory, "port.new"), os.path.join(directory, "port"))
    server.serve_forever()


main(*sys.argv[1:])
