"""The earlier place of `albums.imaging.sessions`, for code that is being written against it."""

from albums.imaging.sessions import ModelSession, OnnxSession, open_session

__all__ = ["ModelSession", "OnnxSession", "open_session"]
