"""Whatever bytes a reader is given, it gives a value or a fault of one line.

`scripts/readers.py` names the readers; `scripts/mutated_inputs.py` and `scripts/fuzz_readers.py`
give them thousands of inputs.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from drumnet.errors import DrumnetError

pytest.importorskip("av")
pytest.importorskip("torch")

from readers import READERS, seeds_of

#: What turns one file into another: where in it (a share), how many bytes go, what comes.
_CHANGES = st.lists(
    st.tuples(st.floats(0, 1), st.integers(0, 40), st.binary(max_size=8)), min_size=1, max_size=4
)


def changed(data: bytes, changes: list[tuple[float, int, bytes]]) -> bytes:
    for place, gone, new in changes:
        at = round(place * len(data))
        data = data[:at] + new + data[at + gone :]
    return data


@pytest.mark.parametrize("name", READERS)
def test_a_reader_reads_its_seeds(name: str, tmp_path: Path) -> None:
    for seed in seeds_of(name):
        READERS[name].read(READERS[name].place(tmp_path, seed.read_bytes()))


@pytest.mark.parametrize("name", READERS)
@settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    which=st.integers(0, 9), changes=_CHANGES, other=st.binary(max_size=60), is_near=st.booleans()
)
def test_any_bytes_give_a_value_or_one_line(
    name: str,
    tmp_path: Path,
    which: int,
    changes: list[tuple[float, int, bytes]],
    other: bytes,
    is_near: bool,
) -> None:
    seeds = seeds_of(name)
    near = changed(seeds[which % len(seeds)].read_bytes(), changes)
    path = READERS[name].place(tmp_path, near if is_near else other)
    try:
        READERS[name].read(path)
    except DrumnetError as fault:
        assert "\n" not in str(fault)
