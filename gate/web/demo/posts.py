"""The forum's topics and posts, in one SQLite file."""

from __future__ import annotations

import sqlite3
import time
import tomllib
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PAGE = 6
"""Topics on one page of the list."""

_SAMPLE = Path(__file__).with_name("sample.toml")
_BUSY_SECONDS = 5.0
_SCHEMA = (
    """CREATE TABLE IF NOT EXISTS topics (
        id INTEGER PRIMARY KEY, room TEXT NOT NULL, subject TEXT NOT NULL, locked INTEGER NOT NULL DEFAULT 0)""",
    """CREATE TABLE IF NOT EXISTS posts (
        id INTEGER PRIMARY KEY, topic INTEGER NOT NULL REFERENCES topics, name TEXT NOT NULL, email TEXT NOT NULL,
        subject TEXT NOT NULL, body TEXT NOT NULL, at REAL NOT NULL, receipt TEXT UNIQUE,
        hidden INTEGER NOT NULL DEFAULT 0)""",
    "CREATE INDEX IF NOT EXISTS posts_by_topic ON posts (topic, id)",
)
_TOPICS = """
    SELECT topics.id, room, topics.subject, locked, count(*) AS posts, name AS last_name, max(at) AS last_at
    FROM topics JOIN posts ON posts.topic = topics.id AND NOT hidden
    GROUP BY topics.id ORDER BY last_at DESC, topics.id DESC LIMIT ? OFFSET ?"""
_COUNT_TOPICS = "SELECT count(DISTINCT topic) AS topics FROM posts WHERE NOT hidden"
_POSTS = """
    SELECT posts.*, room FROM posts JOIN topics ON topics.id = posts.topic"""
_LOOKS, _LOOK_SECONDS = 40, 0.05
_INSERT = """
    INSERT INTO posts (topic, name, email, subject, body, at, receipt)
    SELECT id, ?, ?, ?, ?, ?, ? FROM topics WHERE id = ? AND NOT locked RETURNING id"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """A topic; ``posts``, ``last_name`` and ``last_at`` (seconds since 1970) are of those that can be seen."""

    id: int
    room: str
    subject: str
    locked: bool
    posts: int = 0
    last_name: str = ""
    last_at: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What a poster writes."""

    name: str
    email: str
    subject: str
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Post(Draft):
    """What was posted; ``at`` is in seconds since 1970, ``receipt`` the gate's."""

    id: int
    topic: int
    room: str
    at: float
    receipt: str | None
    hidden: bool


class Posts:
    """Reads and writes topics and posts; any number of threads and processes may use one file.

    A new file starts with sample topics.
    """

    def __init__(self, path: Path, *, clock: Callable[[], float] = time.time) -> None:
        self._path = path
        self._clock = clock
        path.touch(mode=0o600)
        with self._connection() as connection:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("BEGIN IMMEDIATE")
            for statement in _SCHEMA:
                connection.execute(statement)
            if connection.execute("SELECT 1 FROM topics").fetchone() is None:
                _fill(connection, clock())
            connection.execute("COMMIT")

    def topics(self, page: int) -> tuple[list[Topic], int, int]:
        """Return the topics of a page, those with the newest posts first, its number and how many there are."""
        with self._connection() as connection:
            count = connection.execute(_COUNT_TOPICS).fetchone()["topics"]
            pages = max(1, -(-count // PAGE))
            page = min(max(1, page), pages)
            rows = connection.execute(_TOPICS, (PAGE, (page - 1) * PAGE)).fetchall()
        return [Topic(**row) for row in rows], page, pages

    def all_topics(self) -> list[Topic]:
        """Return all topics that have a post to be seen, in the order of ``topics``."""
        with self._connection() as connection:
            return [Topic(**row) for row in connection.execute(_TOPICS, (-1, 0))]

    def topic(self, number: int) -> Topic | None:
        """Return one topic, without its posts."""
        with self._connection() as connection:
            row = connection.execute("SELECT * FROM topics WHERE id = ?", (number,)).fetchone()
        return Topic(**row) if row else None

    def of_topic(self, number: int) -> list[Post]:
        """Return a topic's posts that can be seen, oldest first."""
        return self._posts("WHERE topic = ? AND NOT hidden ORDER BY posts.id", number)

    def recent(self, count: int) -> list[Post]:
        """Return the newest posts of all topics, hidden ones too."""
        return self._posts("ORDER BY at DESC, posts.id DESC LIMIT ?", count)

    def post(self, number: int) -> Post | None:
        """Return one post, hidden or not."""
        return next(iter(self._posts("WHERE posts.id = ?", number)), None)

    def with_receipt(self, receipt: str) -> Post | None:
        """Return the post that was let through with this receipt."""
        return next(iter(self._posts("WHERE receipt = ?", receipt)), None)

    def arriving_with(self, receipt: str) -> Post | None:
        """Return the post with this receipt, waiting a little for one that is being stored at this moment."""
        for _ in range(_LOOKS):
            post = self.with_receipt(receipt)
            if post is not None:
                return post
            time.sleep(_LOOK_SECONDS)
        return None

    def add(self, topic: int, draft: Draft, receipt: str) -> int | None:
        """Store a reply and return its number; None if the topic takes no more replies.

        Raises:
            sqlite3.IntegrityError: there is a post with this receipt.
            sqlite3.Error: it could not be stored.
        """
        written = (draft.name, draft.email, draft.subject, draft.body)
        with self._connection() as connection:
            rows = connection.execute(_INSERT, (*written, self._clock(), receipt, topic)).fetchall()
        return rows[0]["id"] if rows else None

    def hide(self, number: int) -> None:
        """Take a post out of its topic."""
        with self._connection() as connection:
            connection.execute("UPDATE posts SET hidden = 1 WHERE id = ?", (number,))

    def lock(self, number: int, *, locked: bool) -> None:
        """Close a topic to replies, or open it again."""
        with self._connection() as connection:
            connection.execute("UPDATE topics SET locked = ? WHERE id = ?", (locked, number))

    def _posts(self, where: str, *values: object) -> list[Post]:
        with self._connection() as connection:
            return [Post(**row) for row in connection.execute(f"{_POSTS} {where}", values)]

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self._path, timeout=_BUSY_SECONDS, isolation_level=None)) as connection:
            connection.row_factory = _named
            yield connection


def _named(cursor: sqlite3.Cursor, row: tuple[Any, ...]) -> dict[str, Any]:
    """Return a row by its columns' names; 0 and 1 of a flag as what they mean."""
    named = {column[0]: value for column, value in zip(cursor.description, row, strict=True)}
    return {name: bool(value) if name in ("locked", "hidden") else value for name, value in named.items()}


def _fill(connection: sqlite3.Connection, now: float) -> None:
    """Write the sample topics; their posts lie as many hours back as the sample says."""
    sample = tomllib.loads(_SAMPLE.read_text("utf-8"))
    people = sample["people"]
    posts = []
    for number, topic in enumerate(sample["topic"], 1):
        locked = topic.get("locked", False)
        connection.execute(
            "INSERT INTO topics VALUES (?, ?, ?, ?)", (number, topic["room"], topic["subject"], locked)
        )
        for place, post in enumerate(topic["post"]):
            subject = post.get("subject") or ("Re: " if place else "") + topic["subject"]
            body = post.get("body", "").strip("\n")
            at = now - post["hours_ago"] * 3600
            posts.append((at, number, post["by"], people[post["by"]], subject, body))
    connection.executemany(
        "INSERT INTO posts (at, topic, name, email, subject, body) VALUES (?, ?, ?, ?, ?, ?)", sorted(posts)
    )
