"""The published file, downloaded once from a real server on the loopback."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from disca_nb.datasets.surveys import read_global_opinions, read_survey
from disca_nb.datasets.surveys._hub import REVISION
from disca_nb.errors import OfflineError, ParameterError

BODY = (
    b"question,selections,options,source\n"
    b"Is it so?,\"defaultdict(<class 'list'>, {'Japan': [0.4, 0.6]})\",\"['Yes', 'No']\",GAS\n"
)


class Hub(ThreadingHTTPServer):
    """Serves one file at one revision, well or badly, and counts requests."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.requests: list[str] = []
        self.fault = ""

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    """Answers one request."""

    server: Hub

    def do_GET(self) -> None:
        self.server.requests.append(self.path)
        if REVISION not in self.path or self.server.fault == "missing":
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(BODY)))
        self.end_headers()
        self.wfile.write(BODY[:50] if self.server.fault == "cut short" else BODY)

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache, and no setting from outside."""
    folder = tmp_path / "cache"
    monkeypatch.setenv("DISCA_NB_CACHE_DIR", str(folder))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.delenv("DISCA_NB_OFFLINE", raising=False)
    return folder


@pytest.fixture
def hub(cache: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    """A running server that downloads go to."""
    assert not cache.exists()
    with Hub() as server:
        monkeypatch.setenv("HF_ENDPOINT", f"{server.address}/")
        thread = threading.Thread(target=server.serve_forever, args=[0.01])
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_the_file_is_downloaded_once_at_the_pinned_revision(hub: Hub, cache: Path) -> None:
    bank = read_global_opinions("hub")
    assert bank.survey_share.values.tolist() == [[[0.4, 0.6]]]
    assert hub.requests == [
        f"/datasets/Anthropic/llm_global_opinions/resolve/{REVISION}/data/global_opinions.csv"
    ]
    assert bank.attrs["source"].endswith(f"revision {REVISION}")
    file = cache / "llm_global_opinions" / REVISION / "global_opinions.csv"
    assert file.read_bytes() == BODY
    read_survey("hub", drop="missing")
    assert len(hub.requests) == 1


def test_offline_a_filled_cache_is_enough(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    read_global_opinions("hub")
    monkeypatch.setenv("DISCA_NB_OFFLINE", "1")
    assert read_global_opinions("hub").country.values.tolist() == ["Japan"]
    assert len(hub.requests) == 1


def test_offline_without_the_file_names_file_and_remedy(
    hub: Hub, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISCA_NB_OFFLINE", "yes")
    with pytest.raises(OfflineError, match=r"DISCA_NB_OFFLINE=yes forbids downloads; .*copy") as no:
        read_global_opinions("hub")
    assert str(cache / "llm_global_opinions" / REVISION) in str(no.value)
    assert hub.requests == []


@pytest.mark.parametrize(
    ("fault", "reason"),
    [("missing", "answered 404"), ("cut short", "no connection to .* or it broke off")],
)
def test_a_failed_download_is_explained_and_leaves_nothing(
    hub: Hub, cache: Path, fault: str, reason: str
) -> None:
    hub.fault = fault
    with pytest.raises(OfflineError, match=f"could not be downloaded: .*{reason}") as caught:
        read_global_opinions("hub")
    assert "\n" not in str(caught.value)
    assert list(cache.rglob("*")) == []
    hub.fault = ""
    assert read_global_opinions("hub").sizes["question"] == 1


def test_another_revision_is_another_file(hub: Hub) -> None:
    read_global_opinions("hub")
    with pytest.raises(OfflineError, match="answered 404"):
        read_global_opinions("hub", revision="0" * 40)
    assert len(hub.requests) == 2


@pytest.mark.usefixtures("cache")
@pytest.mark.parametrize("revision", ["main", "../../x", "cb28804", ""])
def test_what_is_no_commit_is_refused(revision: str) -> None:
    with pytest.raises(ParameterError, match="give a commit of 40 hexadecimal digits"):
        read_global_opinions("hub", revision=revision)
