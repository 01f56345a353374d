#!/usr/bin/env python3
"""Draws fidelity over the share of tokens kept, a line a method with its 95 % intervals, from the
JSON of lingua-eval, as an SVG for docs/; --table prints the same figures in Markdown.

usage: bench/curves.py TABLES.json [--group NAME] [--methods A,B] [--title TEXT] --output FILE.svg
       bench/curves.py TABLES.json [--group NAME] [--methods A,B] --table
"""
import argparse
import json
import math
from html import escape

LEFT, TOP, WIDE, HIGH, RIGHT, BELOW = 60, 40, 440, 300, 190, 50
COLOURS = ["#0b6", "#05c", "#c33", "#a5a", "#b80", "#777", "#0aa", "#550"]


def parse():
    options = argparse.ArgumentParser(description=__doc__,
                                      formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("tables")
    options.add_argument("--group", default="all", help="of prompts, as the table calls it")
    options.add_argument("--methods", default="", help="only these")
    options.add_argument("--title", default="Fidelity of compressed prompts")
    options.add_argument("--table", action="store_true")
    options.add_argument("--output")
    return options.parse_args()


def by_method(group, wanted=()):
    """Rows by method, in the order of the tables."""
    found = {}
    for row in group["rows"]:
        if row["prompts"] and (not wanted or row["method"] in wanted):
            found.setdefault(row["method"], []).append(row)
    return found


def cell(value, interval, sign=""):
    return f"{value:{sign}.3f} [{interval[0]:{sign}.3f}, {interval[1]:{sign}.3f}]"


def differences(group, wanted=()):
    """Each method's fidelity less that of the one the tables compare with, paired."""
    with_difference = {"rows": [{**row, "fidelity": row["difference"],
                                 "interval": row["difference_interval"]}
                                for row in group["rows"] if "difference" in row]}
    return markdown(with_difference, wanted, "+")


def markdown(group, wanted=(), sign=""):
    """A row a method, a column a rate: fidelity and its interval."""
    rows = by_method(group, wanted)
    rates = sorted({row["rate"] for some in rows.values() for row in some}, reverse=True)
    lines = ["| kept | " + " | ".join(f"{1 / rate:.3g}x" for rate in rates) + " |",
             "|---|" + "---|" * len(rates)]
    for method, some in rows.items():
        cells = []
        for rate in rates:
            row = next((one for one in some if one["rate"] == rate), None)
            cells.append(cell(row["fidelity"], row["interval"], sign) if row else "")
        lines.append(f"| {method} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def svg(group, title, wanted=()):
    rows = by_method(group, wanted)
    every = [row for some in rows.values() for row in some]
    low = min(0.0, *(row["fidelity"] for row in every))
    high = max(1.0, *(row["fidelity"] for row in every))
    least, most = (math.log(f(row["rate"] for row in every)) for f in (min, max))
    x = lambda rate: LEFT + WIDE * (math.log(rate) - least) / ((most - least) or 1)
    y = lambda value: TOP + HIGH * (high - max(low, min(high, value))) / (high - low)
    text = lambda place, height, words, more="": (
        f'<text x="{place:.1f}" y="{height:.1f}" {more}>{escape(words)}</text>')
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{LEFT + WIDE + RIGHT}" '
             f'height="{TOP + HIGH + BELOW}" font-family="sans-serif" font-size="12">',
             '<rect width="100%" height="100%" fill="white"/>', text(LEFT, 20, title)]
    for tenth in range(math.ceil(low * 5), math.floor(high * 5) + 1):
        height = y(tenth / 5)
        parts.append(f'<line x1="{LEFT}" x2="{LEFT + WIDE}" y1="{height:.1f}" y2="{height:.1f}" '
                     'stroke="#ddd"/>')
        parts.append(text(LEFT - 6, height + 4, f"{tenth / 5:.1f}", 'text-anchor="end"'))
    for rate in sorted({row["rate"] for row in every}):
        parts.append(text(x(rate), TOP + HIGH + 18, f"{1 / rate:.3g}x", 'text-anchor="middle"'))
    parts.append(text(LEFT + WIDE / 2, TOP + HIGH + 38, "compression of the contexts",
                      'text-anchor="middle"'))
    for number, (method, some) in enumerate(rows.items()):
        colour = COLOURS[number % len(COLOURS)]
        shift = 1.5 * (number - len(rows) / 2)  # so that intervals stand beside each other
        points = " ".join(f"{x(row['rate']) + shift:.1f},{y(row['fidelity']):.1f}" for row in some)
        parts.append(f'<polyline points="{points}" fill="none" stroke="{colour}"/>')
        for row in some:
            place, ends = x(row["rate"]) + shift, [y(end) for end in row["interval"]]
            parts.append(f'<line x1="{place:.1f}" x2="{place:.1f}" y1="{ends[0]:.1f}" '
                         f'y2="{ends[1]:.1f}" stroke="{colour}"/>')
        parts.append(text(LEFT + WIDE + 12, TOP + 14 + 18 * number, method, f'fill="{colour}"'))
    return "\n".join(parts + ["</svg>"]) + "\n"


def main():
    o = parse()
    with open(o.tables, encoding="utf-8") as stream:
        groups = json.load(stream)["fidelity"]["groups"]
    group = next(one for one in groups if one["name"] == o.group)
    wanted = [name for name in o.methods.split(",") if name]
    if o.table:
        print(markdown(group, wanted), differences(group, wanted), sep="\n\n")
    if o.output:
        with open(o.output, "w", encoding="utf-8") as stream:
            stream.write(svg(group, o.title, wanted))


if __name__ == "__main__":
    main()
