// Up and down buttons for a ranking. They write the same numbers that can be typed; the server
// reads the numbers, so the page works without this.

const whole = (box) => (/^\d{1,3}$/.test(box.value.trim()) ? Number(box.value) : 0);

for (const list of document.querySelectorAll("[data-ranking]")) {
  const rows = [...list.querySelectorAll("[data-row]")];
  const most = Number(list.dataset.most);
  const said = list.parentElement.querySelector("[data-ranking-said]");
  const box = (row) => row.querySelector("input");
  const numbered = () => rows.filter((row) => whole(box(row)) > 0).sort((a, b) => whole(box(a)) - whole(box(b)));
  const say = (words, row, n) => {
    said.textContent = words.replace("%(choice)s", row.querySelector("[data-words]").textContent).replace("%(n)s", n);
  };

  // What has a number stands first, in order; the rest follow as they were.
  const arrange = () => {
    const order = numbered();
    for (const row of [...order, ...rows.filter((each) => !order.includes(each))]) list.append(row);
  };

  const move = (row, up) => {
    const order = numbered();
    const at = order.indexOf(row);
    if (at < 0) {
      if (!up) return;
      if (order.length >= most) {
        say(list.dataset.full, row, most);
        return;
      }
      order.push(row);
    } else {
      order.splice(at, 1);
      if (up) order.splice(Math.max(0, at - 1), 0, row);
      else if (at < order.length) order.splice(at + 1, 0, row);
      else box(row).value = "";
    }
    order.forEach((each, place) => { box(each).value = place + 1; });
    arrange();
    if (order.includes(row)) say(list.dataset.said, row, order.indexOf(row) + 1);
    else say(list.dataset.out, row, 0);
  };

  for (const row of rows) {
    const steps = row.querySelector("[data-steps]");
    steps.hidden = false;
    for (const button of steps.querySelectorAll("[data-step]")) {
      button.addEventListener("click", () => {
        move(row, button.dataset.step === "up");
        button.focus();
      });
    }
  }
}
