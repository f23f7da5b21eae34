# SPDX-License-Identifier: MIT
"""Curves over a setting: of a merged sweep, with the spread over its other axes, and of tune."""
import json
import math
import re
import statistics

from plotting.figure import DASHED, GREY, Line, Panel, colour_of, dash_of, nice_top, plain_power
from plotting.result import BadInput, json_lines
from plotting.unit import unit_of

NUMBER = re.compile(r"-?\d+(\.\d+)?")
LOG_FROM = 32   # an axis of positive values that span this factor is logarithmic,
GEOMETRIC = 8  # of this factor when they lie nearer to their geometric mean than to the other one
MARKS_MAX = 9  # so many values of a logarithmic axis are its marks
AXIS_LETTERS = 24
METRICS_MAX = 6  # shown when none is named


def numeric(texts):
    """The numbers of the texts, or None when one is none."""
    if all(NUMBER.fullmatch(text) for text in texts):
        return [int(text) if "." not in text else float(text) for text in texts]
    return None


def is_geometric(values):
    """Whether positive values want a logarithmic axis."""
    low, high = min(values), max(values)
    middle = math.log(statistics.median(values))
    return high >= LOG_FROM * low or high >= GEOMETRIC * low and \
        abs(middle - math.log(low * high) / 2) < abs(middle - math.log((low + high) / 2))


class Axis:
    """An axis of settings as x: numbers where all values are, else places in their order."""

    def __init__(self, name, texts):
        self.name = name
        distinct = list(dict.fromkeys(texts))
        numbers = numeric(distinct)
        self.places = dict(zip(distinct, numbers or range(len(distinct))))
        positive = [place for place in self.places.values() if place > 0] if numbers else []
        self.log = bool(positive) and min(numbers) >= 0 and is_geometric(positive)
        if self.log and "0" in self.places:  # it gets a place of its own at the left
            self.places["0"] = min(positive) / 2
        self.low, self.high = min(self.places.values()), max(self.places.values())
        self.names = None
        if numbers is None or self.log and len(distinct) <= MARKS_MAX:
            self.names = {place: text for text, place in self.places.items()}
        elif self.log and "0" in self.places:
            first, last = math.ceil(math.log10(min(positive))), math.floor(math.log10(self.high))
            self.names = {self.places["0"]: "0", **{10 ** power: plain_power(power)
                                                   for power in range(first, last + 1)}}

    def range(self):
        """A little wider than the values."""
        if self.log:
            air = (self.high / self.low) ** 0.03
            return self.low / air, self.high * air
        air = (self.high - self.low) * 0.03 or 0.5
        return self.low - air, self.high + air


def read_sweep(path, stream):
    """(name, axes, metrics, runs) of a merged sweep; a run is (value by axis, value by metric)."""
    lines = json_lines(path, stream)
    number, head = next(lines)
    try:
        name, axes = str(head["name"]), list(head["axes"])
        runs = []
        for number, line in lines:
            if line["type"] != "run":
                raise BadInput(path, number, f"a {line['type']} line in a sweep")
            values = line["metrics"]
            for metric, value in values.items():
                if not isinstance(value, (int, float, type(None))):
                    raise BadInput(path, number, f"{metric} is no number")
            runs.append((int(line["index"]), {axis: str(line["axes"][axis]) for axis in axes}, values))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BadInput(path, number, f"a line of a sweep without {error}") from None
    if not runs:
        raise BadInput(path, number, "no run to plot")
    # In the order of the plan; [*] there stands for the metrics that came of it.
    runs = [(values, found) for _, values, found in sorted(runs, key=lambda run: run[0])]
    return name, axes, list(dict.fromkeys(metric for _, found in runs for metric in found)), runs


def chosen(wanted, there, what):
    """The wanted one when it is there. Raises ValueError."""
    if wanted not in there:
        raise ValueError(f"no {what} {wanted}; there are {', '.join(there)}")
    return wanted


def axes_of(args, axes, runs):
    """(x, by or None): those named, else the first that vary; seed last of all."""
    vary = [axis for axis in axes if len({values[axis] for values, _ in runs}) > 1]
    vary.sort(key=lambda axis: axis == "seed")
    x = chosen(args.x, axes, "axis") if args.x else (vary or axes)[0]
    rest = [axis for axis in vary if axis not in (x, "seed")]
    by = chosen(args.by, axes, "axis") if args.by else rest[0] if rest else None
    return x, None if by == x else by


def short(axis):
    """The end of a long axis."""
    parts = axis.split(".")
    while len(".".join(parts)) > AXIS_LETTERS and len(parts) > 1:
        parts = parts[1:]
    return axis if ".".join(parts) == axis else "…" + ".".join(parts)


def sweep_lines(x, by, metric, runs):
    """The curves of one metric: medians, and a band from least to most where values differ."""
    groups = {}
    for axes, values in runs:
        if values.get(metric) is not None:
            curve = groups.setdefault(axes[by] if by else metric, {})
            curve.setdefault(x.places[axes[x.name]], []).append(values[metric])
    bands, lines = [], []
    for at, (label, curve) in enumerate(groups.items()):
        places = sorted(curve)
        if any(min(curve[place]) < max(curve[place]) for place in places):
            bands.append(Line("", [(place, min(curve[place]), max(curve[place])) for place in places],
                              colour_of(at), style="band"))
        lines.append(Line(f"{short(by)} = {label}" if by else "", [(place, statistics.median(curve[place]))
                                                            for place in places],
                          colour_of(at), dash_of(at), style="linespoints", marker=(7, 5, 9, 13)[at % 4]))
    return bands + lines


def sweep_panels(path, stream, args):
    name, axes, metrics, runs = read_sweep(path, stream)
    if not axes:
        raise ValueError(f"the sweep {name} has no axis")
    x_name, by = axes_of(args, axes, runs)
    x = Axis(x_name, [values[x_name] for values, _ in runs])
    shown = [chosen(metric, metrics, "metric") for metric in args.y or metrics[:METRICS_MAX]]
    spread = [axis for axis in axes if axis not in (x_name, by)
              and len({values[axis] for values, _ in runs}) > 1]
    panels = []
    for metric in shown:
        lines = sweep_lines(x, by, metric, runs)
        title = metric
        if any(line.style == "band" for line in lines):
            title += f" (median and range over {', '.join(spread)})"
        panels.append(Panel(title, x_name, unit_of(metric), lines, x.range(), log_x=x.log,
                            x_names=x.names, note="no run has a value"))
    return panels, f"{name}: {', '.join(shown)}"


def panels_of(kind, path, stream, args):
    """(panels, title) of a sweep or of tune's curve. Raises BadInput, ValueError."""
    return (sweep_panels if kind == "sweep" else tune_panels)(path, stream, args)


def read_tune(path, stream):
    """(sysctl, answer or None, goals, points) of a curve of tune; a point: its value, whether it met
    the goals, and the values of each metric by seed."""
    try:
        curve = json.load(stream)
    except (ValueError, RecursionError) as error:
        raise BadInput(path, getattr(error, "lineno", 1), f"not JSON: {error}") from None
    try:
        goals = [f"{goal['metric']} {goal['condition']}" for goal in curve["goals"]]
        points = []
        for point in curve["points"]:
            values = {}
            for run in point["runs"]:
                for metric, value in run["metrics"].items():
                    values.setdefault(metric, []).extend([] if value is None else [value])
            points.append((str(int(point["value"])), bool(point["met"]), values))
        if not points:
            raise BadInput(path, 1, "a curve without points")
        return str(curve["sysctl"]), curve["answer"], goals, points
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BadInput(path, 1, f"a curve of tune without {error}") from None


def tune_lines(x, metric, points):
    """The median of each point, those that met the goals apart from those that did not."""
    lines = []
    for label, wanted, colour, marker in (("goal missed", False, 1, 8), ("goal met", True, 0, 7)):
        lines.append(Line(label, [(x.places[text], statistics.median(values[metric]))
                                  for text, met, values in points if met == wanted and values.get(metric)],
                          colour_of(colour), style="points", marker=marker))
    curve = [point for text, _, values in points if values.get(metric)
             for point in [(x.places[text], statistics.median(values[metric]))]]
    band = [(x.places[text], min(values[metric]), max(values[metric]))
            for text, _, values in points if values.get(metric)]
    if any(low < high for _, low, high in band):
        lines.insert(0, Line("", band, GREY, style="band"))
    return [Line("", curve, GREY)] + lines


def tune_panels(path, stream, args):
    sysctl, answer, goals, points = read_tune(path, stream)
    there = list(dict.fromkeys(metric for _, _, values in points for metric in values))
    x = Axis(sysctl, [text for text, _, _ in points])
    panels = []
    for metric in args.y or there:
        chosen(metric, there, "metric")
        lines = tune_lines(x, metric, points)
        values = [point[-1] for line in lines for point in line.points]
        low, top = min(0, *values), nice_top(max(values, default=0))
        if answer is not None:
            at = x.places[str(answer)]
            lines.append(Line(f"answer: {answer}", [(at, low), (at, top)], colour_of(2), DASHED))
        wanted = [goal for goal in goals if goal.split()[0] == metric]
        panels.append(Panel("Goal: " + wanted[0] if wanted else metric, sysctl, unit_of(metric), lines,
                            x.range(), (low, top), log_x=x.log, x_names=x.names))
    return panels, f"{sysctl} for {', '.join(goals)}"
