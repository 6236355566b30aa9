"""Template tags the shared components need: icons and field markup. Must not know the domain."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import template
from django.forms import CheckboxInput, CheckboxSelectMultiple, Field, RadioSelect
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.translation import gettext as _


if TYPE_CHECKING:
    from django.forms import BoundField
    from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """Return one icon of the sprite, silent unless a label says what it means.

    `name` is an identifier in static/vendor/lucide/sprite.svg; a test checks those that templates
    write. Icons beside words take no label: the words say it.
    """
    address = f"{static('vendor/lucide/sprite.svg')}#{name}"
    if label:
        return format_html(
            '<svg class="dmp-icon" role="img" aria-label="{}"><use href="{}"></use></svg>',
            label,
            address,
        )
    return format_html(
        '<svg class="dmp-icon" aria-hidden="true" focusable="false"><use href="{}"></use></svg>',
        address,
    )


@register.filter
def field_kind(field: BoundField) -> str:
    """Return how a field is laid out: "hidden", "choices", "checkbox" or "input"."""
    widget = field.field.widget
    if field.is_hidden:
        return "hidden"
    if isinstance(widget, RadioSelect | CheckboxSelectMultiple):
        return "choices"
    if isinstance(widget, CheckboxInput):
        return "checkbox"
    return "input"


@register.filter
def problems(field: BoundField) -> list[str]:
    """Return what is wrong with an answer; Django's own "required" is told with the question.

    "This field is required", six times in a summary, names nothing.
    """
    bare = str(Field.default_error_messages["required"])
    asked = _("Répondez à : %(question)s")
    if field_kind(field) == "input":
        asked = _("À remplir : %(question)s")
    named = asked % {"question": field.label}
    return [named if error == bare else str(error) for error in field.errors]


@register.filter
def first_control(field: BoundField) -> str:
    """Return the id an error summary links to: the field, or the first of its choices."""
    if field_kind(field) == "choices":
        return f"{field.auto_id}_0"
    return field.id_for_label or field.auto_id
