// While a name is being typed, shows ideas like it below the box. Without this the next page asks the same.

const PAUSE = 350;

export function offerLikes(form) {
  const box = document.getElementById(form.dataset.likesFrom);
  const here = form.querySelector("[data-likes-here]");
  let timer = 0;
  let asked = "";
  box.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(async () => {
      const title = box.value.trim();
      if (title === asked) return;
      asked = title;
      try {
        const answer = await fetch(`${form.dataset.likes}?${new URLSearchParams({ title })}`);
        if (!answer.ok || title !== asked) return;
        const piece = new DOMParser().parseFromString(await answer.text(), "text/html");
        here.replaceChildren(...piece.body.childNodes);
      } catch {
        // No connection: the next page asks.
      }
    }, PAUSE);
  });
}
