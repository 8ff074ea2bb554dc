"""Pair the pictures of Google Takeout with the JSON files beside them, by their names.

Google names the JSON after the picture, cuts the whole name to 46 characters, and moves a counter to the end:

- `IMG_1.jpg` has `IMG_1.jpg.json`, or since 2024 `IMG_1.jpg.supplemental-metadata.json`;
- a long name has `IMG_20230101_123456789_PORTRAIT.jpg.supplement.json`, or is cut itself;
- `IMG_1(2).jpg` has `IMG_1.jpg(2).json` or `IMG_1.jpg.supplemental-metadata(2).json`;
- `IMG_1-edited.jpg`, in the language of the account, has the JSON of `IMG_1.jpg`.

What is tried is what other programs for leaving Google Photos describe in their documentation, and what the
names of real exports show. No pair is a guess between several: such a picture stays without one.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath

JSON = ".json"
LONGEST_JSON_STEM = 46
"""Characters of the name of a JSON file, without its ending and its counter."""

LONGEST_STEM = 47
"""Characters of the name of a picture, without its ending and its counter."""

_SUPPLEMENT = ".supplemental-metadata"
_COUNTER = re.compile(r"\((\d+)\)$")
# A word in any language that is added to the name of an edited copy, perhaps cut.
_EDITED = re.compile(r"-[^\W\d_]+(?:[ -][^\W\d_]+)*$")


def takeout_pairs(names: Iterable[str], titles: Mapping[str, str]) -> dict[str, str]:
    """Return the JSON file of each picture of one folder that has one.

    names: of all files of the folder but JSON. titles: of each JSON file about a photo the name that the
    photo had when it was uploaded, or "".
    """
    names = list(names)
    by_key, by_title = _keys(titles), _title_keys(titles)
    pairs: dict[str, str] = {}
    for name in names:
        stem, counter, ending = _parts(name)
        cut = _comparable(f"{stem[:LONGEST_STEM]}{ending}")
        # An uploaded file may have had the number in its own name.
        found = (
            _json_of(f"{stem}{ending}", counter, by_key)
            or _json_of(name, "", by_key)
            or by_title.get((cut, counter))
        )
        if found:
            pairs[name] = found
    originals = {(stem, counter): pairs[name] for name in pairs for stem, counter, _ending in [_parts(name)]}
    for name in names:
        stem, counter, _ending = _parts(name)
        original = originals.get((_EDITED.sub("", stem), counter))
        if name not in pairs and original:
            pairs[name] = original
    return pairs


def _json_of(name: str, counter: str, by_key: Mapping[tuple[str, str], list[str]]) -> str | None:
    """Return the JSON file that is named after a picture, whole or cut."""
    whole = _comparable(name)
    supplemented = f"{whole}{_SUPPLEMENT}"
    # From the whole name on: any part of the addition may be left.
    for length in (len(whole), *range(len(supplemented), len(whole), -1)):
        if found := by_key.get((supplemented[:length], counter)):
            return found[0] if len(found) == 1 else None
    # Cut within the name of the picture.
    found = by_key.get((whole[:LONGEST_JSON_STEM], counter), []) if len(whole) > LONGEST_JSON_STEM else []
    return found[0] if len(found) == 1 else None


def _keys(titles: Iterable[str]) -> dict[tuple[str, str], list[str]]:
    """Return JSON files by the name that they are named after, and their counter."""
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for name in titles:
        stem = name[: -len(JSON)]
        counter = _COUNTER.search(stem)
        without = stem[: counter.start()] if counter else stem
        found[_comparable(without), counter[1] if counter else ""].append(name)
        # A picture whose own name ends with a number in brackets.
        if counter:
            found[_comparable(stem), ""].append(name)
    return found


def _title_keys(titles: Mapping[str, str]) -> dict[tuple[str, str], str]:
    """Return JSON files by the file name that follows from the title in them, where only one has it."""
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for name, title in titles.items():
        if title:
            counter = _COUNTER.search(name[: -len(JSON)])
            stem, inside, ending = _parts(_file_name(title))
            stem = f"{stem}({inside})" if inside else stem
            found[_comparable(f"{stem[:LONGEST_STEM]}{ending}"), counter[1] if counter else ""].append(name)
    return {key: names[0] for key, names in found.items() if len(names) == 1}


def _file_name(title: str) -> str:
    """Return a title as Google writes it as a file name."""
    return re.sub(r"[&<>:\"/\\|?*%=']", "_", title)


def _parts(name: str) -> tuple[str, str, str]:
    """Return the name without ending and counter, the counter without brackets or "", and the ending."""
    ending = PurePosixPath(name).suffix
    stem = name[: len(name) - len(ending)]
    counter = _COUNTER.search(stem)
    return (stem[: counter.start()], counter[1], ending) if counter else (stem, "", ending)


def _comparable(name: str) -> str:
    # Zips of macOS decompose characters; the ending is written in another case at times.
    return unicodedata.normalize("NFC", name).casefold()
