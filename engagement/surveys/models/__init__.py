"""The tables of surveys."""

from engagement.surveys.models.building import Draft, LibraryQuestion, Step
from engagement.surveys.models.equality import EqualityAnswer, week_of
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
    "Call",
    "Draft",
    "EqualityAnswer",
    "FilledSheet",
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
    "Upload",
    "Words",
    "digest_of",
    "week_of",
]
