"""What a page says of the boxes it lists. Must not know what they stand for."""

from __future__ import annotations

import re


def told_of_the_boxes(answer):
    """Return what the group of boxes says is wrong; the summary must link to the first of them."""
    html = answer.content.decode()
    [link] = re.findall(r'<li>\s*<a href="#(id_e_0)">([^<]+)</a>', html)
    first = re.search(r'<input[^>]*\sname="e"[^>]*\sid="([^"]+)"', html)
    assert first
    assert first[1] == link[0]
    assert re.search(r'<div role="group"[^>]*aria-describedby="id_e_error"', html)
    problem = re.search(r'id="id_e_error".*?</p>', html, re.DOTALL)
    assert problem
    assert link[1] in problem[0]
    return link[1]
