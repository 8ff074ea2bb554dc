"""Pictures of Google Takeout find their JSON file by its name, whatever it was cut to."""

import pytest

from albums.services.importing.takeout_names import takeout_pairs

LONG = "IMG_20230101_123456789_PORTRAIT_BURST001_COVER.jpg"


@pytest.mark.parametrize(
    ("picture", "json"),
    [
        ("IMG_1.jpg", "IMG_1.jpg.json"),
        ("IMG_1.JPG", "IMG_1.jpg.json"),
        ("IMG_1.jpg", "IMG_1.jpg.supplemental-metadata.json"),
        ("PXL_20230607_155936170.PORTRAIT.jpg", "PXL_20230607_155936170.PORTRAIT.jpg.supplement.json"),
        ("PXL_20230607_155936170.PORTRAIT-1.COVER.jpg", "PXL_20230607_155936170.PORTRAIT-1.COVER.jpg.s.json"),
        ("PXL_20230607_155936170.PORTRAIT-1_COVER.jpg", "PXL_20230607_155936170.PORTRAIT-1_COVER.jpg..json"),
        (LONG, f"{LONG[:46]}.json"),
        ("IMG_1(2).jpg", "IMG_1.jpg(2).json"),
        ("IMG_1(2).jpg", "IMG_1.jpg.supplemental-metadata(2).json"),
        ("IMG_1(2).jpg", "IMG_1.jpg.suppl(2).json"),
        ("IMG_1(2).jpg", "IMG_1(2).jpg.json"),
        ("e\u0301te\u0301.jpg", "été.jpg.json"),
        ("photo", "photo.json"),
    ],
)
def test_one_picture_finds_its_file(picture: str, json: str) -> None:
    assert takeout_pairs([picture], {json: ""}) == {picture: json}


def test_a_name_that_google_changed_is_found_by_its_title() -> None:
    title = "What? A very long name of a picture that somebody gave it & more.jpg"
    name = "What_ A very long name of a picture that somebo.jpg"
    assert takeout_pairs([name], {"What_ A very long name of a picture that so.json": title}) == {
        name: "What_ A very long name of a picture that so.json"
    }


@pytest.mark.parametrize("word", ["edited", "bearbeitet", "modifié", "edi", "編集済み"])
def test_an_edited_copy_has_the_file_of_its_original(word: str) -> None:
    names = ["IMG_1(1).jpg", f"IMG_1-{word}(1).jpg", "IMG_1.HEIC", f"IMG_1-{word}.jpg"]
    titles = {"IMG_1.jpg(1).json": "IMG_1.jpg", "IMG_1.HEIC.json": "IMG_1.HEIC"}
    pairs = takeout_pairs(names, titles)
    assert [pairs[name] for name in names] == [
        "IMG_1.jpg(1).json", "IMG_1.jpg(1).json", "IMG_1.HEIC.json", "IMG_1.HEIC.json",
    ]  # fmt: skip


def test_pictures_of_similar_names_keep_their_own_files() -> None:
    names = ["IMG_1.jpg", "IMG_1(1).jpg", "IMG_1.png", "IMG_10.jpg", "IMG-beach.jpg", "IMG.jpg"]
    titles = {
        "IMG_1.jpg.json": "IMG_1.jpg", "IMG_1.jpg(1).json": "IMG_1.jpg", "IMG_1.png.json": "IMG_1.png",
        "IMG_10.jpg.json": "IMG_10.jpg", "IMG-beach.jpg.json": "IMG-beach.jpg", "IMG.jpg.json": "IMG.jpg",
    }  # fmt: skip
    pairs = takeout_pairs(names, titles)
    assert pairs == dict(zip(names, titles, strict=True)) | {"IMG_1(1).jpg": "IMG_1.jpg(1).json"}


def test_nothing_is_guessed() -> None:
    assert takeout_pairs(["holiday-beach.jpg", "a.jpg"], {"holiday.jpg.json": "", "b.jpg.json": ""}) == {}
    # Two names that were cut to the same: either may be it.
    long = "x" * 60
    assert takeout_pairs([f"{long}1.jpg"], {f"{long[:46]}.json": "", f"{long[:46].upper()}.json": ""}) == {}
