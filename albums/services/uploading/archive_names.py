"""Decode the names of files in zips; most programs do not record the encoding.

Names without the UTF-8 flag are UTF-8 if they are valid as such. The encoding of the others is the one in
which all of them together are most plausible: each character costs about as many bits as it is unlikely in
the name of a file, and the cheapest encoding wins. The costs are estimates; the tests check them with names
of twelve languages.
"""

import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

_UTF8_FLAG = 0x800
# The extra field with the name in UTF-8, as Info-ZIP and 7-Zip write it.
_UNICODE_PATH = 0x7075
# The standard encoding of zips decodes any bytes.
_ANY = "cp437"
# The encodings of systems, and the bits for how rare they are; of equals, the first one wins.
_ENCODINGS: dict[str, float] = {
    "cp437": 0, "cp1252": 0, "cp850": 1, "cp932": 4, "cp936": 4, "cp949": 4, "cp950": 5, "cp1251": 4,
    "cp866": 4, "cp1250": 6, "cp852": 6, "cp1253": 6, "cp737": 6,
}  # fmt: skip
_GREEK = frozenset({"cp1253", "cp737"})
# Bytes of names that are enough to recognise the encoding.
_SAMPLE = 2**14
_ASCII, _RARE_ASCII, _SWITCH = 5.0, 10.0, 6.0
_UPPER_AFTER_LOWER, _ACCENTS_IN_A_ROW = 8.0, 5.0
_UNLIKELY, _SYMBOL, _BOX, _CONTROL = 14.0, 12.0, 16.0, 24.0
# Ideographs by their first two bytes: the frequent ones come first in every standard.
_FREQUENT = {"cp932": (0x889F, 0x9872), "cp936": (0xB0A1, 0xD7F9), "cp950": (0xA440, 0xC67E)}
_IDEOGRAPH, _RARE_IDEOGRAPH = 12.0, 17.0
# (first and last character, script, bits)
_RANGES = (
    (0x3040, 0x309F, "east", 7.0),
    (0x30A0, 0x30FF, "east", 8.0),
    (0x3000, 0x303F, "", 11.0),
    (0xFF01, 0xFF5E, "", 11.0),
    (0xFF61, 0xFF9F, "east", 14.0),
    (0x0430, 0x045F, "cyrillic", 5.5),
    (0x0410, 0x042F, "cyrillic", 7.0),
    (0x0400, 0x040F, "cyrillic", 12.0),
    (0x2500, 0x259F, "", _BOX),
    (0x0080, 0x009F, "", _CONTROL),
    (0xE000, 0xF8FF, "", _CONTROL),
)


def archive_names(entries: Sequence[zipfile.ZipInfo]) -> list[str]:
    """Return the decoded name of each entry; equal entries always have equal names."""
    raw = [_raw(entry) for entry in entries]
    certain = [_certain(entry, name) for entry, name in zip(entries, raw, strict=True)]
    encoding = guess_encoding(name for name, known in zip(raw, certain, strict=True) if known is None)
    names = (
        _decoded(name, encoding) if known is None else known for name, known in zip(raw, certain, strict=True)
    )
    # Programs that show the name end it at NUL.
    return [name.partition("\0")[0] or name for name in names]


def guess_encoding(names: Iterable[bytes]) -> str:
    """Return the legacy encoding in which these names are most plausible together."""
    sample, size = [], 0
    for name in names:
        sample.append(name)
        if (size := size + len(name)) > _SAMPLE:
            break
    best, least = _ANY, float("inf")
    for encoding, rarity in _ENCODINGS.items():
        try:
            cost = rarity + sum(_cost(name.decode(encoding), encoding) for name in sample)
        except UnicodeDecodeError:
            continue
        if cost < least:
            best, least = encoding, cost
    return best


def _raw(entry: zipfile.ZipInfo) -> bytes:
    return entry.orig_filename.encode("utf-8" if entry.flag_bits & _UTF8_FLAG else _ANY)


def _certain(entry: zipfile.ZipInfo, raw: bytes) -> str | None:
    """Return the name if its encoding is known or evident."""
    for tag, value in _extra_fields(entry.extra):
        # Version, checksum of the other name, name.
        if tag == _UNICODE_PATH and value[:5] == struct.pack("<BL", 1, zlib.crc32(raw)):
            try:
                return value[5:].decode()
            except UnicodeDecodeError:
                break
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return None


def _extra_fields(extra: bytes) -> Iterator[tuple[int, bytes]]:
    while len(extra) >= 4:
        tag, size = struct.unpack_from("<HH", extra)
        yield tag, extra[4 : 4 + size]
        extra = extra[4 + size :]


def _decoded(raw: bytes, encoding: str) -> str:
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError:
        return raw.decode(_ANY)


def _cost(name: str, encoding: str) -> float:
    """Return about how many bits a name costs in an encoding."""
    classes = [_class(character, encoding) for character in name]
    cost = sum(bits for _script, bits in classes)
    for (before, character), ((script_before, _), (script, _)) in zip(
        pairwise(name), pairwise(classes), strict=True
    ):
        if script and script_before and script != script_before:
            cost += _SWITCH
        elif script == "latin" and before > "\x7f" and character > "\x7f":
            cost += _ACCENTS_IN_A_ROW
        if character > "\x7f" and character.isupper() and before.islower():
            cost += _UPPER_AFTER_LOWER
    return cost


def _class(character: str, encoding: str) -> tuple[str, float]:
    """Return the script of a character, "" if it goes with any, and its bits."""
    point = ord(character)
    if point < 0x80:
        rare = character in "^\\|[]{}~@`<>?*\"':;" or point < 0x20 or point == 0x7F
        return ("latin" if character.isalpha() else ""), _RARE_ASCII if rare else _ASCII
    if 0x4E00 <= point <= 0x9FFF or 0xAC00 <= point <= 0xD7A3:
        return "east", _east_bits(character, encoding)
    for first, last, script, bits in _RANGES:
        if first <= point <= last:
            return script, bits
    return _letter_class(character, encoding) if character.isalpha() else ("", _SYMBOL)


def _letter_class(letter: str, encoding: str) -> tuple[str, float]:
    """Return the same for another letter of an alphabet."""
    script = unicodedata.name(letter, "").partition(" ")[0].lower()
    if script == "latin":
        # In Western languages the characters that cp1252 has beside Latin-1 are rare.
        beside = 3.0 if encoding == "cp1252" and letter > "\xff" else 0.0
        return script, beside + (9.0 if letter.isupper() else 7.0)
    if script == "greek" and encoding in _GREEK:
        return script, 7.0 if letter.isupper() else 5.5
    return script, _UNLIKELY


def _east_bits(character: str, encoding: str) -> float:
    """Return the bits of an ideograph or of a Korean syllable."""
    code = int.from_bytes(character.encode(encoding))
    if encoding == "cp949":
        # The standard's 2,350 syllables are the usual ones; its ideographs are rare in Korean.
        return 11.0 if 0xB0A1 <= code <= 0xC8FE and code & 0xFF >= 0xA1 else _RARE_IDEOGRAPH
    first, last = _FREQUENT[encoding]
    frequent = first <= code <= last and (encoding != "cp936" or code & 0xFF >= 0xA1)
    return _IDEOGRAPH if frequent else _RARE_IDEOGRAPH
