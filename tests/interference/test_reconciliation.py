"""That the reconciliation of journal and answers can fail: an event lost, twice, a door unsaid.

The reconciliation itself is over the whole walk, in ``test_every_door``.
"""

from __future__ import annotations

from typing import Any

import pytest

from access.pages import doctors
from records.dossier import documents, files
from records.models import Document
from tests.interference.comparing import undone
from tests.interference.listening import walking
from tests.interference.questions import questions
from tests.interference.reconciling import unreconciled
from tests.interference.walking import Walker


DOORS = frozenset({"records:documents", "records:document_file", "access:doctors"})


def lost(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(documents, "note", lambda *_args, **_named: None)


def twice(patch: pytest.MonkeyPatch) -> None:
    whole = files.note

    def noted(*args: Any, **named: Any) -> None:
        whole(*args, **named)
        whole(*args, **named)

    patch.setattr(files, "note", noted)


def unsaid(patch: pytest.MonkeyPatch) -> None:
    whole = doctors.render

    def rendered(*args: Any, **named: Any) -> Any:
        page = whole(*args, **named)
        title = Document.objects.filter(title__startswith="Lettre").order_by("id")[0].title
        page.content = page.content.replace(b"</main>", f"{title}</main>".encode())
        return page

    patch.setattr(doctors, "render", rendered)


PLANTED = {
    lost: "records:documents 200: 0 events",
    twice: "records:document_file 200: 2 events",
    unsaid: "access:doctors shows « Lettre",
}


def test_what_the_journal_lacks_or_says_twice_is_told(laid_out):
    def told() -> list[str]:
        with undone():
            walker = Walker(laid_out, "guardian")
            return unreconciled(laid_out, [(ask, walker.ask(ask)) for ask in asked])

    with walking():
        asked = questions(laid_out, "guardian", DOORS)
        assert told() == []
        for plant, words in PLANTED.items():
            with pytest.MonkeyPatch.context() as patch:
                plant(patch)
                found = told()
            assert any(words in one for one in found), (words, found)
