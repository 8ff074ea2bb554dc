"""Stored history messages of an earlier version get the texts of today."""

from importlib import import_module

from faces.messages import Message

migration = import_module("faces.migrations.0016_history_wording")


def test_a_stored_message_is_reworded_with_those_inside_it_and_names_stay() -> None:
    stored = {
        "message": "Made %(faces)s of %(name)s another person",
        "plural": "",
        "values": {
            "faces": {"message": "%(count)s face", "plural": "%(count)s faces", "values": {"count": 3}},
            "name": {"message": "somebody without a name", "plural": "", "values": {}},
        },
    }
    assert (
        str(Message.of_json(migration.reworded(stored)))
        == "Moved 3 faces of an unnamed person to a new person"
    )
    named = {"message": "Named %(name)s", "plural": "", "values": {"name": "This is a face"}}
    assert migration.reworded(named) == named


def test_plurals_are_reworded() -> None:
    stored = {
        "message": "Said that %(count)s face is somebody else",
        "plural": "Said that %(count)s faces are somebody else",
        "values": {"count": 2},
    }
    assert str(Message.of_json(migration.reworded(stored))) == "Rejected 2 faces"
