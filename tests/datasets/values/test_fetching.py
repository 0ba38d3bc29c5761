"""Downloads of value questions, from a real server on the loopback with files made here."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pandas as pd
import pytest

from disca_nb import _data
from disca_nb.datasets.values import fetch_value_questions, read_value_questions, value_files
from disca_nb.datasets.values.fetching import COMMIT
from disca_nb.errors import OfflineError, ParameterError, UnknownNameError


def question(text: str, language: str) -> bytes:
    options = {"yes": "supports", "no": "opposes"}
    row = {"topic": "Tea", "question": text, "original": text, "options": options}
    return json.dumps({**row, "original_english": "Tea?", "language": language}).encode()


BODIES = {
    "/data/controversial_english_us.jsonl": question("Tea?", "en"),
    "/data/controversial_german_us.jsonl": question("Tee?", "de"),
    "/data/pvq_german.jsonl": b"portraits",
}
NAMES = [Path(path).stem for path in BODIES]


class Mirror(ThreadingHTTPServer):
    """Serves the files, well or badly, and counts requests."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.requests: list[str] = []
        self.fault = ""


class Handler(BaseHTTPRequestHandler):
    """Answers one request."""

    server: Mirror

    def do_GET(self) -> None:
        self.server.requests.append(self.path)
        if self.path not in BODIES or self.server.fault == "missing":
            self.send_error(404)
            return
        body = BODIES[self.path]
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(b"?" + body[1:] if self.server.fault == "wrong bytes" else body)

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache, no setting from outside, and a registry of the files made here."""
    folder = tmp_path / "cache"
    monkeypatch.setenv("DISCA_NB_CACHE_DIR", str(folder))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.delenv("DISCA_NB_OFFLINE", raising=False)
    table = pd.DataFrame(
        {
            "name": NAMES,
            "kind": ["questions", "questions", "portraits"],
            "path": [path[1:] for path in BODIES],
            "sha256": [hashlib.sha256(body).hexdigest() for body in BODIES.values()],
            "bytes": [len(body) for body in BODIES.values()],
        }
    )
    (tmp_path / "data").mkdir()
    table.to_csv(tmp_path / "data" / "value_registry.csv", index=False)
    for shipped in ("country_names.csv",):
        (tmp_path / "data" / shipped).write_bytes(_data.data_path(shipped).read_bytes())
    monkeypatch.setattr(_data, "_PACKAGE", tmp_path / "disca_nb")
    return folder


@pytest.fixture
def mirror(cache: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Mirror]:
    """A running server that downloads go to."""
    assert not cache.exists()
    with Mirror() as server:
        monkeypatch.setenv("DISCA_NB_MIRROR", f"http://127.0.0.1:{server.server_port}")
        thread = threading.Thread(target=server.serve_forever, args=[0.01])
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_questions_are_downloaded_once_and_read_from_one_folder(
    mirror: Mirror, cache: Path
) -> None:
    files = fetch_value_questions()
    assert [file.stem for file in files] == NAMES[:2]
    assert {file.parent for file in files} == {cache / COMMIT / "data"}
    assert fetch_value_questions() == files
    assert len(mirror.requests) == 2
    questions = read_value_questions(files[0].parent)
    assert questions["value_question"].values.tolist() == ["Tea/Tea?"] * 2


def test_files_are_asked_for_by_name(mirror: Mirror) -> None:
    assert [file.name for file in fetch_value_questions("pvq_german")] == ["pvq_german.jsonl"]
    files = fetch_value_questions([NAMES[1], NAMES[0], NAMES[1]])
    assert [file.stem for file in files] == [NAMES[1], NAMES[0]]
    assert len(mirror.requests) == 3


def test_a_damaged_file_is_fetched_again(mirror: Mirror) -> None:
    [file] = fetch_value_questions(NAMES[0])
    file.write_bytes(b"{}")
    fetch_value_questions(NAMES[0])
    assert file.read_bytes() == next(iter(BODIES.values()))
    assert len(mirror.requests) == 2


@pytest.mark.parametrize(
    ("fault", "reason"),
    [("missing", "answered 404"), ("wrong bytes", "its checksum is wrong")],
)
def test_a_failed_download_is_explained_and_leaves_nothing(
    mirror: Mirror, cache: Path, fault: str, reason: str
) -> None:
    mirror.fault = fault
    with pytest.raises(OfflineError, match=reason) as caught:
        fetch_value_questions()
    text = str(caught.value)
    assert text.startswith(f"The value questions are not in the cache (cache folder {cache}, ")
    assert "data/controversial_english_us.jsonl" in text
    assert text.endswith("; fetch them while online, or read a copy of your own.")
    assert list(cache.rglob("*")) == []


def test_offline_needs_what_is_in_the_cache(
    mirror: Mirror, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = fetch_value_questions(NAMES[0])
    monkeypatch.setenv("DISCA_NB_OFFLINE", "1")
    assert fetch_value_questions(NAMES[0]) == files
    with pytest.raises(OfflineError, match="DISCA_NB_OFFLINE=1 forbids downloads"):
        fetch_value_questions()
    monkeypatch.setenv("DISCA_NB_OFFLINE", "perhaps")
    with pytest.raises(ParameterError, match="DISCA_NB_OFFLINE is 'perhaps'"):
        fetch_value_questions(NAMES[0])
    assert len(mirror.requests) == 1


def test_progress_is_shown_where_asked(mirror: Mirror, capsys: pytest.CaptureFixture[str]) -> None:
    fetch_value_questions(NAMES[0])
    assert capsys.readouterr().err == ""
    fetch_value_questions(progress=True)
    assert "2/2" in capsys.readouterr().err
    assert len(mirror.requests) == 2


def test_unknown_names_are_refused() -> None:
    with pytest.raises(UnknownNameError, match=r"did you mean 'controversial_german_us'\?"):
        fetch_value_questions("controversial_germn_us")


def test_the_shipped_registry_names_each_file_once() -> None:
    files = value_files()
    assert files["name"].is_unique
    assert files["path"].is_unique
    assert files["sha256"].str.fullmatch(r"[0-9a-f]{64}").all()
    assert files["kind"].value_counts().to_dict() == {
        "questions": 14,
        "judgements": 6,
        "portraits": 3,
    }
