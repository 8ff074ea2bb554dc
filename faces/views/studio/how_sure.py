"""Page on how sure comparisons of faces are."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from albums.http.current_user import current_user
from albums.http.decorators import page_view
from faces.services.searching.certainty import Certainty, certainty
from faces.views.decorators import recognition_required
from faces.vision.explain.pair_charts import PairChartTexts, histogram_chart, roc_chart
from faces.vision.pair_statistics import PairFigures


@dataclass(frozen=True, slots=True)
class ShownPairs:
    """A set of pairs with its histogram. people, pictures: in the set; 0 is not shown."""

    title: str
    figures: PairFigures
    histogram: SafeString
    people: int
    pictures: int
    pairs: int


@recognition_required
@page_view
def how_sure(request: HttpRequest) -> HttpResponse:
    """Show the accuracy of the account's model on public sets and on the account's confirmed faces."""
    found = certainty(current_user(request))
    texts = _texts()
    shown = [_shown(title, figures, counts, found, texts) for title, figures, counts in _sets(found)]
    curves = [(one.title, one.figures) for one in shown]
    context = {
        "found": found,
        "sets": shown,
        "roc": _safe(roc_chart(curves, texts)),
    }
    return render(request, "studio/how_sure.html", context)


def _sets(found: Certainty) -> list[tuple[str, PairFigures, tuple[int, int]]]:
    names = {"lfw": _("News photos (LFW)"), "orl": _("Small head shots (ORL)")}
    sets = [
        (names.get(row.data, row.data), row.figures, (row.people, row.pictures)) for row in found.measured
    ]
    if found.own.figures is not None:
        sets.append((_("Your confirmed faces"), found.own.figures, (found.own.people, found.own.faces)))
    return sets


def _shown(
    title: str, figures: PairFigures, counts: tuple[int, int], found: Certainty, texts: PairChartTexts
) -> ShownPairs:
    picture = _safe(histogram_chart(figures, texts, threshold=found.calibration.threshold))
    return ShownPairs(title, figures, picture, *counts, figures.pairs)


def _texts() -> PairChartTexts:
    return PairChartTexts(
        histogram=_("Distances of pairs of faces"),
        same=_("same person"),
        different=_("different people"),
        distance=_("distance"),
        share=_("share of pairs"),
        threshold=_("threshold"),
        roc=_("Recognised pairs by false matches"),
        false_rate=_("different people taken for the same"),
        true_rate=_("same person recognised"),
    )


def _safe(chart: str) -> SafeString:
    # Its texts are escaped where it is drawn.
    return mark_safe(chart)  # noqa: S308  # nosec B703 - see above
