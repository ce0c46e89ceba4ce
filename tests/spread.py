"""How the tests are spread over several processes: one takes all the tests of a file that loads something once for them.

xdist's own `loadgroup` writes the group where pytest 9.2 no longer looks, and so groups nothing; here the group is
read from the file.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from xdist.scheduler import LoadScopeScheduling

ROOT = Path(__file__).resolve().parent.parent
LONG = (
    "tests/components/test_every_page.py",
    "tests/conventions/test_doors.py",
    "tests/desk/test_scope.py",
    "tests/funding/test_applying_in_a_browser.py",
    "tests/funding/test_methods.py::test_a_full_database",
    "tests/funding/test_round_in_a_browser.py",
    "tests/journeys/",
    "tests/moderation/test_not_shown.py",
    "tests/odd/",
)
"""Walks of minutes. They begin first, so that none of them is left running alone at the end."""


@cache
def loads_once(file: str) -> bool:
    return 'scope="module"' in (ROOT / file).read_text(encoding="utf-8")


def begins_first(nodeid: str) -> bool:
    return nodeid.startswith(LONG)


class FileWhereItLoadsOnce(LoadScopeScheduling):
    """Give a process one test at a time; of a file whose fixture serves all of it, the whole file."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return file if loads_once(file) else nodeid
