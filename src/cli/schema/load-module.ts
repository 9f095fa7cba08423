/*
 * Modules of the user, which Node runs as they are. They import `arete`, and need not have it
 * installed for that: the words of definitions are part of this command.
 */
import { existsSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { defineCollection, index } from '#schema/define/define-collection.ts'
import * as fields from '#schema/define/fields.ts'
import * as z from 'zod'
import { lazy } from '#kernel/lazy.ts'
import { UsageError } from '#cli/terminal/usage.ts'
import type { SourceCollection } from './source-text.ts'

/** The module that definitions import. */
export const definitionModule = 'arete'

/** The exports of the module that definitions need. */
const words = { ...fields, defineCollection, index }

const holder = Symbol.for('arete.definition-words')
const virtual = 'arete:definition-words'

/** Loads a module, whose code is the user's own. */
async function loadModule(file: string): Promise<Readonly<Record<string, unknown>>> {
  Reflect.set(globalThis, holder, words)
  const hooks = registerHooks({
    resolve(specifier, context, next) {
      if (specifier !== definitionModule) return next(specifier, context)
      try {
        return next(specifier, context)
      } catch {
        // It is not installed where the file is.
        return { url: virtual, format: 'module', shortCircuit: true }
      }
    },
    load(url, context, next) {
      if (url !== virtual) return next(url, context)
      const names = Object.keys(words).join(', ')
      const source = `export const { ${names} } = globalThis[Symbol.for('arete.definition-words')]`
      return { format: 'module', source, shortCircuit: true }
    },
  })
  try {
    return (await import(pathToFileURL(file).href)) as Readonly<Record<string, unknown>>
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new UsageError(`${file} cannot be loaded: ${reason}`, { cause: error })
  } finally {
    hooks.deregister()
  }
}

/** An environment of the configuration. */
export interface Environment {
  readonly url: string
  readonly token?: string | undefined
}

/** The configuration in `arete.config.ts`. */
export interface SchemaConfig {
  /** The file with the definitions, relative to the configuration. */
  readonly schema?: string
  readonly environments?: Readonly<Record<string, Environment>>
}

/** Loads `arete.config.ts` of a folder; without one there is no environment. */
export async function loadConfig(folder: string): Promise<SchemaConfig> {
  const file = resolve(folder, 'arete.config.ts')
  if (!existsSync(file)) return {}
  const { default: config } = await loadModule(file)
  if (typeof config === 'object' && config !== null) return config
  throw new UsageError(`${file} has no default export.`)
}

/**
 * Loads the definitions that a file exports: by themselves, in lists, or as the collections of an
 * application.
 *
 * @throws {UsageError}
 */
export async function loadDefinitions(file: string): Promise<SourceCollection[]> {
  if (!existsSync(file))
    throw new UsageError(`${file} does not exist. Write it, or arete pull --write.`)
  const exported = Object.values(await loadModule(file)).flatMap(definitionsIn)
  const definitions = new Set(exported.filter(isDefinition))
  if (definitions.size === 0) throw new UsageError(`${file} exports no definitions.`)
  // Through JSON, as they are sent.
  return [...definitions].map(
    (definition) => JSON.parse(JSON.stringify(definition)) as SourceCollection,
  )
}

/** The collections of an application, or the value itself. */
function definitionsIn(exported: unknown): readonly unknown[] {
  if (Array.isArray(exported)) return exported
  const app = application().safeParse(exported)
  return app.success ? app.data.definition.collections : [exported]
}

/** The result of `defineApp`. */
const application = lazy(() =>
  z.object({ definition: z.object({ collections: z.array(z.custom<object>()) }) }),
)

function isDefinition(value: unknown): value is { toJSON(): unknown } {
  return (
    typeof value === 'object' &&
    value !== null &&
    'toJSON' in value &&
    typeof value.toJSON === 'function' &&
    'name' in value
  )
}
