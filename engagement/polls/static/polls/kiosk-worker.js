// Keeps the kiosk's own page and what it is made of on the device, so that the page opens without a connection:
// after a restart, or when the line falls between two people. Only /kiosk/ is in its reach. It never touches a post.

const KEPT = "kiosk-1";
const PATIENCE = 4000;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

const isPage = (url) => url.pathname === "/kiosk/";
const isPart = (url) => url.pathname.startsWith("/static/");

async function fromServerFirst(request) {
  const cache = await caches.open(KEPT);
  try {
    // By its address: a request to go to a page cannot be given a time to give up.
    const answer = await fetch(request.url, { credentials: "same-origin", signal: AbortSignal.timeout(PATIENCE) });
    if (answer.ok) await cache.put(request.url, answer.clone());
    return answer;
  } catch (fault) {
    const kept = await cache.match(request.url);
    if (kept) return kept;
    throw fault;
  }
}

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== location.origin) return;
  if (isPage(url) || isPart(url)) event.respondWith(fromServerFirst(event.request));
});
