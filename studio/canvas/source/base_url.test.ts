import { expect, test } from "vitest";
import { baseUrl, liveUrl } from "./base_url";

test("the base is what stands before Streamlit's own routes", () => {
  const script = "https://host/tools/troupe/_stcore/bidi-components/studio.canvas/canvas.js?hash=1";

  expect(baseUrl(script)).toBe("https://host/tools/troupe/");
  expect(liveUrl(script, "r 1/2")).toBe("wss://host/tools/troupe/live/r%201%2F2");
});

test("a studio at the root has the root as its base", () => {
  expect(liveUrl("http://127.0.0.1:8501/_stcore/bidi-components/x/canvas.js", "a1")).toBe(
    "ws://127.0.0.1:8501/live/a1",
  );
});
