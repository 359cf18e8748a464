"""What an import writes is a bank with just these questions, whatever stands in them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gate.bank.importers.assemble import assemble
from gate.bank.importers.result import Found, Place
from gate.bank.importers.writing import bank_text, toml_text
from gate.bank.load import parse_bank

TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40)
SPECIAL = st.text(
    st.sampled_from("\\\"'\n\r\t\0\x7f\x85\u2028\u202e\ufeff\u200d#[]={}é😀a "), min_size=1, max_size=20
)
ANY = TEXT | SPECIAL
FOUND = st.builds(
    Found,
    at=st.just(Place("file", 1)),
    ask=ANY,
    accept=st.lists(ANY, min_size=1, max_size=4).map(tuple),
    lang=st.sampled_from([None, "en", "pt-BR", "ar"]),
    match=st.sampled_from(["text", "exact", "set"]),
    more=st.sampled_from(
        [{}, {"hint": 'a "b"', "tags": ["c\\d"], "weight": 0.5, "typos": 0, "enabled": True}]
    ),
)


@given(st.lists(FOUND, max_size=5))
def test_a_written_bank_loads_to_the_same_questions(found: list[Found]) -> None:
    result = assemble(found, "de")
    if not result.questions:
        return
    bank = parse_bank({"bank.toml": bank_text(result.questions, "de", "heading").encode()})
    assert len(bank.questions) == len(result.questions)
    for question, written in zip(bank.questions, result.questions, strict=True):
        variant = question.wording.variant(0)
        assert (variant.ask, variant.accept) == (written.ask, written.accept)
        assert (question.lang, question.match) == (written.lang or "de", written.match)
        assert question.typos == written.more.get("typos", 1)


@given(st.lists(FOUND, max_size=5))
def test_nothing_is_lost_in_silence(found: list[Found]) -> None:
    """Each question is there, was merged with one, or is listed."""
    result = assemble(found)
    asks = {written.ask for written in result.questions}
    listed = {item.text for item in result.not_imported}
    assert all(item.ask.strip() in asks | listed for item in found)


def test_what_a_reader_would_not_see_is_written_as_its_number() -> None:
    assert (
        toml_text('a"\\\n\u202e\x7f\U000e0001é😀\u200c') == '"a\\"\\\\\\n\\u202E\\u007F\\U000E0001é😀\u200c"'
    )
