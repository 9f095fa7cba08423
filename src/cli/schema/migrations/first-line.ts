/** The first line of a text, at most 80 characters, without controls. */
export function firstLine(text: string): string {
  const [line = ''] = text.split('\n')
  // oxlint-disable-next-line no-control-regex -- a text of a file must not steer the terminal
  const plain = line.replaceAll(/[\u0000-\u001F\u007F-\u009F]/g, ' ').trim()
  const isWhole = plain === text.trim() && plain.length <= 80
  return isWhole ? plain : `${plain.slice(0, 79)}…`
}
