"""The tables of surveys."""

from engagement.surveys.models.building import Draft, LibraryQuestion, Step
from engagement.surveys.models.equality import EqualityAnswer, week_of
from engagement.surveys.models.exports import Copy
from engagement.surveys.models.incoming import BroughtIn, Incoming
from engagement.surveys.models.kept import PARTS, KeptCounts, KeptPart, ToCount
from engagement.surveys.models.keying import (
    Call,
    FilledSheet,
    KeyingPlan,
    PrintedSlip,
    PrintRun,
    Reading,
    SheetScan,
)
from engagement.surveys.models.responses import Response, ResponseQuerySet, Upload
from engagement.surveys.models.surveys import Survey, SurveyQuerySet, SurveyVersion, digest_of
from engagement.surveys.models.words import Passage, Words

__all__ = [
    "PARTS",
    "BroughtIn",
    "Call",
    "Copy",
    "Draft",
    "EqualityAnswer",
    "FilledSheet",
    "Incoming",
    "KeptCounts",
    "KeptPart",
    "KeyingPlan",
    "LibraryQuestion",
    "Passage",
    "PrintRun",
    "PrintedSlip",
    "Reading",
    "Response",
    "ResponseQuerySet",
    "SheetScan",
    "Step",
    "Survey",
    "SurveyQuerySet",
    "SurveyVersion",
    "ToCount",
    "Upload",
    "Words",
    "digest_of",
    "week_of",
]
