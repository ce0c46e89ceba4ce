// A kiosk: keeps each vote on this device until the server has said that it holds it, changes language
// and begins again without a connection, and asks who has gone away. The page works without this while there is
// a connection. The server counts a token once, so what is in doubt is simply sent again.

const root = () => document.querySelector("[data-kiosk]");
const part = (name) => root().querySelector(`[data-part=${name}]`);
const said = root().dataset;
const KEPT = `kiosk-votes-of-poll-${said.poll}`;
const SOON = 5000; // as long as a voter waits for an answer before the device keeps the vote
const THANKS = 15000;
const REFUSED = ["closed", "ended", "wrong"];
const pages = new Map(); // language -> that page's kiosk, so that it can be shown without a connection
let inHand = ""; // the token that is being sent while its voter stands there
let flushing = null;
let seen = Date.now();
let thanked = 0;

// --- what this device holds ------------------------------------------------------------------------

function held() {
  try {
    const found = JSON.parse(localStorage.getItem(KEPT));
    if (Array.isArray(found?.waiting)) return { waiting: found.waiting, lost: Number(found.lost) || 0 };
  } catch {
    // Nothing that can be read: nothing was kept.
  }
  return { waiting: [], lost: 0 };
}

function hold(change) {
  const now = held();
  change(now);
  try {
    localStorage.setItem(KEPT, JSON.stringify(now));
  } catch {
    return false;
  }
  say();
  return true;
}

const keep = (vote) =>
  hold((now) => now.waiting.push(vote)) && held().waiting.some((each) => each.token === vote.token);
const drop = (vote) => hold((now) => { now.waiting = now.waiting.filter((each) => each.token !== vote.token); });
const lose = (vote) =>
  hold((now) => {
    now.waiting = now.waiting.filter((each) => each.token !== vote.token);
    now.lost += 1;
  });

function say() {
  const { waiting, lost } = held();
  const n = waiting.filter((vote) => vote.token !== inHand).length;
  const words = [];
  const { waitingOne, waitingMore, lostOne, lostMore } = root().dataset;
  if (n) words.push(n === 1 ? waitingOne : waitingMore.replace("%(n)s", n));
  if (lost) words.push(lost === 1 ? lostOne : lostMore.replace("%(n)s", lost));
  const line = part("waiting");
  if (line.textContent !== words.join(" ")) line.textContent = words.join(" ");
}

// --- sending -----------------------------------------------------------------------------------------

function post(vote, { later, within }) {
  const body = new URLSearchParams(vote.fields);
  body.set("token", vote.token);
  if (later) body.set("later", "1");
  return fetch(`${said.vote}?language=${root().dataset.language}`, {
    method: "POST",
    body,
    headers: { Accept: "application/json" },
    signal: AbortSignal.timeout(within),
  });
}

async function outcomeOf(answer) {
  try {
    return answer.headers.get("Content-Type")?.includes("json") ? (await answer.json()).outcome : "";
  } catch {
    return "";
  }
}

// Send what waits, oldest first. It stops at the first that gets no clear answer, and is tried again later.
async function sendAll() {
  for (const vote of held().waiting) {
    if (vote.token === inHand) continue;
    let outcome;
    try {
      outcome = await outcomeOf(await post(vote, { later: true, within: 15000 }));
    } catch {
      return;
    }
    if (outcome === "counted") drop(vote);
    else if (REFUSED.includes(outcome)) lose(vote);
    else return;
  }
}

const flush = () => (flushing ??= sendAll().finally(() => { flushing = null; }));

function newToken() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function isAnswered(form) {
  const radios = [...form.querySelectorAll("input[type=radio]")];
  if (radios.length) {
    return [...new Set(radios.map((each) => each.name))].every((name) => radios.some((each) => each.name === name && each.checked));
  }
  return [...form.querySelectorAll("input:not([type=hidden]):not([name=may_quote])")].some((each) => (each.type === "checkbox" ? each.checked : each.value.trim()));
}

function slip(words) {
  const box = part("slip");
  box.textContent = words;
  box.hidden = false;
  box.focus();
}

function thank(name) {
  part("ballot").hidden = true;
  const thanks = part(name);
  thanks.hidden = false;
  thanks.querySelector("h1").focus();
  scrollTo(0, 0);
  clearTimeout(thanked);
  thanked = setTimeout(begin, THANKS);
}

async function cast(form) {
  if (inHand) return;
  const closes = Number(root().dataset.closes || 0) * 1000;
  if (closes && Date.now() >= closes) return thank("closed");
  if (!isAnswered(form)) return slip(root().dataset.answerFirst);
  const vote = { token: newToken(), fields: [...new FormData(form)].filter(([name]) => name !== "token") };
  inHand = vote.token;
  const isKept = keep(vote);
  let answer = null;
  let outcome = "";
  try {
    answer = await post(vote, { later: false, within: SOON });
    outcome = await outcomeOf(answer);
  } catch {
    // No connection, or none in time: it is in doubt, so it is kept.
  }
  inHand = "";
  if (outcome === "counted") {
    drop(vote);
    thank("counted");
    flush();
  } else if (answer?.status === 422) {
    drop(vote);
    put(kioskIn(await answer.text()));
    root().querySelector(".govuk-error-summary")?.focus();
  } else if (REFUSED.includes(outcome)) {
    lose(vote);
    thank("closed");
  } else if (isKept) {
    thank("kept");
  } else {
    slip(root().dataset.notKept);
  }
  say();
}

// --- pages -------------------------------------------------------------------------------------------

function kioskIn(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  const found = page.querySelector("[data-kiosk]");
  return found && { html: found.outerHTML, title: page.title, sheet: page.querySelector("link[href*=govuk-frontend]")?.getAttribute("href") };
}

function put(page) {
  if (!page) return;
  const made = new DOMParser().parseFromString(page.html, "text/html").body.firstElementChild;
  root().replaceWith(document.adoptNode(made));
  document.title = page.title;
  document.documentElement.lang = made.dataset.language;
  document.documentElement.dir = made.dataset.dir;
  const old = document.querySelector("link[href*=govuk-frontend]");
  if (page.sheet && old && old.getAttribute("href") !== page.sheet) {
    const sheet = old.cloneNode();
    sheet.href = page.sheet;
    sheet.onload = () => old.remove();
    sheet.onerror = () => sheet.remove(); // without a connection the old one still fits
    old.after(sheet);
  }
  say();
}

async function gather() {
  const codes = [...root().querySelectorAll("[data-language-code]")].map((link) => link.dataset.languageCode);
  for (const code of new Set([said.usual, ...codes])) {
    try {
      const answer = await fetch(`${said.page}?language=${code}`, { signal: AbortSignal.timeout(15000) });
      const page = answer.ok && kioskIn(await answer.text());
      if (page) pages.set(code, page);
    } catch {
      return;
    }
  }
}

// Let the worker (kiosk-worker.js) take the page and all it is made of onto the device, so that it opens without a
// connection. Where a browser has no workers, the open page still goes on.
async function prepare() {
  const worker = navigator.serviceWorker;
  if (!worker) return;
  try {
    await worker.register(said.worker, { scope: said.page });
    if (!worker.controller) await new Promise((go) => worker.addEventListener("controllerchange", go, { once: true }));
    const made = performance.getEntriesByType("resource").map((each) => each.name).filter((name) => new URL(name).pathname.startsWith("/static/"));
    const codes = [...root().querySelectorAll("[data-language-code]")].map((link) => `${said.page}?language=${link.dataset.languageCode}`);
    for (const each of new Set([...made, said.page, ...codes])) await fetch(each);
    document.documentElement.dataset.ready = "";
  } catch {
    // Tried again the next time that this page is opened.
  }
}

function speak(code) {
  const answers = [...(root().querySelector("[data-ballot]")?.elements ?? [])].map((each) => [each.name, each.type, each.value, each.checked]);
  put(pages.get(code));
  for (const [name, type, value, checked] of answers) {
    for (const each of root().querySelector("[data-ballot]")?.elements ?? []) {
      if (each.name !== name || type === "hidden" || type === "submit") continue;
      if (type !== "radio" && type !== "checkbox") each.value = value;
      else if (each.value === value) each.checked = checked;
    }
  }
  root().querySelector(`[data-language-code="${code}"]`)?.focus();
}

// Begin again for the next person. With a connection the page comes fresh; without, as it was gathered.
async function begin() {
  clearTimeout(thanked);
  seen = Date.now();
  try {
    const answer = await fetch(said.page, { signal: AbortSignal.timeout(3000) });
    await answer.text();
    location.assign(said.page);
  } catch {
    put(pages.get(said.usual));
    scrollTo(0, 0);
  }
}

const isTouched = () =>
  !root().querySelector("[data-part=ballot]:not([hidden])") ||
  root().dataset.language !== said.usual ||
  root().querySelector("details[open]") ||
  [...root().querySelectorAll("input:not([type=hidden]), textarea")].some((each) => (["radio", "checkbox"].includes(each.type) ? each.checked : each.value));

// --- going away --------------------------------------------------------------------------------------

function watch() {
  const dialog = part("idle");
  const quiet = (Date.now() - seen) / 1000;
  const left = Math.ceil(Number(said.idle) + Number(said.warn) - quiet);
  if (quiet < Number(said.idle) || !isTouched()) return;
  if (!dialog.open) dialog.showModal();
  part("seconds").textContent = String(Math.max(0, left));
  if (left <= 0) {
    dialog.close();
    begin();
  }
}

function stay() {
  seen = Date.now();
  if (part("idle").open) part("idle").close();
}

async function tell() {
  await flush();
  const body = new URLSearchParams({ waiting: held().waiting.length });
  try {
    const answer = await fetch(said.state, { method: "POST", body, signal: AbortSignal.timeout(10000) });
    const isOpen = answer.ok ? (await answer.json()).open : null;
    if (isOpen !== null && isOpen !== Boolean(root().querySelector("[data-ballot]")) && !isTouched()) begin();
    return answer.ok;
  } catch {
    return false;
  }
}

async function leave(form) {
  clearTimeout(thanked);
  const isThere = await tell();
  const box = part("leave-slip");
  const words = held().waiting.length ? root().dataset.stillWaiting : isThere ? "" : root().dataset.noConnection;
  box.textContent = words;
  box.hidden = !words;
  if (words) return;
  // This device is an ordinary one again: nothing of the kiosk stays on it.
  for (const each of (await navigator.serviceWorker?.getRegistrations()) ?? []) await each.unregister();
  for (const name of (await globalThis.caches?.keys()) ?? []) await caches.delete(name);
  form.submit();
}

document.addEventListener("submit", (event) => {
  if (event.target.matches("[data-ballot]")) {
    event.preventDefault();
    cast(event.target);
  } else if (event.target.matches("[data-leave]")) {
    event.preventDefault();
    leave(event.target);
  }
});
document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-language-code]");
  if (link && pages.has(link.dataset.languageCode)) {
    event.preventDefault();
    speak(link.dataset.languageCode);
  }
  if (event.target.closest("[data-next]")) begin();
  if (event.target.closest("[data-stay]")) stay();
});
document.addEventListener("cancel", stay, true); // Escape in the dialog
for (const kind of ["pointerdown", "keydown", "input"]) {
  document.addEventListener(kind, (event) => {
    if (!part("idle").open) seen = Date.now();
    if (event.target.closest?.(".kiosk__staff")) clearTimeout(thanked); // whoever types the PIN is not sent back
  });
}
addEventListener("online", tell);
setInterval(watch, 1000);
setInterval(tell, Number(said.beat) * 1000);
say();
gather();
prepare();
tell();
