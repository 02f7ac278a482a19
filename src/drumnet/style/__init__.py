"""Styles: what a drummer does with a song, in 16 numbers.

In: numbers and files.  Out: a code with its habits (`code`, `habits`), codes at random
(`bank`), which of them fit a song (`prior`), places on a map (`map`), the ways along which
drums change (`directions`), and drummers of a kind (`players`).
Knows no network: what a code plays is not said here.
"""
