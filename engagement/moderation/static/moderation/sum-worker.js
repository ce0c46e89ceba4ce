// Which number, put behind the salt, has this SHA-256? Tried from nought up, as altcha's version 1 asks.
const letters = new TextEncoder();

const hex = (bytes) => [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, "0")).join("");

addEventListener("message", async ({ data }) => {
  if (!globalThis.crypto?.subtle) {
    postMessage("");
    return;
  }
  const { algorithm, challenge, salt, signature, max } = data;
  for (let number = 0; number <= max; number += 1) {
    if (hex(await crypto.subtle.digest(algorithm, letters.encode(salt + number))) === challenge) {
      postMessage(btoa(JSON.stringify({ algorithm, challenge, number, salt, signature })));
      return;
    }
  }
  postMessage("");
});
