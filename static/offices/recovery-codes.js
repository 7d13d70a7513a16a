// Copy and print, for those whose browser runs scripts; the codes stand on the page for everybody.
const codes = [...document.querySelectorAll(".codes code")].map((code) => code.textContent);
const copy = document.getElementById("copy");

document.getElementById("keep").hidden = false;
document.getElementById("print").addEventListener("click", () => window.print());
if (navigator.clipboard) {
  copy.addEventListener("click", async () => {
    await navigator.clipboard.writeText(codes.join("\n"));
    copy.textContent = copy.dataset.done;
  });
} else {
  copy.hidden = true;
}
