"""What every store promises, run on each of them."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable

import pytest

from gate.stores.base import EPOCH_BYTES, STATS_DAYS, Event, Kind, Spend, Store, Tally

DAY = 86_400.0
Spender = Callable[..., Spend]
NewId = Callable[[], bytes]
Elapse = Callable[[float], None]


def purge(store: Store, spend: Spender, new_id: NewId, kind: Kind = Kind.TOKEN) -> None:
    """Write as much as makes any store clean up."""
    for _ in range(200):
        assert spend(store, new_id(), kind=kind) is Spend.WON


def test_the_first_wins(store: Store, spend: Spender, new_id: NewId) -> None:
    assert spend(store, new_id()) is Spend.WON


def test_a_rival_loses_however_often_it_tries(store: Store, spend: Spender, new_id: NewId) -> None:
    name = new_id()
    spend(store, name)
    assert {spend(store, name, proof=proof) for proof in (b"", b"yours", b"mine ", b"yours")} == {Spend.LOST}


def test_the_same_proof_is_known_again(store: Store, spend: Spender, new_id: NewId) -> None:
    name = new_id()
    spend(store, name)
    assert [spend(store, name) for _ in range(3)] == [Spend.OWN] * 3


def test_another_epoch_is_told_apart_and_spends_nothing(store: Store, spend: Spender, new_id: NewId) -> None:
    name = new_id()
    for epoch in (b"otherone", bytes(EPOCH_BYTES), b"short", store.epoch + b"\0"):
        assert spend(store, name, epoch=epoch) is Spend.RESET
    assert spend(store, name) is Spend.WON
    assert spend(store, name, epoch=b"otherone") is Spend.RESET


def test_an_epoch_has_eight_bytes_and_stays(store: Store, spend: Spender, new_id: NewId) -> None:
    epoch = store.epoch
    spend(store, new_id())
    assert store.epoch == epoch
    assert len(epoch) == EPOCH_BYTES


def test_kinds_do_not_meet(store: Store, spend: Spender, new_id: NewId) -> None:
    name = new_id()
    assert [spend(store, name, kind=kind) for kind in Kind] == [Spend.WON] * len(Kind)
    assert [spend(store, name, kind=kind, proof=b"yours") for kind in Kind] == [Spend.LOST] * len(Kind)


def test_sites_do_not_meet(store: Store, spend: Spender, new_id: NewId) -> None:
    name = new_id()
    sites = (b"site-one", b"site-two", b"", b"\xff" * 8)
    assert [spend(store, name, site=site) for site in sites] == [Spend.WON] * len(sites)
    assert [spend(store, name, site=site) for site in sites] == [Spend.OWN] * len(sites)


def test_an_id_of_the_wrong_length_is_refused(store: Store, spend: Spender) -> None:
    with pytest.raises(ValueError, match="16 bytes, not 15"):
        spend(store, bytes(15))


def test_peek_says_how_spend_would_end_and_marks_nothing(store: Store, spend: Spender, new_id: NewId) -> None:
    name = new_id()

    def peek(proof: bytes, epoch: bytes) -> Spend:
        return store.peek(Kind.TOKEN, b"site-one", name, epoch, proof)

    assert peek(b"mine", store.epoch) is Spend.WON
    assert spend(store, name) is Spend.WON
    assert peek(b"mine", store.epoch) is Spend.OWN
    assert peek(b"yours", store.epoch) is Spend.LOST
    assert peek(b"mine", b"otherone") is Spend.RESET


def test_a_mark_outlives_its_id_by_skew_and_margin(
    store: Store, spend: Spender, new_id: NewId, elapse: Elapse
) -> None:
    name = new_id()
    spend(store, name)
    elapse(DAY + 60)
    purge(store, spend, new_id)
    assert spend(store, name) is Spend.OWN
    assert spend(store, name, proof=b"yours") is Spend.LOST


def test_what_may_have_been_purged_is_lost(
    store: Store, spend: Spender, new_id: NewId, elapse: Elapse
) -> None:
    names = [new_id() for _ in range(50)]
    for name in names:
        spend(store, name)
    elapse(DAY + 200)
    purge(store, spend, new_id)
    assert {spend(store, name) for name in names} == {Spend.LOST}


def test_a_clock_set_back_after_a_purge_opens_nothing(
    store: Store, spend: Spender, new_id: NewId, elapse: Elapse
) -> None:
    epoch, names = store.epoch, [new_id() for _ in range(50)]
    for name in names:
        spend(store, name)
    elapse(DAY + 200)
    purge(store, spend, new_id)
    elapse(-DAY - 200)
    assert {spend(store, name, epoch=epoch) for name in names} == {Spend.LOST}
    elapse(-DAY)
    assert not {spend(store, name, epoch=epoch) for name in names} & {Spend.WON, Spend.OWN}


def test_a_purge_of_one_kind_leaves_the_others(
    store: Store, spend: Spender, new_id: NewId, elapse: Elapse
) -> None:
    name = new_id()
    spend(store, name, kind=Kind.CHALLENGE)
    elapse(DAY + 200)
    purge(store, spend, new_id, kind=Kind.TOKEN)
    assert spend(store, name, kind=Kind.CHALLENGE) is Spend.OWN


def test_a_clock_that_was_years_ahead_is_recovered_from_and_opens_nothing(
    store: Store, spend: Spender, new_id: NewId, elapse: Elapse
) -> None:
    epoch, before = store.epoch, new_id()
    spend(store, before)
    elapse(3650 * DAY)
    ahead = [new_id() for _ in range(10)]
    for name in ahead:
        spend(store, name)
    elapse(2 * DAY)
    purge(store, spend, new_id)
    elapse(-3652 * DAY)
    assert spend(store, new_id(), epoch=epoch) is Spend.RESET
    assert store.epoch != epoch
    assert spend(store, new_id()) is Spend.WON
    assert {spend(store, name, epoch=epoch) for name in [before, *ahead]} == {Spend.RESET}


def test_hits_are_counted_per_key_and_window(store: Store, elapse: Elapse) -> None:
    assert [store.hit(b"a", 60) for _ in range(3)] == [1, 2, 3]
    assert store.hit(b"b", 60) == 1
    assert store.hit(b"a", 600) == 1
    assert (store.count(b"a", 60), store.count(b"a", 600), store.count(b"c", 60)) == (3, 1, 0)
    elapse(60)
    assert (store.count(b"a", 60), store.count(b"a", 600)) == (0, 1)
    assert store.hit(b"a", 60) == 1


def test_windows_are_aligned_to_the_clock(store: Store, elapse: Elapse) -> None:
    elapse(59.5)
    store.hit(b"k" * 64, 60)
    elapse(0.4)
    assert store.hit(b"k" * 64, 60) == 2
    elapse(0.1)
    assert store.count(b"k" * 64, 60) == 0


def test_statistics_add_up_and_come_sorted(store: Store) -> None:
    right, wrong = Tally(499_000, "forum", "q1", Event.RIGHT), Tally(499_000, "forum", "q1", Event.WRONG)
    later, other = Tally(499_001, "forum", "q1", Event.ASKED), Tally(499_000, "anglers", "q2", Event.SPAM)
    store.tally({later: 1, wrong: 2, right: 3})
    store.tally({wrong: 5, other: 1})
    assert list(store.stats(0)) == [(other, 1), (right, 3), (wrong, 7), (later, 1)]
    assert list(store.stats(499_001)) == [(later, 1)]
    assert list(store.stats(499_002)) == []


def test_statistics_older_than_their_days_go(
    store: Store, clock: Callable[[], float], elapse: Elapse
) -> None:
    old = Tally(int(clock() // 3600), "forum", "q1", Event.ASKED)
    store.tally({old: 1})
    elapse(STATS_DAYS * DAY)
    store.tally({old._replace(question="q2"): 1})
    assert len(list(store.stats(0))) == 2
    elapse(2 * 3600)
    new = Tally(int(clock() // 3600), "forum", "q1", Event.ASKED)
    store.tally({new: 1})
    assert list(store.stats(0)) == [(new, 1)]


def test_threads_cannot_both_win(store: Store, spend: Spender, new_id: NewId) -> None:
    names = [new_id() for _ in range(50)]
    verdicts: list[Spend] = []

    def run(number: int) -> None:
        verdicts.extend(spend(store, name, proof=b"%d" % number) for name in names)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Counter(verdicts) == {Spend.WON: 50, Spend.LOST: 350}


def test_hits_of_many_threads_are_all_counted(store: Store) -> None:
    threads = [threading.Thread(target=lambda: [store.hit(b"k", 60) for _ in range(50)]) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert store.count(b"k", 60) == 400


def test_ping_is_silent_and_close_may_come_twice(store: Store) -> None:
    store.ping()
    store.close()
    store.close()
