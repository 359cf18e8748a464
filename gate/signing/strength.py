"""Says why a secret could be guessed: too short, a published example, or typed rather than drawn."""

from __future__ import annotations

from itertools import pairwise

from gate.errors import WeakKeyError

__all__ = ["NEW_KEY", "SECRET_BYTES", "check_secret", "weak_reason"]

SECRET_BYTES = 32

NEW_KEY = 'make one with `gate keys new` or `python -c "import secrets; print(secrets.token_urlsafe(48))"`'
"""The remedy for every weak key."""

_EXAMPLES = frozenset(
    (
        "dev",
        "development",
        "test",
        "testing",
        "key",
        "secret",
        "mysecret",
        "secretkey",
        "mysecretkey",
        "supersecret",
        "supersecretkey",
        "thisisasecret",
        "thisissecret",
        "topsecret",
        "notasecret",
        "password",
        "default",
        "example",
        "arandomstring",
        "randomstring",
        "hardtoguessstring",
        "youwillneverguess",
        "myprecious",
        "flask",
        "mysecretkey123",
        "supersecretkey123",
        "supersecretstring",
        "somerandomstring",
        "averysecretkey",
        "areallylongsecretkey",
        "areallyreallylongsecretkey",
        "areallyreallyreallyreallylongsecretkey",
        "notsosecretkey",
        "insecuresecretkey",
        "thisisasecretkey",
        "thisismysecretkey",
        "devsecretkey",
        "developmentsecretkey",
        "donottellanyone",
        "donotuseinproduction",
        "thisshouldbechanged",
        # From Flask's own documentation, old and new; a search engine finds them in live sites.
        "5y2lf4q8z",
        "a0zr98j3yxrxhhjmnlwxrt",
        "192b9bdd22ab9ed4d12e236c78afcb9a393ec15f71bbf5dc987d54727823bcbf",
    )
)
"""Published secrets, reduced to lower-case ASCII letters and digits."""

_PLACEHOLDERS = (
    "changeme",
    "changethis",
    "replaceme",
    "replacethis",
    "yoursecret",
    "yourkeyhere",
    "secretkeyhere",
    "secretgoeshere",
    "secretkeygoeshere",
    "putsomethinghere",
    "placeholder",
    "qwertyuiop",
)
"""Words that give a secret away wherever they stand in it; long enough never to come up by chance."""


def weak_reason(secret: bytes, minimum: int = SECRET_BYTES) -> str | None:
    """Return why ``secret`` could be guessed, or None if nothing speaks against it.

    The reason reads on from the name of the secret ("has only 3 of at least 32 bytes") and never shows it.

    Args:
        secret: the secret as bytes; text as UTF-8.
        minimum: how many bytes it must have at least; 32 for keys of our own, 16 for a host application's.
    """
    if not secret.strip():
        return "is empty"
    if _is_example(secret):
        return "is an example that anybody can look up"
    if len(secret) < minimum:
        return f"has only {len(secret)} of at least {minimum} bytes"
    # Both bounds turn away fewer than one in 100,000 random hex secrets of 16 bytes or more.
    if len(set(secret)) < min(8, len(secret) // 4 + 1):
        return f"has only {len(set(secret))} different characters"
    if _repeats(secret):
        return "repeats one pattern"
    if _counts(secret):
        return "runs through the alphabet or the digits"
    return None


def check_secret(text: str | bytes, what: str = "the key") -> bytes:
    """Return the secret as bytes, white space around it dropped, as the last line of a file has it.

    Args:
        text: the secret as written in a configuration.
        what: what the message calls it.

    Raises:
        WeakKeyError: it could be guessed; neither message nor attributes show it.
    """
    secret = (text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text).strip()
    reason = weak_reason(secret)
    if reason is not None:
        raise WeakKeyError(f"{what} {reason}", NEW_KEY)
    return secret


def _is_example(secret: bytes) -> bool:
    plain = "".join(letter for letter in secret.lower().decode("ascii", "ignore") if letter.isalnum())
    # The sample configuration has dots where the key belongs.
    if not secret.strip(b".") or any(word in plain for word in _PLACEHOLDERS):
        return True
    # Random bytes may leave "dev" or "key" when all but letters is dropped, but not as half of what they are.
    return plain in _EXAMPLES and 2 * len(plain) >= len(secret)


def _repeats(secret: bytes) -> bool:
    """Say whether one pattern comes at least twice, with whatever stands between ("SECRET_KEY_SECRET_KEY")."""
    return any(secret[period:] == secret[:-period] for period in range(1, len(secret) // 2 + 2))


def _counts(secret: bytes) -> bool:
    steps = [abs(after - before) for before, after in pairwise(secret)]
    return sum(step <= 1 for step in steps) * 4 >= len(steps) * 3
