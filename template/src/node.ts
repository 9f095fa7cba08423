import { serve } from 'arete/node'
import app from './app.ts'

// Takes the options of `arete serve`: npm run serve -- --help. Each thread runs this module.
await serve(app, import.meta.url)
