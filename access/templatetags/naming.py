"""Names inside a sentence, for templates: « Le Dr Petit », « au Dr Petit ». Knows no model."""

from __future__ import annotations

from django import template

from access import naming


register = template.Library()
register.filter("the", naming.the)
register.filter("sentence_start", naming.sentence_start)
register.filter("of", naming.of)
register.filter("given_to", naming.given_to)
register.filter("hidden_from", naming.hidden_from)
