// The token that every writing request must carry. It is in the forms of the page.
export const csrfToken = () => document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";
