"""HDBSCAN's condensed tree of a group as a picture."""

from collections.abc import Sequence
from dataclasses import dataclass

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from faces.services.reviewing.cluster_quality import CutOfGroup, Sheet
from faces.vision.grouping.cluster_quality import Branch

register = template.Library()

WIDTH, HEIGHT = 760, 300
LEFT, TOP, BOTTOM = 44, 10, 22
"""Margins for the scale, in units of the picture."""

TICKS = 5


@dataclass(frozen=True, slots=True)
class Piece:
    """A drawn branch.

    outline: points of its shape. side: its side of the cut: rest, apart, or both.
    marks: points where faces of the smaller side leave a branch that continues with others.
    """

    outline: tuple[tuple[float, float], ...]
    side: str
    title: str
    marks: tuple[tuple[float, float], ...] = ()


@register.simple_tag
def group_tree(sheet: Sheet, cut: CutOfGroup | None = None) -> SafeString:
    """Draw the condensed tree from the top (far apart) to the bottom (near), as wide as it has faces.

    A branch narrows where a face leaves it, and forks where it splits in two. Smaller side of `cut` is
    coloured.
    """
    tree = sheet.quality.tree
    if not tree:
        return SafeString("")
    drawn = pieces(sheet, cut)
    marks = format_html_join(
        "",
        '<circle class="leaves" cx="{}" cy="{}" r="5"/>',
        ((f"{x:.1f}", f"{y:.1f}") for piece in drawn for x, y in piece.marks),
    )
    shapes = format_html_join(
        "",
        '<polygon class="branch {}" points="{}"><title>{}</title></polygon>',
        (
            (piece.side, " ".join(f"{x:.1f},{y:.1f}" for x, y in piece.outline), piece.title)
            for piece in drawn
        ),
    )
    scale = format_html_join(
        "",
        '<line class="grid" x1="{}" x2="{}" y1="{}" y2="{}"/><text x="{}" y="{}">{}</text>',
        ((LEFT, WIDTH, y, y, LEFT - 6, f"{float(y) + 4:.1f}", label) for y, label in _ticks(tree)),
    )
    return format_html(
        '<svg class="group-tree" viewBox="0 0 {} {}" role="img" aria-labelledby="tree-words">'
        '<title id="tree-words">{}</title>{}{}{}</svg>',
        WIDTH,
        HEIGHT,
        words(sheet),
        scale,
        shapes,
        marks,
    )


def words(sheet: Sheet) -> str:
    """Describe the picture in words, for screen readers."""
    tree = sheet.quality.tree
    trunk = tree[0]
    whole = f"{len(trunk.members)} faces, which separate between {trunk.born:.2f} and {_nearest(tree):.2f}."
    forks = [branch for branch in tree if branch.parent == 0]
    if not forks:
        return f"{whole} One branch that single faces leave."
    sizes = " and ".join(str(len(one.members)) for one in forks)
    return f"{whole} At {forks[0].born:.2f} it forks into {sizes} faces."


def pieces(sheet: Sheet, cut: CutOfGroup | None = None) -> list[Piece]:
    """Return the shapes of all branches, each after its parent."""
    tree = sheet.quality.tree
    apart: set[int] = set()
    if cut is not None:
        place = {sheet.face_ids[at]: number for number, at in enumerate(sheet.sampled)}
        apart = {place[face_id] for face_id in cut.face_ids if face_id in place}
    starts: dict[int, float] = {0: 0.0}
    found = []
    unit = (WIDTH - LEFT) / len(tree[0].members)
    for number, branch in enumerate(tree):
        start, width = starts[number], float(len(branch.members))
        left, right = [], []
        for distance, faces in _steps(branch):
            # Faces leave evenly at both edges.
            inset = (width - faces) / 2
            left.append((LEFT + unit * (start + inset), _y(distance, tree)))
            right.append((LEFT + unit * (start + width - inset), _y(distance, tree)))
        end = start + len(branch.leaving) / 2
        for child, other in enumerate(tree):
            if other.parent == number:
                starts[child] = end
                end += len(other.members)
        side = _side(branch, apart)
        marks = [
            (LEFT + unit * (start + at / 2), _y(max(distance, branch.ended), tree))
            for at, (distance, face) in enumerate(zip(branch.leaving, branch.left, strict=True))
            if side == "both" and int(face) in apart
        ]
        title = f"{len(branch.members)} faces"
        found.append(Piece((*left, *reversed(right)), side, title, tuple(marks)))
    return found


def _steps(branch: Branch) -> list[tuple[float, int]]:
    """Return distances with the number of faces left, from top to bottom: both corners of each step."""
    left = len(branch.members)
    steps = [(branch.born, left)]
    for distance in branch.leaving.tolist():
        at = max(distance, branch.ended)
        steps += [(at, left), (at, left - 1)]
        left -= 1
    # A branch whose last faces leave together ends as wide as they are.
    return [*steps, (branch.ended, left)]


def _side(branch: Branch, apart: set[int]) -> str:
    members = set(branch.members.tolist())
    if members <= apart:
        return "apart"
    return "rest" if members.isdisjoint(apart) else "both"


def _nearest(tree: Sequence[Branch]) -> float:
    return min(branch.ended for branch in tree)


def _y(distance: float, tree: Sequence[Branch]) -> float:
    far, near = tree[0].born, _nearest(tree)
    return TOP + (HEIGHT - TOP - BOTTOM) * (far - distance) / max(far - near, 1e-6)


def _ticks(tree: Sequence[Branch]) -> list[tuple[str, str]]:
    far, near = tree[0].born, _nearest(tree)
    distances = [far - (far - near) * step / (TICKS - 1) for step in range(TICKS)]
    return [(f"{_y(distance, tree):.1f}", f"{distance:.2f}") for distance in distances]
