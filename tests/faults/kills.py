"""Four workers that are forked from one parent and killed, one every 200 ms: `kills.py FOLDER PORT KILLS`."""

from __future__ import annotations

import os
import random
import signal
import socket
import sys
import time
from pathlib import Path

from werkzeug.serving import make_server

from tests.faults.forum import build
from tests.service import write_banks

WORKERS = 4
EVERY = 0.2


def start(folder: Path, listening: socket.socket) -> int:
    """Fork a worker that serves the forum; return its process id."""
    pid = os.fork()
    if pid == 0:
        server = make_server("127.0.0.1", 0, build(folder), threaded=True, fd=listening.fileno())
        server.serve_forever()
    return pid


def main() -> None:
    """Serve; once there is a file "go", kill so often, and on until there is a file "enough"; then serve on."""
    folder, port, least = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    write_banks(folder)
    build(folder)  # all that a worker imports is there before it is forked
    listening = socket.create_server(("127.0.0.1", port), backlog=256)
    workers = [start(folder, listening) for _ in range(WORKERS)]
    while not (folder / "go").exists():
        time.sleep(0.05)
    kills = 0
    while kills < least or not (folder / "enough").exists():
        time.sleep(EVERY)
        victim = random.randrange(WORKERS)
        os.kill(workers[victim], signal.SIGKILL)
        os.waitpid(workers[victim], 0)
        kills += 1
        workers[victim] = start(folder, listening)
    print(kills, flush=True)  # noqa: T201
    signal.pause()


if __name__ == "__main__":
    main()
