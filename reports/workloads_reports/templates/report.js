"use strict";
// Makes the page easier to use; everything is there without it. Texts are only ever read, never made into markup.
(() => {
  const root = document.documentElement;
  const form = document.querySelector(".filters");
  const search = form.elements.q;
  const items = [...document.querySelectorAll(".item")];
  const groups = [...document.querySelectorAll(".group")];
  const words = new Map();
  root.classList.add("scripted");

  // -- the view, which lives in the fragment: #q=…&level=MUST,SHOULD&verdict=fail&area=…

  const fragment = () => location.hash.slice(1);
  const isView = (text) => /^(q|level|verdict|area)=/.test(text);

  function boxes(name) {
    const found = form.elements[name];
    return found instanceof RadioNodeList ? [...found] : [found];
  }

  function chosen(name) {
    return boxes(name).filter((box) => box.checked).map((box) => box.value);
  }

  function read() {
    const view = new URLSearchParams(isView(fragment()) ? fragment() : "");
    search.value = view.get("q") ?? "";
    for (const name of ["level", "verdict"]) {
      const values = (view.get(name) ?? "").split(",");
      for (const box of boxes(name)) box.checked = values.includes(box.value);
    }
    form.elements.area.value = view.get("area") ?? "";
    if (form.elements.area.selectedIndex < 0) form.elements.area.value = "";
    show();
  }

  function write() {
    const view = new URLSearchParams();
    if (search.value.trim()) view.set("q", search.value.trim());
    for (const name of ["level", "verdict"]) {
      if (chosen(name).length) view.set(name, chosen(name).join(","));
    }
    if (form.elements.area.value) view.set("area", form.elements.area.value);
    const text = view.toString().replaceAll("%2C", ",");
    history.replaceState(null, "", text ? "#" + text : location.pathname + location.search);
    show();
  }

  function textOf(item) {
    if (!words.has(item)) words.set(item, item.textContent.toLowerCase());
    return words.get(item);
  }

  function show() {
    const wanted = search.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
    const [levels, verdicts] = [chosen("level"), chosen("verdict")];
    const area = form.elements.area.value;
    let count = 0;
    for (const item of items) {
      const { level, verdict, area: its } = item.dataset;
      item.hidden = !(
        (!levels.length || levels.includes(level)) && (!verdicts.length || verdicts.includes(verdict)) &&
        (!area || its === area) && wanted.every((word) => textOf(item).includes(word))
      );
      count += item.hidden ? 0 : 1;
    }
    for (const group of groups) group.hidden = !group.querySelector(".item:not([hidden])");
    const all = items.length;
    form.querySelector("output").textContent =
      count === all ? `${all} requirements` : `${count} of ${all} requirements`;
  }

  form.addEventListener("input", write);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(write));
  for (const link of document.querySelectorAll("[data-show]")) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      history.pushState(null, "", "#" + link.dataset.show);
      read();
      document.getElementById("requirements").scrollIntoView();
    });
  }

  // -- a link to one requirement opens it, also where the view would hide it

  function follow() {
    const target = isView(fragment()) ? null : document.getElementById(fragment());
    if (!target || target.closest("[hidden]")) read();
    const details = target?.querySelector(":scope > details");
    if (!details) return;
    details.open = true;
    target.scrollIntoView();
    details.querySelector("summary").focus();
  }
  addEventListener("hashchange", follow);

  // -- keys

  function move(step) {
    const seen = items.filter((item) => !item.hidden).map((item) => item.querySelector("summary"));
    if (!seen.length) return;
    const at = document.activeElement.closest?.(".item")?.querySelector("summary");
    const index = seen.indexOf(at);
    const next = seen[index < 0 ? (step > 0 ? 0 : seen.length - 1) : Math.min(Math.max(index + step, 0), seen.length - 1)];
    next.focus();
    next.scrollIntoView({ block: "nearest" });
  }

  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const at = document.activeElement;
    const typing = at.matches("input[type=search], select");
    if (event.key === "Escape") {
      if (at === search) { if (search.value) { search.value = ""; write(); } else search.blur(); }
      else if (at.closest(".item")) {
        const details = at.closest(".item").querySelector("details");
        details.open = false;
        details.querySelector("summary").focus();
      } else return;
    } else if (event.key === "/" && !typing) search.focus();
    else if (event.key === "ArrowDown" && at === search) move(1);
    else if (typing || at.matches("pre")) return;
    else if (event.key === "j" || event.key === "ArrowDown") move(1);
    else if (event.key === "k" || event.key === "ArrowUp") move(-1);
    else return;
    event.preventDefault();
  });

  // -- the forms of a reproduction: one at a time, the same for all findings, with a button that copies it

  async function copy(text, button) {
    try { await navigator.clipboard.writeText(text); } catch {
      const area = document.createElement("textarea");
      area.value = text;
      document.body.append(area);
      area.select();
      document.execCommand("copy");
      area.remove();
    }
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = "Copy"; }, 1500);
  }

  function button(text, act) {
    const made = document.createElement("button");
    made.type = "button";
    made.textContent = text;
    made.addEventListener("click", () => act(made));
    return made;
  }

  function choose(name) {
    for (const forms of document.querySelectorAll(".forms")) {
      const all = [...forms.querySelectorAll(".form")];
      const shown = all.find((one) => one.dataset.form === name) ?? all[0];
      for (const one of all) one.hidden = one !== shown;
      for (const choice of forms.querySelectorAll(".choices [data-form]"))
        choice.setAttribute("aria-pressed", String(choice.dataset.form === shown.dataset.form));
    }
  }

  for (const forms of document.querySelectorAll(".forms")) {
    const choices = document.createElement("div");
    choices.className = "choices";
    for (const one of forms.querySelectorAll(".form")) {
      const choice = button(one.dataset.label, () => choose(one.dataset.form));
      choice.dataset.form = one.dataset.form;
      choices.append(choice);
    }
    const copies = button("Copy", (made) => {
      copy(forms.querySelector(".form:not([hidden]) code").textContent, made);
    });
    copies.className = "copy";
    choices.append(copies);
    forms.querySelector("h5").after(choices);
  }
  // What is scrolled to must not end up behind the filters, which take one row or more.
  function makeRoom() {
    const sticks = getComputedStyle(form).position === "sticky";
    root.style.scrollPaddingTop = `${(sticks ? form.offsetHeight : 0) + 12}px`;
  }
  addEventListener("resize", makeRoom);

  makeRoom();
  choose("curl");
  follow();
})();
