import { beforeEach } from 'vitest'
import { resetBindings } from './bindings.ts'

// Files share one isolate and its storage; every test starts with a deployment as it is created.
beforeEach(resetBindings)
