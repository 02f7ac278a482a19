"""What the studio keeps.

In: changes of songs, stems and styles.  Out: the same after a restart: rows of an SQLite
database (`library`, `rows`, `projects`, `stems`, `styles`, `habits`) and copies of it
(`backups`), files (`disk`), and what styles, beats and kits are in them (`pad`, `grids`,
`kit_samples`).  Knows no requests.
"""
