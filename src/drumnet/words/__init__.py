"""Drums in the words of a musician: "sixteenth funk on a tight hat".

In: hits and the grid that they are on.  Out: words, of what is measured alone.  Knows no
model, no style and no song: a drum track of anybody is described in the same way.

played_bars  hits -> the bars in which they are, place by place
typical_bar  bars -> what is played in most of them, and how much of it
families     the table: what a beat is called, and what it then has to do
qualities    what keeps time, and what else is said behind the name
naming       the two together
"""

from __future__ import annotations

from drumnet.words.naming import Words, handle, in_words, share_in_words

__all__ = ["Words", "handle", "in_words", "share_in_words"]
