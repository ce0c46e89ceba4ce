// The checks beside a question follow what is typed: the same page is asked for, and its checks are put in.
const form = document.querySelector("form[data-looks]");
const beside = document.querySelector("[data-beside]");
if (form && beside) {
  let waiting = 0;
  let asked = 0;
  const look = async () => {
    const mine = ++asked;
    const typed = new FormData(form);
    typed.set("act", "look");
    try {
      const answer = await fetch(location.href, { method: "POST", body: typed, credentials: "same-origin" });
      if (!answer.ok || mine !== asked) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const found = page.querySelector("[data-beside]");
      if (found && mine === asked && found.innerHTML !== beside.innerHTML) beside.replaceChildren(...found.childNodes);
    } catch {
      // Without an answer the button "Check it first" still works.
    }
  };
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(look, 700);
  });
}
