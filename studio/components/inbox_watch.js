// Watches `data.url` for the number of approvals that wait, and the theme. Reports `changed` when the page was drawn
// for others (`data.pending`, `data.dark`); shows nothing.

const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 8000;
const watches = new WeakMap();

export default function ({ data, parentElement, setTriggerValue }) {
  const watch = watches.get(parentElement) ?? begin(parentElement, data.url);
  watch.drawn = data;
  watch.report = (seen) => setTriggerValue("changed", seen);
  watch.look();
  return () => {
    // Streamlit also calls this when a newer call overtakes this one, with the element still in the page.
    setTimeout(() => {
      if (!watch.mark.isConnected) watch.end();
    });
  };
}

function begin(parent, url) {
  const watch = { mark: document.createElement("span"), pending: null, reported: "", pause: FIRST_PAUSE };
  parent.append(watch.mark);
  watch.look = () => {
    const { pending, dark } = watch.drawn;
    const seen = { pending: watch.pending ?? pending, dark: isDark(watch.mark) };
    if (seen.pending === pending && seen.dark === dark) {
      watch.reported = "";
      return;
    }
    // What was reported is on its way to being drawn.
    const words = JSON.stringify(seen);
    if (words === watch.reported) return;
    watch.reported = words;
    watch.report(seen);
  };
  watch.open = () => {
    watch.socket = new WebSocket(new URL(url, location.href.replace(/^http/, "ws")));
    watch.socket.onmessage = (message) => {
      watch.pause = FIRST_PAUSE;
      watch.pending = JSON.parse(message.data).pending;
      watch.look();
    };
    watch.socket.onclose = () => {
      watch.timer = setTimeout(watch.open, watch.pause);
      watch.pause = Math.min(watch.pause * 2, LONGEST_PAUSE);
    };
  };
  watch.end = () => {
    clearTimeout(watch.timer);
    watch.socket.onclose = null;
    watch.socket.close();
    watches.delete(parent);
  };
  watch.open();
  watches.set(parent, watch);
  return watch;
}

/** Whether Streamlit's present theme is dark, seen from its background colour. */
function isDark(element) {
  const context = document.createElement("canvas").getContext("2d");
  context.fillStyle = getComputedStyle(element).getPropertyValue("--st-background-color").trim() || "#fff";
  const [red, green, blue] = [1, 3, 5].map((at) => parseInt(context.fillStyle.slice(at, at + 2), 16));
  return 0.299 * red + 0.587 * green + 0.114 * blue < 128;
}
