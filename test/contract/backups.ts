import { describe, it, vi } from 'vitest'
import type { BackupRunner } from '#platform/backups.ts'
import type { Bucket } from '#platform/bindings.ts'

/** Tests of all that the product expects of a runner over a new deployment. */
export function describeBackups(
  name: string,
  create: () => { readonly runner: BackupRunner; readonly bucket: Bucket },
): void {
  describe(`the backup runner ${name}`, () => {
    /** The end of the running task. */
    async function ended(runner: BackupRunner): Promise<string> {
      for (;;) {
        const outcome = await runner.wait()
        if (outcome !== 'running') return outcome
      }
    }

    it('writes one backup at a time, without being called', async ({ expect }) => {
      const { runner, bucket } = create()
      const task = { kind: 'create', key: '@backups/a.zip' } as const

      const before = await runner.current()
      const started = await runner.start(task, 50)
      const current = await runner.current()
      const second = await runner.start({ ...task, key: '@backups/b.zip' })
      const outcome = await ended(runner)

      expect([before, started, current, second]).toEqual([undefined, 'started', task, 'busy'])
      expect([outcome, await runner.current()]).toEqual(['done', undefined])
      const { objects } = await bucket.list({ prefix: '@backups/' })
      expect(objects.map(({ key }) => key)).toEqual(['@backups/a.zip'])
    })

    it('starts another task after one has ended', async ({ expect }) => {
      const { runner, bucket } = create()

      for (const letter of ['a', 'b', 'c']) {
        const key = `@backups/@auto_pb_backup_${letter}.zip`
        expect(await runner.start({ kind: 'create', key, keep: 2 })).toBe('started')
        expect(await ended(runner)).toBe('done')
      }

      const { objects } = await bucket.list({ prefix: '@backups/' })
      expect(objects).toHaveLength(2)
    })

    it('reports a task that fails', async ({ expect }) => {
      vi.spyOn(console, 'error').mockReturnValue()
      const { runner, bucket } = create()
      await bucket.put('@backups/broken.zip', 'no archive')

      await runner.start({ kind: 'restore', key: '@backups/broken.zip' })

      expect(await ended(runner)).toBe('failed')
      expect(await runner.current()).toBeUndefined()
      vi.restoreAllMocks()
    })
  })
}
