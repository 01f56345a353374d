"""Rows as one table for a terminal."""
import statistics

from figures import MEMORY, spread

COLUMNS = (f"{'what':<34}{'dtype':>6}{'unit':>10}{'lingua min':>12}{'median':>9}{'max':>9}"
           f"  {'peer':<22}{'min':>9}{'median':>9}{'max':>9}{'ratio':>8}{'target':>8}{'limit':>8}"
           f"{'before':>9}")


def number(value):
    if value is None:
        return ""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def change(row, before):
    """By how much the median went up or down since the last recorded run."""
    if before is None:
        return ""
    return f"{100 * (statistics.median(row.ours) / statistics.median(before.ours) - 1):+.1f} %"


def target(row):
    if row.target is None:
        return ""
    return f"{'<' if row.unit in MEMORY else '>'}{row.target:g}"


def line(row, before):
    ours = "".join(f"{number(one):>{width}}" for one, width in zip(spread(row.ours), (12, 9, 9)))
    theirs = spread(row.theirs) if row.theirs else (None,) * 3
    share = f"{100 * row.share():.0f} %" if row.share() is not None else ""
    ratio = f"{row.ratio():.2f}" if row.ratio() is not None else ""
    mark = {True: "", False: "!", None: ""}[row.reached()]
    return (f"{row.what:<34}{row.dtype:>6}{row.unit:>10}{ours}  {row.peer:<22}" +
            "".join(f"{number(one):>9}" for one in theirs) +
            f"{ratio + mark:>8}{target(row):>8}{share:>8}{change(row, before):>9}")


LEGEND = ("ratio: times faster than the peer, of memory its share; ! misses the target. limit: "
          "share of what the\nmachine's matrix products allow for the operations that the algorithm "
          "needs. before: change of the\nmedian since the last recorded run.")
