"""Stored history messages of an earlier version get the texts of today."""

from importlib import import_module

from faces.messages import Message

migration = import_module("faces.migrations.0016_history_wording")


def test_a_stored_message_is_reworded_with_those_inside_it_and_names_stay() -> None:
    stored = {
        "message": "Moved %(faces)s of %(name)s to a new person",
        "plural": "",
        "values": {
            "faces": {"message": "%(count)s face", "plural": "%(count)s faces", "values": {"count": 3}},
            "name": {"message": "an unnamed person", "plural": "", "values": {}},
        },
    }
    assert (
        str(Message.of_json(migration.reworded(stored)))
        == "Moved 3 faces of an unnamed person to a new person"
    )
    named = {"message": "Named %(name)s", "plural": "", "values": {"name": "Confirmed as a face"}}
    assert migration.reworded(named) == named


def test_plurals_are_reworded() -> None:
    stored = {
        "message": "Rejected %(count)s face",
        "plural": "Rejected %(count)s faces",
        "values": {"count": 2},
    }
    assert str(Message.of_json(migration.reworded(stored))) == "Rejected 2 faces"
