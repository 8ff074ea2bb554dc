// Words for how selected files ended, for the list and for the tray: "3 uploaded, 1 duplicate".
const OUTCOMES = [
  ["received", (n) => ngettext("%s uploaded", "%s uploaded", n)],
  ["already_there", (n) => ngettext("%s duplicate", "%s duplicates", n)],
  ["restored", (n) => ngettext("%s restored from the bin", "%s restored from the bin", n)],
  ["refused", (n) => ngettext("%s not added", "%s not added", n)],
  ["failed", (n) => ngettext("%s failed", "%s failed", n)],
  ["cancelled", (n) => ngettext("%s cancelled", "%s cancelled", n)],
];

export function counted(word, count) {
  return interpolate(word(count), [count.toLocaleString(document.documentElement.lang)]);
}

/** The files of each status; the photos of an unpacked zip of an earlier page count as one. */
export class OutcomeCounts {
  #counts = {};

  add(counts) {
    for (const [status, count] of Object.entries(counts)) {
      const name = status === "added" ? "received" : status;
      this.#counts[name] = this.of(name) + count;
    }
  }

  of(status) {
    return this.#counts[status] ?? 0;
  }

  /** One phrase for each status that occurs, but `without`. */
  phrases(without = "") {
    const found = OUTCOMES.filter(([status]) => status !== without && this.of(status));
    return found.map(([status, word]) => counted(word, this.of(status)));
  }
}
