"""The policy, asked directly: no web, a store in memory, a clock that stands still."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from gate.bank.load import parse_bank
from gate.clients import Poster
from gate.config import Config, Site, parse_config
from gate.errors import StoreError
from gate.expected import Expected
from gate.gatekeeper import Gatekeeper
from gate.signing.keys import KeyRing
from gate.stores.base import Event, Store, open_store
from gate.stores.memory import MemoryStore
from gate.verdicts import Answered, Asked, Code, Refused, Verdict
from tests.service import BANK, OTHER_SIGNING, SETTINGS, SIGNING, SITES, Clock, solutions

DAY = 86_400.0
SOLUTIONS = solutions(BANK)
HOME = Poster(client="8.8.4.4")


def configure(**sections: Any) -> Config:
    table = {**SETTINGS, "site": [{**site, "langs": ["en"], "hosts": []} for site in SITES], **sections}
    return parse_config(table, place="test", base=Path(), environ={})


@dataclass
class Forum:
    """A gatekeeper and its forum, over any store."""

    clock: Clock
    store: Store
    config: Config = field(default_factory=configure)
    keys: KeyRing = field(default_factory=lambda: KeyRing.of(SIGNING))

    def __post_init__(self) -> None:
        self.gatekeeper = Gatekeeper(
            self.config,
            bank=parse_bank({"en.toml": BANK.encode()}),
            keys=self.keys,
            store=self.store,
            clock=self.clock,
        )
        self.site, self.other = self.config.sites

    def ask(self, site: Site | None = None, **more: Any) -> Asked:
        """Ask, and let two seconds pass in which the poster thinks."""
        asked = self.gatekeeper.ask(site or self.site, **more)
        assert isinstance(asked, Asked)
        self.clock.tick(2)
        return asked

    def token(self, site: Site | None = None, *, cdata: str = "", **more: Any) -> str:
        asked = self.ask(site, **more)
        answered = self.gatekeeper.answer(asked.challenge, SOLUTIONS[asked.question], cdata=cdata)
        assert answered.token
        return answered.token

    def verdict(self, site: Site | None = None, **more: Any) -> Verdict:
        verdict = self.gatekeeper.verify(site or self.site, self.token(site, **more))
        assert verdict
        return verdict

    def bustle(self) -> None:
        """Have so many posts, some unfinished, that writers come to purge marks of every kind."""
        for _ in range(2):
            now = self.clock.now
            for _ in range(70):
                self.verdict()
            self.token()
            self.clock.now = now

    def counted(self) -> dict[Event, int]:
        self.gatekeeper.statistics.flush()
        counts: Counter[Event] = Counter()
        for row, number in self.store.stats(0):
            counts[row.event] += number
        return dict(counts)


@pytest.fixture
def forum(clock: Clock) -> Forum:
    return Forum(clock, MemoryStore(clock=clock))


def code_of(value: Answered | Verdict | Refused | Asked | None) -> Code | None:
    """Return why it is a no."""
    assert not value
    refused = value if isinstance(value, Refused) else getattr(value, "refused", None)
    return None if refused is None else refused.code


# What is true lets somebody through, and nothing else is


def test_only_a_yes_is_true(forum: Forum) -> None:
    asked = forum.ask()
    wrong = forum.gatekeeper.answer(asked.challenge, "purple")
    assert not wrong
    assert not forum.gatekeeper.verify(forum.site, "x")
    assert not Verdict()
    assert not Answered()
    assert not Refused(code=Code.RATE_LIMITED)
    assert forum.gatekeeper.verify(forum.site, forum.token())


def test_no_secret_text_is_in_a_repr(forum: Forum) -> None:
    asked = forum.ask()
    answered = forum.gatekeeper.answer(asked.challenge, SOLUTIONS[asked.question])
    verdict = forum.gatekeeper.verify(forum.site, answered.token or "")
    shown = repr((asked, answered, verdict))
    assert not [text for text in (asked.challenge, answered.token, verdict.receipt) if str(text) in shown]


# Made for one thing, good for that alone


@pytest.mark.parametrize("made_for", range(2))
@pytest.mark.parametrize("shown_by", range(2))
def test_a_token_is_good_for_its_own_site(forum: Forum, made_for: int, shown_by: int) -> None:
    sites = (forum.site, forum.other)
    token = forum.token(sites[made_for])
    challenge = forum.ask(sites[made_for])
    verdict = forum.gatekeeper.verify(sites[shown_by], token)
    in_one = forum.gatekeeper.verify_answer(
        sites[shown_by], challenge.challenge, SOLUTIONS[challenge.question]
    )
    if made_for == shown_by:
        assert verdict
        assert in_one
    else:
        assert code_of(verdict) is Code.INVALID_RESPONSE
        assert code_of(in_one) is Code.INVALID_CHALLENGE
        assert forum.gatekeeper.verify(sites[made_for], token)


@pytest.mark.parametrize("made_for", ["", "reply", "login"])
@pytest.mark.parametrize("expected", [None, "reply", "login"])
def test_a_token_is_good_for_its_own_action(forum: Forum, made_for: str, expected: str | None) -> None:
    token = forum.token(action=made_for)
    verdict = forum.gatekeeper.verify(forum.site, token, expected=Expected(action=expected))
    if expected in (None, made_for):
        assert verdict.action == made_for
        assert verdict
    else:
        assert code_of(verdict) is Code.ACTION_MISMATCH
        assert forum.gatekeeper.verify(forum.site, token, expected=Expected(action=made_for or None))


@pytest.mark.parametrize("made_for", [None, "17", "18"])
@pytest.mark.parametrize("expected", [None, "17", "18"])
@pytest.mark.parametrize("in_one", [False, True], ids=["token", "challenge"])
def test_a_token_is_good_for_its_own_subject(
    forum: Forum,
    made_for: str | None,
    expected: str | None,
    in_one: bool,  # noqa: FBT001
) -> None:
    def verify(about: str | None) -> Verdict:
        if in_one:
            answer = SOLUTIONS[asked.question]
            return forum.gatekeeper.verify_answer(
                forum.site, asked.challenge, answer, expected=Expected(about=about)
            )
        return forum.gatekeeper.verify(forum.site, token, expected=Expected(about=about))

    asked, token = forum.ask(about=made_for), forum.token(about=made_for)
    first = verify(expected)
    if expected == made_for:
        assert first
    else:
        assert code_of(first) is Code.ABOUT_MISMATCH
        assert verify(made_for)


def test_each_kind_of_signed_text_is_good_for_its_own_use(forum: Forum) -> None:
    texts = {"challenge": forum.ask().challenge, "token": forum.token(), "receipt": forum.verdict().receipt}
    doors: dict[str, Callable[[str], object]] = {
        "challenge": lambda text: forum.gatekeeper.recall(text),
        "token": lambda text: forum.gatekeeper.verify(forum.site, text),
        "receipt": lambda text: forum.gatekeeper.report(forum.site, text, spam=True) is None,
    }
    for made_as, text in texts.items():
        for used_as, door in doors.items():
            if made_as != used_as:
                assert not door(str(text)), (made_as, used_as)
    for made_as, text in texts.items():
        assert doors[made_as](str(text))


def test_another_key_ring_accepts_nothing(forum: Forum) -> None:
    stranger = Forum(forum.clock, forum.store, keys=KeyRing.of(OTHER_SIGNING))
    asked = forum.ask()
    assert code_of(stranger.gatekeeper.verify(stranger.site, forum.token())) is Code.INVALID_RESPONSE
    assert code_of(stranger.gatekeeper.answer(asked.challenge, "x")) is Code.INVALID_CHALLENGE
    refused = stranger.gatekeeper.report(stranger.site, str(forum.verdict().receipt), spam=True)
    assert code_of(refused) is Code.INVALID_RESPONSE


def test_two_machines_with_stores_of_their_own_do_not_both_accept_a_token(forum: Forum) -> None:
    elsewhere = Forum(forum.clock, MemoryStore(clock=forum.clock))
    asked, token = forum.ask(), forum.token()
    assert code_of(elsewhere.gatekeeper.verify(elsewhere.site, token)) is Code.TIMEOUT_OR_DUPLICATE
    answered = elsewhere.gatekeeper.answer(asked.challenge, SOLUTIONS[asked.question])
    assert code_of(answered) is Code.CHALLENGE_EXPIRED
    assert answered.next is not None
    assert forum.gatekeeper.verify(forum.site, token)


# One answer, one token


def test_the_same_request_twice_gives_tokens_of_which_one_is_good_once(forum: Forum) -> None:
    asked = forum.ask()
    answer = SOLUTIONS[asked.question]
    tokens = [forum.gatekeeper.answer(asked.challenge, answer, proof=b"this request").token for _ in range(3)]
    assert all(tokens)
    for order in (tokens, tokens[::-1]):
        verdicts = [bool(forum.gatekeeper.verify(forum.site, str(token))) for token in order]
        assert sum(verdicts) == (order is tokens)


def test_another_request_for_the_same_challenge_is_refused(forum: Forum) -> None:
    asked = forum.ask()
    answer = SOLUTIONS[asked.question]
    assert forum.gatekeeper.answer(asked.challenge, answer, proof=b"this request")
    for proof in (b"", b"another"):
        refused = forum.gatekeeper.answer(asked.challenge, answer, proof=proof)
        assert code_of(refused) is Code.CHALLENGE_USED


def test_a_repeat_is_judged_to_the_same_end_and_counted_once(forum: Forum) -> None:
    asked = forum.ask()
    for _ in range(3):
        refused = forum.gatekeeper.answer(asked.challenge, "purple", proof=b"this request", poster=HOME)
        assert code_of(refused) is Code.INCORRECT_ANSWER
    assert forum.counted()[Event.WRONG] == 1


def test_the_first_verdict_comes_again_for_the_same_proof(forum: Forum) -> None:
    token = forum.token(action="reply", cdata="c")
    first = forum.gatekeeper.verify(forum.site, token, proof=b"this request")
    forum.clock.tick(60)
    again = forum.gatekeeper.verify(forum.site, token, proof=b"this request")
    assert (first.repeated, again.repeated) == (False, True)
    assert again.receipt == first.receipt
    assert (again.answered_at, again.action, again.cdata) == (first.answered_at, "reply", "c")
    assert code_of(forum.gatekeeper.verify(forum.site, token)) is Code.TIMEOUT_OR_DUPLICATE
    assert forum.counted()[Event.PASSED] == 1


def test_a_receipt_is_the_same_whenever_it_is_written(forum: Forum) -> None:
    asked = forum.ask()
    receipts = set()
    for _ in range(3):
        verdict = forum.gatekeeper.verify_answer(
            forum.site, asked.challenge, SOLUTIONS[asked.question], proof=b"this request"
        )
        receipts.add(verdict.receipt)
        forum.clock.tick(5)
    assert len(receipts) == 1


def test_a_peek_leaves_everything_as_it_is(forum: Forum) -> None:
    token = forum.token()
    for _ in range(3):
        peeked = forum.gatekeeper.verify(forum.site, token, peek=True)
        assert peeked
        assert peeked.receipt is None
    assert forum.gatekeeper.verify(forum.site, token)
    assert code_of(forum.gatekeeper.verify(forum.site, token, peek=True)) is Code.TIMEOUT_OR_DUPLICATE
    assert forum.counted()[Event.PASSED] == 1


# The host refused the reply after all


def test_reopening_gives_a_fresh_token_that_is_good_once(forum: Forum) -> None:
    spent = forum.token(action="reply", about="17", cdata="c")
    expected = Expected(action="reply", about="17")
    first = forum.gatekeeper.verify(forum.site, spent, expected=expected)
    fresh = forum.gatekeeper.reopen(first)
    assert fresh is not None
    assert code_of(forum.gatekeeper.verify(forum.site, fresh)) is Code.ABOUT_MISMATCH
    second = forum.gatekeeper.verify(forum.site, fresh, expected=expected)
    assert second
    assert (second.answered_at, second.action, second.cdata) == (first.answered_at, "reply", "c")
    for token in (fresh, spent):
        refused = forum.gatekeeper.verify(forum.site, token, expected=expected)
        assert code_of(refused) is Code.TIMEOUT_OR_DUPLICATE


def test_what_was_judged_in_one_step_is_reopened_too(forum: Forum) -> None:
    asked = forum.ask()
    verdict = forum.gatekeeper.verify_answer(forum.site, asked.challenge, SOLUTIONS[asked.question])
    fresh = forum.gatekeeper.reopen(verdict)
    assert fresh is not None
    assert forum.gatekeeper.verify(forum.site, fresh)


def test_a_refusal_is_not_reopened(forum: Forum) -> None:
    assert forum.gatekeeper.reopen(forum.gatekeeper.verify(forum.site, "x")) is None
    assert forum.gatekeeper.reopen(Verdict()) is None


def test_a_reopened_token_lives_anew(forum: Forum) -> None:
    verdict = forum.verdict()
    forum.clock.tick(2 * DAY)
    fresh = forum.gatekeeper.reopen(verdict)
    forum.clock.tick(DAY)
    assert forum.gatekeeper.verify(forum.site, str(fresh))


# Asking


def test_asking_writes_nothing_to_the_store(clock: Clock) -> None:
    class Untouched(MemoryStore):
        def spend(self, *args: Any, **more: Any) -> Any:
            raise AssertionError("asking wrote to the store")

        hit = tally = ping = spend

    forum = Forum(clock, Untouched(clock=clock))
    for _ in range(20):
        forum.gatekeeper.ask(forum.site, poster=HOME)


def test_a_challenge_can_be_shown_again(forum: Forum) -> None:
    asked = forum.ask()
    recalled = forum.gatekeeper.recall(asked.challenge)
    assert recalled is not None
    assert (recalled.question, recalled.challenge) == (asked.question, asked.challenge)
    assert recalled.expires_in == asked.expires_in - 2
    forum.clock.tick(2 * DAY)
    late = forum.gatekeeper.recall(asked.challenge)
    assert late is not None
    assert late.expires_in == 0
    assert forum.gatekeeper.recall("x") is None


def test_a_host_that_is_too_long_to_be_signed_is_left_out(forum: Forum) -> None:
    for host in ("a." * 40 + "example", "münchen.example"):
        asked = forum.ask(poster=Poster(host=host))
        answered = forum.gatekeeper.answer(
            asked.challenge, SOLUTIONS[asked.question], poster=Poster(host=host)
        )
        verdict = forum.gatekeeper.verify(forum.site, str(answered.token))
        assert verdict
        assert verdict.hostname == (host if host.isascii() else "")


# Time


@pytest.mark.parametrize(("age", "code"), [(DAY + 5, None), (DAY + 5.1, Code.CHALLENGE_EXPIRED)])
def test_how_old_a_challenge_may_be(forum: Forum, age: float, code: Code | None) -> None:
    asked = forum.gatekeeper.ask(forum.site)
    assert isinstance(asked, Asked)
    forum.clock.tick(age)
    answered = forum.gatekeeper.answer(asked.challenge, SOLUTIONS[asked.question])
    assert (None if answered else code_of(answered)) is code


@pytest.mark.parametrize(("age", "code"), [(DAY + 5, None), (DAY + 5.1, Code.TIMEOUT_OR_DUPLICATE)])
def test_how_old_a_token_may_be(forum: Forum, age: float, code: Code | None) -> None:
    token = forum.token()
    forum.clock.tick(age)
    verdict = forum.gatekeeper.verify(forum.site, token)
    assert (None if verdict else code_of(verdict)) is code
    assert verdict.refused is None or verdict.refused.expired


def test_a_token_made_at_the_last_moment_of_its_challenge_lives_its_whole_life(forum: Forum) -> None:
    asked = forum.ask()
    forum.verdict()  # a later one, whose mark must not be purged before ours is set
    forum.clock.tick(DAY)
    token = forum.gatekeeper.answer(asked.challenge, SOLUTIONS[asked.question]).token
    forum.clock.tick(DAY)
    forum.bustle()
    assert forum.gatekeeper.verify(forum.site, str(token))
    assert not forum.gatekeeper.verify(forum.site, str(token))


@pytest.mark.parametrize("ahead", [3, 4.9])
def test_a_clock_a_little_behind_does_no_harm(forum: Forum, ahead: float) -> None:
    token = forum.token()
    forum.clock.tick(-ahead)
    assert forum.gatekeeper.verify(forum.site, token)


def test_a_clock_set_back_opens_nothing_again(forum: Forum) -> None:
    tokens = [forum.token() for _ in range(5)]
    assert all(forum.gatekeeper.verify(forum.site, token) for token in tokens)
    forum.clock.tick(5 * DAY)
    forum.bustle()
    forum.clock.tick(-5 * DAY)
    assert not [token for token in tokens if forum.gatekeeper.verify(forum.site, token)]


def test_a_clock_that_was_far_ahead_costs_one_question_and_is_forgotten(forum: Forum) -> None:
    forum.clock.tick(400 * DAY)
    early = forum.token()
    forum.gatekeeper.verify(forum.site, early)
    forum.clock.tick(5 * DAY)
    forum.bustle()
    forum.clock.tick(-405 * DAY)
    asked = forum.ask()
    answered = forum.gatekeeper.answer(asked.challenge, SOLUTIONS[asked.question])
    if not answered:
        assert answered.next is not None
        forum.clock.tick(2)
        answered = forum.gatekeeper.answer(answered.next.challenge, SOLUTIONS[answered.next.question])
    assert answered
    verdict = forum.gatekeeper.verify(forum.site, str(answered.token))
    assert verdict or forum.verdict()


# Reports and statistics


def test_a_reply_is_reported_once(forum: Forum) -> None:
    receipt = str(forum.verdict().receipt)
    assert forum.gatekeeper.report(forum.site, receipt, spam=True) is None
    assert forum.gatekeeper.report(forum.site, receipt, spam=True) is None
    assert forum.gatekeeper.report(forum.site, receipt, spam=False) is None
    counted = forum.counted()
    assert counted[Event.SPAM] == 1
    assert Event.HAM not in counted


def test_everything_that_happens_is_counted_by_question(forum: Forum) -> None:
    asked = forum.ask(poster=HOME)
    wrong = forum.gatekeeper.answer(asked.challenge, "purple", poster=HOME)
    assert wrong.next is not None
    skipped = forum.gatekeeper.ask(forum.site, instead_of=wrong.next.challenge, poster=HOME)
    assert isinstance(skipped, Asked)
    forum.clock.tick(2)
    right = forum.gatekeeper.answer(skipped.challenge, SOLUTIONS[skipped.question], poster=HOME)
    verdict = forum.gatekeeper.verify(forum.site, str(right.token))
    forum.gatekeeper.report(forum.site, str(verdict.receipt), spam=False)
    forum.gatekeeper.statistics.flush()
    ids = {question.wording.variant(0).ask: question.id for question in forum.gatekeeper.bank.questions}
    rows = {(row.question, row.event): number for row, number in forum.store.stats(0)}
    one, two, three = (ids[each.question] for each in (asked, wrong.next, skipped))
    assert rows == {
        (one, Event.ASKED): 1,
        (one, Event.WRONG): 1,
        (two, Event.ASKED): 1,
        (two, Event.SKIPPED): 1,
        (three, Event.ASKED): 1,
        (three, Event.RIGHT): 1,
        (three, Event.PASSED): 1,
        (three, Event.HAM): 1,
    }
    assert {row.site for row, _ in forum.store.stats(0)} == {"Forum"}


def test_what_is_sent_back_unjudged_is_not_counted(forum: Forum) -> None:
    asked = forum.ask()
    forum.gatekeeper.answer(asked.challenge, "")
    forum.gatekeeper.answer(asked.challenge, "x" * 201)
    forum.gatekeeper.verify(forum.site, "x")
    assert forum.counted() == {Event.ASKED: 1}


# The store fails


class FailingStore(MemoryStore):
    """Fails in one verb, when told to."""

    broken = ""

    def __getattribute__(self, name: str) -> Any:
        if name == object.__getattribute__(self, "broken"):
            raise StoreError("memory://", "is broken", "mend it")
        return object.__getattribute__(self, name)


@pytest.mark.parametrize(
    ("verb", "deed"),
    [
        ("spend", "verify"),
        ("spend", "answer"),
        ("spend", "verify_answer"),
        ("spend", "report"),
        ("spend", "skip"),
        ("hit", "answer"),
        ("hit", "verify_answer"),
        ("count", "answer"),
        ("count", "ask"),
        ("peek", "peek"),
        ("epoch", "ask"),
    ],
)
def test_whatever_verb_fails_nothing_is_let_through(clock: Clock, verb: str, deed: str) -> None:
    store = FailingStore(clock=clock)
    forum = Forum(clock, store)
    asked, token, receipt = forum.ask(poster=HOME), forum.token(), str(forum.verdict().receipt)
    answer, gatekeeper, site = SOLUTIONS[asked.question], forum.gatekeeper, forum.site
    deeds: dict[str, Callable[[], object]] = {
        "ask": lambda: gatekeeper.ask(site, poster=HOME),
        "skip": lambda: gatekeeper.ask(site, instead_of=asked.challenge, poster=HOME),
        "answer": lambda: gatekeeper.answer(asked.challenge, answer, poster=HOME, proof=b"mine"),
        "verify": lambda: gatekeeper.verify(site, token),
        "peek": lambda: gatekeeper.verify(site, token, peek=True),
        "verify_answer": lambda: gatekeeper.verify_answer(
            site, asked.challenge, answer, poster=HOME, proof=b"mine"
        ),
        "report": lambda: gatekeeper.report(site, receipt, spam=True) is None,
    }
    store.broken = verb
    with pytest.raises(StoreError, match="is broken"):
        deeds[deed]()
    store.broken = ""
    assert deeds[deed]()


def test_statistics_that_cannot_be_written_stop_nobody(clock: Clock) -> None:
    class Unwritable(MemoryStore):
        full = True

        def tally(self, rows: Any) -> None:
            if self.full:
                raise StoreError("memory://", "is full", "make room")
            super().tally(rows)

    store = Unwritable(clock=clock)
    forum = Forum(clock, store)
    for _ in range(10):
        forum.verdict()
    store.full = False
    assert forum.counted()[Event.PASSED] == 10


# Races


def _spender(path: str, tokens: Sequence[str], results: Any, start: Any) -> None:
    """Verify all tokens with sixteen threads over one file; report how many were let through."""
    clock = Clock()
    store = open_store(f"sqlite:///{path}", clock=clock, workers=2)
    forum = Forum(clock, store)
    yes = [0] * 16

    def work(number: int) -> None:
        start.wait()
        for token in tokens:
            for _ in range(50):
                try:
                    proof = f"{os.getpid()} {number} {token}".encode()
                    yes[number] += bool(forum.gatekeeper.verify(forum.site, token, proof=proof))
                    break
                except StoreError:  # busy; the breaker lets requests through again in a second
                    threading.Event().wait(0.1)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    forum.gatekeeper.statistics.flush()
    store.close()
    results.put(sum(yes))


def test_three_hundred_tokens_are_let_through_three_hundred_times(tmp_path: Path, clock: Clock) -> None:
    path = tmp_path / "gate.db"
    store = open_store(f"sqlite:///{path}", clock=clock)
    forum = Forum(clock, store, config=configure(limits={"answers": ""}))
    tokens = []
    for _ in range(300):
        tokens.append(forum.token())
        clock.tick(-2)
    store.close()
    context = multiprocessing.get_context("spawn")
    results, start = context.Queue(), context.Barrier(32)
    workers = [context.Process(target=_spender, args=(str(path), tokens, results, start)) for _ in range(2)]
    for worker in workers:
        worker.start()
    counts = [results.get(timeout=60) for _ in workers]
    for worker in workers:
        worker.join()
        assert worker.exitcode == 0
    assert sum(counts) == 300


@pytest.mark.parametrize("url", ["memory://", "sqlite:///gate.db"])
def test_a_challenge_that_sixteen_answer_at_once_is_judged_once(
    tmp_path: Path, clock: Clock, url: str
) -> None:
    store = open_store(url, base=tmp_path, clock=clock)
    forum = Forum(clock, store)
    for _ in range(5):
        asked = forum.ask()
        start = threading.Barrier(16)
        answers: list[Answered] = []

        def work(
            asked: Asked = asked, start: threading.Barrier = start, answers: list[Answered] = answers
        ) -> None:
            start.wait()
            answers.append(forum.gatekeeper.answer(asked.challenge, SOLUTIONS[asked.question]))

        threads = [threading.Thread(target=work) for _ in range(16)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sum(map(bool, answers)) == 1
        codes = Counter(code_of(answer) for answer in answers if not answer)
        assert codes == {Code.CHALLENGE_USED: 15}
    store.close()
