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

// Where the parts of a board do not fit across a phone, show the one we are in.
document.querySelector(".board-nav [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
