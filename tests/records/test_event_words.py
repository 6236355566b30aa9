"""How an event of care is named: things once with their count, short names, plain words first."""

from __future__ import annotations

import pytest

from records.care.events import care_events
from records.dossier.care_views import event_view, item_view, sentence_of
from tests.records.care.making import a_medicine, a_stay, a_test, a_transport, a_visit, by_petit


def test_what_follows_several_times_in_an_event_is_said_once_with_its_count():
    days = ("2026-05-04", "2026-05-06", "2026-05-08")
    stays = [a_stay(day, day) for day in days]
    taxis = [a_transport(day) for day in days]

    (event,) = care_events([*stays, *taxis])
    lines = event_view(event, dict.fromkeys(event.line_ids, ())).lines

    assert sum("Ambulance" in line for line in lines) == 1
    assert any(line.endswith("3 fois") for line in lines)


def test_medicines_are_named_without_their_boxes_by_the_alphabet_and_counted_beyond_five():
    boxes = (
        "Zyloric 100 mg comprimé, boîte de 28", "Élisor 20 mg comprimé, boîte de 28",
        "Bisoprolol RPG 5 mg comprimé, boîte de 30", "Vitamine B12 1 000 µg, boîte de 6",
        "Kardegic 160 mg poudre, boîte de 30",
    )  # fmt: skip

    def told(labels):
        lines = [a_medicine("2026-05-04", code=str(at), label=label)
                 for at, label in enumerate(labels)]  # fmt: skip
        [event] = care_events(lines)
        return event_view(event, dict.fromkeys(event.line_ids, ())).lines

    assert told(boxes) == ("Bisoprolol RPG, Élisor, Kardegic, Vitamine B12, Zyloric",)
    assert told((*boxes, "Amlor 5 mg gélule, boîte de 30")) == (
        "Amlor, Bisoprolol RPG, Élisor, Kardegic et 2 autres",
    )


def test_a_blood_sample_is_told_in_few_words_and_its_fees_are_only_on_the_bill():
    fee = a_test("2026-05-04", code="9005", label="Forfait")

    def told(*codes):
        tests = [a_test("2026-05-04", code=code) for code in codes]
        [event] = care_events(map(sentence_of, [*tests, fee]))
        return event_view(event, dict.fromkeys(event.line_ids, ())).lines

    assert told("1104") == ("Hémogramme (numération globulaire et plaquettes)",)
    assert told("1104", "1109", "1208", "0126")[0].endswith(" et 2 autres")
    assert item_view(fee, ()).what == "Forfait"


def test_names_that_hold_a_comma_are_not_told_as_more_names():
    labels = {"0001": "Fer, sang", "0002": "Sodium"}
    tests = [a_test("2026-05-04", code=code, label=label) for code, label in labels.items()]
    [event] = care_events(tests)

    assert event_view(event, dict.fromkeys(event.line_ids, ())).lines[0] == "Fer, sang ; Sodium"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Laboratoire du Port", "Analyses de laboratoire – Laboratoire du Port"),
        ("", "Analyses de laboratoire"),
    ],
)
def test_what_follows_without_a_name_of_its_own_is_said_by_its_kind(name, said):
    visit = a_visit("2026-05-04")
    fee = a_test("2026-05-05", code="9005", label="", performer_name=name,
                 **by_petit("2026-05-04"))  # fmt: skip
    [event] = care_events([visit, fee])

    assert said in event_view(event, dict.fromkeys(event.line_ids, ())).lines
    assert name not in event_view(event, dict.fromkeys(event.line_ids, ())).lines


def test_a_stay_is_named_by_what_was_done_and_its_official_name_follows():
    official = "Troubles métaboliques, âge supérieur à 17 ans, niveau 2"
    stay = a_stay("2026-05-04", "2026-05-08", label=official)
    [event] = care_events([stay])

    assert event_view(event, {stay.id: ()}).lines == ("Troubles métaboliques",)
    one = item_view(stay, ())
    assert one.what == "Troubles métaboliques"
    assert official in one.detail
    plain = item_view(a_stay("2026-05-04", "2026-05-08", label="Sepsis, lungs"), ())
    assert plain.what == "Sepsis, lungs"
    assert plain.what not in plain.detail
