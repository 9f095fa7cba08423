// Sets the theme before the first paint; shell/theme.ts keeps it.
;(function () {
  var stored = null
  try {
    stored = localStorage.getItem('arete:theme')
  } catch {
    // Storage may be blocked; the system decides then.
  }
  var dark = matchMedia('(prefers-color-scheme: dark)').matches
  var theme = stored === 'light' || stored === 'dark' ? stored : dark ? 'dark' : 'light'
  document.documentElement.dataset.theme = theme
})()
