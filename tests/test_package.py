"""The package as a whole: light to import, layered, documented, in short files."""

from __future__ import annotations

import ast
import importlib
import inspect
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import disca_nb

PACKAGE = Path(disca_nb.__file__).parent
FILES = sorted(PACKAGE.rglob("*.py"))
# From left to right: a module imports from its own group and those before it.
LAYERS = (
    ("errors", "_types", "_accelerate", "_data", "_atomic", "_version", "_registry", "variables"),
    ("kernels",),
    ("results", "datasets", "_debias"),
    ("prompts",),
    ("models",),
    ("_store", "store"),
    ("_elicit",),
    ("_opinions", "_values"),
    ("steering",),
    ("metrics",),
    ("plots",),
    ("widgets",),
    ("cli",),
    ("_summary", "_methods"),
    ("accessor",),
    ("__init__", "__main__"),
)
RANKS = {name: rank for rank, names in enumerate(LAYERS) for name in names}
KERNELS_MAY = {"kernels", "errors", "_accelerate", "numpy", "scipy", "numba"}


def imports(source: str) -> Iterator[str]:
    """Yield what a module imports, wherever it stands in it, as dotted names."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative imports hide their layer"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def breaches(module: str, source: str) -> list[str]:
    """Return the imports that a module of the layer ``module`` may not have."""
    found = []
    for name in imports(source):
        first, _, rest = name.partition(".")
        own = first == "disca_nb"
        layer = rest.partition(".")[0] if own else first
        if module == "kernels":
            allowed = layer in KERNELS_MAY or (not own and first in sys.stdlib_module_names)
        else:
            allowed = not own or RANKS.get(layer, RANKS["__init__"]) <= RANKS[module]
        if not allowed:
            found.append(name)
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_nothing_imports_from_its_right(path: Path) -> None:
    layer = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    assert breaches(layer, path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("steering", "from disca_nb.metrics import alignment"),
        ("steering", "def f():\n    from disca_nb.metrics.scores import alignment"),
        ("metrics", "from disca_nb import plots"),
        ("datasets", "import disca_nb.steering.keys"),
        ("metrics", "import disca_nb"),
        ("variables", "from disca_nb import __version__"),
        ("plots", "from disca_nb._summary import summary"),
        ("kernels", "import xarray as xr"),
        ("kernels", "import pandas.api"),
        ("kernels", "from disca_nb.variables import ATTRIBUTES"),
        ("kernels", "if True:\n    from disca_nb.datasets import demo_panel"),
    ],
)
def test_imports_from_the_right_would_be_noticed(module: str, source: str) -> None:
    assert len(breaches(module, source)) == 1


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("metrics", "from disca_nb.steering import steer\nimport xarray"),
        ("kernels", "import math\nimport numpy as np\nfrom disca_nb._accelerate import kernel"),
        ("cli", "from disca_nb import plots"),
    ],
)
def test_imports_from_the_left_are_fine(module: str, source: str) -> None:
    assert breaches(module, source) == []


def run(*arguments: str) -> str:
    """Run Python in a process of its own, with warnings as errors, and return what it prints."""
    command = [sys.executable, "-W", "error", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout  # noqa: S603


def test_importing_is_light() -> None:
    heavy = {
        *("torch", "transformers", "seaborn", "matplotlib.pyplot", "matplotlib"),
        *("numba", "scipy", "zarr", "netCDF4", "pooch", "ipywidgets"),
    }
    loaded = set(run("-c", "import disca_nb, sys; print(*sys.modules)").split())
    assert "disca_nb" in loaded
    assert loaded & heavy == set()


def test_steering_and_scoring_need_no_figures() -> None:
    code = (
        "import disca_nb, sys; panel = disca_nb.datasets.demo_panel(['JPN']); "
        "disca_nb.compare(panel, ['vanilla']); print(*sys.modules)"
    )
    loaded = set(run("-c", code).split())
    assert loaded & {"torch", "transformers", "seaborn", "matplotlib.pyplot"} == set()


def test_the_version_is_printed() -> None:
    assert run("-m", "disca_nb", "--version") == f"disca-nb {disca_nb.__version__}\n"


@pytest.mark.parametrize("name", disca_nb.__all__)
def test_every_public_name_is_there(name: str) -> None:
    assert getattr(disca_nb, name) is not None
    assert name in dir(disca_nb)


def test_an_unknown_name_is_no_attribute() -> None:
    with pytest.raises(AttributeError, match="'disca_nb' has no attribute 'steeer'"):
        disca_nb.steeer  # noqa: B018


def test_a_fresh_process_finds_every_name() -> None:
    run("-c", "from disca_nb import *; steer; VARIANTS; datasets; summary")


PUBLIC = (
    *("disca_nb", "disca_nb.kernels", "disca_nb.steering", "disca_nb.metrics", "disca_nb.plots"),
    *("disca_nb.models", "disca_nb.models.chat", "disca_nb.models.option_tokens"),
    *("disca_nb._elicit", "disca_nb.store", "disca_nb.widgets", "disca_nb._opinions"),
    *("disca_nb._values", "disca_nb.datasets.values", "disca_nb.metrics.values"),
    "disca_nb.models.top_k",
    *(f"disca_nb.datasets{end}" for end in ("", ".recorded", ".targets", ".scenarios")),
    *(f"disca_nb.datasets{end}" for end in (".upstream", ".languages", ".download")),
    *("disca_nb.results", "disca_nb.variables", "disca_nb.metrics.cross_validation"),
    *(f"disca_nb.datasets{end}" for end in (".ledger", ".regions", ".tiles")),
    *("disca_nb.prompts", "disca_nb.datasets.profiles", "disca_nb.datasets.wvs"),
    *(f"disca_nb.steering.rivals{end}" for end in ("", ".panel", ".temperature", ".means")),
)


def _functions() -> Iterator[Callable[..., object]]:
    """Yield every public function once, compiled ones as the Python that they were."""
    seen = set()
    for module in map(importlib.import_module, PUBLIC):
        for name in module.__all__:
            function = getattr(module, name)
            function = getattr(function, "py_func", function)
            if inspect.isfunction(function) and function not in seen:
                seen.add(function)
                yield function


FUNCTIONS = list(_functions())


def section(function: Callable[..., object], title: str) -> str:
    """Return a section of a numpydoc docstring, empty when it is not there."""
    text = inspect.getdoc(function) or ""
    found = re.search(rf"^{title}\n-+\n(.*?)(?=^[A-Z]\w+\n-+\n|\Z)", text, re.DOTALL | re.MULTILINE)
    return found[1].strip() if found else ""


def test_there_are_public_functions() -> None:
    assert len(FUNCTIONS) > 40


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda f: f"{f.__module__}.{f.__name__}")
def test_every_public_function_is_documented(function: Callable[..., object]) -> None:
    signature = inspect.signature(function)
    assert ">>> " in section(function, "Examples")
    if signature.return_annotation not in {None, "None"}:
        assert section(function, "Returns")
    if signature.parameters:
        parameters = section(function, "Parameters")
        for name in signature.parameters:
            assert re.search(rf"(?<!\w){name}(?!\w)", parameters), name


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda f: f"{f.__module__}.{f.__name__}")
def test_results_that_are_arrays_name_their_axes(function: Callable[..., object]) -> None:
    result = str(inspect.signature(function).return_annotation)
    text = section(function, "Returns")
    if "FloatArray" in result or "KeyArray" in result:
        assert "shape" in text
    elif "DataArray" in result:
        assert re.search("over|dimension|same|without|replaced", text)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_file_is_longer_than_four_hundred_lines(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400
