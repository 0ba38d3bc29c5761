// JupyterLab takes letters and arrows for commands of the notebook, also where a button, a list or
// a slider of a panel has the focus: "x" would cut the cell. An element that says so is left alone;
// so every element of the panel that gets the focus is made to say so.
const SAYS = "data-lm-suppress-shortcuts";

function render({ el }) {
  let panel = null;
  let ended = false;
  let left = 600;
  const mark = (event) => event.target.setAttribute(SAYS, "true");
  // The widget is drawn before it is put into the page; looked for some seconds.
  const seek = () => {
    panel = ended ? null : el.closest(".disca-panel");
    if (panel) panel.addEventListener("focusin", mark);
    else if (!ended && (left -= 1) > 0) requestAnimationFrame(seek);
  };
  seek();
  return () => {
    ended = true;
    if (panel) panel.removeEventListener("focusin", mark);
  };
}

export default { render };
