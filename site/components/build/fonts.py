"""Rebuild the fonts for printed pages from the ones that browsers get. Running Moothall needs none of this.

    pip install fonttools==4.68.0 brotli && python site/components/build/fonts.py            writes them
                                            python site/components/build/fonts.py --check    compares

A PDF takes plain TrueType with one weight a file, and has no fallback from one file to the next; browsers
get a compressed file with every weight, in two halves. So: unpack, fix the weight, join the halves.
"""

import hashlib
import sys
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from fontTools.merge import Merger, Options
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

ROOT = Path(__file__).resolve().parents[3]
VENDOR = ROOT / "site" / "static" / "vendor"
TARGET = ROOT / "site" / "components" / "print_fonts"
CUTS = [
    ("atkinson-hyperlegible-next", "regular", 400),
    ("atkinson-hyperlegible-next", "bold", 700),
    ("young-serif", "regular", None),
]
# Only what draws single letters: no tables of shaping, which nothing here reads.
DROPPED = ["GSUB", "GPOS", "GDEF", "STAT", "DSIG", "gasp", "fpgm", "prep", "cvt ", "BASE", "meta"]


def half(source: Path, weight: int | None) -> TTFont:
    font = TTFont(source, recalcTimestamp=False)
    if weight is not None:
        instantiateVariableFont(font, {"wght": weight}, inplace=True)
    for name in DROPPED:
        if name in font:
            del font[name]
    for glyph in font["glyf"].glyphs.values():
        glyph.removeHinting()
    font.flavor = None
    return font


def whole(name: str, cut: str, weight: int | None) -> bytes:
    [folder] = (VENDOR / name).iterdir()
    with TemporaryDirectory() as scratch:
        halves = []
        for subset in ("latin", "latin-ext"):
            path = Path(scratch) / f"{subset}.ttf"
            half(folder / f"{name}-{subset}.woff2", weight).save(path)
            halves.append(str(path))
        joined = Merger(Options(drop_tables=DROPPED)).merge(halves)
        for number in (1, 4, 6):  # two weights of one name would be taken for the same font
            joined["name"].removeNames(nameID=number)
            joined["name"].setName(f"{name}-{cut}", number, 3, 1, 0x409)
        joined.recalcTimestamp = False
        joined["head"].modified = joined["head"].created = TTFont(halves[0])["head"].created
        out = BytesIO()
        joined.save(out)
    return out.getvalue()


def main() -> int:
    files = {f"{name}-{cut}.ttf": whole(name, cut, weight) for name, cut, weight in CUTS}
    for name in {name for name, _, _ in CUTS}:
        [folder] = (VENDOR / name).iterdir()
        files[f"LICENSE.{name}"] = (folder / "LICENSE").read_bytes()
    sums = "".join(f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in sorted(files.items()))
    files["SHA256SUMS"] = sums.encode()
    wrong = [name for name, data in files.items() if not (p := TARGET / name).exists() or p.read_bytes() != data]
    if "--check" in sys.argv:
        sys.stdout.write("".join(f"differs: {name}\n" for name in wrong) or "The fonts are as built.\n")
        return 1 if wrong else 0
    TARGET.mkdir(exist_ok=True)
    for name, data in files.items():
        (TARGET / name).write_bytes(data)
    return 0


if __name__ == "__main__":
    sys.exit(main())
