// Lets someone press the server's drawing of an area to say where something is. A list, a postcode
// and own words stand beside it: this is never the only way.

const SVG = "http://www.w3.org/2000/svg";

export function pickPlace(holder) {
  const figure = holder.querySelector("[data-area-map]");
  const drawing = figure?.querySelector("svg");
  const latitude = document.getElementById(holder.dataset.latitude);
  const longitude = document.getElementById(holder.dataset.longitude);
  if (!drawing || !latitude || !longitude) return;
  holder.hidden = false;
  const { width, height } = drawing.viewBox.baseVal;
  const { west, north, scale, narrow, margin } = Object.fromEntries(
    ["west", "north", "scale", "narrow", "margin"].map((name) => [name, Number(figure.dataset[name])]),
  );
  const hint = document.createElement("p");
  hint.id = `${holder.dataset.latitude}-hint`;
  hint.textContent = holder.dataset.hint;
  holder.prepend(hint);
  const said = document.createElement("p");
  said.setAttribute("role", "status");
  holder.append(said);
  const off = document.createElement("button");
  off.type = "button";
  off.className = "govuk-button govuk-button--secondary";
  off.textContent = holder.dataset.none;
  off.hidden = true;
  holder.append(off);
  const mark = document.createElementNS(SVG, "circle");
  mark.setAttribute("r", "12");
  mark.setAttribute("class", "area-map__picked");
  mark.setAttribute("visibility", "hidden");
  drawing.append(mark);
  drawing.setAttribute("tabindex", "0");
  drawing.setAttribute("aria-describedby", hint.id);
  drawing.classList.add("area-map__map--picks");
  let at = { x: width / 2, y: height / 2 };

  const draw = () => {
    mark.setAttribute("cx", at.x);
    mark.setAttribute("cy", at.y);
    mark.setAttribute("visibility", "visible");
  };
  const set = () => {
    draw();
    longitude.value = (west + (at.x - margin) / (narrow * scale)).toFixed(5);
    latitude.value = (north - (at.y - margin) / scale).toFixed(5);
    said.textContent = holder.dataset.set;
    off.hidden = false;
  };
  if (latitude.value && longitude.value) {
    at = {
      x: margin + (Number(longitude.value) - west) * narrow * scale,
      y: margin + (north - Number(latitude.value)) * scale,
    };
    set();
  }
  drawing.addEventListener("click", (event) => {
    const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(drawing.getScreenCTM().inverse());
    at = { x: point.x, y: point.y };
    set();
  });
  drawing.addEventListener("keydown", (event) => {
    const step = event.shiftKey ? 40 : 8;
    const moves = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] };
    if (moves[event.key]) {
      const [x, y] = moves[event.key];
      at = { x: Math.min(width, Math.max(0, at.x + x)), y: Math.min(height, Math.max(0, at.y + y)) };
      draw();
      event.preventDefault();
    } else if (event.key === "Enter" || event.key === " ") {
      set();
      event.preventDefault();
    }
  });
  off.addEventListener("click", () => {
    latitude.value = longitude.value = "";
    mark.setAttribute("visibility", "hidden");
    said.textContent = holder.dataset.gone;
    off.hidden = true;
  });
}
