import { useMutation, useQuery } from '@tanstack/react-query'
import { client } from '#dashboard/api/client.ts'
import { healthKey, readHealth } from './health.ts'
import { keys } from '#dashboard/api/keys.ts'
import { queryClient } from '#dashboard/api/query-client.ts'

/** The prefix of backups that the schedule made. */
const scheduledPrefix = '@auto_'

/** A backup in the bucket. */
export interface Backup {
  /** The name of its file. */
  readonly key: string
  /** In bytes. */
  readonly size: number
  readonly modified: string
  readonly isScheduled: boolean
}

/** All complete backups, newest first. */
export function useBackups() {
  return useQuery({
    queryKey: keys.backups,
    queryFn: async (): Promise<Backup[]> => {
      const listed = await client.backups.getFullList()
      return listed
        .map((one) => ({ ...one, isScheduled: one.key.startsWith(scheduledPrefix) }))
        .toSorted((a, b) => b.modified.localeCompare(a.modified))
    },
  })
}

/** Makes a backup; without a name the server chooses one. */
export function useCreateBackup() {
  return useMutation({
    mutationFn: (name: string) => createBackup(name),
    onSettled: refresh,
  })
}

/** Stores an archive of the user's among the backups. */
export function useUploadBackup() {
  return useMutation({
    mutationFn: (file: File) => client.backups.upload({ file }),
    onSettled: refresh,
  })
}

/** Deletes a backup. */
export function useDeleteBackup() {
  return useMutation({
    mutationFn: (key: string) => client.backups.delete(key),
    onSettled: refresh,
  })
}

/**
 * Starts to restore a backup, after making another one if asked. The restore is done when the state
 * of the server says that another backup can be made.
 */
export function useRestoreBackup() {
  return useMutation({
    mutationFn: async (input: { readonly key: string; readonly makesBackup: boolean }) => {
      if (input.makesBackup) await createBackup('')
      await client.backups.restore(input.key)
    },
    onSettled: refresh,
  })
}

/** The address of a backup, with a token that is valid for a few minutes. */
export async function readDownloadUrl(key: string): Promise<string> {
  return client.backups.getDownloadURL(await client.files.getToken(), key)
}

/** The response may come before the backup is complete, if it takes more than a minute. */
async function createBackup(name: string): Promise<void> {
  const creation = client.backups.create(name)
  // Shows others' screens, and this one, that a backup is being made.
  setTimeout(() => void queryClient.invalidateQueries({ queryKey: healthKey }), 300)
  await creation
  while ((await readHealth()).canBackup === false) {
    await new Promise((resolve) => setTimeout(resolve, 2000))
  }
}

async function refresh(): Promise<void> {
  await Promise.all([
    queryClient.invalidateQueries({ queryKey: keys.backups }),
    queryClient.invalidateQueries({ queryKey: healthKey }),
  ])
}
