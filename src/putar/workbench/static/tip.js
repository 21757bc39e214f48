// Tip: the small box that follows a pointer or a focus. It repeats what the element's name says, so it is silent.

const TIP = element("div", { class: "tip", "aria-hidden": "true", hidden: true });

/** Show lines of text beside a box of the screen. */
function showTip(box, lines) {
  TIP.replaceChildren(
    ...lines.filter(Boolean).map((line, index) => element(index === 0 ? "strong" : "span", {}, line)),
  );
  TIP.hidden = false;
  const { offsetWidth: width, offsetHeight: height } = TIP;
  const left = clamp(
    box.left + box.width / 2 - width / 2,
    8,
    Math.max(8, document.documentElement.clientWidth - width - 8),
  );
  const above = box.top - height - 10;
  TIP.style.setProperty("left", `${left}px`);
  TIP.style.setProperty("top", `${above > 8 ? above : box.bottom + 10}px`);
}

function hideTip() {
  TIP.hidden = true;
}

/** Show a tip while the pointer or the focus is on `node`; `lines` is called when it is needed. */
function tipped(node, lines) {
  const show = () => showTip(node.getBoundingClientRect(), lines());
  for (const event of ["pointerenter", "focus"]) node.addEventListener(event, show);
  for (const event of ["pointerleave", "blur", "click"]) node.addEventListener(event, hideTip);
  return node;
}
