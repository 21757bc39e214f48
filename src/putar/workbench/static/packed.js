// Packed: opens what the file carries deflated and in base64, before any part that reads it, or says why it cannot.

/** Return the text that an element holds packed; whoever asks waits for it. */
async function unpacked(id) {
  if (typeof DecompressionStream === "undefined") return endWith(say("page.too_old"));
  try {
    const bytes = Uint8Array.from(atob(document.getElementById(id).textContent), (sign) => sign.charCodeAt(0));
    const opened = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
    return await new Response(opened).text();
  } catch {
    return endWith(say("page.damaged"));
  }
}

/** Say below the verdict why nothing more is drawn, and go no further. */
function endWith(sentence) {
  const line = document.createElement("p");
  line.setAttribute("role", "alert");
  line.textContent = sentence;
  document.getElementById("opening").append(line);
  throw new Error(sentence);
}
