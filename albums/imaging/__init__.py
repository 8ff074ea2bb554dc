"""Decode any picture file to upright RGB, in one place. Uses files and arrays, not Django.

Everything that looks at pixels goes through `read` or `decode`, so that a box found by one part lies on the
same pixel for every other. A file is judged by its content, never by its name, and whatever is wrong with it
becomes one exception: `albums.exceptions.ImageRefused` with a code.
"""

from albums.imaging.capture import Capture, CaptureSource
from albums.imaging.capture_names import capture_of_name
from albums.imaging.decoding import Picture, Probe, decode, probe, probe_is_simple, read, read_metadata
from albums.imaging.encoding import Encoded, encode_jpeg
from albums.imaging.limits import DEFAULT_LIMITS, Limits
from albums.imaging.metadata import Metadata

__all__ = [
    "DEFAULT_LIMITS",
    "Capture",
    "CaptureSource",
    "Encoded",
    "Limits",
    "Metadata",
    "Picture",
    "Probe",
    "capture_of_name",
    "decode",
    "encode_jpeg",
    "probe",
    "probe_is_simple",
    "read",
    "read_metadata",
]
