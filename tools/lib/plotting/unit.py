# SPDX-License-Identifier: MIT
"""The unit of a metric, from the schemas of the output."""
import json
import os
import re

SCHEMAS = os.path.join(os.path.dirname(os.path.realpath(__file__)), "../../../docs/schema")
PART = re.compile(r"\[((?:\\.|[^\]\\])*)\]|([^.\[\]()]+)(?:\([^)]*\))?")
TIMES = ("first_below", "first_above", "time_below", "time_above")


def schema(name):
    with open(os.path.join(SCHEMAS, name), encoding="utf-8") as stream:
        return json.load(stream)


def resolved(node, document):
    """The node and its document behind a $ref."""
    while "$ref" in node:
        name, _, pointer = node["$ref"].partition("#")
        document = schema(name) if name else document
        words = node.get("description", "")
        node = document
        for part in pointer.strip("/").split("/"):
            node = node[part]
        node = {"description": words, **node}
    return node, document


def described(document, parts):
    """The description at the end of the parts, or None when they lead nowhere."""
    node, words = document, ""
    for part in parts:
        node, document = resolved(node, document)
        if "items" in node:
            node = node["items"]
        elif part in node.get("properties", {}):
            node = node["properties"][part]
        else:
            return None
        words = node.get("description", words)
    node, _ = resolved(node, document)
    return node.get("description") or words


def unit_of(metric):
    """What the values of a metric count; "value" when the schemas do not say."""
    parts = [bracket or word for bracket, word in PART.findall(metric)]
    words = described(schema("summary.schema.json"), parts)
    if words is None and parts:
        if parts[-1] in TIMES:
            return "ns"
        words = described(schema("tick.schema.json"), parts[:-1])
    found = re.search(r"Unit: (.*?)\.", words or "")
    if not found:
        return "value"
    return found.group(1) + (" x s" if parts[-1] == "integral" else "")
