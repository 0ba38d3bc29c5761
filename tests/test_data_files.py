"""The files that ship: each has a loader, is found wherever it lies, and is our own."""

from __future__ import annotations

import hashlib
import importlib.util
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

import disca_nb
from disca_nb import _data, datasets
from disca_nb._data import data_path
from disca_nb._values import open_texts
from disca_nb.datasets import values
from disca_nb.errors import UnknownNameError
from disca_nb.models import embedded
from disca_nb.prompts import packs, survey_frames

ROOT = Path(__file__).parents[1]
SHIPPED = sorted(
    path.relative_to(ROOT / "data").as_posix()
    for path in (ROOT / "data").rglob("*")
    if path.is_file() and path.suffix != ".md"
)
# Folders that are one thing, whatever files they hold.
WHOLE = ("demo_results.zarr", "embedded")
ENTRIES = sorted({top if (top := name.split("/")[0]) in WHOLE else name for name in SHIPPED})
LANGUAGES = sorted(path.stem for path in (ROOT / "data" / "frames").glob("??.json"))


def frames_of(language: str) -> Callable[[], object]:
    """Return what loads the frames of a language, past its cache."""
    return lambda: survey_frames._shipped.__wrapped__(language)


def translation_of(name: str) -> Callable[[], object]:
    """Return what loads a translation of the sample."""
    return lambda: disca_nb.read_translation(name, datasets.surveys.sample())


def questions_of(language: str) -> Callable[[], object]:
    """Return what loads the value questions of a language."""
    return lambda: values.sample_questions(language)


def open_texts_of(language: str) -> Callable[[], object]:
    """Return what loads the texts of answers in words of a language, past its cache."""
    return lambda: open_texts._texts.__wrapped__(language)


LOADERS: dict[str, Callable[[], object]] = {
    "country_names.csv": datasets.country_names._table.__wrapped__,
    "demo_results.zarr": datasets.demo_panel,
    "embedded": lambda: (embedded.folder(), embedded.tasks()),
    **{f"frames/{language}.json": frames_of(language) for language in LANGUAGES},
    "frames/schema.json": frames_of("ko"),
    "human_preferences.csv": datasets.targets.moral_machine,
    "language_shares.csv": datasets.languages.multitp,
    "opinions_demo.nc": datasets.surveys.demo_answers,
    "packs/en.json": lambda: packs._shipped.__wrapped__("en"),
    "packs/schema.json": lambda: packs._shipped.__wrapped__("en"),
    "profiles.csv": datasets.profiles.shipped,
    "regions.csv": lambda: datasets.regions._table.__wrapped__("region"),
    "survey_sample.json": datasets.surveys.sample,
    "tiles.csv": datasets.tiles._table.__wrapped__,
    **{
        f"translations/sample.{lang}.csv": translation_of(f"sample.{lang}") for lang in ("de", "ko")
    },
    "upstream_registry.csv": datasets.released_models,
    "value_registry.csv": values.value_files,
    **{f"values/{lang}.json": questions_of(lang) for lang in ("de", "en", "ko")},
    **{f"values/{lang}.json": open_texts_of(lang) for lang in ("ja", "zh")},
    "values_demo.nc": values.recorded_responses,
}


def test_readme_says_how_much_there_is_to_download() -> None:
    sizes = pd.read_csv(data_path("upstream_registry.csv")).groupby("model")["bytes"].sum() / 1e6
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert f"({sizes['phi-4']:.0f} MB)" in text
    assert f"({len(sizes)} models, {sizes.sum():.0f} MB)" in text


def test_every_shipped_file_has_a_loader() -> None:
    assert sorted(LOADERS) == ENTRIES


@pytest.mark.parametrize("name", LOADERS)
def test_the_loader_reads_that_file(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = shutil.copytree(ROOT / "data", tmp_path / "data")
    monkeypatch.setattr(_data, "_PACKAGE", tmp_path / "disca_nb")
    LOADERS[name]()
    shutil.rmtree(copy / name) if name in WHOLE else (copy / name).unlink()
    # The packs, frames and translations that came are those there are.
    folder, _, file = name.rpartition("/")
    unknown = folder in {"packs", "frames", "translations"} and file != "schema.json"
    error = UnknownNameError if unknown else FileNotFoundError
    what = "translation" if folder == "translations" else "language"
    message = f"Unknown {what}" if unknown else f"{name}.* did not come with this installation"
    with pytest.raises(error, match=message):
        LOADERS[name]()


@pytest.mark.parametrize("place", ["data", "disca_nb/data"], ids=["checkout", "package"])
def test_data_are_found_beside_the_package_and_inside_it(tmp_path: Path, place: str) -> None:
    package = tmp_path / "disca_nb"
    package.mkdir()
    shutil.copy(str(_data.__file__), package)
    shutil.copytree(ROOT / "data", tmp_path / place)
    spec = importlib.util.spec_from_file_location("elsewhere", package / "_data.py")
    assert spec is not None
    assert spec.loader is not None
    elsewhere = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(elsewhere)
    for name in SHIPPED:
        assert elsewhere.data_path(name) == tmp_path / place / name


def test_a_wheel_carries_every_shipped_file(tmp_path: Path) -> None:
    pytest.importorskip("hatchling", reason="the build backend is not installed")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)  # noqa: S603 - ours
    with zipfile.ZipFile(next(tmp_path.glob("*.whl"))) as wheel:
        for name in SHIPPED:
            assert wheel.read(f"disca_nb/data/{name}") == data_path(name).read_bytes()


def test_no_shipped_file_is_a_copy_of_reference_data(reference_data: Path) -> None:
    def digest(path: Path) -> str:
        return hashlib.sha256(path.read_bytes()).hexdigest()

    reference = {digest(path): path for path in reference_data.rglob("*") if path.is_file()}
    assert len(reference) > 20
    assert {name: reference.get(digest(data_path(name))) for name in SHIPPED} == dict.fromkeys(
        SHIPPED
    )
