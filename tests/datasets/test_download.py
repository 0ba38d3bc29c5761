"""Downloads, against a real server on the loopback that holds the sample of the released logs."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Literal

import pandas as pd
import pytest
import xarray as xr

from disca_nb._data import data_path
from disca_nb.datasets import download, fetch, load_released, released_models, upstream
from disca_nb.errors import InputError, OfflineError, ParameterError, UnknownNameError

SAMPLE = ["USA", "JPN"]
Fault = Literal["", "missing", "wrong bytes", "cut short"]


class Mirror(ThreadingHTTPServer):
    """Serves the sample under the paths of the registry, well or badly, and counts requests."""

    def __init__(self, folder: Path) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        registry = pd.read_csv(data_path("upstream_registry.csv"))
        paths = registry[registry["model"] == "phi-4"]["path"]
        files = {f"/{path}": folder / Path(path).name for path in paths}
        self.bodies = {path: file.read_bytes() for path, file in files.items() if file.exists()}
        self.requests: list[str] = []
        self.fault: Fault = ""

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    """Answers one request of a mirror."""

    server: Mirror

    def do_GET(self) -> None:
        self.server.requests.append(self.path)
        if self.path not in self.server.bodies or self.server.fault == "missing":
            self.send_error(404)
            return
        body = self.server.bodies[self.path]
        if self.server.fault == "wrong bytes":
            body = b"?" + body[1:]
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if self.server.fault == "cut short" else body)

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
def mirror(reference_data: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Mirror]:
    """A running server that downloads go to."""
    assert not cache.exists()
    with Mirror(reference_data / "disca_recorded" / "upstream_sample") as server:
        monkeypatch.setenv("DISCA_NB_MIRROR", server.address)
        thread = threading.Thread(target=server.serve_forever, args=[0.01])
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def files_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def test_files_are_downloaded_once(mirror: Mirror) -> None:
    files = fetch("phi-4", countries=SAMPLE)
    assert [file.name for file in files] == [
        "swa_results_USA.csv",
        "vanilla_results_USA.csv",
        "swa_results_JPN.csv",
        "vanilla_results_JPN.csv",
    ]
    assert sorted(mirror.requests) == sorted(mirror.bodies)
    assert fetch("phi-4", countries=SAMPLE) == files
    assert len(mirror.requests) == 4


def test_files_lie_in_the_cache_under_the_commit_and_their_path(
    mirror: Mirror, cache: Path
) -> None:
    fetch("phi-4", countries=["USA"])
    found = {
        "/" + path.relative_to(cache / download.COMMIT).as_posix()
        for path in cache.rglob("*")
        if path.is_file()
    }
    assert found == {path for path in mirror.bodies if path.endswith("USA.csv")}


def test_what_was_fetched_is_what_the_server_holds(mirror: Mirror) -> None:
    for file in fetch("phi-4", countries=SAMPLE):
        assert file.read_bytes() == next(
            body for path, body in mirror.bodies.items() if path.endswith(file.name)
        )


def test_load_released_reads_what_was_fetched(mirror: Mirror, reference_data: Path) -> None:
    loaded = load_released("phi-4", countries=SAMPLE)
    sample = reference_data / "disca_recorded" / "upstream_sample"
    local = upstream.load_folder(sample, model="phi-4", countries=SAMPLE)
    xr.testing.assert_equal(loaded, local)
    assert loaded.country.values.tolist() == SAMPLE
    assert len(mirror.requests) == 4


def test_a_corrupted_file_is_fetched_again(mirror: Mirror) -> None:
    files = fetch("phi-4", countries=SAMPLE)
    whole = files[2].read_bytes()
    files[2].write_bytes(whole[:-1])
    fetch("phi-4", countries=SAMPLE)
    assert files[2].read_bytes() == whole
    assert mirror.requests[4:] == [path for path in mirror.bodies if path.endswith(files[2].name)]


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ("missing", "answered 404"),
        ("wrong bytes", "its checksum is wrong"),
        ("cut short", "no connection to .* or it broke off"),
    ],
)
def test_a_failed_download_is_explained_and_leaves_nothing(
    mirror: Mirror, cache: Path, fault: Fault, reason: str
) -> None:
    mirror.fault = fault
    with pytest.raises(OfflineError, match=reason) as caught:
        fetch("phi-4", countries=SAMPLE)
    assert str(caught.value).startswith("The released logs of phi-4 are not in the cache (")
    assert "phi-4/swa_results_USA.csv" in str(caught.value)
    assert str(cache) in str(caught.value)
    assert str(caught.value).endswith("; run 'disca-nb fetch phi-4' while online.")
    assert "\n" not in str(caught.value)
    assert list(cache.rglob("*")) == []


def test_a_failed_download_keeps_what_was_there(mirror: Mirror, cache: Path) -> None:
    fetch("phi-4", countries=["USA"])
    mirror.fault = "cut short"
    with pytest.raises(OfflineError, match=r"swa_results_JPN\.csv"):
        fetch("phi-4", countries=SAMPLE)
    assert files_in(cache) == ["swa_results_USA.csv", "vanilla_results_USA.csv"]


def test_after_a_failure_a_better_server_is_enough(mirror: Mirror, cache: Path) -> None:
    mirror.fault = "wrong bytes"
    with pytest.raises(OfflineError):
        fetch("phi-4", countries=["USA"])
    mirror.fault = ""
    fetch("phi-4", countries=["USA"])
    assert files_in(cache) == ["swa_results_USA.csv", "vanilla_results_USA.csv"]


def test_a_server_that_is_not_there_is_named(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        closed = f"http://127.0.0.1:{server.server_port}"
    monkeypatch.setenv("DISCA_NB_MIRROR", closed)
    with pytest.raises(OfflineError, match=f"no connection to {closed}"):
        fetch("phi-4", countries=["USA"])
    assert files_in(cache) == []


def test_a_server_that_says_nothing_is_given_up(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(download, "_PATIENCE", (0.2, 0.2))
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}"
        monkeypatch.setenv("DISCA_NB_MIRROR", address)
        with pytest.raises(OfflineError, match=f"no connection to {address}"):
            fetch("phi-4", countries=["USA"])
    assert files_in(cache) == []


@pytest.mark.usefixtures("cache")
def test_a_mirror_that_is_no_address_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISCA_NB_MIRROR", "somewhere")
    with pytest.raises(OfflineError, match="somewhere is no address"):
        fetch("phi-4", countries=["USA"])


def test_offline_a_filled_cache_is_enough(mirror: Mirror, monkeypatch: pytest.MonkeyPatch) -> None:
    fetch("phi-4", countries=["USA"])
    monkeypatch.setenv("DISCA_NB_OFFLINE", "1")
    assert load_released("phi-4", countries=["USA"]).country.values.tolist() == ["USA"]
    assert len(mirror.requests) == 2


@pytest.mark.parametrize("setting", ["true", "YES", " On ", "1"])
def test_any_yes_forbids_downloads(
    mirror: Mirror, monkeypatch: pytest.MonkeyPatch, setting: str
) -> None:
    monkeypatch.setenv("DISCA_NB_OFFLINE", setting)
    with pytest.raises(OfflineError, match=f"DISCA_NB_OFFLINE={setting} forbids downloads"):
        fetch("phi-4", countries=["USA"])
    assert mirror.requests == []


@pytest.mark.parametrize("setting", ["", "0", "False", "no", "OFF"])
def test_any_no_allows_them(mirror: Mirror, monkeypatch: pytest.MonkeyPatch, setting: str) -> None:
    monkeypatch.setenv("DISCA_NB_OFFLINE", setting)
    assert len(fetch("phi-4", countries=["USA"])) == len(mirror.requests) == 2


def test_neither_yes_nor_no_is_refused_even_where_nothing_is_missing(
    mirror: Mirror, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetch("phi-4", countries=["USA"])
    monkeypatch.setenv("DISCA_NB_OFFLINE", "maybe")
    with pytest.raises(ParameterError, match="DISCA_NB_OFFLINE is 'maybe'; set it to 1 to forbid"):
        fetch("phi-4", countries=["USA"])
    assert len(mirror.requests) == 2


def test_countries_may_be_one_text_or_be_made_on_the_fly(mirror: Mirror) -> None:
    assert load_released("phi-4", countries="USA").country.values.tolist() == ["USA"]
    made = (country for country in SAMPLE)
    assert load_released("phi-4", countries=made).country.values.tolist() == SAMPLE
    assert len(mirror.requests) == 4


@pytest.mark.parametrize("damage", [None, "damaged"], ids=["empty", "damaged"])
def test_offline_without_the_file_names_file_folder_and_remedy(
    mirror: Mirror, cache: Path, monkeypatch: pytest.MonkeyPatch, damage: str | None
) -> None:
    if damage:
        fetch("phi-4", countries=["USA"])[0].write_text(damage)
    asked = len(mirror.requests)
    monkeypatch.setenv("DISCA_NB_OFFLINE", "1")
    with pytest.raises(OfflineError, match="DISCA_NB_OFFLINE=1 forbids downloads") as caught:
        fetch("phi-4", countries=["USA"])
    assert str(caught.value).startswith("The released logs of phi-4 are not in the cache (")
    assert f"cache folder {cache}, first missing file " in str(caught.value)
    assert "phi-4/swa_results_USA.csv)" in str(caught.value)
    assert str(caught.value).endswith("; run 'disca-nb fetch phi-4' while online.")
    assert len(mirror.requests) == asked


@pytest.mark.parametrize("progress", [True, False])
def test_progress_is_shown_when_asked_for(
    mirror: Mirror, capsys: pytest.CaptureFixture[str], *, progress: bool
) -> None:
    fetch("phi-4", countries=["USA"], progress=progress)
    shown = capsys.readouterr().err
    assert ("phi-4: 100%" in shown) == progress
    assert ("2/2" in shown) == progress
    assert len(mirror.requests) == 2


@pytest.mark.usefixtures("cache")
def test_an_unknown_model_or_country_brings_a_suggestion() -> None:
    with pytest.raises(UnknownNameError, match=r"Unknown model 'phi4'; did you mean 'phi-4'\?"):
        fetch("phi4")
    with pytest.raises(UnknownNameError, match=r"Unknown country 'JPM'; did you mean 'JPN'\?"):
        load_released("phi-4", countries=["JPM"])


@pytest.mark.usefixtures("cache")
def test_no_country_at_all_is_refused() -> None:
    with pytest.raises(InputError, match="No country was named"):
        load_released("phi-4", countries=[])


def test_eleven_models_are_known_each_with_two_files_for_twenty_countries() -> None:
    registry = pd.read_csv(data_path("upstream_registry.csv"))
    assert len(released_models()) == 11
    assert (registry.groupby(["model", "country"]).size() == 2).all()
    assert (registry.groupby("model")["country"].nunique() == 20).all()
    assert registry["sha256"].str.fullmatch("[0-9a-f]{64}").all()
    # A model's files are loaded as one folder.
    folders = registry["path"].str.rpartition("/")[0]
    assert len(set(zip(registry["model"], folders, strict=True))) == 11


def test_the_cache_follows_the_environment_variable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISCA_NB_CACHE_DIR", str(tmp_path / "mine"))
    assert download.cache_folder() == tmp_path / "mine"
    monkeypatch.delenv("DISCA_NB_CACHE_DIR")
    assert download.cache_folder().name == "disca_nb"


def command(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run ``disca-nb`` in a process of its own."""
    return subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-m", "disca_nb", *arguments],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | environment,
        timeout=60,
    )


def test_the_command_fills_the_cache_ahead_for_work_without_a_network(
    mirror: Mirror, cache: Path
) -> None:
    filled = command("fetch", "phi-4", "--countries", "USA,JPN")
    assert filled.returncode == 0
    assert filled.stdout.startswith(f"phi-4: 4 files in {cache}")
    assert "4/4" in filled.stderr
    assert len(files_in(cache)) == 4
    again = command("fetch", "phi-4", "--countries", "USA,JPN", DISCA_NB_OFFLINE="1")
    assert again.returncode == 0
    assert len(mirror.requests) == 4


@pytest.mark.usefixtures("cache")
def test_the_command_lists_the_models() -> None:
    listed = command("fetch", "list")
    assert (listed.returncode, listed.stderr) == (0, "")
    assert listed.stdout.splitlines() == released_models()


@pytest.mark.parametrize(
    ("arguments", "code", "complaint"),
    [
        (["phi-5"], 2, "Unknown model 'phi-5'; did you mean 'phi-4'?"),
        (["phi-4", "--countries", "JPM"], 2, "Unknown country 'JPM'; did you mean 'JPN'?"),
        (["phi-4", "--countries", "USA"], 1, "DISCA_NB_OFFLINE=1 forbids downloads"),
    ],
)
def test_the_command_says_in_one_line_what_is_wrong(
    cache: Path, arguments: list[str], code: int, complaint: str
) -> None:
    failed = command("fetch", *arguments, DISCA_NB_OFFLINE="1")
    assert failed.returncode == code
    assert failed.stdout == ""
    assert failed.stderr.startswith("disca-nb: ")
    assert complaint in failed.stderr
    assert failed.stderr.count("\n") == 1
    assert not cache.exists()


def test_a_cache_that_cannot_be_written_is_explained(mirror: Mirror, cache: Path) -> None:
    cache.write_text("a file where the folder should be")
    with pytest.raises(OfflineError, match="Not a directory"):
        fetch("phi-4", countries=["USA"])
    assert mirror.requests == []
