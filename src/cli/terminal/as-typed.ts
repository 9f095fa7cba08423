let isProgram = false

/** From now on, texts name commands as the program `arete` has them. */
export function nameCommandsOfProgram(): void {
  isProgram = true
}

/** A text that names commands as npm scripts, with the names by which the user called this one. */
export function asTyped(text: string): string {
  if (!isProgram) return text
  return text.replaceAll(
    /\bnpm run (superuser|import|export|backup|move|serve|doctor|diff|push|pull|promote|history|undo)\b(?: --)?/g,
    'npx arete $1',
  )
}
