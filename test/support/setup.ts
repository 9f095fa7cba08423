import { beforeEach } from 'vitest'
import { resetBindings } from './bindings.ts'

// Test files share an isolate and its storage. Every test starts with a new deployment.
beforeEach(resetBindings)
