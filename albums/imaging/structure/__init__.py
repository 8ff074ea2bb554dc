"""The parts of picture files and where they lie, without decoding: segments, chunks and boxes."""
