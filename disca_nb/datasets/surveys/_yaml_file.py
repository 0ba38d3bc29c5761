"""A YAML file read strictly: plain values only, and no key twice."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from disca_nb.errors import DataFileError, MissingPackageError

__all__ = ["read_yaml"]


def read_yaml(path: Path) -> object:
    """Return what a YAML file holds: texts, numbers, booleans, lists and dicts of these.

    Raises
    ------
    MissingPackageError
        Without PyYAML.
    DataFileError
        When the file cannot be read, is no YAML, or has a key twice.
    """
    try:
        import yaml
    except ImportError:
        raise MissingPackageError(
            "Mappings in files need PyYAML; give a dict, or run: pip install 'disca-nb[surveys]'."
        ) from None
    try:
        text = path.read_text(encoding="utf-8-sig")
        _check_keys(yaml.compose(text, Loader=yaml.SafeLoader), path.name)
        return yaml.safe_load(text)
    except FileNotFoundError:
        raise DataFileError(f"There is no file {path}; check the path.") from None
    except UnicodeDecodeError:
        raise DataFileError(f"{path.name} is not UTF-8 text; convert it first.") from None
    except OSError as error:
        raise DataFileError(
            f"{path} cannot be read: {error.strerror or error}; check it."
        ) from None
    except yaml.YAMLError as error:
        raise DataFileError(f"{path.name} is not YAML ({_reason(error)}); mend it.") from None


def _reason(error: Exception) -> str:
    """Return where a YAML file is wrong, and why."""
    mark, problem = getattr(error, "problem_mark", None), getattr(error, "problem", None)
    where = f"line {mark.line + 1}: " if mark is not None else ""
    return where + str(problem or type(error).__name__)


def _check_keys(node: Any, name: str) -> None:  # noqa: ANN401 - PyYAML's nodes have no common type
    """Raise where a key stands twice, of which YAML keeps the last without a word."""
    import yaml

    waiting, seen = [node], set()
    while waiting:
        each = waiting.pop()
        if id(each) in seen:  # an alias
            continue
        seen.add(id(each))
        if isinstance(each, yaml.SequenceNode):
            waiting += each.value
        if not isinstance(each, yaml.MappingNode):
            continue
        keys = [key.value for key, _ in each.value if isinstance(key, yaml.ScalarNode)]
        twice = next((key for key in keys if keys.count(key) > 1), None)
        if twice is not None:
            line = each.start_mark.line + 1
            raise DataFileError(
                f"{name} has the key {twice!r} twice from line {line} on; keep one of them."
            )
        waiting += [value for _, value in each.value]
