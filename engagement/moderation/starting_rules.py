"""The rules as they are until an administrator changes them.

They stand here and not in a migration: a board that never touched a rule gets our better list with the next
version, a test database without its migrations' rows has the same rules, and no row can be missing. The first change
of a rule makes its row (actions.ruling.change_rule), and from then on the row is the rule.

The word lists are short on purpose. They hold what hardly anyone writes without meaning to hurt, in each language
we offer; a board adds what it meets. Words that are also somebody's name, a place or a plain word are left out.
The list of throw-away mail domains is our own, of services whose own front pages say that their addresses are thrown
away; it is a beginning and not a survey.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from engagement.moderation.models import Rule

Kind = Rule.Kind

ENGLISH = """
idiot idiots moron morons scum scumbag scumbags bastard bastards shit shite bullshit fuck fucks fucked fucker
fuckers fucking wanker wankers twat twats arsehole arseholes dickhead dickheads bellend retard retards
"""
ENGLISH_PHRASES = ("piss off", "drop dead", "kill yourself")
WELSH = "twpsyn twpsod bastad bastads ffyc ffwcio ffycin cachgi cachgwn cachu"
WELSH_PHRASES = ("coc oen", "cer i grafu")
THROWN_AWAY = """
10minutemail.com 20minutemail.com 33mail.com dispostable.com emailondeck.com fakeinbox.com getnada.com
guerrillamail.com guerrillamail.info guerrillamail.net guerrillamail.org mailcatch.com maildrop.cc mailinator.com
mailnesia.com mintemail.com mohmal.com sharklasers.com spamgourmet.com temp-mail.org tempmail.com
tempmailaddress.com throwawaymail.com trashmail.com yopmail.com yopmail.fr yopmail.net
"""


def one_a_line(words: str, *phrases: str) -> str:
    return "\n".join([*words.split(), *phrases])


HAVE_WORDS = {Kind.WORDS, Kind.MAIL_DOMAIN}
HAVE_NUMBER = {Kind.ALIKE, Kind.BURST, Kind.REPORTED}
READ_TEXT = {Kind.LINK, Kind.TELEPHONE, Kind.EMAIL, Kind.ADDRESS, Kind.NAME_STREET, Kind.WORDS, Kind.UNSEEN}
"""Rules that find something in the words themselves, so that a text can be tried against them."""
HAVE_HOURS = {Kind.ALIKE, Kind.BURST}


def starting_rules() -> list[Rule]:
    """Give every rule there is, not stored, in the order in which they are shown."""
    return [
        Rule(kind=Kind.LINK, why=str(_("It has a link, and its writer has had nothing shown here before."))),
        Rule(kind=Kind.TELEPHONE, why=str(_("It seems to have a telephone number in it."))),
        Rule(kind=Kind.EMAIL, why=str(_("It seems to have an e-mail address in it."))),
        Rule(kind=Kind.ADDRESS, why=str(_("It seems to say which house someone lives in."))),
        Rule(kind=Kind.NAME_STREET, why=str(_("It seems to name someone and their street."))),
        Rule(
            kind=Kind.WORDS,
            language="en",
            words=one_a_line(ENGLISH, *ENGLISH_PHRASES),
            why=str(_("It has a word that often hurts people.")),
        ),
        Rule(
            kind=Kind.WORDS,
            language="cy",
            words=one_a_line(WELSH, *WELSH_PHRASES),
            why=str(_("It has a word that often hurts people.")),
        ),
        Rule(
            kind=Kind.ALIKE, number=3, hours=24, why=str(_("Nearly the same words have come in several times lately."))
        ),
        Rule(kind=Kind.BURST, number=10, hours=1, why=str(_("Many things have come from the same sender in an hour."))),
        Rule(kind=Kind.UNSEEN, why=str(_("It has letters that cannot be seen, or that look like others."))),
        Rule(
            kind=Kind.MAIL_DOMAIN,
            words=one_a_line(THROWN_AWAY),
            why=str(_("Its writer signed up with an e-mail address that is made to be thrown away.")),
        ),
        Rule(kind=Kind.FORM, why=str(_("The form was filled in the way a machine fills it in."))),
        Rule(
            kind=Kind.REPORTED,
            is_on=False,
            number=3,
            why=str(_("Several people have reported it, so it waits for an officer.")),
        ),
    ]
