import { useQuery } from '@tanstack/react-query'
import { client } from './client.ts'
import { readCollections } from './collections.ts'

/** The steps that every deployment goes through once. */
export interface FirstSteps {
  readonly collection: boolean
  readonly record: boolean
  readonly request: boolean
}

/** The id of the collection `users`, which every deployment begins with. */
const usersId = '_pb_users_auth_'

/** The number of collections that are searched for a record. */
const maxCollections = 5

/** The requests of apps. Requests and sign-ins of superusers do not count. */
const appRequests = [
  'data.auth != "_superusers"',
  'data.url ~ "/api/collections/%"',
  'data.url !~ "/api/collections/_superusers/%"',
].join(' && ')

/** The first steps that were taken. */
export function useFirstSteps() {
  return useQuery({
    queryKey: ['records', 'first-steps'],
    queryFn: async (): Promise<FirstSteps> => {
      const own = (await readCollections()).filter(
        ({ id, system, type }) => !system && type !== 'view' && id !== usersId,
      )
      const [hasRecords, requests] = await Promise.all([
        Promise.all(own.slice(0, maxCollections).map(({ name }) => hasRecord(name))),
        client.logs.getList(1, 1, {
          filter: appRequests,
          skipTotal: true,
        }),
      ])
      return {
        collection: own.length > 0,
        record: hasRecords.includes(true),
        request: requests.items.length > 0,
      }
    },
  })
}

async function hasRecord(collection: string): Promise<boolean> {
  const { items } = await client
    .collection(collection)
    .getList(1, 1, { fields: 'id', skipTotal: true })
  return items.length > 0
}
