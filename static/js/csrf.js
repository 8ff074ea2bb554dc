// The token of every writing request, from a form of the page.
export const csrfToken = () => document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";
