// Whether the viewer covers the grid, whose keys then do nothing.

export const OPEN = "viewer-open";
export const covered = () => document.documentElement.classList.contains(OPEN);
