// Text of a message, drawn as it grows: only what is not final yet is parsed and drawn again.
import { cut, looksLikeJson, prettyJson } from "../format";
import { blocks, isPlain, nodes, settled, staysSame } from "../markdown";
import { h } from "./dom";

/** Longer texts are cut: a browser lays out a page, not a database dump. */
export const TEXT_LIMIT = 100_000;
// Below this many characters the open block is parsed at each frame; a longer one is parsed again after each so many.
const REPARSE = 4_000;

interface Body {
  write(text: string): void;
}

export class GrowingText {
  readonly node = h("div", { class: "text" });
  private body: Body | null = null;
  private written = "";

  /** `text` is the whole text so far. */
  write(text: string): void {
    if (!text.startsWith(this.written)) this.clear();
    this.written = text;
    this.body ??= looksLikeJson(text) ? new CodeBody(this.node) : new MarkdownBody(this.node);
    this.body.write(shownPart(text));
  }

  /** Draws the final text; what already looks like it stays as it is, with what a reader has selected in it. */
  finish(text: string, structured: boolean): void {
    const pretty = structured || looksLikeJson(text) ? prettyJson(text) : null;
    const shown = shownPart(pretty ?? text);
    const final = h("div");
    if (pretty !== null) new CodeBody(final).write(shown);
    else final.append(nodes(blocks(shown)));
    if (final.innerHTML !== this.node.innerHTML) this.node.replaceChildren(...final.childNodes);
    this.body = null;
    this.written = "";
  }

  clear(): void {
    this.node.replaceChildren();
    this.body = null;
    this.written = "";
  }
}

class CodeBody implements Body {
  private readonly content = document.createTextNode("");

  constructor(host: HTMLElement) {
    const code = h("code", {}, this.content);
    host.replaceChildren(h("pre", { class: "json", tabindex: "0", role: "region", "aria-label": "Structured output" }, code));
  }

  write(text: string): void {
    this.content.appendData(text.slice(this.content.length));
  }
}

class MarkdownBody implements Body {
  private final = 0;
  private written = 0;
  private parsed = 0;
  private open: ChildNode[] = [];
  /** Where text goes that cannot change the meaning of what is before it. */
  private appended: Text | null = null;

  constructor(private readonly host: HTMLElement) {
    host.replaceChildren();
  }

  write(text: string): void {
    if (text.length === this.written) return;
    const news = text.slice(this.written);
    const long = this.written - this.final > REPARSE && text.length - this.parsed < REPARSE;
    if (this.appended && isPlain(news)) this.appended.appendData(news);
    else if (long) this.append(news);
    else this.parse(text);
    this.written = text.length;
  }

  private parse(text: string): void {
    const tokens = blocks(text.slice(this.final));
    const last = settled(tokens);
    const done = tokens.slice(0, last);
    for (const node of this.open) node.remove();
    this.host.append(nodes(done));
    this.final += done.reduce((sum, token) => sum + token.raw.length, 0);
    const drawn = nodes(tokens.slice(last));
    this.open = [...drawn.childNodes];
    this.parsed = text.length;
    const end = drawn.lastElementChild;
    this.host.append(drawn);
    this.appended = staysSame(tokens.slice(last)) ? lastText(end) : null;
  }

  private append(text: string): void {
    if (!this.appended) {
      this.appended = document.createTextNode("");
      deepestLast(this.host).append(this.appended);
    }
    this.appended.appendData(text);
  }
}

// The parser makes \r\n one character; places in the text would not fit any more.
function shownPart(text: string): string {
  return cut(text, TEXT_LIMIT).replaceAll("\r", "");
}

/** The text a paragraph ends with; null where it ends with a link or the like, which more letters may belong to. */
function lastText(block: Element | null): Text | null {
  const nodes = block?.nodeName === "P" ? [...block.childNodes] : [];
  const last = nodes.at(-1);
  return last instanceof Text ? last : null;
}

function deepestLast(host: Element): Element {
  return host.lastElementChild ? deepestLast(host.lastElementChild) : host;
}
