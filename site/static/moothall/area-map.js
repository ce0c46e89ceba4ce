// The map is drawn by the server. This offers a button; only when it is pressed does Leaflet
// load and lift the same drawing into a frame that can be moved and zoomed.

export function offerToMove(figure) {
  const drawing = figure.querySelector("svg");
  const button = document.createElement("button");
  button.type = "button";
  button.className = "area-map__move";
  button.textContent = figure.dataset.move;
  figure.append(button);
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      const [leaflet] = await Promise.all([import(figure.dataset.leaflet), sheet(figure.dataset.leafletCss)]);
      move(leaflet, figure, drawing);
      button.remove();
    } catch {
      button.disabled = false; // the drawing and the list still stand
    }
  });
}

function sheet(href) {
  return new Promise((done, failed) => {
    const link = document.createElement("link");
    Object.assign(link, { rel: "stylesheet", href, onload: done, onerror: failed });
    document.head.append(link);
  });
}

function move(leaflet, figure, drawing) {
  const { width, height } = drawing.viewBox.baseVal;
  const bounds = leaflet.latLngBounds([0, 0], [height, width]);
  const frame = document.createElement("div");
  frame.className = "area-map__frame";
  frame.style.aspectRatio = `${width} / ${height}`;
  drawing.before(frame);
  const map = leaflet.map(frame, {
    crs: leaflet.CRS.Simple,
    attributionControl: false,
    zoomControl: false,
    zoomSnap: 0.25,
    scrollWheelZoom: false,
    maxBounds: bounds.pad(0.3),
    fadeAnimation: !matchMedia("(prefers-reduced-motion: reduce)").matches,
    zoomAnimation: !matchMedia("(prefers-reduced-motion: reduce)").matches,
  });
  leaflet.control
    .zoom({ zoomInTitle: figure.dataset.closer, zoomOutTitle: figure.dataset.further })
    .addTo(map);
  leaflet.svgOverlay(drawing, bounds).addTo(map);
  map.fitBounds(bounds);
  map.setMinZoom(map.getZoom());
  map.setMaxZoom(map.getZoom() + 4);
  frame.setAttribute("role", "application");
  frame.setAttribute("aria-label", drawing.getAttribute("aria-label") ?? "");
  frame.focus();
}
