# SPDX-License-Identifier: MIT
"""The charts over time: what each shows of a result, and the panels that come of it."""
import dataclasses

from plotting.figure import (DASH_DOT, DASHED, DOTTED, GREY, RAMP, SOLID, Line, Panel, colour_of,
                             dash_of, plain_power, time_power, y_range_of)

ORDERS = 11
MIGRATETYPES = ["unmovable", "reclaimable", "movable", "reserve"]
STALLS = ["resched", "direct_reclaim", "congestion_wait", "oom", "throttle_vm_writeout", "get_request",
          "writeback", "balance_dirty_pages", "page_read", "swapin"]
POINTS_MAX = 2000  # of a line; more are bucketed
LOG_FREE = 10  # free memory so far above the high mark is drawn on a logarithmic axis
MARKS = [("high", "pages_high", DASHED), ("low", "pages_low", DASH_DOT), ("min", "pages_min", SOLID),
         ("3/8 min (GFP_ATOMIC)", "atomic", DOTTED)]


@dataclasses.dataclass
class Quantity:
    """One line: a value of each tick. A rate is a total whose growth per second is shown."""
    name: str
    get: object  # of a tick or of its zone
    rate: bool = False
    scale: float = 1


@dataclasses.dataclass
class Plot:
    """What one panel (of overlays: one panel a quantity) shows, before it is read."""
    key: str
    title: str
    unit: str
    quantities: list
    zone: str = None
    look: str = "lines"  # or stacked, watermarks
    ramp: bool = False
    y_range: tuple = None
    log_y: bool = False
    drop_idle: bool = False  # a quantity that is always 0 has no line
    hide_below: int = None   # such values are no points
    note: str = ""
    few: tuple = None        # the names of the quantities that overlays show; None: all


def member(*names):
    """Gets a value by the names that lead to it."""
    def get(source):
        for name in names:
            source = source[name]
        return source
    return get


def blocks_pages(migratetype):
    """Free pages on the lists of one migratetype."""
    def get(zone):
        return sum(blocks << order for order, blocks in enumerate(zone["free_blocks"][migratetype]))
    return get


def atomic_mark(zone):
    """What is left of min for an allocation with ALLOC_HIGH and ALLOC_HARDER."""
    half = zone["pages_min"] - zone["pages_min"] // 2
    return half - half // 4


def free_plots(zone, _orders):
    marks = [Quantity(key, atomic_mark if key == "atomic" else member(key)) for _, key, _ in MARKS]
    return [Plot(f"free:{zone}", f"Free memory of {zone}", "pages",
                 [Quantity("free", member("nr_free_pages"))] + marks, zone, "watermarks")]


def order_plots(zone, orders):
    def pages(order):
        return Quantity(f"order {order}", lambda source: source["nr_free"][order] << order)

    def blocks(order):
        return Quantity(f"order {order}", member("nr_free", order))

    return [Plot(f"orders:{zone}", f"Free memory of {zone} by order of its blocks", "pages",
                 [pages(order) for order in orders or range(ORDERS)], zone, "stacked", ramp=True),
            Plot(f"blocks:{zone}", f"Free blocks of {zone}", "blocks",
                 [blocks(order) for order in orders or (0, 2, 4, 6, 8, 10)], zone)]


def migratetype_plots(zone, _orders):
    return [Plot(f"migratetypes:{zone}", f"Free memory of {zone} by migratetype", "pages",
                 [Quantity(name, blocks_pages(name)) for name in MIGRATETYPES], zone, "stacked")]


def fragmentation_plots(zone, orders):
    def of(name):
        return [Quantity(f"order {order}", member(name, order)) for order in orders or (2, 4, 6, 9)]

    return [Plot(f"unusable:{zone}", f"Free memory of {zone} too fragmented for an order",
                 "unusable index, thousandths", of("unusable_index"), zone, y_range=(0, 1040)),
            Plot(f"fragmentation:{zone}", f"Fragmentation of {zone} while no such block is free",
                 "fragmentation index, thousandths", of("fragmentation_index"), zone,
                 y_range=(0, 1040), hide_below=0, note="a block of each order was always free")]


def lru_plots(zone, _orders):
    names = ["nr_active", "nr_inactive", "nr_anon_pages", "nr_file_pages", "nr_slab_reclaimable"]
    dirty = [("dirty", "dirty_pages"), ("writeback", "writeback_pages"),
             ("dirty limit", "dirty_limit_pages"), ("background limit", "background_limit_pages")]
    where = f" of {zone}" if zone else ""
    of = member if zone else (lambda name: member("vmstat", name))
    plots = [Plot(f"lru:{zone}", f"LRU lists and what is on them{where}", "pages",
                  [Quantity(name[3:].replace("_", " "), of(name)) for name in names], zone)]
    if zone:
        two = [Quantity("dirty", member("nr_dirty")), Quantity("writeback", member("nr_writeback"))]
    else:
        two = [Quantity(name, member("dirty", key)) for name, key in dirty]
    return plots + [Plot(f"dirty:{zone}", f"Dirty pages{where}" + ("" if zone else " and their limits"),
                         "pages", two, zone)]


def reclaim_plots(_zone, _orders):
    pages = [("kswapd scanned", "kswapd_scanned"), ("kswapd freed", "kswapd_freed"),
             ("direct scanned", "direct_scanned"), ("direct freed", "direct_freed")]
    return [Plot("reclaim", "Reclaim by kswapd and by tasks", "pages/s",
                 [Quantity(name, member("reclaim", key), rate=True) for name, key in pages]),
            Plot("reclaimers", "Time in reclaim", "ms per s",
                 [Quantity("kswapd awake", member("kswapd", "awake_ns"), True, 1e-6),
                  Quantity("tasks in direct reclaim",
                           member("stall", "direct_reclaim", "total_ns"), True, 1e-6),
                  Quantity("tasks in congestion_wait",
                           member("stall", "congestion_wait", "total_ns"), True, 1e-6)])]


def stall_plots(_zone, _orders):
    return [Plot("stalls", "Waits of tasks, by reason", "ms per s",
                 [Quantity(name, member("stall", name, "total_ns"), True, 1e-6) for name in STALLS],
                 drop_idle=True, note="nobody waited")]


def latency_plots(_zone, _orders):
    def of(*names):
        return [Quantity(label, member(*names, key)) for label, key in
                (("max", "max"), ("p99.9", "p999"), ("p99", "p99"), ("p90", "p90"), ("median", "p50"))]

    return [Plot("latency", "Latency of allocations since the start", "virtual time",
                 of("alloc_latency_ns"), log_y=True, few=("p99", "p99.9", "max")),
            Plot("direct", "Length of direct reclaims since the start", "virtual time",
                 of("reclaim", "direct_reclaim_ns"), log_y=True, note="no direct reclaim",
                 few=("median", "max"))]


def failure_plots(_zone, _orders):
    return [Plot("failures", "Allocations that failed, since the start", "requests",
                 [Quantity(f"order {order}", member("alloc", "failed_by_order", order))
                  for order in range(ORDERS)], drop_idle=True, note="none failed")]


# name: (plots of a zone, or of all when zone is None; what --list says; which zones by default)
CHARTS = {
    "free": (free_plots, "free memory against watermarks", "all"),
    "orders": (order_plots, "free memory by order, and free blocks of some orders", "largest"),
    "migratetypes": (migratetype_plots, "free memory by migratetype", "largest"),
    "fragmentation": (fragmentation_plots, "unusable and fragmentation index of some orders", "largest"),
    "lru": (lru_plots, "LRU lists and dirty pages, of all zones together unless one is named", "none"),
    "reclaim": (reclaim_plots, "pages scanned and freed by kswapd and tasks, and their time", None),
    "stalls": (stall_plots, "what tasks waited for", None),
    "latency": (latency_plots, "quantiles of allocations and of direct reclaims", None),
    "failures": (failure_plots, "failed allocations by order", None),
}


def plots_of(chart, result, zones, orders):
    """The plots of a chart for the zones named, else for those it shows by default."""
    make, _, default = CHARTS[chart]
    if default is None:
        return make(None, orders)
    if not zones:
        zones = {"all": result.populated_zones(), "largest": [result.largest_zone()],
                 "none": [None]}[default]
    return [plot for zone in zones for plot in make(zone, orders)]


def thinned(points):
    """The same curve of fewer points: without those between two equal ones, then at most about
    POINTS_MAX: of each bucket its lowest and highest (of an area its first), in their order."""
    last = len(points) - 1
    points = [point for at, point in enumerate(points) if not 0 < at < last
              or not points[at - 1][1:] == point[1:] == points[at + 1][1:]]
    if len(points) <= POINTS_MAX:
        return points
    if len(points[0]) > 2:
        return points[::-(-len(points) // POINTS_MAX)] + points[-1:]
    size = -(-len(points) // (POINTS_MAX // 2))
    out = []
    for at in range(0, len(points), size):
        part = [at + i for i, point in enumerate(points[at:at + size]) if point[1] is not None]
        ends = {min(part, key=lambda i: points[i][1]), max(part, key=lambda i: points[i][1])} if part \
            else {at}
        out += [points[i] for i in sorted(ends)]
    return out


def time_unit(end_ns):
    """(name, nanoseconds) of the unit of a time axis."""
    for name, unit, most in (("ms", 10**6, 2), ("s", 10**9, 600)):
        if end_ns <= most * 10**9:
            return name, unit
    return "min", 60 * 10**9


class Drawer:
    """Makes panels of what was read."""

    def __init__(self, results, from_ns, to_ns):
        """The time axis goes from from_ns to to_ns; None: to the end of the longest result."""
        self.results = results
        self.cut = from_ns > 0
        end_ns = to_ns or max(1, *(result.times[-1] for result in results))
        self.unit, self.unit_ns = time_unit(end_ns)
        self.x_range = (from_ns / self.unit_ns, end_ns / self.unit_ns)

    def values(self, result, plot, quantity):
        """The points of one quantity of one result."""
        column = result.columns[plot.key, quantity.name]
        points, before, last = [], 0, 0
        for time_ns, value in zip(result.times, column):
            if quantity.rate:
                shown = (value - last) * 1e9 / (time_ns - before) if time_ns > before else None
                before, last = time_ns, value
            else:
                shown = value
            hidden = shown is None or plot.log_y and shown <= 0 or \
                plot.hide_below is not None and shown < plot.hide_below
            points.append((time_ns / self.unit_ns, None if hidden else shown * quantity.scale))
        if quantity.rate and self.cut:  # the first one's growth began before
            points[0] = (points[0][0], None)
        return points

    def panels(self, plot, drawn):
        """Panels of the (title, lines) drawn, all of one unit and one y axis."""
        unit, lines = plot.unit, [line for _, lines in drawn for line in lines]
        log_y = plot.log_y or plot.look == "watermarks" and top_of(lines) > LOG_FREE * top_of(
            line for line in lines if line.label.startswith("high"))
        if unit in ("pages", "pages/s", "blocks"):
            if top_of(lines) >= 20000 and not log_y:
                unit = "thousand " + unit
                for line in lines:
                    line.points = [thousandth(point) for point in line.points]
            if "pages" in unit:
                unit += f" of {self.results[0].page_size // 1024} KiB"
        for line in lines:
            line.points = thinned(line.points)
        made = [Panel(title, f"time, {self.unit}", unit, lines, self.x_range, plot.y_range,
                      log_y=log_y, y_power=time_power if plot.log_y else plain_power, note=plot.note)
                for title, lines in drawn]
        spans = [y_range_of(panel) for panel in made]
        for panel in made:
            panel.y_range = (min(low for low, _ in spans), max(high for _, high in spans))
        return made

    def lines(self, plot, result):
        """What the panel of one result shows."""
        if plot.look == "watermarks":
            return self.watermark_lines(plot, [result])
        if plot.look == "stacked":
            return self.stacked_lines(plot, result)
        lines = []
        for at, quantity in enumerate(plot.quantities):
            points = self.values(result, plot, quantity)
            if plot.drop_idle and not any(value for _, value in points):
                continue
            shown = len(lines) if plot.drop_idle else at
            lines.append(Line(quantity.name, points, colour_of(shown), dash_of(shown),
                              style=style_of(plot, quantity)))
        return lines

    def stacked_lines(self, plot, result):
        """Areas on top of each other; the topmost comes first in the legend."""
        base = [0] * len(result.times)
        lines = []
        for at, quantity in enumerate(plot.quantities):
            points = self.values(result, plot, quantity)
            top = [low + value for low, (_, value) in zip(base, points)]
            colour = RAMP[at * (len(RAMP) - 1) // max(1, len(plot.quantities) - 1)] if plot.ramp \
                else colour_of(at)
            lines.append(Line(quantity.name, [(x, low, high) for (x, _), low, high
                                              in zip(points, base, top)], colour, style="area"))
            base = top
        return lines[::-1]

    def watermark_lines(self, plot, results):
        """Free pages and marks; of several results in a colour each, marks that are equal once."""
        alone = len(results) == 1
        columns = [{quantity.name: self.values(result, plot, quantity) for quantity in plot.quantities}
                   for result in results]
        lines = [Line("free" if alone else result.label, mine["free"],
                      "#000000" if alone else colour_of(at), width=2 if alone else 1.8)
                 for at, (result, mine) in enumerate(zip(results, columns))]
        same = all(mine["pages_min"] == columns[0]["pages_min"] for mine in columns)
        for at, (result, mine) in enumerate(zip(results, columns)):
            for number, (name, key, dash) in enumerate(MARKS):
                if alone:
                    lines.append(Line(name, mine[key], colour_of((4, 2, 1, 3)[number]), dash, 1.4))
                elif key in ("pages_high", "pages_min") and not (same and at):
                    lines.append(Line(name if same else f"{name}, {result.label}", mine[key],
                                      GREY if same else colour_of(at),
                                      DASHED if key == "pages_high" else DOTTED, 1.4))
        return lines

    def having(self, plot):
        """The results that have the plot's zone."""
        return [result for result in self.results
                if (plot.key, plot.quantities[0].name) in result.columns]

    def overlays(self, plot):
        """Panels of several results: one for each quantity, with a line for each result."""
        results = self.having(plot)
        if plot.look == "watermarks":
            return self.panels(plot, [(plot.title, self.watermark_lines(plot, results))])
        out = []
        for quantity in plot.quantities:
            if plot.few and quantity.name not in plot.few:
                continue
            lines = [Line(result.label, self.values(result, plot, quantity), colour_of(at), dash_of(at),
                          style=style_of(plot, quantity))
                     for at, result in enumerate(results)]
            if any(value for line in lines for _, value in line.points):
                out += self.panels(plot, [(f"{plot.title}: {quantity.name}", lines)])
        return out or self.panels(plot, [(plot.title, [])])

    def split(self, plot):
        """A panel for each result with the same axes."""
        alone = len(self.results) == 1
        return self.panels(plot, [(plot.title if alone else f"{result.label}: {lower(plot.title)}",
                                   self.lines(plot, result)) for result in self.having(plot)])


def lower(title):
    """A title inside a longer one; LRU stays."""
    return title if title[1:2].isupper() else title[:1].lower() + title[1:]


def style_of(plot, quantity):
    """A rate holds for the time before its tick; what has gaps shows single points."""
    return "steps" if quantity.rate else "lines" if plot.hide_below is None else "linespoints"


def top_of(lines):
    """The highest value of the lines."""
    return max((value for line in lines for point in line.points for value in point[1:]
                if value is not None), default=0)


def thousandth(point):
    return (point[0], *[None if value is None else value / 1000 for value in point[1:]])
