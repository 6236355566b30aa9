"""Elements asked for by their keys, whatever their kinds, and how a page names each of them."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from access import policy
from access.elements import (
    MOST_AT_ONCE,
    find_visible,
    key_of,
    kind_of,
    named,
    those_visible,
    visible_models,
)
from access.policy import NotVisible
from records.models import Document
from tests.access import cast
from tests.jeanne import add_entry


@pytest.fixture
def asked(jeanne):
    """Ask as somebody, about Jeanne's record."""

    def asked(who, question):
        with jeanne.as_(who):
            return question(policy.standing_on(jeanne.record.id))

    return asked


def keys(*found):
    return [key_of(one) for one in found]


def test_whatever_their_kinds_they_come_in_the_order_of_their_days(jeanne, asked, as_owner):
    with as_owner():  # of one day, in the order of their keys
        first = cast.line(jeanne.record, id=uuid.UUID(int=1), occurred_on=jeanne.scan.occurred_on)
    expected = keys(jeanne.illness, jeanne.allergy, first, jeanne.scan, jeanne.said)
    for which in (expected, expected[::-1]):
        assert asked("petit", lambda standing: keys(*find_visible(standing, which))) == expected  # noqa: B023 - asked at once
    assert [kind_of(one) for one in (jeanne.scan, jeanne.visit, jeanne.blood, jeanne.said)] == [
        "document", "line", "entry", "synthesis_line",
    ]  # fmt: skip


def test_all_are_given_or_none_and_whoever_may_see_some_gets_those(jeanne, asked):
    shown, hidden = jeanne.letter.id, jeanne.hidden.id
    assert asked("martin", lambda standing: keys(*find_visible(standing, [shown]))) == [shown]
    for wanted in ([hidden], [shown, hidden], [shown, uuid.uuid4()], []):
        with pytest.raises(NotVisible):
            asked("martin", lambda standing: find_visible(standing, wanted))  # noqa: B023 - asked at once
        seen = asked("martin", lambda standing: keys(*those_visible(standing, wanted)))  # noqa: B023 - as above
        assert seen == [key for key in wanted if key == shown]


def test_five_hundred_are_given_at_once_and_no_more(jeanne, asked, as_owner):
    assert MOST_AT_ONCE == 500
    with as_owner():
        model = cast.document(jeanne.record, by=jeanne.professionals["martin"])
        facts = {
            one.attname: getattr(model, one.attname) for one in Document._meta.concrete_fields
        }
        made = Document.objects.bulk_create(
            Document(**(facts | {"id": uuid.uuid4()})) for _ in range(500)
        )
    wanted = keys(*made)
    assert len(asked("petit", lambda standing: find_visible(standing, wanted))) == 500
    with pytest.raises(NotVisible):
        asked("petit", lambda standing: find_visible(standing, [*wanted, model.id]))


def test_what_was_found_in_one_table_is_asked_of_no_other(jeanne, asked):
    def tables(*wanted):
        with CaptureQueriesContext(connection) as sent:
            asked("petit", lambda standing: those_visible(standing, keys(*wanted)))
        from_ = [one["sql"].partition(' FROM "records_')[2].partition('"')[0] for one in sent]
        return [name for name in from_ if name]

    assert tables(jeanne.letter) == ["document"]
    assert tables(jeanne.letter, jeanne.visit) == ["document", "reimbursementline"]


def test_each_is_named_by_its_own_words_or_else_by_what_it_is(jeanne, as_owner):
    with as_owner():
        record = jeanne.record
        bare = cast.document(record, title="", type_code="18748-4")
        coded = cast.line(record, code_system="NGAP", code="G", label="Autre")
        labelled = cast.line(record, code_system="NGAP", code="ZZ9", label="Acte du labo")
        unknown = cast.line(record, code_system="NGAP", code="ZZ9", label="")
        short = add_entry(record, jeanne.holder, "blood_group", content={"value": "A+"})

    def said(*some):
        return [named(one).title for one in some]

    assert said(jeanne.letter, labelled, unknown, jeanne.said, jeanne.allergy, short) == [
        "Lettre du cardiologue", "Acte du labo", "NGAP ZZ9", "Diabète de type 2",
        "Allergie : Pénicilline", "Groupe sanguin",
    ]  # fmt: skip
    french = said(bare, coded)
    with translation.override("en"):
        english = said(bare, coded)
    assert french == ["Compte rendu d'imagerie médicale", "Consultation de médecine générale"]
    assert english == ["Imaging report", "General practice consultation"]
    one = named(jeanne.letter)
    assert (one.id, one.kind, one.on) == (jeanne.letter.id, "document", dt.date(2026, 5, 4))


def test_what_somebody_sees_of_each_kind(jeanne, asked):
    def seen(standing):
        return [{key_of(one) for one in rows} for rows in visible_models(standing)]

    documents, lines, entries, said = asked("martin", seen)
    assert jeanne.letter.id in documents
    assert jeanne.hidden.id not in documents
    assert jeanne.visit.id in lines
    assert jeanne.blood.id in entries
    assert jeanne.said.id in said
    assert jeanne.withheld.id not in said
