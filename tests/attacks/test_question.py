"""The question: its answer is told nowhere, cannot be worked out, and asking again brings no better one."""

from __future__ import annotations

import base64
import contextlib
import hmac
import io
import json
import logging
import math
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from hashlib import blake2b, md5, sha1, sha256
from itertools import count, product
from pathlib import Path
from typing import Any

import pytest

from gate.answers.judge import is_right
from gate.bank.load import parse_bank
from gate.bank.question import Bank
from gate.errors import BankError
from gate.gatekeeper import Gatekeeper
from gate.signing.keys import KeyRing
from gate.stores.memory import MemoryStore
from gate.web.demo import create_demo
from gate.web.mirrors import MIRRORS
from gate.web.nojs import FRAMES
from gate.web.request_log import JsonLines
from tests.attacks.secretive import ANSWERS, BANK, leaks
from tests.service import HOME, NO_LIMITS, SECRET, SIGNING, SITES, Reply, Service, code_of

CHALLENGE = re.compile(r'name="gate-challenge" value="([^"]+)"')
QUESTION = re.compile(r'class="gate-question"[^>]*>([^<]+)<')


# Told nowhere


class Spoken:
    """Everything that came back from a gate: bodies and headers, and what was logged meanwhile."""

    def __init__(self) -> None:
        self.octets = io.BytesIO()

    def hear(self, reply: Any) -> Any:
        self.octets.write(f"{reply.status}\n{reply.headers}\n".encode() + reply.get_data() + b"\n")
        return reply

    def heard(self) -> bytes:
        return self.octets.getvalue()


@pytest.fixture
def spoken(caplog: pytest.LogCaptureFixture) -> Iterator[Spoken]:
    """Hear everything; at the end nothing of it, and no line of any log, may bear a trace of an answer."""
    caplog.set_level(logging.DEBUG)
    spoken = Spoken()
    yield spoken
    formatter = JsonLines()
    logged = "\n".join(formatter.format(record) for record in caplog.get_records("call"))
    assert '"route": ' in logged
    assert leaks(logged.encode()) == []
    assert leaks(spoken.heard()) == []


def test_the_search_finds_an_answer_however_it_is_written() -> None:
    for answer in ANSWERS:
        octets = answer.encode()
        for given in (octets, octets.upper(), octets.hex().encode(), octets.lower().hex().upper().encode()):
            assert leaks(b"<p>" + given + b"</p>") == [answer]
        for before in (b"", b"x", b"xx", b"xxx"):
            assert answer in leaks(base64.b64encode(before + octets + b"tail"))
            assert answer in leaks(base64.urlsafe_b64encode(b'{"a":"' + before + octets + b'"}'))
    assert leaks(BANK.encode()) == list(ANSWERS)
    for question in parse_bank({"en.toml": BANK.encode()}).questions:
        for number in range(question.wording.count):
            assert leaks(question.wording.variant(number).ask.encode()) == []


def test_a_run_of_everything_tells_no_answer(secretive: Service, spoken: Spoken) -> None:
    service = secretive

    def send(method: str, path: str, **more: Any) -> Reply:
        reply: Reply = spoken.hear(service.send(method, path, **more))
        return reply

    for rule in service.app.url_map.iter_rules():
        path = rule.rule.replace("<lang>", "de")
        for method in ("GET", "HEAD", "POST", "OPTIONS", "PUT"):
            send(method, path)
            send(method, path, query_string={"sitekey": "forum", "lang": "en"})
            send(method, path, json={"secret": SECRET, "challenge": "x", "answer": "x"})
    for given in ("purple", "", "x" * 201, "card", None):
        asked = send("GET", "/v1/challenge", query_string={"sitekey": "forum"}).json
        for _ in range(3):  # too fast, judged, used
            answer = service.right(asked) if given is None else given
            fields = {"challenge": asked["challenge"], "answer": answer}
            body = send("POST", "/v1/answer", json=fields).json
            service.clock.tick(2)
            if body["success"]:
                break
        send("GET", "/v1/challenge", query_string={"sitekey": "forum", "instead_of": asked["challenge"]})
    for path in ("/v1/verify", *MIRRORS):
        fields = {"secret": SECRET, "response": service.token()}
        for _ in range(2):
            verdict = send("POST", path, json=fields).json
        asked = service.ask()
        in_one = {"secret": SECRET, "challenge": asked["challenge"], "answer": "purple"}
        send("POST", path, json=in_one)
    receipt = service.verify(service.token())["receipt"]
    send("POST", "/v1/report", json={"secret": SECRET, "receipt": receipt, "verdict": "spam"})
    for path, given in product(FRAMES, (None, "purple")):
        page = send("GET", path, query_string={"sitekey": "forum"}).text
        for button in ({"gate-another": "1"}, {}):
            question, challenge = QUESTION.search(page), CHALLENGE.search(page)
            assert question is not None
            assert challenge is not None
            answer = service.solutions[question[1]] if given is None and not button else "purple"
            service.clock.tick(2)
            form = {"gate-challenge": challenge[1], "gate-answer": answer, **button}
            page = send("POST", path, query_string={"sitekey": "forum"}, data=form).text
        assert ('id="gate-code"' in page) is (given is None)
    service.clock.tick(90_000)
    late = {"challenge": asked["challenge"], "answer": "purple"}
    assert code_of(send("POST", "/v1/answer", json=late)) == "challenge-expired"
    assert "gate_events_total" in send("GET", "/metrics").text
    assert "passed" in send("GET", "/metrics").text
    assert verdict["success"] is False
    service.live.close()
    for file in service.folder.rglob("gate.db*"):
        assert leaks(file.read_bytes()) == [], file


BAD_BANKS = [
    'question = [{ ask = "One?", accept = vystramole }]',
    'question = [{ ask = "One?", accept = "vystramole',
    'question = [{ ask = "One?", accept = ["vystramole", ""] }]',
    'question = [{ ask = "One?", accept = "x", match = "vystramole" }]',
    'question = [{ ask = "One?", accept = ["say \\"vystramole\\"", 1.5], typos = 90817263 }]',
    'question = [{ ask = "One?", accept = 90817263.0 }]',
    'question = [{ ask = "One?", acept = "vystramole", accept = { vystramole = 1 }, match = "vystramole" }]',
    'question = [{ ask = "{{ a }}?", accept = "{{ vystramole }}", vary = { a = [1, 2] } }]',
    "question = [{ ask = '{{ a }}?', accept = '{{ \"vystramole\" + a }}', vary = { a = [1, 2] } }]",
    "question = [{ ask = '{{ a }}?', accept = '{{ \"vystramole\"|letter(99) }}', vary = { a = [1, 2] } }]",
    'lists.w = "vystramole"\nquestion = [{ ask = "{{ a }}?", accept = "x", vary = { a = "w" } }]',
    'question = [{ ask = "One?", accept = "x", see = "javascript:vystramole" }]',
]


@pytest.mark.parametrize("bank", BAD_BANKS)
def test_a_bad_bank_is_complained_of_without_its_answers(
    secretive: Service, spoken: Spoken, bank: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever runs ``gate check`` is shown what is wrong; everybody may read /readyz, and many a log."""
    with pytest.raises(BankError, match=r"vystramole|90817263|line 1|empty"):
        parse_bank({"en.toml": bank.encode()})
    (secretive.folder / "bank" / "en.toml").write_text(bank)
    secretive.look()
    for path in ("/v1/challenge", "/readyz", "/metrics", "/nojs"):
        reply = spoken.hear(secretive.get(path, {"sitekey": "forum"}))
    assert secretive.get("/readyz").json["reload"].startswith("failed: bank/en.toml: ")
    assert reply.status_code == 200


def test_a_variant_that_fails_at_run_time_tells_no_answer(
    make_service: Callable[..., Service], spoken: Spoken, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Loading renders only some of many variants, so a bad one may be met while a question is asked."""
    folder = tmp_path / "late"
    (folder / "bank").mkdir(parents=True)
    bad = "a % 11 == 0 or a % 11 == 4 or a % 11 == 5 or a % 11 == 8"  # none of the seven that are looked at
    (folder / "bank" / "en.toml").write_text(
        f"""[[question]]
        ask = "What follows {{{{ a }}}}?"
        accept = "{{{{ 'vystramole' + a if {bad} else 'vystramole' }}}}"
        vary = {{ a = {{ from = 1, to = 90000 }} }}"""
    )
    service = make_service(folder=folder, limits=NO_LIMITS, challenge={"sticky": ""}, site=[SITES[1]])
    for _ in range(30):
        spoken.hear(service.get("/v1/challenge", {"sitekey": "other"}))
        spoken.hear(service.get("/nojs", {"sitekey": "other"}))
    assert "a variant cannot be used" in caplog.text


def test_the_demo_forum_tells_no_answer(spoken: Spoken, tmp_path: Path) -> None:
    (tmp_path / "en.toml").write_text(BANK)
    settings = {
        "bank": {"files": [str(tmp_path / "en.toml")]},
        "challenge": {"min_seconds": 0},
        "limits": NO_LIMITS,
    }
    app = create_demo(tmp_path / "demo", settings)
    client = app.test_client()
    for rule in app.url_map.iter_rules():
        path = re.sub(r"<int[^>]*>", "1", rule.rule)
        path = re.sub(r"<[^>]*>", "gate.css", path)
        for method in ("GET", "POST"):
            spoken.hear(client.open(path, method=method, buffered=True))
    client.get("/topic/1/reply")
    for buttons in ({"preview": "1"}, {"gate-another": "1"}, {}):
        page = spoken.hear(client.get("/topic/1/reply")).text
        hidden = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', page))
        hidden |= dict(re.findall(r'name="(csrf_token)"[^>]*value="([^"]*)"', page))
        written = {**hidden, "name": "Ana", "email": "a@example.org", "topic": "T", "body": "B"}
        spoken.hear(client.post("/topic/1/reply", data={**written, "gate-answer": "purple", **buttons}))
    assert "/v1/challenge" in {rule.rule for rule in app.url_map.iter_rules()}
    app.extensions["gate"].live.close()
    for file in tmp_path.rglob("*.db*"):
        assert leaks(file.read_bytes()) == [], file


def test_no_repr_holds_an_answer(secretive: Service) -> None:
    gatekeeper = secretive.live.gatekeeper
    questions = gatekeeper.bank.questions
    variants = [question.wording.variant(0) for question in questions]
    things = [gatekeeper.bank, questions, variants, [question.wording for question in questions], gatekeeper]
    assert leaks(repr(things).encode()) == []


# Worked out


def test_nothing_in_a_challenge_lets_a_search_over_the_bank_confirm_an_answer(secretive: Service) -> None:
    """Whoever holds the whole bank but no key: no digest of question, answer or place in the list is in there."""
    asked = [secretive.ask() for _ in range(60)]
    seen = b"".join(_unsigned(each["challenge"]) for each in asked)
    everything = {
        name: value
        for question in secretive.live.gatekeeper.bank.questions
        for number in range(question.wording.count)
        for variant in [question.wording.variant(number)]
        for name, value in [
            ("digest", question.digest),
            ("place", question.digest + number.to_bytes(4, "big")),
            *(
                (f"{function.__name__} {salt!r} {text}", function(salt + text.encode()).digest()[:6])
                for function in (md5, sha1, sha256, blake2b)
                for text in (variant.ask, *variant.accept, question.id)
                for salt in (b"", *(_unsigned(each["challenge"])[5:21] for each in asked[:3]))
            ),
            *(
                (f"hmac {text}", hmac.digest(_unsigned(each["challenge"])[5:21], text.encode(), "sha256")[:6])
                for text in (variant.ask, *variant.accept)
                for each in asked[:3]
            ),
        ]
    }
    assert len(everything) > 100
    assert [name for name, value in everything.items() if value in seen] == []


def test_no_byte_of_a_challenge_goes_with_its_question(secretive: Service, *, long_run: bool) -> None:
    """Mutual information of each byte with the question is what chance alone gives for so few challenges.

    Where chance gave more, which it may once in 50,000 times, it must not do so again at the same place.
    """
    number = 10_000 if long_run else 1_500
    telling = places_that_tell(secretive, number)
    assert not telling or not telling & places_that_tell(secretive, number)


def places_that_tell(service: Service, number: int) -> set[int]:
    """Ask so often; return the bytes of a challenge that go with the question more than chance gives."""
    asked = [service.ask() for _ in range(number)]
    texts = sorted({each["question"] for each in asked})
    assert len(texts) == 6
    payloads = [_unsigned(each["challenge"]) for each in asked]
    assert len({len(payload) for payload in payloads}) == 1
    telling = set()
    for place in range(len(payloads[0])):
        table: dict[tuple[int, str], int] = {}
        halves: dict[int, int] = {}
        for payload, each in zip(payloads, asked, strict=True):
            cell = (payload[place] >> 5, each["question"])
            table[cell] = table.get(cell, 0) + 1
            halves[cell[0]] = halves.get(cell[0], 0) + 1
        by_text = {text: sum(table.get((bits, text), 0) for bits in halves) for text in texts}
        chi = sum(
            (table.get((bits, text), 0) - expected) ** 2 / expected
            for bits, text in product(halves, texts)
            for expected in [halves[bits] * by_text[text] / number]
        )
        freedom = (len(halves) - 1) * (len(texts) - 1)
        # About one in a million for each byte, by Wilson and Hilferty's approximation.
        bound = freedom * (1 - 2 / (9 * freedom) + 4.75 * math.sqrt(2 / (9 * freedom))) ** 3 if freedom else 0
        if chi > bound:
            telling.add(place)
    return telling


def _unsigned(challenge: str) -> bytes:
    value = challenge.partition(".")[0]
    return base64.urlsafe_b64decode(value + "=" * (-len(value) % 4))


# Felt by what comes back

NEAR_AND_FAR = [
    ("drumfexo", "zzzzzzzz"),
    ("drumfexolx", "qqqqqqqqqq"),
    ("drum fexo", "zzzz zzzz"),
    ("ddrrumfexol", "zzzzzzzzzzz"),
    ("pirzanquettt", "zzzzzzzzzzzz"),
]


@pytest.fixture
def door(make_service: Callable[..., Service], tmp_path: Path) -> Service:
    """A gate that asks two questions of equal length, and forgives no slip, so that near is wrong."""
    folder = tmp_path / "door"
    (folder / "bank").mkdir(parents=True)
    (folder / "bank" / "en.toml").write_text(
        'lang = "en"\n'
        'question = [{ ask = "What is the word for the door?", accept = ["drumfexol", "pirzanquet"], typos = 0 },\n'
        '{ ask = "What is the word for the roof?", accept = ["jelkwithan", "vystramole"], typos = 0 }]'
    )
    return make_service(folder=folder, limits=NO_LIMITS, site=[SITES[1]])


@pytest.mark.parametrize("path", ["/v1/answer", "/v1/verify", "/nojs"])
def test_wrong_answers_get_replies_of_one_size_and_kind(door: Service, path: str) -> None:
    def reply(number: int, given: str) -> Reply:
        address = f"8.8.{number}.1"
        asked = door.ask("other", address=address)
        door.clock.tick(2)
        if path == "/nojs":
            form = {"gate-challenge": asked["challenge"], "gate-answer": given}
            return door.send("POST", path, query_string={"sitekey": "other"}, data=form, address=address)
        secret = {"secret": SITES[1]["secret"], "remoteip": address} if path == "/v1/verify" else {}
        fields = {"challenge": asked["challenge"], "answer": given, **secret}
        return door.post(path, fields, address=address)

    given = [answer for pair in NEAR_AND_FAR for answer in pair] + [
        "drumfexo1",
        "7",
        "\u0434rumfexol",
        "x" * 200,
    ]
    replies = [reply(number, answer) for number, answer in enumerate(given)]
    assert {each.status_code for each in replies} == {200}
    assert len({len(each.data) for each in replies}) == 1
    masked = {re.sub(r"A[A-Za-z0-9_-]{60,}\.[A-Za-z0-9_-]{43}|door|roof", "#", each.text) for each in replies}
    assert len(masked) == 1
    assert len({str(sorted(each.headers)) for each in replies}) == 1


def test_a_near_answer_takes_the_work_of_a_far_one(door: Service) -> None:
    """Counted in calls of functions, which a busy machine does not change."""

    def work(address: str, given: str) -> int:
        asked = door.ask("other", address=address)
        door.clock.tick(2)
        fields = {"challenge": asked["challenge"], "answer": given}
        calls = 0

        def counting(_frame: object, event: str, _argument: object) -> None:
            nonlocal calls
            calls += event in ("call", "c_call")

        sys.setprofile(counting)
        try:
            reply = door.post("/v1/answer", fields, address=address)
        finally:
            sys.setprofile(None)
        assert code_of(reply) == "incorrect-answer"
        return calls

    addresses = (f"8.9.{number // 200}.{number % 200}" for number in count())
    on_door = (
        address
        for address in addresses
        if door.ask("other", address=address)["question"] == "What is the word for the door?"
    )
    for _ in range(4):
        work(next(on_door), "warming up")
    for near, far in NEAR_AND_FAR:
        usual = {min(work(next(on_door), given) for _ in range(12)) for given in (near, far)}
        assert len(usual) == 1, (near, far, usual)


def askings(service: Service, lang: str) -> Iterator[Callable[[], str]]:
    """Yield ways to ask, in one language and from one address, each bringing a question's text."""
    ways: list[dict[str, Any]] = [
        {"query": {"sitekey": "forum", "lang": lang}},
        {"query": {"sitekey": "forum", "lang": lang, "action": "reply"}},
        {"query": {"sitekey": "forum", "lang": f"{lang}-XX", "action": "login", "about": "17"}},
        {"query": {"sitekey": "forum", "lang": lang, "about": "another"}},
        {"query": {"sitekey": "forum"}, "headers": {"Accept-Language": f"{lang};q=0.3, fr"}},
        {"query": {"sitekey": "forum", "lang": "xx"}, "headers": {"Accept-Language": f"zz, {lang}"}},
        {"query": {"sitekey": "forum", "lang": lang, "cookie": "dropped"}, "headers": {"Cookie": "a=b"}},
        {"query": {"sitekey": "forum", "lang": lang}, "headers": {"User-Agent": "another", "DNT": "1"}},
        {"query": {"sitekey": "forum", "lang": lang}, "headers": {"X-Forwarded-For": "9.9.9.9"}},
        {"query": {"sitekey": "forum", "lang": lang}, "origin": "https://forum.example.org"},
    ]
    for way in ways:

        def page(way: dict[str, Any] = way) -> str:
            text: str = service.get("/v1/challenge", **way).json["question"]
            return text

        yield page
    yield lambda: str(service.ask_with(remoteip=HOME, lang=lang)["question"])
    yield lambda: str(service.ask_with(remoteip=f"::ffff:{HOME}", lang=lang, about="x")["question"])
    for path, name in product(FRAMES, ("lang", "hl")):

        def framed(path: str = path, name: str = name) -> str:
            page = service.get(path, {"sitekey": "forum", name: lang}).text
            found = QUESTION.search(page)
            assert found is not None, page
            return found[1]

        yield framed


@pytest.mark.parametrize("lang", ["en", "de", "ar"])
def test_asking_again_in_any_way_shows_no_second_question(service: Service, lang: str) -> None:
    """A site that asks in several languages has one question for a client in each of them."""
    service.clock.now -= service.clock.now % 600
    seen = set()
    for _ in range(20):
        seen |= {ask() for ask in askings(service, lang)}
        service.clock.tick(29)
    assert len(seen) == 1


def test_other_languages_add_one_question_each_and_no_more(service: Service) -> None:
    langs = ["en", "de", "ar", "fr", "xx", "en-GB", "EN", "de_AT", "zh-Hant", "ar-EG", "", "q"]
    seen = {
        service.ask(lang=lang, headers={"Accept-Language": other})["question"]
        for lang, other in product(langs, langs)
    }
    assert len(seen) == 3


def test_one_client_cannot_harvest(make_service: Callable[..., Service], tmp_path: Path) -> None:
    """With skips, wrong answers and all: in ten minutes 3 skips and 30 wrong answers, and no more questions."""
    folder = tmp_path / "large"
    (folder / "bank").mkdir(parents=True)
    questions = ", ".join(f'{{ ask = "What is word {n}?", accept = "word{n:04}" }}' for n in range(2_000))
    (folder / "bank" / "en.toml").write_text(f'lang = "en"\nquestion = [{questions}]')
    service = make_service(
        folder=folder, site=[SITES[1]], limits={"challenges": ""}, challenge={"min_seconds": 0.0}
    )
    service.clock.now -= service.clock.now % 600
    asked = service.ask("other")
    seen = {asked["question"]}
    for number in range(300):
        fresh = service.ask("other", instead_of=asked["challenge"]) if number % 2 else service.ask("other")
        seen.add(fresh["question"])
        wrong = service.post("/v1/answer", {"challenge": fresh["challenge"], "answer": "purple"}).json
        asked = wrong.get("next") or fresh
        seen.add(asked["question"])
        service.clock.tick(1)
    assert 30 < len(seen) <= 1 + 3 + 30


def test_every_way_to_a_question_counts_against_one_limit(make_service: Callable[..., Service]) -> None:
    """Pages, servers, frames, skips and the question after a wrong answer draw on one and the same count."""
    service = make_service(limits={**NO_LIMITS, "challenges": "12/minute"})
    service.clock.now -= service.clock.now % 60

    def skip() -> bool:
        query = {"sitekey": "forum", "instead_of": first["challenge"]}
        return service.get("/v1/challenge", query).status_code == 200

    def after_a_wrong_answer() -> bool:
        fields = {"challenge": kept.pop()["challenge"], "answer": "purple"}
        return "next" in service.post("/v1/answer", fields).json

    ways: list[Callable[[], bool]] = [
        skip,
        after_a_wrong_answer,
        lambda: service.get("/v1/challenge", {"sitekey": "forum"}).status_code == 200,
        lambda: service.send("HEAD", "/v1/challenge", query_string={"sitekey": "forum"}).status_code == 200,
        lambda: service.post("/v1/challenge", {"secret": SECRET, "remoteip": HOME}).status_code == 200,
        *(lambda path=path: service.get(path, {"sitekey": "forum"}).status_code == 200 for path in FRAMES),
    ]
    first = service.ask()
    kept = [service.ask() for _ in range(4)]
    service.clock.tick(2)
    assert [way() for way in ways] == [True] * 7, "7 more, which makes 12"
    assert [way() for way in ways] == [False] * 7
    another = {"gate-challenge": first["challenge"], "gate-another": "1"}
    for path in FRAMES:
        page = service.send("POST", path, query_string={"sitekey": "forum"}, data=another)
        assert page.status_code == 429


# Nothing to ask


def test_a_bank_without_an_enabled_question_passes_nobody(service: Service) -> None:
    """It does not load; and were it there all the same, nothing is asked, nothing right, nothing let through."""
    token, asked = service.token(), service.ask()
    service.clock.tick(2)
    live = service.live.gatekeeper
    retired = Bank(replace(question, enabled=False) for question in live.bank.questions)
    for bank in (Bank(()), retired):
        store = MemoryStore(clock=service.clock)
        keys = KeyRing.of(SIGNING)
        empty = Gatekeeper(live.config, bank=bank, keys=keys, store=store, clock=service.clock)
        site = live.config.sites[0]
        with pytest.raises(BankError, match="no enabled question"):
            empty.ask(site)
        assert not empty.verify(site, token)
        for answer in ("", "green", service.right(asked)):
            with contextlib.suppress(BankError):
                assert not empty.answer(asked["challenge"], answer)
            with contextlib.suppress(BankError):
                assert not empty.verify_answer(site, asked["challenge"], answer)
    assert service.verify(token)["success"]


@pytest.mark.parametrize("challenge", ["unknown", "", "AAAA.BBBB", None, [], {}, 0])
@pytest.mark.parametrize("answer", ["", None, [], "absent", 0])
def test_an_unknown_challenge_with_an_empty_answer_is_no_match(
    service: Service, challenge: object, answer: object
) -> None:
    fields: dict[str, Any] = {"challenge": challenge}
    if answer != "absent":
        fields["answer"] = answer
    for path, more in (("/v1/answer", {}), ("/v1/verify", {"secret": SECRET})):
        reply = service.post(path, {**fields, **more})
        assert reply.json["success"] is False
        assert "token" not in reply.json
        assert reply.status_code in (200, 400)
    texts = {f"gate-{name}": json.dumps(value) for name, value in fields.items()}
    page = service.send("POST", "/nojs", query_string={"sitekey": "forum"}, data=texts)
    assert 'id="gate-code"' not in page.text


def test_a_well_formed_wrong_answer_never_gives_a_token(service: Service) -> None:
    """Answers that are right for other questions of the bank, and the empty ones of every kind."""
    wrong = {
        *service.solutions.values(),
        "true",
        "yes",
        "null",
        "undefined",
        "0",
        "*",
        ".*",
        "%",
        "' OR ''='",
    }
    for number, answer in enumerate(sorted(wrong)):
        asked = service.ask(address=f"8.7.{number}.1")
        service.clock.tick(2)
        body = service.answer(asked, answer, address=f"8.7.{number}.1")
        assert body["success"] is (answer == service.right(asked))


def test_a_pattern_among_the_answers_is_a_text() -> None:
    """A bank knows no patterns: none can be too wide, and none can be made to run for ever."""
    for pattern in (".*", "(a+)+$", "[a-z]", "a{2}", "%", "(a|aa)+"):
        for given in ("a" * 200, "a" * 30 + "!", "aa", "green", ""):
            assert not is_right(given, [pattern]), (pattern, given)
        assert is_right(pattern, [pattern])
