// Strict XML: a file that is not well-formed is an error with its line; else a small tree.

import { SaxesParser } from "saxes";

/** `{ name, attributes, children, text }`; `name` with its prefix as written (`g:id`). */
export function parseXml(source, file) {
  const root = { name: "#document", attributes: {}, children: [], text: "" };
  const open = [root];
  const parser = new SaxesParser({ xmlns: true, fileName: file });
  parser.on("error", (error) => {
    throw error;
  });
  parser.on("opentag", (tag) => {
    const attributes = Object.fromEntries(Object.entries(tag.attributes).map(([key, attribute]) => [key, attribute.value]));
    const element = { name: tag.name, uri: tag.uri, attributes, children: [], text: "" };
    open.at(-1).children.push(element);
    open.push(element);
  });
  parser.on("closetag", () => {
    const closed = open.pop();
    open.at(-1).text += closed.text;
  });
  for (const event of ["text", "cdata"]) parser.on(event, (value) => (open.at(-1).text += value));
  parser.write(source).close();
  return root.children[0];
}

export const children = (element, name) => element.children.filter((child) => child.name === name);
export const child = (element, name) => children(element, name)[0];
export const textOf = (element, name) => child(element, name)?.text.trim();
