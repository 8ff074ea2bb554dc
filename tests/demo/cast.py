"""The people of the drawn library."""

from __future__ import annotations

from tests.demo.brush import Character

PEOPLE: dict[str, Character] = {
    "Amara": Character(
        (120, 78, 54), (30, 22, 22), "curly", (230, 170, 60), lips=(170, 50, 70), earrings=(240, 200, 80)
    ),
    "Ben": Character((246, 210, 180), (92, 58, 36), "parted", (60, 110, 150)),
    "Clara": Character(
        (236, 190, 150), (224, 178, 90), "long", (190, 80, 90), lips=(200, 70, 80), freckles=True
    ),
    "Daniel": Character((205, 150, 110), (40, 30, 30), "short", (70, 130, 90), beard=True),
    "Elsie": Character(
        (214, 160, 120), (60, 34, 24), "ponytail", (100, 170, 190), child=True, extra=(240, 110, 150)
    ),
    "Finn": Character((244, 205, 170), (180, 80, 40), "spiky", (250, 200, 70), child=True, freckles=True),
    "Grandma Rose": Character(
        (250, 220, 196),
        (200, 200, 205),
        "bun",
        (120, 90, 150),
        wrinkles=True,
        glasses=(80, 60, 120),
        lips=(190, 80, 90),
    ),
    "Grandpa Tom": Character(
        (240, 200, 168), (190, 190, 190), "bald", (90, 110, 130), wrinkles=True, moustache=True
    ),
    "Hana": Character(
        (248, 214, 190), (36, 30, 40), "bob", (220, 120, 140), glasses=(200, 60, 60), lips=(200, 60, 80)
    ),
    "Idris": Character((110, 70, 48), (24, 20, 22), "cap", (40, 60, 110), extra=(220, 80, 60)),
    "Jonas": Character(
        (250, 216, 190), (214, 160, 80), "short", (50, 80, 120), glasses=(50, 50, 60), beard=True
    ),
    "Leila": Character(
        (228, 176, 134), (50, 36, 30), "scarf", (70, 90, 130), extra=(70, 150, 150), lips=(180, 60, 70)
    ),
    "Maya": Character(
        (190, 132, 94), (46, 30, 26), "wavy", (240, 140, 90), lips=(180, 50, 60), earrings=(230, 230, 240)
    ),
    "Nico": Character((222, 168, 128), (58, 38, 30), "curly", (110, 140, 80), moustache=True),
    "Priya": Character(
        (170, 112, 78), (28, 22, 26), "long", (200, 60, 110), lips=(160, 40, 70), earrings=(240, 190, 60)
    ),
    "Sam": Character((140, 92, 64), (26, 22, 24), "bob", (250, 190, 90), child=True, jaw=0.9),
    "Zoe": Character(
        (252, 222, 200),
        (200, 84, 60),
        "bun",
        (80, 150, 130),
        freckles=True,
        lips=(200, 80, 80),
        extra=(80, 150, 130),
    ),
}
STRANGERS: tuple[Character, ...] = (
    Character(
        (96, 62, 44), (210, 208, 205), "short", (150, 70, 60), wrinkles=True, beard=True, glasses=(40, 40, 44)
    ),
    Character((244, 206, 176), (120, 76, 48), "wavy", (90, 90, 160), lips=(190, 70, 80)),
    Character((214, 158, 116), (34, 28, 30), "spiky", (60, 60, 70), glasses=(60, 130, 150)),
    Character((250, 214, 186), (160, 110, 60), "cap", (230, 120, 80), child=True, extra=(60, 120, 170)),
)
