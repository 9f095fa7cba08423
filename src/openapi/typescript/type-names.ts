import type { Collection } from '#catalog/collection.ts'

/**
 * The names of the collections in types, as pocketbase-typegen spells them: `my_posts` is `MyPosts`.
 * Names that would be alike get a number.
 */
export function typeNames(collections: readonly Collection[]): ReadonlyMap<Collection, string> {
  const names = new Map<Collection, string>()
  const taken = new Set<string>()
  for (const collection of collections) {
    const wanted = pascalCase(collection.name)
    let name = wanted
    for (let number = 2; taken.has(name.toLowerCase()); number++) name = `${wanted}_${number}`
    taken.add(name.toLowerCase())
    names.set(collection, name)
  }
  return names
}

function pascalCase(name: string): string {
  const words = name.split('_').filter((word) => word !== '')
  const isOne = words.length === 1 && !name.startsWith('_')
  const text = words
    .map(
      (word) =>
        word.charAt(0).toUpperCase() + (isOne ? word.slice(1) : word.slice(1).toLowerCase()),
    )
    .join('')
  return /^[A-Za-z]/.test(text) ? text : `C${text}`
}
