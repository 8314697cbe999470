// Markdown as DOM nodes. Models write it, so it is not trusted: HTML in it is shown as text, images are links
// (an image would tell its server that it was read), and what is left passes DOMPurify.
import DOMPurify from "dompurify";
import { Marked, type Token, type Tokens } from "marked";

const ALLOWED_TAGS = [
  "p", "br", "hr", "strong", "em", "del", "code", "pre", "blockquote", "ul", "ol", "li", "a", "div",
  "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td",
];
const ALLOWED_ATTR = ["href", "title", "target", "rel", "start", "tabindex", "class", "align", "role", "aria-label"];

const marked = new Marked({ gfm: true, breaks: true }, {
  renderer: {
    html: ({ text }) => escape(text),
    image: ({ href, text }) => anchor(href, null, escape(text || href)),
    link({ href, title, tokens }) {
      return anchor(href, title ?? null, this.parser.parseInline(tokens));
    },
    checkbox: ({ checked }) => (checked ? "☑ " : "☐ "),
    heading({ tokens, depth }) {
      // The page's own headings are h1 and h2.
      const tag = `h${Math.min(depth + 2, 6)}`;
      return `<${tag}>${this.parser.parseInline(tokens)}</${tag}>`;
    },
    code: ({ text }) => `<pre tabindex="0" role="region" aria-label="Code"><code>${escape(text)}</code></pre>`,
    table(token) {
      const rows = token.rows.map((row) => `<tr>${cells(this.parser, row, "td")}</tr>`).join("");
      const head = `<tr>${cells(this.parser, token.header, "th")}</tr>`;
      return `<div class="wide" tabindex="0" role="region" aria-label="Table"><table><thead>${head}</thead><tbody>${rows}</tbody></table></div>`;
    },
  },
});

/** The text as blocks (paragraphs, lists, code…); `raw` of all blocks together is the text. */
export function blocks(text: string): Token[] {
  return marked.lexer(text);
}

export function html(tokens: Token[]): string {
  return marked.parser(tokens);
}

export function nodes(tokens: Token[]): DocumentFragment {
  return DOMPurify.sanitize(html(tokens), { ALLOWED_TAGS, ALLOWED_ATTR, RETURN_DOM_FRAGMENT: true });
}

/**
 * How much of a growing text is final: everything before its last block, which may still change its meaning.
 * Blank lines belong to the block before them.
 */
export function settled(tokens: readonly Token[]): number {
  const last = tokens.findLastIndex((token) => token.type !== "space");
  return Math.max(last, 0);
}

/** Words: they mean the same wherever they stand behind other words. */
export function isPlain(text: string): boolean {
  return /^[\p{L}\p{M}\p{N} ,]+$/u.test(text);
}

/** Whether more words at the end of these blocks only make their last line longer. */
export function staysSame(tokens: readonly Token[]): boolean {
  const [block] = tokens;
  if (tokens.length !== 1 || block?.type !== "paragraph") return false;
  const line = block.raw.slice(block.raw.lastIndexOf("\n") + 1);
  // Shorter ones may still turn out to be a list, a heading or the like.
  return line.length > 12 && isPlain(line.slice(-1));
}

interface Inline {
  parseInline(tokens: Token[]): string;
}

function cells(parser: Inline, row: readonly Tokens.TableCell[], tag: "td" | "th"): string {
  return row.map((cell) => {
    const align = cell.align ? ` align="${cell.align}"` : "";
    return `<${tag}${align}>${parser.parseInline(cell.tokens)}</${tag}>`;
  }).join("");
}

function anchor(href: string, title: string | null, label: string): string {
  const hint = title ? ` title="${escape(title)}"` : "";
  return `<a href="${escape(href)}"${hint} target="_blank" rel="noopener noreferrer nofollow">${label}</a>`;
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
