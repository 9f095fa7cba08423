import { type SignedIn, signInSuperuser } from './accounts.ts'
import { createCollections } from './collections.ts'
import { createTestApp, type TestApp } from './test-app.ts'

/** A deployment with collections that refer to each other in every way. */
export interface Blog {
  readonly app: TestApp
  readonly admin: SignedIn
}

const text = { type: 'text', name: 'title' }

/**
 * Tags; posts with one author and many tags; comments that are deleted with their post; one profile
 * per user.
 */
export async function createBlog(): Promise<Blog> {
  const app = createTestApp()
  const admin = await signInSuperuser(app)
  await createCollections(
    app,
    admin.token,
    { name: 'tags', fields: [text] },
    {
      name: 'posts',
      fields: [
        { ...text, required: true },
        { type: 'number', name: 'views' },
        { type: 'text', name: 'secret', hidden: true },
        { type: 'relation', name: 'author', collectionId: '_pb_users_auth_', maxSelect: 1 },
        { type: 'relation', name: 'tags', collectionId: 'tags_id', maxSelect: 99 },
        { type: 'autodate', name: 'created', onCreate: true },
        { type: 'autodate', name: 'updated', onCreate: true, onUpdate: true },
      ],
    },
    {
      name: 'comments',
      fields: [
        { ...text, name: 'text' },
        {
          type: 'relation',
          name: 'post',
          collectionId: 'posts_id',
          maxSelect: 1,
          cascadeDelete: true,
        },
        { type: 'relation', name: 'author', collectionId: '_pb_users_auth_', maxSelect: 1 },
      ],
    },
    {
      name: 'profiles',
      fields: [
        { type: 'text', name: 'bio' },
        { type: 'relation', name: 'user', collectionId: '_pb_users_auth_', maxSelect: 1 },
      ],
      indexes: ['CREATE UNIQUE INDEX `idx_profile_user` ON `profiles` (`user`)'],
    },
  )
  return { app, admin }
}
