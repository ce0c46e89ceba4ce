// The running total, said as choices are made; up and down, more and less; a code that came with
// the letter's link; printing. The page works without: the server adds up again.

const pounds = (pence) =>
  new Intl.NumberFormat("en-GB", { style: "currency", currency: "GBP", minimumFractionDigits: pence % 100 ? 2 : 0 }).format(pence / 100);
const whole = (box) => (/^\d{1,3}$/.test(box.value.trim()) ? Number(box.value) : 0);

for (const ballot of document.querySelectorAll("[data-ballot]")) {
  const basket = ballot.querySelector("[data-basket]");
  const line = basket.querySelector("[data-basket-line]");
  const method = ballot.dataset.ballot;
  const boxes = [...ballot.querySelectorAll("[data-value], input[name=ticks]")];
  const chosen = () => boxes.filter((box) => (box.type === "checkbox" ? box.checked : whole(box) > 0));

  const say = () => {
    const picked = chosen();
    const n = picked.length;
    const words = [];
    if (method === "points") {
      const left = Number(ballot.dataset.points) - picked.reduce((sum, box) => sum + whole(box), 0);
      words.push(left < 0 ? basket.dataset.many.replace("%(n)s", -left) : basket.dataset.pointsLeft.replace("%(n)s", left));
    }
    words.push(n === 1 ? basket.dataset.chosenOne : basket.dataset.chosenMore.replace("%(n)s", n));
    if ("costs" in ballot.dataset) {
      const cost = picked.reduce((sum, box) => sum + Number(box.dataset.cost), 0);
      words.push(basket.dataset.cost.replace("%(cost)s", pounds(cost)));
      const left = Number(ballot.dataset.budget) - cost;
      if (method === "knapsack") {
        words.push(left < 0 ? basket.dataset.over.replace("%(over)s", pounds(-left)) : basket.dataset.left.replace("%(left)s", pounds(left)));
      }
    }
    const short = Number(ballot.dataset.least) - n;
    const over = n - Number(ballot.dataset.most || Infinity);
    if (short > 0) words.push(basket.dataset.short.replace("%(n)s", short));
    if (over > 0) words.push(basket.dataset.many.replace("%(n)s", over));
    line.textContent = words.join(" ");
  };

  // A place taken from another moves that one along: places stay 1, 2, 3 without gaps.
  const move = (box, up) => {
    const order = chosen().sort((a, b) => whole(a) - whole(b));
    const at = order.indexOf(box);
    if (at < 0) {
      if (up) order.push(box);
    } else {
      order.splice(at, 1);
      if (up) order.splice(Math.max(0, at - 1), 0, box);
      else if (at < order.length) order.splice(at + 1, 0, box);
      else box.value = "";
    }
    order.forEach((each, place) => { each.value = place + 1; });
  };

  for (const steps of ballot.querySelectorAll(".ballot__steps")) {
    steps.hidden = false;
    const box = steps.parentElement.querySelector("[data-value]");
    for (const button of steps.querySelectorAll("[data-step]")) {
      button.addEventListener("click", () => {
        const step = button.dataset.step;
        if (step === "up" || step === "down") move(box, step === "up");
        else box.value = Math.max(0, Math.min(255, whole(box) + (step === "more" ? 1 : -1))) || "";
        say();
      });
    }
  }
  for (const button of ballot.querySelectorAll("[data-without-script]")) button.hidden = true;
  ballot.addEventListener("change", say);
  ballot.addEventListener("input", say);
  say();
}

// The link in a letter ends in #code=…, which no browser sends to a server.
const KEPT = "voting-code";
const code = /^#code=([0-9A-Za-z-]{10,12})$/.exec(location.hash);
try {
  if (code) {
    sessionStorage.setItem(KEPT, code[1]);
    history.replaceState(null, "", location.pathname + location.search);
  }
  const box = document.querySelector("[data-cast] input[name=code]");
  if (box && !box.value) box.value = sessionStorage.getItem(KEPT) ?? "";
  if (document.querySelector(".receipt")) sessionStorage.removeItem(KEPT);
} catch {
  // No storage in this browser: the code is typed.
}

for (const place of document.querySelectorAll("[data-print]")) {
  place.hidden = false;
  place.querySelector("button").addEventListener("click", () => window.print());
}
