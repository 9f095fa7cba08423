import { serve } from 'arete/node'
import app from './app.ts'

// Takes the options of `arete serve`: npm run serve -- --help
await serve(app)
