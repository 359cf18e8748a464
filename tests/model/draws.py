"""What the model draws: mostly what is meant to be, since a step that is refused at once leads nowhere."""

from __future__ import annotations

import hypothesis.strategies as st

from gate.stores.base import Kind
from tests.model.world import SECRETS

_LEAPS = [30.0, 290.0, 700.0, 5_000.0, 10_000_000.0]

place = st.integers(0, 1)
number = st.integers(0, 1000)
newest = st.one_of(*[st.just(0)] * 3, number)
sites = st.sampled_from(sorted(SECRETS))
actions = st.sampled_from(["", "reply"])
subjects = st.sampled_from(["", "17"])
keys = st.sampled_from(["", "key-1", "key-2"])
answers = st.sampled_from([*["right"] * 6, "wrong", "wrong", "empty", "long"])
misfits = st.sampled_from(["action", "about", "secret"])
fits = st.one_of(*[st.just("fits")] * 4, misfits)
addresses = st.sampled_from(["8.8.8.8", "2a00::1"])
rarely = st.integers(0, 4).map(lambda drawn: drawn == 4)
manners = st.sampled_from(["once", "once", "once", "race", "before", "after"])
kinds = st.sampled_from(list(Kind))
leaps = st.sampled_from(
    [*[0.5, 2.0, 2.0, 4.0, 4.0, -0.5, -2.0, -4.0] * 2, *_LEAPS, *(-leap for leap in _LEAPS)]
)
