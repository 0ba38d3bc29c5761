// One number as a slider and a box. Both are the browser's own inputs, so that they have a name,
// keys, focus and contrast without further ado; the sliders of ipywidgets have handles without a
// name. The slider counts places from 0: steps of a linear scale, LOG_PLACES of a logarithmic one,
// so that one press of an arrow key always changes the number.
const LOG_PLACES = 200;
const TRAITS = ["value", "label", "help", "low", "high", "step", "scale", "disabled"];

function placesOf(model) {
  if (model.get("scale") === "log") return LOG_PLACES;
  return Math.round((model.get("high") - model.get("low")) / model.get("step"));
}

function placeOf(model) {
  const [low, high, value] = ["low", "high", "value"].map((name) => model.get(name));
  const logarithmic = model.get("scale") === "log";
  const share = logarithmic
    ? Math.log(Math.max(value, low) / low) / Math.log(high / low)
    : (value - low) / (high - low);
  return Math.round(placesOf(model) * Math.min(Math.max(share, 0), 1));
}

function valueAt(model, place) {
  const [low, high, step] = ["low", "high", "step"].map((name) => model.get(name));
  if (model.get("scale") === "log") {
    return Number((low * Math.pow(high / low, place / LOG_PLACES)).toPrecision(3));
  }
  // Digits that only binary fractions have would be read aloud.
  return Number((low + place * step).toPrecision(12));
}

function render({ model, el }) {
  // Unique on the page, also where the same number is shown twice.
  const id = `disca-${Math.random().toString(36).slice(2)}`;
  const name = document.createElement("label");
  const help = document.createElement("span");
  const slider = document.createElement("input");
  const box = document.createElement("input");
  el.classList.add("disca-slider");
  slider.type = "range";
  // Else JupyterLab takes arrows and letters for commands of the notebook.
  for (const each of [slider, box]) each.setAttribute("data-lm-suppress-shortcuts", "true");
  slider.min = "0";
  slider.step = "1";
  slider.id = name.htmlFor = id;
  box.type = "number";
  box.step = "any";
  help.id = `${id}-help`;
  help.className = "disca-help";
  slider.setAttribute("aria-describedby", help.id);
  box.setAttribute("aria-describedby", help.id);
  el.append(name, slider, box, help);

  function show() {
    const value = String(model.get("value"));
    name.textContent = model.get("label");
    name.title = help.textContent = model.get("help");
    box.setAttribute("aria-label", `${model.get("label")}, exact value`);
    slider.max = String(placesOf(model));
    slider.setAttribute("aria-valuetext", value);
    slider.disabled = box.disabled = model.get("disabled");
    // A hand on the slider is ahead of the kernel's answers, which must not pull it back.
    if (document.activeElement !== slider) slider.value = String(placeOf(model));
    if (document.activeElement !== box) box.value = value;
  }

  function send(value) {
    model.set("value", value);
    model.save_changes();
    show();
  }

  slider.addEventListener("input", () => send(valueAt(model, Number(slider.value))));
  slider.addEventListener("blur", show);
  function take() {
    const value = Number(box.value);
    if (box.value.trim() !== "" && Number.isFinite(value)) send(value);
    box.value = String(model.get("value"));
  }

  box.addEventListener("change", take);
  // JupyterLab keeps Enter from the browser, which would say that the box has changed.
  box.addEventListener("keydown", (event) => {
    if (event.key === "Enter") take();
  });
  for (const trait of TRAITS) model.on(`change:${trait}`, show);
  show();
  return () => TRAITS.forEach((trait) => model.off(`change:${trait}`, show));
}

export default { render };
