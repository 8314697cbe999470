// The fallback of copying: the text to be copied by hand.

import { useEffect, useRef } from "react";

interface CopyBoxProps {
  readonly text: string;
  readonly onClose: () => void;
}

export function CopyBox({ text, onClose }: CopyBoxProps) {
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    field.current?.focus();
    field.current?.select();
  }, []);
  return (
    <div className="tc-picker tc-copy" role="dialog" aria-label="Copy by hand">
      <p>The browser does not let this page write to the clipboard. Copy the text yourself:</p>
      <textarea
        ref={field}
        readOnly
        rows={8}
        value={text}
        aria-label="What was copied"
        onKeyDown={(event) => {
          event.stopPropagation();
          if (event.key === "Escape") onClose();
        }}
        onBlur={onClose}
      />
      <p className="tc-keys">
        <kbd>Ctrl+C</kbd> copy <kbd>Esc</kbd> close
      </p>
    </div>
  );
}
