from __future__ import annotations

from limits import RateLimitItemPerMinute as PerMinute

from gate.clients import ClientKey
from gate.config import LimitSettings
from gate.limiter import AskedTable, Limiter
from gate.stores.memory import MemoryStore
from tests.service import Clock

ME, SHE = ClientKey(b"me".ljust(16)), ClientKey(b"she".ljust(16))
NO_LIMITS = LimitSettings(challenges=None, answers=None, wrong_answers=None, tokens=None)


def limiter(
    clock: Clock, limits: LimitSettings, *, size: int = 100, store: MemoryStore | None = None
) -> Limiter:
    clock.tick(-clock.now % 60)
    store = store or MemoryStore(clock=clock)
    return Limiter(limits, store=store, asked=AskedTable(clock, size=size), clock=clock)


def test_the_wait_lasts_to_the_end_of_the_window(clock: Clock) -> None:
    limits = limiter(clock, LimitSettings(challenges=PerMinute(1)))
    clock.tick(20.5)
    assert limits.ask(ME, b"site") is None
    assert limits.ask(ME, b"site") == 40
    clock.tick(39.5)
    assert limits.ask(ME, b"site") is None


def test_a_wait_is_a_second_at_least(clock: Clock) -> None:
    limits = limiter(clock, LimitSettings(challenges=PerMinute(1)))
    clock.tick(59.999)
    limits.ask(ME, b"site")
    assert limits.ask(ME, b"site") == 1


def test_nobody_and_no_limit_are_never_refused(clock: Clock) -> None:
    tight = limiter(clock, LimitSettings(challenges=PerMinute(1), answers=PerMinute(1)))
    loose = limiter(clock, NO_LIMITS)
    for _ in range(5):
        assert tight.ask(None, b"site") is None
        assert tight.answer(None, b"site") is None
        tight.judged(None, b"site", right=True)
        assert loose.ask(ME, b"site") is None
        assert loose.answer(ME, b"site") is None
        loose.judged(ME, b"site", right=False)


def test_clients_and_sites_have_counts_of_their_own(clock: Clock) -> None:
    limits = limiter(clock, LimitSettings(challenges=PerMinute(1)))
    for client, site in ((ME, b"one"), (SHE, b"one"), (ME, b"two")):
        assert limits.ask(client, site) is None
        assert limits.ask(client, site) is not None


def test_a_refused_answer_does_not_count_towards_another_limit(clock: Clock) -> None:
    limits = limiter(clock, LimitSettings(answers=PerMinute(2), wrong_answers=PerMinute(1), tokens=None))
    assert limits.answer(ME, b"site") is None
    limits.judged(ME, b"site", right=False)
    for _ in range(5):
        assert limits.answer(ME, b"site") is not None
    clock.tick(60)
    assert limits.answer(ME, b"site") is None
    assert limits.answer(ME, b"site") is None
    assert limits.answer(ME, b"site") is not None


def test_limits_of_one_rate_are_counted_apart(clock: Clock) -> None:
    three = PerMinute(3)
    limits = limiter(clock, LimitSettings(answers=three, wrong_answers=three, tokens=three))
    for right in (True, False, True):
        assert limits.answer(ME, b"site") is None
        limits.judged(ME, b"site", right=right)
    assert limits.answer(ME, b"site") is not None


def test_what_was_counted_counts_under_a_changed_rate_too(clock: Clock) -> None:
    store = MemoryStore(clock=clock)
    loose = limiter(clock, LimitSettings(answers=PerMinute(5)), store=store)
    for _ in range(3):
        assert loose.answer(ME, b"site") is None
    tight = limiter(clock, LimitSettings(answers=PerMinute(3)), store=store)
    assert tight.answer(ME, b"site") is not None
    assert tight.answer(SHE, b"site") is None


def test_a_flood_of_clients_shares_one_count_and_takes_no_more_memory(clock: Clock) -> None:
    table = AskedTable(clock, size=3)
    counts = [table.hit(str(number).encode(), 60) for number in range(10)]
    assert counts == [1, 1, 1, 1, 2, 3, 4, 5, 6, 7]
    assert table.hit(b"0", 60) == 2
    clock.tick(60)
    assert table.hit(b"9", 60) == 1
