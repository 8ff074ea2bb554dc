// Shows the whole photo with the face marked: while the pointer is on a face, or until it is closed after a press.

export function wholePhotos(root) {
  root.addEventListener("pointerover", (event) => {
    const button = event.target.closest?.("[data-whole]");
    if (!button || event.pointerType !== "mouse") return;
    const photo = photoOf(button);
    if (!photo || photo.matches(":popover-open")) return;
    photo.classList.add("hovering");
    photo.showPopover();
  });
  root.addEventListener("pointerout", (event) => {
    const button = event.target.closest?.("[data-whole]");
    if (!button || button.contains(event.relatedTarget)) return;
    const photo = photoOf(button);
    if (photo?.matches(".hovering:popover-open")) photo.hidePopover();
  });
  // A press outside a popover closes it before the click event, and the button is outside: a popover that was open
  // on hover is remembered at the start of the press and stays open.
  let pinned = null;
  root.addEventListener("pointerdown", (event) => {
    const photo = photoOf(event.target.closest?.("[data-whole]"));
    pinned = photo?.matches(".hovering:popover-open") ? photo : null;
  }, true);
  root.addEventListener("click", (event) => {
    const photo = photoOf(event.target.closest?.("[data-whole]"));
    if (!photo) return;
    event.preventDefault();
    const isOpen = photo.matches(":popover-open");
    if (isOpen && pinned !== photo) return photo.hidePopover();
    pinned = null;
    photo.classList.remove("hovering");
    if (!isOpen) photo.showPopover();
  });
  root.addEventListener(
    "toggle",
    (event) => {
      if (event.newState === "closed") event.target.classList?.remove("hovering");
    },
    true,
  );
}

function photoOf(button) {
  return button && document.getElementById(button.getAttribute("popovertarget"));
}
