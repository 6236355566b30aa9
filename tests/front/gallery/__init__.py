"""Every component on invented pages, to judge the look before and apart from the real pages.

Run with `python -m tests.front.gallery --port 8099`. Needs no database; must not know the domain.
"""
