"""The summary of many songs: a line each, as tables that other programs read.

In: `Line`s.  Out: `summary.csv`, and `summary.parquet` where pyarrow is installed.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import astuple, fields
from importlib.util import find_spec
from typing import get_type_hints

from drumnet.batch.song import COLUMNS, Line


def csv_table(lines: Sequence[Line]) -> bytes:
    """As CSV: UTF-8, a header, commas; nothing where nothing is known."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(astuple(line) for line in lines)
    return text.getvalue().encode("utf-8")


def has_parquet() -> bool:
    """Whether tables can be written as Parquet."""
    return find_spec("pyarrow") is not None


def parquet_table(lines: Sequence[Line]) -> bytes:
    """As Parquet, each column of its type, null where nothing is known."""
    import pyarrow
    from pyarrow import parquet

    types = get_type_hints(Line)
    columns = {
        one.name: pyarrow.array(
            [getattr(line, one.name) for line in lines], type=_arrow_type(str(types[one.name]))
        )
        for one in fields(Line)
    }
    sink = pyarrow.BufferOutputStream()
    parquet.write_table(pyarrow.table(columns), sink)
    return bytes(sink.getvalue())


def _arrow_type(hint: str) -> object:
    import pyarrow

    if "float" in hint:
        return pyarrow.float64()
    return pyarrow.int64() if "int" in hint else pyarrow.string()
