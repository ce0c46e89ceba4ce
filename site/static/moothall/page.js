// Small help for pages that already work. Each part looks for its own mark and does nothing without it.

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

if (document.querySelector("[data-area-map]")) {
  import("./area-map.js").then(({ offerToMove }) => {
    for (const figure of document.querySelectorAll("[data-area-map]")) offerToMove(figure);
  });
}

for (const form of document.querySelectorAll("[data-likes]")) {
  import("./likes.js").then(({ offerLikes }) => offerLikes(form));
}

for (const holder of document.querySelectorAll("[data-pick-place]")) {
  import("./pick-place.js").then(({ pickPlace }) => pickPlace(holder));
}

// Where the parts of a board do not fit across a phone, show the one we are in.
document.querySelector(".board-nav [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
