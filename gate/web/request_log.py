"""One structured line for each request, without secret, token, answer or address."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime

requests = logging.getLogger("gate.requests")


class JsonLines(logging.Formatter):
    """Writes each record as one JSON object on one line."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line; a record's ``fields`` are taken over as they are."""
        entry = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "message": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            entry["error"] = self.formatException(record.exc_info)
        return json.dumps(entry)


def log_as_json() -> None:
    """Send gate's log to standard error, a JSON object a line."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logger = logging.getLogger("gate")
    logger.handlers = [handler]
    logger.setLevel(logging.INFO)
    logger.propagate = False


def log_request(method: str, route: str, status: int, seconds: float, code: str) -> None:
    """Write the line of one request; ``route`` is the rule that matched, never the URL that was sent."""
    fields = {
        "method": method if method.isalpha() else "?",
        "route": route,
        "status": status,
        "ms": round(seconds * 1000, 2),
        "code": code,
    }
    requests.info("request", extra={"fields": fields})
