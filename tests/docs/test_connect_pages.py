"""Whether every snippet of docs/connect is run by a test."""

import re

import pytest

from aero.datasets import REPOSITORY
from tests import snippets

# Of a client that is no part of the tests; the page says so.
BY_HAND = {"catalogs.md": "no test repeats it"}


def test_every_page_with_snippets_is_run_by_a_test():
    tests = "".join(file.read_text() for file in (REPOSITORY / "tests").rglob("test_*.py"))
    run = set(re.findall(r'snippets\.of\("([\w-]+\.md)"\)', tests))
    pages = {file.name for file in (REPOSITORY / "docs" / "connect").glob("*.md")}
    with_some = {page for page in pages for blocks in snippets.of(page).values() for language, _ in blocks
                 if language in snippets.LANGUAGES}  # fmt: skip
    assert run == with_some - BY_HAND.keys()


@pytest.mark.parametrize(("page", "words"), BY_HAND.items())
def test_a_page_that_was_tried_by_hand_says_so(page, words):
    assert words in " ".join((REPOSITORY / "docs" / "connect" / page).read_text().split())


def test_a_language_that_nobody_runs_is_no_snippet(tmp_path):
    with pytest.raises(ValueError, match="yaml is none of"):
        snippets.run(tmp_path, [("sh", "true"), ("yaml", "a: 1")])
