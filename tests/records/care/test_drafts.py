"""The draft of the synthesis: what is proposed, what is included, on what evidence."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given, strategies as st

from records.care.drafts import Level, LongTermIllness, Section, draft_synthesis
from records.care.questions import NEVER_FROM, QUESTIONS
from tests.records.care.making import (
    NAMES,
    a_document,
    a_medicine,
    by_petit,
    day,
)
from tests.records.care.worlds import DOCUMENTS, HISTORIES


TODAY = date(2026, 6, 1)
DIABETES = LongTermIllness(UUID(int=2**80), "E11", "Diabète de type 2", day("2019-03-01"), None, 0)


def boxes(atc, *, times=4, last=TODAY, every=30, **facts):
    return [
        a_medicine((last - timedelta(days=every * n)).isoformat(), atc=atc, **facts)
        for n in range(times)
    ]


def drafted(lines=(), illnesses=(), documents=(), **options):
    return draft_synthesis(
        lines=list(lines),
        illnesses=illnesses,
        documents=documents,
        names=NAMES,
        on=TODAY,
        lang="fr",
        **options,
    )


def test_the_three_obligatory_sections_are_there_in_their_order_even_empty():
    draft = drafted()

    assert [section.value for section in Section] == ["problems", "attention", "treatments"]
    assert [draft.of(section) for section in Section] == [(), (), ()]


def test_a_declared_illness_is_included_with_its_evidence():
    (line,) = drafted(illnesses=[DIABETES]).lines

    assert (line.section, line.level, line.included) == (Section.PROBLEMS, Level.A, True)
    assert (line.code_system, line.code, line.key) == ("CIM10", "E11", "illness:E11")
    assert dict(line.phrase.values) == {
        "since": day("2019-03-01"),
        "code": "E11",
        "name": "Diabète de type 2",
    }
    assert line.source_ids == (DIABETES.id,)


def test_an_illness_that_ended_is_not_in_progress():
    ended = LongTermIllness(UUID(int=2**80), "C50", "", day("2010-01-01"), day("2026-05-31"), 0)

    assert drafted(illnesses=[ended]).lines == ()


def test_a_treatment_in_progress_is_included_and_cites_the_year_that_is_counted():
    old = a_medicine("2025-05-01", atc="C09AA05")
    recent = boxes("C09AA05")

    (line,) = drafted([old, *recent]).lines

    assert (line.section, line.level, line.included) == (Section.TREATMENTS, Level.A, True)
    assert dict(line.phrase.values) == {"name": "ramipril"}
    (evidence,) = line.evidence
    assert dict(evidence.phrase.values) == {"count": 4, "last": TODAY}
    assert set(line.source_ids) == {one.id for one in recent}


def test_what_may_be_stopped_is_proposed_and_not_included():
    (line,) = drafted(boxes("C09AA05", last=TODAY - timedelta(days=100))).lines

    assert (line.level, line.included) == (Level.B, False)
    assert line.phrase.key == "draft.treatment_maybe_stopped"


def test_a_single_course_is_not_a_long_treatment():
    assert drafted(boxes("J01CA04", times=1)).lines == ()


class TestDocuments:
    def test_a_report_is_proposed_as_history_and_a_result_as_a_point_of_attention(self):
        report = a_document("2025-01-10", type_code="34112-3", title="Séjour en cardiologie")
        result = a_document("2026-03-12", type_code="11502-2", title="Bilan")

        history, attention = drafted(documents=[result, report]).lines

        assert (history.section, history.level, history.included) == (
            Section.PROBLEMS,
            Level.B,
            False,
        )
        assert dict(history.phrase.values) == {
            "on": day("2025-01-10"),
            "title": "Séjour en cardiologie",
        }
        assert (attention.section, attention.included) == (Section.ATTENTION, False)
        assert attention.source_ids == (result.id,)

    @pytest.mark.parametrize(
        "facts",
        [
            {"by_professional": False},
            {"type_code": "57833-6"},
            {"on": "2026-06-02"},
            {"on": "2025-06-01", "type_code": "11502-2"},
        ],
        ids=["the patient's own", "a prescription", "to come", "an old result"],
    )
    def test_what_is_not_proposed(self, facts):
        document = a_document(facts.pop("on", "2026-03-12"), **facts)

        assert drafted(documents=[document]).lines == ()

    @pytest.mark.parametrize(
        ("type_code", "title", "said"),
        [
            ("11488-4", "Consultation de cardiologie", False),
            ("11488-4", "Lettre du Dr Garnier, psychiatre", False),
            ("11488-4", "Consultation du sixième mois", False),
            ("11488-4", "Compte rendu du 12/03/2026", False),
            ("15507-7", "Passage aux urgences du Centre hospitalier de la Rance", False),
            ("15507-7", "Passage aux urgences : cheville", True),
            ("11488-4", "Fibrillation auriculaire, avis cardiologique", True),
            ("34112-3", "Lettre", False),
            ("34112-3", "Séjour en cardiologie", True),
            ("11490-0", "Sortie du Centre hospitalier de la Rance", False),
        ],
    )
    def test_a_title_that_says_only_that_it_is_a_document_is_no_history(
        self, type_code, title, said
    ):
        document = a_document("2026-03-12", type_code=type_code, title=title)

        assert [line.section for line in drafted(documents=[document]).lines] == (
            [Section.PROBLEMS] if said else []
        )

    def test_a_result_is_proposed_whatever_its_title(self):
        result = a_document("2026-03-12", type_code="11502-2", title="Compte rendu")

        assert len(drafted(documents=[result]).lines) == 1

    def test_a_document_of_the_day_is_proposed(self):
        assert len(drafted(documents=[a_document("2026-06-01", title="Entorse")]).lines) == 1

    def test_only_the_latest_are_proposed(self):
        reports = [
            a_document(f"2026-03-{on:02}", type_code="34112-3", title="Séjour")
            for on in range(1, 10)
        ]
        results = [a_document(f"2026-03-{on:02}", type_code="18748-4") for on in range(1, 10)]

        draft = drafted(documents=[*reports, *results])

        assert [line.source_ids[0] for line in draft.of(Section.PROBLEMS)] == [
            report.id for report in reversed(reports[4:])
        ]
        assert len(draft.of(Section.ATTENTION)) == 3


class TestQuestions:
    def test_a_single_use_treatment_raises_a_question_that_is_never_included(self):
        lines = drafted(boxes("A10BA02")).of(Section.PROBLEMS)

        (line,) = lines
        assert (line.level, line.included, line.question) == (Level.C, False, "type_2_diabetes")
        assert dict(line.evidence[0].phrase.values)["count"] == 4

    @pytest.mark.parametrize(
        "atc",
        [
            "N05AH04",  # quetiapine
            "N06AA09",  # amitriptyline
            "C07AB07",  # bisoprolol
            "N03AX11",  # topiramate
            "L04AX03",  # methotrexate
            "L01BA01",  # methotrexate
            "J05AR03",  # PrEP or HIV treatment
            "N07BC02",  # methadone
            "G03AA07",  # contraception
            "C10AA05",  # statin
            "A10BK01",  # dapagliflozin
        ],
    )
    def test_a_medicine_of_several_uses_or_of_a_sensitive_subject_raises_none(self, atc):
        assert drafted(boxes(atc)).of(Section.PROBLEMS) == ()

    def test_a_sensitive_treatment_raises_none_whatever_its_class(self):
        assert drafted(boxes("A10BA02", categories=1)).of(Section.PROBLEMS) == ()

    def test_a_declared_illness_answers_it(self):
        lines = drafted(boxes("A10BA02"), [DIABETES]).of(Section.PROBLEMS)

        assert [line.level for line in lines] == [Level.A]

    def test_a_question_put_aside_never_returns(self):
        draft = drafted(boxes("A10BA02"), never_ask={"type_2_diabetes"})

        assert draft.of(Section.PROBLEMS) == ()

    def test_one_problem_is_asked_once(self):
        draft = drafted([*boxes("A10BA02"), *boxes("A10AE04")])

        assert [line.question for line in draft.of(Section.PROBLEMS)] == ["type_2_diabetes"]

    def test_a_treatment_that_is_not_regular_raises_none(self):
        assert drafted(boxes("A10BA02", times=2)).lines == ()

    def test_the_list_holds_nothing_that_is_never_asked_from(self):
        for question in QUESTIONS:
            for atc in question.atc:
                assert not atc.startswith(NEVER_FROM)
                assert not any(never.startswith(atc) for never in NEVER_FROM)


class TestMasked:
    def test_a_line_that_rests_on_a_hidden_element_is_flagged_and_left_out(self):
        lines = boxes("N06AB06", times=3)

        (line,) = drafted(lines, masked={lines[0].id, lines[1].id, lines[2].id}).lines

        assert (line.masked, line.included) == (True, False)

    def test_a_treatment_that_stands_without_the_hidden_boxes_cites_only_the_others(self):
        lines = boxes("C09AA05", times=6)

        (line,) = drafted(lines, masked={lines[0].id}).lines

        assert (line.masked, line.included) == (False, True)
        assert lines[0].id not in line.source_ids
        assert dict(line.evidence[0].phrase.values) == {
            "count": 5,
            "last": TODAY - timedelta(days=30),
        }

    def test_a_hidden_treatment_raises_no_question(self):
        lines = boxes("A10BA02")

        draft = drafted(lines, masked={line.id for line in lines})

        assert [line.level for line in draft.lines] == [Level.A]
        assert draft.of(Section.PROBLEMS) == ()

    def test_a_hidden_illness_and_document_are_left_out(self):
        document = a_document("2026-03-12", type_code="34112-3", title="Séjour")

        draft = drafted(
            illnesses=[DIABETES], documents=[document], masked={DIABETES.id, document.id}
        )

        assert [(line.masked, line.included) for line in draft.lines] == [(True, False)] * 2


def test_the_surest_lines_come_first():
    report = a_document("2026-03-12", type_code="34112-3", title="Séjour")
    heart = LongTermIllness(UUID(int=2**80 + 1), "I50", "", day("2024-01-01"), None, 0)

    draft = drafted(boxes("A10BA02"), [heart], [report])

    assert [line.level.value for line in draft.of(Section.PROBLEMS)] == ["A", "B", "C"]


def test_an_illness_declared_twice_is_proposed_once():
    again = LongTermIllness(UUID(int=2**80 + 1), "E11", "", day("2024-01-01"), None, 0)

    (line,) = drafted(illnesses=[DIABETES, again]).lines

    assert line.source_ids == (again.id,)


def test_a_prescription_of_the_gp_is_like_any_other():
    lines = boxes("C09AA05", **by_petit("2026-01-01"))

    assert len(drafted(lines).lines) == 1


@given(HISTORIES, DOCUMENTS, st.data())
def test_no_included_line_rests_on_a_hidden_element_or_on_a_question(lines, documents, data):
    elements = [*lines, *documents]
    masked = {one.id for one in elements if data.draw(st.booleans())}
    draft = draft_synthesis(
        lines=lines,
        illnesses=[DIABETES],
        documents=documents,
        names=NAMES,
        on=date(2026, 2, 20),
        lang="fr",
        masked=masked,
    )

    known = {one.id for one in elements} | {DIABETES.id}
    for line in draft.lines:
        assert line.source_ids, "a line without evidence"
        assert set(line.source_ids) <= known
        assert line.masked == bool(masked & set(line.source_ids))
        if line.included:
            assert not line.masked
            assert line.level is Level.A
    assert len({line.key for line in draft.lines}) == len(draft.lines)
