"""Help in plain words, rights, accessibility: the same for everybody. Reads nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from access.doors import public_door
from access.policy import NotVisible


if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse
    from django.utils.functional import _StrPromise

#: The pages of help, in the order they are offered: address, title, icon.
TOPICS: dict[str, tuple[_StrPromise, str]] = {
    "mon-dossier": (_("Qu'est-ce que mon dossier ?"), "folder-heart"),
    "qui-voit-quoi": (_("Qui voit quoi ?"), "eye"),
    "masquer": (_("Comment masquer quelque chose ?"), "lock"),
    "urgence": (_("Que se passe-t-il en urgence ?"), "siren"),
    "mes-droits": (_("Quels sont mes droits ?"), "shield-check"),
}


@require_safe
@public_door()
def help_index(request: HttpRequest) -> HttpResponse:
    """The list of the pages of help, and who can help in person."""
    topics = [(name, title, icon) for name, (title, icon) in TOPICS.items()]
    context = {"topics": topics, "phone": settings.DMP_HELP_PHONE}
    return render(request, "help/index.html", context)


@require_safe
@public_door()
def help_topic(request: HttpRequest, topic: str) -> HttpResponse:
    """One page of help, in short sentences."""
    if topic not in TOPICS:
        raise NotVisible
    context = {"title": TOPICS[topic][0], "body": f"help/_{topic}.html"}
    return render(request, "help/topic.html", context)


@require_safe
@public_door()
def accessibility(request: HttpRequest) -> HttpResponse:
    """What is done for everybody to use the site, and where to say that it fails."""
    return render(request, "help/accessibility.html", {})
