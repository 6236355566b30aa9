"""Leaks to plant: each makes one channel of the product tell of what is hidden.

The product's own functions are wrapped; what leaks is taken from the tables, past the gate, as a
careless line would take it, and past row security, which stops it where the web's role asks.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import celery
from django.core.cache import cache
from django.core.mail import send_mail

from access import binding, codes, policy, receipts, shell
from access.journal import Action
from access.models import JournalEvent, Mask, Notice, Receipt
from access.notices import telling
from access.pages import (
    hide as hide_page,
    patients as patients_page,
    questions as questions_page,
)
from access.policy import Refused
from access.reading_journal import reading
from records.archive import reading as archive_reading
from records.deposits import depositing
from records.dossier import care, documents, home, months, news
from records.fhir import api
from records.models import (
    Document,
    DocumentFile,
    DocumentVersion,
    Entry,
    Filling,
    Record,
    ReimbursementLine,
    Synthesis,
    SynthesisDraft,
)
from records.opening.checking import record_under
from records.pages import (
    care as care_page,
    connecting as connecting_page,
    counter as counter_page,
    deposits as deposits_page,
    documents as documents_page,
    entries as entries_page,
    leaflet as leaflet_page,
    synthesis as synthesis_page,
    treatments as treatments_page,
)
from tests.roles import role


if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    import pytest


@dataclass(frozen=True)
class Leak:
    """What is planted, through whom it would be seen, at which doors, and where it shows."""

    plant: Callable[[pytest.MonkeyPatch], None]
    who: str
    door: str
    shows_in: str = "body"


def past_the_policies() -> AbstractContextManager[None]:
    """Read as the tables' owner: the web's role finds nothing that isn't its viewer's."""
    return role("dmp_owner")


def number(record_id: Any = None) -> int:
    """How many documents there are, the hidden ones too."""
    rows = Document.objects.all() if record_id is None else Document.objects.filter(
        record_id=record_id
    )  # fmt: skip
    return rows.count()


def last_title() -> str:
    """The title of the document that came last in the whole portal, whoever may know it."""
    return Document.objects.order_by("-occurred_on", "-id").values_list("title", flat=True)[0]


def last_key(*, record_id: Any, **_named: Any) -> Any:
    """The key of the document that was filed last."""
    rows = Document.objects.filter(record_id=record_id).order_by("-id")
    return rows.values_list("id", flat=True)[0]


def _after(module: Any, name: str, change: Callable[..., Any]) -> Callable[..., None]:
    """Plant: what a function returns is changed on its way out."""

    def plant(patch: pytest.MonkeyPatch) -> None:
        whole = getattr(module, name)

        def leaking(*args: Any, **named: Any) -> Any:
            found = whole(*args, **named)
            with past_the_policies():
                return change(found, *args, **named)

        patch.setattr(module, name, leaking)

    return plant


def _before(module: Any, name: str, do: Callable[..., None]) -> Callable[..., None]:
    """Plant: something is done before a function."""

    def plant(patch: pytest.MonkeyPatch) -> None:
        whole = getattr(module, name)

        def leaking(*args: Any, **named: Any) -> Any:
            with past_the_policies():
                do(*args, **named)
            return whole(*args, **named)

        patch.setattr(module, name, leaking)

    return plant


def _instead(module: Any, name: str, other: Any) -> Callable[..., None]:
    def leaking(*args: Any, **named: Any) -> Any:
        with past_the_policies():
            return other(*args, **named)

    def plant(patch: pytest.MonkeyPatch) -> None:
        patch.setattr(module, name, leaking)

    return plant


def _header(name: str, value: Callable[[], Any]) -> Callable[..., None]:
    """Plant: a header of every answer says it."""

    def add(response: Any, *_args: Any) -> Any:
        response[name] = str(value())
        return response

    return _after(binding.BindingMiddleware, "__call__", add)


def _rotated(view: Any, **named: Any) -> Any:
    by = number(named["record_id"]) % max(1, len(view.rows))
    return dataclasses.replace(view, rows=view.rows[by:] + view.rows[:by])


def _first_row(view: Any, **changed: str) -> Any:
    rows = (dataclasses.replace(view.rows[0], **changed), *view.rows[1:]) if view.rows else ()
    return dataclasses.replace(view, rows=rows)


def _classes(view: Any, **named: Any) -> Any:
    held = Document.objects.filter(record_id=named["record_id"]).order_by("class_code")
    return dataclasses.replace(
        view, classes=tuple((code, code) for code in held.values_list("class_code", flat=True))
    )


def _found_by_words(view: Any, **named: Any) -> Any:
    """A search that says how many it found, before the gate."""
    words = named.get("search", "")
    held = Document.objects.filter(record_id=named["record_id"], title__icontains=words)
    return dataclasses.replace(view, total=held.count())


def _hidden_is_refused(model: Any, standing: Any, element_id: Any) -> None:
    if model.objects.filter(record_id=standing.record_id, id=element_id).exists():
        found = policy.visible(model, standing).filter(id=element_id)
        if not found.exists():
            text = "Vous n'avez pas le droit de lire cet élément."
            raise Refused(text)


def _same_file(**named: Any) -> None:
    held = DocumentFile.objects.filter(record_id=named["record_id"], size=len(named["data"]))
    if held.exists():
        text = "Ce fichier est déjà dans le dossier."
        raise Refused(text)


def _too_many(**named: Any) -> None:
    if Entry.objects.filter(record_id=named["record_id"], kind="history").exists():
        text = "Ce profil est plein."
        raise Refused(text)


def _telling_notice(record: Any, **_named: Any) -> None:
    Notice.objects.create(
        record_id=record.id, person_id=record.holder_id, kind="new_document", channel="site",
        body=f"{number(record.id)} documents", made_at=binding.now(), due_at=binding.now(),
    )  # fmt: skip


def _numbered() -> str:
    return f"{Receipt.objects.count():04d}-{Mask.objects.count():04d}-AAAA"


def _with_hidden_people(found: Any, dossier: Any, _events: Any) -> Any:
    rows = Document.objects.filter(record_id=dossier.record_id).order_by("author_name")
    names = rows.values_list("author_name", flat=True).distinct()
    return found | {f"{place:012d}": name for place, name in enumerate(names)}


def _every_change(found: Any, dossier: Any, **_named: Any) -> Any:
    keys = ReimbursementLine.objects.filter(record_id=dossier.record_id).values_list("id")
    return dataclasses.replace(found, lines=dict.fromkeys((key for (key,) in keys), news.ADDED))


def _versioned(resource: Any, facts: Any, **_named: Any) -> Any:
    versions = DocumentVersion.objects.filter(record_id=facts.record_id).count()
    return {**resource, "meta": {"versionId": str(versions)}}


def _updated(bundle: Any, *_args: Any, **_named: Any) -> Any:
    last = Document.objects.exclude(author_kind="holder").order_by("-created_at")[0]
    return {**bundle, "meta": {"lastUpdated": last.created_at.isoformat()}}


def _newest_day(page: Any, **named: Any) -> Any:
    last = Synthesis.objects.filter(record_id=named["record_id"]).order_by("-number")[0]
    version = page.version and dataclasses.replace(page.version, signed_on=str(last.signed_at))
    return dataclasses.replace(page, version=version)


def _from_whom(row: Any, *_args: Any) -> Any:
    masks = Mask.objects.filter(target_id=row.element).order_by("id")
    return dataclasses.replace(
        row, marks_attr=" ".join([row.marks_attr, *masks.values_list("audience", flat=True)])
    )


def _named_file(served: Any, **named: Any) -> Any:
    return dataclasses.replace(served, name=f"{number(named['record_id'])}-{served.name}")


def _preview_of_last(served: Any, **_named: Any) -> Any:
    """A thumbnail made of what was last drawn for anybody: one cache for all."""
    return dataclasses.replace(served, data=served.data + str(number()).encode())


def _known_at_the_door(**named: Any) -> None:
    if record_under(named["nir"]) is not None:
        text = "Vous avez déjà un dossier."
        raise Refused(text)


def _full_record(**named: Any) -> None:
    record = record_under(named["identity"].nir)
    if record is not None and number(record.id):
        text = "Ce dossier n'est pas vide."
        raise Refused(text)


def _badge(items: Any, *_args: Any) -> Any:
    if items:
        items[0] = dataclasses.replace(items[0], label=f"{items[0].label} ({number()})")
    return items


def _count_of(field: str) -> Callable[..., Any]:
    def change(view: Any, **named: Any) -> Any:
        return dataclasses.replace(view, **{field: number(named.get("record_id"))})

    return change


def _somebody_is_editing(**named: Any) -> None:
    if SynthesisDraft.objects.filter(record_id=named["record_id"]).exists():
        text = "Quelqu'un d'autre modifie ce dossier."
        raise Refused(text)


def _already_there(_standing: Any, said: Any, content: Any) -> Any:
    """What was deposited with as many bytes, by whomever: the reply to who presses again."""
    same = DocumentFile.objects.filter(size=len(content.data))
    found = same.select_related("version__document").order_by("id").first()
    return found.version.document if found else None


def _spelled(view: Any, **_named: Any) -> Any:
    """Words that a search knows out of every title."""
    return view if view.total else dataclasses.replace(view, search=last_title())


def _related(resource: Any, facts: Any, **_named: Any) -> Any:
    target = last_key(record_id=facts.record_id)
    return {**resource, "relatesTo": [{"code": "appends", "target": {"id": str(target)}}]}


def _every_version(page: Any, **named: Any) -> Any:
    """The number of the version, as it was signed."""
    rows = Synthesis.objects.filter(record_id=named["record_id"])
    version = page.version
    said = version and dataclasses.replace(version, author=f"{version.author} ({rows.count()})")
    return dataclasses.replace(page, version=said)


def _grouped(view: Any, **named: Any) -> Any:
    lines = ReimbursementLine.objects.filter(record_id=named["record_id"]).count()
    first = dataclasses.replace(view.events[0], what=f"{view.events[0].what} et {lines} autres")
    return dataclasses.replace(view, events=(first, *view.events[1:]))


def _gaps_of_all(view: Any, **named: Any) -> Any:
    given = ReimbursementLine.objects.filter(record_id=named["record_id"], section="MED")
    days = given.order_by("occurred_on").values_list("occurred_on", flat=True)
    group = view.groups[0]
    row = dataclasses.replace(group.rows[0], gaps=(f"Rien de délivré entre {len(days)} jours",))
    group = dataclasses.replace(group, rows=(row, *group.rows[1:]))
    return dataclasses.replace(view, groups=(group, *view.groups[1:]))


def _scaled(drawing: Any, *_args: Any) -> Any:
    """The largest dot is the most there is, hidden or not."""
    return dataclasses.replace(drawing, height=drawing.height + number())


def _in_the_margin(pdf: bytes, *_args: Any) -> bytes:
    return pdf + f"% {Record.objects.count()} {number()}".encode()


def _broken(**_named: Any) -> None:
    """An error told to whoever runs the place, with what was being read in it."""
    logging.getLogger("django.request").error(
        "Internal Server Error", exc_info=ValueError(last_title())
    )


def _one_by_one(**_named: Any) -> None:
    """Work that grows with what there is."""
    for _each in range(number()):
        Record.objects.exists()


def _asked_total(found: Any, **named: Any) -> Any:
    return dataclasses.replace(found, total=number(named["asked"].record_id))


LEAKS: Final[dict[str, Leak]] = {
    "count": Leak(_after(documents_page, "read_documents", _count_of("total")),
                  "martin", "records:documents"),
    "pages": Leak(_after(documents_page, "read_documents", _count_of("pages")),
                  "colleague", "records:documents"),
    "order": Leak(_after(documents_page, "read_documents", _rotated),
                  "martin", "records:documents"),
    "title": Leak(_after(documents_page, "read_documents",
                         lambda view, **_named: _first_row(view, title=last_title())),
                  "jeanne", "records:documents"),
    "link": Leak(_after(documents_page, "read_documents",
                        lambda view, **named: _first_row(view, element=last_key(**named))),
                 "martin", "records:documents"),
    "search": Leak(_after(documents_page, "read_documents", _found_by_words),
                   "martin", "records:documents"),
    "filter": Leak(_after(documents_page, "read_documents", _classes),
                   "helper", "records:documents"),
    "suggestion": Leak(_after(care, "people_of", _with_hidden_people), "martin", "records:care"),
    "total of care": Leak(_after(care_page, "read_care", _count_of("total")),
                          "guardian", "records:care"),
    "Bundle.total": Leak(_after(api.exchange, "search_documents", _asked_total),
                         "martin", "fhir:document_search"),
    "_lastUpdated": Leak(_after(api.mapping, "searchset", _updated),
                         "jeanne", "fhir:document_search"),
    "version id": Leak(_after(api.mapping, "document_reference", _versioned),
                       "martin", "fhir:document"),
    "cursor": Leak(_after(api.asking, "cursor", lambda text, *_key: f"{text}{number()}"),
                   "martin", "fhir:document_search"),
    "ETag": Leak(_header("ETag", lambda: f'"{number()}"'), "pharmacist", "records:document",
                 "headers"),
    "a header that tells whose record there is": Leak(
        _header("X-Records", Record.objects.count), "administrator", "imports:loads", "headers"),
    "receipt number": Leak(_instead(receipts, "new_number", _numbered), "mother", "access:hide"),
    "notice": Leak(_instead(depositing, "tell_new_document", _telling_notice),
                   "martin", "records:deposit", "notices"),
    "journal as it is read": Leak(
        _instead(reading, "known_to", lambda dossier: JournalEvent.objects.filter(
            record_id=dossier.record_id)),
        "mother", "access:who_looked"),
    "journal as it is written": Leak(
        _before(documents_page, "read_documents", lambda **named: binding.note(
            Action.LIST_READ, named["record_id"], by=named["by"], shown=number())),
        "martin", "records:documents", "journal"),
    "size of the archive": Leak(
        _after(archive_reading, "_index", lambda page, *_args: page + " " * number()),
        "jeanne", "records:take_away"),
    "error answer": Leak(_before(policy, "get_visible", _hidden_is_refused),
                         "martin", "records:document", "status"),
    "same file recognised": Leak(_before(deposits_page.deposits, "deposit", _same_file),
                                 "martin", "records:deposit", "status"),
    "quota": Leak(_before(entries_page.profile, "write", _too_many),
                  "delegate", "records:entry_new", "status"),
    "rate limit": Leak(_before(documents_page, "read_documents",
                               lambda **_named: codes.count("listed", str(number()), limit=9)),
                       "emergency", "records:documents", "counted"),
    "cache key": Leak(_before(documents_page, "read_documents",
                              lambda **_named: cache.set(f"listed-{number()}", 1)),
                      "samu", "records:documents", "counted"),
    "log line": Leak(_before(documents_page, "read_documents",
                             lambda **_named: logging.getLogger("dmp").warning(
                                 "%s documents", number())),
                     "nurse", "records:documents", "log"),
    "e-mail": Leak(_before(documents_page, "read_documents",
                           lambda **_named: send_mail(
                               "Lu", str(number()), "a@b.test", ["c@d.test"])),
                   "garnier", "records:documents", "mail"),
    "task": Leak(_before(documents_page, "read_documents",
                         lambda **_named: celery.current_app.send_task("x", [number()])),
                 "martin", "records:documents", "tasks"),
    "since your last visit": Leak(
        _instead(home, "_news", lambda *_args: home.News(number(), "hier")),
        "jeanne", "records:home"),
    "care changed since your last visit": Leak(
        _after(care, "changes", _every_change), "martin", "records:care"),
    "age of the synthesis": Leak(_after(synthesis_page, "read_synthesis", _newest_day),
                                 "martin", "records:synthesis"),
    "padlock that says from whom": Leak(_after(documents, "document_row", _from_whom),
                                        "petit", "records:documents"),
    "name of a file": Leak(_after(documents_page, "read_file", _named_file),
                           "shared", "records:document_file", "headers"),
    "thumbnail": Leak(_after(documents_page, "read_file", _preview_of_last),
                      "martin", "records:document_preview"),
    "badge in the navigation": Leak(_after(shell, "_navigation", _badge),
                                    "blocked", "access:patients"),
    "list of patients": Leak(_after(patients_page, "read_worklist", _count_of("total")),
                             "blocked", "access:patients"),
    "what hiding would do": Leak(
        _after(hide_page.masks, "weigh", lambda view, **named: dataclasses.replace(
            view, still_see=(str(number(named.get("record_id"))),))),
        "mother", "access:hide"),
    "known or not, from home": Leak(
        _before(connecting_page.connecting, "ask_code", _known_at_the_door),
        "anonymous", "records:connect", "status"),
    "somebody else is editing": Leak(
        _before(entries_page.profile, "write", _somebody_is_editing),
        "delegate", "records:entry_new", "status"),
    "the reply to who presses again": Leak(
        _instead(depositing, "_pressed_before", _already_there),
        "martin", "records:deposit", "headers"),
    "progress of a filling": Leak(
        _instead(care, "is_arriving", lambda dossier: Filling.objects.filter(
            record_id=dossier.record_id).exists()),
        "martin", "records:care"),
    "check of the chain": Leak(
        _instead(reading, "_checked", lambda record_id, *_known: not JournalEvent.objects.filter(
            record_id=record_id, rests_on_secret=True).exists()),
        "mother", "access:who_looked"),
    "words a search knows": Leak(_after(documents_page, "read_documents", _spelled),
                                 "jeanne", "records:documents"),
    "relatesTo": Leak(_after(api.mapping, "document_reference", _related),
                      "martin", "fhir:document"),
    "history": Leak(_after(synthesis_page, "read_synthesis", _every_version),
                    "martin", "records:synthesis"),
    "title of a group of care": Leak(_after(care_page, "read_care", _grouped),
                                     "nurse", "records:care"),
    "gaps of a medicine": Leak(_after(treatments_page, "read_treatments", _gaps_of_all),
                               "martin", "records:treatments"),
    "scale of a drawing": Leak(_after(months, "_drawing", _scaled),
                               "nurse", "records:care_months"),
    "what a PDF says of itself": Leak(_after(leaflet_page.leaflets, "pdf_of", _in_the_margin),
                                      "agent", "records:leaflet_pdf"),
    "error report": Leak(_before(documents_page, "read_documents", _broken),
                         "jeanne", "records:documents", "log"),
    "length of the queue": Leak(
        _before(documents_page, "read_documents", lambda **_named: [
            celery.current_app.send_task("x") for _each in range(number())]),
        "nurse", "records:documents", "tasks"),
    "when a message leaves": Leak(
        _after(telling, "next_round", lambda due, *_at: due + dt.timedelta(minutes=number())),
        "nurse", "access:ask", "notices"),
    "how long a question takes": Leak(
        _before(questions_page.questions, "ask", _one_by_one),
        "nurse", "access:ask", "statements"),
    "counter": Leak(_before(counter_page.openings, "look_for_record", _full_record),
                    "agent", "records:counter_manual", "status"),
}  # fmt: skip
