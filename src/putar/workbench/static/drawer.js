// Drawer: the one layer above the page. It takes the focus and gives it back; Escape or a click beside it closes it.
// What it shows is named by a key such as fact:GW_2025; sources.js says how each sort of key is drawn.

const DRAWER_TITLE = element("h2", { id: "drawer-title", tabindex: "-1" });
const DRAWER_BODY = element("div", { class: "drawer-body" });
const DRAWER_BACK = plainButton("", () => goBack(), { class: "quiet", hidden: true });
const DRAWER_CLOSE = plainButton("", () => DRAWER.close(), { class: "quiet close" });
const DRAWER = element(
  "dialog",
  { class: "drawer", "aria-labelledby": "drawer-title" },
  element(
    "div",
    { class: "drawer-bar" },
    DRAWER_BACK,
    DRAWER_CLOSE,
  ),
  DRAWER_TITLE,
  DRAWER_BODY,
);

const TRAIL = [];

/** Open what a key names; a key that names nothing is ignored. */
function openDrawer(key) {
  const content = drawerContent(key);
  if (!content) return;
  hideTip();
  if (!DRAWER.open) TRAIL.length = 0;
  else if (STATE.open && STATE.open !== key) TRAIL.push(STATE.open);
  showInDrawer(content, key);
}

function goBack() {
  const key = TRAIL.pop();
  const content = key && drawerContent(key);
  if (content) showInDrawer(content, key);
}

function showInDrawer({ title, body }, key) {
  DRAWER_TITLE.textContent = title;
  DRAWER_BODY.replaceChildren(...body.flat(2).filter(Boolean));
  DRAWER_BACK.hidden = TRAIL.length === 0;
  if (!DRAWER.open) DRAWER.showModal();
  DRAWER.scrollTop = 0;
  DRAWER_TITLE.focus({ preventScroll: true });
  choose({ open: key });
}

/** Say what the drawer says in the language of the page, its content as well. */
function drawDrawer() {
  DRAWER_BACK.textContent = say("drawer.back");
  DRAWER_CLOSE.textContent = say("drawer.close");
  const content = DRAWER.open && drawerContent(STATE.open);
  if (content) showInDrawer(content, STATE.open);
}

/** Show the open claim anew when it is judged anew, without moving the reader. */
function refreshClaim() {
  if (!DRAWER.open || !STATE.open.startsWith("claim:")) return;
  const [from, held] = [
    DRAWER.scrollTop,
    DRAWER.contains(document.activeElement) && document.activeElement.textContent,
  ];
  DRAWER_BODY.replaceChildren(...drawerContent(STATE.open).body.flat(2).filter(Boolean));
  DRAWER.scrollTop = from;
  const again = [...DRAWER.querySelectorAll("button")].find((each) => held && each.textContent === held);
  (again ?? DRAWER_TITLE).focus({ preventScroll: true });
}

function startDrawer() {
  document.body.append(DRAWER, TIP);
  DRAWER.addEventListener("close", () => choose({ open: "" }));
  DRAWER.addEventListener("click", (event) => {
    if (event.target !== DRAWER) return;
    const box = DRAWER.getBoundingClientRect();
    if (
      event.clientX >= box.left &&
      event.clientX <= box.right &&
      event.clientY >= box.top &&
      event.clientY <= box.bottom
    )
      return;
    DRAWER.close();
    // a click on the next number goes through: the reader need not click twice
    document
      .elementFromPoint(event.clientX, event.clientY)
      ?.closest("button, [role=button]")
      ?.dispatchEvent(new MouseEvent("click", { bubbles: true }));
  });
  document.addEventListener("keydown", (event) => event.key === "Escape" && hideTip());
  if (STATE.open) openDrawer(STATE.open);
}
