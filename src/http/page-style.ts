/** Colours and base styles of all pages, light and dark. */
export const pageStyle = `
:root { color-scheme: light dark; --page: #f6f5f1; --surface: #fff; --sunken: #edebe4; --line: #dad6cb;
  --control: #857f72; --text: #1e1c17; --muted: #5d584c; --accent: #0b6477; --on-accent: #fff;
  --danger: #a8321a; }
@media (prefers-color-scheme: dark) {
  :root { --page: #131210; --surface: #1b1a17; --sunken: #0e0d0c; --line: #38352e; --text: #edeae2;
    --muted: #b5afa2; --accent: #62c4d6; --on-accent: #06262d; --danger: #ff9c83; }
}
* { box-sizing: border-box; }
body { margin: 0; padding: 24px 16px; background: var(--page); color: var(--text);
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; overflow-wrap: anywhere; }
h1 { margin: 0 0 12px; font-size: 1.5rem; line-height: 1.25; text-wrap: balance; }
p { margin: 0 0 16px; }
a { color: var(--accent); text-underline-offset: .15em; }
code, pre { font: .9375em/1.5 ui-monospace, "Cascadia Mono", Menlo, Consolas, monospace; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
`
