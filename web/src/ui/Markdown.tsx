import ReactMarkdown from "react-markdown";
import remarkGfm from "remark-gfm";

/** Text written by people. Raw HTML in it is shown as text, never run. */
export default function Markdown({ children }: { children: string }) {
  return <ReactMarkdown remarkPlugins={[remarkGfm]}>{children}</ReactMarkdown>;
}
