import { host } from '#test-host'
import { describeBackups } from './backups.ts'
import { describeBucket } from './bucket.ts'
import { describeDatabase } from './database.ts'
import { describeImages } from './images.ts'
import { describeKeyValueStore } from './key-value-store.ts'
import { describePasswordHasher } from './password-hasher.ts'
import { describeRealtime } from './realtime.ts'

const { bindings } = host

describeDatabase('of the host', () => bindings.DB, host)
describeKeyValueStore('of the host', () => bindings.SESSIONS)
describeBucket('of the host', () => bindings.FILES)
describePasswordHasher('of the host', host.createHasher)
describeRealtime('of the host', () => host.realtime, host.abortRealtime)
describeBackups('of the host', () => ({ runner: host.backups, bucket: bindings.FILES }))
describeImages('of the host', () => host.images, host.imageFormats)
