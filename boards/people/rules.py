"""A verdict, and what each role carries."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Verdict:
    """Yes, or no with a reason fit to show the person."""

    allowed: bool
    why_not: str = ""

    def __bool__(self) -> bool:
        return self.allowed


YES = Verdict(True)

# What each role carries, on its board or, for a council-wide role, on every board. The only
# place that says so: every `may_…` in every room asks it.
CARRIES: Mapping[str, frozenset[str]] = {
    "chair": frozenset({"enter_desk", "see_unpublished", "see_log", "confirm_result"}),
    "coordinator": frozenset(
        {
            "enter_desk", "see_unpublished", "see_log",
            "edit_pages", "publish_pages",
            "record_evidence", "link_evidence", "see_contacts",
            "moderate", "hear_objections", "see_originals", "run_activities", "answer_ideas", "key_paper",
            "set_pot", "run_count", "award", "assess",
        }
    ),
    "member": frozenset({"take_part", "assess"}),
    "partner": frozenset({"take_part", "see_pipeline", "assess", "co_fund"}),
    "staff": frozenset(
        {
            "enter_desk", "see_unpublished", "see_log", "see_pipeline",
            "edit_pages", "publish_pages", "publish_outcome",
            "record_evidence", "link_evidence", "confirm_need", "hear_objections",
            "set_pot", "assess",
        }
    ),
    "evidence_team": frozenset(
        {
            "enter_desk", "see_unpublished", "record_evidence", "link_evidence", "confirm_need",
            "moderate", "hear_objections",
        }
    ),
    "administrator": frozenset(
        {
            "enter_desk", "see_unpublished", "see_log", "see_contacts", "see_pipeline",
            "edit_pages", "publish_pages", "publish_outcome",
            "record_evidence", "link_evidence", "confirm_need",
            "moderate", "hear_objections", "see_originals", "set_moderation_rules",
            "run_activities", "answer_ideas", "key_paper",
            "set_pot", "run_count", "award", "confirm_result", "assess",
            "manage_roles", "manage_places", "set_brand",
        }
    ),
}  # fmt: skip

ACTS = frozenset().union(*CARRIES.values())


def carried(roles: Collection[str]) -> frozenset[str]:
    """Give every act that any of these roles carries."""
    return frozenset().union(*(CARRIES[role] for role in roles))


def needs_second_factor(role: str) -> bool:
    """Tell whether a role opens what the public may not see yet, so that a mailbox or a password alone must not."""
    return bool(CARRIES[role] & {"enter_desk", "see_unpublished"})
