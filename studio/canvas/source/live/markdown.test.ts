import { describe, expect, it } from "vitest";

import { blocks, html, isPlain, settled, staysSame } from "./markdown";

const TEXT = `# Title

One *two* three
four

- a
- b

  more of b

1. x
2. y

\`\`\`python
print("one")

print("two")
\`\`\`

| a | b |
|---|--:|
| 1 | 2 |

> quoted

Last words`;

describe("blocks", () => {
  it("make up the whole text", () => {
    expect(blocks(TEXT).map((block) => block.raw).join("")).toBe(TEXT);
  });

  it("drawn as the text grows are those of the whole text", () => {
    for (let step = 1; step < 8; step++) expect(growing(TEXT, step)).toBe(html(blocks(TEXT)));
  });

  it("are settled all but the last", () => {
    expect(settled(blocks("one\n\ntwo\n\n"))).toBe(2);
    expect(settled(blocks("one"))).toBe(0);
    expect(settled(blocks(""))).toBe(0);
  });
});

describe("a line of words", () => {
  it("only gets longer with more words", () => {
    const texts = ["A sentence that goes ", "A *sentence* that goes", "one\ntwo three four five"];

    for (const text of texts) {
      expect(staysSame(blocks(text))).toBe(true);
      expect(html(blocks(`${text}and on`))).toBe(html(blocks(text)).replace("</p>", "and on</p>"));
    }
  });

  it("may become something else while it is short, or after a sign", () => {
    for (const text of ["- ", "1", "12. ", "A sentence **that", "A sentence that.", "Words words words\n", "# A longer heading", "A list of words:"]) {
      expect([text, staysSame(blocks(text)) && isPlain(text)]).toEqual([text, false]);
    }
    expect(["a*", "a\n", "a.b", "`", ""].some(isPlain)).toBe(false);
    expect(["and so on, ", "日本語", "مرحبا"].every(isPlain)).toBe(true);
  });
});

describe("what a model writes", () => {
  const drawn = (text: string): string => html(blocks(text)).trim();

  it("shows HTML as text", () => {
    expect(drawn('a <b onclick="x()">b</b>')).not.toMatch(/<b/);
    expect(drawn("<script>x()</script>")).not.toContain("<script");
    expect(drawn("```\n<i>\n```")).toContain("&#60;i&#62;");
  });

  it("links to images instead of loading them", () => {
    expect(drawn("![a cat](https://host/cat.png)")).toMatch(/^<p><a href="https:\/\/host\/cat.png"[^>]*>a cat<\/a><\/p>$/);
  });

  it("opens links outside the studio", () => {
    expect(drawn('[x](https://host "ti\'tle")')).toContain('target="_blank" rel="noopener noreferrer nofollow"');
    expect(drawn('[x](https://host/"onclick="y)')).not.toContain('"onclick');
  });
});

/** Draws like the chat does: settled blocks once, the open one each time. */
function growing(text: string, step: number): string {
  let [final, done, open] = ["", 0, ""];
  for (let end = step; end < text.length + step; end += step) {
    const tokens = blocks(text.slice(done, end));
    const last = settled(tokens);
    final += html(tokens.slice(0, last));
    done += tokens.slice(0, last).reduce((sum, token) => sum + token.raw.length, 0);
    open = html(tokens.slice(last));
  }
  return final + open;
}
