/** A document's elements, as XML has them. */
export interface Element {
  name: string;
  attributes: Readonly<Record<string, string>>;
  /** Elements, and the text between them. */
  children: (Element | string)[];
  /** Where its tag begins. */
  line: number;
}

/** The text of an element without that of the elements in it, runs of white space as one space. */
export function textOf(element: Element): string {
  const { children } = element;
  const text = children.length === 1 ? children[0] : children.filter(isText).join('');
  return typeof text === 'string' ? text.replace(/\s+/g, ' ').trim() : '';
}

export function elementsOf(element: Element): Element[] {
  return element.children.filter(child => typeof child !== 'string');
}

export const isText = (child: Element | string): child is string => typeof child === 'string';
