"""Faults of a request; each knows the status that it is answered with."""

from __future__ import annotations

from drumnet.errors import DrumnetError


class StudioError(DrumnetError):
    """A request that cannot be met."""

    status = 400


class ForbiddenError(StudioError):
    """Someone asks who may not: another site, or under another name."""

    status = 403


class StrangerError(StudioError):
    """Someone asks who does not know the token of this start."""

    status = 401


class UnknownError(StudioError):
    """There is nothing of that name."""

    status = 404


class ConflictError(StudioError):
    """Another tab was faster, or it is too early."""

    status = 409


class TooLargeError(StudioError):
    """More than is taken."""

    status = 413


class UnsupportedError(StudioError):
    """A file that is no sound."""

    status = 415


class DamagedError(StudioError):
    """A song or style that is stored in the library, and makes no sense."""

    status = 422


class LibraryError(StudioError):
    """The library cannot be read or written, now or until the user mends it."""

    status = 503


class DiskFullError(StudioError):
    """There is no room."""

    status = 507
