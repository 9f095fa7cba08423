/** A package of a project that is older than the one Arete is tested with. */
export interface OlderTool {
  readonly name: string
  readonly installed: string
  readonly tested: string
}

type Versions = Readonly<Record<string, string>>

/** Compares the installed versions with those that Arete is tested with. */
export function olderTools(installed: Versions, tested: Versions): readonly OlderTool[] {
  return Object.entries(tested).flatMap(([name, version]) => {
    const found = installed[name]
    return found !== undefined && isOlder(found, version)
      ? [{ name, installed: found, tested: version }]
      : []
  })
}

function isOlder(version: string, other: string): boolean {
  const [a, b] = [numbersOf(version), numbersOf(other)]
  const at = a.findIndex((number, index) => number !== b[index])
  return at !== -1 && (a[at] ?? 0) < (b[at] ?? 0)
}

/** Major, minor and patch. */
function numbersOf(version: string): readonly number[] {
  return [0, 1, 2].map((at) => Number(/\d+/.exec(version.split('.')[at] ?? '')?.[0] ?? 0))
}
