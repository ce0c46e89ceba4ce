"""Questions from the board and answers from the group, on a page that only these two read."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from boards.people.permissions import login_required
from engagement.funding import check_words, checking, permissions
from engagement.funding.actions.refusals import Refused
from engagement.funding.actions.talk import answer
from engagement.funding.forms.groups import AnswerForm
from engagement.funding.models import Proposal, Question
from engagement.funding.views.frame import page, the_round, voter


@login_required
@never_cache
def talk(request: HttpRequest, board_slug: str, slug: str, proposal_slug: str) -> HttpResponse:
    """The thread, what the checks say, and a box for the answer while a question waits."""
    now = timezone.now()
    round = the_round(request, board_slug, slug)
    proposal = get_object_or_404(checking.with_plans(Proposal.objects.all()), round=round, slug=proposal_slug)
    proposal.round = round
    if not permissions.may_see_talk(request.user, proposal):
        raise Http404
    thread = list(Question.objects.filter(proposal=proposal).select_related("answered_by"))
    waiting = next((each for each in thread if each.answered_at is None and each.taken_back_at is None), None)
    verdict = permissions.may_answer(request.user, proposal, now=now)
    form = AnswerForm(
        request.POST if request.method == "POST" else None, initial={"question": waiting.pk if waiting else None}
    )
    if form.is_valid():
        question = next((each for each in thread if each.pk == form.cleaned_data["question"]), None)
        try:
            if question is None:
                raise Refused(_("This question has been answered or taken back. Read the page again."))
            answer(question=question, words=form.cleaned_data["words"], by=voter(request), now=now)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Sent. The board has been told."))
            return redirect(round.address("talk", proposal.slug))
    return page(
        request,
        "talk",
        round,
        now,
        below=True,
        proposal=proposal,
        thread=thread,
        waiting=waiting,
        is_late=waiting is not None and waiting.answer_by < timezone.localdate(now),
        verdict=verdict,
        form=form if waiting or form.errors else None,
        lines=check_words.lines(checking.check_list([proposal], round)[proposal.pk]),
        group=proposal.organisation if permissions.speaks_for(request.user, proposal) else None,
    )
