/** How the sign-in pages look: one column that fits a narrow phone, light or dark as the reader's screen. */

import { createHash } from "node:crypto";

/** The pages' whole style. */
export const STYLE =
  `:root{color-scheme:light dark;--ground:#eef1f6;--card:#fff;--text:#1b2430;--soft:#55606e;--line:#8a94a3;
--edge:#dfe4ec;--accent:#1f5fbf;--on-accent:#fff;--bad:#9b1c1c;--bad-ground:#fdecec;--good:#14532d;--good-ground:#e9f7ee}
@media (prefers-color-scheme:dark){:root{--ground:#0e131a;--card:#182029;--text:#e8edf3;--soft:#a3afbd;--line:#66727f;
--edge:#2a3542;--accent:#8ab8ff;--on-accent:#0b1a30;--bad:#ffb4ab;--bad-ground:#3b1614;--good:#a6e3b8;--good-ground:#10301d}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;min-height:100dvh;display:grid;place-items:center;padding:1rem;background:var(--ground);
color:var(--text);font:1rem/1.5 system-ui,sans-serif;overflow-wrap:anywhere}
main{width:100%;max-width:24rem;background:var(--card);border:1px solid var(--edge);border-radius:1rem;
padding:clamp(1.25rem,6vw,2.25rem);box-shadow:0 1px 2px #0000000f,0 12px 32px #00000014}
.mark{display:flex;align-items:center;gap:.6rem;margin:0 0 1.5rem;color:var(--soft);font-weight:600;letter-spacing:.02em}
.mark svg{width:1.75rem;height:1.75rem;color:var(--accent);flex:none}
h1{font-size:1.5rem;line-height:1.25;margin:0 0 .35rem}
p{margin:0 0 1.25rem;color:var(--soft)}
label{display:block;font-weight:600;margin:0 0 .35rem}
input{width:100%;font:inherit;color:inherit;background:var(--card);border:1px solid var(--line);border-radius:.6rem;
padding:.65rem .8rem;margin:0 0 1rem}
button,.button{display:block;width:100%;font:inherit;font-weight:600;text-align:center;text-decoration:none;cursor:pointer;
border-radius:.6rem;padding:.7rem 1rem;border:1px solid var(--accent);background:var(--accent);color:var(--on-accent)}
.plain{background:none;color:var(--accent)}
button:hover,.button:hover{filter:brightness(1.08)}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
.or{display:flex;align-items:center;gap:.75rem;margin:1.25rem 0}
.or::before,.or::after{content:"";flex:1;border-top:1px solid var(--edge)}
.notice{color:var(--bad);background:var(--bad-ground);border-radius:.6rem;padding:.7rem .85rem}
.good{color:var(--good);background:var(--good-ground)}
form+a,a+form{margin-top:.75rem}
@media (forced-colors:active){main,button,.button{border:1px solid}}
@media (prefers-reduced-motion:no-preference){button,.button{transition:filter .15s}}`;

/** For `style-src` of a Content-Security-Policy. */
export const STYLE_SOURCE = `'sha256-${createHash("sha256").update(STYLE).digest("base64")}'`;
