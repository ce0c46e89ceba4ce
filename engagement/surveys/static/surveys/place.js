// A place on the map, for who would rather point than write. The drawing is the server's own; the
// words and the ward beside it say the same, and are all that is needed.

const MARGIN = 16;
const STEP = 12;

export function offerMap(place) {
  const box = place.querySelector("[data-place-map]");
  const svg = box?.querySelector("svg");
  const figure = box?.querySelector("[data-area-map]");
  if (!svg || !figure) return;
  const frame = frameOf(figure, svg);
  if (!frame) return;
  const lat = place.querySelector("[data-place-lat]");
  const lon = place.querySelector("[data-place-lon]");
  box.hidden = false;

  const say = document.createElement("p");
  say.className = "govuk-hint";
  say.textContent = `${box.dataset.say}. ${box.dataset.keys}`;
  box.prepend(say);
  const status = document.createElement("p");
  status.setAttribute("role", "status");
  const clear = document.createElement("button");
  clear.type = "button";
  clear.className = "govuk-button govuk-button--secondary";
  clear.textContent = box.dataset.clear;
  box.append(status, clear);

  const mark = document.createElementNS("http://www.w3.org/2000/svg", "circle");
  mark.setAttribute("class", "place-question__mark");
  mark.setAttribute("r", "10");
  svg.append(mark);
  svg.tabIndex = 0;
  svg.setAttribute("role", "application");
  svg.setAttribute("aria-label", `${box.dataset.say}. ${box.dataset.keys}`);

  let at = lat.value && lon.value ? frame.toDrawing(Number(lon.value), Number(lat.value)) : null;
  const show = () => {
    mark.setAttribute("visibility", at ? "visible" : "hidden");
    clear.hidden = !at;
    status.textContent = at ? box.dataset.set : "";
    if (at) {
      mark.setAttribute("cx", at.x);
      mark.setAttribute("cy", at.y);
      const there = frame.toPlace(at.x, at.y);
      lat.value = there.lat.toFixed(3);
      lon.value = there.lon.toFixed(3);
    } else {
      lat.value = "";
      lon.value = "";
    }
  };
  const put = (x, y) => {
    const { width, height } = svg.viewBox.baseVal;
    at = { x: Math.min(Math.max(x, 0), width), y: Math.min(Math.max(y, 0), height) };
    show();
  };
  svg.addEventListener("click", (event) => {
    const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
    put(point.x, point.y);
  });
  svg.addEventListener("keydown", (event) => {
    const moves = { ArrowUp: [0, -STEP], ArrowDown: [0, STEP], ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0] };
    const move = moves[event.key];
    if (!move) return;
    event.preventDefault();
    const from = at ?? { x: svg.viewBox.baseVal.width / 2, y: svg.viewBox.baseVal.height / 2 };
    put(from.x + move[0], from.y + move[1]);
  });
  clear.addEventListener("click", () => {
    at = null;
    show();
    svg.focus();
  });
  show();
}

// The drawing narrows longitude by the cosine of its middle latitude (components.geometry); the
// frame says its corner, its narrowing and its scale.
function frameOf(figure, svg) {
  const { west, north, scale, narrow } = figure.dataset;
  if (![west, north, scale, narrow].every((part) => part && Number.isFinite(Number(part)))) return null;
  const wide = Number(scale) * Number(narrow);
  return {
    toDrawing: (lon, lat) => ({
      x: MARGIN + (lon - Number(west)) * wide,
      y: MARGIN + (Number(north) - lat) * Number(scale),
    }),
    toPlace: (x, y) => ({ lon: Number(west) + (x - MARGIN) / wide, lat: Number(north) - (y - MARGIN) / Number(scale) }),
  };
}
