#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Does with the configuration files of Parca and Alloy what those programs do with them: makes the requests that they would
make, all at the same time, and judges the answers by the rules of their own code.

    scrapers.py parca FILE PORT TOKEN OUT     FILE's target is at PORT instead; each profile is left in OUT/NAME.pb.gz,
    scrapers.py alloy FILE PORT TOKEN OUT     and OUT/asked has a line for each: NAME, and what was asked for

TOKEN is what the file with the token holds; "": no token is sent. Not here: what the profiles hold (scrape.bats).
"""
import os
import re
import sys
import threading
import urllib.error
import urllib.parse
import urllib.request

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import pprof_file  # noqa: E402


def need(condition, what):
    if not condition:
        raise ValueError(what)


def seconds_of(text):
    match = re.fullmatch(r"(\d+)(ms|s|m|h)", text)
    need(match, "time %s" % text)
    return int(match[1]) * {"ms": 0.001, "s": 1, "m": 60, "h": 3600}[match[2]]


def only(mapping, *keys):
    need(set(mapping) <= set(keys), "unknown: %s" % sorted(set(mapping) - set(keys)))


class Request:
    def __init__(self, name, url, timeout_s, agent, headers):
        self.name, self.url, self.timeout_s = name, url, timeout_s
        self.headers = dict(headers, **{"User-Agent": agent, "Accept-Encoding": "gzip"})

    def send(self, directory, judge):
        request = urllib.request.Request(self.url, headers=self.headers)
        with urllib.request.urlopen(request, timeout=self.timeout_s) as answer:
            need(answer.status == 200, "status %d" % answer.status)
            need(not answer.headers.get("Content-Encoding"), "the profile's own gzip is not one of the transfer")
            body, kind = answer.read(), answer.headers.get("Content-Type", "")
        need(body, "empty")
        path = os.path.join(directory, self.name + ".pb.gz")
        with open(path, "wb") as file:
            file.write(body)
        judge(self, pprof_file.Profile(path), body, kind)


def authorization(block, key):
    """Both read Prometheus' own block: a type, and the file with the token."""
    only(block, "type", "credentials", "credentials_file")
    need("credentials" in block or "credentials_file" in block, "no token")
    return {"Authorization": "%s %s" % (block.get("type", "Bearer"), key)} if key else {}


# Parca: pkg/config/config.go, pkg/scrape/target.go, scrape.go; pkg/normalizer/validate.go

PARCA_DEFAULTS = {"memory": "allocs", "block": "block", "goroutine": "goroutine", "mutex": "mutex", "process_cpu": "profile"}


def parca(path, port, token):
    import yaml
    with open(path) as file:
        config = yaml.safe_load(file)
    only(config, "object_storage", "scrape_configs")
    need(config["object_storage"]["bucket"]["type"], "object_storage is required")
    requests, kept = [], {}
    for job in config["scrape_configs"]:
        only(job, "job_name", "params", "scrape_interval", "scrape_timeout", "scheme", "normalized_addresses",
             "profiling_config", "relabel_configs", "static_configs", "authorization")
        need(job["job_name"], "job_name is empty")
        interval_s = seconds_of(job.get("scrape_interval", "10s"))
        timeout_s = seconds_of(job["scrape_timeout"]) if "scrape_timeout" in job else interval_s + 3
        need(timeout_s > interval_s, "scrape timeout must be greater than the interval")
        only(job["profiling_config"], "pprof_config", "path_prefix")
        profiles = job["profiling_config"]["pprof_config"]
        for name, default in PARCA_DEFAULTS.items():  # those that are not named are scraped too
            profile = profiles.setdefault(name, {"delta": name == "process_cpu"})
            profile.setdefault("enabled", True)
            profile.setdefault("path", "/debug/pprof/" + default)
        # One map for all: what one profile adds the next would have too.
        need("params" not in job, "params beside delta")
        targets = [target for group in job["static_configs"] for target in group["targets"]]
        need(targets and not any("/" in target for target in targets), "targets %s" % targets)
        for name, profile in profiles.items():
            only(profile, "enabled", "path", "delta", "keep_sample_type", "seconds")
            if not profile.get("enabled"):
                continue
            url = "%s://127.0.0.1:%s%s" % (job.get("scheme", "http"), port, profile["path"])
            if profile.get("delta"):
                url += "?seconds=%d" % (profile.get("seconds") or interval_s)
            kept[name] = {(keep["type"], keep["unit"]) for keep in profile.get("keep_sample_type", [])}
            requests.append(Request(name, url, timeout_s, "conprof/test", authorization(job["authorization"], token)))

    def judge(request, profile, body, kind):
        text = profile.strings
        need(text[0] == "", "string 0")
        for what, ids in ("mapping", profile.mapping_order), ("location", list(profile.locations)), (
                "function", list(profile.functions)):
            need(ids == list(range(1, len(ids) + 1)), "%s ids are not sequential" % what)
        need(profile.sample_types, "no sample types")
        for location in profile.locations.values():
            need(location["mapping"] <= len(profile.mappings), "no mapping %d" % location["mapping"])
            need(all(line["function"] <= len(profile.functions) for line in location["line_records"]), "no function")
        for stack, values, labels in profile.samples:
            need(len(values) == len(profile.sample_types), "values %s" % values)
            need(all(0 < number <= len(profile.locations) for number in stack), "stack %s" % stack)
            need(all(key for key, _ in labels), "a label without key")
        need(kept[request.name] <= set(profile.sample_types), "no types %s to keep" % kept[request.name])

    return requests, judge


# Alloy: internal/component/pyroscope/scrape/scrape.go, target.go, scrape_loop.go, validate.go

TOKENS = re.compile(r'\s+|//[^\n]*|("(?:[^"\\]|\\.)*")|(\d+)|([A-Za-z_][\w.]*)|([{}\[\]=,])')


class AlloyFile:
    """Blocks and attributes: {"attr": value, ("block", "label"): {...}}"""

    def __init__(self, text):
        self.tokens, at = [], 0
        while at < len(text):
            match = TOKENS.match(text, at)
            need(match, "not Alloy: %r" % text[at:at + 20])
            if match.lastindex:
                self.tokens.append(match[match.lastindex])
            at = match.end()
        self.tokens.append("")
        self.body = self.read_body("")

    def take(self, wanted=None):
        token = self.tokens.pop(0)
        need(wanted is None or token == wanted, "%r in place of %r" % (token, wanted))
        return token

    def read_body(self, end):
        body = {}
        while self.tokens[0] != end:
            name, label = self.take(), ""
            if self.tokens[0] == "=":
                self.take()
                key, value = name, self.read_value()
            else:
                if self.tokens[0].startswith('"'):
                    label = self.take()[1:-1]
                self.take("{")
                key, value = (name, label), self.read_body("}")
            need(key not in body, "%s twice" % (key,))
            body[key] = value
        self.take(end)
        return body

    def read_value(self):
        token = self.take()
        if token == "[" or token == "{":
            end, items = {"[": "]", "{": "}"}[token], []
            while self.tokens[0] != end:
                item = self.read_value()
                if token == "{":
                    self.take("=")
                    item = (item, self.read_value())
                items.append(item)
                if self.tokens[0] != end:
                    self.take(",")
            self.take(end)
            return dict(items) if token == "{" else items
        return token[1:-1] if token.startswith('"') else {"true": True, "false": False}.get(token, token)


ALLOY_DEFAULTS = {
    "memory": (True, "/debug/pprof/allocs", False), "block": (True, "/debug/pprof/block", False),
    "goroutine": (True, "/debug/pprof/goroutine", False), "mutex": (True, "/debug/pprof/mutex", False),
    "process_cpu": (True, "/debug/pprof/profile", True), "fgprof": (False, "/debug/fgprof", True),
    "godeltaprof_memory": (False, "/debug/pprof/delta_heap", False),
    "godeltaprof_mutex": (False, "/debug/pprof/delta_mutex", False),
    "godeltaprof_block": (False, "/debug/pprof/delta_block", False),
}


def alloy(path, port, token):
    with open(path) as file:
        config = AlloyFile(file.read()).body
    requests = []
    for key, block in config.items():
        if key[0] != "pyroscope.scrape":
            continue
        only({k for k in block if isinstance(k, str)}, "targets", "forward_to", "job_name", "scrape_interval",
             "scrape_timeout", "scheme", "delta_profiling_duration")
        only({k[0] for k in block if isinstance(k, tuple)}, "authorization", "profiling_config")
        for receiver in block["forward_to"]:
            need(tuple(receiver.removesuffix(".receiver").rsplit(".", 1)) in config, "no %s" % receiver)
        interval_s = seconds_of(block.get("scrape_interval", "15s"))
        need(14 <= interval_s - 1, "delta_profiling_duration must be at least 1 second smaller than scrape_interval")
        profiles = {name: dict(zip(("enabled", "path", "delta"), values)) for name, values in ALLOY_DEFAULTS.items()}
        for (name, _), given in block.get(("profiling_config", ""), {}).items():
            only(given, "enabled", "path", "delta")
            profiles[name.removeprefix("profile.")].update(given)
        for target in block["targets"]:
            need(target["__address__"] and target["service_name"], "target %s" % target)
            params = {k.removeprefix("__param_"): v for k, v in target.items() if k.startswith("__param_")}
            for name, profile in profiles.items():
                if not profile["enabled"]:
                    continue
                timeout_s = seconds_of(block.get("scrape_timeout", "10s"))
                query = dict(params)
                if profile["delta"]:
                    query["seconds"] = int(interval_s) - 1
                    timeout_s += interval_s - 1
                url = "http://127.0.0.1:%s%s?%s" % (port, profile["path"], urllib.parse.urlencode(sorted(query.items())))
                requests.append(Request(name, url, timeout_s, "Alloy/test",
                                        authorization(block[("authorization", "")], token)))

    def judge(request, profile, body, kind):
        need(kind.startswith("application/octet-stream"), "Content-Type %s" % kind)
        need(body[:2] == b"\x1f\x8b", "not gzipped")
        # Pyroscope, which it sends them to, takes no values below 0.
        need(all(min(values) >= 0 for _, values, _ in profile.samples), "negative values")

    return requests, judge


def main(scraper, path, port, token, directory):
    requests, judge = {"parca": parca, "alloy": alloy}[scraper](path, port, token)
    need(requests, "nothing to scrape")
    failures = []

    def run(request):
        try:
            request.send(directory, judge)
        except Exception as error:
            failures.append("%s: %s: %s" % (request.url, type(error).__name__, error))

    threads = [threading.Thread(target=run, args=[request]) for request in requests]
    for thread in threads:
        thread.start()
    with open(os.path.join(directory, "asked.new"), "w") as file:
        for request in requests:
            file.write("%s %s\n" % (request.name, request.url.partition(str(port))[2]))
    os.rename(file.name, os.path.join(directory, "asked"))
    for thread in threads:
        thread.join()
    if failures:
        sys.exit("\n".join(failures))


main(*sys.argv[1:])
