// Single keys for the queue. Everything they do is a button or a link on the page, so without them nothing is lost.
// They can be turned off (WCAG 2.2, 2.1.4), are silent while someone types or holds another key, and stop no key that
// the page does not know.
const KEPT = "moderation-keys";
const WHERE = "moderation-where";
const things = [...document.querySelectorAll("[data-thing]")];
const list = document.querySelector("[data-keys]");
const choice = document.querySelector("[data-keys-on]");

const remembered = (store, name) => {
  try {
    return store.getItem(name);
  } catch {
    return null;
  }
};
const remember = (store, name, value) => {
  try {
    store.setItem(name, value);
  } catch {
    // A browser that keeps nothing asks again next time.
  }
};

if (list && choice) {
  list.hidden = false;
  choice.checked = remembered(localStorage, KEPT) !== "off";
  choice.addEventListener("change", () => remember(localStorage, KEPT, choice.checked ? "on" : "off"));
}

const here = () => things.findIndex((thing) => thing.contains(document.activeElement));
const go = (at) => {
  const thing = things[Math.max(0, Math.min(at, things.length - 1))];
  if (!thing) return;
  thing.focus();
  thing.scrollIntoView({ block: "start" });
};
const pressed = (thing, mark) => thing?.querySelector(`[data-${mark}]`)?.click();

const acts = {
  j: () => go(here() + 1),
  k: () => go(here() < 0 ? 0 : here() - 1),
  s: (thing) => pressed(thing, "show"),
  e: (thing) => pressed(thing, "edit"),
  x: (thing) => pressed(thing, "tick"),
  h: (thing) => {
    const part = thing?.querySelector("[data-hide]");
    if (!part) return;
    part.open = true;
    part.querySelector("select").focus();
  },
  "?": () => {
    list.open = !list.open;
    list.querySelector("summary").focus();
  },
};

document.addEventListener("keydown", (event) => {
  if (!choice?.checked || event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented) return;
  if (event.target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]")) return;
  const act = acts[event.key];
  if (!act) return;
  event.preventDefault();
  act(things[here()]);
});

// After a decision the page comes anew: go on where the officer was.
document.querySelector("[data-queue]")?.addEventListener("submit", () => {
  if (here() >= 0) remember(sessionStorage, WHERE, String(here()));
});
const where = remembered(sessionStorage, WHERE);
if (where !== null && things.length) {
  try {
    sessionStorage.removeItem(WHERE);
  } catch {
    // Nothing was kept.
  }
  if (!document.querySelector("[role=alert]")) go(Number(where));
}
