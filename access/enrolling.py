"""Accounts that no counter opens: of who works with patients, and of the fund's own.

Made by the operator, without a password: who it is for chooses theirs. Knows no record's content.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from access.binding import note, use_case
from access.circle import grants_for_new_user
from access.journal import SYSTEM, Action
from access.models import FundRole, Professional, User


if TYPE_CHECKING:
    import uuid

    from access.viewer import Viewer

FUND_ROLES = tuple(role.value for role in FundRole if role.value)


class NotEnrolled(ValueError):
    """No account was made: the sentence says why."""


@use_case
def enrol_professional(*, by: Viewer, email: str, rpps: str) -> uuid.UUID:
    """Make the account of a professional of the directory, with the doors given to them before."""
    professional = Professional.objects.filter(rpps=rpps).first()
    if professional is None:
        raise NotEnrolled(f"{rpps} is not in the directory: load it first (load_directory).")
    if User.objects.filter(professional=professional).exists():
        raise NotEnrolled(f"{rpps} has an account already.")
    user = _make(by, email, professional=professional)
    grants_for_new_user(user)
    return user.id


@use_case
def enrol_fund(*, by: Viewer, email: str, role: str) -> uuid.UUID:
    """Make an account of the fund: who loads its files, or who is at its counter."""
    if role not in FUND_ROLES:
        raise NotEnrolled(f"{role} is no role of the fund: {', '.join(FUND_ROLES)}.")
    return _make(by, email, fund_role=role).id


def _make(by: Viewer, email: str, **whose: Any) -> User:
    try:
        validate_email(email)
    except ValidationError as error:
        raise NotEnrolled(f"{email} is no e-mail address.") from error
    if User.objects.filter(email=email.lower()).exists():
        raise NotEnrolled(f"There is an account under {email} already.")
    user = User.objects.create_user(email, **whose)
    note(
        Action.ACCOUNT_MADE, SYSTEM, by=by, element_kind="account", element_id=user.id,
        reason="operator",
    )  # fmt: skip
    return user
