"""Tiny models with random weights, saved once and loaded through the public route."""

from __future__ import annotations

from pathlib import Path

import pytest
import tiny_models

from disca_nb import models


@pytest.fixture(scope="session", params=list(tiny_models.FAMILIES))
def family(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a model, of each architecture in turn."""
    pytest.importorskip("torch", reason="needs PyTorch, of the extra models")
    name = str(request.param)
    return tiny_models.save_tiny(tmp_path_factory.mktemp("tiny") / name, name)


@pytest.fixture(scope="session")
def llama(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a tiny Llama."""
    pytest.importorskip("torch", reason="needs PyTorch, of the extra models")
    return tiny_models.save_tiny(tmp_path_factory.mktemp("llama") / "llama")


@pytest.fixture
def model(llama: Path) -> models.HuggingFaceModel:
    """Return the tiny Llama, loaded anew."""
    return models.load(llama, device="cpu")
