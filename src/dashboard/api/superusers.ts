import { useMutation, useQuery } from '@tanstack/react-query'
import { client } from './client.ts'
import { keys } from './keys.ts'
import { queryClient } from './query-client.ts'

const collection = '_superusers'

/** The most superusers that a page shows; a deployment has a few. */
const most = 200

/** The superusers, first the oldest. */
export function useSuperusers() {
  return useQuery({
    queryKey: keys.recordList(collection, { all: most }),
    queryFn: async ({ signal }) => {
      const options = { sort: 'created', signal }
      return await client.collection(collection).getList(1, most, options)
    },
  })
}

interface NewSuperuser {
  readonly email: string
  /** Nothing to have the superuser choose one by a mailed link. */
  readonly password: string | undefined
}

/** Creates a superuser, with a password or with a mail that leads to choosing one. */
export function useCreateSuperuser() {
  return useMutation({
    mutationFn: async ({ email, password }: NewSuperuser) => {
      const chosen = password ?? randomPassword()
      await client
        .collection(collection)
        .create({ email, password: chosen, passwordConfirm: chosen })
      if (password === undefined) await client.collection(collection).requestPasswordReset(email)
    },
    onSettled: forgetSuperusers,
  })
}

/** Deletes a superuser, whose sessions end with it. */
export function useDeleteSuperuser() {
  return useMutation({
    mutationFn: async (id: string) => await client.collection(collection).delete(id),
    onSettled: forgetSuperusers,
  })
}

async function forgetSuperusers(): Promise<void> {
  await queryClient.invalidateQueries({ queryKey: keys.records(collection) })
}

/** A password that no one knows. */
function randomPassword(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(32))
  return btoa(String.fromCharCode(...bytes))
}
