# SPDX-License-Identifier: MIT
"""Reads files for tools/plot: results of `mmsim run`, merged sweeps and tune's curves."""
import json

SCHEMA_VERSION = 1


class BadInput(Exception):
    """Says file:line: why."""

    def __init__(self, path, line, why):
        super().__init__(f"{path}:{line}: {why}")


def json_lines(path, stream):
    """(line number, text, object) of every line."""
    number = 0
    try:
        for number, text in enumerate(stream, 1):
            try:
                value = json.loads(text)
            except (ValueError, RecursionError) as error:
                raise BadInput(path, number, f"not JSON: {error}") from None
            if not isinstance(value, dict) or not isinstance(value.get("type"), str):
                raise BadInput(path, number, "a line wants an object with a type")
            yield number, value
    except UnicodeDecodeError as error:
        raise BadInput(path, number + 1, f"not UTF-8: {error.reason}") from None


class Result:
    """The header of one run and, after read(), a column of values for each quantity asked for."""

    def __init__(self, path, stream):
        self.path = path
        self.label = None
        self.times = []
        self.columns = {}
        self.summary = None
        self.lines = json_lines(path, stream)
        number, self.header = next(self.lines, (1, {"type": None}))
        if self.header["type"] != "header":
            raise BadInput(path, number, "not the output of mmsim run: it begins with a header line")
        version = self.header.get("schema_version")
        if version != SCHEMA_VERSION:
            raise BadInput(path, number, f"schema_version {version}, but this tool reads {SCHEMA_VERSION}")
        try:
            self.page_size = int(self.header["config"]["machine"]["page_size_bytes"])
            self.zones = {zone["name"]: (at, int(zone["present_pages"]))
                          for at, zone in enumerate(self.header["booted"]["zones"])}
            self.workload = str(self.header["workload"])
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise BadInput(path, number, f"a header without {error}") from None

    def populated_zones(self):
        return [name for name, (_, present) in self.zones.items() if present]

    def largest_zone(self):
        return max(self.zones, key=lambda name: self.zones[name][1])

    def read(self, plots, from_ns=0, to_ns=None):
        """Takes in the ticks within the times. plots: objects with zone (or None) and quantities."""
        wanted = [(plot, self.zones[plot.zone][0] if plot.zone else None) for plot in plots
                  if plot.zone is None or plot.zone in self.zones]
        self.columns = {(plot.key, quantity.name): [] for plot, _ in wanted
                        for quantity in plot.quantities}
        number = 1
        for number, line in self.lines:
            if line["type"] == "summary":
                self.summary = line
            if line["type"] != "tick":
                continue
            try:
                time_ns = int(line["time_ns"])
                if time_ns < from_ns or to_ns is not None and time_ns > to_ns:
                    continue
                self.take(line, wanted)
            except (KeyError, IndexError, TypeError, ValueError) as error:
                raise BadInput(self.path, number, f"a tick without {error}") from None
            self.times.append(time_ns)
        if not self.times:
            raise BadInput(self.path, number, "no tick to plot")

    def take(self, tick, wanted):
        """One tick."""
        for plot, zone in wanted:
            source = tick if zone is None else tick["zones"][zone]
            for quantity in plot.quantities:
                value = quantity.get(source)
                if not isinstance(value, (int, type(None))):
                    raise TypeError(f"a number as {quantity.name}")
                self.columns[plot.key, quantity.name].append(value)


def kind_of(stream):
    """result, sweep or tune, by what the file begins with; the stream is put back to its start."""
    try:
        first = stream.readline()
        head = json.loads(first) if first.strip() != "{" else {"type": "tune"}
        found = head.get("type") if isinstance(head, dict) else None
    except (ValueError, RecursionError):  # reading it will say where and why
        found = None
    stream.seek(0)
    return found if found in ("sweep", "tune") else "result"
