"""A picture for every board: hills, fields, roofs, a hall, trees and water, from a seed.

The same seed always gives the same picture, so a board keeps its face. Plain shapes, a few
kilobytes, no text, and nothing that stands for a real place.
"""

import math
import random
from functools import lru_cache
from itertools import pairwise

SHAPES = {"card": (640, 320), "wide": (1280, 400)}

# sky, sun, far hills, near hills, field, dark (trees), wall, wall, roof, roof, water
PALETTES = (
    (
        "#fbe6c8",
        "#f6b64a",
        "#c9a9b8",
        "#9c7f93",
        "#8fae7b",
        "#3f6650",
        "#f5ebdc",
        "#e8cdb0",
        "#a8492f",
        "#5b2a4e",
        "#a9cfd6",
    ),
    (
        "#dcebf0",
        "#ffd978",
        "#a9c1c4",
        "#7fa29b",
        "#b9c07a",
        "#4b6f4f",
        "#f7f0e3",
        "#dcc7b4",
        "#7a2f4f",
        "#b5652d",
        "#8fbecb",
    ),
    (
        "#f8dfd3",
        "#fff1c9",
        "#d3a79a",
        "#a97a7f",
        "#c6b36b",
        "#57694a",
        "#fbf3e7",
        "#ecd3c4",
        "#803a5c",
        "#c2583a",
        "#b7d3d0",
    ),
    (
        "#e6e9d8",
        "#f4c553",
        "#b4c2a0",
        "#86a27d",
        "#d4be72",
        "#38604f",
        "#faf4e6",
        "#e3d2b4",
        "#94402f",
        "#40566b",
        "#9fc8c8",
    ),
    (
        "#e7e0ee",
        "#ffd6a0",
        "#b7abc9",
        "#8b84a6",
        "#98b28c",
        "#41605c",
        "#f8f1ea",
        "#e0cfd0",
        "#5f3560",
        "#a8553a",
        "#aac6dc",
    ),
)


@lru_cache(maxsize=512)
def draw_scene(seed: str, shape: str = "card") -> str:
    """The picture as an SVG document."""
    width, height = SHAPES[shape]
    chance = random.Random(f"{shape}:{seed}")  # noqa: S311  # an ornament, not a secret  # nosec B311
    palette = chance.choice(PALETTES)
    sky, sun, far, near, field, dark, wall_1, wall_2, roof_1, roof_2, water = palette
    parts = [f'<rect width="{width}" height="{height}" fill="{sky}"/>']

    sun_x = chance.randint(width // 8, width * 7 // 8)
    sun_y = chance.randint(height // 6, height // 3)
    parts.append(f'<circle cx="{sun_x}" cy="{sun_y}" r="{height // 9}" fill="{sun}"/>')

    parts.append(_hills(chance, width, height, base=0.56, rise=0.16, colour=far))
    parts.append(_hills(chance, width, height, base=0.66, rise=0.12, colour=near))

    ground = height * 0.74
    town = _town(chance, width, ground, (wall_1, wall_2), (roof_1, roof_2), dark, height / 320)
    parts += town
    parts.append(_hills(chance, width, height, base=0.77, rise=0.035, colour=field))
    parts += _hedges(chance, width, height, dark)
    if chance.random() < 0.6:
        parts.append(_river(chance, width, height, water))
    parts += _trees(chance, width, height, dark)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}">{"".join(parts)}</svg>'
    )


def _hills(chance: random.Random, width: int, height: int, *, base: float, rise: float, colour: str) -> str:
    steps = chance.randint(3, 5)
    offset = chance.random() * math.tau
    spots = []
    for index in range(steps + 1):
        lift = math.sin(offset + index * 1.9) * rise * 0.6 + (chance.random() - 0.5) * rise * 0.8
        spots.append((width * index / steps, height * (base - lift)))
    line = f"M0 {height}V{spots[0][1]:.0f}"
    for (x1, y1), (x2, y2) in pairwise(spots):
        half = (x1 + x2) / 2
        line += f"C{half:.0f} {y1:.0f} {half:.0f} {y2:.0f} {x2:.0f} {y2:.0f}"
    return f'<path d="{line}V{height}Z" fill="{colour}"/>'


def _town(
    chance: random.Random,
    width: int,
    ground: float,
    walls: tuple[str, str],
    roofs: tuple[str, str],
    dark: str,
    size: float,
) -> list[str]:
    parts: list[str] = []
    left = width * chance.uniform(0.08, 0.3)
    right = left + width * chance.uniform(0.42, 0.6)
    hall_at = chance.uniform(0.3, 0.7)
    hall_drawn = False
    x = left
    while x < right:
        if not hall_drawn and (x - left) / (right - left) >= hall_at:
            parts += _hall(chance, x, ground, walls[0], roofs[1], dark, size)
            x += 92 * size
            hall_drawn = True
            continue
        wide, tall = chance.randint(34, 58) * size, chance.randint(30, 58) * size
        wall, roof = chance.choice(walls), chance.choice(roofs)
        parts += _house(chance, x, ground + 8 * size, wide, tall, wall, roof, dark, size)
        x += wide * chance.uniform(0.92, 1.25)
    return parts


def _house(
    chance: random.Random,
    x: float,
    ground: float,
    wide: float,
    tall: float,
    wall: str,
    roof: str,
    dark: str,
    size: float,
) -> list[str]:
    top = ground - tall
    pitch = wide * chance.uniform(0.38, 0.55)
    parts = [f'<path d="M{x:.0f} {ground + 30:.0f}V{top:.0f}h{wide:.0f}V{ground + 30:.0f}Z" fill="{wall}"/>']
    if chance.random() < 0.5:  # gable to the front
        parts.append(
            f'<path d="M{x - 4 * size:.0f} {top:.0f}l{wide / 2 + 4 * size:.0f} {-pitch:.0f} '
            f'{wide / 2 + 4 * size:.0f} {pitch:.0f}Z" fill="{roof}"/>'
        )
    else:
        parts.append(
            f'<path d="M{x - 3 * size:.0f} {top:.0f}l{8 * size:.0f} {-pitch * 0.75:.0f}h{wide - 10 * size:.0f}'
            f'l{8 * size:.0f} {pitch * 0.75:.0f}Z" fill="{roof}"/>'
        )
        chimney = x + wide * chance.choice((0.22, 0.7))
        parts.append(
            f'<path d="M{chimney:.0f} {top - pitch * 0.7:.0f}v{-12 * size:.0f}h{7 * size:.0f}v{12 * size:.0f}Z" fill="{wall}"/>'
        )
    pane = 7 * size
    for row in range(2 if tall > 44 * size else 1):
        for column in (0.2, 0.62):
            parts.append(
                f'<path d="M{x + wide * column:.0f} {top + (9 + row * 19) * size:.0f}h{pane:.0f}v{pane * 1.3:.0f}h{-pane:.0f}Z" '
                f'fill="{dark}" opacity=".55"/>'
            )
    return parts


def _hall(chance: random.Random, x: float, ground: float, wall: str, roof: str, dark: str, size: float) -> list[str]:
    """The moot hall: a timbered room held up on posts, with an open floor below and a small turret."""
    wide, room, legs = 84 * size, 30 * size, 26 * size
    top = ground - room - legs
    peak = 40 * size
    middle = x + wide / 2
    braces = "".join(
        f"M{x + wide * i / 5:.0f} {top + room:.0f}l{wide / 10:.0f} {-room:.0f}l{wide / 10:.0f} {room:.0f}"
        for i in range(5)
    )
    posts = "".join(f"M{x + wide * (0.04 + 0.23 * i):.0f} {ground + 20:.0f}v{-legs - 22 * size:.0f}" for i in range(5))
    return [
        f'<path d="M{middle - 7 * size:.0f} {top - peak + 10 * size:.0f}v{-20 * size:.0f}h{14 * size:.0f}v{20 * size:.0f}Z" fill="{wall}"/>',
        f'<path d="M{middle - 11 * size:.0f} {top - peak - 9 * size:.0f}l{11 * size:.0f} {-18 * size:.0f} {11 * size:.0f} {18 * size:.0f}Z" fill="{roof}"/>',
        f'<path d="M{x - 8 * size:.0f} {top:.0f}l{wide / 2 + 8 * size:.0f} {-peak:.0f} {wide / 2 + 8 * size:.0f} {peak:.0f}Z" fill="{roof}"/>',
        f'<path d="M{x:.0f} {top:.0f}h{wide:.0f}v{room:.0f}h{-wide:.0f}Z" fill="{wall}"/>',
        f'<path d="{braces}" fill="none" stroke="{dark}" stroke-width="{2.4 * size:.1f}" opacity=".8"/>',
        f'<path d="{posts}" fill="none" stroke="{dark}" stroke-width="{4 * size:.1f}"/>',
    ]


def _hedges(chance: random.Random, width: int, height: int, dark: str) -> list[str]:
    parts = []
    for _line in range(chance.randint(2, 3)):
        y = height * chance.uniform(0.84, 0.97)
        x = width * chance.uniform(-0.1, 0.5)
        parts.append(
            f'<path d="M{x:.0f} {y:.0f}q{width * 0.25:.0f} {-height * 0.05:.0f} {width * 0.55:.0f} {height * 0.02:.0f}" '
            f'fill="none" stroke="{dark}" stroke-width="{height / 80:.0f}" stroke-linecap="round" opacity=".35"/>'
        )
    return parts


def _river(chance: random.Random, width: int, height: int, water: str) -> str:
    x = width * chance.uniform(0.55, 0.85)
    side = chance.choice((-1, 1))
    bend = side * width * 0.16
    return (
        f'<path d="M{x:.0f} {height * 0.8:.0f}c{bend * 0.6:.0f} {height * 0.05:.0f} {-bend * 0.5:.0f} {height * 0.1:.0f} '
        f"{bend * 0.3:.0f} {height * 0.2:.0f}h{width * 0.13:.0f}c{-bend * 0.5:.0f} {-height * 0.08:.0f} {bend * 0.2:.0f} "
        f'{-height * 0.15:.0f} {-width * 0.13 - bend * 0.05:.0f} {-height * 0.2:.0f}Z" fill="{water}"/>'
    )


def _trees(chance: random.Random, width: int, height: int, dark: str) -> list[str]:
    parts = []
    for _tree in range(chance.randint(4, 7) * (2 if width > 1000 else 1)):
        x = width * chance.random()
        y = height * chance.uniform(0.8, 0.93)
        r = height * chance.uniform(0.045, 0.085)
        parts.append(f'<path d="M{x:.0f} {y:.0f}v{-r * 1.6:.0f}" stroke="{dark}" stroke-width="{r / 5:.1f}"/>')
        if chance.random() < 0.65:
            parts.append(
                f'<ellipse cx="{x:.0f}" cy="{y - r * 1.9:.0f}" rx="{r * 0.85:.0f}" ry="{r:.0f}" fill="{dark}"/>'
            )
        else:
            parts.append(
                f'<path d="M{x:.0f} {y - r * 3.4:.0f}q{r * 0.9:.0f} {r * 1.6:.0f} 0 {r * 2.6:.0f}q{-r * 0.9:.0f} {-r:.0f} 0 {-r * 2.6:.0f}Z" fill="{dark}"/>'
            )
    return parts
