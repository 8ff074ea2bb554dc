"""The losses of an optimisation are drawn on the server."""

import re

from django.template import engines

LOSSES = [[0.0, 0.8, 0.01, 8.0], [0.5, 0.4, 0.02, 4.5], [0.6, 0.08, 0.02, 1.4]]


def drawn(result: object) -> str:
    template = engines["django"].from_string("{% load loss_chart %}{% loss_chart result %}")
    return str(template.render({"result": result}))


def points(html: str, name: str) -> list[tuple[float, float]]:
    found = re.search(rf'<polyline class="loss-{name}" points="([^"]*)"', html)
    assert found
    return [(float(x), float(y)) for x, y in (pair.split(",") for pair in found[1].split())]


def test_each_loss_is_a_line_of_all_iterations() -> None:
    html = drawn({"iterations": 5, "losses": LOSSES})
    for name in ("total", "content", "style", "smoothness"):
        line = points(html, name)
        assert len(line) == 3
        assert [x for x, _y in line] == sorted(x for x, _y in line)
    falling = points(html, "total")
    assert falling[0][1] < falling[1][1] < falling[2][1]  # downwards is larger


def test_the_chart_leaves_room_for_the_iterations_to_come() -> None:
    part = points(drawn({"iterations": 50, "losses": LOSSES}), "total")
    whole = points(drawn({"iterations": 3, "losses": LOSSES}), "total")
    assert part[0] == whole[0]
    assert part[-1][0] < 0.2 * whole[-1][0]


def test_a_loss_of_zero_is_at_the_lower_edge_and_all_points_are_inside() -> None:
    html = drawn({"iterations": 3, "losses": [*LOSSES, [1e6, 0.0, 1e-9, 1e6]]})
    for name in ("total", "content", "style", "smoothness"):
        assert all(0 <= x <= 640 and 0 <= y <= 240 for x, y in points(html, name))
    lowest = max(y for _x, y in points(html, "style"))
    assert points(html, "content")[0][1] == lowest


def test_the_last_values_are_named_and_no_style_is_inline() -> None:
    html = drawn({"iterations": 3, "losses": LOSSES})
    assert "1.4" in html
    assert "0.08" in html
    assert "style=" not in html.replace('class="loss-style"', "")


def test_there_is_no_chart_before_there_is_a_line() -> None:
    results: list[object] = [None, {}, {"losses": []}, {"losses": LOSSES[:1]}]
    for result in results:
        assert "<svg" not in drawn(result)
