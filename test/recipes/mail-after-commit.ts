import { defineApp, durable } from '#extension/index.ts'

export const app = defineApp({
  hooks: {
    orders: {
      afterCreate: durable('confirm', async (e) => {
        const answer = await fetch('https://mail.example.com/send', {
          method: 'POST',
          headers: { 'Idempotency-Key': e.id },
          body: JSON.stringify({ to: e.record.email, subject: `Order ${e.record.id}` }),
        })
        if (!answer.ok) throw new Error(`The mail service answers ${answer.status}.`)
      }),
    },
  },
})
