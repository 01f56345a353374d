"""Lines with intervals as an SVG for docs/."""
import math
from html import escape

LEFT, TOP, WIDE, HIGH, RIGHT, BELOW = 60, 40, 440, 300, 190, 50
COLOURS = ["#0b6", "#05c", "#c33", "#a5a", "#b80", "#777", "#0aa", "#550"]


def step_of(low, high):
    """A round distance between grid lines, for four to ten of them."""
    rough = (high - low) / 10
    power = 10 ** math.floor(math.log10(rough))
    return next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough)


def svg(series, title, x_label, x_tick, low, high, scale=math.log, joined=True):
    """`series`: points (x, y, interval or None) by name, joined by lines or not; x on an axis of this
    scale, each with its x_tick(x), slanting where that is long; y from `low` to `high`, beyond which
    lines are cut."""
    every = [point for points in series.values() for point in points]
    places = sorted({point[0] for point in every})
    least, most = scale(places[0]), scale(places[-1])
    slanting = max(len(x_tick(place)) for place in places) > 6
    below = BELOW + 60 * slanting
    x = lambda value: LEFT + WIDE * (scale(value) - least) / ((most - least) or 1)
    y = lambda value: TOP + HIGH * (high - max(low, min(high, value))) / (high - low)
    text = lambda place, height, words, more="": (
        f'<text x="{place:.1f}" y="{height:.1f}" {more}>{escape(words)}</text>')
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{LEFT + WIDE + RIGHT}" '
             f'height="{TOP + HIGH + below}" font-family="sans-serif" font-size="12">',
             '<rect width="100%" height="100%" fill="white"/>', text(LEFT, 20, title)]
    step = step_of(low, high)
    for count in range(math.ceil(low / step), math.floor(high / step) + 1):
        height = y(count * step)
        parts.append(f'<line x1="{LEFT}" x2="{LEFT + WIDE}" y1="{height:.1f}" y2="{height:.1f}" '
                     'stroke="#ddd"/>')
        parts.append(text(LEFT - 6, height + 4, f"{round(count * step, 9):,g}", 'text-anchor="end"'))
    for place in places:
        turned = (f'transform="rotate(30 {x(place):.1f} {TOP + HIGH + 14})"'
                  if slanting else 'text-anchor="middle"')
        parts.append(text(x(place), TOP + HIGH + 18, x_tick(place), turned))
    parts.append(text(LEFT + WIDE / 2, TOP + HIGH + below - 12, x_label, 'text-anchor="middle"'))
    for number, (name, points) in enumerate(series.items()):
        colour = COLOURS[number % len(COLOURS)]
        shift = 1.5 * (number - len(series) / 2)  # so that intervals stand beside each other
        path = " ".join(f"{x(place) + shift:.1f},{y(value):.1f}" for place, value, _ in points)
        if joined:
            parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}"/>')
        for place, value, interval in points:
            parts.append(f'<circle cx="{x(place) + shift:.1f}" cy="{y(value):.1f}" r="2.5" '
                         f'fill="{colour}"/>')
            if interval:
                ends = [y(end) for end in interval]
                parts.append(f'<line x1="{x(place) + shift:.1f}" x2="{x(place) + shift:.1f}" '
                             f'y1="{ends[0]:.1f}" y2="{ends[1]:.1f}" stroke="{colour}"/>')
        parts.append(text(LEFT + WIDE + 12, TOP + 14 + 18 * number, name, f'fill="{colour}"'))
    return "\n".join(parts + ["</svg>"]) + "\n"
