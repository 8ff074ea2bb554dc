// The token of writing requests, which every form of the page has. It changes when somebody signs in.
const NAME = "[name=csrfmiddlewaretoken]";

function fields() {
  const later = document.getElementById("session-dialogs")?.content.querySelectorAll(NAME) ?? [];
  return [...document.querySelectorAll(NAME), ...later];
}

export const csrfToken = () => fields()[0]?.value ?? "";

export function tokenRenew(token) {
  for (const field of fields()) field.value = token;
}
