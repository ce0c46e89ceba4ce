"""One style sheet from ours: tokens, base, every component's own, utilities.

    python site/components/bundle.py

writes site/static/moothall/look.css. A page then asks for one file instead of forty, and a
test fails when the file is older than its parts. Nothing is compiled: the parts are joined.
"""

from pathlib import Path

HERE = Path(__file__).resolve().parent
BUNDLE = HERE.parent / "static" / "moothall" / "look.css"


def look() -> str:
    """The whole sheet, each part under its name."""
    sheets = HERE / "sheets"
    own = sorted(HERE.glob("*/*.css"))
    parts = [
        sheets / "tokens.css",
        sheets / "base.css",
        *(sheet for sheet in own if sheet.parent != sheets and sheet.stem == sheet.parent.name),
        sheets / "gallery.css",
        sheets / "utilities.css",
    ]
    order = "@layer vendor, tokens, base, components, utilities;\n"
    return order + "".join(f"\n/* {part.relative_to(HERE)} */\n{part.read_text()}" for part in parts)


if __name__ == "__main__":
    BUNDLE.write_text(look())
