// Collects every problem of a check, so that one run shows them all; the same problem in many places is one line.

const SHOWN = 40;

export class Problems {
  #places = new Map();

  add(where, what) {
    this.#places.set(what, [...(this.#places.get(what) ?? []), where]);
  }

  /** Adds the problem unless the condition holds; tells whether it held. */
  expect(condition, where, what) {
    if (!condition) this.add(where, what);
    return Boolean(condition);
  }

  /** Fails the test with the whole list. */
  none() {
    if (this.#places.size === 0) return;
    const lines = [...this.#places].map(([what, places]) => {
      const more = places.length > 3 ? ` and ${places.length - 3} more places` : "";
      return `${what}\n    at ${places.slice(0, 3).join(", ")}${more}`;
    });
    const more = lines.length > SHOWN ? `\n  ... and ${lines.length - SHOWN} more` : "";
    const error = new Error(`${lines.length} problem(s):\n  ${lines.slice(0, SHOWN).join("\n  ")}${more}`);
    error.stack = error.message; // where it was thrown says nothing
    throw error;
  }
}
