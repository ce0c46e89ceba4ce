// The view for a big screen: looks again every few seconds, and changes only what is different.

const screen = document.querySelector("[data-hall]");
const button = document.querySelector("[data-full]");

async function look() {
  if (document.hidden) return;
  try {
    const answer = await fetch(location.href, { signal: AbortSignal.timeout(8000) });
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const [now, then] = [page.querySelector("[data-live]"), document.querySelector("[data-live]")];
    if (now && then && now.innerHTML !== then.innerHTML) then.replaceWith(document.adoptNode(now));
  } catch {
    // No connection: what stands there stays, and it looks again.
  }
}

setInterval(look, Number(screen.dataset.hall) * 1000);
if (document.fullscreenEnabled) {
  button.hidden = false;
  button.addEventListener("click", () => document.documentElement.requestFullscreen());
  document.addEventListener("fullscreenchange", () => { button.hidden = Boolean(document.fullscreenElement); });
}
