"""The district: areas, boards, postcodes, themes and figures, by the same imports a council uses."""

from __future__ import annotations

from collections.abc import Callable

from boards.places.actions.areas import How, import_areas
from boards.places.actions.boards import import_boards
from boards.places.actions.postcodes import import_postcodes
from boards.places.models import Area, Board, Postcode
from engagement.evidence.actions.importing import import_indicators, import_themes
from engagement.evidence.models import IndicatorValue, Theme
from moothall.demo.loader.reading import DATA

GEO = DATA / "geo"
COUNCIL = "E07999001"
LAST_LSOA = "E01999253"


def load(*, say: Callable[[str], None]) -> None:
    """Import what is missing. Each file is kept whole or not at all, so its last row stands for it."""
    if not Area.objects.filter(code=LAST_LSOA).exists():
        say("The invented district of Thornbridge: 48 wards, 253 small areas")
        import_areas(GEO / "district.geojson", how=How(kind="council"))
        import_areas(GEO / "wards.geojson", how=How(kind="ward", parent=COUNCIL))
        import_areas(GEO / "parishes.csv", how=How(kind="parish"))
        import_areas(GEO / "lsoas.geojson", how=How(kind="lsoa"))
    if Board.objects.filter(slug="windle-levels").first() is None:
        say("Sixteen boards")
        import_boards(GEO / "boards.json")
    if not Postcode.objects.filter(postcode__startswith="XX22 ").exists():
        say("1,529 postcodes that do not exist")
        import_postcodes(GEO / "postcodes.csv")
    if not Theme.objects.exists():
        say("Themes of need")
        import_themes(path=DATA / "taxonomies" / "community_needs.csv")
    if not IndicatorValue.objects.filter(area__code=LAST_LSOA).exists():
        say("Figures for each ward and small area")
        import_indicators(path=GEO / "ward_indicators.csv")
        import_indicators(path=GEO / "lsoa_indicators.csv")
