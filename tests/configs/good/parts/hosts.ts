/** Hosts of one site, numbered. */
export const hosts = [1, 2, 3].map((n) => ({ name: `web-${n}`, address: `10.0.0.${n}:9100` }));
