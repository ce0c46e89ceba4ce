// For another site's page: gives each frame of ours the height that its page asks for. It listens to nobody else.
(() => {
  const ours = new URL(document.currentScript.src).origin;
  const frames = () => [...document.querySelectorAll("iframe[data-moothall]")];
  addEventListener("message", (event) => {
    const height = event.data && event.data.moothallHeight;
    if (event.origin !== ours || typeof height !== "number" || !(height > 0)) return;
    for (const frame of frames()) {
      if (frame.contentWindow === event.source) frame.style.height = `${Math.min(Math.max(Math.ceil(height), 120), 4000)}px`;
    }
  });
  // A frame that was there first has told nobody yet.
  for (const frame of frames()) frame.contentWindow?.postMessage("moothall-height", ours);
})();
