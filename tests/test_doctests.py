"""The examples in the docstrings run."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import drumnet


def test_examples_in_docstrings() -> None:
    names = [drumnet.__name__]
    names += [found.name for found in pkgutil.walk_packages(drumnet.__path__, "drumnet.")]
    ran = 0
    for name in names:
        # The training code needs the [train] extra; its examples are tests.
        if name.endswith("__main__") or name.startswith("drumnet.training."):
            continue
        result = doctest.testmod(importlib.import_module(name))
        assert result.failed == 0, f"an example in {name} fails"
        ran += result.attempted
    assert ran > 0
