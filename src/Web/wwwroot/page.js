// What pages do without a word from the silo: they copy a text, and say where a table goes on beyond its frame.
addEventListener("click", async event => {
  const button = event.target.closest?.("button[data-copy]");
  if (!button) return;
  const text = document.getElementById(button.dataset.copy);
  const said = document.getElementById(`${button.dataset.copy}-copied`);
  try {
    await navigator.clipboard.writeText(text.textContent);
    said.textContent = "Copied.";
  } catch {
    // Browsers give the clipboard to https and this machine only.
    getSelection().selectAllChildren(text);
    said.textContent = "Selected: copy it by the keyboard.";
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
let waits = false;
new MutationObserver(() => {
  if (waits) return;
  waits = true;
  requestAnimationFrame(() => { waits = false; markAll(); });
}).observe(document.documentElement, { childList: true, subtree: true });
