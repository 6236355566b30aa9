"""Takes away, as the owner, every row that a viewer may not know of: the second world.

What an element's row decides is the oracle's; what else a viewer may know is said here, table by
table, and what isn't said is taken away. Keys of what stays are the same.
"""

# ruff: noqa: S608 - tables and columns are constants, values are bound
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import connection

from access import journal
from access.models import JournalEvent, JournalHead
from access.viewer import Role
from tests.access.cast import LONG_AGO, NOON
from tests.interference.facts import KINDS, seen_by


if TYPE_CHECKING:
    import uuid

    from records.models import Record
    from tests.interference.scene import Scene


#: For these the record itself is what is hidden.
RECORD_IS_HIDDEN = frozenset({"stranger", "administrator", "nobody", "half", "anonymous"})
CONTENT, RECORD = "content", "record"
#: Doors that tell who gives matching traits that a record exists.
TELL_EXISTENCE = frozenset(
    {
        "records:counter_manual", "records:counter_existing", "fhir:patient_search",
        "records:presence_manual", "records:presence_access", "records:presence_done",
        "records:counter_doctor", "records:counter_doctor_declare", "records:presence_doctor",
        "fhir:patient_search_post",
    }
)  # fmt: skip
#: Doors that answer the same with or without a record, whose holder is told where there is one.
TELL_THE_HOLDER = frozenset({"records:deposit_by_number"})
#: Doors that answer the same whatever the holder decided and whoever was named before: what is
#: then written, or isn't, is the holder's to read.
NAMING_A_DOCTOR = frozenset({"records:counter_doctor_declare", "records:presence_doctor"})
#: The same of who is blocked, for whom nothing is written.
SILENT_TO_THE_BLOCKED = frozenset({"records:presence_access", "records:presence_done"})
_CHILDREN = ("records_documentfile", "records_documentversion", "records_synthesissource")
_AROUND = (
    "records_synthesisconsent", "access_case", "access_receipt", "access_notice",
    "access_activationcode", "records_doctorproposal",
    "records_filling", "records_episode", "access_delegation", "records_representation",
    "access_invitation",
    "access_block", "access_opening", "access_mask", "records_synthesisdraft",
)  # fmt: skip


def worlds_without(who: str) -> tuple[str, ...]:
    """What is taken away for a viewer: what is in the record, the record itself, or each in turn.

    That a record exists, asked with the number and the traits, is the same answer to every
    professional: it is no secret of theirs (policy section 4).
    """
    if who == "stranger":
        return CONTENT, RECORD
    return (RECORD,) if who in RECORD_IS_HIDDEN else (CONTENT,)


def take_away(scene: Scene, who: str, what: str) -> None:
    """Leave of the viewer's record what this viewer may know of. To be called as the owner."""
    record, viewer = scene.record_of(who), scene.viewers.get(who)
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate; set constraints all deferred")
        cursor.execute("alter table access_journalevent disable trigger journal_append_only")
        cursor.execute("alter table access_journalevent disable trigger journal_no_truncate")
    if what == RECORD or viewer is None:
        _the_record(record)
        return
    _elements(record, seen_by(viewer, record))
    if who == "shared":
        _versions_after_the_share(record)
    if viewer.role is Role.PATIENT:
        _from_the_holder(record)
    elif viewer.role is Role.REPRESENTATIVE and who != "father":
        _from_a_representative(record)
    elif who == "petit":
        _from_the_treating_gp(record, scene)
    else:
        # The fund's desk answers cases, which name no holder.
        keep = ("access_case", "access_block") if who == "agent" else ()
        _everything_around(record, who, scene, keep=keep)
    _chain_again(record)


def _chain_again(record: Record) -> None:
    """Chain what is left, as if the rest had never been: the page checks the chain."""
    seq, previous = 0, journal.GENESIS
    for event in JournalEvent.objects.filter(record_id=record.id).order_by("seq"):
        seq += 1
        event.seq, event.previous = seq, previous
        event.payload_digest = journal.payload_digest(event)
        event.digest = previous = journal.link(previous, event)
        event.save(update_fields=["seq", "previous", "payload_digest", "digest"])
    JournalHead.objects.filter(record_id=record.id).update(seq=seq, digest=previous)
    if not seq:
        JournalHead.objects.filter(record_id=record.id).delete()


def _sql(statement: str, **values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def _the_record(record: Record) -> None:
    _elements(record, set())
    of = {"record": record.id}
    for table in (*_AROUND, "access_authorisation", "access_journalevent", "access_journalhead",
                  "records_synthesis", "records_recordidentifier"):  # fmt: skip
        _sql(f"delete from {table} where record_id = %(record)s", **of)
    for table in ("access_recordusergrant", "access_recordgroupgrant"):
        _sql(f"delete from {table} where content_object_id = %(record)s", **of)
    _sql("delete from records_record where id = %(record)s", **of)


def _elements(record: Record, seen: set[uuid.UUID]) -> None:
    """Take away the hidden elements with what hangs on them alone."""
    of = {"record": record.id, "seen": list(seen)}
    among = "record_id = %(record)s and not ({} = any(%(seen)s::uuid[]))"
    files = ("select v.id from records_documentversion v where v.record_id = %(record)s"
             " and not (v.document_id = any(%(seen)s::uuid[]))")  # fmt: skip
    _sql(f"delete from records_documentfile where version_id in ({files})", **of)
    _sql(f"delete from records_documentversion where {among.format('document_id')}", **of)
    _sql(f"delete from records_synthesissource where {among.format('line_id')}", **of)
    for model in KINDS.values():
        _sql(f"delete from {model._meta.db_table} where {among.format('id')}", **of)
    _sql(
        "delete from records_synthesis s where record_id = %(record)s and not exists"
        " (select 1 from records_synthesisline l where l.synthesis_id = s.id)", **of,
    )  # fmt: skip
    _equal_versions(record)
    on_hidden = "target = 'element' and " + among.format("target_id")
    _sql(f"delete from access_mask where {on_hidden}", **of)
    _sql(
        "delete from access_authorisation where kind = 'share' and "
        + among.format("element_id"), **of,
    )  # fmt: skip


def _equal_versions(record: Record) -> None:
    """A version that says nothing new to this viewer is none: the older one stays."""
    told = (
        "select synthesis_id, array_agg(section || text || evidence::text order by position) said"
        " from records_synthesisline where record_id = %(record)s group by 1"
    )
    again = (
        f"with told as ({told}), ordered as (select s.id, t.said,"
        " lag(t.said) over (order by s.number) before"
        " from records_synthesis s join told t on t.synthesis_id = s.id)"
        " select id from ordered where said = before"
    )
    of = {"record": record.id}
    with connection.cursor() as cursor:
        cursor.execute(again, of)
        same = [row[0] for row in cursor.fetchall()]
    if same:
        gone = {"same": same}
        theirs = "from records_synthesisline where synthesis_id = any(%(same)s::uuid[])"
        _sql(f"delete from records_synthesissource where line_id in (select id {theirs})", **gone)
        _sql(f"delete {theirs}", **gone)
        _sql("delete from records_synthesis where id = any(%(same)s::uuid[])", **gone)


def _versions_after_the_share(record: Record) -> None:
    late = ("select v.id from records_documentversion v join access_authorisation a"
            " on a.element_id = v.document_id and a.kind = 'share'"
            " where v.record_id = %(record)s and v.deposited_at > a.given_at")  # fmt: skip
    _sql(f"delete from records_documentfile where version_id in ({late})", record=record.id)
    _sql(f"delete from records_documentversion where id in ({late})", record=record.id)


def _from_the_holder(record: Record) -> None:
    """Drafts are their author's; an event about what waits still says who came and when."""
    _sql("delete from records_synthesisdraft where record_id = %(record)s", record=record.id)


def _from_a_representative(record: Record) -> None:
    """What rests on a secret or on what they don't see, and what a minor read or decided."""
    _from_the_holder(record)
    of = {"record": record.id, "holder": record.holder_id}
    gone = ("rests_on_secret or act = 'emergency_refused' or (element_id is not null"
            " and element_kind not in ('professional', 'structure') and element_id not in ("
            + " union ".join(
                f"select id from {model._meta.db_table} where record_id = %(record)s"
                for model in KINDS.values()
            ) + "))")  # fmt: skip
    minor = record.holder.born_on.year > NOON.year - 18
    if minor:
        # What the minor read or decided, and who came by a door that they gave alone.
        _what_was_ended_alone(of)
        gone += (" or actor_person_id = %(holder)s or actor_professional_id in (select"
                 " a.professional_id from access_authorisation a join access_user u"
                 " on u.id = a.given_by where a.record_id = %(record)s"
                 " and u.person_id = %(holder)s)")  # fmt: skip
    _sql(f"delete from access_journalevent where record_id = %(record)s and ({gone})", **of)
    if minor:
        _sql("delete from access_authorisation where record_id = %(record)s and given_by in"
             " (select id from access_user where person_id = %(holder)s)", **of)  # fmt: skip
        _sql("delete from access_block where record_id = %(record)s and since > %(ages)s",
             ages=LONG_AGO, **of)  # fmt: skip
        _sql(
            "update records_record set family_choices = null, emergency_refused ="
            " (family_choices ->> 'emergency_refused')::boolean where id = %(record)s",
            **of,
        )
    _sql("delete from access_case where record_id = %(record)s and secret", **of)
    _sql("delete from access_mask where record_id = %(record)s and secret", **of)


def _what_was_ended_alone(of: dict[str, Any]) -> None:
    """What the minor ended alone of what their family decided hasn't ended."""
    alone = (
        "record_id = %(record)s and ended_at in (select at from access_journalevent"
        " where record_id = %(record)s and actor_person_id = %(holder)s and rests_on_secret"
        " and act in ('circle_ended', 'unmasked', 'unblocked'))"
    )
    _sql(f"update access_authorisation set ended_at = null, ended_by = null,"
         f" removed_by_holder = false where {alone}", **of)  # fmt: skip
    for table in ("access_mask", "access_block"):
        _sql(f"update {table} set ended_at = null where {alone}", **of)


def _from_the_treating_gp(record: Record, scene: Scene) -> None:
    """Every element and opening is theirs to see, never from whom, why, nor who else comes."""
    nurse = scene.world.professionals["nurse"].id
    _everything_around(record, "petit", scene, keep=("access_mask", "access_opening"))
    _sql(
        "update access_mask set audience = 'professional', audience_id = %(other)s,"
        " audience_profession = '', opens_in_emergency = not opens_in_emergency, gesture = null,"
        " set_by_kind = 'professional', secret = false where record_id = %(record)s"
        " and target = 'element'",
        record=record.id, other=nurse,
    )  # fmt: skip


def _everything_around(
    record: Record, who: str, scene: Scene, *, keep: tuple[str, ...] = ()
) -> None:
    """Leave nothing but one's own door: who else comes, what is masked, what was journalled."""
    viewer = scene.viewers[who]
    own = {
        "record": record.id, "user": viewer.user_id, "me": viewer.professional_id,
        "place": viewer.structure_id, "person": viewer.person_id,
    }  # fmt: skip
    mine = {
        "access_opening": "professional_id = %(me)s",
        "access_delegation": "person_id = %(person)s",
        "records_synthesisdraft": "author_id = %(me)s",
        # A suspended parent's own: who else represents the child is nothing to them.
        "records_representation": "person_id = %(person)s",
    }
    for table in _AROUND:
        if table not in keep:
            kept = mine.get(table, "false")
            _sql(f"delete from {table} where record_id = %(record)s and ({kept}) is not true",
                 **own)  # fmt: skip
    _sql("delete from access_authorisation where record_id = %(record)s and"
         " (professional_id = %(me)s or structure_id = %(place)s) is not true", **own)  # fmt: skip
    _sql("delete from access_recordusergrant where content_object_id = %(record)s"
         " and user_id is distinct from %(user)s", **own)  # fmt: skip
    _sql("delete from access_recordgroupgrant where content_object_id = %(record)s and group_id"
         " not in (select group_id from access_structure where id = %(place)s"
         " and group_id is not null)", **own)  # fmt: skip
    _sql("delete from access_journalevent where record_id = %(record)s"
         " and actor_user_id is distinct from %(user)s", **own)  # fmt: skip
    if who == "blocked":  # existence, asked with matching traits, is the same to the blocked too
        _sql("delete from access_authorisation where record_id = %(record)s", **own)


def tables_about_a_record() -> set[str]:
    """Every table with a record's rows: each must be thought of above."""
    found = set()
    for model in apps.get_models():
        names = {field.attname for field in model._meta.concrete_fields}
        history = hasattr(model, "pgh_tracked_model")
        if names & {"record_id", "content_object_id"} and not history:
            found.add(model._meta.db_table)
    return found


THOUGHT_OF = {
    "records_destruction",  # of a record that is gone: neither the web nor anybody reads it
    *_AROUND, *_CHILDREN, "access_authorisation", "access_journalhead", "records_synthesis",
    "records_recordidentifier", "access_recordusergrant", "access_recordgroupgrant",
    *(model._meta.db_table for model in KINDS.values()), "access_journalevent",
}  # fmt: skip
