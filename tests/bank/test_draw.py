"""Drawing, shown by counting."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

import pytest

from gate.bank.draw import TURNS, choose_language, draw, sticky_draw, stream
from gate.bank.load import parse_bank
from gate.bank.question import Bank
from gate.errors import BankError

KEY = b"k" * 32


def bank_of(*questions: str) -> Bank:
    text = "".join(f"[[question]]\naccept = 'x'\n{question}\n" for question in questions)
    return parse_bank({"bank.toml": text.encode()})


def entry(
    id_: str,
    *,
    family: str = "",
    weight: float = 1,
    lang: str = "en",
    tags: Sequence[str] = (),
    many: int = 1,
) -> str:
    vary = f"vary = {{ n = {{ from = 1, to = {many} }} }}" if many > 1 else ""
    ask = f"{id_} {{{{ n }}}}?" if many > 1 else f"{id_}?"
    return (
        f"id = '{id_}'\nask = '{ask}'\nfamily = '{family or id_}'\nweight = {weight}\nlang = '{lang}'\n"
        f"tags = {list(tags)}\n{vary}"
    )


def counted(
    bank: Bank,
    *,
    times: int = 6_000,
    lang: str = "en",
    tags: Sequence[str] = (),
    avoid_family: str | None = None,
) -> Counter[str]:
    rng = stream(KEY, repr((lang, tags, avoid_family)).encode())
    drawn = (draw(bank, lang=lang, tags=tags, rng=rng, avoid_family=avoid_family) for _ in range(times))
    return Counter(each.question.id for each in drawn)


def are_near(counts: Counter[str], shares: dict[str, float]) -> bool:
    """Compare with what the shares expect, by chi-square; 30 is beyond one in 100,000 for up to five kinds."""
    times = counts.total()
    square = sum((counts[id_] - share * times) ** 2 / (share * times) for id_, share in shares.items())
    return set(counts) == set(shares) and square < 30


def test_questions_come_by_weight() -> None:
    bank = bank_of(entry("a", weight=1), entry("b", weight=2.5), entry("c", weight=0.5))
    assert are_near(counted(bank), {"a": 0.25, "b": 0.625, "c": 0.125})


def test_variants_of_a_question_come_evenly_however_many_others_have() -> None:
    bank = bank_of(entry("a", many=4), entry("b"))
    rng = stream(KEY, b"variants")
    counts = Counter(
        f"{drawn.question.id}{drawn.number}"
        for drawn in (draw(bank, lang="en", tags=(), rng=rng) for _ in range(8_000))
    )
    assert are_near(counts, {"a0": 0.125, "a1": 0.125, "a2": 0.125, "a3": 0.125, "b0": 0.5})


def test_questions_without_weight_or_switched_off_never_come() -> None:
    bank = bank_of(entry("a"), entry("b", weight=0), entry("c") + "\nenabled = false")
    assert set(counted(bank, times=500)) == {"a"}


def test_only_the_language_is_drawn() -> None:
    bank = bank_of(entry("a"), entry("b", lang="de"))
    assert set(counted(bank, times=500, lang="de")) == {"b"}


def test_only_questions_that_share_a_tag_are_drawn() -> None:
    bank = bank_of(entry("a", tags=["chess", "go"]), entry("b", tags=["bread"]), entry("c"))
    assert set(counted(bank, times=500, tags=("go", "ludo"))) == {"a"}
    assert set(counted(bank, times=500, tags=())) == {"a", "b", "c"}


def test_the_avoided_family_never_comes_while_there_is_another() -> None:
    bank = bank_of(entry("a", family="one"), entry("b", family="one"), entry("c"), entry("d", weight=3))
    assert are_near(counted(bank, avoid_family="one"), {"c": 0.25, "d": 0.75})
    assert set(counted(bank, times=500, avoid_family="unknown")) == {"a", "b", "c", "d"}


def test_a_single_family_is_asked_again() -> None:
    bank = bank_of(entry("a", family="one"), entry("b", family="one"))
    assert set(counted(bank, times=500, avoid_family="one")) == {"a", "b"}


def test_a_language_without_questions_is_said() -> None:
    bank = bank_of(entry("a", tags=["go"]))
    with pytest.raises(BankError) as caught:
        draw(bank, lang="en", tags=("chess", "bread"), rng=secrets.randbelow)
    assert str(caught.value) == (
        'bank: no enabled question in "en" with one of the tags bread, chess; '
        "add one, or change the site's langs or tags"
    )


# Sticky draws


def sticky(bank: Bank, seed: bytes, turn: int) -> tuple[str, int]:
    drawn = sticky_draw(bank, lang="en", tags=(), key=KEY, seed=seed, turn=turn)
    return drawn.question.id, drawn.number


def test_a_sticky_draw_stays_the_same() -> None:
    bank = bank_of(*(entry(id_, many=50) for id_ in "abcdef"))
    assert len({sticky(bank, b"client", 3) for _ in range(20)}) == 1
    assert len({sticky(bank, b"client%d" % number, 3) for number in range(200)}) > 100
    elsewhere = sticky_draw(bank, lang="en", tags=(), key=b"other" * 8, seed=b"client", turn=0)
    assert sticky(bank, b"client", 0) != (elsewhere.question.id, elsewhere.number)


@pytest.mark.parametrize("families", [2, 3, 7])
def test_neighbouring_turns_have_different_families_all_around_the_ring(families: int) -> None:
    bank = bank_of(*(entry(f"q{n}", family=f"f{n % families}") for n in range(2 * families)))
    for seed in (b"one", b"two", b"three"):
        drawn = [
            sticky_draw(bank, lang="en", tags=(), key=KEY, seed=seed, turn=turn).question.family
            for turn in range(TURNS + 2)
        ]
        assert all(one != other for one, other in pairwise(drawn))


def test_sticky_draws_come_by_weight_over_many_clients() -> None:
    bank = bank_of(entry("a", weight=1), entry("b", weight=2.5), entry("c", weight=0.5))
    counts = Counter(sticky(bank, b"client %d" % number, 0)[0] for number in range(6_000))
    assert are_near(counts, {"a": 0.25, "b": 0.625, "c": 0.125})


def test_one_family_alone_is_drawn_at_every_turn() -> None:
    bank = bank_of(entry("a", family="one"), entry("b", family="one"))
    assert {sticky(bank, b"client", turn)[0] for turn in range(TURNS)} == {"a", "b"}


# Streams


@pytest.mark.parametrize("limit", [1, 2, 3, 6, 255, 256, 257, 2**53])
def test_a_stream_stays_below_its_limit(limit: int) -> None:
    below = stream(KEY, b"seed")
    assert all(0 <= below(limit) < limit for _ in range(500))


def test_a_stream_is_even() -> None:
    below = stream(KEY, b"seed")
    assert are_near(Counter(str(below(5)) for _ in range(10_000)), dict.fromkeys("01234", 0.2))


def test_a_stream_follows_from_key_and_seed() -> None:
    def begin(key: bytes, seed: bytes) -> list[int]:
        below = stream(key, seed)
        return [below(1_000) for _ in range(20)]

    assert begin(KEY, b"seed") == begin(KEY, b"seed")
    assert begin(KEY, b"seed") != begin(KEY, b"other")
    assert begin(KEY, b"seed") != begin(b"x" * 32, b"seed")


def test_a_stream_refuses_a_limit_of_nothing() -> None:
    with pytest.raises(ValueError, match="cannot draw below 0: the limit must be at least 1"):
        stream(KEY, b"seed")(0)


# Languages


@pytest.mark.parametrize(
    ("langs", "wanted", "param", "chosen"),
    [
        (["en", "de"], [], None, "en"),
        (["de", "en"], [], None, "de"),
        (["en", "de"], ["fr", "de", "en"], None, "de"),
        (["en", "de"], ["de"], "en", "en"),
        (["en", "de"], ["de"], "fr", "de"),
        (["en", "pt"], ["pt-BR"], None, "pt"),
        (["en", "pt"], ["PT_br"], None, "pt"),
        (["en", "pt-BR"], ["de"], "pt-BR", "pt"),
        (["en", "zh-TW"], ["zh"], None, "zh-TW"),
        (["en", "zh-TW"], ["zh-CN"], None, "en"),
        (["en", "fr"], ["fr"], None, "en"),
        (["fr", "de"], [], None, "de"),
        (["en", "de"], ["*", ""], "", "en"),
        (["fr"], ["de"], None, "fr"),
        ([], ["de"], None, ""),
    ],
)
def test_the_language_chosen(langs: list[str], wanted: list[str], param: str | None, chosen: str) -> None:
    assert choose_language(langs, wanted, param, ["en", "de", "pt", "zh-TW"]) == chosen
