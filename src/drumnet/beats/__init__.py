"""Where the beats are.

grid      the beat grid: seconds <-> ticks
files     beats <-> files
hearing   a song -> the curves that show its pulse
pulse     those curves -> beats and their numbers in the bar
tracker   a song -> its grid: a fixed tempo, a file, or by ear
choice    the user's say on all that
by_hand   a grid mended by hand
"""
