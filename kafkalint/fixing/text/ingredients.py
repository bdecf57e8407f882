"""Pieces of texts that are no manifests yet: of templates, and of files that objects are generated from."""

from __future__ import annotations

from kafkalint.checking.finding import TextPlace


class Ingredient(TextPlace):
    """A piece of a text of which only a rendering shows what it says."""

    __slots__ = ()
