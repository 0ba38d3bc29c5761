"""JupyterLab on loopback, with settings and folders of its own."""

from __future__ import annotations

import json
import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

__all__ = ["Server", "jupyterlab"]

_STARTS_WITHIN = 90.0
_STOPS_WITHIN = 20.0
# No proxy of the environment may come between.
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))

_SERVER = {
    "ServerApp": {"ip": "127.0.0.1", "open_browser": False, "port_retries": 0},
    "LabApp": {
        "expose_app_in_browser": True,
        "extension_manager": "readonly",
        "check_for_updates_class": "jupyterlab.handlers.announcements.NeverCheckForUpdate",
        "news_url": None,
    },
}
_SETTINGS = {
    "@jupyterlab/apputils-extension:notification": {"checkForUpdates": False, "fetchNews": "false"},
    "@jupyterlab/docmanager-extension:plugin": {"autosave": False},
    # Every cell stays in the page, seen or not.
    "@jupyterlab/notebook-extension:tracker": {
        "windowingMode": "none",
        "scrollPastEnd": False,
    },
}


@dataclass(frozen=True)
class Server:
    """A running JupyterLab.

    Attributes
    ----------
    url : str
        Its address, without a slash at the end.
    token : str
        What it wants to see.
    root : pathlib.Path
        The folder that it serves.
    log : pathlib.Path
        What it and its kernels print.
    """

    url: str
    token: str
    root: Path
    log: Path

    def address(self, notebook: str) -> str:
        """Return where a notebook opens, in a workspace that no other page shares."""
        workspace = secrets.token_hex(4)
        return f"{self.url}/lab/workspaces/{workspace}/tree/{notebook}?token={self.token}"

    def ask(self, path: str, method: str = "GET") -> Any:  # noqa: ANN401 - whatever it answers
        """Return what the server's interface answers, as JSON."""
        request = urllib.request.Request(  # noqa: S310 - on loopback
            self.url + path, method=method, headers={"Authorization": f"token {self.token}"}
        )
        with _DIRECT.open(request, timeout=_STOPS_WITHIN) as answer:
            return json.loads(answer.read() or b"null")

    def stop_kernels(self) -> None:
        """End every session and its kernel."""
        for session in self.ask("/api/sessions"):
            self.ask(f"/api/sessions/{session['id']}", "DELETE")


@contextmanager
def jupyterlab(root: Path, home: Path) -> Iterator[Server]:
    """Start JupyterLab and end it, with all its kernels, when the block is left.

    Parameters
    ----------
    root : pathlib.Path
        Folder of notebooks.
    home : pathlib.Path
        Empty folder for everything that Jupyter, IPython and matplotlib keep.

    Yields
    ------
    Server
        Once it answers.
    """
    server = Server(f"http://127.0.0.1:{_free_port()}", secrets.token_hex(16), root, home / "log")
    env = _environment(home, server)
    command = [sys.executable, "-m", "jupyterlab", f"--port={server.url.rpartition(':')[2]}"]
    # Tests run as whoever builds, which in a container is root.
    command += ["--allow-root", f"--ServerApp.root_dir={root}"]
    with (
        server.log.open("wb") as log,
        subprocess.Popen(  # noqa: S603
            command, cwd=root, env=env, stdout=log, stderr=log, start_new_session=True
        ) as process,
    ):
        try:
            _wait(server, process)
            yield server
        finally:
            _end(server, process)


def _environment(home: Path, server: Server) -> Mapping[str, str]:
    """Write settings and return the environment of a server that knows no user's."""
    config = home / "config"
    (config / "labconfig").mkdir(parents=True)
    (config / "jupyter_server_config.json").write_text(json.dumps(_SERVER), encoding="utf-8")
    overrides = config / "labconfig" / "default_setting_overrides.json"
    overrides.write_text(json.dumps(_SETTINGS), encoding="utf-8")
    mine = ("JUPYTER", "IPYTHON", "MPLBACKEND", "PYTEST")
    kept = {name: text for name, text in os.environ.items() if not name.startswith(mine)}
    return {
        **kept,
        "HOME": str(home),
        "JUPYTER_CONFIG_DIR": str(config),
        "JUPYTER_DATA_DIR": str(home / "data"),
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
        "JUPYTERLAB_SETTINGS_DIR": str(home / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"),
        "IPYTHONDIR": str(home / "ipython"),
        "MPLCONFIGDIR": str(home / "matplotlib"),
        # Compiled once for all notebooks of a run.
        "DISCA_NB_JIT_CACHE": "1",
        "NUMBA_CACHE_DIR": str(home / "numba"),
        "DISCA_NB_OFFLINE": "1",
        "HF_HUB_OFFLINE": "1",
        # Not on the command line, which every user of the machine can read.
        "JUPYTER_TOKEN": server.token,
    }


def _free_port() -> int:
    """Return a port of loopback that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _wait(server: Server, process: subprocess.Popen[bytes]) -> None:
    """Return once the server answers; raise with what it printed when it ends or hangs."""
    until = time.monotonic() + _STARTS_WITHIN
    while time.monotonic() < until and process.poll() is None:
        try:
            server.ask("/api/status")
        except OSError:
            time.sleep(0.2)
        else:
            return
    told = server.log.read_text(encoding="utf-8", errors="replace")[-3000:]
    raise RuntimeError(f"JupyterLab did not start at {server.url}:\n{told}")


def _end(server: Server, process: subprocess.Popen[bytes]) -> None:
    """End kernels and server."""
    if process.poll() is None:
        # One that does not answer is ended all the same.
        with suppress(OSError):
            server.stop_kernels()
        process.terminate()
    try:
        process.wait(_STOPS_WITHIN)
    except subprocess.TimeoutExpired:
        process.kill()
