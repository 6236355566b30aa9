"""The gate gives out elements (policy 7.1): what reads their tables otherwise is named, with why.

Found by name in the source. What the database itself refuses is tested in ``tests/access``.
"""

from __future__ import annotations

import re

from tests.house.test_modules import ROOT, modules


RAW = re.compile(
    r"\b(Document|Entry|ReimbursementLine|Synthesis\w*)\.(?:objects|_\w+_manager|_meta\.db_table)"
    r"|\b(?:FROM|JOIN|UPDATE|INTO) records_(document|entry|reimbursementline|synthesis\w*)"
    r"|\bmodel\.(_default_manager|_base_manager)"
)
#: Which file reads which table without asking, and why it may.
MAY = {
    ("access/policy.py", "_default_manager"): "the gate",
    ("access/ladder.py", "_default_manager"): "the gate",
    ("access/ladder.py", "SynthesisSource"): "the gate: line 14 hides what cites something hidden",
    ("access/compiled.py", "_default_manager"): "the gate, as one expression",
    ("access/notices/reminding.py", "Document"): "the worker: which care waits, no title",
    ("access/notices/reminding.py", "ReimbursementLine"): "the worker: whether it is secret",
    ("access/masks/following.py", "ReimbursementLine"): "the worker: what one hidden line says",
    ("access/auditing/people.py", "_default_manager"): "writes invented rows; reads none",
    ("access/masks/bundling.py", "SynthesisSource"): "what lines of the gate rest on",
    ("records/dossier/synthesis.py", "Synthesis"): "the frame of lines of the gate",
    ("records/deposits/changing.py", "Document"): "locks and releases what the gate gave out",
    ("records/synthesis/choices.py", "SynthesisDraft"): "the author's own draft, sealed",
    ("records/synthesis/consents.py", "SynthesisConsent"): "sealed, read by who signs or agreed",
    ("records/synthesis/consents.py", "SynthesisSource"): "written, never read",
    ("records/synthesis/carrying.py", "SynthesisSource"): "what lines of the gate rest on",
    ("records/synthesis/signing.py", "Synthesis"): "the highest number there is, and no more",
    ("records/synthesis/signing.py", "SynthesisSource"): "written, never read",
    ("imports/filling/writing.py", "SynthesisSource"): "the worker: which claims are cited",
    ("imports/filling/documents.py", "Document"): "the worker: ties letters to care, no title",
    ("imports/filling/settled.py", "document"): "the worker: whether any letter changed",
    ("imports/filling/writing.py", "ReimbursementLine"): "the worker: the lines it keeps",
}  # fmt: skip


def found():
    return {
        (path.relative_to(ROOT).as_posix(), "".join(filter(None, hit.groups())))
        for path in modules()
        if path.relative_to(ROOT).parts[0] in {"access", "records", "imports"}
        for hit in RAW.finditer(path.read_text())
    }


def test_nothing_but_the_gate_reads_elements_unless_it_is_named_with_a_reason():
    assert found() == set(MAY)
