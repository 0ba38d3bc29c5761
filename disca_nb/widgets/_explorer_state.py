"""What the explorer shows: one object of traits, which can be kept and restored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from traitlets import HasTraits, Int, Unicode

__all__ = ["NOBODY", "ExplorerState"]

NOBODY = "nothing"
"""Stands for no second model and variant."""


class ExplorerState(HasTraits):
    """Everything that is chosen in the explorer."""

    model = Unicode()
    variant = Unicode()
    country = Unicode()
    attribute = Unicode()
    persona = Unicode()
    scenario = Unicode()
    other_model = Unicode(NOBODY)
    other_variant = Unicode()
    page = Int(0)

    def kept(self) -> dict[str, str | int]:
        """Return what is chosen, as JSON can hold it."""
        return dict(self.trait_values())

    def restore(self, kept: Mapping[str, object], known: Mapping[str, Sequence[str]]) -> list[str]:
        """Choose what was kept, as far as it is still there.

        Parameters
        ----------
        kept : mapping
            What `kept` returned, of these or other results.
        known : mapping
            The names that can be chosen, by trait.

        Returns
        -------
        list of str
            A sentence for each that is not there; its trait stays as it was.
        """
        problems = []
        for name, value in kept.items():
            if name in known and value in known[name]:
                self.set_trait(name, value)
            elif name in known:
                usual = getattr(self, name)
                problems.append(
                    f"The {name.replace('_', ' ')} {str(value)!r} is not in these results; "
                    f"{usual!r} is shown."
                )
        return problems
