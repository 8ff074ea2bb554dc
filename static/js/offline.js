// The offline page, at the address of the page that could not be loaded.
addEventListener("online", () => location.reload());
