"""Random claim histories: few people, places and days, so that lines meet often."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from hypothesis import strategies as st

from records.care.documents import DocumentFact
from records.care.lines import CareLine


FIRST_DAY = date(2026, 1, 1)
DAYS = st.integers(0, 40).map(lambda n: FIRST_DAY + timedelta(days=n))
PEOPLE = st.sampled_from(
    [
        (None, "", ""),
        (UUID(int=1), "Dr Petit", ""),
        (None, "Dr Petit", ""),
        (UUID(int=2), "Dr Garnier", "750000001"),
        (None, "", "750000001"),
        (UUID(int=3), "Hôpital", "750000001"),
        (None, "Pharmacie", "750000010"),
    ]
)
# One presentation has one substance: the code decides the ATC.
PRODUCTS = st.sampled_from(
    [
        ("MED", "CIP13", "34009001", "A10BA02"),
        ("MED", "CIP13", "34009002", "A10BA02"),
        ("MED", "CIP13", "34009003", "N06AB06"),
        ("MED", "CIP13", "34009004", ""),
        ("VAC", "CIP13", "34009005", "J07BB02"),
        ("DM", "LPP", "1136581", ""),
        ("HOSP", "GHS", "9605", ""),
        ("CARE", "NGAP", "G", ""),
        ("CARE", "NGAP", "AMI 4", ""),
        ("CARE", "NGAP", "IK", ""),
        ("CARE", "CCAM", "HBMD053", ""),
        ("RADIO", "CCAM", "QEQJ001", ""),
        ("BIO", "NABM", "1208", ""),
        ("TRANSP", "NGAP", "ABA", ""),
    ]
)


@st.composite
def care_lines(draw) -> CareLine:
    section, system, code, atc = draw(PRODUCTS)
    start = draw(DAYS)
    length = draw(st.sampled_from([0, 0, 1, 5])) if section == "HOSP" else 0
    prescriber = draw(PEOPLE)
    performer = draw(PEOPLE)
    cents = draw(st.one_of(st.none(), st.integers(0, 5000)))
    number = draw(st.integers(2**20, 2**64))
    return CareLine(
        id=UUID(int=number),
        section=section,
        care_start=start,
        care_end=start + timedelta(days=length),
        code_system=system,
        code=code,
        label=f"libellé de {number:020}",
        quantity=draw(st.sampled_from([1, 1, 2, 0, -1])),
        unpacked=False,
        atc=atc,
        prescribed_on=draw(st.one_of(st.none(), DAYS, st.just(start))),
        prescription_ref=draw(st.sampled_from(["", "", "R1", "R2"])),
        prescriber_key=prescriber[0],
        prescriber_name=prescriber[1],
        prescriber_specialty="",
        prescriber_finess=prescriber[2],
        performer_kind=draw(st.sampled_from(["person", "structure"])),
        performer_key=performer[0],
        performer_name=performer[1],
        performer_specialty="",
        performer_finess=performer[2],
        paid_cents=cents,
        base_cents=cents,
        reimbursed_cents=cents,
        rate_pct=None,
        episodes=(),
        categories=draw(st.sampled_from([0, 0, 1, 8])),
    )


@st.composite
def documents(draw) -> DocumentFact:
    author = draw(PEOPLE)
    return DocumentFact(
        id=UUID(int=draw(st.integers(2**64 + 1, 2**65))),
        type_code=draw(st.sampled_from(["11488-4", "11502-2", "57833-6", "34112-3"])),
        title="Document",
        occurred_on=draw(DAYS),
        author_key=author[0],
        author_name=author[1],
        author_finess=author[2],
        by_professional=draw(st.booleans()),
        prescription_ref=draw(st.sampled_from(["", "R1"])),
        related=(),
        episodes=(),
        categories=0,
    )


HISTORIES = st.lists(care_lines(), max_size=25, unique_by=lambda line: line.id)
DOCUMENTS = st.lists(documents(), max_size=6, unique_by=lambda document: document.id)


def with_episodes(elements, memberships):
    """The elements as they are stored once their episodes were assigned."""
    return [one._replace(episodes=memberships[one.id].episodes) for one in elements]
