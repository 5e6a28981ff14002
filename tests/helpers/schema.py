# SPDX-License-Identifier: BSD-2-Clause
"""Do reports fit their JSON Schema, and does it describe every key of them?

    schema.py DIRECTORY REPORT...

The schema is the one that the report names. It allows more keys, since later versions add some;
here it does not, and it must refuse a report without one of the keys that it requires.
Not here: whether the values are right (the tests of each verb).
"""
import copy
import json
import sys

import jsonschema


def closed(part):
    """The schema with no key allowed that it does not name."""
    if isinstance(part, list):
        return [closed(value) for value in part]
    if not isinstance(part, dict):
        return part
    part = {key: closed(value) for key, value in part.items()}
    if part.get("type") == "object" and "properties" in part:
        part.setdefault("additionalProperties", False)
    return part


def main():
    for path in sys.argv[2:]:
        with open(path) as file:
            report = json.load(file)
        with open("%s/%s.json" % (sys.argv[1], report["schema"])) as file:
            schema = json.load(file)
        jsonschema.Draft202012Validator.check_schema(schema)
        check = jsonschema.Draft202012Validator(closed(schema))
        for error in check.iter_errors(report):
            sys.exit("%s: %s: %s" % (path, list(error.path), error.message))
        for key in schema["required"]:
            broken = copy.copy(report)
            del broken[key]
            if check.is_valid(broken):
                sys.exit("%s: accepted without %s" % (path, key))


main()
