/*
 * What Arete needs of a wrangler.toml. Arete's own file is the measure: what it has, and a project has not, is
 * missing there.
 */
import type { Unstable_Config } from 'wrangler'

/** The parts of wrangler's configuration that Arete depends on. */
export type WorkerConfig = Pick<
  Unstable_Config,
  | 'assets'
  | 'compatibility_date'
  | 'd1_databases'
  | 'durable_objects'
  | 'images'
  | 'kv_namespaces'
  | 'migrations'
  | 'observability'
  | 'r2_buckets'
  | 'triggers'
>

/** A part of wrangler.toml that a project has not. */
export interface MissingPart {
  /** The section of Arete's own file that has it, as in {@link sectionsOf}. */
  readonly section: string
  readonly message: string
  /** False if Arete works without it. */
  readonly isRequired: boolean
}

/** The parts of Arete's own configuration that a project has not. */
export function missingParts(project: WorkerConfig, own: WorkerConfig): readonly MissingPart[] {
  return [
    ...missingNames(own.d1_databases, project.d1_databases, 'binding').map((name) =>
      required(`d1_databases ${name}`, `There is no database ${name}.`),
    ),
    ...missingNames(own.kv_namespaces, project.kv_namespaces, 'binding').map((name) =>
      required(`kv_namespaces ${name}`, `There is no KV namespace ${name}.`),
    ),
    ...missingNames(own.r2_buckets, project.r2_buckets, 'binding').map((name) =>
      required(`r2_buckets ${name}`, `There is no bucket ${name}.`),
    ),
    ...missingNames(own.durable_objects.bindings, project.durable_objects.bindings, 'name').map(
      (name) => required(`durable_objects.bindings ${name}`, `There is no Durable Object ${name}.`),
    ),
    ...missingClasses(own, project),
    ...missingSettings(own, project),
  ]
}

function required(section: string, message: string): MissingPart {
  return { section, message, isRequired: true }
}

function missingNames<K extends string>(
  own: readonly Readonly<Record<K, string>>[],
  project: readonly Readonly<Record<K, string>>[],
  key: K,
): readonly string[] {
  const there = new Set(project.map((each) => each[key]))
  return own.map((each) => each[key]).filter((name) => !there.has(name))
}

/** Classes of Durable Objects that no migration of the project makes. */
function missingClasses(own: WorkerConfig, project: WorkerConfig): readonly MissingPart[] {
  const made = new Set(
    project.migrations.flatMap(({ new_sqlite_classes = [] }) => new_sqlite_classes),
  )
  return own.migrations.flatMap(({ tag, new_sqlite_classes = [] }) => {
    const missing = new_sqlite_classes.filter((name) => !made.has(name))
    if (missing.length === 0) return []
    return [required(`migrations ${tag}`, `No migration makes the class ${missing.join(', ')}.`)]
  })
}

function missingSettings(own: WorkerConfig, project: WorkerConfig): readonly MissingPart[] {
  const crons = new Set(project.triggers.crons)
  const paths = project.assets?.run_worker_first
  const isFirst = (path: string): boolean =>
    paths === true || (Array.isArray(paths) && (paths.includes(path) || paths.includes('/*')))
  const ownPaths = own.assets?.run_worker_first
  const { enabled = false, logs } = project.observability ?? {}
  const keepsAddresses = enabled && (logs?.enabled ?? true) && logs?.invocation_logs !== false
  return [
    ...(own.triggers.crons ?? [])
      .filter((cron) => !crons.has(cron))
      .map((cron) =>
        required(
          'triggers',
          `The schedule "${cron}" is missing, so no job runs and no mail is sent.`,
        ),
      ),
    ...(Array.isArray(ownPaths) ? ownPaths : [])
      .filter((path) => !isFirst(path))
      .map((path) =>
        required('assets', `run_worker_first lacks ${path}, which Arete has to serve.`),
      ),
    ...(own.images !== undefined && project.images === undefined
      ? [
          {
            section: 'images',
            message: 'There is no binding for images, so there are no thumbnails.',
            isRequired: false,
          },
        ]
      : []),
    ...(keepsAddresses
      ? [
          {
            section: 'observability.logs',
            message:
              'Cloudflare keeps the addresses of all requests, and addresses can hold tokens. Set invocation_logs to false.',
            isRequired: false,
          },
        ]
      : []),
  ]
}

/** The sections of a wrangler.toml with their comments, by their header and their name. */
export function sectionsOf(text: string): ReadonlyMap<string, string> {
  const sections = new Map<string, string>()
  for (const part of text.split(/\n{2,}/)) {
    const header = /^\[{1,2}([\w.]+)\]{1,2}$/m.exec(part)?.[1]
    if (header === undefined) continue
    const name = /^(?:binding|name|tag) = "([^"]*)"$/m.exec(part)?.[1]
    const isArray = /^\[\[/m.test(part)
    sections.set(isArray && name !== undefined ? `${header} ${name}` : header, part.trim())
  }
  return sections
}
