"""The size in the sequence header of an AV1 stream (AV1 Bitstream & Decoding Process, 5.3 to 5.5)."""

from typing import NamedTuple

_SEQUENCE_HEADER = 1
_LONGEST_LENGTH = 8


class Size(NamedTuple):
    """Width and height in pixels."""

    width: int
    height: int


class _Bits:
    """Numbers of a stream of bits, the highest bit first. After its end all bits are 0."""

    def __init__(self, data: bytes) -> None:
        self._value, self._left = int.from_bytes(data, "big"), 8 * len(data)

    def number(self, width: int) -> int:
        self._left -= width
        shifted = self._value >> self._left if self._left >= 0 else self._value << -self._left
        return shifted & ((1 << width) - 1)

    def skip_unary(self) -> None:
        """Skip a number whose width is the count of leading zeros."""
        zeros = 0
        while self._left > 0 and not self.number(1):
            zeros += 1
        self.number(zeros)


def coded_size(data: bytes) -> Size | None:
    """Return the largest size of a frame in the sequence header at the beginning of a stream, or None."""
    position = 0
    while position < len(data):
        header = data[position]
        position += 2 if header & 0x04 else 1
        length = len(data) - position
        if header & 0x02:
            length, position = _length(data, position)
        if header >> 3 & 0x0F == _SEQUENCE_HEADER:
            return _sequence_size(data[position : position + length])
        position += length
    return None


def _length(data: bytes, position: int) -> tuple[int, int]:
    """Return a number of seven bits a byte, the lowest first, and the position behind it."""
    length = 0
    for number in range(_LONGEST_LENGTH):
        byte = data[position] if position < len(data) else 0
        position += 1
        length |= (byte & 0x7F) << 7 * number
        if not byte & 0x80:
            break
    return length, position


def _sequence_size(content: bytes) -> Size:
    bits = _Bits(content)
    bits.number(4)  # profile, still picture
    if bits.number(1):  # the short header of a still picture
        bits.number(5)
    else:
        _skip_timing(bits)
    width_bits, height_bits = bits.number(4) + 1, bits.number(4) + 1
    return Size(bits.number(width_bits) + 1, bits.number(height_bits) + 1)


def _skip_timing(bits: _Bits) -> None:
    """Skip the timing and the operating points of a sequence."""
    delay_bits = 0
    if bits.number(1):
        bits.number(64)
        if bits.number(1):
            bits.skip_unary()
        if bits.number(1):
            delay_bits = bits.number(5) + 1
            bits.number(42)
    display_delays = bits.number(1)
    for _point in range(bits.number(5) + 1):
        bits.number(12)
        if bits.number(5) > 7:  # a level that has tiers
            bits.number(1)
        if delay_bits and bits.number(1):
            bits.number(2 * delay_bits + 1)
        if display_delays and bits.number(1):
            bits.number(4)
