// The tree of categories: opening and closing, and moving by mouse or by keyboard. Both ways lead to
// one dialog, which asks why and is sent like any form. Without it the whole tree is shown.
(() => {
  const tree = document.getElementById("category-tree");
  if (!tree) return;
  const CLOSED = "qy-tree-closed";
  const MOVED = "qy-tree-moved";
  const nodes = () => [...tree.querySelectorAll("li[data-code]")];
  const nodeOf = (code) => nodes().find((one) => one.dataset.code === code);
  const listOf = (code) => (code ? nodeOf(code).querySelector(":scope > ul") : tree);
  const parentOf = (node) => node.parentElement.closest("li[data-code]")?.dataset.code || "";

  // What stands below a parent, but for the one that moves.
  const others = (code, moved) =>
    [...(listOf(code)?.children || [])].filter((one) => one !== moved);

  const closed = () => nodes().filter((one) => one.querySelector(":scope > ul")?.hidden);
  const open = (node, shown) => {
    const below = node.querySelector(":scope > ul");
    if (!below) return;
    below.hidden = !shown;
    node.querySelector(".qy-tree-toggle").setAttribute("aria-expanded", String(shown));
  };
  const remembered = JSON.parse(sessionStorage.getItem(CLOSED) || "[]");
  for (const node of nodes()) open(node, !remembered.includes(node.dataset.code));
  tree.addEventListener("click", (event) => {
    const toggle = event.target.closest(".qy-tree-toggle");
    if (!toggle) return;
    open(toggle.closest("li"), toggle.getAttribute("aria-expanded") !== "true");
    sessionStorage.setItem(CLOSED, JSON.stringify(closed().map((one) => one.dataset.code)));
  });

  const dialog = document.getElementById("move-category");
  if (!dialog) return;
  const form = dialog.querySelector("form");
  const { code, parent, position, reason } = form.elements;
  const title = document.getElementById("move-title");
  const said = (text, category) => text.replace("{category}", category);

  const offerPlaces = () => {
    const moved = nodeOf(code.value);
    const after = others(parent.value, moved);
    const texts = after.map((one) => said(position.dataset.after, one.dataset.name));
    const offered = [position.dataset.first, ...texts];
    position.replaceChildren(...offered.map((text, place) => new Option(text, place)));
    position.value = after.length;
  };
  const ask = (node, to, place) => {
    code.value = node.dataset.code;
    title.textContent = said(title.dataset.text, node.dataset.name);
    const below = [node, ...node.querySelectorAll("li[data-code]")].map((one) => one.dataset.code);
    for (const option of parent.options) option.disabled = below.includes(option.value);
    parent.value = to;
    offerPlaces();
    position.value = place;
    reason.value = "";
    dialog.showModal();
    (to === parentOf(node) && place === placeOf(node) ? parent : reason).focus();
  };
  const placeOf = (node) => [...node.parentElement.children].indexOf(node);
  parent.addEventListener("change", offerPlaces);
  dialog.querySelector("[data-cancel]").addEventListener("click", () => dialog.close());
  form.addEventListener("submit", () => sessionStorage.setItem(MOVED, code.value));

  for (const button of tree.querySelectorAll("[data-move]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      const node = button.closest("li");
      ask(node, parentOf(node), placeOf(node));
    });
  }
  const last = nodeOf(sessionStorage.getItem(MOVED) || "");
  sessionStorage.removeItem(MOVED);
  last?.querySelector("[data-move]").focus();

  // By mouse: the upper quarter of a row is before it, the lower one after it, the middle below it.
  const MARKS = ["qy-tree-before", "qy-tree-into", "qy-tree-after"];
  let dragged = null;
  const unmark = () => {
    for (const row of tree.querySelectorAll(".qy-tree-row")) row.classList.remove(...MARKS);
  };
  const zone = (row, y) => {
    const box = row.getBoundingClientRect();
    const at = (y - box.top) / box.height;
    return at < 0.25 ? 0 : at > 0.75 ? 2 : 1;
  };
  const target = (event) => {
    const row = dragged && event.target.closest?.(".qy-tree-row");
    return row && !dragged.contains(row) ? row : null;
  };
  for (const row of tree.querySelectorAll(".qy-tree-row")) row.draggable = true;
  tree.addEventListener("dragstart", (event) => {
    dragged = event.target.closest("li[data-code]");
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", dragged.dataset.code);
  });
  tree.addEventListener("dragover", (event) => {
    unmark();
    const row = target(event);
    if (!row) return;
    event.preventDefault();
    row.classList.add(MARKS[zone(row, event.clientY)]);
  });
  tree.addEventListener("dragleave", unmark);
  tree.addEventListener("dragend", () => {
    unmark();
    dragged = null;
  });
  tree.addEventListener("drop", (event) => {
    const row = target(event);
    if (!row) return;
    event.preventDefault();
    const node = row.closest("li");
    const moved = dragged;
    const where = zone(row, event.clientY);
    const to = where === 1 ? node.dataset.code : parentOf(node);
    const beside = others(to, moved);
    ask(moved, to, where === 1 ? beside.length : beside.indexOf(node) + (where === 2 ? 1 : 0));
  });
})();
