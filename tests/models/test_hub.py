"""Models of the hub, from a real server on the loopback that answers as the hub does."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="needs PyTorch, of the extra models")

COMMIT = "0123456789abcdef0123456789abcdef01234567"
TOKEN = "hf_secretsecretsecret"  # noqa: S105 - made up, to be looked for in messages
LOAD = """
import sys, json
from disca_nb import models
from disca_nb.prompts import Prompt
model = models.load("own/model", device="cpu", revision=sys.argv[1] or None)
found = model.score([Prompt("", "Which?")], ["A", "B"])
print(json.dumps([model.name, dict(model.manifest), found.status.tolist()]))
"""


class Hub(ThreadingHTTPServer):
    """Serves one model, or answers every question with a fault."""

    def __init__(self, folder: Path) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.files = {path.name: path.read_bytes() for path in folder.iterdir()}
        self.fault: tuple[int, str] | None = None
        self.tokens: set[str] = set()
        self.asked: list[str] = []


class Handler(BaseHTTPRequestHandler):
    """Answers one request of a hub."""

    server: Hub

    def do_HEAD(self) -> None:
        self._answer(body=False)

    def do_GET(self) -> None:
        self._answer(body=True)

    def _answer(self, *, body: bool) -> None:
        path = self.path.split("?", maxsplit=1)[0]
        self.server.asked.append(path)
        self.server.tokens.add(self.headers.get("Authorization", ""))
        if self.server.fault is not None:
            return self._fail(*self.server.fault)
        if path.startswith("/api/"):
            siblings = [{"rfilename": name} for name in self.server.files]
            content = {"id": "own/model", "sha": COMMIT, "siblings": siblings}
            if "/tree/" in path:
                tree = [
                    {"type": "file", "path": name, "size": len(data), "oid": _tag(data)}
                    for name, data in self.server.files.items()
                ]
                return self._send(json.dumps(tree).encode(), body=body)
            return self._send(json.dumps(content).encode(), body=body)
        name = path.rpartition("/")[2]
        if name not in self.server.files:
            return self._refuse(404, "EntryNotFound")
        return self._send(self.server.files[name], body=body)

    def _send(self, data: bytes, *, body: bool) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(data)))
        self.send_header("ETag", f'"{_tag(data)}"')
        self.send_header("X-Repo-Commit", COMMIT)
        self.end_headers()
        if body:
            self.wfile.write(data)

    def _fail(self, code: int, kind: str) -> None:
        """Answer with a fault; code 0 is for those that are no answer."""
        if kind == "garbage":
            self.wfile.write(b"\x00\x01junk\r\n\r\n")
        if code == 0:
            self.close_connection = True
            return
        if code == 302:
            self.send_response(code)
            self.send_header("Location", self.path)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        self._refuse(code, kind)

    def _refuse(self, code: int, kind: str) -> None:
        self.send_response(code)
        self.send_header("X-Error-Code", kind)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Keep the test's output free of requests."""


def _tag(data: bytes) -> str:
    return hashlib.sha1(data).hexdigest()  # noqa: S324 - a name, as Git has it


@pytest.fixture
def hub(llama: Path) -> Iterator[Hub]:
    with Hub(llama) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def run(
    hub: Hub, folder: Path, revision: str = "", **variables: str
) -> subprocess.CompletedProcess[str]:
    """Load the hub's model in a process of its own, with this token and cache."""
    own = {
        "HF_ENDPOINT": f"http://127.0.0.1:{hub.server_port}",
        "HF_HOME": str(folder),
        "HF_HUB_DISABLE_XET": "1",
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("HF_", "DISCA_NB_"))}
    command = [sys.executable, "-W", "error", "-c", LOAD, revision]
    return subprocess.run(  # noqa: S603
        command, env=kept | own | variables, capture_output=True, text=True, check=False
    )


def test_a_model_is_downloaded_once_and_its_commit_recorded(hub: Hub, tmp_path: Path) -> None:
    hub.files["pytorch_model.bin"] = b"never read"
    done = run(hub, tmp_path, HF_TOKEN=TOKEN)
    assert done.returncode == 0, done.stderr
    name, manifest, status = json.loads(done.stdout)
    assert (name, status) == ("own/model", [1])
    assert (manifest["source"], manifest["revision"]) == ("hub", COMMIT)
    assert hub.tokens == {f"Bearer {TOKEN}"}
    assert TOKEN not in done.stdout + done.stderr
    assert not any("pytorch_model" in path for path in hub.asked)
    asked = len(hub.asked)
    again = run(hub, tmp_path, DISCA_NB_OFFLINE="1")
    assert again.returncode == 0, again.stderr
    assert json.loads(again.stdout)[1]["revision"] == COMMIT
    assert len(hub.asked) == asked


@pytest.mark.parametrize(
    ("fault", "token", "words"),
    [
        ((401, "GatedRepo"), "", "is gated; accept its terms on its page and set the variable HF_"),
        ((403, "GatedRepo"), TOKEN, "is gated, and the account of HF_TOKEN may not read it"),
        ((401, "RepoNotFound"), "", "There is no folder own/model, and no model of that name"),
        ((404, "RevisionNotFound"), "", "own/model has no revision 'v9'; choose one"),
        ((404, "EntryNotFound"), "", "own/model has no config.json on the hub"),
        ((418, "Teapot"), TOKEN, "could not be downloaded|cannot be reached"),
        ((0, "hangs up"), TOKEN, "could not be downloaded|cannot be reached"),
        ((0, "garbage"), TOKEN, "could not be downloaded|cannot be reached"),
        ((302, "to itself"), TOKEN, "could not be downloaded|cannot be reached"),
    ],
)
def test_what_the_hub_refuses(
    hub: Hub, tmp_path: Path, fault: tuple[int, str], token: str, words: str
) -> None:
    hub.fault = fault
    done = run(hub, tmp_path, "v9", **({"HF_TOKEN": token} if token else {}))
    assert done.returncode == 1
    last = done.stderr.splitlines()[-1]
    assert last.startswith("disca_nb.errors.")
    assert any(word in last for word in words.split("|")), last
    # Nothing of the request, which holds the token, is in the chain of errors.
    assert done.stderr.count("Traceback") == 1
    assert TOKEN not in done.stderr


def test_a_token_may_stand_between_white_space(hub: Hub, tmp_path: Path) -> None:
    assert run(hub, tmp_path, HF_TOKEN=f" {TOKEN}\n").returncode == 0
    assert hub.tokens == {f"Bearer {TOKEN}"}


@pytest.mark.parametrize("inside", ["\n", " ", "\x7f", "é"])
def test_a_token_that_cannot_be_one_is_not_shown(hub: Hub, tmp_path: Path, inside: str) -> None:
    done = run(hub, tmp_path, HF_TOKEN=f"hf_one{inside}{TOKEN}")
    assert "ParameterError: The variable HF_TOKEN holds white space" in done.stderr
    assert done.stderr.count("Traceback") == 1
    assert "secret" not in done.stderr + done.stdout
    assert hub.asked == []


def test_an_address_of_the_hub_that_is_none(hub: Hub, tmp_path: Path) -> None:
    done = run(hub, tmp_path, HF_ENDPOINT="http://me:secret@[bad")
    assert "ParameterError: The variable HF_ENDPOINT is no address" in done.stderr
    assert done.stderr.count("Traceback") == 1
    assert "secret" not in done.stderr


def test_a_token_that_others_left_on_the_disk_is_not_used(hub: Hub, tmp_path: Path) -> None:
    (tmp_path / "token").write_text(TOKEN)
    hub.fault = (401, "GatedRepo")
    run(hub, tmp_path)
    assert hub.tokens == {""}


def test_offline_without_a_copy(hub: Hub, tmp_path: Path) -> None:
    done = run(hub, tmp_path, DISCA_NB_OFFLINE="1")
    assert "not in the hub's cache, and DISCA_NB_OFFLINE=1 forbids" in done.stderr
    assert hub.asked == []


def test_a_model_without_safetensors(hub: Hub, tmp_path: Path) -> None:
    hub.files["pytorch_model.bin"] = hub.files.pop("model.safetensors")
    done = run(hub, tmp_path)
    assert "own/model has no weights in the format safetensors" in done.stderr


def test_a_model_that_cannot_be_used_costs_only_its_config(hub: Hub, tmp_path: Path) -> None:
    hub.files["config.json"] = b'{"model_type": "own", "auto_map": {}}'
    done = run(hub, tmp_path)
    assert "own/model needs code of its own" in done.stderr
    assert all(path.endswith("/config.json") for path in hub.asked)
