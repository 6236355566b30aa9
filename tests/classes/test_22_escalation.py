"""Class 22: who administers a little makes themselves administrator of all; "anonymous" is a row.

paperless-ngx let staff make superusers (#8837, #10337); guardian keeps a row for who isn't signed
in, and raises where there is none (#714).
"""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.conf import settings
from django.contrib.auth.models import Permission
from guardian.models import UserObjectPermission
from guardian.utils import get_anonymous_user

from access import policy
from access.binding import binding
from access.models import RecordUserGrant, User
from tests.access.cast import NOON
from tests.classes.asking import every_address, some
from tests.interference.facts import KINDS
from tests.interference.values import Keys


RIGHTS_OF_ACCOUNTS = (
    ("is_superuser", "on"), ("is_staff", "on"), ("is_active", "on"), ("superuser", "1"),
    ("fund_role", "administrator"), ("groups", "1"), ("user_permissions", "1"),
    ("permissions", "treat_record"), ("professional", "1"), ("role", "fund_admin"),
)  # fmt: skip


@pytest.mark.parametrize("who", some("administrator", "anonymous", "agent", "jeanne", first=2))
def test_no_door_gives_an_account_more_than_it_had(who, scene, asker):
    keys, one, pressed = Keys(scene, who), asker(who), 0
    for address in every_address():
        if not address.declared.posts or not address.open_to(scene, who):
            continue
        if address.declared.before and who != "agent":
            continue
        for ask in address.asks(keys, **address.filled(keys, scene.record_of(who).id)):
            if ask.method != "POST":
                continue
            answer = one.answer(replace(ask, form=(*ask.form, *RIGHTS_OF_ACCOUNTS)))
            pressed += 1
            assert not {"auth_permission", "auth_group", "access_user_groups",
                        "access_user_user_permissions", "access_practice",
                        "access_professional"} & answer.wrote, str(ask)  # fmt: skip
            for sql, parameters in answer.written:
                if '"access_user"' in sql:
                    assert "True" not in parameters or "INSERT" in sql, str(ask)
                    assert "administrator" not in parameters, str(ask)
                    assert '"is_superuser" = ' not in sql or "True" not in parameters, str(ask)
    assert pressed


def test_every_flag_of_the_framework_at_once_opens_nothing(scene, as_owner):
    """Staff, superuser, every permission there is, and guardian's own: line 11 all the same."""
    user, record = scene.world.users["stranger"], scene.records["jeanne"]
    with as_owner():
        User.objects.filter(id=user.id).update(is_staff=True, is_superuser=True)
        user.user_permissions.set(Permission.objects.all())
        for permission in Permission.objects.filter(content_type__app_label="records",
                                                    content_type__model="record"):  # fmt: skip
            RecordUserGrant.objects.get_or_create(
                user=user, permission=permission, content_object=record
            )
            UserObjectPermission.objects.create(
                user=user, permission=permission, object_pk=str(record.pk),
                content_type=permission.content_type,
            )  # fmt: skip
    with binding(scene.viewers["stranger"], at=NOON):
        standing = policy.standing_on(record.id)
        assert not standing.has_door
        assert not any(policy.visible(model, standing).exists() for model in KINDS.values())
    home = scene.browser("stranger").get(f"/dossiers/{record.id}/")
    assert home.status_code == 404


def test_who_is_not_signed_in_gets_the_same_with_and_without_a_row_of_that_name(
    scene, asker, as_owner
):
    assert settings.ANONYMOUS_USER_NAME is None
    with pytest.raises(User.DoesNotExist):
        get_anonymous_user()
    one, keys = asker("anonymous"), Keys(scene, "anonymous")
    asked = [
        ask for address in every_address() if not address.declared.before
        for ask in address.asks(keys, **address.filled(keys, scene.records["jeanne"].id))
        if ask.method == "GET"
    ]  # fmt: skip
    without = [one.answer(ask) for ask in asked]
    with as_owner():
        row = User.objects.create_user(email="AnonymousUser@exemple.test")
        for permission in Permission.objects.filter(content_type__app_label="records"):
            if permission.content_type.model == "record":
                RecordUserGrant.objects.get_or_create(
                    user=row, permission=permission, content_object=scene.records["jeanne"]
                )
    assert len(asked) > 50
    for ask, before in zip(asked, without, strict=True):
        assert not one.answer(ask).unlike(before), str(ask)
        if "dossiers" in ask.path:
            assert before.status == 302, str(ask)
