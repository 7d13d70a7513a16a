// The job center: dropping a file, sending a form once, and ticking off required columns.
// Everything works without it; it only makes the way shorter.

function size(bytes) {
  const units = ["B", "KB", "MB"];
  let at = 0;
  for (; bytes >= 1024 && at < units.length - 1; at += 1) bytes /= 1024;
  return `${bytes.toFixed(at ? 1 : 0)} ${units[at]}`;
}

for (const drop of document.querySelectorAll("[data-drop]")) {
  const input = drop.querySelector("input[type=file]");
  input.hasChangeListener = true; // django-unfold's own would look for a text field beside it
  const wrong = document.getElementById("drop-wrong");
  const name = drop.querySelector("[data-name]");
  const show = () => {
    const file = input.files[0];
    const large = file && file.size > Number(drop.dataset.max);
    wrong.hidden = !large;
    wrong.textContent = large ? drop.dataset.tooLarge : "";
    input.setCustomValidity(large ? drop.dataset.tooLarge : "");
    name.textContent = file ? `${file.name} · ${size(file.size)}` : "";
  };
  input.addEventListener("change", show);
  for (const kind of ["dragenter", "dragover"]) {
    drop.addEventListener(kind, (event) => {
      event.preventDefault();
      drop.classList.add("qy-drop-over");
    });
  }
  for (const kind of ["dragleave", "drop"]) {
    drop.addEventListener(kind, () => drop.classList.remove("qy-drop-over"));
  }
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    if (!event.dataTransfer.files.length) return;
    const one = new DataTransfer();
    one.items.add(event.dataTransfer.files[0]);
    input.files = one.files;
    show();
  });
}

for (const form of document.querySelectorAll("form[data-once]")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
    const buttons = [...form.querySelectorAll("button[type=submit]")];
    if (form.id) buttons.push(...document.querySelectorAll(`button[form="${form.id}"]`));
    for (const button of buttons) {
      button.setAttribute("aria-disabled", "true");
      button.setAttribute("aria-busy", "true");
    }
  });
}

// A page that comes back from the browser's memory may be sent again.
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    for (const button of document.querySelectorAll("[aria-busy]")) {
      button.removeAttribute("aria-busy");
      button.removeAttribute("aria-disabled");
    }
  }
});

for (const form of document.querySelectorAll("form[data-columns]")) {
  const selects = [...form.querySelectorAll("select")];
  const tick = () => {
    const chosen = selects.map((one) => one.value).filter(Boolean);
    for (const wanted of form.querySelectorAll("[data-wanted]")) {
      const there = chosen.includes(wanted.dataset.wanted);
      wanted.classList.toggle("qy-wanted-there", there);
      wanted.firstElementChild.textContent = there ? "check_circle" : "radio_button_unchecked";
    }
    for (const one of selects) {
      const twice = one.value && chosen.filter((value) => value === one.value).length > 1;
      one.classList.toggle("qy-twice", Boolean(twice));
    }
  };
  form.addEventListener("change", tick);
  tick();
}
