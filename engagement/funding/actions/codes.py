"""Voting codes: made in batches, shown once, found again by a keyed digest."""

from __future__ import annotations

import hmac
import secrets
from hashlib import sha256

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from boards.people.models import Person
from engagement.funding import permissions
from engagement.funding.actions.refusals import Refused
from engagement.funding.models import CodeBatch, FundingRound, VotingCode
from engagement.funding.rules import CODE_BITS, code_from_bits

MOST_AT_ONCE = 50_000


def digest_of(code: str, key: str | None = None) -> str:
    """Give what is kept of a code. The key is outside the database: a copy of the table gives no codes away."""
    secret = settings.SECRET_KEY if key is None else key
    return hmac.new(secret.encode(), b"voting code " + code.encode(), sha256).hexdigest()


def find_code(round: FundingRound, code: str) -> VotingCode | None:
    """Give the code of this round that was typed, whole and checked.

    Letters outlive a change of SECRET_KEY as long as the old one stands in SECRET_KEY_FALLBACKS.
    """
    digests = [digest_of(code, key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
    return VotingCode.objects.select_related("batch").filter(batch__round=round, digest__in=digests).first()


@transaction.atomic
def make_codes(
    *, round: FundingRound, size: int, purpose: str, by: Person | None, is_test: bool = False
) -> tuple[CodeBatch, list[str]]:
    """Make a batch, and give its codes: now, once, and never again."""
    if by is not None and not (verdict := permissions.may_make_codes(by, round)):
        raise Refused(verdict.why_not)
    if not 1 <= size <= MOST_AT_ONCE:
        raise Refused(_("Make between 1 and %(most)d codes at once.") % {"most": MOST_AT_ONCE})
    batch = CodeBatch.objects.create(round=round, purpose=purpose, size=size, is_test=is_test, made_by=by)
    codes: set[str] = set()
    while len(codes) < size:
        codes.add(code_from_bits(secrets.randbits(CODE_BITS)))
    state = VotingCode.State.TEST if is_test else VotingCode.State.ISSUED
    listed = list(codes)
    secrets.SystemRandom().shuffle(listed)
    VotingCode.objects.bulk_create(
        [VotingCode(batch=batch, digest=digest_of(code), state=state) for code in listed], batch_size=1000
    )
    log(
        instance=round,
        action="funding.make_codes",
        user=by,
        data={"size": size, "purpose": purpose, "test": is_test, "board": round.activity.board_id},
    )
    return batch, listed


@transaction.atomic
def cancel_codes(*, batch: CodeBatch, words: str, by: Person, code: str = "") -> int:
    """Cancel a batch, or the one code of it that was typed; give how many. A vote already cast stays."""
    round = batch.round
    verdict = permissions.may_make_codes(by, round)
    if not verdict:
        raise Refused(verdict.why_not)
    if not words.strip():
        raise Refused(_("Say why they are cancelled."))
    open_codes = VotingCode.objects.filter(batch=batch, state__in=[VotingCode.State.ISSUED, VotingCode.State.TEST])
    if code:
        found = find_code(round, code)
        if found is None or found.batch_id != batch.pk:
            raise Refused(_("No code of this batch reads like that."))
        if found.state == VotingCode.State.USED:
            raise Refused(_("This code has voted. Hold the vote back instead, from the list of odd things."))
        open_codes = open_codes.filter(pk=found.pk)
    else:
        batch.void_words = words.strip()
        batch.save(update_fields=["void_words"])
    cancelled = open_codes.update(state=VotingCode.State.VOID)
    log(
        instance=round,
        action="funding.cancel_codes",
        user=by,
        data={"batch": batch.pk, "codes": cancelled, "words": words.strip(), "board": round.activity.board_id},
    )
    return cancelled
