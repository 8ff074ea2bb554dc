"""Figures of the embedders on labelled pairs, as benchmarks/verification.py printed them (`--table`).

LFW: news photos of public figures, 1,500 pairs of each kind. ORL: head shots of 40 people, here in 23 x 28
pixels, enlarged to a height of 224; all pairs of one person and as many of two, folds disjoint by person.
"""

from dataclasses import dataclass

from faces.vision.pair_statistics import PairFigures


@dataclass(frozen=True, slots=True)
class MeasuredPairs:
    """The figures of one embedder on one set.

    data: "lfw" or "orl". people, pictures: in the set. not_found: pictures in which no face was detected.
    """

    data: str
    model: str
    people: int
    pictures: int
    not_found: int
    figures: PairFigures


def counts(text: str) -> tuple[int, ...]:
    """Return the numbers in a text."""
    return tuple(int(number) for number in text.split())


MEASURED: tuple[MeasuredPairs, ...] = (
    MeasuredPairs(
        data="lfw",
        model="facenet128",
        people=624,
        pictures=2133,
        not_found=0,
        figures=PairFigures(
            same=counts(
                "1 3 32 76 124 158 179 157 176 126 104 90 69 64 43 24 17 14 9 7 8 1 3 0 4 2 0 2 1 "
                "2 0 1 1 0 0 0 0 0 0 0 1 0 0 0 0 1 0 0 0 0 0 0 0 0 0 0 0 0 0 0 "
            ),
            different=counts(
                "0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 2 2 2 3 9 4 18 21 14 25 45 54 58 63 68 "
                "126 125 93 92 119 91 97 87 70 68 39 36 21 15 13 8 5 1 5 1 0 0 0 0 "
            ),
            roc=(
                0.98733,
                0.98733,
                0.988,
                0.99,
                0.99133,
                0.99333,
                0.99533,
                0.99733,
                0.998,
                0.99867,
                0.99867,
                1.0,
            ),
            accuracy=0.99433,
            deviation=0.00213,
            threshold=0.56553,
            equal_error=0.00667,
        ),
    ),
    MeasuredPairs(
        data="lfw",
        model="sface128",
        people=624,
        pictures=2133,
        not_found=0,
        figures=PairFigures(
            same=counts(
                "0 1 0 5 8 23 50 67 90 112 149 171 157 163 118 98 82 59 50 26 17 13 13 5 7 5 2 0 "
                "0 0 1 1 2 0 1 2 1 0 0 0 0 1 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 "
            ),
            different=counts(
                "0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 1 0 1 1 6 8 18 42 60 64 103 133 155 "
                "170 145 154 147 96 80 50 41 13 6 4 2 0 0 0 0 0 0 0 0 0 0 0 0 0 "
            ),
            roc=(
                0.97933,
                0.97933,
                0.98933,
                0.99267,
                0.994,
                0.994,
                0.994,
                0.994,
                0.99467,
                0.99667,
                0.998,
                1.0,
            ),
            accuracy=0.99533,
            deviation=0.00371,
            threshold=0.65377,
            equal_error=0.00600,
        ),
    ),
    MeasuredPairs(
        data="orl",
        model="facenet128",
        people=40,
        pictures=400,
        not_found=0,
        figures=PairFigures(
            same=counts(
                "1 18 51 87 145 148 152 170 139 115 115 99 100 94 61 60 55 44 38 28 22 16 12 10 "
                "10 6 2 2 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 "
            ),
            different=counts(
                "0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 1 5 4 4 7 17 26 27 30 56 73 80 100 93 112 107 93 "
                "99 90 106 100 97 82 69 54 52 44 42 37 29 28 20 7 3 3 2 1 0 0 0 0 0 0 0 0 "
            ),
            roc=(
                0.83389,
                0.83389,
                0.87167,
                0.87889,
                0.91278,
                0.94444,
                0.96722,
                0.98278,
                0.995,
                1.0,
                1.0,
                1.0,
            ),
            accuracy=0.97111,
            deviation=0.01587,
            threshold=0.52090,
            equal_error=0.02778,
        ),
    ),
    MeasuredPairs(
        data="orl",
        model="sface128",
        people=40,
        pictures=400,
        not_found=0,
        figures=PairFigures(
            same=counts(
                "0 2 12 35 67 81 103 115 120 136 150 128 140 130 131 111 74 55 46 37 33 18 11 20 "
                "11 8 6 7 8 4 0 1 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 "
            ),
            different=counts(
                "0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 1 0 1 3 1 5 8 21 22 50 95 104 143 136 150 "
                "169 153 158 163 133 97 69 56 35 13 11 0 2 0 1 0 0 0 0 0 0 0 0 0 0 0 "
            ),
            roc=(0.91833, 0.91833, 0.95667, 0.96389, 0.98056, 0.985, 0.98722, 0.995, 0.99944, 1.0, 1.0, 1.0),
            accuracy=0.98472,
            deviation=0.01996,
            threshold=0.62615,
            equal_error=0.01389,
        ),
    ),
    MeasuredPairs(
        data="lfw",
        model="facenet_sface256",
        people=624,
        pictures=2133,
        not_found=0,
        figures=PairFigures(
            same=counts(
                "0 0 2 11 21 51 73 118 141 180 182 149 150 113 88 70 49 24 17 17 17 7 4 3 1 1 1 1 "
                "1 2 0 1 1 1 1 0 0 1 0 0 0 0 0 1 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 "
            ),
            different=counts(
                "0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 1 0 1 2 2 6 12 19 32 52 59 100 130 "
                "136 152 147 153 133 121 96 62 42 21 10 6 4 0 1 0 0 0 0 0 0 0 0 0 0 "
            ),
            roc=(
                0.98933,
                0.98933,
                0.992,
                0.992,
                0.99333,
                0.99467,
                0.99533,
                0.996,
                0.99667,
                0.998,
                0.99933,
                1.0,
            ),
            accuracy=0.99567,
            deviation=0.0026,
            threshold=0.61216,
            equal_error=0.00667,
        ),
    ),
    MeasuredPairs(
        data="orl",
        model="facenet_sface256",
        people=40,
        pictures=400,
        not_found=0,
        figures=PairFigures(
            same=counts(
                "0 2 20 36 79 88 114 154 157 148 122 137 134 121 91 84 86 60 44 31 27 23 13 8 10 "
                "6 4 0 1 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 "
            ),
            different=counts(
                "0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 2 2 4 8 18 34 52 62 90 116 115 173 182 "
                "173 169 154 141 104 73 54 38 24 6 5 1 0 0 0 0 0 0 0 0 0 0 0 0 0 0 "
            ),
            roc=(0.97, 0.97, 0.97333, 0.98389, 0.98889, 0.99444, 0.99722, 0.99944, 1.0, 1.0, 1.0, 1.0),
            accuracy=0.99111,
            deviation=0.0106,
            threshold=0.6122,
            equal_error=0.00667,
        ),
    ),
)


def measured_pairs(model: str) -> list[MeasuredPairs]:
    """Return the figures of an embedder, one row for each set."""
    return [row for row in MEASURED if row.model == model]
