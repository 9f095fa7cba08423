/** A project that uses the package. */
export interface ProjectNames {
  /** The name of its Worker, and the beginning of the names of its stores. */
  readonly name: string
  /** The name of the npm package. */
  readonly packageName: string
}

/** The wrangler.toml of a project, made from Arete's own. */
export function projectConfig(own: string, { name, packageName }: ProjectNames): string {
  return own
    .replaceAll(/^# migrations_dir = "drizzle"|^migrations_dir = "drizzle"/gm, (line) =>
      line.replace('drizzle', `node_modules/${packageName}/drizzle`),
    )
    .replaceAll(/\barete(?=["-])/g, name)
}
