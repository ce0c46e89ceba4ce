// Inside the frame: tells the page around it how high this one is. A height is no secret, so any page may hear it.
if (window.parent !== window) {
  const body = document.querySelector(".page-frame");
  let told = 0;
  const tell = () => {
    const height = Math.ceil(body.getBoundingClientRect().height) + 8;
    if (height === told) return;
    told = height;
    window.parent.postMessage({ moothallHeight: height }, "*");
  };
  new ResizeObserver(tell).observe(body);
  addEventListener("message", (event) => {
    if (event.source !== window.parent || event.data !== "moothall-height") return;
    told = 0;
    tell();
  });
}
