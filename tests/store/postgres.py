"""A PostgreSQL server for tests: in a temporary folder, started by this process, reached by a Unix socket."""

from __future__ import annotations

import os
import select
import shutil
import socket
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import Any

_number = count()
_SOCKET = ".s.PGSQL.5432"


def programs() -> Path | None:
    """Return the folder of the server's programs, on the path or where Debian puts them, or None."""
    found = shutil.which("initdb")
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return Path(found).parent if found else debian[-1].parent if debian else None


class Server:
    """A server that can be stopped and started again. Under root it runs as the user ``postgres``."""

    def __init__(self, folder: Path, connections: int) -> None:
        self.folder = folder
        self._user: dict[str, Any] = {}
        if os.name == "posix" and os.geteuid() == 0:
            self._user = {"user": "postgres", "group": "postgres", "extra_groups": []}
            shutil.chown(folder, "postgres", "postgres")
        self._run("initdb", "--auth=trust", "--username=tutor", "--encoding=UTF8", "--no-locale", "--no-sync")
        settings = f"fsync = off\nlisten_addresses = ''\nshared_buffers = 16MB\nmax_connections = {connections}\n"
        with (folder / "data" / "postgresql.conf").open("a") as file:
            file.write(f"{settings}unix_socket_directories = '{folder}'\n")
        self.start()

    def _run(self, program: str, *arguments: str) -> None:
        found = programs()
        assert found is not None
        command = [str(found / program), "-D", str(self.folder / "data"), *arguments]
        quiet: dict[str, Any] = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.DEVNULL)
        subprocess.run(command, check=True, timeout=60, cwd="/", **quiet, **self._user)

    def start(self) -> None:
        """Start it and wait until it answers."""
        self._run("pg_ctl", "start", "--wait", "--log", str(self.folder / "log"))

    def stop(self) -> None:
        """Stop it as a crash does, without closing its connections."""
        self._run("pg_ctl", "stop", "--mode=immediate")

    def url(self, database: str) -> str:
        """Return the address of a database."""
        return f"postgresql:///{database}?host={self.folder}&user=tutor"

    def fresh(self) -> str:
        """Create an empty database and return its address."""
        name = f"progress{next(_number)}"
        self.execute(self.url("postgres"), f"create database {name}")
        return self.url(name)

    @staticmethod
    def execute(url: str, sql: str) -> None:
        """Run a statement as the server's owner."""
        import psycopg

        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(sql.encode())


class Proxy:
    """Pass data between a client and a server, and count round trips: how often the client sends after an answer."""

    def __init__(self, server: Server, folder: Path) -> None:
        self.trips = 0
        self._folder = folder
        self._server = str(server.folder / _SOCKET)
        self._listening = socket.socket(socket.AF_UNIX)
        self._listening.bind(str(folder / _SOCKET))
        self._listening.listen()
        threading.Thread(target=self._accept, daemon=True).start()

    def url(self, url: str) -> str:
        """Return a database's address by way of this proxy."""
        return url.replace(str(Path(self._server).parent), str(self._folder))

    def close(self) -> None:
        """Accept no more connections."""
        self._listening.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listening.accept()
                threading.Thread(target=self._carry, args=(client,), daemon=True).start()

    def _carry(self, client: socket.socket) -> None:
        with client, socket.socket(socket.AF_UNIX) as server, suppress(OSError):
            server.connect(self._server)
            spoke = server
            while True:
                for source, target in ((client, server), (server, client)):
                    if source not in select.select([client, server], [], [])[0]:
                        continue
                    data = source.recv(1 << 16)
                    if not data:
                        return
                    self.trips += source is client and spoke is server
                    spoke = source
                    target.sendall(data)


@contextmanager
def server(connections: int = 30) -> Iterator[Server]:
    """Run a server during the block."""
    folder = Path(tempfile.mkdtemp(prefix="tutor-postgres-"))
    try:
        running = Server(folder, connections)
        try:
            yield running
        finally:
            running.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
