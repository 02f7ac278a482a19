"""The summary of many songs: a line each, as tables that other programs read.

In: `Line`s.  Out: `summary.csv`, and `summary.parquet` where pyarrow is installed.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import astuple
from importlib.util import find_spec

from drumnet.batch.song import COLUMNS, KINDS, Line


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

    types = {str: pyarrow.string(), int: pyarrow.int64(), (int, float): pyarrow.float64()}
    columns = {
        name: pyarrow.array([getattr(line, name) for line in lines], type=types[kind])
        for name, kind in KINDS.items()
    }
    sink = pyarrow.BufferOutputStream()
    parquet.write_table(pyarrow.table(columns), sink)
    return bytes(sink.getvalue())
