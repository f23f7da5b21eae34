# SPDX-License-Identifier: MIT
"""Panels with lines, their gnuplot script, and the SVG or PNG that gnuplot makes of it."""
import dataclasses
import hashlib
import math
import re
import shutil
import subprocess

# Okabe and Ito's palette without its yellow, which is lost on white. Neighbours differ in lightness, too.
PALETTE = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#000000"]
# A ramp of even steps in lightness, dark to light, for what has an order (after viridis).
RAMP = ["#440154", "#482475", "#414487", "#355f8d", "#2a788e", "#21908d", "#22a884", "#42be71",
        "#7ad151", "#bddf26", "#fde725"]
SOLID, DASHED, DOTTED, DASH_DOT, LONG = "1", "(14,6)", "(3,4)", "(14,5,3,5)", "(26,7)"
DASHES = [SOLID, DASHED, DASH_DOT, LONG, DOTTED]
GREY = "#7f7f7f"

LEFT, RIGHT, TOP, BOTTOM = 78, 20, 34, 54
ROW, LETTER, LETTER_BOLD, SAMPLE = 17, 6.9, 7.6, 40
SIDE_LEGEND = 7  # so many entries stand in a column at the right


class Failure(Exception):
    """gnuplot is not there (code 2) or did not do it (code 4)."""

    def __init__(self, code, text):
        super().__init__(text)
        self.code = code


@dataclasses.dataclass
class Line:
    """Points (x, y), y None where there is nothing; of an area (x, low, high)."""
    label: str
    points: list
    colour: str
    dash: str = SOLID
    width: float = 1.6
    style: str = "lines"  # or steps (a value holds for the time before it), area, linespoints, points
    marker: int = 7


def dash_of(number):
    return DASHES[number % len(DASHES)]


def colour_of(number):
    return PALETTE[number % len(PALETTE)]


def quoted(text):
    """A text of gnuplot. Whatever could end it, be run or be replaced stands as an octal number; in
    single quotes gnuplot 5.4 takes a doubled one at the front for their end."""
    text = re.sub(r"[\x00-\x1f\x7f]", " ", str(text))
    return '"' + re.sub(r"[^\w .,:;=<>()\[\]/*+-]", lambda sign: "".join(
        f"\\{byte:03o}" for byte in sign.group().encode()), text) + '"'


def number(value):
    """A number of a script: the same text everywhere."""
    if value is None:
        return "NaN"
    if isinstance(value, int):
        return str(value)
    return f"{value:.9g}"


def has_points(line):
    return any(point[1] is not None for point in line.points)


def nice_top(value):
    """The end of an axis from 0 that holds the value with some air."""
    if value <= 0:
        return 1
    unit = 10 ** math.floor(math.log10(value * 1.04))
    return next(round(unit * step, 9) for step in (1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10)
                if unit * step >= value * 1.04)


def y_range_of(panel):
    """(low, high) of the y axis; a panel without range begins at 0 unless something is below."""
    if panel.y_range:
        return panel.y_range
    values = [value for line in panel.lines for point in line.points for value in point[1:]
              if value is not None]
    if panel.log_y:
        values = [value for value in values if value > 0] or [1]
        return (10 ** math.floor(math.log10(min(values))), 10 ** math.ceil(math.log10(max(values) * 1.1)))
    low, high = min(values, default=0), max(values, default=0)
    return (-nice_top(-low) if low < 0 else 0, nice_top(high))


def log_tics(low, high, names):
    """Marks at the powers of ten from low to high; names: the text of a value."""
    first, last = math.floor(math.log10(low) + 1e-9), math.ceil(math.log10(high) - 1e-9)
    step = max(1, (last - first) // 8)
    return ", ".join(f"{quoted(names(exponent))} 1e{exponent}" for exponent in range(first, last + 1, step))


def plain_power(exponent):
    """1, 10, ... 1000, 10 k, ... 1 M: the text of a power of ten."""
    for most, scale, name in ((3, 0, ""), (5, 3, " k"), (8, 6, " M")):
        if exponent <= most:
            return (f"{10 ** (exponent - scale)}" if exponent >= scale else f"{10.0 ** exponent:g}") + name
    return f"{10 ** (exponent - 9)} G"


def time_power(exponent):
    """The text of a power of ten of nanoseconds."""
    scale, name = next((scale, name) for scale, name in ((9, "s"), (6, "ms"), (3, "µs"), (0, "ns"))
                       if exponent >= scale or scale == 0)
    return f"{10.0 ** (exponent - scale):g} {name}"


@dataclasses.dataclass
class Panel:
    """One pair of axes. Ranges None: as the data have it, the y axis from 0."""
    title: str
    x_label: str
    y_label: str
    lines: list
    x_range: tuple = None
    y_range: tuple = None
    log_x: bool = False
    log_y: bool = False
    y_power: object = plain_power  # the text of 10^exponent on a logarithmic y axis
    x_names: dict = None  # the marks of the x axis: their names by their places
    note: str = ""        # stands in the middle when no line has a point


class Legend:
    """Where the legend of a panel stands: below in rows, or at the right when it is long. It is drawn
    by ourselves: gnuplot's own keeps no promise about its size."""

    def __init__(self, lines, width):
        self.lines = [line for line in lines if line.label]
        self.entries = [SAMPLE + 14 + LETTER * len(line.label) for line in self.lines]
        self.side = len(self.lines) >= SIDE_LEGEND
        self.right = int(max(self.entries)) if self.side else 0
        self.spots = []  # (left, row) of each entry below
        left, row = 0, 0
        for entry in self.entries:
            if left and left + entry > width - LEFT:
                left, row = 0, row + 1
            self.spots.append((left, row))
            left += entry
        self.below = 0 if self.side or not self.lines else ROW * (row + 1)

    def places(self, width, height):
        """(line, left, middle) of each entry, in pixels of the panel."""
        for at, (line, (left, row)) in enumerate(zip(self.lines, self.spots)):
            if self.side:
                yield line, width - self.right, TOP + 8 + ROW * at
            else:
                yield line, LEFT + left, height - self.below - 4 + ROW * row + ROW / 2


def clipped(text, width):
    """The text, cut where it would leave the width."""
    most = int(width / LETTER_BOLD)
    return text if len(text) <= most else text[:most - 1] + "…"


class Box:
    """A rectangle of the figure, in pixels from its top left; to gnuplot's coordinates."""

    def __init__(self, left, top, width, height, size):
        self.left, self.top, self.width, self.height, self.size = left, top, width, height, size

    def across(self, pixels):
        return f"{(self.left + pixels) / self.size[0]:.5f}"

    def down(self, pixels):
        return f"{1 - (self.top + pixels) / self.size[1]:.5f}"

    def at(self, x, y):
        return f"screen {self.across(x)}, screen {self.down(y)}"


def legend_script(legend, box):
    """The samples and texts of a legend."""
    out, before = [], None
    for line, left, middle in legend.places(box.width, box.height):
        # Between lines of one colour and width gnuplot's SVG does not change the dashes.
        width = line.width + (before == (line.colour, line.width)) * 0.01
        before = (line.colour, width)
        sample = (left + 2, left + SAMPLE - 6)
        if line.style == "area":
            out.append(f"set object rectangle from {box.at(sample[0], middle - 5)} to "
                       f"{box.at(sample[1], middle + 5)} fc rgb '{line.colour}' "
                       "fs solid 0.9 noborder")
        elif line.style != "points":
            out.append(f"set arrow from {box.at(sample[0], middle)} to {box.at(sample[1], middle)} "
                       f"nohead lc rgb '{line.colour}' lw {width:g} dt {line.dash}")
        if line.style in ("points", "linespoints"):
            out.append(f"set label '' at {box.at(sum(sample) / 2, middle)} point pt {line.marker} "
                       f"ps 0.8 lc rgb '{line.colour}'")
        out.append(f"set label {quoted(line.label)} at {box.at(left + SAMPLE, middle)} left")
    return out


def axis_script(which, span, log, power):
    """The range of an axis and, of a logarithmic one, its marks."""
    low, high = span
    if log:
        low, high = low / 1.0001, high * 1.0001  # a mark at the very end would be lost
    out = [f"set {which}range [{number(low)}:{number(high)}]"]
    if log:
        out += [f"set logscale {which}", f"set {which}tics ({log_tics(*span, power)})"]
    return out


def panel_script(panel, name, box, legend_below):
    """The lines of one panel."""
    legend = Legend(panel.lines, box.width)
    out = ["reset", "set border 3 lc rgb '#404040'", "set tics nomirror out textcolor rgb '#202020'",
           "set grid lc rgb '#d8d8d8' lt 1 lw 0.6", "set style fill solid 0.9 noborder", "unset key",
           f"set lmargin at screen {box.across(LEFT)}",
           f"set rmargin at screen {box.across(box.width - RIGHT - legend.right)}",
           f"set tmargin at screen {box.down(TOP)}",
           f"set bmargin at screen {box.down(box.height - BOTTOM - legend_below)}",
           f"set label {quoted(clipped(panel.title, box.width - LEFT))} at {box.at(LEFT, TOP / 2)} left "
           "font title_font",
           f"set label {quoted(panel.x_label)} at "
           f"{box.at((LEFT + box.width - RIGHT - legend.right) / 2, box.height - legend_below - 12)} center",
           f"set label {quoted(panel.y_label)} at "
           f"{box.at(13, (TOP + box.height - BOTTOM - legend_below) / 2)} center rotate by 90"]
    out += axis_script("x", panel.x_range, panel.log_x, plain_power)
    out += axis_script("y", y_range_of(panel), panel.log_y, panel.y_power)
    if panel.x_names:
        tics = ", ".join(f"{quoted(text)} {number(at)}" for at, text in panel.x_names.items())
        out.append(f"set xtics ({tics})")
    out += legend_script(legend, box)
    if panel.note and not any(map(has_points, panel.lines)):
        out.append(f"set label {quoted(panel.note)} at graph 0.5, graph 0.5 center "
                   "textcolor rgb '#505050'")
    plots = []
    for at, line in enumerate(panel.lines):
        block = f"$d{name}_{at}"
        out.append(f"{block} << EOD")
        out += [" ".join(map(number, point)) for point in line.points] or ["NaN NaN NaN"]
        out.append("EOD")
        plots.append(plot_of(line, block))
    # Without any point gnuplot draws no axes; a function always has some.
    plots.append("NaN lc rgb '#ffffff'")
    out.append("plot " + ", \\\n     ".join(plots))
    return out


def plot_of(line, block):
    """What draws one line."""
    look = f"lc rgb '{line.colour}' lw {line.width:g} dt {line.dash}"
    how = {"area": f"1:2:3 with filledcurves fc rgb '{line.colour}'",
           "band": "1:2:3 with filledcurves fs transparent solid 0.18 noborder "
                   f"fc rgb '{line.colour}'",
           "steps": f"1:2 with fsteps {look}",
           "points": f"1:2 with points pt {line.marker} ps 0.8 lc rgb '{line.colour}'",
           "linespoints": f"1:2 with linespoints pt {line.marker} ps 0.6 {look}",
           "lines": f"1:2 with lines {look}"}[line.style]
    return f"{block} using {how}"


class Figure:
    """Panels in rows of so many columns."""

    def __init__(self, panels, columns, title, panel_size=(560, 270)):
        self.panels = panels
        self.columns = min(columns, len(panels))
        self.title = title
        self.panel_size = panel_size

    def rows(self):
        return [self.panels[at:at + self.columns]
                for at in range(0, len(self.panels), self.columns)]

    def body(self):
        """(the script behind its terminal line, width, height)."""
        width, height = self.panel_size
        below = [max(Legend(panel.lines, width).below for panel in row) for row in self.rows()]
        size = (width * self.columns, sum(height + space for space in below))
        out, top = ["set multiplot"], 0
        for number_of_row, (row, space) in enumerate(zip(self.rows(), below)):
            for column, panel in enumerate(row):
                box = Box(column * width, top, width, height + space, size)
                out += panel_script(panel, f"{number_of_row}_{column}", box, space)
            top += height + space
        return out + ["unset multiplot"], *size

    def script(self, kind):
        """The whole gnuplot script; kind: svg or png."""
        body, width, height = self.body()
        terminal, font = {"svg": ("svg noenhanced font 'sans-serif,12' butt", "sans-serif:Bold,12"),
                          "png": ("pngcairo noenhanced font 'Sans,9'", "Sans:Bold,9")}[kind]
        head = ["set encoding utf8", f"title_font = '{font}'",
                f"set terminal {terminal} size {width},{height} background '#ffffff'"]
        return "\n".join(head + body) + "\n"

    def drawing(self):
        """Names what is drawn, whatever gnuplot's version makes of it."""
        return hashlib.sha256((self.title + "\n" + self.script("svg")).encode()).hexdigest()[:16]

    def render(self, kind):
        """The bytes of the picture. Raises Failure."""
        gnuplot = shutil.which("gnuplot")
        if not gnuplot:
            raise Failure(2, "gnuplot is not installed (Debian, Ubuntu: apt-get install gnuplot-nox)")
        ran = subprocess.run([gnuplot, "-"], input=self.script(kind).encode(), check=False,
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        if ran.returncode or not ran.stdout:
            words = ran.stderr.decode(errors="replace").strip() or f"code {ran.returncode}"
            raise Failure(4, f"gnuplot failed: {words}")
        return ran.stdout if kind == "png" else self.named(ran.stdout.decode()).encode()

    def named(self, svg):
        """The SVG with its title and drawing in place of gnuplot's own words."""
        title = re.sub(r"[\x00-\x1f\x7f]", " ", self.title)
        for sign, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
            title = title.replace(sign, entity)
        head = f"<title>{title}</title>\n<desc>mmsim tools/plot, drawing {self.drawing()}</desc>"
        svg, found = re.subn(r"<title>.*?</title>\s*<desc>.*?</desc>", lambda _: head, svg,
                             count=1, flags=re.DOTALL)
        # gnuplot's SVG knows no bold face.
        svg = svg.replace('font-family="sans-serif:Bold"', 'font-family="sans-serif" font-weight="bold"')
        if not found:
            raise Failure(4, "gnuplot wrote an SVG without title")
        return svg


def drawing_in(svg):
    """The drawing that an SVG of render() names, or None."""
    found = re.search(r"<desc>mmsim tools/plot, drawing ([0-9a-f]{16})</desc>", svg)
    return found and found.group(1)
