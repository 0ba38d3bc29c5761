"""What the explorer shows: one object of traits, which can be kept and restored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from traitlets import Bunch, HasTraits, Int, Unicode, validate

from disca_nb.errors import InputError, unknown_name

__all__ = ["NOBODY", "ExplorerState"]

NOBODY = "nothing"
"""Stands for no second model and variant."""

_NAMES = (
    *("model", "variant", "country", "attribute", "persona", "scenario"),
    *("other_model", "other_variant"),
)


class ExplorerState(HasTraits):
    """Everything that is chosen in the explorer; a name that is not there is an error."""

    model = Unicode()
    variant = Unicode()
    country = Unicode()
    attribute = Unicode()
    persona = Unicode()
    scenario = Unicode()
    other_model = Unicode(NOBODY)
    other_variant = Unicode()
    page = Int(0)

    known: Mapping[str, Sequence[str]] = MappingProxyType({})
    """Names that can be chosen, by trait; any where nothing is said."""

    @validate(*_NAMES)
    def _known(self, proposal: Bunch) -> str:
        """Return a name that can be chosen, or raise with the closest that can."""
        name, value = str(proposal.trait.name), str(proposal.value)
        names = self.known.get(name)
        if names is not None and value not in names:
            raise unknown_name(name.replace("_", " "), value, names)
        return value

    def kept(self) -> dict[str, str]:
        """Return what is chosen, as JSON can hold it; the page follows from the scenario."""
        return {name: getattr(self, name) for name in _NAMES}

    def restore(self, kept: Mapping[str, object]) -> list[str]:
        """Choose what was kept, as far as it is still there.

        Parameters
        ----------
        kept : mapping
            What `kept` returned, of these or other results.

        Returns
        -------
        list of str
            A sentence for each that is not there; its trait stays as it was.

        Raises
        ------
        InputError
            For what is no mapping.
        """
        if not isinstance(kept, Mapping):
            raise InputError(f"chosen is {kept!r}; give what explorer.chosen.kept() returned.")
        problems = []
        for name in _NAMES:
            if name not in kept:
                continue
            value = str(kept[name])
            if value in self.known.get(name, [value]):
                self.set_trait(name, value)
                continue
            problems.append(
                f"The {name.replace('_', ' ')} {value!r} is not in these results; "
                f"{getattr(self, name)!r} is shown."
            )
        return problems
