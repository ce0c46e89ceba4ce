"""What a nine-character code says of the place it names."""

import re
from collections.abc import Mapping

CODE = re.compile(r"[EWSN][0-9]{8}")

# The first three characters name the kind of place. Source: ONS, Register of Geographic Codes.
KINDS: Mapping[str, str] = {
    "E06": "council", "E07": "council", "E08": "council", "E09": "council", "E10": "council",
    "W06": "council", "S12": "council", "N09": "council",
    "E05": "ward", "W05": "ward", "S13": "ward", "N08": "ward",
    "E04": "parish", "W04": "parish", "E43": "parish",
    "E01": "lsoa", "W01": "lsoa", "S01": "lsoa", "N20": "lsoa",
    "E02": "msoa", "W02": "msoa", "S02": "msoa", "N21": "msoa",
}  # fmt: skip


def kind_of_code(code: str) -> str | None:
    """Give "ward" for E05015927; None for what has not a code's shape or names a kind we do not keep."""
    return KINDS.get(code[:3]) if CODE.fullmatch(code) else None
