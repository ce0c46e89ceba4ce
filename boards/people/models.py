"""People, their roles and organisations, where they have shown they belong, what they agreed to."""

from __future__ import annotations

import secrets
from datetime import date
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from boards.places.models import Area, Board


class PersonManager(BaseUserManager["Person"]):
    """An e-mail is kept in small letters, so that one address is one person."""

    @classmethod
    def normalize_email(cls, email: str | None) -> str:
        return (email or "").strip().lower()

    def get_by_natural_key(self, username: str | None) -> Person:
        return self.get(email=self.normalize_email(username))

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> Person:
        if not email:
            raise ValueError("A person needs an e-mail address.")
        person = self.model(email=self.normalize_email(email), **fields)
        person.set_password(password)
        person.save(using=self._db)
        return person

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> Person:
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def known_by(self, email: str) -> Person:
        """Give the person with this address, made now if there is none. They sign in by a code sent to it."""
        person, made = self.get_or_create(email=self.normalize_email(email))
        if made:
            person.set_unusable_password()
            person.save(update_fields=["password"])
        return person


class Person(AbstractBaseUser, PermissionsMixin):  # type: ignore[django-manager-missing]
    """Anyone with an account. The e-mail is the login; the name shown may be a pseudonym."""

    email = models.EmailField(_("e-mail address"), max_length=254, unique=True)
    display_name = models.CharField(
        _("name to show"), max_length=60, blank=True, help_text=_("Any name you like. Leave empty to show none.")
    )
    language = models.CharField(_("language"), max_length=10, blank=True)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    date_joined = models.DateTimeField(default=timezone.now)

    objects = PersonManager()
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: list[str] = []

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [models.UniqueConstraint(Lower("email"), name="person_email_once_whatever_its_letters")]

    def __str__(self) -> str:
        return self.display_name or self.email

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.email = PersonManager.normalize_email(self.email)
        super().save(*args, **kwargs)

    def get_full_name(self) -> str:
        return str(self)

    def get_short_name(self) -> str:
        return self.display_name or self.email.partition("@")[0]


class RoleQuerySet(models.QuerySet["Role"]):
    def held_on(self, day: date) -> RoleQuerySet:
        """From `since` up to, and not including, `until`."""
        return self.filter(since__lte=day).filter(Q(until__isnull=True) | Q(until__gt=day))


class Role(models.Model):
    """What someone is, on one board or (no board) for the whole council."""

    class Kind(models.TextChoices):
        CHAIR = "chair", _("Chair")
        COORDINATOR = "coordinator", _("Coordinator")
        MEMBER = "member", _("Member")
        PARTNER = "partner", _("Partner")
        STAFF = "staff", _("Council staff")
        EVIDENCE_TEAM = "evidence_team", _("Core evidence team")
        ADMINISTRATOR = "administrator", _("Administrator")

    person = models.ForeignKey(Person, models.CASCADE, related_name="roles")
    board = models.ForeignKey(
        Board, models.CASCADE, null=True, blank=True, related_name="roles", help_text=_("Empty: the whole council.")
    )
    kind = models.CharField(_("role"), max_length=20, choices=Kind.choices)
    organisation = models.ForeignKey("Organisation", models.SET_NULL, null=True, blank=True, related_name="roles")
    since = models.DateField(_("from"), default=timezone.localdate)
    until = models.DateField(_("until"), null=True, blank=True, help_text=_("The first day they no longer hold it."))

    objects = RoleQuerySet.as_manager()

    class Meta:
        verbose_name = _("role")
        verbose_name_plural = _("roles")
        ordering = ["board__name", "kind", "person__email"]
        constraints = [
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(since__lt=F("until")), name="role_since_before_until"
            ),
            models.UniqueConstraint(
                fields=["person", "board", "kind"], condition=Q(until__isnull=True), name="role_held_once_on_a_board"
            ),
            models.UniqueConstraint(
                fields=["person", "kind"],
                condition=Q(until__isnull=True, board__isnull=True),
                name="role_held_once_for_the_council",
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=["chair", "coordinator", "member"]) | Q(board__isnull=False),
                name="role_on_a_board_names_it",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.board or _('whole council')}"


class Organisation(models.Model):
    """A group, charity, school or council that applies, reports or provides."""

    class Kind(models.TextChoices):
        CHARITY = "charity", _("Charity")
        COMPANY = "company", _("Company or community interest company")
        SCHOOL = "school", _("School")
        PARISH = "parish", _("Town or parish council")
        PUBLIC = "public", _("Public body")
        INFORMAL = "informal", _("Group with no number")

    name = models.CharField(_("name"), max_length=160)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.INFORMAL)
    org_id = models.CharField(
        _("org-id"),
        max_length=60,
        blank=True,
        validators=[RegexValidator(r"^[A-Za-z0-9]+-[A-Za-z0-9]+(-[\w./-]+)?$")],
        help_text=_("Such as GB-CHC-1234567 for a registered charity. See org-id.guide."),
    )
    website = models.URLField(blank=True)
    slug = models.SlugField(max_length=80, unique=True, editable=False)
    local_id = models.CharField(
        max_length=20,
        unique=True,
        editable=False,
        help_text=_("Ours, for a group that no register lists: drawn at random, or the code of its parish."),
    )

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["org_id"], condition=~Q(org_id=""), name="organisation_org_id_once")
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self.local_id:
            self.local_id = fresh_local_id()
        if not self.slug:
            base = slugify(self.name)[:68].strip("-") or "group"
            taken = Organisation.objects.filter(slug=base).exists()
            self.slug = f"{base}-{secrets.token_hex(4)}" if taken else base
        super().save(*args, **kwargs)

    @property
    def identifier(self) -> str:
        """Its org-id; for a group that no register lists, one under our own prefix that no other can have."""
        return self.org_id or f"{settings.ORG_ID_PREFIX}-{self.local_id}"


def fresh_local_id() -> str:
    """Give 60 random bits in letters that are not misread."""
    return "".join(secrets.choice("0123456789abcdefghjkmnpqrstvwxyz") for _sign in range(12))


class MembershipQuerySet(models.QuerySet["Membership"]):
    def joined(self) -> MembershipQuerySet:
        return self.filter(joined_on__isnull=False)


class Membership(models.Model):
    """Someone acts for a group: writes its proposals, answers its questions, keeps its papers.

    Until `joined_on` it is an invitation. It goes to an e-mail address, and only a code sent to
    that address signs its person in: nothing else is needed to know that the right one came.
    """

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="memberships")
    person = models.ForeignKey(Person, models.CASCADE, related_name="memberships")
    invited_by = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="+")
    invited_on = models.DateField(default=timezone.localdate)
    joined_on = models.DateField(null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("membership of a group")
        verbose_name_plural = _("memberships of groups")
        ordering = ["organisation", "pk"]
        constraints = [models.UniqueConstraint(fields=["organisation", "person"], name="membership_once_a_group")]

    def __str__(self) -> str:
        return f"{self.person}, {self.organisation}"


class Standing(models.Model):
    """What someone has shown about living, working or studying in a board's area. Only the area is kept."""

    class Reason(models.TextChoices):
        LIVES = "lives", _("I live here")
        WORKS = "works", _("I work here")
        STUDIES = "studies", _("I study here")

    class Shown(models.TextChoices):
        SAID = "said", _("Said so, with a postcode")
        LETTER = "letter", _("A code from a letter")
        IN_PERSON = "in_person", _("Checked in person")

    person = models.ForeignKey(Person, models.CASCADE, related_name="standings")
    board = models.ForeignKey(Board, models.CASCADE, related_name="standings")
    area = models.ForeignKey(Area, models.PROTECT, null=True, blank=True)
    reason = models.CharField(max_length=10, choices=Reason.choices)
    shown = models.CharField(max_length=10, choices=Shown.choices, default=Shown.SAID)
    since = models.DateField(default=timezone.localdate)
    until = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "board"], name="standing_once_a_board")]

    def __str__(self) -> str:
        return f"{self.person}: {self.get_reason_display()}, {self.board}"


class SentForm(models.Model):
    """A form that was sent once. A second post of it finds the answer to the first.

    Holds a keyed digest of what was typed, never the words, and no person.
    """

    token = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    fingerprint = models.CharField(max_length=64)
    answer = models.CharField(max_length=300, blank=True)
    sent_on = models.DateField(default=timezone.localdate)

    def __str__(self) -> str:
        return str(self.token)
