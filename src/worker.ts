import { env } from 'cloudflare:workers'
import { createArgon2Hasher } from '#adapters/cloudflare/argon2-hasher.ts'
import { BackupObject, createBackupRunner } from '#adapters/cloudflare/backup-object.ts'
import { createBoundImages } from '#adapters/cloudflare/bound-images.ts'
import { createMailTransports } from '#adapters/cloudflare/mail-transports.ts'
import { createRealtimeShards, RealtimeShard } from '#adapters/cloudflare/realtime-shard.ts'
import { createFetchSender } from '#adapters/cloudflare/webhook-sender.ts'
import { createJobs } from '#crons/jobs.ts'
import type { Bindings } from '#http/app-env.ts'
import { createApp } from './app.ts'

// Tests use cheap password hashes. Only the test configuration sets this variable.
const cost = 'PASSWORD_COST' in env && env.PASSWORD_COST === 'test' ? 'test' : 'owasp'
// The binding is optional: a deployment that mails by SMTP, or not at all, has none.
const mail = createMailTransports('MAIL' in env ? (env.MAIL as SendEmail) : undefined)
// This one is optional too: without it there are no thumbnails.
const images = 'IMAGES' in env ? createBoundImages(env.IMAGES as ImagesBinding) : undefined
// The classes of these bindings are exported by this module.
const objects = env as unknown as {
  REALTIME: DurableObjectNamespace<RealtimeShard>
  BACKUPS: DurableObjectNamespace<BackupObject>
}
const realtime = createRealtimeShards(objects.REALTIME)
const backups = createBackupRunner(objects.BACKUPS)
const webhooks = createFetchSender()
const passwords = createArgon2Hasher({ cost })
const app = createApp({ passwords, mail, images, realtime, backups, webhooks })
const jobs = createJobs(mail, undefined, backups, webhooks)

/** The entry point on Cloudflare. */
// oxlint-disable-next-line import/no-default-export -- the host requires it
export default {
  fetch: app.fetch,
  scheduled: (controller: ScheduledController, bindings: Bindings) =>
    jobs.run(bindings, new Date(controller.scheduledTime)),
}

export { BackupObject, RealtimeShard }
