"""An application that is loaded and used before its workers are forked: `preloaded.py FOLDER PORT`."""

from __future__ import annotations

import os
import signal
import socket
import sys
from pathlib import Path
from typing import Any

from werkzeug.serving import make_server

from tests.faults.forum import SITEKEY, build
from tests.service import SECRET, solutions, write_banks

WORKERS = 4


def main() -> None:
    """Let a token pass in the parent, so that its store is open and written to; then fork, and serve in all."""
    folder, port = Path(sys.argv[1]), int(sys.argv[2])
    write_banks(folder)
    app = build(folder)
    client: Any = app.test_client()
    asked = client.get("/v1/challenge", query_string={"sitekey": SITEKEY}).json
    answer = solutions()[asked["question"]]
    token = client.post("/v1/answer", json={"challenge": asked["challenge"], "answer": answer}).json["token"]
    assert client.post("/v1/verify", json={"secret": SECRET, "response": token}).json["success"]
    listening = socket.create_server(("127.0.0.1", port), backlog=256)
    for _ in range(WORKERS):
        if os.fork() == 0:
            make_server("127.0.0.1", 0, app, threaded=True, fd=listening.fileno()).serve_forever()
    signal.pause()


if __name__ == "__main__":
    main()
