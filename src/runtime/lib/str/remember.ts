/** How many texts are remembered; a script that makes a new one on every bar must not fill the memory. */
const most = 500;

/** Remembers what was made of the latest texts: a pattern that is used on every bar is taken apart once. */
export function remember<Made>(make: (text: string) => Made): (text: string) => Made {
  const made = new Map<string, Made>();
  return (text) => {
    const known = made.get(text);
    if (known !== undefined) return known;
    if (made.size >= most) made.clear();
    const fresh = make(text);
    made.set(text, fresh);
    return fresh;
  };
}
