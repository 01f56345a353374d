"""Rows as an SVG: how many times faster than each peer, with its target; of memory, the saving."""
from html import escape

from figures import MEMORY

ROW, LEFT, WIDE, RIGHT = 22, 430, 420, 70


def bars(rows):
    """(label, times better, times to reach or None) of the rows that have a peer."""
    for row in rows:
        if not row.theirs:
            continue
        ratio, target = row.ratio(), row.target
        if row.unit in MEMORY:  # a share of the peer's: less is better
            ratio, target = 1 / ratio, 1 / target if target else None
        yield f"{row.what}, {row.dtype}, beside {row.peer}", ratio, target


def svg(rows, title):
    found = list(bars(rows))
    most = max((max(ratio, target or 0) for _, ratio, target in found), default=1)
    x = lambda value: LEFT + WIDE * value / most
    height = ROW * (len(found) + 3)
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{LEFT + WIDE + RIGHT}" '
             f'height="{height}" font-family="sans-serif" font-size="12">',
             '<rect width="100%" height="100%" fill="white"/>',
             f'<text x="10" y="18" font-size="14">{escape(title)}</text>',
             f'<line x1="{x(1):.1f}" x2="{x(1):.1f}" y1="28" y2="{height - ROW}" stroke="#999"/>',
             f'<text x="{x(1):.1f}" y="{height - 6}" text-anchor="middle">1: as the peer</text>']
    for place, (label, ratio, target) in enumerate(found):
        y = 30 + ROW * place
        parts.append(f'<text x="{LEFT - 8}" y="{y + 14}" text-anchor="end">{escape(label)}</text>')
        parts.append(f'<rect x="{LEFT}" y="{y + 3}" width="{x(ratio) - LEFT:.1f}" height="14" '
                     f'fill="{"#2a7" if ratio >= (target or 1) else "#c73"}"/>')
        parts.append(f'<text x="{x(ratio) + 4:.1f}" y="{y + 14}">{ratio:.2f}</text>')
        if target:
            parts.append(f'<line x1="{x(target):.1f}" x2="{x(target):.1f}" y1="{y}" y2="{y + 20}" '
                         'stroke="black" stroke-width="2"/>')
    return "\n".join(parts + ["</svg>"]) + "\n"
