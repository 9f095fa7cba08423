/*
 * The Worker of a deployment, with or without the additions of an application.
 */
import { env } from 'cloudflare:workers'
import { createArgon2Hasher } from '#adapters/cloudflare/argon2-hasher.ts'
import { BackupObject, createBackupRunner } from '#adapters/cloudflare/backup-object.ts'
import { createBoundImages } from '#adapters/cloudflare/bound-images.ts'
import { createMailTransports } from '#adapters/cloudflare/mail-transports.ts'
import { createRealtimeShards, RealtimeShard } from '#adapters/cloudflare/realtime-shard.ts'
import { createFetchSender } from '#adapters/cloudflare/webhook-sender.ts'
import { createDeployment, type Extension } from '#app.ts'
import type { Bindings } from '#http/app-env.ts'

/** The handlers of a Worker: its default export. */
export interface AreteWorker {
  fetch(
    request: Request,
    bindings: object,
    execution: ExecutionContext,
  ): Response | Promise<Response>
  scheduled(controller: ScheduledController, bindings: Bindings): Promise<void>
  /** For the queue that is bound as `EVENTS`, if there is one. */
  queue(batch: MessageBatch, bindings: Bindings): Promise<void>
}

/** Creates a Worker. Its module exports the classes of its Durable Objects, too. */
export function createHostWorker(extension?: Extension): AreteWorker {
  // Tests use cheap password hashes. Only the test configuration sets this variable.
  const cost = 'PASSWORD_COST' in env && env.PASSWORD_COST === 'test' ? 'test' : 'owasp'
  // The binding is optional: a deployment that mails by SMTP, or not at all, has none.
  const mail = createMailTransports('MAIL' in env ? (env.MAIL as SendEmail) : undefined)
  // This one is optional too: without it there are no thumbnails.
  const images = 'IMAGES' in env ? createBoundImages(env.IMAGES as ImagesBinding) : undefined
  // The Worker's module exports the classes of these bindings.
  const objects = env as unknown as {
    REALTIME: DurableObjectNamespace<RealtimeShard>
    BACKUPS: DurableObjectNamespace<BackupObject>
  }
  const realtime = createRealtimeShards(objects.REALTIME)
  const backups = createBackupRunner(objects.BACKUPS)
  const webhooks = createFetchSender()
  const passwords = createArgon2Hasher({ cost })
  const host = { passwords, mail, images, realtime, backups, webhooks, extension }
  const { app, jobs } = createDeployment(host)
  return {
    fetch: app.fetch,
    scheduled: (controller, bindings) => jobs.run(bindings, new Date(controller.scheduledTime)),
    queue: (_batch, bindings) => jobs.deliver(bindings),
  }
}

export { BackupObject, RealtimeShard }
