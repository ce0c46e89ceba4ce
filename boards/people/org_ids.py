"""A group's number as it was typed, to the one identifier that everyone writes for that group.

Plain Python, like rules. Identifiers are those of org-id.guide: the code of a register, a hyphen,
and the number as that register writes it. Sources: the structure pages of org-id.guide for
GB-CHC, GB-SC, GB-NIC, GB-COH, GB-EDU and GB-LAE; ONS for the codes of parishes (E04…, W04…).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum


class Register(StrEnum):
    """Where a group is on a list, or that it is on none."""

    CHARITY = "charity"
    CHARITY_SCOTLAND = "charity_sc"
    CHARITY_NORTHERN_IRELAND = "charity_ni"
    COMPANY = "company"
    SCHOOL = "school"
    PARISH = "parish"
    COUNCIL = "council"
    NONE = "none"


class Wrong(StrEnum):
    """What is wrong with a number; a form has the sentence for each."""

    MISSING = "missing"
    CHARITY = "charity"
    CHARITY_SCOTLAND = "charity_sc"
    CHARITY_NORTHERN_IRELAND = "charity_ni"
    COMPANY = "company"
    SCHOOL = "school"
    PARISH = "parish"
    COUNCIL = "council"
    WHICH = "which"
    NOT_EXPECTED = "not_expected"


@dataclass(frozen=True)
class Numbered:
    """`org_id` is empty for a parish council, which no register of org-id.guide lists: it has its ONS code."""

    register: Register
    org_id: str = ""
    gss_code: str = ""


# A company number is eight digits, or two letters for the kind of body and six digits
# (Companies House, "Uniform Resource Identifiers", prefixes; CE and CS are charities that are companies of their own).
COMPANY = re.compile(
    r"(?:\d{8}|(?:AC|CE|CS|FC|FE|GE|GN|GS|IC|IP|LP|NA|NC|NF|NI|NL|NO|NP|NR|NV|NZ|OC|OE|PC|RC|RS|SA|SC|SE|SF|SG|SI|SL|SO|SP|SR|SZ|ZC)\d{6}|R0\d{6})",
    re.ASCII,
)
WORDS = re.compile(
    r"^(?:(?:REGISTERED|REG|CHARITY|COMPANY|SCHOOL|NUMBER|NUM|NO|URN|OSCR|CCNI|CRN|CIO)[\s.:#]*)+", re.ASCII
)
FULL = {
    "GB-CHC-": Register.CHARITY,
    "GB-SC-": Register.CHARITY_SCOTLAND,
    "GB-NIC-": Register.CHARITY_NORTHERN_IRELAND,
    "GB-COH-": Register.COMPANY,
    "GB-EDU-": Register.SCHOOL,
    "GB-LAE-": Register.COUNCIL,
}


def read_number(typed: str, register: Register | None = None) -> Numbered | Wrong:
    """Give the identifier of a number, in whatever way it was typed, or what is wrong with it.

    Without a register it is guessed where the shape leaves no doubt. Some numbers could be two
    things ("SC" and six digits is a Scottish charity or a Scottish company): then WHICH.
    """
    text = unicodedata.normalize("NFKC", typed).strip().upper()
    for prefix, named in FULL.items():
        if text.startswith(prefix):
            if register not in (None, named):
                return Wrong.WHICH
            return READERS[named](re.sub(r"[^A-Z0-9]", "", text[len(prefix) :]))
    bare = re.sub(r"[\s.\-/#:]", "", WORDS.sub("", text))
    if register is Register.NONE:
        return Wrong.NOT_EXPECTED if bare else Numbered(Register.NONE)
    if not bare:
        return Wrong.MISSING if register is not None else Numbered(Register.NONE)
    if register is None:
        register = guessed(bare)
    return READERS[register](bare) if register is not None else Wrong.WHICH


def guessed(bare: str) -> Register | None:
    """Give the only register in which a number of this shape can stand, or None."""
    if re.fullmatch(r"[EW]04\d{6}", bare, re.ASCII):
        return Register.PARISH
    if re.fullmatch(r"[1-9]\d{5,6}", bare, re.ASCII):
        return Register.CHARITY
    if COMPANY.fullmatch(bare) and not bare.startswith("SC"):
        return Register.COMPANY
    if re.fullmatch(r"(?:NIC)?10\d{4}", bare, re.ASCII) and bare.startswith("NIC"):
        return Register.CHARITY_NORTHERN_IRELAND
    return None


def charity(bare: str) -> Numbered | Wrong:
    """England and Wales: six or seven digits, none of them a nought in front."""
    digits = bare.removeprefix("CHC").lstrip("0")
    if not re.fullmatch(r"[1-9]\d{5,6}", digits, re.ASCII):
        return Wrong.CHARITY
    return Numbered(Register.CHARITY, f"GB-CHC-{digits}")


def charity_in_scotland(bare: str) -> Numbered | Wrong:
    """SC and six digits; a nought left out in front is put back."""
    digits = bare.removeprefix("SC")
    if not re.fullmatch(r"\d{4,6}", digits, re.ASCII):
        return Wrong.CHARITY_SCOTLAND
    return Numbered(Register.CHARITY_SCOTLAND, f"GB-SC-SC{digits.zfill(6)}")


def charity_in_northern_ireland(bare: str) -> Numbered | Wrong:
    """Six digits that begin with 10."""
    digits = bare.removeprefix("NIC")
    if not re.fullmatch(r"10\d{4}", digits, re.ASCII):
        return Wrong.CHARITY_NORTHERN_IRELAND
    return Numbered(Register.CHARITY_NORTHERN_IRELAND, f"GB-NIC-{digits}")


def company(bare: str) -> Numbered | Wrong:
    """Eight signs. Noughts left out in front are put back: 1234567 is 01234567, SC12345 is SC012345."""
    if re.fullmatch(r"\d{4,8}", bare, re.ASCII):
        number = bare.zfill(8)
    elif found := re.fullmatch(r"([A-Z]{2})(\d{3,6})", bare, re.ASCII):
        number = found[1] + found[2].zfill(6)
    else:
        number = bare
    return Numbered(Register.COMPANY, f"GB-COH-{number}") if COMPANY.fullmatch(number) else Wrong.COMPANY


def school(bare: str) -> Numbered | Wrong:
    """A school's URN: six digits."""
    if not re.fullmatch(r"[1-9]\d{5}", bare, re.ASCII):
        return Wrong.SCHOOL
    return Numbered(Register.SCHOOL, f"GB-EDU-{bare}")


def parish(bare: str) -> Numbered | Wrong:
    if not re.fullmatch(r"[EW]04\d{6}", bare, re.ASCII):
        return Wrong.PARISH
    return Numbered(Register.PARISH, gss_code=bare)


def council(bare: str) -> Numbered | Wrong:
    """Three letters of the register of local authorities for England, as in GB-LAE-BUC."""
    if not re.fullmatch(r"[A-Z]{3,4}", bare, re.ASCII):
        return Wrong.COUNCIL
    return Numbered(Register.COUNCIL, f"GB-LAE-{bare}")


READERS = {
    Register.CHARITY: charity,
    Register.CHARITY_SCOTLAND: charity_in_scotland,
    Register.CHARITY_NORTHERN_IRELAND: charity_in_northern_ireland,
    Register.COMPANY: company,
    Register.SCHOOL: school,
    Register.PARISH: parish,
    Register.COUNCIL: council,
}
KINDS = {
    Register.CHARITY: "charity",
    Register.CHARITY_SCOTLAND: "charity",
    Register.CHARITY_NORTHERN_IRELAND: "charity",
    Register.COMPANY: "company",
    Register.SCHOOL: "school",
    Register.PARISH: "parish",
    Register.COUNCIL: "public",
    Register.NONE: "informal",
}
"""What kind of organisation a register lists (Organisation.Kind)."""

COUNCIL_WORDS = re.compile(r"\b(?:town|parish|community|city|village|council|meeting|of|the)\b")


def place_name(name: str) -> str:
    """Give the bare name of a parish: "Fenny Hale Parish Council" and "fenny hale" are both "fenny hale"."""
    return " ".join(COUNCIL_WORDS.sub(" ", same_letters(name)).split())


def same_letters(name: str) -> str:
    """Give a name as two writers of it would agree: case, accents, "&" and stops left out."""
    plain = unicodedata.normalize("NFKD", name).casefold().replace("&", " and ")
    return " ".join(re.sub(r"[^a-z0-9]+", " ", plain).split())
