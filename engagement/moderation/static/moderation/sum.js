// Does the sum that a busy network is asked for, beside the page, and puts its answer in the form. A form that is sent
// before the answer is there waits for it a little, and then goes all the same: an officer reads it first.
const LONGEST_WAIT = 20_000;

for (const field of document.querySelectorAll("[data-sum]")) {
  const form = field.form;
  const note = form.querySelector("[data-sum-note]");
  let done = false;
  let waiting = null;
  const finish = (answer) => {
    if (done) return;
    done = true;
    if (answer) field.value = answer;
    if (waiting) form.requestSubmit(waiting.submitter ?? undefined);
  };
  try {
    const worker = new Worker(field.dataset.worker, { type: "module" });
    worker.addEventListener("message", ({ data }) => finish(data));
    worker.addEventListener("error", () => finish(""));
    worker.postMessage(JSON.parse(field.dataset.sum));
  } catch {
    finish("");
  }
  form.addEventListener("submit", (event) => {
    if (done) return;
    event.preventDefault();
    if (waiting) return;
    waiting = { submitter: event.submitter };
    if (note) {
      note.setAttribute("role", "status");
      note.textContent = note.dataset.busy;
    }
    setTimeout(() => finish(""), LONGEST_WAIT);
  });
}
