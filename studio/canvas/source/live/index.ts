// Streamlit's door to the live chat: called on mount, and again whenever the data or the theme changes.
import { Chat, type ChatData } from "./chat";
import "./live.css";

interface Component {
  readonly parentElement: HTMLElement | ShadowRoot;
  readonly data: ChatData;
  setTriggerValue(name: string, value: unknown): void;
}

const chats = new WeakMap<Node, Chat>();

export default function live({ parentElement, data, setTriggerValue }: Component): () => void {
  const chat = chats.get(parentElement) ?? mount(parentElement);
  chat.update(data, (report) => setTriggerValue("change", report));
  return () => {
    // Streamlit also calls this when a newer call overtakes this one, with the element still in the page.
    setTimeout(() => {
      if (!chat.host.isConnected) unmount(parentElement, chat);
    });
  };
}

function mount(parent: HTMLElement | ShadowRoot): Chat {
  const chat = new Chat();
  chats.set(parent, chat);
  parent.append(chat.host);
  return chat;
}

function unmount(parent: Node, chat: Chat): void {
  chat.close();
  if (chats.get(parent) === chat) chats.delete(parent);
}
