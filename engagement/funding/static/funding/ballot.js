// How many are ticked, said as they are ticked. The page works without; the server counts again.

for (const ballot of document.querySelectorAll("[data-ballot]")) {
  const line = ballot.querySelector("[data-ballot-count]");
  if (!line) continue;
  const least = Number(ballot.dataset.least);
  const most = Number(ballot.dataset.most || Infinity);

  const say = () => {
    const ticked = ballot.querySelectorAll("input[name=ticks]:checked").length;
    let words = line.dataset.enough;
    let short = 0;
    if (ticked < least) [words, short] = [line.dataset.one, least - ticked];
    else if (ticked > most) [words, short] = [line.dataset.over, ticked - most];
    else if (ticked === most) words = line.dataset.full;
    line.textContent = words.replace("%(n)s", ticked).replace("%(short)s", short);
    line.hidden = false;
  };
  ballot.addEventListener("change", say);
  say();
}
