// Menus above a list close with Escape and by a press elsewhere.
const openMenus = () => document.querySelectorAll("details.qy-menu[open]");

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of openMenus()) {
    const held = menu.contains(document.activeElement);
    menu.open = false;
    if (held) menu.querySelector("summary").focus();
  }
});

document.addEventListener("click", (event) => {
  for (const menu of openMenus()) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

// A menu that asks for a name is ready to be typed in.
for (const menu of document.querySelectorAll("details.qy-menu")) {
  menu.addEventListener("toggle", () => {
    const name = menu.querySelector("#qy-view-name");
    if (menu.open && name) name.focus();
  });
}
