// The search page: remembers the search, and shows the last ones while there is none.
import { recentAdd, recentClear, recentSearches } from "./recent-searches.js";

const place = document.querySelector("[data-recent]");
const count = document.querySelector("[data-photo-count]");

if (Number(count?.dataset.photoCount)) {
  const chips = [...document.querySelectorAll(".search-chip [title]")].map((chip) => chip.title);
  const text = document.getElementById("search-text").value.trim();
  recentAdd({ label: [...chips, text].filter(Boolean).join(" · "), query: location.search });
}
if (place) {
  show();
  place.querySelector("button").addEventListener("click", () => {
    recentClear();
    show();
    document.getElementById("search-text").focus();
  });
}

function show() {
  const searches = recentSearches();
  place.hidden = !searches.length;
  place.querySelector("ul").replaceChildren(...searches.map(({ label, query }) => {
    const link = Object.assign(document.createElement("a"), { className: "chip text", href: `${location.pathname}${query}` });
    const words = Object.assign(document.createElement("span"), { textContent: label, title: label });
    link.append(words);
    const item = document.createElement("li");
    item.append(link);
    return item;
  }));
}
