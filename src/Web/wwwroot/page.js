// The client-side behaviour of the pages: copying text, colouring a spec, and marking where a table continues beyond its frame.
addEventListener("click", async event => {
  const button = event.target.closest?.("button[data-copy]");
  if (!button) return;
  const text = document.getElementById(button.dataset.copy);
  const said = document.getElementById(`${button.dataset.copy}-copied`);
  try {
    await navigator.clipboard.writeText(text.textContent);
    said.textContent = "Copied.";
  } catch {
    // Browsers allow clipboard access only over HTTPS and on this machine.
    getSelection().selectAllChildren(text);
    said.textContent = "Selected; copy it with the keyboard.";
  }
});

const mark = box => {
  const [before, after] = [box.scrollLeft > 1, box.scrollLeft + box.clientWidth < box.scrollWidth - 1];
  const cut = [before && "left", after && "right"].filter(Boolean).join(" ");
  if ((box.dataset.cut ?? "") === cut) return;
  if (cut) box.dataset.cut = cut;
  else delete box.dataset.cut;
};
const markAll = () => document.querySelectorAll(".scroll").forEach(mark);
addEventListener("scroll", event => event.target.classList?.contains("scroll") && mark(event.target), { capture: true, passive: true });
addEventListener("resize", markAll);
addEventListener("load", markAll);

// Matches keys, strings, comments, numbers and literals of JSON, and keys of YAML.
const tokens = /("(?:\\.|[^"\\\n])*"(?=\s*:)|^[ \t-]*[A-Za-z][\w-]*(?=\s*:))|("(?:\\.|[^"\\\n])*")|(\/\/[^\n]*|\/\*[^]*?\*\/|#[^\n]*)|(-?\b\d[\d.]*(?:[eE][+-]?\d+)?\b)|\b(true|false|null)\b/gm;
const kinds = ["key", "text", "comment", "number", "literal"];
// Longer texts are not coloured, because that would make typing slow.
const mostColoured = 100_000;
const colour = pre => {
  const text = document.getElementById(pre.dataset.colours)?.value ?? "";
  if (pre.colouredText === text) return;
  pre.colouredText = text;
  pre.hidden = text.length > mostColoured;
  if (pre.hidden) return;
  const parts = [];
  let last = 0;
  for (const found of text.matchAll(tokens)) {
    const part = document.createElement("span");
    part.className = `token-${kinds[found.slice(1).findIndex(group => group !== undefined)]}`;
    part.textContent = found[0];
    parts.push(text.slice(last, found.index), part);
    last = found.index + found[0].length;
  }
  // A pre does not show an empty last line.
  pre.replaceChildren(...parts, `${text.slice(last)}\n`);
};
const colourAll = () => document.querySelectorAll("pre[data-colours]").forEach(colour);
addEventListener("input", colourAll);
addEventListener("scroll", event => {
  const pre = event.target.id && document.querySelector(`pre[data-colours="${event.target.id}"]`);
  if (pre) [pre.scrollTop, pre.scrollLeft] = [event.target.scrollTop, event.target.scrollLeft];
}, { capture: true, passive: true });

let waits = false;
new MutationObserver(() => {
  if (waits) return;
  waits = true;
  requestAnimationFrame(() => { waits = false; markAll(); colourAll(); });
}).observe(document.documentElement, { childList: true, subtree: true });
