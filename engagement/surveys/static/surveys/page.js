// Makes a page of questions quicker. Without it the server does the same, a page at a time.

const form = document.querySelector("[data-survey-page]");
if (form) {
  bringOut(form);
  for (const group of form.querySelectorAll("[data-points]")) countPoints(group);
  if (form.querySelector("[data-place-map]")) {
    import("./place.js").then(({ offerMap }) => {
      for (const place of form.querySelectorAll("[data-place]")) offerMap(place);
    });
  }
}

// --- questions that hang on others of the same page ----------------------------------------------

function bringOut(page) {
  for (const waiting of page.querySelectorAll("template[data-waits]")) {
    const question = waiting.content.querySelector("[data-q]");
    question.hidden = true;
    waiting.replaceWith(question);
  }
  const hanging = [...page.querySelectorAll("[data-show-if]")].map((question) => ({
    question,
    condition: JSON.parse(question.dataset.showIf),
  }));
  if (!hanging.length) return;
  const shown = page.querySelector('input[name="shown"]');
  const look = () => {
    for (const { question, condition } of hanging) question.hidden = !holds(page, condition);
    shown.value = [...page.querySelectorAll("[data-q]")]
      .filter((question) => !question.hidden)
      .map((question) => question.dataset.q)
      .join(" ");
  };
  page.addEventListener("input", look);
  page.addEventListener("change", look);
  look();
}

function holds(page, condition) {
  if (condition.all) return condition.all.every((part) => holds(page, part));
  if (condition.any) return condition.any.some((part) => holds(page, part));
  if (condition.not) return !holds(page, condition.not);
  const values = answer(page, condition.q);
  if ("answered" in condition) return condition.answered === values.length > 0;
  if (!values.length) return false;
  if ("is" in condition) return same(values[0], condition.is);
  if ("is_not" in condition) return !same(values[0], condition.is_not);
  if ("has" in condition) return values.includes(condition.has);
  if ("lacks" in condition) return !values.includes(condition.lacks);
  const number = Number(values[0].replace(/[,£\s]/g, ""));
  if (Number.isNaN(number)) return false;
  return "at_least" in condition ? number >= Number(condition.at_least) : number <= Number(condition.at_most);
}

// What stands in a question's boxes: values, or for boxes of their own (ranking, points) the ids that have one.
function answer(page, id) {
  const question = page.querySelector(`[data-q="${CSS.escape(id)}"]`);
  if (!question || question.hidden) return [];
  const values = [];
  for (const box of question.querySelectorAll("input, select, textarea")) {
    if (box.type === "radio" || box.type === "checkbox" ? !box.checked : !box.value.trim()) continue;
    if (box.name === id) values.push(box.value.trim());
    else if (box.name.startsWith(`${id}__`) && box.value.trim() !== "0") values.push(box.name.slice(id.length + 2));
  }
  // A tick for consent that is not there is a "no", and not a question left out.
  const tick = question.querySelector(`input[type="checkbox"][name="${CSS.escape(id)}"][value="yes"]`);
  if (tick) return [tick.checked ? "true" : "false"];
  return values;
}

function same(given, wanted) {
  if (typeof wanted === "boolean") return given === String(wanted);
  if (typeof wanted === "number") return Number(given) === wanted;
  return given.toLowerCase() === String(wanted).trim().toLowerCase();
}

// --- points --------------------------------------------------------------------------------------

function countPoints(group) {
  const line = group.querySelector("[data-points-left]");
  const boxes = [...group.querySelectorAll("input")];
  const count = () => {
    const given = boxes.reduce((sum, box) => sum + (/^\d{1,6}$/.test(box.value.trim()) ? Number(box.value) : 0), 0);
    line.textContent = `${line.dataset.left} ${Number(group.dataset.points) - given}`;
  };
  line.hidden = false;
  group.addEventListener("input", count);
  count();
}
