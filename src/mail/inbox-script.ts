/**
 * The script of the inbox, which also works without it. It copies codes, shows local times, and
 * replaces the list when there is a new mail, which keeps focus and scroll position.
 */
export const inboxScript = `
function prepare(root) {
  for (const time of root.querySelectorAll('time')) {
    const format = { dateStyle: 'medium', timeStyle: 'medium' }
    time.textContent = new Date(time.dateTime).toLocaleString(undefined, format)
  }
  for (const button of root.querySelectorAll('button[data-code]')) {
    button.hidden = false
    button.addEventListener('click', () => copy(button))
  }
}

async function copy(button) {
  const done = await navigator.clipboard.writeText(button.dataset.code).then(() => true, () => false)
  button.textContent = done ? 'Copied' : 'Not copied'
  setTimeout(() => (button.textContent = 'Copy'), 2000)
}

async function update(list) {
  if (document.hidden) return
  const response = await fetch(location.href).catch(() => undefined)
  if (!response?.ok) return
  const page = new DOMParser().parseFromString(await response.text(), 'text/html')
  const latest = page.getElementById('mails')
  if (latest === null || latest.dataset.latest === list.dataset.latest) return
  const { id } = document.activeElement
  prepare(latest)
  list.replaceChildren(...latest.childNodes)
  list.dataset.latest = latest.dataset.latest
  if (id !== '') document.getElementById(id)?.focus()
}

prepare(document)
const list = document.querySelector('#mails[data-seconds]')
if (list !== null) setInterval(() => update(list), list.dataset.seconds * 1000)
`
