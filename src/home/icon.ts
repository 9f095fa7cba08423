/** Arete's logo: a summit in the shape of the letter A. */
export const icon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">
<rect width="32" height="32" rx="7" fill="#0b6477"/>
<path d="M7 25 16 7l9 18" fill="none" stroke="#fff" stroke-width="3.5" stroke-linecap="round" stroke-linejoin="round"/>
<path d="m11.5 21 4.5-4 4.5 4" fill="none" stroke="#8ad6e3" stroke-width="3" stroke-linecap="round" stroke-linejoin="round"/>
</svg>
`
