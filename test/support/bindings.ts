import { host } from '#test-host'

/** The bindings of the deployment under test: the real ones of its host. */
export const { bindings } = host

/** Empties every binding and applies the migrations, like a new deployment. */
export async function resetBindings(): Promise<void> {
  await host.reset()
}
