import { describe, it } from 'vitest'
import { signInSuperuser } from '../support/accounts.ts'
import { createTestApp } from '../support/test-app.ts'

// Node's SQLite does not tell the position of an error.
describe('SQL that is refused', () => {
  it.for(['-- first\nSELECT *\nFORM t', ' DELETE FORM t'])(
    'points at the error in the text of the client: %s',
    async (query, { expect }) => {
      const app = createTestApp()
      const superuser = await signInSuperuser(app)

      const { body } = await app.post('/api/sql', { query }, superuser)

      const { message } = body as { message: string }
      expect(message).toContain(`near "FORM": syntax error at offset ${query.indexOf('FORM')}:`)
    },
  )
})
