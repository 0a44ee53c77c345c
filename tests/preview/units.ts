/** Numbers with their units, about as Grafana writes them. */

const BINARY = ["B", "KiB", "MiB", "GiB", "TiB"];
const DECIMAL = ["", "k", "M", "G"];
const TIMES = [["week", 604_800], ["day", 86_400], ["hour", 3_600], ["min", 60], ["s", 1], ["ms", 1e-3], [
  "µs",
  1e-6,
]] as const;

/** `value` in a unit of Grafana's, such as `percent`, `bytes` or `s`. */
export function formatted(value: number, unit: string, decimals: number | undefined): string {
  const digits = (number: number) =>
    decimals === undefined ? String(Number(number.toPrecision(3))) : number.toFixed(decimals);
  const scaled = (names: readonly string[], base: number) => {
    const step = Math.abs(value) < base
      ? 0
      : Math.min(names.length - 1, Math.floor(Math.log(Math.abs(value)) / Math.log(base)));
    return `${digits(value / base ** step)} ${names[step]}`;
  };
  switch (unit) {
    case "percent":
      return `${digits(value)}%`;
    case "bytes":
      return scaled(BINARY, 1_024);
    case "Bps":
      return `${scaled(DECIMAL, 1_000)}B/s`;
    case "bps":
      return `${scaled(DECIMAL, 1_000)}b/s`;
    case "s": {
      const [name, seconds] = TIMES.find(([, seconds]) => Math.abs(value) >= seconds) ?? ["s", 1];
      return `${digits(value / seconds)} ${name}`;
    }
    case "d":
      return `${digits(value)} d`;
    case "celsius":
      return `${digits(value)} °C`;
    case "none":
      return String(value);
    case "dateTimeFromNow":
      return new Date(value).toISOString();
    default:
      return scaled(DECIMAL, 1_000).trim();
  }
}
