"""A question written anew reads back as it was typed, and no other question changes by a byte."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.content.prose_files import BASES, read_questions
from portal.editorial.question_entries import (
    Entry,
    entries_of,
    free_slug,
    with_entry,
    without_entry,
    written,
)
from portal.errors import RequestError

WHOLE = Path("content/faq.yml").read_text(encoding="utf-8")
# Four of them, with the comments between: they are read again and again.
FAQ = "\n- slug: ".join(WHOLE.split("\n- slug: ")[:5])
ENTRIES = entries_of(FAQ)
SPECIAL = "质量奖，。？：:#\"'[]{}-&*!|>%@`\\,? 1yesno~=<_\t"
CHARACTERS = st.sampled_from(SPECIAL) | st.characters()
line = st.text(CHARACTERS, min_size=1, max_size=20).filter(str.strip)
answers = st.lists(st.text(CHARACTERS, max_size=20), min_size=1, max_size=5).map("\n".join)


def typed(slug):
    return st.builds(Entry, st.just(slug), line, answers, line, st.sampled_from(BASES))


def others(text, slug):
    """The text of every other question, as it stands in the file."""
    pieces = text.split("\n- slug: ")[1:]
    return [piece.rstrip() for piece in pieces if not piece.startswith(f"{slug}\n")]


@given(st.data(), st.booleans())
def test_what_was_typed_is_read_back_and_nothing_else_changes(data, new):
    slug = free_slug(ENTRIES) if new else data.draw(st.sampled_from(ENTRIES)).slug
    entry = data.draw(typed(slug))
    try:
        text = with_entry(FAQ, entry, new=new)
    except RequestError:
        return
    found = {one.slug: one for one in entries_of(text)}
    assert found[slug].question == " ".join(entry.question.split())
    assert found[slug].answer.split() == entry.answer.split()
    assert found[slug].basis == entry.basis
    assert len(found) == len(ENTRIES) + new
    assert others(text, slug) == others(FAQ, slug) or new
    assert {o.slug: o for o in entries_of(FAQ) if o.slug != slug}.items() <= found.items()


def test_every_question_of_the_office_can_be_written_anew(tmp_path):
    for entry in entries_of(WHOLE):
        assert entries_of(written(entry)) == [entry]
    text = with_entry(WHOLE, replace(ENTRIES[0], question="又问？"))
    (tmp_path / "faq.yml").write_text(text, encoding="utf-8")
    questions, issues = read_questions(tmp_path)
    assert issues == ()
    assert questions[0].question == "又问？"
    assert [one.answer.strip() for one in questions] == [one.answer for one in entries_of(WHOLE)]


def test_a_question_is_added_after_its_group_and_taken_out_again():
    entry = Entry("question-1", "新的？", "答。", ENTRIES[0].group, "policy")
    text = with_entry(FAQ, entry, new=True)
    groups = [one.group for one in entries_of(text)]
    assert groups == sorted(groups, key=list(dict.fromkeys(groups)).index)
    assert entries_of(without_entry(text, "question-1")) == ENTRIES
    assert entries_of(with_entry("", entry, new=True)) == [entry]


@pytest.mark.parametrize(
    "change", [{"answer": " "}, {"question": ""}, {"basis": "x"}, {"group": ""}]
)
def test_what_is_missing_is_asked_for(change):
    with pytest.raises(RequestError):
        with_entry(FAQ, replace(ENTRIES[0], **change))
