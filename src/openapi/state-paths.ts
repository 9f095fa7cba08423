import type { Collection } from '#catalog/collection.ts'
import { members, query } from './deployment-operation.ts'
import { json } from './json.ts'
import { operation, type OperationSketch, type PathEntry } from './operation.ts'

const text = { type: 'string' } as const

/** The operations of superusers for accounts that cannot sign in. */
export function statePaths({ name }: Collection): readonly PathEntry[] {
  const of = (
    method: OperationSketch['method'],
    action: string,
    id: string,
    rest: Omit<OperationSketch, 'method' | 'path' | 'id' | 'tag' | 'errors' | 'needs'>,
  ): PathEntry =>
    operation({
      ...rest,
      needs: 'superuser',
      method,
      path: `/api/collections/${name}/${action}`,
      id: `${name}_${id}`,
      tag: name,
      errors: [404],
    })

  return [
    of('get', 'states', 'states', {
      summary: 'Lists the disabled accounts, the newest first',
      parameters: [query('record', 'The id of an account, for this one alone.')],
      answer: { schema: members({ items: { type: 'array', items: state } }) },
    }),
    of('post', 'disable/{id}', 'disable', {
      summary: 'Disables an account and ends its sessions',
      body: json({
        type: 'object',
        properties: {
          reason: { ...text, description: 'For other superusers.' },
          until: { ...text, description: 'A date; empty for no end.' },
          notify: { type: 'boolean', description: 'False if the owner gets no mail.' },
        },
      }),
      isBodyOptional: true,
    }),
    of('post', 'enable/{id}', 'enable', { summary: 'Lets an account sign in again' }),
  ]
}

const state = members({
  record: text,
  state: { ...text, enum: ['disabled'] },
  reason: text,
  until: { ...text, description: 'Empty if it has no end.' },
  by: { ...members({ collection: text, id: text }), description: 'The account that disabled it.' },
  at: text,
})
