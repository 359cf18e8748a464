from __future__ import annotations

import random
import secrets
import string

import pytest

from gate.errors import WeakKeyError
from gate.signing.keys import NEW_KEY, check_secret, weak_reason


@pytest.mark.parametrize(
    ("secret", "reason"),
    [
        ("", "is empty"),
        (" \n ", "is empty"),
        ("...", "is an example that anybody can look up"),
        ("dev", "is an example that anybody can look up"),
        ("Dev", "is an example that anybody can look up"),
        ("super-secret-key", "is an example that anybody can look up"),
        ("This should be changed!", "is an example that anybody can look up"),
        ("dev_secret_key", "is an example that anybody can look up"),
        ("changeme", "is an example that anybody can look up"),
        ("change-me-9f8a7c6b5d4e3f2a1b0c9d8e", "is an example that anybody can look up"),
        ("your-secret-key-goes-here-0123456", "is an example that anybody can look up"),
        ("A0Zr98j/3yX R~XHH!jmN]LWX/,?RT", "is an example that anybody can look up"),
        (
            "192b9bdd22ab9ed4d12e236c78afcb9a393ec15f71bbf5dc987d54727823bcbf",
            "is an example that anybody can look up",
        ),
        ("Zk3xW8q1Yb7Lm0Vt5Rc2Nd9Pf4Hg6Js", "has only 31 of at least 32 bytes"),
        ("a" * 64, "has only 1 different characters"),
        ("abcdefg" * 9, "has only 7 different characters"),
        ("Zk3xW8q1Yb7Lm0Vt" * 2, "repeats one pattern"),
        ("Zk3xW8q1Yb7Lm0Vt" * 3 + "Zk3", "repeats one pattern"),
        ("abcdefghijklmnopqrstuvwxyz0123456789", "runs through the alphabet or the digits"),
        ("98765432109876543210ZYXWVUTSRQPONMLKJ", "runs through the alphabet or the digits"),
        ("aabbccddeeffgghhiijjkkllmmnnoopp", "runs through the alphabet or the digits"),
    ],
)
def test_weak_secret_is_refused_and_says_why(secret: str, reason: str) -> None:
    assert weak_reason(secret.encode()) == reason


def test_a_hosts_key_needs_sixteen_bytes_and_no_example() -> None:
    assert weak_reason(b"x8Kd03mQzL5vR1w", 16) == "has only 15 of at least 16 bytes"
    assert weak_reason(b"x8Kd03mQzL5vR1wT", 16) is None
    assert weak_reason(b'_5#y2L"F4Q8z\n\xec]/', 16) == "is an example that anybody can look up"
    long = b"a really really really really long secret key"
    assert weak_reason(long, 16) == "is an example that anybody can look up"
    assert weak_reason(b"SECRET_KEY_SECRET_KEY", 16) == "repeats one pattern"


@pytest.mark.parametrize(
    "make",
    [
        lambda chance: chance.randbytes(16),
        lambda chance: chance.randbytes(32).hex().encode(),
        lambda chance: chance.randbytes(16).hex().encode(),
        lambda chance: chance.randbytes(8).hex().encode(),
        lambda chance: "".join(chance.choices(string.ascii_letters + string.digits, k=32)).encode(),
    ],
    ids=["16 raw bytes", "64 hex", "32 hex", "16 hex", "32 letters"],
)
def test_random_secret_is_taken(make: object) -> None:
    chance = random.Random(17)
    assert [weak_reason(make(chance), 16) for _ in range(2_000)] == [None] * 2_000  # type: ignore[operator]


def test_three_letters_left_among_random_bytes_are_no_example() -> None:
    assert weak_reason(b"\x91d\xf0\x03\xb7e\x1c\xd8\xaa\x99v\x15\xc4\xfe\x86\xe1", 16) is None


def test_secret_comes_back_as_bytes_without_the_last_line_break_of_its_file() -> None:
    text = secrets.token_urlsafe(48)
    assert (
        check_secret(text)
        == check_secret(f"{text}\n")
        == check_secret(f" {text}\r\n".encode())
        == text.encode()
    )


def test_message_gives_the_remedy_and_hides_the_secret() -> None:
    secret = "Zk3xW8q1Yb7Lm0Vt5Rc2"
    with pytest.raises(WeakKeyError) as caught:
        check_secret(secret, "signing.current")
    assert str(caught.value) == f"signing.current has only 20 of at least 32 bytes; {NEW_KEY}"
    assert "gate keys new" in NEW_KEY
    assert "secrets.token_urlsafe(48)" in NEW_KEY
    assert secret not in repr(caught.value) + repr(vars(caught.value))
