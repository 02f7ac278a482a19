"""Where single sounds come from: one module a kind of source."""

#: How hard a synthesiser or sampler strikes each drum, and a note; notes are held for so long.
VELOCITIES = (24, 48, 72, 100, 127)
ORDINARY_VELOCITY = 100
HELD_S = 2.6
