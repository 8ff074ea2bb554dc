// The last searches of an account, in the browser only. They end with the session, or with "Clear".
const MOST = 8;

const account = document.getElementById("session-dialogs")?.dataset.account;
const KEY = `recent-searches-${account}`;

/** Return the last searches, the newest first: [{label, query}]. */
export function recentSearches() {
  try {
    return JSON.parse(localStorage.getItem(KEY)) ?? [];
  } catch (error) {
    // Blocked by the browser, or changed by somebody.
    console.warn(error);
    return [];
  }
}

/** Remember a search. */
export function recentAdd(search) {
  const others = recentSearches().filter(({ query }) => query !== search.query);
  keep([search, ...others].slice(0, MOST));
}

/** Forget all. */
export function recentClear() {
  localStorage.removeItem(KEY);
}

function keep(searches) {
  try {
    localStorage.setItem(KEY, JSON.stringify(searches));
  } catch (error) {
    console.warn(error);
  }
}
