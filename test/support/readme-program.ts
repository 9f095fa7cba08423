/** The program of a chapter of the README: its blocks of JavaScript, one after another. */
export function programOf(readme: string, chapter: string): string {
  const text = readme.split(/^## /m).find((part) => part.startsWith(`${chapter}\n`)) ?? ''
  return [...text.matchAll(/^```js\n([\s\S]*?)^```$/gm)].map(([, code = '']) => code).join('\n')
}
