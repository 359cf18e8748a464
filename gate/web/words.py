"""What a poster is told beside the question, one sentence or two for each thing that can happen."""

from __future__ import annotations

from gate.verdicts import Code

TITLE = "Spam check"
WHY = "One question, so that machines cannot post here."
ANSWERED = "Answered. You can post now."
REPEATED = "This reply was already sent. It is posted once."
UNAVAILABLE = "The spam check cannot be reached at the moment. Your text is kept: send it again in a minute."
ANOTHER = "Here is another question."

_SAYS: dict[Code, str] = {
    Code.INCORRECT_ANSWER: "“{question}” That is not the answer. Here is another question; your text is kept.",
    Code.MISSING_ANSWER: "Type an answer to the question, then send again.",
    Code.ANSWER_TOO_LONG: "The answer is too long: a word or a number is enough.",
    Code.ANSWERED_TOO_FAST: "That was very quick. Wait a second, then send again.",
    Code.RATE_LIMITED: "There were many tries from your network. Your text is kept: wait {wait}, then send again.",
    Code.CHALLENGE_USED: "The earlier question was already used. Here is another question; your text is kept.",
    Code.CHALLENGE_EXPIRED: "The earlier question is too old. Here is another question; your text is kept.",
    Code.TIMEOUT_OR_DUPLICATE: "Your earlier answer was already used or is too old. Answer one more question.",
}
_START_AGAIN = "The spam check has to start again: answer this question. Your text is kept."


def say(code: Code, *, question: str = "", wait: int | None = None) -> str:
    """Return what the poster is told for a code; ``wait`` is in seconds."""
    return _SAYS.get(code, _START_AGAIN).format(question=question, wait=_time(wait or 1))


def _time(seconds: int) -> str:
    if seconds < 60:
        return "1 second" if seconds == 1 else f"{seconds} seconds"
    minutes = -(-seconds // 60)
    return "1 minute" if minutes == 1 else f"{minutes} minutes"
