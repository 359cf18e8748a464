"""The shipped banks, one file for each language, every variant of them."""

from __future__ import annotations

import subprocess
import sys
from collections import defaultdict
from functools import cache
from pathlib import Path

import pytest

from gate.answers.judge import is_right
from gate.answers.normalise import forms
from gate.bank import load
from gate.bank.load import load_bank
from gate.bank.question import Bank, Question, Variant

STARTER = Path(load.__file__).parent / "starter"
LANGUAGES = sorted(path.stem for path in STARTER.glob("*.toml"))
MOST_WORDS = 20
MOST_CHARACTERS = 160
MOST_SAMPLED = 500
WITHOUT_LOOK_ALIKES = {"ar", "ja", "zh"}
AS_PEOPLE_TYPE = (
    ("pl", "Gdzie śpią krowy?", "na pastwisku"),
    ("pl", "Ile centymetrów ma metr?", "100cm"),
    ("ru", "Сколько граммов в килограмме?", "1000 грамм"),
    ("ru", "Где чинят машины?", "на СТО"),
    ("tr", "Bir paket nereden yollanır?", "PTT'den"),
    ("tr", "Bir örümceğin kaç bacağı vardır?", "8 tane"),
    ("ja", "一年は何か月ですか。", "１２カ月"),
    ("ja", "この道具は便利ではありません。では、どんな道具ですか。", "不便です"),
    ("zh", "一天有多少个小时？", "24小時"),
    ("zh", "借书要去哪里？", "去圖書館"),
    ("ar", "كم شهرًا في السنة؟", "١٢ شهر"),
    ("ar", "كم سنة في القرن؟", "مائة عام"),
)
NOT_THE_LANGUAGE = (
    ("ja", "「借りる」の反対の言葉は何ですか。", "貸すです"),
    ("ja", "この道具は便利ではありません。では、どんな道具ですか。", "不便なです"),
    ("ar", "أين يركب المسافرون القطار؟", "في المحطة القطار"),
)
LATIN, CYRILLIC = "aceopxyABCEHKMOPTX", "асеорхуАВСЕНКМОРТХ"
FORGED = str.maketrans(LATIN + CYRILLIC, CYRILLIC + LATIN)
RESTS = ("{{", "}}", "{%", "%}", "None", "Undefined", "[", "]", "  ", "\u00a0 ", " \u00a0", "\n")

each_language = pytest.mark.parametrize("lang", LANGUAGES)


@cache
def starter(lang: str) -> Bank:
    return load_bank([str(STARTER / f"{lang}.toml")])


@cache
def variants(lang: str) -> list[tuple[Question, Variant]]:
    return [
        (q, q.wording.variant(number)) for q in starter(lang).questions for number in range(q.wording.count)
    ]


@cache
def answered(lang: str) -> dict[tuple[str, tuple[str, ...]], tuple[Question, Variant]]:
    """The first variant of each question with each set of answers: the judge knows no more of a variant."""
    found: dict[tuple[str, tuple[str, ...]], tuple[Question, Variant]] = {}
    for question, variant in variants(lang):
        found.setdefault((question.id, variant.accept), (question, variant))
    return found


def sample(lang: str, *, everything: bool) -> list[tuple[Question, Variant]]:
    """Variants from all over each question, at most so many of one."""
    if everything:
        return variants(lang)
    by_question: dict[str, list[tuple[Question, Variant]]] = defaultdict(list)
    for question, variant in variants(lang):
        by_question[question.id].append((question, variant))
    return [pair for pairs in by_question.values() for pair in pairs[:: -(-len(pairs) // MOST_SAMPLED)]]


def judged(question: Question, variant: Variant, answer: str) -> bool:
    return is_right(answer, variant.accept, match=question.match, lang=question.lang, typos=question.typos)


def test_the_founding_question_is_there() -> None:
    found = [variant for _, variant in variants("en") if variant.ask == "How do you spell green?"]
    assert found == [Variant(ask="How do you spell green?", accept=("green",))]


def test_the_languages_go_together() -> None:
    together = load_bank(["starter"])
    assert sorted(together.languages) == LANGUAGES
    assert len({question.id for question in together.questions}) == len(together.questions)


@each_language
def test_it_is_large_and_mixed_enough(lang: str) -> None:
    bank = starter(lang)
    questions, varied, families, asked = (24, 12, 8, 3_000) if lang == "en" else (16, 10, 7, 1_000)
    assert len(bank.questions) >= questions
    assert sum(question.wording.count > 1 for question in bank.questions) >= varied
    assert len({question.family for question in bank.questions}) >= families
    assert bank.variants >= asked
    assert max(question.wording.count for question in bank.questions) <= 0.6 * bank.variants
    assert {question.lang for question in bank.questions} == {lang}


@each_language
def test_letter_games_are_one_family_of_low_weight(lang: str) -> None:
    total = sum(question.weight for question in starter(lang).enabled)
    letter_games = [question for question in starter(lang).enabled if question.family == "spelling"]
    assert sum(question.weight for question in letter_games) <= 0.05 * total


@each_language
def test_every_own_answer_is_right(lang: str) -> None:
    wrong = [
        (v.ask, answer) for q, v in answered(lang).values() for answer in v.accept if not judged(q, v, answer)
    ]
    assert wrong == []


@pytest.mark.parametrize(("lang", "ask", "typed"), AS_PEOPLE_TYPE)
def test_an_answer_is_right_as_people_type_it(lang: str, ask: str, typed: str) -> None:
    assert [judged(q, v, typed) for q, v in variants(lang) if v.ask == ask] == [True]


@pytest.mark.parametrize(("lang", "ask", "typed"), NOT_THE_LANGUAGE)
def test_what_is_no_grammar_is_no_answer(lang: str, ask: str, typed: str) -> None:
    assert [judged(q, v, typed) for q, v in variants(lang) if v.ask == ask] == [False]


@each_language
def test_nothing_of_a_template_is_left(lang: str) -> None:
    texts = {(v.ask, text) for _, v in variants(lang) for text in (v.ask, *v.accept)}
    assert [ask for ask, text in texts if any(rest in text for rest in RESTS)] == []


@each_language
def test_the_whole_question_is_no_answer(lang: str, *, long_run: bool) -> None:
    passed = [v.ask for q, v in sample(lang, everything=long_run) if judged(q, v, v.ask)]
    assert passed == []


@each_language
def test_emptiness_is_wrong(lang: str) -> None:
    tried = [(q, v, typed) for q, v in answered(lang).values() for typed in ("", " ", "\u200b")]
    assert [v.ask for q, v, typed in tried if judged(q, v, typed)] == []


@each_language
def test_a_word_of_the_question_passes_for_no_slip(lang: str) -> None:
    """A word that stands in the question is right only where it is the answer, never because it is near it."""
    passed = []
    seen = set()
    for question, variant in variants(lang):
        for word in variant.ask.split():
            if (word, variant.accept) in seen:
                continue
            seen.add((word, variant.accept))
            if judged(question, variant, word) and not is_right(word, variant.accept, lang=lang):
                passed.append((variant.ask, word, variant.accept))
    assert passed == []


@each_language
def test_no_part_of_a_hyphenated_word_of_the_question_is_an_answer(lang: str) -> None:
    """French hangs "-t-on" on its verbs: "Avec quoi colle-t-on ...?" would hold "colle"."""
    parts = {
        (question.id, variant.accept, part): (question, variant, part)
        for question, variant in variants(lang)
        for word in variant.ask.split()
        if "-" in word
        for part in word.split("-")
        if len(part) > 1
    }
    assert [(v.ask, part) for q, v, part in parts.values() if judged(q, v, part)] == []


@pytest.mark.parametrize(
    ("lang", "ask", "right", "wrong"),
    [
        ("en", "What is a nail made of?", "of steel", "of wood"),
        ("en", "How many years does a century have?", "a hundred years", "a thousand years"),
        ("en", "Where do people go to send a parcel?", "to the post office", "to the"),
        ("de", "Womit macht man Fotos?", "mit dem Handy", "Foto"),
        ("de", "Womit fällt man einen Baum?", "mit der Kettensäge", "mit der"),
        ("de", "Welches Tier legt die Eier, die wir essen?", "eine Henne", "der Hahn"),
        ("de", "Wie viele Meter hat ein Kilometer?", "tausend Meter", "hundert Meter"),
        ("fr", "Avec quoi abat-on un arbre\u00a0?", "avec une tronçonneuse", "avec une"),
        ("fr", "Combien d'années y a-t-il dans un siècle\u00a0?", "cent ans", "mille ans"),
        ("es", "¿Con qué se llama a un amigo que está lejos?", "con un celular", "con un amigo"),
        ("it", "Con che cosa si abbatte un albero?", "con un'ascia", "con un albero"),
        ("pt", "Quantas asas tem um pássaro?", "duas asas", "duas rodas"),
        ("pt", "Com que objeto se tiram fotografias?", "com o telemóvel", "com o objeto"),
        ("nl", "Hoeveel uren zitten er in twee dagen?", "48 uur", "24 uur"),
        ("nl", "Waar is een spijker van gemaakt?", "van staal", "van hout"),
    ],
)
def test_an_answer_is_right_as_people_say_it(lang: str, ask: str, right: str, wrong: str) -> None:
    """With its preposition, its article or its unit; the preposition alone is not enough."""
    question, variant = next(pair for pair in variants(lang) if pair[1].ask == ask)
    assert judged(question, variant, right)
    assert not judged(question, variant, wrong)


@each_language
def test_letters_of_another_script_are_wrong(lang: str) -> None:
    seen = 0
    for question, variant in answered(lang).values():
        for answer in variant.accept:
            forged = answer.translate(FORGED)
            changed = sum(one != other for one, other in zip(answer, forged, strict=True))
            # One foreign letter in a word of five is a typing slip, which the question forgives.
            slip = changed == 1 and max(map(len, forms(answer, lang))) >= 5 and question.typos
            if changed and not slip:
                seen += 1
                assert not judged(question, variant, forged), (variant.ask, forged)
    assert seen > 200 or lang in WITHOUT_LOOK_ALIKES


@each_language
def test_equal_wordings_accept_equal_answers(lang: str) -> None:
    accepted: dict[str, set[tuple[str, ...]]] = defaultdict(set)
    for _, variant in variants(lang):
        accepted[variant.ask].add(variant.accept)
    assert {ask: answers for ask, answers in accepted.items() if len(answers) > 1} == {}


@each_language
def test_no_question_is_long(lang: str) -> None:
    lengths = [sum(any(map(str.isalnum, word)) for word in v.ask.split()) for _, v in variants(lang)]
    assert max(lengths) <= MOST_WORDS
    assert max(len(variant.ask) for _, variant in variants(lang)) <= MOST_CHARACTERS
    assert sum(length <= 12 for length in lengths) >= 0.5 * len(lengths)


@pytest.mark.parametrize("module", ["gate.bank.load", "gate.bank.draw", "gate.bank.check"])
def test_the_bank_loads_no_web_framework(module: str) -> None:
    code = f"import sys, {module}; print([m for m in ('flask', 'werkzeug', 'wtforms', 'click') if m in sys.modules])"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
