#!/usr/bin/env python3
"""Draws fidelity over the share of tokens kept, a line a method with its 95 % intervals, from the
JSON of lingua-eval, as an SVG for docs/; --table prints the same figures in Markdown.

usage: bench/curves.py TABLES.json [--group NAME] [--methods A,B] [--title TEXT] --output FILE.svg
       bench/curves.py TABLES.json [--group NAME] [--methods A,B] --table
"""
import argparse
import json

import lines


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


def cell(value, interval, sign="", digits=3):
    form = f"{sign}.{digits}f"
    return f"{value:{form}} [{interval[0]:{form}}, {interval[1]:{form}}]"


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
    table = ["| kept | " + " | ".join(f"{1 / rate:.3g}x" for rate in rates) + " |",
             "|---|" + "---|" * len(rates)]
    for method, some in rows.items():
        cells = []
        for rate in rates:
            row = next((one for one in some if one["rate"] == rate), None)
            cells.append(cell(row["fidelity"], row["interval"], sign) if row else "")
        table.append(f"| {method} | " + " | ".join(cells) + " |")
    return "\n".join(table)


def svg(group, title, wanted=()):
    series = {method: [(row["rate"], row["fidelity"], row["interval"]) for row in some]
              for method, some in by_method(group, wanted).items()}
    values = [value for points in series.values() for _, value, _ in points]
    return lines.svg(series, title, "compression of the contexts", lambda rate: f"{1 / rate:.3g}x",
                     min(0.0, *values), max(1.0, *values))


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
